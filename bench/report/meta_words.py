"""The words and numbers that the tables of a meta-evaluation share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.meta.records import Classification, Correlation, Difference, Meta, TestName
from bench.report.tables import BOLD, Entry

ABSENT = Entry("–")
TEST_NAMES: Mapping[TestName, str] = {"permutation": "permutation", "bootstrap": "bootstrap", "williams": "Williams"}


def in_part(meta: Meta, part: str) -> str:
    """The part's name for a title, where there are several."""
    return f" ({part})" if len(meta.parts) > 1 or part != "all" else ""


def interval_words(meta: Meta) -> str:
    """The confidence of the intervals.

    >>> from bench.meta.records import Meta, MetaSettings
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


def method_words(difference: Difference) -> str:
    """A test's name with what it draws anew."""
    return "Williams" if difference.over is None else f"{difference.method} of {unit_words(difference.over)}"


def best_words(columns: Mapping[str, Sequence[tuple[float | None, bool]]]) -> Iterator[str]:
    """What bold means, and which columns (their values, each best or not) have no best and why."""
    if any(best for column in columns.values() for _, best in column):
        yield f"{BOLD} best."
    several = {head: column for head, column in columns.items() if sum(value is not None for value, _ in column) > 1}
    if bare := [head for head, column in several.items() if not any(best for _, best in column)]:
        where = "" if len(bare) == len(columns) else f" of {', '.join(bare)}"
        yield f"No best{where}: the metrics have scores of different summaries, or are all alike."


def reasons(cells: Sequence[Correlation | Classification]) -> Iterator[str]:
    """Why cells have no value, each reason once with the columns it holds for."""
    for why in dict.fromkeys(cell.reason for cell in cells if cell.reason):
        metrics = list(dict.fromkeys(cell.metric for cell in cells if cell.reason == why))
        humans = list(dict.fromkeys(cell.human for cell in cells if cell.reason == why))
        some = f"with {', '.join(humans)}" if len(humans) < len({cell.human for cell in cells}) else ""
        if len(metrics) < len({cell.metric for cell in cells}):
            some = f"for {', '.join(metrics)} {some}".rstrip()
        yield f"No value {some}: {why}." if some else f"No value: {why}."
