"""The tables of compared systems, in each format."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.comparing.ranking import PairTest, Ranking, Standing, rank_systems
from bench.comparing.snapshot import from_run
from bench.report.ranking import FORMATS, render, show, systems_sheet


def ranking(scorer: str = "rouge", value: str = "rouge1_f1", **changes: Any) -> Ranking:
    standings = (
        Standing("ours_50%", 0.51234, "a", 1, 10, 0.51),
        Standing(r"a|b \input{x} & <b>", 0.6, "ab", 1, 9, 0.4),
        Standing("nothing", None, "", None, 0),
    )
    pairs = (PairTest("ours_50%", r"a|b \input{x} & <b>", 0.11, -0.01, 0.2, 0.00001, 0.06, 9, 9),)
    return replace(Ranking(scorer, value, True, standings, pairs, 9, 0.05, 10, 9), **changes)


def test_best_letters_and_gaps_are_shown() -> None:
    sheet = systems_sheet([ranking()])
    first, second, last = (line.entries[0] for line in sheet.lines)
    # Of both the mean over the nine examples that both have: the second one's own would be the better.
    assert (first.text, first.best, first.mark) == ("0.5100", True, "a")
    assert (second.text, second.best, second.mark) == ("0.4000", False, "ab")
    assert last.text == "– (0/10)"
    assert "means over the 9 of 10 examples that all systems have; fewest: a|b" in sheet.caption


def test_all_who_are_alike_are_not_best() -> None:
    four = tuple(Standing(f"s{k}", 0.5, "a", 1, 10, 0.5) for k in range(4))
    sheet = systems_sheet([ranking(standings=four)])
    assert not any(line.entries[0].best for line in sheet.lines)


def test_where_nothing_is_ranked_nothing_is_marked_and_why_is_said() -> None:
    reason = "nothing is ranked: no document has a value of every system"
    bare = tuple(replace(s, letters="", rank=None, shared_mean=None) for s in ranking().standings)
    unranked = ranking(standings=bare, pairs=(), documents=0, shared=0, reason=reason)
    for form in ("markdown", "latex"):
        text = render([unranked], form, pairs=True)
        assert reason in text
        assert "**" not in text
        assert "textbf" not in text
        assert "0.6000 (9/10)" in text
        assert "pairs" not in text
    assert json.loads(render([unranked], "json"))["rankings"][0]["reason"] == reason
    rows = list(csv.DictReader(io.StringIO(render([unranked], "csv"))))
    assert [(row["letters"], row["rank"], row["shared_mean"]) for row in rows] == [("", "", "")] * 3


def test_values_that_rest_on_other_examples_say_so() -> None:
    other = ranking("bertscore", "f1", shared=4, documents=4, reason="no letters: because")
    caption = systems_sheet([ranking(), other]).caption
    assert "rouge.rouge1_f1: means over the 9 of 10 examples" in caption
    assert "bertscore.f1: means over the 4 of 10 examples" in caption
    assert "bertscore.f1: no letters: because" in caption


@pytest.mark.parametrize("pairs", [False, True])
def test_csv_holds_full_numbers_and_empty_cells(pairs: bool) -> None:
    rows = list(csv.DictReader(io.StringIO(render([ranking()], "csv", pairs=pairs))))
    if pairs:
        assert rows[0]["difference"] == "0.11"
    else:
        assert [row["mean"] for row in rows] == ["0.51234", "0.6", ""]


def test_json_is_strict():
    data = json.loads(render([ranking()], "json"), parse_constant=lambda name: pytest.fail(name))
    assert data["rankings"][0]["standings"][2]["mean"] is None


def test_markdown_escapes_names():
    text = render([ranking()], "markdown", pairs=True)
    assert "<b>" not in text.replace(r"\<b\>", "")
    assert r"a\|b" in text


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "terminal"])
def test_the_same_bytes_every_time(form):
    assert render([ranking()], form, pairs=True) == render([ranking()], form, pairs=True)


def has_latex() -> bool:
    if not (shutil.which("pdflatex") and shutil.which("kpsewhich")):
        return False
    return subprocess.run(["kpsewhich", "booktabs.sty"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_latex(), reason="no LaTeX with booktabs on this machine")
def test_the_latex_compiles(tmp_path):
    body = render([ranking(), ranking(value="rouge2_f1")], "latex", pairs=True)
    document = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + body + "\\end{document}\n"
    (tmp_path / "table.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "table.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_column_says_whose_value_it_is() -> None:
    """``supported_share`` alone would read like a scorer ``supported``; two of rouge's kin have a ``rouge1_f1``."""
    several = [ranking(), ranking("support", "supported_share"), ranking("rouge_torchmetrics")]
    assert systems_sheet(several).columns == (
        "rouge.rouge1_f1", "support.supported_share", "rouge_torchmetrics.rouge1_f1",
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_the_loser_of_its_own_test_never_stands_first(form: str, runs_with_gaps: Mapping[str, Path]) -> None:
    """``e60``: the system that skips the hard examples has the higher mean over its own 15."""
    rankings = rank_systems(from_run(runs_with_gaps["e60"]), resamples=1000)
    [test] = rankings[0].pairs
    assert (test.first, test.difference > 0, (test.p_adjusted or 1.0) < 0.05) == ("good", True, True)
    if form == "terminal":
        console = Console(file=io.StringIO(), width=80)
        show(rankings, console)
        text = console.file.getvalue()  # type: ignore[attr-defined]
    else:
        text = render(rankings, form)
    name = r"skips\_hard" if form in ("markdown", "latex") else "skips_hard"
    assert -1 < text.index("good") < text.index(name)
    if form in ("terminal", "markdown", "latex"):
        assert re.search(r"good.*0\.9630.*a", text)
        assert re.search(re.escape(name) + r".*0\.9231.*b", text)
