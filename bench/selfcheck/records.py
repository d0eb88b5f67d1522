"""What a self-check found, as plain records: how often values fell, verdicts turned, true sentences were flagged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindCount:
    """How often one kind of damage could be done."""

    kind: str
    about: str
    plants: bool
    """Whether the damaged text claims something that the document doesn't say."""
    tried: int
    applied: int
    skipped: Mapping[str, int]
    """Reason → number of documents."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval; ``None`` where there is nothing to count."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Response:
    """What one value did under one kind of damage, over all documents."""

    scorer: str
    value: str
    headline: bool
    kind: str
    worse: Share
    """Documents in which it got strictly worse in its own direction, of those that have it before and after."""
    same: int
    better: int
    mean_change: float | None
    """Mean of damaged minus base, in the value's own unit; below 0 is worse only where higher is better."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What one check said of the damaged claims, over all documents."""

    check: str
    """Its name, or ``any``."""
    kind: str
    turned: Share
    """Documents whose damaged claim is flagged, of those where it was not flagged before."""
    contradicted: int
    """Of the turned, those flagged as contradicted."""
    unchecked: int
    """Documents (of the same ones) where the check found nothing to judge in the damaged claim."""
    already: int
    """Documents where the claim was flagged before it was damaged: not counted."""
    missing: int
    """Documents for which the check gave no verdict."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """What one check said of the sentences of the undamaged summaries, which are taken to be true."""

    check: str
    extractive: bool
    """Only sentences with at least half of their word trigrams in the document."""
    flagged: Share
    """Interval: over documents."""
    unchecked: int


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The map of blind spots: everything that the outputs show."""

    run_id: str
    examples: int
    base: str
    seed: int
    confidence: float
    kinds: tuple[KindCount, ...]
    responses: tuple[Response, ...]
    turned: tuple[Turned, ...]
    untouched: tuple[Untouched, ...]
    undirected: tuple[str, ...]
    """Values that were scored but have no direction, so that nothing is worse."""
    signatures: Mapping[str, str]
    notes: tuple[str, ...]


def wilson(count: int, of: int, confidence: float = 0.95) -> Share:
    """A share with Wilson's score interval.

    Source: Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference".

    >>> found = wilson(8, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.49, 0.943)
    """
    if not of:
        return Share(0, 0, None, None, None)
    from scipy import stats

    z, share = float(stats.norm.ppf((1 + confidence) / 2)), count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return Share(count, of, share, 0.0 if not count else middle - half, 1.0 if count == of else middle + half)
