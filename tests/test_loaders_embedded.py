"""Objects in office documents: what is embedded in them, and those that claim what cannot be."""

from __future__ import annotations

from pathlib import Path

from ai_chat.loaders.ooxml.embedded import File, in_object
from tests.ole_files import write_ole


def test_document_in_an_object_is_found(tmp_path: Path) -> None:
    data = write_ole(tmp_path / "a", {"Package": b"%PDF-1.4 text"}).read_bytes()
    found = in_object(data, "o1.bin")
    assert found and (found.name, found.data[:13]) == ("o1.pdf", b"%PDF-1.4 text")


def test_formula_is_no_document(tmp_path: Path) -> None:
    assert in_object(write_ole(tmp_path / "a", {"Equation Native": b"x"}).read_bytes(), "o1.bin") is None


def test_object_that_claims_too_much_is_left_to_its_reader(tmp_path: Path) -> None:
    data = bytearray(write_ole(tmp_path / "a", {"Package": b"%PDF-1.4"}).read_bytes())
    data[44:48] = (0x7FFFFFFF).to_bytes(4, "little")  # sectors of its table of sectors
    assert in_object(bytes(data), "o1.bin") == File("o1.bin", bytes(data))
