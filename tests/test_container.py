"""The container image, built and run for real: read-only, without rights, killed and started again; it asks for a password and answers.

Needs buildah, podman, runc and mmdebstrap, and root; elsewhere `scripts/build-image` and a container engine do the same by hand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, ROOT, WAIT_MS
from tests.containers import CLOSED, container, podman
from tests.patience import eventually
from tests.program import write_many

TOOLS = ("buildah", "podman", "runc", "mmdebstrap")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium"),
    pytest.mark.skipif(
        os.environ.get("AI_CHAT_IMAGE") != "1" or os.geteuid() != 0 or not all(map(shutil.which, TOOLS)),
        reason="builds a container image only where .ci/run has said so (AI_CHAT_IMAGE=1)",
    ),
]
IMAGE = "localhost/ai-chat:cpu"
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def image() -> str:
    built = subprocess.run([ROOT / ".ci" / "image", "cpu"], capture_output=True, text=True, check=False, timeout=900)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return IMAGE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, 10001, 10001)
    return folder


def open_to_all(folder: Path) -> None:
    """An App that was opened in this process lets its user alone read what the process makes."""
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)


def said(name: str, words: str) -> str:
    """What it has printed, once that holds these words."""
    eventually(lambda: words in podman("logs", name).stdout)
    return podman("logs", name).stdout


def signed_in(browser: Browser, port: str, password: str) -> Page:
    page = browser.new_page(locale="ko-KR")
    page.goto(f"http://127.0.0.1:{port}/")
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button").click()
    expect(page.locator(".ac.welcome, .ac.question").first).to_be_visible()
    return page


def test_the_image_is_within_its_budget_and_holds_nothing_unwanted(image: str) -> None:
    engine = {"AI_CHAT_BUILDER": "buildah", "STORAGE_DRIVER": "overlay"}
    report = subprocess.run(
        [ROOT / "scripts" / "image-report"], env=os.environ | engine, capture_output=True, text=True, check=False
    )
    assert report.returncode == 0, report.stderr
    print(report.stdout)


def test_it_answers_with_nothing_writable_but_its_data_and_outlives_a_kill(
    image: str, data: Path, browser: Browser
) -> None:
    with container(image, data) as (name, port):
        log = said(name, "AI-CHAT is ready")
        found = re.search(r"only this once: (\S+)", log)
        assert found
        password = found[1]
        page = signed_in(browser, port, password)
        expect(page.locator('[class*="st-key-example-"]').first).to_be_visible()
        page.locator("textarea").fill("쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?")
        page.locator("textarea").press("Enter")
        expect(page.locator(".ac.evidence, .ac .card").first).to_contain_text("취업규칙")
        address = page.url
        asked = podman("exec", name, "python3", "-m", "ai_chat", "search", "연차 이월", "--json").stdout
        assert "취업규칙_휴가.pdf" in asked
        whoami = podman(
            "exec", name, "sh", "-c", "id -u; grep CapEff /proc/self/status; touch /opt/x 2>&1; true"
        ).stdout
        assert whoami.startswith("10001\n") and "0000000000000000" in whoami and "Read-only" in whoami
        podman("kill", "--signal", "KILL", name)
        page.close()
    with container(image, data) as (name, port):
        assert "only this once" not in said(name, "AI-CHAT is ready")
        page = signed_in(browser, port, password)
        page.goto(f"http://127.0.0.1:{port}/?{address.partition('?')[2]}")
        expect(page.locator(".ac.question")).to_contain_text(["연차"])
        page.close()
        podman("stop", "--time", "20", name)
        assert podman("inspect", "--format", "{{.State.ExitCode}}", name).stdout.strip() == "0"


@pytest.mark.parametrize(
    ("owner", "extra", "sentence"),
    [
        (0, (), "chown -R 10001:10001 /data"),
        (10001, ("--user", "12345"), "chown -R 12345:0 /data"),
    ],
)
def test_a_volume_of_another_owner_is_said(
    image: str, data: Path, owner: int, extra: tuple[str, ...], sentence: str
) -> None:
    os.chown(data, owner, owner)
    data.chmod(0o700)
    done = podman("run", "--rm", *CLOSED, *extra, "--volume", f"{data}:/data", image, check=False)
    assert done.returncode == 3 and sentence in done.stderr


def test_a_read_only_volume_is_said(image: str, data: Path) -> None:
    done = podman("run", "--rm", *CLOSED, "--volume", f"{data}:/data:ro", image, check=False)
    assert done.returncode == 3 and "Read-only file system" in done.stderr


def test_a_full_volume_is_said(image: str, data: Path) -> None:
    size = "size=400k,uid=10001,gid=10001,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", data], check=True)
    try:
        done = podman("run", "--rm", *CLOSED, "--volume", f"{data}:/data", image, "ask", "연차?", check=False)
    finally:
        subprocess.run(["umount", data], check=True)
    assert done.returncode == 3 and "There is no space left on the disk" in done.stderr


def test_a_port_that_is_taken_is_said(image: str, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        web = ("web", "--host", "127.0.0.1", "--port", port, "--no-browser")
        done = podman("run", "--rm", *CLOSED, "--volume", f"{data}:/data", image, *web, check=False)
    assert done.returncode == 3 and f"Port {port}" in done.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "No such file"), (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS")],
)
def test_a_model_that_is_none_is_said(
    image: str, data: Path, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    if content:
        (models / "m.gguf").write_bytes(content)
    open_to_all(models)
    volumes = ("--volume", f"{data}:/data", "--volume", f"{models}:/models:ro")
    done = podman("run", "--rm", *CLOSED, *volumes, image, "models", "add", "/models/m.gguf", check=False)
    assert done.returncode == 1 and sentence in done.stderr


@pytest.mark.parametrize(("number", "code"), [("TERM", "143"), ("KILL", "137")])
def test_an_ingest_that_is_ended_loses_nothing(image: str, data: Path, tmp_path: Path, number: str, code: str) -> None:
    documents = tmp_path / "documents"
    write_many(documents, 400)
    open_to_all(documents)
    volumes = ("--volume", f"{data}:/data", "--volume", f"{documents}:/documents:ro")
    name = podman("run", "--detach", *CLOSED, *volumes, image, "ingest", "/documents").stdout.strip()
    eventually(lambda: podman("logs", name).stderr.count("added") > 3)
    podman("kill", "--signal", number, name)
    assert podman("wait", name).stdout.strip() == code
    podman("rm", "--force", name)
    again = podman("run", "--rm", *CLOSED, *volumes, image, "ingest", "/documents", "--json").stdout
    done = json.loads(again)
    assert len(done["added"]) + len(done["updated"]) + len(done["unchanged"]) == 400 and len(done["unchanged"]) > 3


def test_the_health_check_tells_whether_it_answers(image: str, data: Path) -> None:
    """By hand, as no systemd runs its timer here; it knows the port that an image listens on by itself."""
    inspected = json.loads(podman("inspect", image).stdout)[0]
    command, *words = (inspected.get("Healthcheck") or inspected["Config"]["Healthcheck"])["Test"][1:]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 8501))
    without = ("--volume", f"{data}:/data", "--entrypoint", command, image, *words)
    assert podman("run", "--rm", *CLOSED, *without, check=False).returncode == 1
    with container(image, data, "8501") as (name, _):
        said(name, "AI-CHAT is ready")
        assert podman("exec", name, command, *words, check=False).returncode == 0
