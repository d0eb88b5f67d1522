"""A meta-evaluation is laid out whole in every format, and a name is never read as markup."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench.meta.records import (
    Agreement,
    Beside,
    Classification,
    Correlation,
    Difference,
    Meta,
    MetaSettings,
    PairwiseAccuracy,
    Skipped,
)
from bench.printable import printable
from bench.report import latex
from bench.report.meta import RENDERERS, show
from bench.report.meta_correlations import TIED
from bench.report.meta_sheets import sheets
from bench.report.tables import Entry, Line, Sheet, as_markdown, show_sheet

NASTY = r"[red]x[/red] **b** _i_ a|b #h ~s~ $m$ 50% {y} \input{z} ^ & <b> `c` -- ,," + "\x1b[2J\u202e"


def cell(metric: str, human: str, value: float | None, **changes: object) -> Correlation:
    parts = {"part": "all", "level": "summary", "coefficient": "spearman", "used": 87, "left_out": 13}
    interval = {} if value is None else {"low": value - 0.05, "high": value + 0.05, "resampled": "both"}
    return Correlation(**{**parts, **interval, "metric": metric, "human": human, "value": value, **changes})  # type: ignore[arg-type]


META = Meta(
    source="run: sumbench run",
    summaries=1600,
    documents=100,
    systems=16,
    metrics=("m.good", "m.near", "m.bad", "m.none"),
    humans=("coherence", "label"),
    parts=("all",),
    signatures={"m": "m|version:1"},
    settings=MetaSettings(confidence=0.9, resamples=500, seed=7),
    correlations=(
        cell("m.good", "coherence", 0.4, best=True),
        cell("m.near", "coherence", 0.35, p_best=0.4),
        cell("m.bad", "coherence", -0.1, p_best=0.001),
        cell("m.none", "coherence", None, used=0, left_out=100, reason="it is the same for every summary"),
        cell("m.good", "label", 0.1, best=True, left_out=20, used=80),
        cell("m.good", "coherence", 0.812, level="pooled", coefficient="pearson", resampled="documents"),
    ),
    differences=(
        Difference(
            "all",
            "summary",
            "spearman",
            "coherence",
            "m.good",
            "m.bad",
            0.5,
            "williams",
            None,
            0.0004,
            0.0008,
            None,
            None,
        ),
        Difference(
            "all", "summary", "spearman", "coherence", "m.good", "m.near", 0.05, "williams", None, 0.4, 0.4, None, None
        ),
    ),
    pairwise=(PairwiseAccuracy("all", "summary", "m.good", "coherence", 0.75, 0.7, 0.8, 100, 60, 20, 10, 7, 3),),
    classifications=(
        Classification(
            "all", "m.good", "label", 0.9, 0.85, 0.95, 0.8, 0.77, 0.83, 0.33, "split=valid", "split=test", 30, 70
        ),
        Classification(
            "all", "m.none", "label", None, None, None, None, None, None, None, "a", "b", 30, 70, "it never varies"
        ),
    ),
    agreement=(Agreement("label", "nominal", 0.55, 0.5, 0.6, 714, 3, 2142),),
    beside=(
        Beside("A paper", "summary", "spearman", "m.good", "coherence", 0.398, 0.4, 0.35, 0.45),
        Beside("A paper", "summary", "spearman", "m.gone", "coherence", 0.2, None, reason="no such metric"),
    ),
    skipped=(Skipped("all", "partial", "one system only"),),
    notes=("sign turned: m.bad",),
)


def printed(meta: Meta, width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(meta, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


ALL = {**RENDERERS, "terminal": printed}


@pytest.mark.parametrize("form", sorted(ALL))
def test_every_format_holds_everything(form: str) -> None:
    text = ALL[form](META) if form in ("json", "csv") else ALL[form](META).replace("\\", "")
    wanted = ["m.good", "m.near", "m.bad", "m.none", "coherence", "split=valid", "one system only", "0.8", "it never"]
    assert [word for word in wanted if word not in text] == []
    if form not in ("json", "csv"):
        assert "0.400 [0.350, 0.450]" in text
        assert "90" in text
        assert "714" in text
        assert "13 of 100" in text
        assert "sign turned: m.bad" in text
        assert "+0.002" in text
        assert "no such metric" in text
        assert "100 negative" not in text


def test_markdown_has_best_in_bold_and_marks_what_is_as_good() -> None:
    lines = {
        line.split(" | ")[0]: line
        for line in RENDERERS["markdown"](META).splitlines()
        if "0.4" in line or "0.35" in line
    }
    assert "**0.400 \\[0.350, 0.450\\]**" in lines["| m.good"]
    near = next(line for line in RENDERERS["markdown"](META).splitlines() if line.startswith("| m.near"))
    assert f"0.350 \\[0.300, 0.400\\] {TIED}" in near
    bad = next(line for line in RENDERERS["markdown"](META).splitlines() if line.startswith("| m.bad"))
    assert TIED not in bad


def test_a_missing_value_is_a_dash_never_a_zero() -> None:
    line = next(line for line in RENDERERS["markdown"](META).splitlines() if line.startswith("| m.none"))
    assert line == "| m.none | – | – |"
    rows = list(csv.DictReader(io.StringIO(RENDERERS["csv"](META))))
    [none] = [row for row in rows if row["metric"] == "m.none" and row["statistic"] == "spearman"]
    assert (none["value"], none["note"]) == ("", "it is the same for every summary")


def test_csv_gives_the_same_numbers_back() -> None:
    rows = list(csv.DictReader(io.StringIO(RENDERERS["csv"](META))))
    values = [float(row["value"]) for row in rows if row["statistic"] == "spearman" and row["value"]]
    assert values == [0.4, 0.35, -0.1, 0.1]
    counts = {kind: sum(row["statistic"].startswith(kind) for row in rows) for kind in ("pairwise", "auc", "krippen")}
    assert counts == {"pairwise": 1, "auc": 2, "krippen": 1}
    [pair] = [row for row in rows if row["statistic"] == "pairwise accuracy"]
    assert "tied by the metric 10, by people 7, by both 3" in pair["note"]


def test_json_is_strict_and_whole(validator: Callable[[str], Any]) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    data = json.loads(RENDERERS["json"](META), parse_constant=refuse)
    validator("meta").validate(data)
    assert not validator("meta").is_valid({**data, "correlations": [{**data["correlations"][0], "level": "word"}]})
    assert data["schema_version"] == 1
    assert len(data["correlations"]) == 6
    assert data["correlations"][1]["p_best"] == 0.4
    assert data["settings"]["seed"] == 7
    assert data["skipped"] == [{"part": "all", "what": "partial", "reason": "one system only"}]


def test_the_tests_are_a_table_only_where_they_were_asked_for() -> None:
    assert not any("Differences" in sheet.title for sheet in sheets(META))
    asked = replace(META, settings=replace(META.settings, compare="all"))
    [sheet] = [sheet for sheet in sheets(asked) if "Differences" in sheet.title]
    assert [line.name for line in sheet.lines] == ["m.good − m.bad", "m.good − m.near"]
    assert sheet.columns == ("difference", "p, Williams")
    assert [line.entries[0].text for line in sheet.lines] == ["+0.500", "+0.050"]
    assert [line.entries[1].text for line in sheet.lines] == ["< .001", "0.400"]
    [one] = [s for s in sheets(replace(asked, differences=META.differences[:1])) if "Differences" in s.title]
    assert [line.name for line in one.lines] == ["m.good − m.bad, coherence"], "a sole pair has a line a dimension"


def test_a_sole_dimension_has_the_coefficients_as_columns() -> None:
    cells = tuple(cell("m.good", "fact", 0.1 + n / 10, coefficient=c) for n, c in enumerate(("pearson", "kendall")))
    meta = replace(META, humans=("fact",), correlations=cells, pairwise=(), classifications=(), beside=())
    first = next(sheets(meta))
    assert first.columns == ("Pearson", "Kendall")
    assert first.title == "Correlation with fact, summary level"


def test_several_parts_are_columns() -> None:
    cells = tuple(cell("m.good", "fact", 0.1, part=part) for part in ("all", "split: test"))
    meta = replace(META, humans=("fact",), parts=("all", "split: test"), correlations=cells)
    first = next(sheets(meta))
    assert first.columns == ("all", "split: test")


@pytest.mark.parametrize("width", [40, 80, 300])
def test_the_terminal_shows_every_number_at_any_width(width: int) -> None:
    text = printed(META, width)
    assert all(number in text for number in ("0.400", "0.350", "-0.100", "0.812", "0.750", "0.900"))


def test_the_terminal_names_the_sign_that_it_shows() -> None:
    text = printed(META, 300)
    assert "0.400 [0.350, 0.450] *" in text
    assert "*: best." in text
    assert "Bold" not in text
    assert "Bold: best." in RENDERERS["markdown"](META)


# --- escaping -------------------------------------------------------------------------------------

NASTY_META = replace(
    META,
    metrics=(NASTY, *META.metrics[1:]),
    humans=("h" + NASTY, "label"),
    correlations=(cell(NASTY, "h" + NASTY, 0.5), cell("m.bad", "h" + NASTY, None, reason=NASTY)),
    beside=(),
    skipped=(Skipped(NASTY, NASTY, NASTY),),
    notes=(NASTY,),
    source=NASTY,
)


@pytest.mark.parametrize("form", sorted(ALL))
def test_control_characters_never_reach_a_reader(form: str) -> None:
    text = ALL[form](NASTY_META)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_csv_shows_names_and_json_gives_them_back() -> None:
    rows = list(csv.DictReader(io.StringIO(RENDERERS["csv"](NASTY_META))))
    assert rows[0]["metric"] == printable(NASTY)
    assert json.loads(RENDERERS["json"](NASTY_META))["metrics"][0] == NASTY


def test_rich_markup_is_shown_as_it_is() -> None:
    assert "[red]x[/red]" in printed(NASTY_META, 400)


def latex_problems(text: str) -> list[str]:
    """What LaTeX would choke on in a body without maths but ours: unescaped specials, unbalanced braces."""
    body = re.sub(r"^%.*$", "", text, flags=re.MULTILINE)
    body = re.sub(r"\$(?:-|\\times|\\[lg]eq|\\alpha|\\tau)\$", "", body)
    found = [f"bare {c}" for c in "#$%_^~" if re.search(rf"(?<!\\)\{c}", body)]
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", body):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            found.append("closing brace without an opening one")
    return [*found, *(["an open brace"] if depth else [])]


@pytest.mark.parametrize("meta", [META, NASTY_META], ids=["plain", "nasty"])
def test_latex_has_no_bare_specials(meta: Meta) -> None:
    text = RENDERERS["latex"](meta)
    assert latex_problems(text) == []
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == len(list(sheets(meta)))
    for tabular in re.findall(r"\\begin\{tabular\}\{(l(?:r+))\}(.*?)\\end\{tabular\}", text, flags=re.DOTALL):
        rows = [row for row in tabular[1].splitlines() if row.endswith(r"\\")]
        assert len(rows) > 1
        assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {len(tabular[0])}
    assert set(re.findall(r"\\([a-zA-Z]+)", text)) <= {
        "begin", "end", "centering", "toprule", "midrule", "bottomrule", "caption", "textbf", "textsuperscript",
        "dag", "textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar", "usepackage",
        "dots", "alpha", "times",
    }  # fmt: skip


def test_the_search_for_latex_problems_finds_them() -> None:
    assert latex_problems("a_b") == ["bare _"]
    assert latex_problems("{") == ["an open brace"]
    assert latex_problems(r"a\_b {c} $-$") == []


@given(st.text(max_size=40))
def test_any_text_is_safe_in_latex(text: str) -> None:
    assert latex_problems(latex.escape(text)) == []
    assert "--" not in latex.escape(text.replace("–", ""))


def test_latex_has_minus_signs_and_bold() -> None:
    sheet = Sheet("t", "c", ("x",), (Line("a-b", (Entry("-0.1 [-0.2, 0.0]", best=True, mark="†"),)),), "")
    [row] = [line for line in latex.as_latex(sheet) if line.startswith("a-b")]
    assert row == r"a-b & \textbf{$-$0.1 [$-$0.2, 0.0]}\textsuperscript{\dag{}} \\"


def test_a_latex_row_never_starts_like_an_argument() -> None:
    sheet = Sheet("t", "c", ("x",), (Line("[5pt] name", (Entry("1"),)), Line("*", (Entry("2"),))), "")
    rows = [line for line in latex.as_latex(sheet) if line.endswith(r"\\")]
    assert not any(row.startswith(("[", "*")) for row in rows)


def test_a_sheet_without_caption_or_columns_that_fit() -> None:
    sheet = Sheet("t", "c", tuple("abc"), (Line("n" * 30, tuple(Entry("1" * 20) for _ in range(3))),), "")
    console = Console(file=io.StringIO(), width=60, highlight=False)
    show_sheet(sheet, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.count("n" * 30) == 3, "one part a column"
    assert list(as_markdown(sheet))[-1].startswith("| nnn")
