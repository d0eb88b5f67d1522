r"""Tables as LaTeX with booktabs, ready for a paper's ``\input``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bench.printable import printable
from bench.report.tables import Entry, Sheet

PREAMBLE = r"% needs \usepackage{booktabs}"

_ESCAPES: Mapping[str, str] = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': '{"}', "`": "{`}", "'": "{'}",
    "–": "--", "…": r"\dots{}", "†": r"\dag{}", "×": r"$\times$", "−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$",
    "α": r"$\alpha$", "τ": r"$\tau$", "“": "``", "”": "''", "’": "'",
}  # fmt: skip
# Two hyphens would become a dash; the signs that stand for control characters are in no usual font.
_SPECIAL = re.compile("[" + re.escape("".join(_ESCAPES)) + "]|-(?=-)|[\u2400-\u243f\ufffd]")
_MINUS = re.compile(r"(?<![^\s\[(])-(?=[\d.])")


def escape(text: str) -> str:
    r"""Text as LaTeX that prints exactly it: no command, no maths, no comment, no dash made of hyphens.

    Letters of other scripts stay as they are: those need XeLaTeX or LuaLaTeX and a font that has them.

    >>> escape(r"rouge1_f1 50% \input{x}")
    'rouge1\\_f1 50\\% \\textbackslash{}input\\{x\\}'
    """
    return _SPECIAL.sub(_escape_one, printable(" ".join(text.split())))


def _escape_one(found: re.Match[str]) -> str:
    return "-{}" if found.group() == "-" else _ESCAPES.get(found.group(), "?")


def as_latex(sheet: Sheet) -> Iterator[str]:
    """The lines of one ``table`` environment: booktabs rules, best in bold, marks raised."""
    yield r"\begin{table}[htbp]"
    yield r"\centering"
    yield r"\begin{tabular}{l" + "r" * len(sheet.columns) + "}"
    yield r"\toprule"
    yield _row([escape(sheet.corner), *(escape(column) for column in sheet.columns)])
    yield r"\midrule"
    for line in sheet.lines:
        yield _row([escape(line.name), *(_entry(entry) for entry in line.entries)])
    yield r"\bottomrule"
    yield r"\end{tabular}"
    title = escape(sheet.title)
    yield r"\caption{" + title + (". " + escape(sheet.caption) if sheet.caption else "") + "}"
    yield r"\end{table}"


def _row(cells: list[str]) -> str:
    # An empty group keeps a cell that starts with [ from being read as an argument of the line before.
    return " & ".join("{}" + cell if cell.startswith(("[", "*")) else cell for cell in cells) + r" \\"


def _entry(entry: Entry) -> str:
    # A hyphen before a number is a minus sign.
    text = escape(_MINUS.sub("−", entry.text))
    return (r"\textbf{" + text + "}" if entry.best else text) + (
        r"\textsuperscript{" + escape(entry.mark) + "}" if entry.mark else ""
    )
