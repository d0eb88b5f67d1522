"""The tables of correlations: a level, and metrics beside human dimensions, coefficients or groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.meta.records import ALPHA, COEFFICIENTS, LEVEL_MEANINGS, LEVEL_NAMES, LEVELS, TESTS, Correlation, Meta
from bench.report.meta_words import ABSENT, best_words, interval_words, reasons, unit_words, with_interval
from bench.report.tables import Entry, Line, Sheet

TIED = "†"
"""Mark of what can't be told from the best."""


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
    yield from best_words({h: [(c.value, c.best) for c in column if c is not None] for h, column in columns.items()})
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
