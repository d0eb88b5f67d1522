"""The tables of a meta-evaluation, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.meta_records import (
    ALPHA,
    COEFFICIENTS,
    LEVEL_MEANINGS,
    LEVEL_NAMES,
    LEVELS,
    TESTS,
    Classification,
    Correlation,
    Difference,
    Level,
    Meta,
    PairwiseAccuracy,
    TestName,
)
from bench.report.tables import Entry, Line, Sheet

TIED = "†"
"""Mark of what can't be told from the best."""
ABSENT = Entry("–")
TEST_NAMES: Mapping[TestName, str] = {"permutation": "permutation", "bootstrap": "bootstrap", "williams": "Williams"}


def sheets(meta: Meta) -> Iterator[Sheet]:
    """All tables in the order of reading; what has no rows has no table."""
    yield from correlation_sheets(meta)
    yield from pairwise_sheets(meta)
    yield from classification_sheets(meta)
    yield from difference_sheets(meta)
    yield from beside_sheets(meta)
    yield from agreement_sheets(meta)


def correlation_sheets(meta: Meta) -> Iterator[Sheet]:
    """One sheet a level and coefficient, columns are dimensions; the parts, or the coefficients of a sole
    dimension, take the columns instead where there are several parts or only one dimension."""
    of = {(c.part, c.level, c.coefficient, c.metric, c.human): c for c in meta.correlations}
    several_parts, sole = len(meta.parts) > 1, len(meta.humans) == 1
    for level in LEVELS:
        coefficients = [c for c in COEFFICIENTS if any((x.level, x.coefficient) == (level, c) for x in of.values())]
        if not coefficients:
            continue
        # What the title names, and what the columns name.
        if several_parts:
            groups = [(f"{c.capitalize()} with {h}", {p: (p, c, h) for p in meta.parts})
                      for c in coefficients for h in meta.humans]  # fmt: skip
        elif sole:
            [part], [human] = meta.parts, meta.humans
            groups = [(f"Correlation with {human}", {c.capitalize(): (part, c, human) for c in coefficients})]
        else:
            groups = [(c.capitalize(), {h: (meta.parts[0], c, h) for h in meta.humans}) for c in coefficients]
        for what, columns in groups:
            cells = {
                head: [of.get((part, level, coefficient, metric, human)) for metric in meta.metrics]
                for head, (part, coefficient, human) in columns.items()
            }
            cells = {head: column for head, column in cells.items() if any(column)}
            if not cells:
                continue
            yield Sheet(
                title=f"{what}, {LEVEL_NAMES[level]}",
                corner="metric",
                columns=tuple(cells),
                lines=tuple(
                    Line(metric, tuple(correlation_entry(column[row]) for column in cells.values()))
                    for row, metric in enumerate(meta.metrics)
                ),
                caption=" ".join(correlation_caption(meta, cells)),
            )


def correlation_entry(cell: Correlation | None) -> Entry:
    """A coefficient with its interval; a dash where there is none (the caption says why)."""
    if cell is None or cell.value is None:
        return ABSENT
    tied = not cell.best and cell.p_best is not None and cell.p_best > ALPHA
    return Entry(with_interval(cell.value, cell.low, cell.high), best=cell.best, mark=TIED if tied else "")


def correlation_caption(meta: Meta, columns: Mapping[str, list[Correlation | None]]) -> Iterator[str]:
    """What a table's numbers mean, rest on and leave out."""
    cells = [cell for column in columns.values() for cell in column if cell is not None]
    level = cells[0].level
    yield f"{LEVEL_MEANINGS[level].capitalize()}."
    if resampled := [cell.resampled for cell in cells if cell.resampled and cell.low is not None]:
        yield f"{interval_words(meta)}, {unit_words(resampled[0])} resampled."
    if any(cell.best for cell in cells):
        yield "Bold: best."
    if any(cell.p_best is not None for cell in cells):
        yield (
            f"{TIED}: not significantly different from the best ({marking_test(meta)}, Holm within the column, "
            f"p > {ALPHA})."
        )
    yield from left_out(level, columns)
    yield from reasons(cells)


def marking_test(meta: Meta) -> str:
    """The test behind the marks."""
    return next((method for method in TESTS if any(d.method == method for d in meta.differences)), "")


def method_words(difference: Difference) -> str:
    """A test's name with what it draws anew."""
    return "Williams" if difference.over is None else f"{difference.method} of {unit_words(difference.over)}"


def left_out(level: str, columns: Mapping[str, list[Correlation | None]]) -> Iterator[str]:
    """How many documents, systems or summaries each column leaves out."""
    noun = {"summary": "documents", "system": "systems"}.get(level, "summaries")
    why = {"summary": "one side is constant or missing", "system": "a side is missing"}.get(level, "a side is missing")
    found: dict[str, list[str]] = {}
    for head, column in columns.items():
        counts = {(cell.left_out, cell.used + cell.left_out) for cell in column if cell is not None}
        numbers = sorted(count for count, _ in counts)
        if numbers and numbers[-1]:
            spread = str(numbers[0]) if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"
            found.setdefault(f"{spread} of {max(total for _, total in counts)}", []).append(head)
    if [*found.values()] == [[*columns]]:
        yield f"{noun.capitalize()} left out, as {why}: {next(iter(found))}."
    elif found:
        told = (f"{spread} ({', '.join(heads)})" for spread, heads in found.items())
        yield f"{noun.capitalize()} left out, as {why}: {'; '.join(told)}."


