"""A number as a spreadsheet shows it: 0.153 under "0.0%" is 15.3%, 46086 under "yyyy-mm-dd" is 2026-03-05.

Takes a format code, gives a function from number to text. Dates are shown by year, month and day whatever order the code has, unless
it writes 년. Knows no file; what it does not understand (fractions, conditions) is shown as a plain number.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

Formatter = Callable[[float], str]

_DAYS = (14, 15, 16, *range(27, 32), 34, 35, 36, *range(50, 55), 56, 57, 58)
_CODES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("0", (1,)),
    ("0.00", (2,)),
    ("#,##0", (3, 5, 6, 37, 38, 41, 42)),
    ("#,##0.00", (4, 7, 8, 39, 40, 43, 44)),
    ("0%", (9,)),
    ("0.00%", (10,)),
    ("yyyy-mm-dd", _DAYS),
    ("yyyy-mm", (17, 55)),
    ("h:mm", (18, 20, 32)),
    ("h:mm:ss", (19, 21, 33)),
    ("yyyy-mm-dd h:mm", (22,)),
    ("mm:ss", (45, 47)),
    ("[h]:mm:ss", (46,)),
)
BUILT_IN: Mapping[int, str] = {number: code for code, numbers in _CODES for number in numbers}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<space>[_*].)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>[hmsHMS]+)\]'
    r"|\[(?P<condition>[<>=][^\]]*)\]|(?P<colour>\[[^\]]*\])|(?P<exponent>[Ee][+-]0+)|(?P<general>General)"
    r"|(?P<noon>AM/PM|A/P|am/pm)|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+|a{3,4})|(?P<digit>[0#?])|(?P<mark>[.,%/;])|(?P<plain>.)",
    re.DOTALL,
)
_WEEKDAYS = "월화수목금토일"


class _Token(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a code: for positive numbers, negative ones, nought and text."""

    tokens: tuple[_Token, ...]

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    def dates(self) -> str:
        return "".join(token.text.lower() for token in self.tokens if token.kind in ("date", "elapsed"))


def formatter(code: str, epoch_1904: bool = False) -> Formatter:
    sections = _sections(code)
    first = sections[0]
    if any(section.has("condition", "general") for section in sections) or not code:
        return plain
    if first.has("date", "elapsed"):
        return partial(_date, first, epoch_1904)
    if first.has("digit"):
        return partial(_by_sign, [_number_format(section) for section in sections[:3]])
    return plain


