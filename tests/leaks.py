"""A library of many collections, many users who see a few of them each, and random requests: does any answer tell of another's?

Takes a folder and a number of users; gives a World whose `request` does one thing at random through the real server's door and API, over
a real App, and raises where the answer holds a string that its asker must not see. Knows no test.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from ai_chat.app import App, open_app
from ai_chat.config import load_settings
from ai_chat.lazy import Lazy
from ai_chat.server.access import Access
from ai_chat.server.api import create_api
from ai_chat.server.health import health_routes
from ai_chat.server.hosts import Bound
from ai_chat.server.keys import Keys
from ai_chat.server.limits import Traffic
from ai_chat.server.openai import create_openai_api
from ai_chat.server.viewer import viewer_routes
from ai_chat.server.web import as_visitors_have_it
from ai_chat.types import Scope
from ai_chat.users import Principal
from ai_chat.users.door import FILE, Door
from ai_chat.users.users import Users
from tests.endpoint_server import CHAT, DONE, EndpointServer, Handler, chunk, llama_server, streams, usage

HOME = "http://127.0.0.1:8501"
_WORDS = ("예산", "계약", "휴가", "출장", "보고", "budget", "contract", "lantern", "meeting", "holiday")
_A_COLLECTION = 3  # documents


@dataclass
class Shelf:
    """A collection: its strings stand in no other. The first mark stands in all of its documents and is asked for, the others never."""

    name: str
    marks: list[str]
    documents: dict[str, str] = field(default_factory=dict)  # id: name

    @property
    def strings(self) -> set[str]:
        return {self.name, *self.marks, *self.documents, *self.documents.values()}


@dataclass
class Person:
    """`key` for the API, `cookie` for the page's own routes."""

    principal: Principal
    key: str
    cookie: str
    turns: list[str] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changed: bool = False  # what he may see, since he began
    typed: set[str] = field(default_factory=set)  # what he sent himself he knows


class Leak(AssertionError):
    """An answer told of what its asker must not see."""


