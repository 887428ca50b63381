"""Counting as lists do: 1, a, iv, 가, ①, 삼십일.

Takes the name of a format of Office Open XML and a number, gives how it is written. Knows no document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_VALUES = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
_ROMAN = ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i")
_DIGITS = "〇一二三四五六七八九"
_KOREAN_DIGITS = "영일이삼사오육칠팔구"


def figure(name: str, count: int) -> str:
    """A number in one of Word's formats, in digits where it is not known."""
    form = _FIGURES.get(name)
    return form(count) if form and 0 < count < 4000 else str(count)


def _letters(alphabet: str) -> Callable[[int], str]:
    """After the last letter comes the first one twice."""
    return lambda count: alphabet[(count - 1) % len(alphabet)] * ((count - 1) // len(alphabet) + 1)


def _korean(count: int) -> str:
    return _counted(count, _KOREAN_DIGITS, "십백천")


def _chinese(count: int) -> str:
    return _counted(count, _DIGITS, "十百千")


def _counted(count: int, digits: str, places: str) -> str:
    """21 as "two ten one": a one is said only where it stands alone."""
    said = ""
    for place in range(3, -1, -1):
        digit = count // 10**place % 10
        if digit:
            said += (digits[digit] if digit > 1 or not place else "") + (places[place - 1] if place else "")
    return said


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if count <= 20 else str(count)


def _roman(count: int) -> str:
    letters = ""
    for value, name in zip(_VALUES, _ROMAN, strict=True):
        letters += name * (count // value)
        count %= value
    return letters


_FIGURES: Mapping[str, Callable[[int], str]] = {
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "lowerLetter": _letters("abcdefghijklmnopqrstuvwxyz"),
    "upperLetter": _letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "ganada": _letters("가나다라마바사아자차카타파하"),
    "chosung": _letters("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    "decimalZero": lambda count: f"{count:02d}",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "koreanDigital": lambda count: "".join(_KOREAN_DIGITS[int(digit)] for digit in str(count)),
    "koreanCounting": _korean,
    "koreanLegal": _korean,
    "koreanDigital2": _chinese,
    "chineseCounting": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": lambda count: "".join(_DIGITS[int(digit)] for digit in str(count)),
}