def reasons(cells: Sequence[Correlation | Classification]) -> Iterator[str]:
    """Why cells have no value, each reason once with the columns it holds for."""
    for why in dict.fromkeys(cell.reason for cell in cells if cell.reason):
        metrics = list(dict.fromkeys(cell.metric for cell in cells if cell.reason == why))
        humans = list(dict.fromkeys(cell.human for cell in cells if cell.reason == why))
        some = f"with {', '.join(humans)}" if len(humans) < len({cell.human for cell in cells}) else ""
        if len(metrics) < len({cell.metric for cell in cells}):
            some = f"for {', '.join(metrics)} {some}".rstrip()
        yield f"No value {some}: {why}." if some else f"No value: {why}."


def pairwise_sheets(meta: Meta) -> Iterator[Sheet]:
    """Pairwise accuracy, one sheet a part and level, with the ties of both sides beside it."""
    for part in meta.parts:
        for level in LEVELS:
            cells = {(c.metric, c.human): c for c in meta.pairwise if (c.part, c.level) == (part, level)}
            if not cells:
                continue
            best = {human: max((c.accuracy for (_, h), c in cells.items() if h == human and c.accuracy is not None),
                               default=None) for human in meta.humans}  # fmt: skip
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
                            *(accuracy_entry(cells.get((metric, human)), best[human]) for human in humans),
                            tie_entry([cells[metric, human] for human in humans if (metric, human) in cells]),
                        ),
                    )
                    for metric in meta.metrics
                ),
                caption=f"Share of the pairs of {pairs_of} that people order which the metric orders alike; its ties "
                f"count as a half, pairs that people tie don't count: {tied}. Bold: best.",
            )


def accuracy_entry(cell: PairwiseAccuracy | None, best: float | None) -> Entry:
    """An accuracy with its interval."""
    if cell is None or cell.accuracy is None:
        return ABSENT
    return Entry(with_interval(cell.accuracy, cell.low, cell.high), best=cell.accuracy == best)


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
            best = {
                name: max((v for c in cells.values() if (v := getattr(c, name)) is not None), default=None)
                for name in ("auc", "balanced_accuracy")
            }
            yield Sheet(
                title=f"Telling {human} 1 from 0{in_part(meta, part)}",
                corner="metric",
                columns=("ROC AUC", "balanced accuracy", "threshold"),
                lines=tuple(Line(metric, classification_entries(cells[metric], best)) for metric in cells),
                caption=" ".join(
                    [
                        f"{some.positives} positive, {some.negatives} negative. AUC over all of them; the threshold "
                        f"chosen on {some.chosen_on}, balanced accuracy on {some.tested_on}. Bold: best.",
                        *reasons([*cells.values()]),
                    ]
                ),
            )


def classification_entries(cell: Classification, best: Mapping[str, float | None]) -> tuple[Entry, ...]:
    """AUC with its interval, balanced accuracy, threshold."""
    auc = ABSENT if cell.auc is None else Entry(
        with_interval(cell.auc, cell.auc_low, cell.auc_high), best=cell.auc == best["auc"])  # fmt: skip
    accuracy = cell.balanced_accuracy
    balanced = ABSENT if accuracy is None else Entry(
        with_interval(accuracy, cell.low, cell.high), best=accuracy == best["balanced_accuracy"])  # fmt: skip
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
            + f". Bold: {ALPHA} or below."
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


def in_part(meta: Meta, part: str) -> str:
    """The part's name for a title, where there are several."""
    return f" ({part})" if len(meta.parts) > 1 or part != "all" else ""


def interval_words(meta: Meta) -> str:
    """The confidence of the intervals.

    >>> from bench.meta_records import Meta, MetaSettings
    >>> interval_words(Meta("", 0, 0, 0, (), (), (), {}, MetaSettings(confidence=0.9)))
    '[90 % interval]'
    """
    return f"[{100 * meta.settings.confidence:g} % interval]"


def unit_words(unit: str) -> str:
    """What was resampled, in words."""
    return "documents and systems" if unit == "both" else unit


def with_interval(value: float, low: float | None, high: float | None) -> str:
    """A number with its interval, three decimals, a leading zero kept.

    >>> with_interval(0.1666, 0.1, 0.25), with_interval(-0.5, None, None)
    ('0.167 [0.100, 0.250]', '-0.500')
    """
    if low is None or high is None:
        return decimals(value)
    return f"{decimals(value)} [{decimals(low)}, {decimals(high)}]"


def decimals(value: float) -> str:
    """Three decimals; a zero has no sign."""
    return f"{value + 0.0:.3f}".replace("-0.000", "0.000")


def signed(value: float) -> str:
    """Three decimals with a sign; what rounds to zero has none.

    >>> signed(0.0021), signed(-0.0004), signed(-0.2)
    ('+0.002', '0.000', '-0.200')
    """
    text = decimals(value)
    return text if text == "0.000" or text.startswith("-") else "+" + text
