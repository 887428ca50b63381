"""Times in words: when an answer was written, and how long something took.

Pure: takes a time in UTC and the visitor's now, which carries the time zone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ai_chat.ui.strings import MONTHS, Language, say


def when(made_at: str, now: datetime, language: Language) -> str:
    """The clock time of what was made today, else the day, with its year where that is not this one."""
    made = datetime.fromisoformat(made_at)
    made = (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(now.tzinfo)
    if made.date() == now.date():
        return say(language, "today_at", time=f"{made:%H:%M}")
    month = MONTHS[made.month - 1]
    words = {"day": made.day, "month": month.ko if language == "ko" else month.en, "year": made.year}
    return say(language, "day" if made.year == now.year else "day_and_year", **words)


def how_long(seconds: float, language: Language) -> str:
    """Rounded as one would say it: seconds up to a minute and a half, minutes up to as many hours."""
    if seconds < 90:
        return say(language, "seconds", count=max(1, round(seconds)))
    if seconds < 90 * 60:
        return say(language, "minutes", count=round(seconds / 60))
    return say(language, "hours", count=round(seconds / 3600))
