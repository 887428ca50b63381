"""Fetching models: the real huggingface_hub against a hub on loopback that breaks off, lies, refuses and redirects."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from synthetic import TINY, make_model

from ai_chat.errors import InputError, MachineError
from ai_chat.llm.hub import HubFile, check_names, fetch, parts_of, place_of
from tests.hub_server import COMMIT, Hub, serve_hub
from tests.program import Program, Result

REPOSITORY = "someone/tiny-GGUF"
FILE = "tiny-q8_0.gguf"


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("hub") / FILE
    make_model(path, TINY, file_type="q8_0")
    return path.read_bytes()


@pytest.fixture
def hub(content: bytes) -> Iterator[Hub]:
    with serve_hub({f"{REPOSITORY}/{FILE}": content, f"{REPOSITORY}/README.md": b"# tiny"}) as served:
        yield served


def pull(program: Program, hub: Hub, *words: str, **environ: str) -> Result:
    given = words or (REPOSITORY, FILE, "--json")
    return program.with_environ(**hub.environ, **environ)("models", "pull", *given)


def folder_of(program: Program) -> Path:
    return program.home / "models" / REPOSITORY.replace("/", "--")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_comes_checked_and_is_known_by_its_name(program: Program, hub: Hub, content: bytes) -> None:
    done = pull(program, hub)
    assert done.code == 0, done.err
    pulled = done.json["pulled"]
    assert (pulled["name"], pulled["revision"], pulled["sha256"]) == ("tiny-q8_0", COMMIT, sha256(content).hexdigest())
    assert Path(pulled["path"]).read_bytes() == content
    assert names_in(folder_of(program)) == [FILE]
    assert program("models", "use", "tiny-q8_0").code == 0
    assert program("models", "show", "--json").json["model"]["path"] == pulled["path"]


def test_nobody_is_told_who_asks(program: Program, hub: Hub) -> None:
    """No token, no telemetry, none of the library's caches, no xet server, and the commit that was looked up."""
    assert pull(program, hub).code == 0
    assert not any("authorization" in asked.headers for asked in hub.asked)
    assert {asked.headers["user-agent"].split("/")[0] for asked in hub.asked} == {"ai-chat"}
    assert [asked.path.split("/resolve/")[1] for asked in hub.asked] == [f"main/{FILE}", f"{COMMIT}/{FILE}"]
    assert not (program.home.parent / ".cache").exists()


def test_a_token_of_the_users_goes_to_the_hub_and_no_further(program: Program, hub: Hub, content: bytes) -> None:
    with serve_hub({f"{REPOSITORY}/{FILE}": content}) as storage:
        hub.script.storage = storage.address
        storage.script.break_after = [100_000]
        assert pull(program, hub, HF_TOKEN="hf_secret").code == 0
        assert {asked.headers.get("authorization") for asked in hub.asked} == {"Bearer hf_secret"}
        assert storage.ranges() == ["bytes=0-", "bytes=100000-"]
        assert not any("authorization" in asked.headers for asked in storage.asked)


