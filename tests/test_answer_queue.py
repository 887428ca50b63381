"""The queue for the model: slots, fairness between conversations, positions, leaving."""

from __future__ import annotations

import threading

from ai_chat.answer.queue import Queue

WAIT = 10.0


class Place:
    """Somebody in the queue, in a thread: `places` are those told, `admitted` is set when the turn has come."""

    def __init__(self, queue: Queue, conversation: str, background: bool = False) -> None:
        self._queue = queue
        self._background = background
        self._changed = threading.Condition()
        self._done = threading.Event()
        self._given_up = False
        self.places: list[int] = []
        self.admitted = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(conversation,), daemon=True)
        self._thread.start()

    def _run(self, conversation: str) -> None:
        with self._queue.turn(conversation, self._tell, lambda: self._given_up, background=self._background) as ours:
            if ours:
                self.admitted.set()
                self._done.wait(WAIT)

    def _tell(self, before: int) -> None:
        with self._changed:
            self.places.append(before)
            self._changed.notify_all()

    def stands_at(self, place: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: bool(self.places) and self.places[-1] == place, WAIT)

    def comes(self) -> bool:
        return self.admitted.wait(WAIT)

    def end(self) -> None:
        self._done.set()
        self._thread.join(WAIT)

    def give_up(self) -> None:
        self._given_up = True
        self._queue.wake()
        self._thread.join(WAIT)


def test_one_slot_serves_in_the_order_of_asking_and_tells_each_change() -> None:
    queue = Queue()
    first = Place(queue, "a")
    assert first.comes()
    assert queue.occupied
    second = Place(queue, "b")
    assert second.stands_at(1)
    third = Place(queue, "c")
    assert third.stands_at(2)
    first.end()
    assert second.comes() and third.stands_at(1)
    second.end()
    assert third.comes()
    third.end()
    assert (first.places, second.places, third.places) == ([], [1], [2, 1])


def test_ten_questions_of_one_do_not_keep_another_waiting() -> None:
    queue = Queue()
    asked = [Place(queue, "many")]
    assert asked[0].comes()
    for place in range(1, 10):
        asked.append(Place(queue, "many"))
        assert asked[-1].stands_at(place)
    other = Place(queue, "other")
    assert other.stands_at(1)
    assert asked[1].stands_at(2) and asked[9].stands_at(10)
    late = Place(queue, "late")
    assert late.stands_at(2) and asked[1].stands_at(3)
    served = []
    for one in (asked[0], other, late, asked[1]):
        assert one.comes()
        served.append([each.admitted.is_set() for each in (asked[0], other, late, asked[1])].count(True))
        one.end()
    assert served == [1, 2, 3, 4]
    for one in asked[2:]:
        assert one.comes()
        one.end()


def test_as_many_at_once_as_there_are_slots_but_one_of_a_conversation() -> None:
    slots = 2
    queue = Queue(lambda: slots)
    first = Place(queue, "a")
    assert first.comes()
    again = Place(queue, "a")
    assert again.stands_at(1)
    other = Place(queue, "b")
    assert other.comes()
    third = Place(queue, "c")
    assert third.stands_at(1)
    assert again.stands_at(2)
    slots = 4
    queue.wake()
    assert third.comes()
    assert again.stands_at(1)
    first.end()
    assert again.comes()
    for place in (again, other, third):
        place.end()


def test_leaving_while_waiting_moves_the_others_up() -> None:
    queue = Queue()
    first = Place(queue, "a")
    assert first.comes()
    second = Place(queue, "b")
    assert second.stands_at(1)
    third = Place(queue, "c")
    assert third.stands_at(2)
    second.give_up()
    assert third.stands_at(1)
    assert not second.admitted.is_set()
    first.end()
    assert third.comes()
    third.end()


def test_the_background_goes_when_nobody_else_is_served_or_waits() -> None:
    queue = Queue(lambda: 2)
    first = Place(queue, "a")
    assert first.comes()
    behind = Place(queue, "p", background=True)
    next_behind = Place(queue, "q", background=True)
    assert behind.stands_at(1) and next_behind.stands_at(2)
    second = Place(queue, "b")
    assert second.comes()  # there is a slot, but not for the background
    first.end()
    assert not behind.admitted.is_set()
    second.end()
    assert behind.comes() and not next_behind.admitted.is_set()
    third = Place(queue, "c")
    assert third.comes()  # beside it
    behind.end()
    assert not next_behind.admitted.is_set()
    third.end()
    assert next_behind.comes()
    next_behind.end()
    assert not queue.occupied


def test_the_background_may_give_up() -> None:
    queue = Queue()
    first = Place(queue, "a")
    assert first.comes()
    behind = Place(queue, "p", background=True)
    assert behind.stands_at(1)
    behind.give_up()
    first.end()
    assert not behind.admitted.is_set() and not queue.occupied
