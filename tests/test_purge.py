"""Documents erased for good: real homes, searched afterwards by means of our own; what the proof finds, and what it must find."""

from __future__ import annotations

import random
import shutil
import signal
import time
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ai_chat.app.purging import alone, plan_purge, prove
from ai_chat.backup.making import make_backup
from ai_chat.config import Settings, load_settings
from ai_chat.errors import InputError
from ai_chat.owner import OwnerLock
from ai_chat.purge.proof import Seeker
from ai_chat.purge.strings import SHORTEST, strings_of
from ai_chat.store import Store
from ai_chat.store.conversations import Conversation
from ai_chat.types import Scope
from tests.program import Program, Result, write_documents

CODE = "TX-40717-K"
SECRET = f"잔금 계좌 {CODE}의 비밀문구는 코끼리열두마리입니다"
NUMBER = "QV-88213"
OLDER = "먼젓번 판에는 하마스물두마리가 적혀 있었다"
PLANTED = (CODE, "코끼리열두마리", "하마스물두마리", "매매계약서-홍길동", "악어서른마리", NUMBER)
MAIL = f"""From: a@example.com
To: b@example.com
Subject: =?utf-8?B?7J6Q66OM?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: text/plain; charset=utf-8

The attached file tells of 악어서른마리 and {NUMBER}.
--X
Content-Type: text/plain; charset=utf-8; name="note.txt"
Content-Disposition: attachment; filename="note.txt"

악어서른마리 are counted in the attachment {NUMBER}.
--X--
"""


def places_of(home: Path, words: Sequence[str]) -> list[str]:
    """Where one of these stands, in three encodings: our own look, which shares nothing with that of the program."""
    found = []
    for path in home.rglob("*"):
        if path.is_file() and path.suffix not in (".gguf", ".onnx"):
            data = path.read_bytes() + str(path).encode()
            found += [f"{path.name}: {word}" for word in words if any(each in data for each in encoded(word))]
    return found


def encoded(word: str) -> list[bytes]:
    return [word.encode(each, "ignore") for each in ("utf-8", "utf-16-le", "cp949")]


def ids_of(program: Program) -> dict[str, str]:
    return {row["name"]: row["id"] for row in program("docs", "list", "--json").json["documents"]}


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_documents(tmp_path_factory.mktemp("purge") / "문서")
    contract = folder / "매매계약서-홍길동.txt"
    contract.write_text(
        f"매매 계약\n{OLDER}\n본 계약의 대금은 계약일로부터 열흘 안에 지급하기로 서로 약속하였다.\n", "utf-8"
    )
    (folder / "mail.eml").write_text(MAIL, "utf-8")
    return folder


@pytest.fixture(scope="module")
def pristine(folder: Path) -> Path:
    """The contract has an older version, a cached answer and conversations; the mail has an attachment that the home keeps."""
    program = Program(folder.parent / "home")
    assert program("ingest", folder).code == 0
    contract = folder / "매매계약서-홍길동.txt"
    contract.write_text(contract.read_text("utf-8").replace(OLDER, SECRET), "utf-8")
    assert program("ingest", folder).code == 0
    assert program("ask", "연차휴가는 며칠인가", "--no-llm").code == 0
    assert program("ask", "비밀문구는 무엇인가", "--no-llm").code == 0
    (program.home / "cache.db").write_bytes(SECRET.encode())
    (program.home / "logs").mkdir(exist_ok=True)
    (program.home / "logs" / "ai-chat.log").write_text(f"a line\n{CODE} was read\nanother\n", "utf-8")
    (program.home / "ocr-cache").mkdir()
    (program.home / "ocr-cache" / "ab").write_bytes(SECRET.encode())
    return Path(shutil.copytree(program.home, folder.parent / "pristine"))


@pytest.fixture
def filled(pristine: Path) -> Program:
    """In the place where it was made: documents are known by their paths."""
    home = pristine.with_name("home")
    shutil.rmtree(home)
    shutil.copytree(pristine, home)
    return Program(home)


def conversations(program: Program) -> list[Conversation]:
    with closing(Store.open(program.home / "library.db", read_only=True)) as store:
        return store.conversations.conversations("local")


def settings_of(program: Program) -> Settings:
    return load_settings({"home": program.home, "embedder": "none"}, {})


def test_nothing_is_found_afterwards_and_the_rest_stays(filled: Program) -> None:
    ids = ids_of(filled)
    assert {each.partition(": ")[2] for each in places_of(filled.home, PLANTED)} == set(PLANTED), "all of it is there"
    names = {row.title for row in conversations(filled)}
    assert names == {"연차휴가는 며칠인가", "비밀문구는 무엇인가"}
    done = filled("purge", ids["매매계약서-홍길동.txt"], ids["mail.eml"], "--yes", "--json")
    assert (done.code, done.json["proof"]["holds"]) == (0, True), done.out + done.err
    assert done.json["erased"]["documents"] == 3, "the attachment goes with its mail"
    assert done.json["erased"]["versions"] == 4, "the older version, too"
    assert done.json["proof"]["strings"] >= 4
    assert places_of(filled.home, PLANTED) == []
    assert (filled.home / "logs" / "ai-chat.log").read_text() == "a line\nanother\n"
    assert [row.title for row in conversations(filled)] == ["연차휴가는 며칠인가"]
    assert set(ids_of(filled)) == set(ids) - {"매매계약서-홍길동.txt", "mail.eml", "note.txt"}
    assert filled("search", "연차휴가는 며칠", "--json").json["hits"][0]["document"] == "취업규칙.md"
    assert filled("index", "verify").code == 0


