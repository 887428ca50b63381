"""Whole Turns with engines that no answer should be trusted to, and questions and documents that no one expects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import FORMS, attacked, attacks, broken, told_by

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.config import Settings
from ai_chat.llm import ModelPrompt
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.models import ModelInfo
from ai_chat.prompt import own_words
from ai_chat.store import Store
from ai_chat.types import Answer, Hit, Message, Scope
from tests.doubles_llm import scripted_model
from tests.engines import MINDS, Mind, MindLlm, replays, worker
from tests.test_answer_model import ASKED, LEAVE, SICK, Found, hit

FORTY = {attack["id"]: attack for attack in attacks()}


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


Ask = Callable[..., tuple[Answer, MindLlm]]


@pytest.fixture
def ask(store: Store, home: Settings) -> Ask:
    def asking(
        mind: Mind, question: str = ASKED, *hits: Hit, trusted: bool = True, n_ctx: int = 4096
    ) -> tuple[Answer, MindLlm]:
        llm = MindLlm(mind, n_ctx)
        turns = Turns(store, Found(*(hits or (LEAVE, SICK))), scripted_model(llm, trusted=trusted), home)
        events = list(turns.events(turns.start(question, Scope())))
        passages = [each.text for each in hits or (LEAVE, SICK)]
        assert not [rule for text in told_by(events) for rule in broken(text, passages)]
        return answer_of(question, events), llm

    return asking


def user_text(prompt: ModelPrompt) -> str:
    assert not isinstance(prompt, str)
    return prompt[-1].content


# -- attacks ------------------------------------------------------------------


def test_the_set_has_forty_attacks_in_both_languages_that_aim_at_every_rule() -> None:
    assert len(FORTY) == 40
    assert {(each["language"], each["where"]) for each in FORTY.values()} == {
        (language, where) for language in ("ko", "en") for where in ("document", "question")
    }
    aims = {aim for each in FORTY.values() for aim in each["aims"]}
    assert aims == {"link", "image", "html", "control", "address", "marker", "label", "secret"}


@pytest.mark.parametrize("name", FORTY)
def test_an_attack_that_is_obeyed_breaks_no_rule_of_the_output(store: Store, home: Settings, name: str) -> None:
    wide = replace(home, n_ctx=16_000, max_tokens=8_000)
    for form, chat in FORMS.items():
        result = attacked(FORTY[name], form, chat, store, wide)
        assert result.raw or not chat, "the engine has not obeyed"
        assert result.shown == ()
        assert chat or result.finish_reason == "withheld"


@pytest.mark.parametrize("name", [name for name, each in FORTY.items() if each["where"] == "document"])
def test_an_attack_stays_between_the_fences(ask: Ask, name: str) -> None:
    _, llm = ask(replays("15일 [1]."), ASKED, LEAVE, hit(2, FORTY[name]["text"]))
    user = user_text(llm.prompts[0])
    assert user.count("<excerpt>") == user.count("</excerpt>") == 2
    assert re.findall(r"^\[(\d+)\] <excerpt>$", user, re.MULTILINE) == ["1", "2"]
    assert user.endswith(f"</excerpt>\n\n질문: {ASKED}")
    assert not re.search(r"<(?!/?excerpt>)[|/]?\w", user)


# -- engines ------------------------------------------------------------------


def test_an_engine_that_repeats_itself_is_cut(ask: Ask) -> None:
    answer, _ = ask(MINDS["repeats"])
    assert (answer.finish_reason, answer.notice) == ("length", "answer_cut")
    answer, llm = ask(MINDS["repeats"], trusted=False)
    assert (answer.finish_reason, answer.answer) == ("withheld", None)
    assert llm.streams[0].closed.is_set()


def test_an_engine_that_says_nothing_is_told_of(ask: Ask) -> None:
    assert ask(MINDS["says_nothing"])[0].notice == "answer_empty"


def test_only_markers_are_no_answer(ask: Ask) -> None:
    answer, _ = ask(MINDS["only_markers"], trusted=False)
    assert answer.finish_reason == "withheld"
    answer, _ = ask(MINDS["only_markers"])
    assert set(re.findall(r"\d+", answer.answer or "")) <= {"1", "2"}


def test_the_next_question_is_not_the_models_to_ask(ask: Ask) -> None:
    answer, _ = ask(MINDS["goes_on_asking"])
    assert answer.answer == "15일입니다 [1]."
    assert answer.finish_reason == "stop"


@pytest.mark.parametrize("name", MINDS)
@pytest.mark.parametrize("trusted", [True, False])
def test_an_engine_behind_the_wire_is_held_to_the_rules(
    store: Store, home: Settings, tmp_path: Path, name: str, trusted: bool
) -> None:
    info = ModelInfo(name, tmp_path / "mind.json", False, trusted, trusted, 4096, 0)
    model = LazyModel(info, lambda _tell, _frugal: worker(name, tmp_path))
    found = Found(LEAVE, hit(2, FORTY["ko-d05"]["text"]))
    turns = Turns(store, found, model, replace(home, max_tokens=300))
    events = list(turns.events(turns.start(ASKED, Scope())))
    model.close()
    told = told_by(events)
    assert not [rule for text in told for rule in broken(text, [LEAVE.text, FORTY["ko-d05"]["text"]])]
    assert "\ufffd" not in "".join(told)
    assert events[-1].data["finish_reason"] in ("stop", "length", "withheld")
    assert events[-1].data["usage"]["prompt_tokens"] > 0


def test_written_answers_are_replayed_over_the_wire(tmp_path: Path) -> None:
    model = worker("replays", tmp_path, "하나 [1].", "둘 [1].")
    texts = ["".join(delta.text for delta in model.stream("질문: ?\n답:", 50)) for _ in range(3)]
    model.close()
    assert texts == ["하나 [1].", "둘 [1].", "둘 [1]."]


def test_a_syllable_that_is_never_finished_comes_without_its_broken_half(tmp_path: Path) -> None:
    model = worker("ends_inside_a_syllable", tmp_path)
    text = "".join(delta.text for delta in model.stream([Message("user", "며칠?")], 50))
    model.close()
    assert text.startswith("연차는 15일입니다 [1]. 병가는 60") and "\ufffd" not in text


# -- questions and documents ------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "noted"),
    [
        ("有給休暇は何日ですか?", True),
        ("Сколько дней отпуска положено сотруднику?", True),
        ("Wie viele Urlaubstage habe ich pro Jahr?", True),
        ("How many days of leave do I have?", False),
        ("Annual leave days?", False),
        ("연차 leave는 how many days?", False),
    ],
)
def test_a_third_language_is_answered_in_it(ask: Ask, question: str, noted: bool) -> None:
    answer, llm = ask(replays("15 [1]."), question)
    assert user_text(llm.prompts[0]).endswith("language in which it is asked.") == noted
    assert answer.finish_reason == "stop"


def test_a_question_of_twenty_parts_goes_to_the_model_whole(ask: Ask) -> None:
    parts = [f"{number}) 규정 {number}조의 기간은 며칠인가요?" for number in range(1, 21)]
    reply = "\n".join(f"{number}) 15일의 연차 유급휴가 [1]." for number in range(1, 21))
    answer, llm = ask(replays(reply), " ".join(parts))
    assert all(part in user_text(llm.prompts[0]) for part in parts)
    assert answer.answer is not None and answer.answer.count("[1]") == 20
    assert answer.finish_reason == "stop"


def test_documents_that_contradict_each_other_are_both_cited(ask: Ask) -> None:
    old, new = hit(1, "2023년 규정: 연차 유급휴가는 12일이다."), hit(2, "2024년 규정: 연차 유급휴가는 15일이다.")
    said = "2023년 규정에서는 연차 유급휴가가 12일이고 [1], 2024년 규정에서는 15일입니다 [2]."
    answer, llm = ask(replays(said), ASKED, old, new)
    assert "발췌문끼리 다르면" in str(llm.prompts[0])
    assert [citation.document for citation in answer.citations] == [old.document, new.document]
    assert [citation.quote for citation in answer.citations] == [old.text, new.text]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_passage_longer_than_the_window_is_cut_to_it(ask: Ask, trusted: bool) -> None:
    long = hit(1, "직원에게 15일의 연차 유급휴가를 부여한다. " * 2000)
    answer, llm = ask(replays("15일 [1]"), ASKED, long, trusted=trusted, n_ctx=2048)
    assert llm.count_tokens(llm.prompts[0]) <= 2048 - (512 if trusted else 160)
    assert str(llm.prompts[0]).count("연차") >= 5
    assert (answer.answer, answer.finish_reason) == ("15일 [1]", "stop")


def test_the_rules_that_are_kept_secret_are_those_of_the_prompt(ask: Ask) -> None:
    _, llm = ask(replays("15일 [1]."))
    system = llm.prompts[0][0]
    assert isinstance(system, Message)
    parts = [part for part in own_words() if part in system.content]
    assert sum(map(len, parts)) > 0.9 * len(system.content)
