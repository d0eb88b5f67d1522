"""The records that flow through sumbench, top to bottom. Standard library only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

OPTIONAL: Mapping[str, bool] = {"optional": True}
"""``field(metadata=OPTIONAL)``: the field may be missing in JSON (records of before lack it); all others have to be
there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the type of a record's field doesn't say; ``bench.typed_json`` holds its JSON to it."""

    least: float | None = None
    most: float | None = None
    shortest: int | None = None
    """Characters of a text."""
    pattern: str | None = None
    """Regular expression that a text has to match."""


Share = Annotated[float, Limits(0, 1)]
Natural = Annotated[int, Limits(0, 2**53)]
"""A count or a place; up to there a float holds each whole number."""
Sentence = Annotated[str, Limits(shortest=1)]
Status = Literal["ok", "undefined", "error"]
Label = Literal["supported", "unsupported", "contradicted", "unchecked"]
Role = Literal["candidate", "floor", "ceiling"]
ErrorKind = Literal[
    "entity",
    "number",
    "date",
    "quote",
    "attribution",
    "negation",
    "role",
    "modality",
    "antonym",
    "quantifier",
    "comparison",
    "unsupported",
    "boilerplate",
]
"""What is wrong with a claim; ``unsupported``: the document says no such thing, whatever it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text in characters: ``text[start:end]`` is exactly what is shown.

    >>> "Talks in Beijing"[Span(9, 16).slice]
    'Beijing'
    """

    start: Natural
    """Offset of the first character, 0 or more."""
    end: Natural
    """Offset after the last character, ``start`` or more."""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, not {self.start}..{self.end}")

    @property
    def slice(self) -> slice:
        """The span as a slice object, for indexing a text with it."""
        return slice(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A summary of one example, written by one system."""

    example_id: str
    """``Example.id`` of the document it summarises."""
    system: str
    """Name of the system that wrote it."""
    text: str
    """The summary, as the system wrote it."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What the dataset knows besides: human judgements (``human``), gold labels (``gold``)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One document with what its summaries are compared with."""

    id: str
    """Unique within the dataset."""
    document: str
    """The source text: facts are checked against it."""
    references: tuple[str, ...]
    """One or more texts that candidates are scored against; may be the document itself."""
    candidates: tuple[Candidate, ...] = ()
    """Summaries that the dataset already carries, one a system."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What the dataset knows besides (title, date, split)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One cell's input: a candidate beside the example that it summarises."""

    example: Example
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says about one claim of the candidate."""

    claim: Span
    """The claim, in the candidate's text."""
    label: Label
    """``unchecked`` where the check has nothing to judge in the claim, never a silent pass."""
    score: Share | None
    """Degree of support, 0 (none) to 1 (full); ``None`` where the check doesn't grade."""
    reason: Sentence
    """One line for a reader: what was found, and what the document says instead."""
    evidence: tuple[Span, ...] = ()
    """The places in the document that the verdict rests on, best first."""
    kind: ErrorKind | None = field(default=None, metadata=OPTIONAL)
    """What is wrong with the claim; ``None`` where nothing is, or where it has no name."""
    marks: tuple[Span, ...] = field(default=(), metadata=OPTIONAL)
    """The words of the candidate that are wrong, in the text's order; empty where the whole claim is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Share of each text's tokens (0 to 1) that the scorer really saw; ``None``: it doesn't read that text."""

    candidate: Share | None = None
    reference: Share | None = None
    document: Share | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What one scorer says about one pair: one cell of a run."""

    example_id: str
    system: str
    scorer: str
    status: Status
    """``ok``: at least one value; ``undefined``: the text allows none; ``error``: the scorer failed."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Finite numbers, unrounded. A value that could not be computed is absent and ``error`` says why."""
    verdicts: tuple[Verdict, ...] = ()
    """One a claim, in the candidate's order; empty for metrics."""
    seen: Seen = field(default_factory=Seen)
    error: str | None = None
    """Why the status isn't ``ok``, or why a value is absent."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value of one scorer, over all examples, for one system."""

    system: str
    scorer: str
    value: str
    mean: float | None
    """Arithmetic mean over the ``n_ok`` examples; ``None`` where there are none."""
    ci_low: float | None
    """Lower end of the bootstrap interval over examples; ``None`` with fewer than two."""
    ci_high: float | None
    n_ok: Natural
    """Examples for which the value was computed."""
    n_total: Natural
    """Examples in the run."""
    higher_is_better: bool | None
    """``None``: descriptive, neither direction is better."""


class Dataset(ABC):
    """Anything that yields Examples; a reader derives from this."""

    @abstractmethod
    def __iter__(self) -> Iterator[Example]: ...

    def warnings(self) -> Sequence[str]:
        """What the last iteration left out, and what else is to be told of the data."""
        return ()


class System(ABC):
    """A summarizer, an Example in and Candidates out; it derives from this."""

    role: Role

    @abstractmethod
    def summarize(self, example: Example) -> Iterator[Candidate]:
        """The system's summaries of one example (``candidates`` gives those of many systems)."""

    def check(self, examples: Sequence[Example]) -> None:  # noqa: B027
        """Called once with all examples, before the first summary; InputError where they don't fit the system."""

    def warnings(self) -> Sequence[str]:
        """What is to be told of the summaries, after the last one."""
        return ()
