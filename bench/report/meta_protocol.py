"""The tables of SummaC's protocol: a measure, and metrics beside sets and their mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.meta.records import ALPHA, MEAN, MEASURES, Decision, Measure, Meta, Thresholds
from bench.report.meta_words import ABSENT, best_words, decimals, interval_words, signed, with_interval
from bench.report.tables import BOLD, Entry, Line, Sheet

TIED = "†"
MEASURE_NAMES: Mapping[Measure, str] = {"balanced_accuracy": "Balanced accuracy", "f1": "F1"}
THRESHOLD_NAMES: Mapping[Thresholds, str] = {"set": "a threshold a set", "one": "one threshold for all sets"}


def protocol_sheets(meta: Meta) -> Iterator[Sheet]:
    """A sheet for each label, choice of thresholds and measure; then the thresholds, and tests asked for by name."""
    for human in meta.humans:
        for mode, words in THRESHOLD_NAMES.items():
            mine = [d for d in meta.decisions if (d.human, d.thresholds) == (human, mode)]
            for measure in MEASURES if mine else ():
                cells = {(d.metric, d.set): d for d in mine if d.measure == measure}
                sets = list(dict.fromkeys(name for _, name in cells))
                yield Sheet(
                    title=f"{MEASURE_NAMES[measure]} of {human}, {words}",
                    corner="metric",
                    columns=tuple(sets),
                    lines=tuple(
                        Line(metric, tuple(entry(cells[metric, name]) for name in sets)) for metric in meta.metrics
                    ),
                    caption=" ".join(caption(meta, measure, list(cells.values()))),
                )
        yield from threshold_sheet(meta, human)
        yield from tests_sheet(meta, human)


def entry(cell: Decision) -> Entry:
    """A value with its interval."""
    if cell.value is None:
        return ABSENT
    tied = not cell.best and cell.p_best is not None and cell.p_best > ALPHA
    return Entry(with_interval(cell.value, cell.low, cell.high), best=cell.best, mark=TIED if tied else "")


def caption(meta: Meta, measure: Measure, cells: list[Decision]) -> Iterator[str]:
    """What the numbers are, rest on and leave out."""
    if measure == "f1":
        yield "Of label 1."
    sets = {cell.set: cell for cell in cells if cell.set != MEAN}
    tested = (f"{name} {cell.summaries} of {cell.documents} documents" for name, cell in sets.items())
    yield f"Tested: {'; '.join(tested)}."
    if any(cell.low is not None for cell in cells):
        yield f"{interval_words(meta)}, documents of each set resampled, the thresholds kept."
    columns = {name: [(cell.value, cell.best) for cell in cells if cell.set == name] for name in (*sets, MEAN)}
    yield from best_words(columns)
    if any(cell.p_best is not None for cell in cells):
        yield f"{TIED}: mean not significantly different from the best (bootstrap, Holm, p > {ALPHA})."
    for why in dict.fromkeys(cell.reason for cell in cells if cell.reason):
        yield f"No value: {why}."
    if left := {cell.metric: cell.left_out for cell in cells if cell.set == MEAN and cell.left_out}:
        yield "Without a score, left out: " + ", ".join(f"{metric} {count}" for metric, count in left.items()) + "."


def threshold_sheet(meta: Meta, human: str) -> Iterator[Sheet]:
    """The thresholds that were chosen."""
    mine = [d for d in meta.decisions if d.human == human and d.measure == MEASURES[0] and d.set != MEAN]
    if not mine:
        return
    heads = [*dict.fromkeys(d.set for d in mine)]
    of: dict[tuple[str, str, str], float | None] = {(d.metric, d.thresholds, d.set): d.threshold for d in mine}
    yield Sheet(
        title=f"Thresholds for {human}",
        corner="metric",
        columns=(*heads, "one for all"),
        lines=tuple(
            Line(metric, tuple(
                ABSENT if (found := of[metric, mode, name]) is None else Entry(f"{found:.4g}")
                for mode, name in (*(("set", head) for head in heads), ("one", heads[0]))
            ))
            for metric in meta.metrics
        ),
        caption="A score at or above it (at or below, where lower is better) counts as 1.",
    )  # fmt: skip


def tests_sheet(meta: Meta, human: str) -> Iterator[Sheet]:
    """The tests in full, where they were asked for by name."""
    mine = [t for t in meta.decision_tests if t.human == human]
    if meta.settings.compare == "best" or not mine:
        return
    yield Sheet(
        title=f"Differences of the means with {human}",
        corner="metrics",
        columns=("measure", "thresholds", "difference", "p"),
        lines=tuple(
            Line(f"{t.first} − {t.second}", (
                Entry(MEASURE_NAMES[t.measure]), Entry(THRESHOLD_NAMES[t.thresholds]),
                Entry(f"{signed(t.difference)} [{decimals(t.low)}, {decimals(t.high)}]"),
                Entry(decimals(t.p_adjusted), best=t.p_adjusted <= ALPHA),
            ))
            for t in mine
        ),
        caption=f"Paired bootstrap, two-sided, Holm-corrected within a measure. {BOLD} {ALPHA} or below.",
    )  # fmt: skip
