"""Sizes in bytes as people write and read them: GB is 10^9, GiB is 2^30.

Takes text, gives bytes, and the other way round. Pure.
"""

from __future__ import annotations

import re

_UNITS = {"": 1, "b": 1}
_UNITS |= {f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)}
_UNITS |= {f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
MIB = 1 << 20
GIB = 1 << 30


def parse_size(text: str) -> int:
    """Bytes of '8GB', '6 GiB', '512MiB', '1.5 gb' or a bare number of bytes; ValueError for anything else."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or found[2].lower() not in _UNITS:
        raise ValueError(text)
    return round(float(found[1]) * _UNITS[found[2].lower()])


def show_size(size: int) -> str:
    """'5.6 GiB', '340 MiB' or '512 B': binary units, three digits where they tell something."""
    if abs(size) >= GIB:
        return f"{size / GIB:.2f} GiB"
    if abs(size) >= MIB:
        return f"{size / MIB:.0f} MiB"
    return f"{size / 1024:.0f} KiB" if abs(size) >= 1024 else f"{size} B"
