"""A library in a folder with everything that ingestion needs, over parsers of a made-up format that tells what a loader may tell."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ai_chat.analyzer import Analyzer
from ai_chat.errors import InputError
from ai_chat.index.lexical import LexicalIndex
from ai_chat.ingest import Indexer, Ingestion
from ai_chat.lazy import Lazy
from ai_chat.loaders import Item
from ai_chat.loaders.detect import Options
from ai_chat.store import Store
from ai_chat.types import Attachment, DocumentInfo, IngestEvent, Problem, Scope, Unit

PASSWORD = "열려라"


class PlainParser:
    """Reads text, a page at each form feed. Lines that begin with a sign tell of more:

    `>a.txt: text` is a file inside (`|` a line end in it, `~` a `|` in it), `@locked` asks for PASSWORD, `@scan` is a page that needs
    OCR, `@meet` waits for another file that is being read at the same time.
    """

    def __init__(self, parsers: PlainParsers) -> None:
        self._parsers = parsers

    def parse(self, path: Path, name: str | None = None, options: Options | None = None) -> Generator[Item, None, None]:
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError as error:
            raise InputError("file_vanished", path=str(path)) from error
        called = name or path.name
        self._parsers.read.append(called)
        if not text.strip():
            raise InputError("document_without_text", name=called)
        if self._parsers.during:
            path.write_bytes(self._parsers.during.pop())
        for number, page in enumerate(text.split("\f"), start=1):
            yield from self._page(page, number, called, options or Options())

    def interrupt(self) -> None:
        self._parsers.interrupted += 1

    def _page(self, page: str, number: int, name: str, options: Options) -> Iterator[Item]:
        lines = page.split("\n")
        if "@locked" in lines and options.password != PASSWORD:
            raise InputError("password_wrong" if options.password else "password_needed", name=name)
        if "@meet" in lines:
            self._parsers.meeting.wait(60)
        if "@scan" in lines and not self._parsers.ocr:
            yield Problem("page_without_text", {"name": name, "pages": str(number), "count": 1, "total": 1})
            yield Problem("ocr_missing", {"line": "install it"})
        else:
            yield Unit("page", number, str(number), page, ocr=0.9 if "@scan" in lines else None)
        for line in lines:
            if line.startswith(">"):
                inside, _, text = line[1:].partition(": ")
                yield Attachment(inside, self._parsers.unpack(text.replace("|", "\n").replace("~", "|")))


class PlainParsers:
    """Our Parsers protocol. `read` names what was read; `during` happens to a file while it is being read; `ocr`: it is installed."""

    def __init__(self, folder: Path, count: int = 1) -> None:
        self.count = count
        self.read: list[str] = []
        self.during: list[bytes] = []
        self.ocr = False
        self.interrupted = 0
        self.meeting = threading.Barrier(2)
        self._folder = folder

    def fingerprint(self, path: Path) -> str:
        return "plain/1"

    def lease(self) -> AbstractContextManager[tuple[PlainParser, Options]]:
        return nullcontext((self.parser(), Options()))

    def parser(self) -> PlainParser:
        return PlainParser(self)

    def unpack(self, text: str) -> str:
        with tempfile.NamedTemporaryFile("w", dir=self._folder, delete=False, encoding="utf-8") as file:
            file.write(text)
        return file.name


def open_lexical(folder: Path) -> Lazy[LexicalIndex]:
    return Lazy(lambda: LexicalIndex.open(folder, Analyzer.fields, writable=True), lambda index: index.close())


class Bench:
    """`parsers` may be exchanged by another Ingestion: `use`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "files"
        self.kept = folder / "kept"
        self.spool = folder / "spool"
        for each in (self.folder, self.kept, self.spool):
            each.mkdir()
        self.store = Store.open(folder / "library.db")
        self.analyzer = Analyzer()
        self.lexical = open_lexical(folder / "index")
        self.indexer = Indexer(self.store, self.analyzer, self.lexical)
        self.use(PlainParsers(self.spool))

    def use(self, parsers: PlainParsers) -> None:
        self.parsers = parsers
        self.ingestion = Ingestion(
            self.store, parsers, self.indexer, (".txt",), self.kept, ocr=lambda: self.parsers.ocr
        )

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def ingest(self, *paths: Path, password: str | None = None) -> list[IngestEvent]:
        return outcomes(self.ingestion.run(paths or [self.folder], "documents", password))

    def documents(self) -> dict[str, DocumentInfo]:
        return {info.name: info for info in self.store.library.documents(Scope())}

    def found(self, query: str) -> list[str]:
        with self.lexical.lease() as lexical:
            ranking = lexical.search(self.analyzer.query_terms(query), 20)
        passages = self.store.library.passages([int(i) for i in ranking.chunk_ids], Scope())
        return sorted(passage.document for passage in passages.values())

    def close(self) -> None:
        self.lexical.unload()
        self.store.close()


def outcomes(events: Iterator[IngestEvent]) -> list[IngestEvent]:
    """The last event of each file."""
    return [event for event in events if event.outcome]
