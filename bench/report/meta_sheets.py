"""The tables of a meta-evaluation, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.meta.records import (
    ALPHA,
    LEVEL_NAMES,
    LEVELS,
    TESTS,
    Classification,
    Difference,
    Level,
    Meta,
    PairwiseAccuracy,
)
from bench.report.meta_correlations import correlation_sheets
from bench.report.meta_protocol import protocol_sheets
from bench.report.meta_words import (
    ABSENT,
    TEST_NAMES,
    best_words,
    decimals,
    in_part,
    reasons,
    signed,
    unit_words,
    with_interval,
)
from bench.report.tables import BOLD, Entry, Line, Sheet


def sheets(meta: Meta) -> Iterator[Sheet]:
    """All tables in the order of reading; what has no rows has no table."""
    yield from protocol_sheets(meta)
    yield from correlation_sheets(meta)
    yield from pairwise_sheets(meta)
    yield from classification_sheets(meta)
    yield from difference_sheets(meta)
    yield from beside_sheets(meta)
    yield from agreement_sheets(meta)


def pairwise_sheets(meta: Meta) -> Iterator[Sheet]:
    """Pairwise accuracy, one sheet a part and level, with the ties of both sides beside it."""
    for part in meta.parts:
        for level in LEVELS:
            cells = {(c.metric, c.human): c for c in meta.pairwise if (c.part, c.level) == (part, level)}
            if not cells:
                continue
            humans = [human for human in meta.humans if any(h == human for _, h in cells)]
            first = {human: next(c for (_, h), c in cells.items() if h == human) for human in humans}
            pairs_of = "systems" if level == "system" else "summaries of one document"
            tied = "; ".join(f"{h} {c.tied_human + c.tied_both} of {c.pairs}" for h, c in first.items())
            yield Sheet(
                title=f"Pairwise accuracy, {LEVEL_NAMES[level]}{in_part(meta, part)}",
                corner="metric",
                columns=(*humans, "ties of the metric"),
                lines=tuple(
                    Line(
                        metric,
                        (
                            *(accuracy_entry(cells.get((metric, human))) for human in humans),
                            tie_entry([cells[metric, human] for human in humans if (metric, human) in cells]),
                        ),
                    )
                    for metric in meta.metrics
                ),
                caption=" ".join(
                    [
                        f"Share of the pairs of {pairs_of} that people order which the metric orders alike; its ties "
                        f"count as {TIE_WORDS[meta.settings.ties]}, pairs that people tie don't count: {tied}.",
                        *best_words(
                            {
                                human: [(c.accuracy, c.best) for (_, h), c in cells.items() if h == human]
                                for human in humans
                            }
                        ),
                    ]
                ),
            )


TIE_WORDS = {"half": "a half", "wrong": "wrong"}


def accuracy_entry(cell: PairwiseAccuracy | None) -> Entry:
    """An accuracy with its interval."""
    if cell is None or cell.accuracy is None:
        return ABSENT
    return Entry(with_interval(cell.accuracy, cell.low, cell.high), best=cell.best)


def tie_entry(cells: list[PairwiseAccuracy]) -> Entry:
    """How many pairs a metric ties, where it doesn't depend on the dimension; a range where it does."""
    numbers = sorted({cell.tied_metric + cell.tied_both for cell in cells})
    if not numbers:
        return ABSENT
    return Entry(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}")


def classification_sheets(meta: Meta) -> Iterator[Sheet]:
    """ROC AUC and balanced accuracy, one sheet a part and binary dimension."""
    for part in meta.parts:
        for human in meta.humans:
            cells = {c.metric: c for c in meta.classifications if (c.part, c.human) == (part, human)}
            if not cells:
                continue
            some = next(iter(cells.values()))
            yield Sheet(
                title=f"Telling {human} 1 from 0{in_part(meta, part)}",
                corner="metric",
                columns=("ROC AUC", "balanced accuracy", "threshold"),
                lines=tuple(Line(metric, classification_entries(cell)) for metric, cell in cells.items()),
                caption=" ".join(
                    [
                        f"{some.positives} positive, {some.negatives} negative. AUC over all of them; the threshold "
                        f"chosen on {some.chosen_on}, balanced accuracy on {some.tested_on}.",
                        *best_words(
                            {
                                "ROC AUC": [(c.auc, c.best_auc) for c in cells.values()],
                                "balanced accuracy": [(c.balanced_accuracy, c.best) for c in cells.values()],
                            }
                        ),
                        *reasons([*cells.values()]),
                    ]
                ),
            )


