"""Terminal and Markdown: all of the report is shown, and a text is never read as markup."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench import pipeline
from bench.report.content import Cell, Report, Row, Table, build_report
from bench.report.markdown import escape, markdown
from bench.report.progress import ProgressBar
from bench.report.terminal import shorten, show
from bench.types import Candidate, Example

NASTY = "[red]x[/red] **b** _i_ `c` <script>alert(1)</script> &amp; a|b #h ~~s~~ ![i](u) $m$ \x1b[2J\u202e {y} \\"
"""Markup of rich, Markdown and HTML, an escape sequence and a mark that turns the direction of writing."""


def shown(report: Report, width: int = 300, colour: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
    show(report, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    return pipeline.run(tiny.job(tmp_path_factory.mktemp("renderers") / "run"))


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Report:
    """Nasty text everywhere that a user's text can be."""
    candidates = tuple(Candidate(NASTY, name, f"{name} says {NASTY} here") for name in ("s" + NASTY, "t"))
    example = Example(NASTY, f"x {NASTY} not.", ("r",), candidates)
    scorer = tiny.Words(name=f"w{NASTY}")
    folder = pipeline.run(
        tiny.job(
            tmp_path_factory.mktemp("nasty") / "run",
            dataset=[example],
            metrics=[scorer],
            overrides=(f"x={NASTY}",),
            limit=1,
        )
    )
    report = build_report(folder)
    [first, *others] = report.offenders
    findings = tuple(replace(f, reason=NASTY, evidence=(NASTY,)) for f in first.findings)
    return replace(report, offenders=(replace(first, findings=findings), *others), warnings=(NASTY,))


def test_both_show_all_of_the_report(folder: Path) -> None:
    report = build_report(folder, offenders_per_system=1)
    assert report.offenders_left
    for text in (shown(report), re.sub(r"\\(.)", r"\1", markdown(report))):
        for part in (report.title, *report.facts, *report.warnings):
            assert part in text
        for table in report.tables:
            assert table.caption in text
            for column in table.columns:
                assert column in text
            for row in table.rows:
                assert all(cell.text in text for cell in row.cells)
        for offender in report.offenders:
            assert " ".join(offender.claim.split()) in text
            assert all(evidence in text for finding in offender.findings for evidence in finding.evidence)
        assert f"{report.offenders_left} more flagged claims" in text


def test_one_blank_line_parts_what_is_shown(folder: Path) -> None:
    report = replace(build_report(folder), warnings=("a warning",))
    for one in (report, replace(report, offenders=(), offenders_left=0)):
        text = "\n".join(line.rstrip() for line in shown(one).splitlines())
        assert "\n\n1 warning\n" in text
        assert "\n\n\n" not in text


def test_the_best_is_marked(folder: Path) -> None:
    table = next(table for table in build_report(folder).tables if table.title == "words")
    best = {(row.system, cell.text) for row in table.rows for cell in row.cells if cell.best}
    assert len(best) == 1
    [(system, text)] = best
    lines = shown(build_report(folder)).splitlines()
    starred = [line for line in lines if " *" in line]
    assert any(line.strip().startswith(system) and f"{text} *" in line for line in starred)
    assert not any(line.strip().startswith("first (floor)") for line in starred)
    assert any(
        line.startswith(f"| {system} |") and f"**{escape(text)}**" in line
        for line in markdown(build_report(folder)).splitlines()
    )


def test_the_terminal_shows_nasty_text_as_it_is(nasty: Report) -> None:
    for colour in (False, True):
        text = shown(nasty, width=1000, colour=colour)
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
        visible = NASTY.replace("\x1b", "␛").replace("\u202e", "�")
        assert "\x1b" not in plain
        # Title and rows of tables, claim, reason, evidence, warning, override.
        assert plain.count(visible) >= 8
        assert plain.count("[red]x[/red]") == plain.count(visible), "nothing was taken for markup"


def test_markdown_escapes_nasty_text(nasty: Report) -> None:
    text = markdown(nasty)
    assert "\x1b" not in text
    assert "<script" not in text.replace("\\<", "")
    assert text.count("script") >= 8
    unescaped = re.compile(r"(?<!\\)(?:\\\\)*([*`<\[|&$~])")
    for line in text.splitlines():
        if "script" not in line:
            continue
        # Our own markup: bars of tables, bold names and numbers.
        own = re.sub(r"^\| | \| | \|$|\*\*|^_|_$", " ", line)
        assert not unescaped.findall(own), line


def test_a_bar_in_a_name_makes_no_column(nasty: Report) -> None:
    bar = re.compile(r"(?<!\\)(?:\\\\)*\|")
    for table in nasty.tables:
        lines = markdown(replace(nasty, tables=(table,), offenders=(), warnings=(), facts=())).splitlines()
        rows = [line for line in lines if line.startswith("|")]
        assert len(rows) == 2 + len(table.rows)
        assert {len(bar.findall(row)) for row in rows} == {len(table.columns) + 2}


@given(st.text())
def test_escaped_text_reads_as_the_text(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|&$~#]", escaped)
    back = re.sub(r"\\([\\`*_{}\[\]<>#|~!&$])", r"\1", escaped)
    if text.isprintable():
        assert back == " ".join(text.split())


def test_wide_tables_are_split_and_nothing_is_lost() -> None:
    columns = tuple(f"column_{i}" for i in range(12))
    rows = tuple(Row(f"system{r}", "", tuple(Cell(f"{r}.{c:03}") for c in range(12))) for r in range(3))
    table = Table("many", "recipe", columns, rows)
    report = Report("run x", (), (table,), (), 0, ())
    for width in (40, 80, 120, 400):
        text = shown(report, width=width)
        assert all(column in text for column in columns)
        assert all(cell.text in text for row in rows for cell in row.cells)
        assert all(len(line.rstrip()) <= max(width, 40) for line in text.splitlines())
    assert shown(report, width=400).count("system ") == 1


def test_shorten_cuts_at_a_word() -> None:
    assert shorten("a few words") == "a few words"
    cut = shorten("word " * 100)
    assert len(cut) <= 242
    assert cut.endswith("word …")


@pytest.mark.parametrize(("terminal", "ci", "expected"), [(True, "", True), (True, "1", False), (False, "", False)])
def test_a_progress_bar_is_for_people(terminal: bool, ci: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with ProgressBar(console) as progress:
        progress(0, 100)
        assert console.file.getvalue() == "", "nothing in the first second"  # type: ignore[attr-defined]
        progress._start -= 5
        progress(50, 100)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert ("scoring" in text) == expected
    assert ("50/100" in text) == expected
    assert ("cells/s" in text) == expected


def test_a_terminal_report_is_the_same_twice(folder: Path) -> None:
    assert shown(build_report(folder)) == shown(build_report(folder))
    assert markdown(build_report(folder)) == markdown(build_report(folder))
