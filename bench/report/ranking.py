"""Systems of one run compared with one another: one table for the paper, and the pairs behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from bench.record import page
from bench.report.content import plural, show_number
from bench.report.latex import PREAMBLE, as_latex
from bench.report.tables import Entry, Line, Sheet, as_markdown, show_sheet

if TYPE_CHECKING:
    from rich.console import Console

    from bench.comparing.ranking import Ranking, Standing

FORMATS = ("terminal", "markdown", "latex", "csv", "json")


def sheets(rankings: Sequence[Ranking], *, pairs: bool = False) -> Iterator[Sheet]:
    """The table of systems and, if asked for, a table of pairs a value."""
    yield systems_sheet(rankings)
    if pairs:
        yield from (pairs_sheet(ranking) for ranking in rankings)


def systems_sheet(rankings: Sequence[Ranking]) -> Sheet:
    """Systems as rows, ordered by the first value; means with letters, the best of each value marked."""
    standing = {(r.scorer, r.value, s.system): s for r in rankings for s in r.standings}
    order = [s.system for s in rankings[0].standings]
    lines = tuple(
        Line(system, tuple(entry(r, standing[r.scorer, r.value, system]) for r in rankings)) for system in order
    )
    # "rouge1_f1" says whose it is, "precision" doesn't.
    columns = tuple(r.value if r.value.startswith(r.scorer) else f"{r.scorer}.{r.value}" for r in rankings)
    return Sheet("systems", "system", columns, lines, caption(rankings))


def entry(ranking: Ranking, standing: Standing) -> Entry:
    """A mean with its letters; best where no other system's mean is better."""
    if standing.mean is None:
        return Entry(f"– (0/{ranking.n_total})")
    part = f" ({standing.n_ok}/{ranking.n_total})" if standing.n_ok < ranking.n_total else ""
    means = [other.mean for other in ranking.standings if other.mean is not None]
    best = max(means) if ranking.higher_is_better else min(means)
    return Entry(show_number(standing.mean) + part, best=standing.mean == best, mark=standing.letters)


def caption(rankings: Sequence[Ranking]) -> str:
    """How to read the letters."""
    first = rankings[0]
    tests = len(first.pairs)
    if not any(standing.letters for ranking in rankings for standing in ranking.standings):
        return f"{plural(first.documents, 'document')}: no inference; best mean of each value marked"
    return (
        f"means over {plural(first.n_total, 'example')}, best first by the first value; systems that share a letter do "
        f"not differ (two-sided paired permutation tests by document, {plural(first.documents, 'document')}, Holm over "
        f"{plural(tests, 'pair')} a value, alpha {first.alpha:g})"
    )


def pairs_sheet(ranking: Ranking) -> Sheet:
    """Every pair on one value, the surest difference first."""
    tests = sorted(ranking.pairs, key=lambda t: (t.p_adjusted if t.p_adjusted is not None else 2.0, -abs(t.difference)))
    lines = tuple(
        Line(
            f"{test.first} − {test.second}",
            (
                Entry(show_number(test.difference)),
                Entry("–" if test.low is None or test.high is None else f"[{_signed(test.low)}, {_signed(test.high)}]"),
                Entry(_p(test.p)),
                Entry(_p(test.p_adjusted)),
                Entry(str(test.examples)),
            ),
        )
        for test in tests
    )
    percent = f"{100 * (1 - ranking.alpha):g} % interval"
    return Sheet(
        f"{ranking.scorer}.{ranking.value}: pairs",
        "pair",
        ("difference", percent, "p", "p (Holm)", "examples"),
        lines,
        "difference of means; bootstrap interval and permutation test by document",
    )


def show(rankings: Sequence[Ranking], console: Console, *, pairs: bool = False) -> None:
    """Print the tables."""
    for sheet in sheets(rankings, pairs=pairs):
        show_sheet(sheet, console)


def render(rankings: Sequence[Ranking], form: str, *, pairs: bool = False) -> str:
    """The tables as text in one of ``FORMATS`` but the terminal's."""
    if form == "json":
        return page({"schema_version": 1, "rankings": [asdict(ranking) for ranking in rankings]})
    if form == "csv":
        return as_csv(rankings, pairs=pairs)
    tables = list(sheets(rankings, pairs=pairs))
    if form == "latex":
        return "\n".join([PREAMBLE, *(line for sheet in tables for line in as_latex(sheet))]) + "\n"
    return "\n\n".join("\n".join(as_markdown(sheet)) for sheet in tables) + "\n"


def as_csv(rankings: Sequence[Ranking], *, pairs: bool) -> str:
    """A row a system and value, or a row a pair and value; missing numbers are empty."""
    out = io.StringIO()
    rows: list[Mapping[str, object]] = [
        {"scorer": ranking.scorer, "value": ranking.value, **asdict(item)}
        for ranking in rankings
        for item in (ranking.pairs if pairs else ranking.standings)
    ]
    if rows:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _p(p: float | None) -> str:
    return "–" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _signed(number: float) -> str:
    return ("+" if number > 0 else "") + show_number(number)