def test_what_was_removed_goes_too(filled: Program) -> None:
    ids = ids_of(filled)
    assert filled("docs", "remove", ids["매매계약서-홍길동.txt"], ids["mail.eml"]).code == 0
    assert places_of(filled.home, [CODE]), "removing keeps it"
    done = filled("purge", "--removed", "--yes", "--json")
    assert (done.code, done.json["erased"]["documents"]) == (0, 3)
    assert places_of(filled.home, PLANTED) == []
    assert filled("purge", "--removed", "--yes", "--json").json["erased"] is None


def test_a_dry_run_shows_and_leaves_all(filled: Program) -> None:
    before = places_of(filled.home, PLANTED)
    done = filled("purge", ids_of(filled)["mail.eml"], "--dry-run")
    assert done.code == 0
    assert "mail.eml" in done.out and "note.txt" in done.out
    assert sorted(places_of(filled.home, PLANTED)) == sorted(before)


def test_nobody_to_ask_is_a_refusal(filled: Program) -> None:
    document = ids_of(filled)["mail.eml"]
    done = filled("purge", document)
    assert done.code == 2
    assert "--yes" in done.err
    assert filled("purge", document, "--json").json["error"]["code"] == "purge_unconfirmed"
    assert document in ids_of(filled).values()


@pytest.mark.parametrize(
    ("words", "code"), [(["dnone"], "document_unknown"), ([], "usage_wrong"), (["--", "../x"], "document_unknown")]
)
def test_wrong_ids_are_told(filled: Program, words: list[str], code: str) -> None:
    done = filled("purge", "--yes", "--json", *words)
    assert done.json["error"]["code"] == code


def test_what_another_document_says_too_is_refused(filled: Program, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes((folder / "매매계약서-홍길동.txt").read_bytes())
    assert filled("ingest", copy).code == 0
    ids = ids_of(filled)
    refused = filled("purge", ids["copy.txt"], "--yes", "--json")
    assert refused.json["error"]["code"] == "purge_shared"
    assert ids["매매계약서-홍길동.txt"] in refused.err
    assert filled("purge", ids["copy.txt"], ids["매매계약서-홍길동.txt"], "--yes").code == 0
    assert places_of(filled.home, [CODE]) == []


def test_an_attachment_alone_is_refused(filled: Program) -> None:
    done = filled("purge", ids_of(filled)["note.txt"], "--yes", "--json")
    assert done.json["error"]["code"] == "purge_inside"


def test_backups_and_originals_that_stay_are_named(filled: Program, folder: Path, tmp_path: Path) -> None:
    ids = ids_of(filled)
    path, _manifest = make_backup(filled.home, tmp_path / "with.zip", lambda _step: None)
    gone = filled("purge", ids["mail.eml"], "--yes", "--json")
    assert gone.json["plan"]["backups"] == [str(path)]
    assert gone.json["plan"]["elsewhere"] == [str(folder / "mail.eml")]
    assert (folder / "mail.eml").exists()
    path.unlink()
    make_backup(filled.home, path, lambda _step: None)
    later = filled("purge", ids["매매계약서-홍길동.txt"], "--dry-run", "--json")
    assert later.json["plan"]["backups"] == [str(path)]
    with zipfile.ZipFile(path) as packed:
        assert ids["mail.eml"].encode() not in packed.read("library.db")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp949"])
def test_the_proof_fails_where_something_is_left(filled: Program, encoding: str) -> None:
    left = filled.home / "models" / "notes.bin"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"\x01" * 70_001 + SECRET.encode(encoding) + b"\x02")
    done = filled("purge", ids_of(filled)["매매계약서-홍길동.txt"], "--yes")
    assert done.code == 1
    assert f"STILL THERE: {left} ({encoding})" in done.out
    assert SECRET not in done.out and CODE not in done.out.replace(str(left), "")


def test_the_proof_opens_the_index(filled: Program) -> None:
    """After a removal the words lie packed in a segment, where no string is found; the passages are."""
    document = ids_of(filled)["mail.eml"]
    settings = settings_of(filled)
    with alone(settings):
        plan = plan_purge(settings, [document], False, quiet)
    assert filled("docs", "remove", document).code == 0
    filled("search", "anything")
    proof = prove(settings, plan.strings, quiet)
    assert not proof.holds
    assert any("removed passages" in each for each in proof.index)


def test_a_home_in_use_is_left_alone(filled: Program) -> None:
    document = ids_of(filled)["mail.eml"]
    lock = OwnerLock.try_acquire(filled.home / "run")
    assert lock is not None
    done = filled("purge", document, "--yes", "--json")
    lock.release()
    assert done.json["error"]["code"] == "home_in_use"
    assert places_of(filled.home, [CODE])


