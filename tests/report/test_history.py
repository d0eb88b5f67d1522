"""The history in the terminal and as a page: nothing left out, no name read as markup, nothing loaded."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from bench.history import History, Point, Series
from bench.history.rows import Run
from bench.report.history import show
from bench.report.history_content import breaks, drift_words, sparkline, step_words
from bench.report.history_html import Scale, page, paths
from bench.statistics.trends import Drift, Step, Trend

HOSTILE = "[red]x[/red]<script>alert(1)</script>\"'&{{ 7*7 }}\x1b[31m"
RUNS = tuple(Run(f"run{n}", f"2026-01-0{n + 1}", f"{n}{'abcdef' * 7}"[:40], n == 2, Path(f"r{n}")) for n in range(6))
POINTS = tuple(
    Point(
        n, mean, None if mean is None else mean - 0.01, None if mean is None else mean + 0.01, 9 if n == 3 else 10, 10
    )
    for n, mean in enumerate([0.5, None, 0.4, 0.41])
)


def series(**changes: object) -> Series:
    parts: dict[str, Any] = {
        "system": "ours", "scorer": "rouge", "value": "f1", "higher_is_better": True, "signature": "rouge|version:1",
        "change": "", "points": POINTS, "trend": Trend(),
    }  # fmt: skip
    parts |= changes
    there = sum(point.mean is not None for point in parts["points"])
    return Series(**{"judged": there, **parts})


STEPPED = series(trend=Trend(steps=(Step(2, 0.5, 0.405, 0.0123),)))
LATER = series(
    signature="rouge|version:2",
    change="version was 1, is 2",
    points=tuple(Point(n, 0.3, None, None, 10, 10) for n in (4, 5)),
)
HISTORY = History(RUNS, (STEPPED, LATER), ("r9/run.json: damaged",))


def terminal(history: History, encoding: str = "utf-8", width: int = 140) -> str:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding, write_through=True), width=width, highlight=False)
    show(history, console)
    return raw.getvalue().decode(encoding)


def test_the_terminal_says_all_there_is() -> None:
    shown = terminal(HISTORY)
    assert re.search(r"ours +rouge\.f1 +█ ▁▂ +0\.5000 +0\.4100 +-0\.0900 +4 +1 step", shown)
    assert re.search(r"ours +rouge\.f1 +▄▄ +0\.3000 +0\.3000 +0 +2 +after a break", shown)
    assert (
        "rouge.f1 of ours: step at run run2 (commit 2abcdefabc with changes): "
        "from 0.5000 to 0.4050 (-0.0950, worse, p = 0.012)" in shown
    )
    assert "break at run run4 (commit 4abcdefabc): rouge: version was 1, is 2" in shown
    assert "6 runs, from 2026-01-01 to 2026-01-06" in shown
    assert "1 warning\n  r9/run.json: damaged" in shown


def many(runs: int, **changes: Any) -> Series:
    return series(points=tuple(Point(0, 0.5, None, None, 10, 10) for _ in range(runs)), **changes)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ((series(),), "too few runs to judge: a lasting change shows from 8 comparable runs on"),
        ((many(7),), "too few runs to judge: a lasting change shows from 8 comparable runs on"),
        ((many(9, judged=7),), "too few runs to judge: a lasting change shows from 8 comparable runs on"),
        ((many(8),), "no lasting change found"),
        ((many(8), many(7, system="b"), LATER), "no lasting change in 1 value; 2 more with too few runs to judge"),
        ((STEPPED,), "lasting changes"),
    ],
)
def test_no_change_is_said_only_where_one_could_have_been_seen(shown: tuple[Series, ...], said: str) -> None:
    for text in (terminal(History(RUNS, shown, ())), page(History(RUNS, shown, ()))):
        assert said in text
        assert ("no lasting change" in text) == ("no lasting change" in said)


def test_runs_over_others_of_the_examples_are_told() -> None:
    said = "rouge.f1 of ours: 2 runs with a mean over others of the examples, shown but not judged"
    for text in (terminal(History(RUNS, (many(9, judged=7),), ())), page(History(RUNS, (many(9, judged=7),), ()))):
        assert said in text


def test_single_runs_under_another_recipe_are_counted() -> None:
    older = [series(signature=str(n), points=POINTS[:1]) for n in range(2)]
    shown = terminal(History(RUNS, (*older, series(points=POINTS[3:])), ()))
    assert "2 older values of a single run" in shown
    assert shown.count("rouge.f1") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_console_with_few_signs_gets_others(encoding: str) -> None:
    odd = History(RUNS, (series(system="习"), LATER), ("…",))
    shown = terminal(odd, encoding)
    assert re.search(r"\? *\| rouge\.f1 *\| @ _\.", shown)


def test_hostile_names_stay_text_in_the_terminal() -> None:
    shown = terminal(History(RUNS, (series(system=HOSTILE, change=HOSTILE),), (HOSTILE,)), width=300)
    assert "\x1b" not in shown
    assert shown.count("[red]x[/red]<script>") == 3


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([None], " "),
        ([0.0, None, 1.0], "▁ █"),
        ([1.0, 1.0], "▄▄"),
        ([float(n) for n in range(8)], "▁▂▃▄▅▆▇█"),
        ([*[0.0] * 30, *[None] * 30, *[1.0] * 30], "▁" * 10 + " " * 10 + "█" * 10),
    ],
)
def test_sparkline(values: list[float | None], line: str) -> None:
    assert sparkline(values) == line


def test_words_say_which_way_is_better() -> None:
    lower = series(higher_is_better=False, trend=STEPPED.trend)
    assert ", better, p" in step_words(lower, lower.trend.steps[0], RUNS)
    neither = series(higher_is_better=None)
    assert drift_words(neither, Drift(-0.1, 1e-6), RUNS) == (
        "drift over 4 runs since run0 (commit 0abcdefabc): -0.1000, p < 0.001"
    )
    assert "each level repeats one value exactly" in step_words(neither, Step(2, 0.5, 0.4, None), RUNS)


def test_a_change_of_several_values_is_one_break() -> None:
    both = (LATER, series(value="f2", change=LATER.change, points=LATER.points))
    assert breaks(History(RUNS, both, ())) == ["break at run run4 (commit 4abcdefabc): rouge: version was 1, is 2"]


class Tags(HTMLParser):
    """Collects tags and their attributes, and checks that they close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_draws_every_value_and_no_missing_one() -> None:
    text = page(HISTORY)
    drawings = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text, re.S)]  # noqa: S314
    assert len(drawings) == 1, "the series of one value share a chart"
    [drawing] = drawings
    assert len(drawing.findall("g/circle")) == 5
    assert len(drawing.findall("g/line[@class='interval']")) == 3
    assert [len(path.get("points", "").split()) for path in drawing.findall("polyline")] == [1, 2, 2]
    assert len([c for c in drawing.findall("g/circle") if c.get("class") == "dot partial"]) == 1
    titles = [title.text or "" for title in drawing.findall("g/title")]
    assert "0.5000 [0.4900, 0.5100], 10 of 10 examples\nrun run0 (commit 0abcdefabc)\n2026-01-01" in titles
    assert "break: version was 1, is 2" in titles
    kinds = [line.get("class") for line in drawing.findall("g/line")]
    assert [kinds.count(kind) for kind in ("break", "worse", "level", "better")] == [1, 1, 2, 0]
    assert "r9/run.json: damaged" in text
    assert "rouge|version:2" in text


