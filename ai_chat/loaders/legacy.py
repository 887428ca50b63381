"""DOC, PPT, RTF and HWP 3 -> what LibreOffice makes of them, where it is installed; else a sentence that says how to convert them.

RTF is read plainly without it. LibreOffice runs once a file, with a profile of its own below the spool, fetches nothing and ends
with us. Knows no other format: what was converted is identified and loaded anew.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load_source
from ai_chat.loaders.detect import Source, identify
from ai_chat.loaders.mail.rtf import rtf_text
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.ole import open_ole
from ai_chat.loaders.text import stretches
from ai_chat.process import tied
from ai_chat.types import Problem, Unit

_SECONDS, _SECONDS_A_MIB = 50.0, 4.0  # less than the parser's own fence
_RESTART = 81  # LibreOffice's word for: my profile is made, start me again
_PLACES = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", "/opt/libreoffice/program/soffice")
_OFFICE = "/org.openoffice.Office."
_ITEM = '<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
_QUIET = (
    (f"{_OFFICE}Common/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_OFFICE}Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    (f"{_OFFICE}Writer/Content/Update", "Link", "0"),
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """`target` is what we convert to, `advised` what people should save it as."""

    name: str
    suffix: str
    target: str
    advised: str


_DOC = _Kind("DOC", ".doc", "docx", "DOCX")
_PPT = _Kind("PPT", ".ppt", "pptx", "PPTX")
_RTF = _Kind("RTF", ".rtf", "docx", "DOCX")
_HWP3 = _Kind("HWP 3", ".hwp", "docx", "HWPX")


def load_legacy(source: Source) -> Iterator[Item]:
    kind = _kind(source)
    plain = _unlocked(source, kind)
    program = find_office()
    if program is None:
        if kind is not _RTF:
            raise InputError("format_old", name=source.name, found=kind.name, target=kind.advised)
        yield from _plain_rtf(plain, source.name)
        return
    made = _convert(program, plain, kind, source)
    inner = identify(made, source.name, source.options)
    if inner.format != kind.target:
        raise _failed(source, kind, inner.format)
    yield Problem("converted", {"name": source.name, "found": kind.name})
    yield from load_source(replace(inner, warning=None))


def find_office() -> Path | None:
    """The program itself, not the script around it: it must end when we do."""
    found = shutil.which("soffice") or next((place for place in _PLACES if os.access(place, os.X_OK)), None)
    if found is None:
        return None
    script = Path(found).resolve()
    program = script.with_name("soffice.bin")
    return program if program.exists() else script


def _kind(source: Source) -> _Kind:
    with source.path.open("rb") as file:
        head = file.read(20)
    if head.startswith(b"{\\rtf"):
        return _RTF
    if head.startswith(b"HWP"):
        return _HWP3
    with open_ole(source.path, source.name) as ole:
        return _DOC if ole.exists("WordDocument") else _PPT


def _plain_rtf(path: Path, name: str) -> Iterator[Unit]:
    text = rtf_text(path.read_bytes())
    label = PurePath(name).stem
    for number, stretch in enumerate(stretches(iter((text,))), start=1):
        yield Unit("section", number, label, *normalise(stretch.text))


def _convert(program: Path, path: Path, kind: _Kind, source: Source) -> Path:
    """The file that LibreOffice made; InputError convert_failed."""
    folder = source.spool / "office"
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_settings(), "utf-8")
    given = folder / f"document{kind.suffix}"
    shutil.copyfile(path, given)
    options = ["--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command = [str(program), *options, "--convert-to", kind.target, "--outdir", str(folder), str(given)]
    seconds = _SECONDS + _SECONDS_A_MIB * given.stat().st_size / (1 << 20)
    status, said = _run(command, seconds)
    if status == _RESTART:
        status, said = _run(command, seconds)
    made = given.with_suffix(f".{kind.target}")
    if status or not made.exists():
        raise _failed(source, kind, said)
    return made


def _run(command: list[str], seconds: float) -> tuple[int, str]:
    """How it ended, and its last words."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
        preexec_fn=tied(int(seconds)),
    ) as running:
        try:
            _out, errors = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end_group(running.pid)
            return -signal.SIGKILL, f"> {seconds:.0f} s"
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return running.returncode, lines[-1] if lines else f"status {running.returncode}"


def _end_group(leader: int) -> None:
    with suppress(ProcessLookupError):  # it has just ended
        os.killpg(leader, signal.SIGKILL)


def _unlocked(source: Source, kind: _Kind) -> Path:
    """The file, or a copy without its password; InputError password_needed, password_wrong, encryption_unknown, file_damaged."""
    if kind not in (_DOC, _PPT) or not _is_locked(source, kind):
        return source.path
    if not source.options.password:
        raise InputError("password_needed", name=source.name)
    from ai_chat.loaders.protected import decrypted

    return decrypted(source)


def _is_locked(source: Source, kind: _Kind) -> bool:
    with open_ole(source.path, source.name, kind.name) as ole:
        if kind is _PPT:
            user = ole.openstream("Current User").read(16) if ole.exists("Current User") else b""
            return bool(user[12:16] == b"\xdf\xc4\xd1\xf3")
        head = ole.openstream("WordDocument").read(12)
        return len(head) == 12 and bool(head[11] & 1)


def _settings() -> str:
    items = "".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _QUIET)
    spaces = 'xmlns:oor="http://openoffice.org/2001/registry"'
    return f'<?xml version="1.0" encoding="UTF-8"?><oor:items {spaces}>{items}</oor:items>'


def _failed(source: Source, kind: _Kind, reason: str) -> InputError:
    return InputError("convert_failed", name=source.name, found=kind.name, reason=reason, target=kind.advised)
