"""The tokenizer of a synthetic model: bytes, Korean syllables and pairs of letters, as a byte-level one has them.

Takes the size of a vocabulary, writes it into the file's header. Knows no weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gguf import GGUFWriter, TokenType

_CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_ASCII = range(32, 127)


def _letters() -> Iterator[str]:
    """The character that stands for each byte in a byte-level tokenizer: itself where it can be seen, else one from 256 on."""
    unseen = itertools.count(256)
    for byte in range(256):
        yield chr(byte if 33 <= byte <= 126 or 161 <= byte <= 172 or byte >= 174 else next(unseen))


_LETTERS = tuple(_letters())
_PREFIXES = sorted({"".join(_LETTERS[byte] for byte in chr(code).encode()[:2]) for code in range(0xAC00, 0xD7A4)})
# the first tokens: control and what is no whole character; their weights are 0, so that they are hardly ever written
SILENT = len(_CONTROL) + 256 - len(_ASCII) + len(_PREFIXES)


def add_tokens(writer: GGUFWriter, vocabulary: int) -> None:
    """A byte-level tokenizer; each token but bytes and control is a merge of two others, as in the real ones."""
    merges = list(itertools.islice(_merges(), vocabulary - len(_CONTROL) - 256))
    prefixes, others = merges[: len(_PREFIXES)], merges[len(_PREFIXES) :]
    broken = [letter for byte, letter in enumerate(_LETTERS) if byte not in _ASCII]
    whole = [_LETTERS[byte] for byte in _ASCII]
    texts = [*_CONTROL, *broken, *map("".join, prefixes), *whole, *map("".join, others)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(texts)
    writer.add_token_types([TokenType.CONTROL] * len(_CONTROL) + [TokenType.NORMAL] * (len(texts) - len(_CONTROL)))
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)


def _merges() -> Iterator[tuple[str, str]]:
    """Korean syllables from their bytes, common ones first; pairs of letters, words' beginnings, pairs of plain syllables."""
    hangul = [chr(code) for code in range(0xAC00, 0xD7A4)]
    common = [syllable for syllable in hangul if _is_common(syllable)]
    spelled = [_spell(syllable) for syllable in common]
    known = set(spelled)
    plain = [_spell(syllable) for syllable in common if (ord(syllable) - 0xAC00) % 28 in (0, 4, 8, 21)]
    yield from ((prefix[0], prefix[1]) for prefix in _PREFIXES)
    yield from ((syllable[:2], syllable[2]) for syllable in spelled)
    yield from itertools.product(_SMALL, _SMALL)
    yield from ((text[:2], text[2]) for text in map(_spell, hangul) if text not in known)
    yield from itertools.product((_spell(" "),), (*_SMALL, *spelled))
    yield from itertools.product(plain, plain)


def _spell(text: str) -> str:
    return "".join(_LETTERS[byte] for byte in text.encode())


def _is_common(syllable: str) -> bool:
    """One of the 2,350 of KS X 1001: any other is spelled out in eight bytes there."""
    return len(syllable.encode("euc_kr")) == 2