def test_the_page_loads_nothing_and_is_the_same_each_time() -> None:
    text = page(HISTORY)
    assert text == page(HISTORY)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    for tag, attributes in Tags(text).tags:
        assert tag not in ("script", "link", "img", "iframe", "object")
        assert not {"src", "href", "onload", "onclick", "style"} & set(attributes)
    assert not re.search(r"url\(|@import|https?:", text)


def test_hostile_names_stay_text_on_the_page() -> None:
    one = series(system=HOSTILE, scorer=HOSTILE, signature=HOSTILE, change=HOSTILE)
    text = page(History(RUNS, (one,), (HOSTILE,)))
    found = Tags(text)
    assert "script" not in {tag for tag, _ in found.tags}
    assert "\x1b" not in text
    assert any(HOSTILE.replace("\x1b", "␛") in words for words in found.words)
    assert any(HOSTILE.replace("\x1b", "␛") in (a.get("aria-label") or "") for _, a in found.tags)


def test_places_in_the_chart() -> None:
    scale = Scale(runs=2, low=0.0, high=1.0)
    assert scale.y(1.0) < scale.y(0.5) < scale.y(0.0)
    assert scale.x(0) < scale.x(1) < 900
    assert list(paths((POINTS[1],), scale)) == []


def test_values_that_are_all_alike_or_all_missing_can_be_drawn() -> None:
    for mean in (0.0, 0.5, None):
        alike = series(points=tuple(Point(n, mean, None, None, 0, 10) for n in range(3)))
        assert page(History(RUNS, (alike,), ())).count("<circle") == (0 if mean is None else 3)
