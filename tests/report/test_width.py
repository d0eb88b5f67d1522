"""At any width: no word, name or number is cut, and nothing that a wide terminal shows is missing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bench import pipeline
from bench.comparing.comparison import Comparison
from bench.comparing.ranking import rank_systems
from bench.comparing.snapshot import from_run
from bench.history import History, Point, Series
from bench.history.rows import Run
from bench.report import comparison, explain_terminal, history, ranking, sweep, terminal
from bench.report.content import build_report
from bench.report.explain_content import explain_run
from bench.report.tables import Entry, Line, Sheet, show_sheet
from bench.report.width import say, wrapped
from bench.statistics.trends import Step, Trend
from bench.sweep import Ledger, SweepCell
from bench.types import Candidate

LONG = "ours-large-checkpoint-00012000-beam4-length_penalty2"
Show = Callable[[Console], None]
HEADS = {"system", "value", "trend", "first", "last", "change", "runs", "baseline", "run", "difference", "margin",
         "outcome", "cell", "and", "–"}  # fmt: skip
"""Heads and dashes of tables: a list in their place says them in other words."""


def shown(show: Show, width: int) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False, legacy_windows=False
    )
    show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def words(text: str) -> set[str]:
    """What is between white space, without the signs that a list puts after it."""
    return {word.strip(";:,.") for word in text.split()} - HEADS


def long_names(folder: Path, tiny: SimpleNamespace) -> Path:
    """A run of a system with a long name and one with a short one."""
    examples = [
        replace(e, candidates=tuple(replace(c, system=LONG if c.system == "alpha" else "b") for c in e.candidates))
        for e in tiny.examples(8)
    ]
    examples[0] = replace(examples[0], candidates=(Candidate("e0", LONG, f"Talks at {LONG * 3} ended not."),))
    return pipeline.run(tiny.job(folder, dataset=examples))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    return long_names(tmp_path_factory.mktemp("width") / "run", tiny)


def some_history(system: str) -> History:
    runs = tuple(Run(f"20260101T00000{n}-{n}bcdef", f"2026-01-0{n + 1}", "a" * 40, True, Path("x")) for n in range(9))
    points = tuple(Point(n, 0.5 - n / 10, None, None, 10, 10) for n in range(9))
    trend = Trend(steps=(Step(4, 0.5, 0.25, 0.001),))
    one = Series(system, "extractiveness", "novel_bigrams", True, "x|version:1", "version was 1", points, trend, 9)
    return History(runs, (one, replace(one, system="b", trend=Trend())), ("a/long/path" * 9 + ": damaged",))


def some_sweep(folder: Path) -> Ledger:
    typed = ("metrics.rouge.use_stemmer=true", "dataset.path=a/long/path/without/any/blank/in/it.jsonl")
    cells = [
        SweepCell((typed[0], f"{typed[1]}{k}"), state, str(folder), "no such file" if state == "failed" else None)
        for k, state in enumerate(("done", "failed"))
    ]
    return Ledger(typed, tuple(cells))  # type: ignore[arg-type]


@pytest.fixture(
    scope="module", params=["report", "systems", "history", "short history", "explain", "sweep", "list", "gate", "wide"]
)
def subject(
    request: pytest.FixtureRequest, run: Path, ordinary: Comparison, runs_with_gaps: Mapping[str, Path],
    changed: Callable[..., Any],
) -> Show:  # fmt: skip
    """Each thing that is printed, with names of many lengths."""
    long = replace(ordinary, differences=(*ordinary.differences, changed("regressed", system=LONG)))
    rankings = rank_systems(from_run(run), resamples=200) + rank_systems(from_run(runs_with_gaps["e60"]), resamples=200)
    several = rankings[:1] * 3
    subjects: dict[str, Show] = {
        "report": lambda console: terminal.show(build_report(run), console),
        "systems": lambda console: ranking.show(several, console, pairs=True),
        "history": lambda console: history.show(some_history(LONG), console),
        "short history": lambda console: history.show(some_history("a"), console),
        "explain": lambda console: explain_terminal.show(explain_run(run), console),
        "sweep": lambda console: sweep.show_sweep(some_sweep(run), Path("results/sweeps/abc"), console),
        "list": list_options,
        "gate": lambda console: comparison.show(ordinary, console),
        "wide": lambda console: comparison.show(long, console),
    }
    return subjects[request.param]


def list_options(console: Console) -> None:
    from bench.commands import list as command

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "make_console", lambda: console)
        command.main([])


@pytest.mark.parametrize("width", [120, 80, 60, 40])
def test_no_word_is_cut_and_none_is_missing(subject: Show, width: int) -> None:
    narrow, wide = shown(subject, width), shown(subject, 5000)
    rules = re.compile("[─━]+")
    assert {word for word in words(wide) - words(narrow) if not rules.fullmatch(word)} == set()
    for line in narrow.splitlines():
        # A word that is longer than the line stands alone, after a sign or a name at most.
        assert cell_len(line.rstrip()) <= width or max(map(cell_len, line.split())) > width - 32, line
    assert "…" not in narrow.replace("… and", "").replace("=…", "")


def test_a_log_has_whole_lines() -> None:
    """Where nobody looks at a terminal a message stays on one line, so that it is found."""
    console = Console(file=io.StringIO(), width=80)
    say(Text("word " * 60), console, lead="  • ", soft=True)
    assert console.file.getvalue() == f"  • {('word ' * 60).rstrip()}\n"  # type: ignore[attr-defined]


@given(st.text(st.sampled_from("ab 习\t-"), max_size=60), st.integers(1, 20))
def test_lines_hold_the_words_in_order(text: str, room: int) -> None:
    lines = [line.plain for line in wrapped(Text(text), room)]
    assert " ".join(lines).split() == text.split()
    for line in lines:
        assert cell_len(line) <= room or len(line.split()) == 1


@given(st.lists(st.text(st.sampled_from("ab习"), min_size=1, max_size=70), min_size=1, max_size=6), st.integers(20, 90))
def test_sheets_of_any_names_keep_them_whole(names: list[str], width: int) -> None:
    lines = tuple(Line(name, tuple(Entry(f"{k}.{n}", k == n) for k, _ in enumerate(names)))
                  for n, name in enumerate(names))  # fmt: skip
    text = shown(lambda console: show_sheet(Sheet("t", "c", tuple(names), lines, ""), console), width)
    assert {*names} <= {word.rstrip(":") for word in text.split()}
    assert all(entry.text in text.split() for line in lines for entry in line.entries)
