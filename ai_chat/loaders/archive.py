"""ZIP -> its documents as attachments, named by their paths inside; hidden files and those of no known format are left out.

Names without a mark of their encoding are UTF-8 or CP949, as Korean programs write them. What is nested in it is its reader's
business, one archive at a time.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence

from ai_chat.errors import InputError
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.detect import Source
from ai_chat.loaders.enclosed import safe_name, skipped, too_many
from ai_chat.loaders.guard import UNPACKED, check_ratio, member_head, member_pieces, open_zip
from ai_chat.types import Attachment, Problem

FILES = 2000
_UTF8, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = b"\x75\x70"
_SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}

Named = tuple[str, zipfile.ZipInfo]


def load_archive(source: Source) -> Iterator[Attachment | Problem]:
    with open_zip(source.path, source.name, whole=False) as archive:
        files = [(path_inside(info), info) for info in archive.infolist() if _is_file(info)]
        seen = [(path, info) for path, info in files if path and not _is_hidden(path)]
        wanted = [(path, info) for path, info in seen if path.lower().endswith(KNOWN_SUFFIXES)]
        if not wanted:
            raise InputError("folder_empty", path=source.name, known=" ".join(KNOWN_SUFFIXES))
        check_ratio([info for _path, info in wanted], source.path.stat().st_size, source.name)
        _try_password(archive, wanted, source)
        yield from _attachments(archive, wanted, source)
    if passed_over := len(seen) - len(wanted):
        yield Problem("files_passed_over", {"count": passed_over, "known": " ".join(KNOWN_SUFFIXES)})


def path_inside(info: zipfile.ZipInfo) -> str:
    """Where it stands in the archive: "folder/name", never above it nor anywhere else."""
    parts = [part for part in re.split(r"[/\\]", _name(info)) if part.strip(" .")]
    if parts and re.fullmatch(r"[A-Za-z]:", parts[0]):
        parts = parts[1:]
    return "/".join(safe_name(part, "_") for part in parts)


def _attachments(archive: zipfile.ZipFile, wanted: Sequence[Named], source: Source) -> Iterator[Attachment | Problem]:
    total = 0
    for number, (path, info) in enumerate(wanted):
        total += info.file_size
        if number == FILES or total > UNPACKED:
            yield too_many(len(wanted), number, source)
            return
        try:
            yield Attachment(path, _unpacked(archive, info, path, source))
        except InputError as error:
            yield skipped(path, source, error.problem)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, source: Source) -> str:
    descriptor, place = tempfile.mkstemp(dir=source.spool)
    with os.fdopen(descriptor, "wb") as file:
        for piece in member_pieces(archive, info, path, source.options.password):
            file.write(piece)
    return place


def _try_password(archive: zipfile.ZipFile, wanted: Sequence[Named], source: Source) -> None:
    """On the smallest file, before any is given; InputError password_needed, password_wrong, encryption_unknown."""
    locked = [info for _path, info in wanted if info.flag_bits & _ENCRYPTED]
    if locked:
        smallest = min(locked, key=lambda info: info.file_size)
        member_head(archive, smallest, source.name, 1, source.options.password)


def _is_file(info: zipfile.ZipInfo) -> bool:
    """No folder, and no link to somewhere else."""
    return not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16)


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "~$")) or part.lower() in _SYSTEM for part in path.split("/"))


def _name(info: zipfile.ZipInfo) -> str:
    if told := _unicode_path(info.extra):
        return told
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unicode_path(extra: bytes) -> str:
    """From the field that Info-ZIP added for it: version, checksum, name."""
    while len(extra) >= 4:
        size = int.from_bytes(extra[2:4], "little")
        if extra[:2] == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return ""
