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
    DEFAULT_TESTS,
    TESTS,
    Correlation,
    Difference,
    MetaSettings,
    TestName,
)
from bench.statistics.levels import correlate
from bench.statistics.metatests import (
    DifferenceTest,
    Intervals,
    bootstrap_outcome,
    bootstrap_test,
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
        pairs = _pairs_to_test(mine, settings.compare)
        for method in (settings.tests or DEFAULT_TESTS) if pairs else ():
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


def _pairs_to_test(cells: Mapping[str, Correlation], compare: str) -> list[tuple[str, str]]:
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
    layout = part.at(cell.level)
    x, y = (layout.metrics[:, :, row] for row in rows)
    human = layout.humans[:, :, column]
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
            owners=layout.owners,
            permutations=settings.permutations,
            seed=settings.seed,
        )
    if around is not None and np.array_equal(np.isnan(x), np.isnan(y)):
        # The intervals' own resamples, so that nothing is drawn twice.
        observed = correlate(layout.metrics[:, :, rows], human[:, :, None], level=level, coefficient=coefficient).value
        drawn = around.resampled[:, rows[0], column] - around.resampled[:, rows[1], column]
        difference = float(observed[0, 0] - observed[1, 0])
        return bootstrap_outcome(difference, drawn, *layout.owners.counts, over, settings.confidence)
    return bootstrap_test(
        x,
        y,
        human,
        level=level,
        coefficient=coefficient,
        over=over,
        owners=layout.owners,
        resamples=settings.resamples,
        confidence=settings.confidence,
        seed=settings.seed,
    )


def unsafe(differences: Sequence[Difference]) -> str:
    """A note on a permutation test that doesn't hold its level; empty where none was done."""
    if not any(d.method == "permutation" and d.over != "systems" for d in differences):
        return ""
    return (
        "the permutation of documents calls equally good metrics different too often where systems bias the metrics: "
        "see docs/meta.md, and the bootstrap or Williams' test"
    )


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