class World:
    """`chance` decides everything but the names, which are as random as in use."""

    def __init__(
        self, app: App, door: Door, users: Users, shelves: list[Shelf], people: list[Person], seed: int
    ) -> None:
        self.app = app
        self.cached = 0
        self.dialogues: list[list[dict[str, Any]]] = []
        self._users = users
        self.door = door
        self._server = _server(app, door)
        self.shelves = {each.name: each for each in shelves}
        self._strings = {string for each in shelves for string in each.strings}  # also what he may see still
        self.people = people
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()

    async def request(self, kinds: Sequence[str] = ()) -> None:
        person = self.chance.choice(self.people)
        kind = self.chance.choice(kinds or _KINDS)
        await getattr(self, f"_{kind}")(person)
        self.done[kind] += 1

    async def send(
        self, person: Person, method: str, path: str, body: Any = None, *, page: bool = False
    ) -> httpx.Response:
        headers = {"origin": HOME, "cookie": f"ai-chat-8501={person.cookie}"} if page else {}
        headers |= {} if page else {"authorization": f"Bearer {person.key}"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        transport = httpx.ASGITransport(self._server)
        async with httpx.AsyncClient(transport=transport, base_url=HOME, timeout=60) as client:
            answer = await client.request(
                method, path, content=content, headers={"content-type": "application/json", **headers}
            )
        self.statuses[answer.status_code] += 1
        sent = f"{unquote_plus(path)} {(content or b'').decode('utf-8', 'replace')}"
        person.typed |= {string for string in self._strings | self._secrets(person) if string in sent}
        self._look(person, answer, sent)
        return answer

    def _secrets(self, person: Person) -> set[str]:
        """What only others may know."""
        known = {string for each in self.seen(person) for string in each.strings}
        hidden = {string for each in self.hidden(person) for string in each.strings}
        others = (other for other in self.people if other is not person)
        return hidden - known | {s for other in others for s in (*other.turns, *other.conversations, *other.said)}

    def hidden(self, person: Person) -> list[Shelf]:
        return [each for each in self.shelves.values() if not person.principal.may_see(each.name)]

    def seen(self, person: Person) -> list[Shelf]:
        return [each for each in self.shelves.values() if person.principal.may_see(each.name)]

    def _look(self, person: Person, answer: httpx.Response, sent: str) -> None:
        told = json.dumps(answer.json(), ensure_ascii=False) if _is_json(answer) else answer.text
        told += str(answer.headers)
        for string in self._secrets(person) - person.typed:
            if string in told:
                raise Leak(f"{person.principal.name} was told {string!r} by {sent[:200]}: {told[:500]}")
        if answer.status_code >= 500 or "Traceback" in told:
            raise AssertionError(f"{answer.status_code} for {sent[:300]}: {told[:500]}")

    # -- what is asked --------------------------------------------------------

    def _question(self, person: Person) -> str:
        chance, shelf = self.chance, self.chance.choice(list(self.shelves.values()))
        words = chance.sample(_WORDS, 2)
        more = chance.choice((
            "", f"collection:{shelf.name}", f"document:plan-{shelf.marks[0]}.txt", shelf.marks[0],
            f'"{shelf.marks[0]}"', f"-collection:{chance.choice(list(self.shelves))}", f"collection:@{self._conversation(person)}",
        ))  # fmt: skip
        return " ".join((*words, more)).strip()

    def _scope(self, person: Person) -> dict[str, Any]:
        chance, names = self.chance, list(self.shelves)
        chosen = chance.choice(
            (None, None, [], [chance.choice(names)], chance.sample(names, 2), ["no such collection"])
        )
        if chance.random() < 0.2 and self.seen(person):
            chosen = [chance.choice(self.seen(person)).name]
        also = chance.choice(([], [], [f"@{self._conversation(person)}"], [chance.choice(names)]))
        principal = chance.choice(("local", "nobody", chance.choice(self.people).principal.id))
        filters = [["collection", chance.choice(names)]] if chance.random() < 0.1 else []
        return {"principal": principal, "collections": chosen, "filters": filters, "also": also}

    def _conversation(self, person: Person) -> str:
        """As often one of his own as any."""
        mine = self.chance.random() < 0.5
        every = person.conversations if mine else [each for one in self.people for each in one.conversations]
        return self.chance.choice(every) if every else "none"

    def _turn(self, person: Person) -> str:
        """As often one of his own as any."""
        every = person.turns if self.chance.random() < 0.5 else [each for one in self.people for each in one.turns]
        return self.chance.choice(every) if every else "none"

    def _document(self) -> str:
        return self.chance.choice(list(self.chance.choice(list(self.shelves.values())).documents))

    def _may_see(self, person: Person, document: str) -> bool:
        return any(document in each.documents for each in self.seen(person))

    # -- one request of each kind -------------------------------------------------------

    async def _search(self, person: Person) -> None:
        body = {"query": self._question(person), "scope": self._scope(person), "top_k": self.chance.choice((1, 5, 50))}
        answer = await self.send(person, "POST", "/api/search", body)
        if answer.status_code == 200:
            assert {hit["collection"] for hit in answer.json()["hits"]} <= {each.name for each in self.seen(person)}

    async def _ask(self, person: Person) -> None:
        """With an answer by the model, which repeats what it was shown, or without one; some in somebody else's conversation."""
        chance = self.chance
        conversation = chance.choice((None, f"talk {chance.randrange(10**9)}", self._conversation(person)))
        said = f"물음{chance.randrange(10**12):012d}"
        question = f"{self._question(person)} {said}" if chance.random() < 0.7 else " ".join(chance.sample(_WORDS, 2))
        kind = chance.choice((None, None, "search", "list", "table", "summary"))
        wish = {
            "use_llm": chance.random() < 0.6,
            "kind": kind,
            "replaces": chance.choice((None, None, self._turn(person))),
        }
        body = {"question": question, "scope": self._scope(person), "conversation_id": conversation, "wish": wish}
        answer = await self.send(person, "POST", "/api/ask", body)
        if answer.status_code != 200:
            return
        turn = answer.json()["turn_id"]
        await self.send(person, "GET", f"/api/turns/{turn}/events")
        person.turns.append(turn)
        if said in question:
            person.said.append(said)
        listed = await self.send(person, "GET", "/api/conversations")
        person.conversations = [each["id"] for each in listed.json()]

    async def _common(self, person: Person) -> None:
        """What others asked as well, in the same words: whoever has an answer kept, it is his alone."""
        question = self.chance.choice(("예산은 얼마인가요?", "lantern budget", "계획의 예산"))
        answer = await self.send(person, "POST", "/api/ask", {"question": question, "scope": {}})
        if answer.status_code == 200:
            turn = answer.json()["turn_id"]
            person.turns.append(turn)
            told = await self.send(person, "GET", f"/api/turns/{turn}/events")
            self.cached += '"kind": "cached"' in told.text

    async def _completion(self, person: Person) -> None:
        """As a client of OpenAI's asks: whole or as a stream, going on with what was said, to himself or to somebody else."""
        chance = self.chance
        question = " ".join(
            (*chance.sample(_WORDS, 2), chance.choice(("", chance.choice(list(self.shelves.values())).marks[0])))
        )
        said = chance.choice(self.dialogues) if self.dialogues and chance.random() < 0.5 else []
        body: dict[str, Any] = {"model": "ai-chat", "messages": [*said, {"role": "user", "content": question}]}
        body |= {"stream": chance.random() < 0.5, "search_only": chance.random() < 0.3}
        if chance.random() < 0.5:
            body["collection"] = chance.choice(list(self.shelves))
        answer = await self.send(person, "POST", "/v1/chat/completions", body)
        if answer.status_code == 200 and not body["stream"]:
            told = answer.json()
            self.dialogues.append([*body["messages"], told["choices"][0]["message"]])
            person.turns.append(told["ai_chat"]["turn_id"])

    async def _permit(self, person: Person) -> None:
        """One collection more or one less; what was found there before is his no more."""
        if person.principal.collections is None:
            return
        person.changed = True
        seen = sorted(person.principal.collections)
        accounts = self._users.accounts
        if seen and self.chance.random() < 0.5:
            user = accounts.deny(person.principal.name, [self.chance.choice(seen)])
        else:
            user = accounts.allow(person.principal.name, [self.chance.choice(list(self.shelves))])
        person.principal = user.principal

    async def _turns(self, person: Person) -> None:
        turn, way = self._turn(person), self.chance.choice(("events", "stop", "forget", "rating"))
        body = {"good": True, "note": "x"} if way == "rating" else None
        answer = await self.send(person, "GET" if way == "events" else "POST", f"/api/turns/{turn}/{way}", body)
        unknown = b"turn_unknown" in answer.content
        assert unknown or turn in person.turns, (way, turn, answer.text[:200])
        assert not unknown or person.changed or turn not in person.turns, (way, turn, answer.text[:200])

    async def _conversations(self, person: Person) -> None:
        other, way = self._conversation(person), self.chance.choice(("turns", "export", "rename", "list", "ratings"))
        if way in ("list", "ratings"):
            address = "/api/conversations?words=" if way == "list" else f"/api/ratings?conversation_id={other}"
            await self.send(person, "GET", address)
        elif way == "rename":
            await self.send(person, "POST", f"/api/conversations/{other}/rename", {"title": "new title"})
        else:
            answer = await self.send(person, "GET", f"/api/conversations/{other}/{way}")
            own = f"{person.principal.id}.{other}"  # which the id of another becomes
            if not {other, own} & set(person.conversations):
                assert answer.status_code == 422 or answer.json() == []

    async def _documents(self, person: Person) -> None:
        body: dict[str, Any] = {"scope": self._scope(person)}
        way = self.chance.choice(("list", "page"))
        if way == "page":
            body["query"] = {"words": self.chance.choice(("", "plan", "계획")), "limit": self.chance.choice((0, 3, 50))}
        answer = await self.send(person, "POST", f"/api/documents/{way}", body)
        if answer.status_code == 200 and way == "page":
            assert answer.json()["total"] <= _A_COLLECTION * len(self.seen(person))

    async def _counts(self, person: Person) -> None:
        path = self.chance.choice(
            (
                "/api/collections",
                "/api/status",
                "/api/cache",
                "/api/metrics",
                "/api/index",
                "/api/memory",
                "/api/jobs",
                "/metrics",
            )
        )
        answer = await self.send(person, "GET", path)
        if path == "/api/collections":
            assert set(answer.json()) == {each.name for each in self.seen(person)}, (person.principal, answer.text)
        elif path == "/api/status" and person.principal.role != "admin":
            assert answer.json()["library"]["documents"] == _A_COLLECTION * len(self.seen(person))
        elif path != "/api/status":
            assert (answer.status_code == 200) == (person.principal.role == "admin")

    async def _open(self, person: Person) -> None:
        """A document of a hidden collection is unknown in the very words of one that never was."""
        document, way = (
            self._document(),
            self.chance.choice(("", "/original", "/render", "/text", "/units/section/1/image")),
        )
        body = {"kind": "section", "number": 1} if way == "/render" else None
        method = "POST" if body else "GET"
        answer = await self.send(person, method, f"/api/documents/{document}{way}", body)
        assert (answer.status_code == 200) == self._may_see(person, document)
        if answer.status_code != 200:
            never = document[:1] + "0" * (len(document) - 1)
            unknown = await self.send(person, method, f"/api/documents/{never}{way}", body)
            assert (unknown.status_code, unknown.text.replace(never, document)) == (answer.status_code, answer.text)

    async def _view(self, person: Person) -> None:
        document = self._document()
        path = self.chance.choice((f"/view/{document}", f"/view/{document}/section/1", f"/original/{document}"))
        answer = await self.send(person, "GET", path, page=True)
        assert (answer.status_code < 400) == self._may_see(person, document)
        if answer.status_code >= 400:
            never = document[:1] + "0" * (len(document) - 1)
            unknown = await self.send(person, "GET", path.replace(document, never), page=True)
            assert (unknown.status_code, unknown.text.replace(never, document)) == (answer.status_code, answer.text)

    async def _change(self, person: Person) -> None:
        """What is not his stays; what is his is put back."""
        document, way = self._document(), self.chance.choice(("remove", "move", "retry"))
        target = self.chance.choice(list(self.shelves))
        body: dict[str, Any] = {"ids": [document]}
        if way == "move":
            body["collection"] = target
        answer = await self.send(person, "POST", f"/api/documents/{way}", body)
        mine = self._may_see(person, document) and person.principal.role != "reader"
        if way == "remove" and answer.status_code == 200:
            assert mine
            await self.send(person, "POST", "/api/documents/restore", {"ids": [document]})
        elif way == "move" and answer.status_code == 200:
            assert mine and person.principal.may_see(target)
            home = next(each.name for each in self.seen(person) if document in each.documents)
            await self.send(person, "POST", "/api/documents/move", {"ids": [document], "collection": home})
        elif way == "retry" and not mine:
            assert b'"error"' in answer.content

    async def _put(self, person: Person) -> None:
        """Files of this machine, and uploads into collections that are not his."""
        hidden = [each.name for each in self.hidden(person)] or ["@somebody"]
        into = self.chance.choice(hidden)
        if self.chance.random() < 0.5:
            if person.principal.role == "admin":
                return
            answer = await self.send(person, "POST", "/api/ingest", {"paths": ["/etc/hostname"], "collection": into})
        else:
            path = f"/api/documents?{urlencode({'name': 'new.txt', 'collection': into})}"
            answer = await self.send(person, "POST", path, b"some text\n")
            if into.startswith("@") and person.principal.role != "reader":
                return  # which became a private collection of his own
        assert b'"error"' in answer.content


_KINDS = (
    "search", "search", "search", "ask", "turns", "conversations", "documents", "documents", "counts", "open", "open", "view", "change",
    "put", "common", "permit", "completion", "completion",
)  # fmt: skip


@contextmanager
def world(folder: Path, *, users: int, collections: int, seed: int, endpoint: str = "") -> Iterator[World]:
    """`endpoint`: of a model server that writes the answers; none where it is empty."""
    chance = random.Random(seed)
    home = folder / "home"
    home.mkdir(mode=0o700)
    told = {"home": home, "embedder": "none", **({"llm_endpoint": endpoint, "llm_model": "echo"} if endpoint else {})}
    settings = load_settings(told, {})
    app = open_app(settings, "write")
    try:
        shelves = [_shelf(app, folder, number, chance) for number in range(collections)]
        with closing(Users.open(home / FILE)) as kept, closing(Door(home)) as door:
            people = [_person(kept, number, shelves, chance) for number in range(users)]
            yield World(app, door, kept, shelves, people, seed)
    finally:
        app.close()


def _server(app: App, door: Door) -> Starlette:
    opening = Lazy(lambda: app)
    held = as_visitors_have_it(opening, door)
    return Starlette(
        routes=[
            *viewer_routes(held),
            *health_routes(opening, held, Traffic()),
            Mount("/api", create_api(held)),
            Mount("/v1", create_openai_api(held)),
        ],
        middleware=[Middleware(Access, keys=Keys("token", None, "owner"), bound=Bound("127.0.0.1", 8501), door=door)],
    )


def _shelf(app: App, folder: Path, number: int, chance: random.Random) -> Shelf:
    """Each text has words of all, and marks of its own."""
    name = f"col{number:02d}{_mark(chance)}"
    marks = [_mark(chance) for _ in range(_A_COLLECTION)]
    place = folder / "files" / name
    place.mkdir(parents=True)
    for mark in marks:
        words = " ".join(chance.sample(_WORDS, len(_WORDS)))
        budget = f"{marks[0]} {mark} 계획의 예산은 {chance.randrange(1000, 9999)}만 원이다."
        text = f"{budget} {words}.\n\nThe contract of {mark} is kept in the safe.\n"
        (place / f"plan-{mark}.txt").write_text(text, "utf-8")
    for _event in app.ingest([place], name):
        pass
    shelf = Shelf(name, marks)
    shelf.documents = {each.id: each.name for each in app.documents(Scope(collections=(name,)))}
    assert len(shelf.documents) == _A_COLLECTION
    return shelf


def _person(kept: Users, number: int, shelves: list[Shelf], chance: random.Random) -> Person:
    """The first is an admin; of the others each sees none to five, and every tenth one all."""
    role = "admin" if number == 0 else chance.choice(("reader", "editor"))
    seen = (
        []
        if role == "admin"
        else [each.name for each in chance.sample(shelves, chance.randint(0, min(5, len(shelves))))]
    )
    if number % 10 == 9:
        seen = ["*"]
    user = kept.accounts.add(f"user{number}", f"password {number}", role, seen)  # type: ignore[arg-type]
    key, _made = kept.keys.add(user, user.name)
    return Person(user.principal, key, kept.sessions.begin(user))


def _mark(chance: random.Random) -> str:
    return "zq" + "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=9))


def _is_json(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("content-type") == "application/json")


@contextmanager
def echoing() -> Iterator[str]:
    """The address of a model server that repeats the first passage of the prompt: what is in there comes out."""
    with EndpointServer({**llama_server("echo"), CHAT: _echo}) as server:
        yield server.address


def _echo(handler: Handler) -> None:
    messages = handler.server.asked[-1].body["messages"]
    shown = str(messages[-1]["content"])
    found = next((line for line in shown.splitlines() if "계획의 예산은" in line), shown[-200:])
    streams([chunk(f"{found.strip()} [1]"), chunk("", "stop"), usage(), DONE])(handler)


def run(world: World, count: int) -> None:
    """One after the other, each in a task of its own, as the server has them."""

    async def go() -> None:
        for _ in range(count):
            await asyncio.create_task(world.request())

    asyncio.run(go())


def run_at_once(world: World, count: int, at_once: int = 16) -> None:
    """Many at the same time, of those that change nothing."""

    async def go() -> None:
        for _ in range(count // at_once):
            await asyncio.gather(*(world.request(("search", "documents", "open", "view")) for _ in range(at_once)))

    asyncio.run(go())