def classification_entries(cell: Classification) -> tuple[Entry, ...]:
    """AUC with its interval, balanced accuracy, threshold."""
    auc = ABSENT if cell.auc is None else Entry(
        with_interval(cell.auc, cell.auc_low, cell.auc_high), best=cell.best_auc)  # fmt: skip
    accuracy = cell.balanced_accuracy
    balanced = ABSENT if accuracy is None else Entry(
        with_interval(accuracy, cell.low, cell.high), best=cell.best)  # fmt: skip
    return auc, balanced, ABSENT if cell.threshold is None else Entry(f"{cell.threshold:.4g}")


def difference_sheets(meta: Meta) -> Iterator[Sheet]:
    """The tests between metrics in full, where they were asked for by name; with ``best`` they are the marks."""
    if meta.settings.compare == "best":
        return
    # One table a dimension, or one for all of them where there is but one pair of metrics.
    sole = len({(d.first, d.second) for d in meta.differences}) == 1
    groups: dict[tuple[str, Level, str, str], dict[str, dict[str, Difference]]] = {}
    for d in meta.differences:
        group = groups.setdefault((d.part, d.level, d.coefficient, "" if sole else d.human), {})
        pair = f"{d.first} − {d.second}"
        group.setdefault(f"{pair}, {d.human}" if sole else pair, {})[d.method] = d
    for (part, level, coefficient, human), pairs in groups.items():
        found = [test for tests in pairs.values() for test in tests.values()]
        methods = [method for method in TESTS if any(test.method == method for test in found)]
        over = next((test.over for test in found if test.over), None)
        yield Sheet(
            title=f"Differences of {coefficient.capitalize()}{f' with {human}' if human else ''}, "
            f"{LEVEL_NAMES[level]}{in_part(meta, part)}",
            corner="metrics",
            columns=("difference", *(f"p, {TEST_NAMES[method]}" for method in methods)),
            lines=tuple(
                Line(name, (difference_entry(tests.values()), *(p_entry(tests.get(method)) for method in methods)))
                for name, tests in pairs.items()
            ),
            caption="p-values two-sided"
            + ("" if sole else ", Holm-corrected within a column of this table")
            + f". {BOLD} {ALPHA} or below."
            + (f" Resampled, or permuted: {unit_words(over)}." if over else ""),
        )


def difference_entry(tests: Iterable[Difference]) -> Entry:
    """The difference, with its interval where the bootstrap gives one."""
    some = next((test for test in tests if test.low is not None), None) or next(iter(tests))
    interval = with_interval(some.difference, some.low, some.high).removeprefix(decimals(some.difference))
    return Entry(signed(some.difference) + interval)


def p_entry(difference: Difference | None) -> Entry:
    """A p-value; bold when significant."""
    if difference is None:
        return ABSENT
    p = difference.p_adjusted
    return Entry("< .001" if p < 0.001 else decimals(p), best=p <= ALPHA)


def beside_sheets(meta: Meta) -> Iterator[Sheet]:
    """Published figures beside ours."""
    for source in dict.fromkeys(b.source for b in meta.beside):
        mine = [b for b in meta.beside if b.source == source]
        missing = [f"{b.metric} with {b.human}: {b.reason}" for b in mine if b.ours is None]
        yield Sheet(
            title=f"Published beside ours: {source}",
            corner="metric and dimension",
            columns=("published", "ours", "difference"),
            lines=tuple(
                Line(
                    f"{b.metric}, {b.human}, {b.coefficient.capitalize()}, {LEVEL_NAMES[b.level]}",
                    (
                        Entry(decimals(b.published)),
                        ABSENT if b.ours is None else Entry(with_interval(b.ours, b.low, b.high)),
                        ABSENT if b.ours is None else Entry(signed(b.ours - b.published)),
                    ),
                )
                for b in mine
            ),
            caption=" ".join(f"No value of ours for {reason}." for reason in missing),
        )


def agreement_sheets(meta: Meta) -> Iterator[Sheet]:
    """How far people agree among themselves."""
    if not meta.agreement:
        return
    yield Sheet(
        title="Agreement of the annotators",
        corner="dimension",
        columns=("Krippendorff's alpha", "scale", "units", "annotators", "answers"),
        lines=tuple(
            Line(
                a.human,
                (
                    ABSENT if a.alpha is None else Entry(with_interval(a.alpha, a.low, a.high)),
                    Entry(a.scale),
                    Entry(str(a.units)),
                    Entry(str(a.annotators)),
                    Entry(str(a.answers)),
                ),
            )
            for a in meta.agreement
        ),
        caption="1: full agreement, 0: what chance gives. People who disagree among themselves are the ceiling of "
        "what a metric can agree with; units are what was judged, a summary or a sentence of one.",
    )
