"""Tests between metrics: does one agree better with people than another?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from bench.meta.parts import Part, number, unit
from bench.meta.records import (
    ALPHA,
    TESTS,
    Coefficient,
    Correlation,
    Difference,
    Level,
    MetaSettings,
    TestName,
    Unit,
)
from bench.statistics.correlation import Floats
from bench.statistics.levels import correlate
from bench.statistics.metatests import (
    DifferenceTest,
    Intervals,
    bootstrap_test,
    percentiles,
    permutation_test,
    williams_test,
)
from bench.statistics.significance import holm


def level_differences(
    part: Part, cells: Sequence[Correlation], around: Intervals | None, settings: MetaSettings
) -> Iterator[Difference]:
    """Tests between metrics in every column, Holm-corrected by method within the column."""
    for column, human in enumerate(part.table.humans):
        mine = {cell.metric: cell for cell in cells if cell.human == human and cell.value is not None}
        pairs = pairs_to_test(mine, settings.compare)
        for method in tests_of(cells[0].level, cells[0].coefficient, settings) if pairs else ():
            if method == "bootstrap" and around is None:
                continue
            tests = {pair: tested(part, *pair, column, mine[pair[0]], method, around, settings) for pair in pairs}
            tests = {pair: test for pair, test in tests.items() if not np.isnan(test.p)}
            adjusted = holm(np.array([test.p for test in tests.values()]))
            for ((first, second), test), p in zip(tests.items(), adjusted, strict=True):
                yield Difference(
                    part=part.name,
                    level=mine[first].level,
                    coefficient=mine[first].coefficient,
                    human=human,
                    first=first,
                    second=second,
                    difference=test.difference,
                    method=method,
                    over=None if method == "williams" else unit(part, settings),
                    p=test.p,
                    p_adjusted=float(p),
                    low=number(test.low),
                    high=number(test.high),
                )


def tests_of(level: Level, coefficient: Coefficient, settings: MetaSettings) -> tuple[TestName, ...]:
    """The tests at one level: those asked for, or those that a reader would wait for.

    The bootstrap has been done for the intervals and Williams' test is a formula. A permutation test takes
    up to a second a pair of metrics: too long for every metric of every table, so it needs a ``compare``
    that names what is tested. Over all pairs of pooled summaries (Kendall) it takes minutes.
    """
    if settings.tests:
        return settings.tests
    slow = settings.compare == "best" or (level, coefficient) == SLOW
    return ("bootstrap", "williams") if slow else TESTS


SLOW = ("pooled", "kendall")


def untested(differences: Sequence[Difference], settings: MetaSettings) -> str:
    """A note on a test that was left away for its time; empty where none was."""
    if settings.tests or settings.compare == "best" or not any((d.level, d.coefficient) == SLOW for d in differences):
        return ""
    return "pooled Kendall: no permutation test, it would take minutes a pair; tests=[permutation] asks for it"


def pairs_to_test(cells: Mapping[str, Correlation], compare: str) -> list[tuple[str, str]]:
    """Which metrics are tested against which."""
    if compare == "none" or not cells:
        return []
    if compare == "all":
        return list(combinations(cells, 2))
    first = next((name for name, cell in cells.items() if cell.best), "") if compare == "best" else compare
    return [(first, second) for second in cells if second != first] if first in cells else []


def tested(
    part: Part,
    first: str,
    second: str,
    column: int,
    cell: Correlation,
    method: TestName,
    around: Intervals | None,
    settings: MetaSettings,
) -> DifferenceTest:
    """One test of two metrics' difference, on the summaries that have both metrics' scores."""
    names = list(part.table.metrics)
    rows = names.index(first), names.index(second)
    x, y = (part.metrics[:, :, row] for row in rows)
    human = part.humans[:, :, column]
    level, coefficient, over = cell.level, cell.coefficient, unit(part, settings)
    if method == "williams":
        return williams_test(x, y, human, level=level, coefficient=coefficient)
    if method == "permutation":
        return permutation_test(
            x,
            y,
            human,
            level=level,
            coefficient=coefficient,
            over=over,
            permutations=settings.permutations,
            seed=settings.seed,
        )
    if around is not None and np.array_equal(np.isnan(x), np.isnan(y)):
        # The intervals' own resamples, so that nothing is drawn twice.
        observed = correlate(part.metrics[:, :, rows], human[:, :, None], level=level, coefficient=coefficient).value
        drawn = around.resampled[:, rows[0], column] - around.resampled[:, rows[1], column]
        return bootstrap_outcome(float(observed[0, 0] - observed[1, 0]), drawn, part, over, settings)
    return bootstrap_test(
        x,
        y,
        human,
        level=level,
        coefficient=coefficient,
        over=over,
        resamples=settings.resamples,
        confidence=settings.confidence,
        seed=settings.seed,
    )


def bootstrap_outcome(
    difference: float, drawn: Floats, part: Part, over: Unit, settings: MetaSettings
) -> DifferenceTest:
    """What ``bootstrap_test`` says, from resamples that are there already."""
    documents, systems = part.metrics.shape[:2]
    low, high = percentiles(drawn, settings.confidence, documents, systems, over)
    known = drawn[~np.isnan(drawn)]
    sides = 1.0 + float(min((known <= 0).sum(), (known >= 0).sum()))
    p = np.nan if np.isnan(low) else min(1.0, 2.0 * sides / (1.0 + len(known)))
    return DifferenceTest("bootstrap", difference, p, low, high, 0, settings.resamples - len(known), np.nan)


def few_resamples(differences: Sequence[Difference], settings: MetaSettings) -> str:
    """A note where no difference could come out significant, however large; empty otherwise."""
    families = Counter((d.part, d.level, d.coefficient, d.human, d.method) for d in differences)
    smallest = {"bootstrap": 2 / (1 + settings.resamples), "permutation": 1 / (1 + settings.permutations)}
    found = {method: count for (*_, method), count in sorted(families.items(), key=lambda item: item[1])
             if method in smallest and smallest[method] * count > ALPHA}  # fmt: skip
    words = {"bootstrap": "resamples", "permutation": "permutations"}
    needed = {method: math.ceil(round(count * smallest[method] * (1 + getattr(settings, words[method])) / ALPHA, 6)) - 1
              for method, count in found.items()}  # fmt: skip
    return "; ".join(
        f"too few {words[method]} for a significant difference among {found[method] + 1} metrics: "
        f"at least {words[method]}={count} are needed"
        for method, count in needed.items()
    )


def marked(cells: Sequence[Correlation], tests: Sequence[Difference]) -> list[Correlation]:
    """The cells with the p-value of their difference from the best of the column, where it was tested."""
    best = {cell.human: cell.metric for cell in reversed(cells) if cell.best}
    method = next((name for name in TESTS if any(test.method == name for test in tests)), None)
    p = {}
    for test in tests:
        pair = (test.first, test.second)
        if test.method == method and best.get(test.human) in pair:
            p[test.human, pair[pair[0] == best[test.human]]] = test.p_adjusted
    return [replace(cell, p_best=None if cell.best else p.get((cell.human, cell.metric))) for cell in cells]
