"""The records of a meta-evaluation: how well metrics agree with people, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["summary", "system", "pooled", "partial"]
Coefficient = Literal["pearson", "spearman", "kendall"]
TestName = Literal["permutation", "bootstrap", "williams"]
Unit = Literal["documents", "systems", "both"]
"""What is resampled or permuted: what would be drawn anew if the study were repeated."""

LEVELS: tuple[Level, ...] = ("summary", "system", "pooled", "partial")
TESTS: tuple[TestName, ...] = ("bootstrap", "williams", "permutation")
"""In the order in which the marks of the tables prefer them: the permutation test doesn't hold its level where
systems bias the metrics, and marks only where nothing else was asked for."""
DEFAULT_TESTS: tuple[TestName, ...] = ("bootstrap", "williams")
COEFFICIENTS: tuple[Coefficient, ...] = ("pearson", "spearman", "kendall")

ALPHA = 0.05
"""A difference with an adjusted p-value at or below this is significant."""

Thresholds = Literal["set", "one"]
"""A threshold for each set, or one for all."""
Measure = Literal["balanced_accuracy", "f1"]
MEASURES: tuple[Measure, ...] = ("balanced_accuracy", "f1")
MEAN = "mean"

LEVEL_NAMES: Mapping[Level, str] = {
    "summary": "summary level",
    "system": "system level",
    "pooled": "pooled",
    "partial": "partial, controlling for the system",
}
LEVEL_MEANINGS: Mapping[Level, str] = {
    "summary": "for each document over its summaries, then the mean over documents",
    "system": "over the systems' means",
    "pooled": "over all summaries at once",
    "partial": "over all summaries, what the system explains removed from both sides",
}


@dataclass(frozen=True, slots=True)
class Correlation:
    """One coefficient of one metric with one human dimension."""

    part: str
    """Which rows: ``all``, or a group's value as ``split: test``."""
    level: Level
    coefficient: Coefficient
    metric: str
    human: str
    value: float | None
    """-1 to 1, positive where the metric agrees with people; ``None``: ``reason`` says why."""
    reason: str = ""
    low: float | None = None
    high: float | None = None
    resampled: Unit | None = None
    """What the interval's bootstrap resamples."""
    used: int = 0
    """Summary level: documents in the mean; system level: systems; otherwise summaries."""
    left_out: int = 0
    """Summary level: documents without a coefficient; system level: systems; otherwise summaries lacking a side."""
    missing: int = 0
    """Summaries dropped because one of the two scores isn't there."""
    best: bool = False
    """The highest of its column."""
    p_best: float | None = None
    """Holm-adjusted p-value of the difference from the column's best; ``None``: it is the best, or not tested."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two metrics' correlations with one dimension, compared on the same summaries."""

    part: str
    level: Level
    coefficient: Coefficient
    human: str
    first: str
    second: str
    difference: float
    """First minus second."""
    method: TestName
    over: Unit | None
    """What is resampled or permuted; ``None`` for Williams' test, which assumes normal scores instead."""
    p: float
    """Two-sided."""
    p_adjusted: float
    """After Holm's correction over the family: all differences of one method in one column."""
    low: float | None
    """Interval of the difference, by the bootstrap."""
    high: float | None


@dataclass(frozen=True, slots=True)
class PairwiseAccuracy:
    """How often a metric orders two summaries of one document, or two systems, as people do."""

    part: str
    level: Level
    metric: str
    human: str
    accuracy: float | None
    """Same order over all pairs that people order; a metric's tie counts as a half, or as wrong (``ties``).
    ``None``: no such pair."""
    low: float | None
    high: float | None
    pairs: int
    """All pairs with both sides."""
    agree: int
    disagree: int
    tied_metric: int
    """People order them, the metric doesn't."""
    tied_human: int
    """The metric orders them, people don't."""
    tied_both: int
    best: bool = False
    """Highest of its column; none is where metrics have scores of different summaries, or all are alike."""


