"""What may be shown of what a model writes, whatever a document has told it: the rules of the output, enforced as it streams.

`OutputFilter(markers.told, [hit.text for hit in markers.passages])` stands in the decoding where a MarkerFilter would: `push` each
piece and show what it gives, at the end `rest`; once `ended`, decoding may stop, the reason is `stop`. `cleaned` is for text that the
program itself takes out of documents. Pure; knows no model and no log.

The rules: no control, direction or invisible characters; no links, pictures or HTML, no control words of models; an address only if it
stands letter by letter in a passage; no marker that names no passage; no going on with the dialogue; none of the program's own
instructions. What is taken out in the middle leaves "…".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ai_chat.answer.labels import LabelFilter
from ai_chat.answer.secrets import SecretFilter
from ai_chat.checking.claims import MarkerFilter
from ai_chat.prompt import own_words

LEFT_OUT = "…"

_INVISIBLE = re.compile(
    "[\x00-\x08\x0d-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_OPEN_WORD = re.compile(r"[\x21-\x7e＜［【〔＂／：Ａ-Ｚａ-ｚ][^\s。、，！？]*$")

_TAG = re.compile(r"<(?=[A-Za-z/!?|｜_])")
_LINK = re.compile(r"\](?=[(:])")
_PICTURE = re.compile(r"!+(?=\[(?!\d{1,3}\]))")
_CONTROL_WORD = re.compile(r"\[(/?[A-Z_]{2,})\]")
_ODD_MARKER = re.compile(
    r"【(\d+)[^】\s]*】|［([\d,]+)］|〔([\d,]+)〕|\[\^(\d+)\]|\[(\d+)[†‡#:][^\]\s]*\]|\[(\d{4,}|\d+(?:[-–~;,]\d*)+)\]"
)
_WITHIN = r"[^\s<>‹\"`「」『』。、，！？]"
_ADDRESS = re.compile(
    rf"(?:[A-Za-zＡ-Ｚａ-ｚ][A-Za-z0-9Ａ-Ｚａ-ｚ+.-]*[:：][/／\\]{{2}}|www\.(?=\w)|(?:javascript|vbscript|mailto|blob):(?=\S)"
    rf"|data:(?=[\w.+-]*[/;,])){_WITHIN}*"
    r"|[A-Za-z0-9._%+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![A-Za-z0-9-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,24}}(?::\d+)?/{_WITHIN}*",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[.,;:!?'’”)\]}*_~|…]*$")
_PARTICLE = re.compile(r"[.,;:!?'’”)\]}*_~|…]*[가-힣]{1,8}[.,;:!?'’”)\]}*_~|…]*")
_BEHIND = re.compile(r"(?:['’”)\]}]+[가-힣]{0,8})?[.,;:!?'’”)\]}*_~|…]*$")
_CLOSERS = '">`」』'
_HANGUL_END = re.compile(r"[가-힣]+$")


class OutputFilter:
    """`meaning`: the reader's number of the model's marker, or None; `passages`: the texts that the model has read.

    `secrets`: sentences that are never told. `ended`: what comes now is no part of the answer.
    """

    def __init__(
        self, meaning: Callable[[int], int | None], passages: Iterable[str], secrets: Sequence[str] | None = None
    ) -> None:
        told = own_words() if secrets is None else secrets
        self._labels = LabelFilter()
        # what a secret leaves may become a label, and what a dropped label leaves a secret
        self._filters = (
            MarkerFilter(meaning),
            _WordFilter(addresses(passages)),
            SecretFilter(told, LEFT_OUT),
            self._labels,
            SecretFilter(told, LEFT_OUT),
        )

    @property
    def ended(self) -> bool:
        return self._labels.ended

    def push(self, text: str) -> str:
        """What of all that came so far may be shown now."""
        text = visible(text)
        for each in self._filters:
            text = each.push(text)
        return text

    def rest(self) -> str:
        """What was held back, at the end."""
        text = ""
        for each in self._filters:
            text = each.push(text) + each.rest()
        return text


def cleaned(text: str, passages: Iterable[str] | None = None) -> str:
    """Whole text without what is dangerous in it; addresses stay as they are, or with `passages` only those that stand there."""
    allowed = None if passages is None else addresses(passages)
    return _without_markup(visible(text), allowed)


def visible(text: str) -> str:
    """Without characters that show nothing, turn the direction of what follows, or steer a terminal."""
    return _INVISIBLE.sub("", _LINE_END.sub("\n", text))


def addresses(passages: Iterable[str]) -> frozenset[str]:
    """All addresses in these texts, letter by letter; one that a Korean particle follows without it too."""
    found = {_bare(each[0]) for text in passages for each in _ADDRESS.finditer(text)}
    return frozenset(found | {_bare(_HANGUL_END.sub("", each)) for each in found}) - {""}


class _WordFilter:
    """Markup and addresses, which have no space in them: holds the last word back from its first sign on."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._held = ""

    def push(self, text: str) -> str:
        text = self._held + text
        opened = _OPEN_WORD.search(text)
        end = opened.start() if opened else len(text)
        self._held = text[end:]
        return _without_markup(text[:end], self._allowed)

    def rest(self) -> str:
        text, self._held = self._held, ""
        return _without_markup(text, self._allowed)


def _without_markup(text: str, allowed: frozenset[str] | None) -> str:
    if allowed is not None:
        text = _ADDRESS.sub(lambda found: _address(found[0], text[found.end() :][:1], allowed), text)
    text = _ODD_MARKER.sub(lambda found: f"({next(filter(None, found.groups()))})", _TAG.sub("‹", text))
    return _LINK.sub("] ", _PICTURE.sub("", _CONTROL_WORD.sub(r"(\1)", text)))


def _address(found: str, after: str, allowed: frozenset[str]) -> str:
    """As plain text if it is allowed; what a sentence puts behind it, and what comes `after`, is kept off it."""
    if _bare(found) in allowed:
        return found if not after or after.isspace() or after in _CLOSERS else f"{found} "
    for known in sorted(allowed, key=len, reverse=True):
        if found.startswith(known) and _PARTICLE.fullmatch(found, len(known)):
            return f"{known} {found[len(known) :]}"
    behind = _BEHIND.search(found)
    return LEFT_OUT + (behind[0] if behind else "")


def _bare(address: str) -> str:
    return _CLOSING.sub("", address)
