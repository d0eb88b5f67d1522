"""A meta-evaluation for the terminal, as Markdown, LaTeX, CSV and JSON, all made from the one Meta record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from bench.meta.records import Meta
from bench.printable import printable
from bench.record import page, to_json
from bench.report import latex, tables
from bench.report.content import plural
from bench.report.markdown import escape
from bench.report.meta_csv import as_csv
from bench.report.meta_sheets import sheets
from bench.report.meta_words import in_part

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA_VERSION = 1


def facts(meta: Meta) -> Iterator[str]:
    """Where the numbers come from."""
    yield meta.source
    by = f" by {plural(meta.systems, 'system')}" if meta.systems else ", only numbered"
    yield (
        f"{plural(meta.summaries, 'summary', 'summaries')} of {plural(meta.documents, 'document')}{by}; "
        f"{plural(len(meta.metrics), 'metric')}, "
        f"{plural(len(meta.humans), 'human dimension')}"
    )
    if meta.settings.resamples:
        yield f"{plural(meta.settings.resamples, 'resample')}, seed {meta.settings.seed}"
    for name, recipe in meta.signatures.items():
        yield recipe if recipe.split("|")[0] == name else f"{name}: {recipe}"


def remarks(meta: Meta) -> Iterator[str]:
    """What isn't there and why, and what the reader should know."""
    where: dict[tuple[str, str], list[str]] = {}
    for skipped in meta.skipped:
        where.setdefault((skipped.what, skipped.reason), []).append(skipped.part)
    for (what, reason), parts in where.items():
        # What holds for every part is said once.
        for part in [""] if parts == [*meta.parts] else [in_part(meta, part) for part in parts]:
            yield f"not computed: {what}{part}: {reason}"
    yield from meta.notes


def show(meta: Meta, console: Console) -> None:
    """Print a meta-evaluation."""
    from rich.text import Text

    from bench.report.width import say

    console.print(Text("how the metrics agree with people", "bold"))
    for fact in facts(meta):
        say(Text(printable(fact), "dim"), console, lead="  ", soft=True)
    console.print()
    for sheet in sheets(meta):
        tables.show_sheet(sheet, console)
    for remark in remarks(meta):
        say(Text(printable(remark), "yellow"), console, lead="• ", soft=True)


def as_markdown(meta: Meta) -> str:
    """One Markdown document."""
    lines = ["# How the metrics agree with people", "", *(f"- {escape(fact)}" for fact in facts(meta))]
    for sheet in sheets(meta):
        lines += ["", *tables.as_markdown(sheet)]
    if told := [f"- {escape(remark)}" for remark in remarks(meta)]:
        lines += ["", "## To know", "", *told]
    return "\n".join(lines) + "\n"


def as_latex(meta: Meta) -> str:
    """Tables for a paper, one ``table`` environment each; the rest as comments."""
    told = [*facts(meta), *remarks(meta)]
    lines = [latex.PREAMBLE, *(f"% {latex.escape(line)}" for line in told)]
    for sheet in sheets(meta):
        lines += ["", *latex.as_latex(sheet)]
    return "\n".join(lines) + "\n"


def as_json(meta: Meta) -> str:
    """Everything as strict JSON, unrounded."""
    return page({"schema_version": SCHEMA_VERSION, **to_json(meta)})


RENDERERS: Mapping[str, Callable[[Meta], str]] = {
    "markdown": as_markdown,
    "latex": as_latex,
    "csv": as_csv,
    "json": as_json,
}