@dataclass(frozen=True, slots=True)
class Classification:
    """How well a metric tells summaries with one binary label from those with the other."""

    part: str
    metric: str
    human: str
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    balanced_accuracy: float | None
    """On the rows of ``tested_on`` only."""
    low: float | None
    high: float | None
    threshold: float | None
    """A score at or above it (at or below, where lower is better) counts as positive."""
    chosen_on: str
    tested_on: str
    positives: int
    negatives: int
    reason: str = ""
    """Why a value is missing."""
    best_auc: bool = False
    best: bool = False
    """Highest balanced accuracy of its column; none of either is where metrics have scores of different summaries,
    or all are alike."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One measure of a metric's decisions on one set's testing rows, or its mean over all sets."""

    human: str
    thresholds: Thresholds
    measure: Measure
    metric: str
    set: str
    """``mean``: the mean over the sets, each counting once."""
    value: float | None
    """0 to 1; ``None``: ``reason`` says why."""
    low: float | None
    high: float | None
    threshold: float | None
    """A score at or above it (at or below, where lower is better) counts as 1; ``None`` for the mean."""
    summaries: int
    """Testing rows with a label and a decision."""
    documents: int
    """Of the testing rows: what is resampled."""
    left_out: int
    """Testing rows with a label but no score."""
    best: bool = False
    p_best: float | None = None
    """Holm-adjusted p-value of the mean's difference from the best mean; ``None``: it is the best, or not tested."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTest:
    """Two metrics' means over the sets, compared on the rows that both decide."""

    human: str
    thresholds: Thresholds
    measure: Measure
    first: str
    second: str
    difference: float
    """First minus second."""
    low: float
    high: float
    p: float
    """Two-sided, by the bootstrap over documents."""
    p_adjusted: float
    """After Holm's correction over the differences of one measure."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far annotators agree with one another: no metric should be asked for more."""

    human: str
    scale: str
    """``nominal``, ``ordinal`` or ``interval``: which answers count as near."""
    alpha: float | None
    """Krippendorff's alpha: 1 full agreement, 0 what chance gives."""
    low: float | None
    high: float | None
    units: int
    """Units with at least two answers."""
    annotators: int
    answers: int


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure published elsewhere beside ours."""

    source: str
    level: Level
    coefficient: Coefficient
    metric: str
    human: str
    published: float
    ours: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A table that can't be computed, and why."""

    part: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class MetaSettings:
    """How to evaluate."""

    levels: tuple[Level, ...] = LEVELS
    coefficients: tuple[Coefficient, ...] = COEFFICIENTS
    metrics: tuple[str, ...] = ()
    """Patterns of metric columns; empty: all."""
    humans: tuple[str, ...] = ()
    """Patterns of human dimensions; empty: all."""
    by: tuple[str, ...] = ()
    """Columns of groups: each of their values, and each combination, gets tables of its own."""
    compare: str = "best"
    """Differences tested: ``best`` (all with the column's best), ``all`` pairs, ``none``, or a metric's name."""
    tests: tuple[TestName, ...] = ()
    """Of the differences; empty: bootstrap and Williams."""
    ties: Literal["half", "wrong"] = "half"
    """What a metric's tie counts for in pairwise accuracy, where people order the pair."""
    resample: str = "auto"
    """``documents``, ``systems``, ``both``; ``auto``: both where there are several systems."""
    resamples: int = 1000
    """Of the bootstrap; 0: no intervals."""
    permutations: int = 1000
    confidence: float = 0.95
    seed: int = 0
    protocol: str = ""
    """``summac``: decisions over sets instead of correlations; see ``bench.meta.protocol``."""
    sets: str = ""
    """Column of groups that names the sets of a protocol; empty: ``dataset`` or ``file``, where there is one."""
    positive: float | None = None
    """Under a protocol, the least human score that counts as 1; ``None``: dimensions that are 0 or 1."""
    threshold: str = ""
    """``column=value`` of the rows on which thresholds are chosen; empty: those of a ``split`` for development, or
    half of the documents, by hash."""


@dataclass(frozen=True, slots=True)
class Meta:
    """Everything that a meta-evaluation found; every output is made from this."""

    source: str
    """Where scores and judgements come from."""
    summaries: int
    documents: int
    systems: int
    """0 where summaries are only numbered."""
    metrics: tuple[str, ...]
    humans: tuple[str, ...]
    parts: tuple[str, ...]
    signatures: Mapping[str, str]
    """Scorer to recipe, where the scores come from a run."""
    settings: MetaSettings
    correlations: tuple[Correlation, ...] = ()
    differences: tuple[Difference, ...] = ()
    pairwise: tuple[PairwiseAccuracy, ...] = ()
    classifications: tuple[Classification, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    beside: tuple[Beside, ...] = ()
    decisions: tuple[Decision, ...] = ()
    decision_tests: tuple[DecisionTest, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = field(default=())