def plain(value: float) -> str:
    """As a cell without a format shows it: about eleven digits, no 3.0."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    digits = len(str(int(abs(value))))
    if digits > 11 or abs(value) < 1e-6:
        return f"{value:.6g}"
    return f"{value:.{max(0, 10 - digits + (digits == 1))}f}".rstrip("0").rstrip(".")


def date_text(moment: datetime.datetime | datetime.date | datetime.time | datetime.timedelta) -> str:
    """2026-03-05, 2026-03-05 13:30, 13:30:15 or, of a length of time, 25:30."""
    if isinstance(moment, datetime.timedelta):
        return _elapsed(moment.total_seconds() / 86400)
    if isinstance(moment, datetime.time):
        return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if not isinstance(moment, datetime.datetime) or moment.time() == datetime.time():
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")


def _sections(code: str) -> list[_Section]:
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "plain"
        if kind == "mark" and match[0] == ";":
            sections.append([])
        elif kind not in ("space", "colour"):
            sections[-1].append(_Token(kind, match[kind]))
    return [_Section(tuple(tokens)) for tokens in sections]


def _by_sign(formats: Sequence[Formatter], value: float) -> str:
    if value < 0:
        return formats[1](-value) if len(formats) > 1 else f"-{formats[0](-value)}"
    return formats[2](value) if value == 0 and len(formats) > 2 else formats[0](value)


def _number_format(section: _Section) -> Formatter:
    tokens = section.tokens
    digits = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        text = "".join(token.text for token in tokens if token.kind != "mark").strip()
        return lambda _value: text
    if section.has("exponent") or _Token("mark", "/") in tokens:
        return plain
    point = next((place for place, token in enumerate(tokens) if token == _Token("mark", ".")), len(tokens))
    whole = [place for place in digits if place < point]
    last_whole = whole[-1] if whole else point - 1
    inside = tokens[whole[0] if whole else 0 : last_whole + 1]
    scale = sum(1 for token in tokens[last_whole + 1 : point] if token == _Token("mark", ","))
    percent = sum(1 for token in tokens if token == _Token("mark", "%"))
    return partial(
        _fill,
        before=_literals(tokens[: digits[0]]),
        pattern=[token for token in inside if token != _Token("mark", ",")],
        grouped=_Token("mark", ",") in inside,
        decimals="".join(tokens[place].text for place in digits if place > point),
        after=_literals(tokens[digits[-1] + 1 :]),
        factor=100.0**percent / 1000.0**scale,
    )


def _fill(
    value: float, before: str, pattern: Sequence[_Token], grouped: bool, decimals: str, after: str, factor: float
) -> str:
    whole, _, rest = f"{value * factor:.{len(decimals)}f}".partition(".")
    least = decimals.rfind("0") + 1
    rest = rest[:least] + rest[least:].rstrip("0")
    body = f"{int(whole):,}" if grouped else _placed(whole, pattern)
    return f"{before}{body}{'.' if rest else ''}{rest}{after}".strip()


def _placed(whole: str, pattern: Sequence[_Token]) -> str:
    """Digits put into the places of a pattern such as 000-0000 from the right; the first place takes all that are left."""
    left = whole.lstrip("0")
    parts: list[str] = []
    places = sum(token.kind == "digit" for token in pattern)
    for token in reversed(pattern):
        if token.kind != "digit":
            parts.append(token.text)
            continue
        places -= 1
        digit, left = (left[-1:], left[:-1]) if places else (left, "")
        parts.append(digit or ("0" if token.text == "0" else ""))
    return "".join(reversed(parts)) or "0"


def _literals(tokens: Sequence[_Token]) -> str:
    return "".join(token.text for token in tokens if token.kind != "mark" or token.text == "%")


def _date(section: _Section, epoch_1904: bool, value: float) -> str:
    if section.has("elapsed"):
        return _elapsed(value)
    moment = _moment(value, epoch_1904)
    if moment is None:
        return plain(value)
    letters = section.dates()
    clock = "h" in letters or "s" in letters
    if "y" not in letters and "d" not in letters and clock:
        return date_text(moment.time())
    if any("년" in token.text for token in section.tokens) and "y" in letters:
        return _written(section, moment)
    if clock:
        return date_text(moment)
    return moment.strftime("%Y-%m-%d" if "d" in letters or "y" not in letters else "%Y-%m")


def _moment(value: float, epoch_1904: bool) -> datetime.datetime | None:
    """The calendar of 1900 counts a 29th of February that there was not. None outside of it."""
    start = datetime.datetime(1904, 1, 1) if epoch_1904 else datetime.datetime(1899, 12, 30 + (value < 60))
    try:
        return start + datetime.timedelta(seconds=round(value * 86400)) if value >= 0 else None
    except OverflowError:
        return None


def _elapsed(days: float) -> str:
    minutes, seconds = divmod(round(abs(days) * 86400), 60)
    text = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return f"-{text}" if days < 0 else text


def _written(section: _Section, moment: datetime.datetime) -> str:
    """As in 2026년 3월 5일."""
    parts: list[str] = []
    clock = False
    for token in section.tokens:
        clock = clock or (token.kind == "date" and token.text[0] in "hH")
        parts.append(_part(token, moment, clock))
    return "".join(parts).strip()


def _part(token: _Token, moment: datetime.datetime, clock: bool) -> str:
    if token.kind == "noon":
        return "오전" if moment.hour < 12 else "오후"
    if token.kind != "date":
        return token.text
    letter, width = token.text[0].lower(), min(2, len(token.text))
    if letter == "a":
        return _WEEKDAYS[moment.weekday()]
    if letter == "y":
        return str(moment.year)
    numbers = {"m": moment.minute if clock else moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}
    return f"{numbers[letter]:0{width}}"
