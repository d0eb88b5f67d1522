"""Systems of one run compared with one another: one table for the paper, and the pairs behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from bench.record import page
from bench.report.comparison_content import span
from bench.report.content import best_of, plural, show_number, show_signed
from bench.report.csv_table import csv_table
from bench.report.latex import PREAMBLE, as_latex
from bench.report.tables import Entry, Line, Sheet, as_markdown, show_sheet

if TYPE_CHECKING:
    from rich.console import Console

    from bench.comparing.ranking import Ranking


FORMATS = ("terminal", "markdown", "latex", "csv", "json")


def sheets(rankings: Sequence[Ranking], *, pairs: bool = False) -> Iterator[Sheet]:
    """The table of systems and, if asked for, a table of pairs a value."""
    yield systems_sheet(rankings)
    if pairs:
        yield from (pairs_sheet(ranking) for ranking in rankings if ranking.pairs)


def systems_sheet(rankings: Sequence[Ranking]) -> Sheet:
    """Systems as rows, ordered by the first value; means with letters, the best of each value marked."""
    columns = [dict(entries(ranking)) for ranking in rankings]
    lines = tuple(Line(s.system, tuple(column[s.system] for column in columns)) for s in rankings[0].standings)
    return Sheet("systems", "system", tuple(map(name, rankings)), lines, "; ".join(caption(rankings)))


def name(ranking: Ranking) -> str:
    """The value as it is asked for, which says whose it is."""
    return f"{ranking.scorer}.{ranking.value}"


def entries(ranking: Ranking) -> Iterator[tuple[str, Entry]]:
    """Each system's mean with its letters, over the shared examples where anything is ranked."""
    ranked = ranking.ranked
    means = [standing.shared_mean if ranked else standing.mean for standing in ranking.standings]
    best = best_of(means, ranking.higher_is_better) if ranked else frozenset()
    for place, (standing, mean) in enumerate(zip(ranking.standings, means, strict=True)):
        partial = not ranked and standing.n_ok < ranking.n_total
        count = f" ({standing.n_ok}/{ranking.n_total})" if partial or mean is None else ""
        yield (
            standing.system,
            Entry(("–" if mean is None else show_number(mean)) + count, place in best, standing.letters),
        )


def caption(rankings: Sequence[Ranking]) -> Iterator[str]:
    """What the means rest on, and how to read order, marks and letters; a sentence each."""
    yield from _alike(rankings, _basis)
    if rankings[0].ranked:
        yield f"best first by {name(rankings[0])}"
    yield from _alike(rankings, lambda ranking: ranking.reason)
    if lettered := [ranking for ranking in rankings if not ranking.reason]:
        documents = span([ranking.documents for ranking in lettered], "document")
        pairs = span([len(ranking.pairs) for ranking in lettered], "pair")
        yield (
            f"systems that share a letter are not told apart (two-sided paired permutation tests by document, "
            f"{documents}, Holm over {pairs} a value, alpha {rankings[0].alpha:g})"
        )


def _basis(ranking: Ranking) -> str:
    """The examples that a value's means rest on, and the system that leaves fewest."""
    total = plural(ranking.n_total, "example")
    if not ranking.ranked:
        return f"each system's own mean over {total}"
    if ranking.shared == ranking.n_total:
        return f"means over {total}"
    fewest = min((s for s in ranking.standings if s.n_ok), key=lambda standing: standing.n_ok)
    who = f"; fewest: {fewest.system}, {fewest.n_ok}" if any(s.n_ok > ranking.shared for s in ranking.standings) else ""
    return f"means over the {ranking.shared} of {total} that all systems have{who}"


def _alike(rankings: Sequence[Ranking], say: Callable[[Ranking], str]) -> Iterator[str]:
    """What is said of the values, each text once, with the names of those it is said of where that isn't all."""
    said: dict[str, list[str]] = {}
    for ranking in rankings:
        said.setdefault(say(ranking), []).append(name(ranking))
    for text, names in said.items():
        if text:
            yield text if len(names) == len(rankings) else f"{', '.join(names)}: {text}"


def pairs_sheet(ranking: Ranking) -> Sheet:
    """Every pair on one value, the surest difference first."""
    tests = sorted(ranking.pairs, key=lambda t: (t.p_adjusted if t.p_adjusted is not None else 2.0, -abs(t.difference)))
    lines = tuple(
        Line(
            f"{test.first} − {test.second}",
            (
                Entry(show_signed(test.difference)),
                Entry(
                    "–"
                    if test.low is None or test.high is None
                    else f"[{show_signed(test.low)}, {show_signed(test.high)}]"
                ),
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
        "difference of means over the examples that all systems have; bootstrap and permutation test by document",
    )


def show(rankings: Sequence[Ranking], console: Console, *, pairs: bool = False) -> None:
    """Print the tables."""
    for sheet in sheets(rankings, pairs=pairs):
        show_sheet(sheet, console)


def render(rankings: Sequence[Ranking], form: str, *, pairs: bool = False) -> str:
    """The tables as text in one of ``FORMATS`` but the terminal's."""
    if form == "json":
        from bench.comparing.ranking import Rankings

        return page(Rankings(tuple(rankings)))
    if form == "csv":
        return as_csv(rankings, pairs=pairs)
    tables = list(sheets(rankings, pairs=pairs))
    if form == "latex":
        return "\n".join([PREAMBLE, *(line for sheet in tables for line in as_latex(sheet))]) + "\n"
    return "\n\n".join("\n".join(as_markdown(sheet)) for sheet in tables) + "\n"


def as_csv(rankings: Sequence[Ranking], *, pairs: bool) -> str:
    """A row a system and value, or a row a pair and value; missing numbers are empty."""
    from bench.comparing.ranking import PairTest, Standing

    columns = ["scorer", "value", *(field.name for field in fields(PairTest if pairs else Standing))]
    rows = (
        {"scorer": ranking.scorer, "value": ranking.value, **asdict(item)}
        for ranking in rankings
        for item in (ranking.pairs if pairs else ranking.standings)
    )
    return csv_table(columns, rows)


def _p(p: float | None) -> str:
    return "–" if p is None else "< 0.0001" if p < 0.0001 else f"{p:.4f}"
