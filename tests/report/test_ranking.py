"""The tables of compared systems, in each format."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess

import pytest

from bench.comparing.ranking import PairTest, Ranking, Standing
from bench.report.ranking import FORMATS, render, systems_sheet


def ranking(value: str = "rouge1_f1") -> Ranking:
    standings = (
        Standing("ours_50%", 0.51234, "a", 1, 10),
        Standing(r"a|b \input{x} & <b>", 0.4, "ab", 1, 9),
        Standing("nothing", None, "", None, 0),
    )
    pairs = (PairTest("ours_50%", r"a|b \input{x} & <b>", 0.11, -0.01, 0.2, 0.00001, 0.06, 9, 9),)
    return Ranking("rouge", value, True, standings, pairs, 10, 0.05, 10)


def test_best_letters_and_gaps_are_shown():
    lines = systems_sheet([ranking()]).lines
    first, second, last = (line.entries[0] for line in lines)
    assert (first.text, first.best, first.mark) == ("0.5123", True, "a")
    assert (second.text, second.best, second.mark) == ("0.4000 (9/10)", False, "ab")
    assert last.text == "– (0/10)"


@pytest.mark.parametrize("pairs", [False, True])
def test_csv_holds_full_numbers_and_empty_cells(pairs):
    rows = list(csv.DictReader(io.StringIO(render([ranking()], "csv", pairs=pairs))))
    if pairs:
        assert rows[0]["difference"] == "0.11"
    else:
        assert [row["mean"] for row in rows] == ["0.51234", "0.4", ""]


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
    body = render([ranking(), ranking("rouge2_f1")], "latex", pairs=True)
    document = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + body + "\\end{document}\n"
    (tmp_path / "table.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "table.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_column_says_whose_value_it_is():
    other = Ranking("bertscore", "precision", True, ranking().standings, (), 10, 0.05, 10)
    assert systems_sheet([ranking(), other]).columns == ("rouge1_f1", "bertscore.precision")
