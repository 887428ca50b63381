"""The monitor's words and pictures: each chart says what it shows, foreign words are only shown, one look serves all pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import unquote

import pytest

from ai_chat.metrics import Meter
from ai_chat.sizes import GIB, MIB
from ai_chat.types import CacheStats
from ai_chat.ui.charts import HOUR, Point, Share, hour_line, minute_bars, stacked_bar
from ai_chat.ui.glances import FRESH_SECONDS, Glance, Glances
from ai_chat.ui.monitor_hour import freed_html, hour_html
from ai_chat.ui.monitor_parts import gpu_html, ledger_html, memory_html
from ai_chat.ui.monitor_work import duration, failures_html, questions_html, reading_html
from ai_chat.ui.strings import Language
from tests.doubles_monitor import CACHE, MonitoredApp, metrics, report

NOW = 1_800_000_000.0
TODAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def glance() -> Glance:
    app = MonitoredApp()
    return Glance(app.status(), CACHE, report(NOW), app.metrics())


def pictures(html: str) -> list[tuple[str, str]]:
    """What each says, and its SVG."""
    found = re.findall(r'<img class="\w+" alt="([^"]*)"[^>]*src="data:image/svg\+xml,([^"]*)"', html)
    return [(unescape(words), unquote(drawn)) for words, drawn in found]


def rects(svg: str, colour: str) -> list[tuple[float, float]]:
    """Left edge and width of each."""
    return [
        (float(x), float(width))
        for x, width in re.findall(rf'<rect fill="{colour}" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    ]


def test_a_stacked_bar_lays_its_shares_side_by_side_to_scale() -> None:
    ((words, svg),) = pictures(
        stacked_bar([Share("#111", "a", 50), Share("#222", "b", 25)], 200, 100, 'a "quoted" <b>')
    )
    assert words == 'a "quoted" <b>'
    assert rects(svg, "#111") == [(0.0, 150.0)] and rects(svg, "#222") == [(150.0, 75.0)]
    assert rects(svg, "#d0762a") == [(300.0, 2.0)]


def test_a_line_goes_through_the_hour_and_breaks_where_nothing_was_measured() -> None:
    points = [Point(NOW - HOUR + 60 * n, 10.0) for n in range(20)] + [Point(NOW - 60 * n, 5.0) for n in (3, 2, 1)]
    ((_, svg),) = pictures(hour_line(points, NOW, 10.0, "words"))
    lines = [
        [tuple(map(float, pair.split(","))) for pair in run.split()] for run in re.findall(r'points="([^"]+)"', svg)
    ]
    assert len(lines) == 2
    assert lines[0][0] == (0.0, 2.0)
    assert lines[1][-1] == (590.0, 46.0)


def test_minutes_of_more_than_an_hour_ago_are_not_drawn() -> None:
    ((_, svg),) = pictures(minute_bars([Point(NOW - 2 * HOUR, 9.0), Point(NOW - 120, 1.0)], NOW, "words"))
    assert [x for x, _width in rects(svg, "#3b82f6")] == [580.0]


def test_pictures_of_nothing_are_empty() -> None:
    assert "<polyline" not in pictures(hour_line([], NOW, 0.0, "words"))[0][1]
    assert "<rect" not in pictures(minute_bars([], NOW, "words"))[0][1]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["1.25 GiB of 2.00 GiB held", "Memory is tight", "Holds now: Page and program 82 MiB, Language model 1.17 GiB"]),
        ("ko", ["2.00 GiB 중 1.25 GiB 사용 중", "메모리가 부족해", "현재 사용량: 화면과 프로그램 82 MiB, 언어 모델 1.17 GiB"]),
    ],
)  # fmt: skip
def test_memory_is_told_in_words_and_bars(glance: Glance, language: Language, expected: list[str]) -> None:
    html = memory_html(glance.report, language)
    assert all(words in html for words in expected)
    assert [len(re.findall("<rect", svg)) for _words, svg in pictures(html)] == [3, 4]


def test_each_part_has_a_row_unless_it_is_none(glance: Glance) -> None:
    html = ledger_html(glance.report, "en")
    assert re.findall(r"</i>([^<]+)</th>", html) == ["Page and program", "Language model", "Page pictures"]
    assert "let go in 3 min if not used" in html and "in use" in html and "not loaded" in html


def test_a_gpu_is_told_and_its_name_does_nothing(glance: Glance) -> None:
    html = gpu_html(glance.report.machine, "en")
    assert "2.00 GiB of 8.00 GiB held" in html and "<img" not in html
    assert gpu_html(replace(glance.report.machine, gpus=()), "en") == ""


def test_questions_tell_who_waits_and_how_long_things_took(glance: Glance) -> None:
    html = questions_html(glance, "en")
    assert "1 being written, 2 waiting" in html
    assert "40 % of 20 from it" in html and "7 answers in 40 KiB" in html
    assert '<th scope="row">Search</th><td>9 ms</td><td>30 ms</td><td>3</td>' in html
    assert '<th scope="row">Whole question</th><td>4.2 s</td>' in html
    assert '<th scope="row">Tokens a second</th><td>17.5</td><td>–</td>' in html
    unused = Glance(glance.status, CacheStats(0, 0, 0, 0, 0, 0, 0.0), glance.report, Meter().metrics())
    assert "No question in the last hour." in questions_html(unused, "en") and "nobody waits" in questions_html(
        unused, "en"
    )


@pytest.mark.parametrize(("value", "words"), [(0.02, "0 ms"), (162.4, "162 ms"), (999.4, "999 ms"), (3712.0, "3.7 s")])
def test_durations(value: float, words: str) -> None:
    assert duration(value, "en") == words


def test_reading_tells_file_rest_and_speed(glance: Glance) -> None:
    html = reading_html(glance, "en")
    assert "3 more" in html and "65 s left" in html and "documents/s" in html and "<img" not in html
    paused = Glance({"ingest": {"paused": True, "waiting": 4}}, CACHE, glance.report, Meter().metrics())
    assert "paused, 4 waiting" in reading_html(paused, "en") and "nothing read" in reading_html(paused, "en")


def test_the_hour_has_three_pictures_that_say_what_they_show(glance: Glance) -> None:
    now = max(minute.at for minute in glance.metrics.minutes) + 30.0
    found = pictures(hour_html(Glance(glance.status, CACHE, report(now), glance.metrics), now, "en"))
    assert [words for words, _svg in found] == [
        "Memory: 900 MiB to 1.17 GiB, budget 2.00 GiB",
        "Questions: 3, at most 3 in a minute",
        "Search time: at most 9 ms (median of a minute)",
    ]


def test_what_was_let_go_is_told_with_its_reason_newest_first(glance: Glance) -> None:
    html = freed_html(glance.report, TODAY, "en")
    assert re.findall("<li>(.*?) <span>", html) == [
        "Document reader, 40 MiB: memory was tight",
        "Embedder, 100 MiB: nobody used it",
    ]
    assert "Nothing yet." in freed_html(replace(glance.report, evictions=()), TODAY, "en")


def test_failures_are_sentences_and_obey_nothing() -> None:
    html = failures_html(metrics(), datetime.now(UTC), "en")
    assert "1 times" in html and "<img" not in html and "&lt;img" in html
    assert failures_html(Meter().metrics(), TODAY, "en") == ""


class Counting(MonitoredApp):
    """Counts how often it is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def status(self) -> dict[str, object]:
        self.looks += 1
        return super().status()


def test_all_pages_share_one_look() -> None:
    clock = [0.0]
    glances, app = Glances(lambda: clock[0]), Counting()
    assert [glances.whole(app) for _page in range(20)] == [glances.whole(app)] * 20
    assert app.looks == 1
    clock[0] += FRESH_SECONDS + 0.1
    glances.whole(app)
    assert app.looks == 2
    glances.forget()
    glances.whole(app)
    assert app.looks == 3


def test_sizes_of_the_double_are_those_of_its_parts(glance: Glance) -> None:
    assert sum(each.measured for each in glance.report.tenants) == glance.report.measured == 1282 * MIB < 2 * GIB