def test_a_kill_leaves_the_document_or_nothing_of_it(filled: Program) -> None:
    """Killed at any moment, the same command finishes the work; where the document is gone already, so is all else."""
    dice = random.Random(11)
    document = ids_of(filled)["매매계약서-홍길동.txt"]
    for _kill in range(6):
        purging = filled.start("purge", document, "--yes")
        time.sleep(dice.uniform(0.25, 0.9))
        purging.send_signal(signal.SIGKILL)
        purging.communicate(timeout=60)
        if document not in ids_of(filled).values():
            break
    else:
        assert filled("purge", document, "--yes").code == 0
    assert places_of(filled.home, ["코끼리열두마리", "하마스물두마리"]) == []
    assert filled("index", "verify").code == 0


def test_later_questions_of_a_conversation_go_and_earlier_ones_stay(filled: Program) -> None:
    with closing(Store.open(filled.home / "library.db")) as store:
        for number, question in enumerate(("앞서 물은 것", f"{CODE} 얼마인가", "그래서 어떻게 되었나")):
            _add_turn(store, f"t{number}", "c-mixed", question)
    settings = settings_of(filled)
    with alone(settings):
        plan = plan_purge(settings, [ids_of_settings(settings)["매매계약서-홍길동.txt"]], False, quiet)
    assert "c-mixed" in plan.said.conversations
    assert len(plan.said.turns) >= 3, "two of this conversation, and the one that showed it"
    assert filled("purge", plan.documents[0].id, "--yes").code == 0
    with closing(Store.open(settings.database, read_only=True)) as after:
        assert [turn.question for turn in after.turns.turns("c-mixed")] == ["앞서 물은 것"]
        assert after.conversations.conversation("c-mixed").title == "앞서 물은 것"


def _add_turn(store: Store, turn: str, conversation: str, question: str) -> None:
    store.turns.create_turn(turn, conversation, question, Scope())


def ids_of_settings(settings: Settings) -> dict[str, str]:
    with closing(Store.open(settings.database, read_only=True)) as store:
        return {info.name: info.id for info in store.library.documents(Scope())}


# -- the parts ---------------------------------------------------------------------


def test_strings_stand_in_nothing_that_is_kept() -> None:
    text = f"{SECRET}\nThe inspection protocol of the harbour authority mentions it once more."
    found = strings_of([text], ["계약 사본.pdf"], ["The INSPECTION is due. 코끼리열두마리입니다"])
    assert CODE in found.telling and "계약 사본.pdf" in found.telling
    assert "inspection" not in found.all and "코끼리열두마리입니다" not in found.words
    assert "authority" in found.words
    assert all(each in text or each == "계약 사본.pdf" for each in found.all)


@pytest.mark.parametrize("word", ["2026-04-13", "1881년에는", "1,450,000", "12345678", "v1.2"])
def test_dates_and_amounts_are_nobodys(word: str) -> None:
    assert word not in strings_of([f"x {word} y"], [], []).telling


@pytest.mark.parametrize("place", [0, 1, (8 << 20) - 5, (8 << 20) - 1, 8 << 20, (8 << 20) + 1])
def test_a_string_is_found_where_blocks_meet(tmp_path: Path, place: int) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(b"\xec" * place + CODE.encode() + b"\xec" * 64)
    (found,) = Seeker([CODE]).in_file(path)
    assert (found.text, found.encoding) == (CODE, "utf-8")


def test_a_string_is_found_inside_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.txt", f"{'x' * 500}{CODE}{'y' * 500}")
    assert CODE.encode() not in path.read_bytes()
    assert [each.text for each in Seeker([CODE]).in_file(path)] == [CODE]


def test_random_bytes_hold_what_they_hold() -> None:
    """Against the plain search of bytes, over places and neighbours of every kind."""
    dice = random.Random(4)
    words = ["".join(dice.choices("ab가나", k=SHORTEST)) for _ in range(40)]
    seeker = Seeker(words)
    for _ in range(200):
        data = "".join(dice.choices("ab가나", k=300)).encode() + dice.choice(words).encode("utf-16-le")
        found = {(each, name) for each in words for name in ("utf-8", "utf-16-le") if each.encode(name) in data}
        seen = seeker.in_bytes(data)
        assert {each for each, name in found if name == "utf-8"} == {w for w in words if w.encode() in seen}
        assert {each for each, name in found if name == "utf-16-le"} <= {
            w for w in words if w.encode("utf-16-le") in seen
        }


def test_no_library_is_told(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path / "none"}, {})
    with pytest.raises(InputError) as caught, alone(settings):
        pass
    assert caught.value.code == "purge_nothing"


def test_korean_is_spoken(filled: Program) -> None:
    done: Result = filled.speaking("ko_KR.UTF-8")("purge", ids_of(filled)["mail.eml"], "--yes")
    assert done.code == 0
    assert "확인: 문서의 문자열" in done.out