def test_a_download_that_breaks_off_goes_on_by_itself(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.break_after = [200_000, 100_000]
    assert pull(program, hub).code == 0
    assert hub.ranges() == ["bytes=0-", "bytes=200000-", "bytes=300000-"]


def test_a_server_without_ranges_begins_anew(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.break_after, hub.script.ranges = [200_000], False
    assert pull(program, hub).code == 0
    assert len(hub.ranges()) == 2


def test_ctrl_c_keeps_what_has_come(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.pause = 0.3
    running = program.with_environ(**hub.environ).start("models", "pull", REPOSITORY, FILE)
    part = _wait_for_part(folder_of(program))
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130 and "pull again to go on" in said
    held = part.stat().st_size
    hub.script.pause = 0
    assert pull(program, hub).code == 0
    assert hub.ranges()[-1] == f"bytes={held}-" and names_in(folder_of(program)) == [FILE]


def _wait_for_part(folder: Path) -> Path:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for part in folder.glob(".*.part"):
            if part.stat().st_size:
                return part
        time.sleep(0.02)
    raise AssertionError("nothing came")


def test_two_at_once_do_not_write_into_each_other(program: Program, hub: Hub) -> None:
    hub.script.pause = 0.3
    running = program.with_environ(**hub.environ).start("models", "pull", REPOSITORY, FILE)
    _wait_for_part(folder_of(program))
    second = pull(program, hub)
    hub.script.pause = 0
    running.communicate(timeout=60)
    assert (second.code, second.json["error"]["code"], running.returncode) == (3, "model_being_pulled", 0)


def test_a_hub_that_stumbles_is_asked_again(program: Program, hub: Hub) -> None:
    hub.script.statuses = [500, 503]
    assert pull(program, hub).code == 0


def test_what_is_here_already_is_not_fetched_again(program: Program, hub: Hub) -> None:
    assert pull(program, hub).code == 0
    asked = len(hub.ranges())
    assert pull(program, hub).code == 0
    assert len(hub.ranges()) == asked


def test_what_was_only_put_aside_is_brought_back(program: Program, hub: Hub) -> None:
    assert pull(program, hub).code == 0
    removed = program("models", "remove", "tiny-q8_0")
    assert removed.code == 0 and "models restore tiny-q8_0" in removed.err and not names_in(folder_of(program))
    asked = len(hub.ranges())
    assert pull(program, hub).code == 0
    assert len(hub.ranges()) == asked and names_in(folder_of(program)) == [FILE]


def test_a_file_that_was_altered_here_is_fetched_again(program: Program, hub: Hub, content: bytes) -> None:
    assert pull(program, hub).code == 0
    (folder_of(program) / FILE).write_bytes(b"x" * len(content))
    assert pull(program, hub).code == 0
    assert (folder_of(program) / FILE).read_bytes() == content


def refused(program: Program, hub: Hub, *words: str, **environ: str) -> tuple[int, str]:
    done = pull(program, hub, *words, **environ)
    assert "Traceback" not in done.err
    return done.code, done.json["error"]["code"]


def test_a_wrong_hash_is_thrown_away(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.sent = content[:-1] + bytes([content[-1] ^ 1])
    assert refused(program, hub) == (3, "hub_hash_wrong")
    assert names_in(folder_of(program)) == []


def test_a_file_longer_than_announced_is_not_written_on(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.announced = len(content) - 1000
    assert refused(program, hub) == (3, "hub_too_long")


def test_a_file_shorter_than_announced_is_told(program: Program, hub: Hub, content: bytes) -> None:
    hub.script.announced = len(content) + 1000
    assert refused(program, hub) == (3, "hub_broken_off")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("someone/missing", FILE), (1, "hub_no_repository")),
        (("someone/missing",), (1, "hub_no_repository")),
        ((REPOSITORY, "other.gguf"), (1, "hub_no_file")),
        ((REPOSITORY, "README.md"), (1, "hub_file_name_wrong")),
        ((REPOSITORY, "../../escape.gguf"), (1, "hub_file_name_wrong")),
        (("../tiny-GGUF", FILE), (1, "hub_name_wrong")),
        (("gemma-3-4b", FILE), (1, "model_name_unknown")),
        (("gemma-3-4b-it", FILE), (2, "usage_wrong")),
        ((REPOSITORY, FILE, "--name", "../x"), (1, "model_name_wrong")),
    ],
    ids=str,
)
def test_what_cannot_be_fetched_is_told(
    program: Program, hub: Hub, words: tuple[str, ...], expected: tuple[int, str]
) -> None:
    assert refused(program, hub, *words, "--json") == expected
    assert not list(program.home.parent.rglob("*escape*"))


def test_gated_models_say_what_to_do(program: Program, hub: Hub) -> None:
    hub.script.gated = True
    done = pull(program.speaking("ko_KR.UTF-8"), hub)
    assert (done.code, done.json["error"]["code"]) == (1, "hub_gated")
    assert "HF_TOKEN" in done.json["error"]["hint"]


@pytest.mark.parametrize("trait", ["html", "unhashed"])
def test_a_server_that_is_no_hub_is_told(program: Program, hub: Hub, trait: str) -> None:
    hub.script.html, hub.script.hashed = trait == "html", trait != "unhashed"
    assert refused(program, hub) == (3, "hub_strange")


def test_being_offline_is_told_at_once(program: Program, hub: Hub) -> None:
    assert refused(program, hub, HF_HUB_OFFLINE="1") == (3, "hub_switched_off")
    gone = Hub("http://127.0.0.1:9", {})
    done = pull(program, gone)
    assert (done.code, done.json["error"]["code"]) == (3, "hub_unreachable")
    assert "ai-chat models add" in done.json["error"]["hint"]


def test_files_of_a_repository_are_listed(program: Program, hub: Hub) -> None:
    assert pull(program, hub, REPOSITORY, "--json").json["files"] == [FILE]
    with serve_hub({"someone/empty/README.md": b"-"}) as other:
        assert refused(program, other, "someone/empty", "--json") == (1, "hub_no_models")


def test_something_else_under_the_name_of_a_model_is_told(program: Program) -> None:
    with serve_hub({f"{REPOSITORY}/{FILE}": b"not a model at all" * 100}) as hub:
        assert refused(program, hub) == (1, "model_not_gguf")
    assert program("models", "list", "--json").json["models"][0]["state"] != "pulled"


def split_model(folder: Path) -> dict[str, bytes]:
    """A model in two parts, by name."""
    writer = GGUFWriter(folder / "big.gguf", "llama", split_max_tensors=2)
    writer.add_block_count(1)
    writer.add_context_length(4096)
    writer.add_chat_template("{{ messages }}")
    for name in ("token_embd.weight", "blk.0.attn_q.weight", "blk.0.ffn_up.weight"):
        writer.add_tensor(name, np.zeros((64, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_parts_come_whichever_is_asked_for(program: Program, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    parts = split_model(tmp_path / "made")
    with serve_hub({f"{REPOSITORY}/Q4/{name}": part for name, part in parts.items()}) as hub:
        done = pull(program, hub, REPOSITORY, "Q4/big-00002-of-00002.gguf", "--json")
    assert done.code == 0, done.err
    pulled = done.json["pulled"]
    assert (pulled["name"], Path(pulled["path"]).name) == ("big", "big-00001-of-00002.gguf")
    assert {Path(path).name: Path(path).read_bytes() for path in pulled["files"]} == parts


def test_parts_of_a_split_file_come_together() -> None:
    assert parts_of("q4/x-00002-of-00003.gguf") == tuple(f"q4/x-0000{n}-of-00003.gguf" for n in (1, 2, 3))
    assert parts_of("x-00004-of-00003.gguf") == ("x-00004-of-00003.gguf",)
    assert parts_of("x.gguf") == ("x.gguf",)


@pytest.mark.parametrize("name", ["q4/모델 Q4.gguf", "a.GGUF", "x (1).gguf"])
def test_plain_names_pass(name: str) -> None:
    check_names("Owner-1/Repo_2.x", name)


@pytest.mark.parametrize(
    "name",
    ["a/../b.gguf", "/etc/b.gguf", "..\\b.gguf", "./b.gguf", "-b.gguf", "b.gguf\n", "a//b.gguf", "~/b.gguf", ".gguf"],
)
def test_names_that_lead_elsewhere_do_not(name: str) -> None:
    with pytest.raises(InputError, match="hub_file_name_wrong"):
        check_names("owner/repo", name)


@pytest.mark.parametrize(
    "name", ["repo", "a/b/c", "../repo", "some one/repo", "a/b?x=1", "a/b#c", "a/..", "http://a/b", "a/"]
)
def test_other_names_of_repositories_do_not(name: str) -> None:
    with pytest.raises(InputError, match="hub_name_wrong"):
        check_names(name, "b.gguf")


def test_a_full_disk_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    file = HubFile("owner/repo", "x.gguf", COMMIT, 1 << 60, "0" * 64)
    with pytest.raises(MachineError, match="model_no_space") as told:
        fetch((file,), tmp_path)
    assert "GiB" in told.value.values["needed"]
    assert not place_of(file, tmp_path).exists()


def test_progress_is_no_part_of_the_document(program: Program, hub: Hub) -> None:
    done = pull(program, hub)
    assert json.loads(done.out)["schema"] == 1
    assert "Fetching" in done.err
