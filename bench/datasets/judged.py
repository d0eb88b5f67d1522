"""Human judgements: scores and single answers in a line of a file, and a summary's scores beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from bench.datasets.lines import Line

NUMBERED = "summaries"
"""The system's name of summaries that no system of a name wrote: they are only numbered."""

Answers = list[float | None]
"""What the annotators said about one unit (a summary, or a sentence of it); ``None``: not asked."""


@dataclass(frozen=True, slots=True)
class JudgedSummary:
    """The scores of one summary and what people said about it; no texts."""

    place: str
    """File and line, for error messages."""
    example: str
    """Unique together with ``system``."""
    document: str
    """The cluster: summaries of one document belong together."""
    system: str
    metrics: Mapping[str, float]
    """Metric column to score; NaN or absent: missing."""
    humans: Mapping[str, float]
    """Dimension to human score, higher is better; NaN or absent: missing."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Labels of the summary: ``split``, ``dataset``."""


@runtime_checkable
class JudgedDataset(Protocol):
    """A dataset that can give scores and judgements without being scored."""

    def judged(self) -> Iterator[JudgedSummary]:
        """Every summary, in the file's order; InputError when a file is wrong."""
        ...

    def warnings(self) -> Sequence[str]:
        """What the last reading left out."""
        ...


def read_humans(line: Line, where: str, given: Any) -> dict[str, float]:
    """Human scores ``{dimension: number}`` as floats; a ``null`` was not given and is left out."""
    if not isinstance(given, dict):
        line.refuse(where, "an object {dimension: number, ...}", given)
    for dimension, score in given.items():
        if isinstance(score, bool) or not isinstance(score, int | float | None):
            line.refuse(f"{where}.{dimension}", "a number or null", score)
    return {dimension: float(score) for dimension, score in given.items() if score is not None}


def read_ratings(line: Line, where: str, given: Any) -> dict[str, list[Answers]]:
    """Single answers ``{dimension: [[answer, ...], ...]}``, a list a unit; one plain list is one unit."""
    if not isinstance(given, dict):
        line.refuse(where, "an object {dimension: [answer, ...], ...}", given)
    ratings = {}
    for dimension, units in given.items():
        place = f"{where}.{dimension}"
        if not isinstance(units, list) or not units:
            line.refuse(place, "a list of answers, or a list of such lists", units)
        if not any(isinstance(unit, list) for unit in units):
            ratings[dimension] = [_answers(line, place, units)]
        else:
            ratings[dimension] = [_answers(line, f"{place}[{index}]", unit) for index, unit in enumerate(units)]
    return ratings


def _answers(line: Line, where: str, given: Any) -> Answers:
    if not isinstance(given, list):
        line.refuse(where, "a list of answers", given)
    for index, answer in enumerate(given):
        if isinstance(answer, bool) or not isinstance(answer, int | float | None):
            line.refuse(f"{where}[{index}]", "a number or null", answer)
    return [None if answer is None else float(answer) for answer in given]
