"""What a table of scores beside human judgements is read as: one record a summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


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
