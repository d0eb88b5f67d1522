"""The records of a comparison: the rules it follows, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from bench.comparing.snapshot import Claim

Outcome = Literal["pass", "improved", "regressed", "inconclusive", "not comparable", "missing"]
Method = Literal["bootstrap", "tolerance"]
ExitCode = Literal[0, 1, 3, 4]

_GRAVEST: tuple[Outcome, ...] = ("regressed", "missing", "not comparable", "inconclusive", "improved", "pass")


@dataclass(frozen=True, slots=True)
class Margin:
    """How much a value may be worse before it matters; the larger of the two where both are given."""

    absolute: float = 0.0
    relative: float = 0.0
    """Share of the baseline's mean."""

    def of(self, baseline_mean: float) -> float:
        """The margin in the value's own unit."""
        return max(self.absolute, self.relative * abs(baseline_mean))


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of a comparison."""

    margins: Mapping[str, Margin]
    """Pattern of ``scorer.value`` to margin; the first that matches counts, a value without one isn't gated."""
    new_claims: Mapping[str, int] = field(default_factory=dict)
    """Pattern of checks to the number of newly flagged claims that is let through; others are only shown."""
    new_contradictions: int | None = 0
    """Newly contradicted claims that are let through, all checks together; ``None``: they are only shown."""
    systems: tuple[str, ...] = ()
    """Patterns of the systems that are gated; empty: all candidates."""
    alpha: float = 0.05
    """Two-sided level; each side is tested at half of it."""
    power: float = 0.8
    """Of the smallest drop that is reported as detectable."""
    min_documents: int = 5
    """With fewer documents there is no inference: a plain tolerance, the margin, decides."""
    resamples: int = 20_000
    seed: int = 0
    fail_on_inconclusive: bool = False
    fail_on_change: bool = False
    """No statistics: an example's value that moves beyond its margin, either way, is a regression."""

    def margin(self, scorer: str, value: str) -> Margin | None:
        """The margin of a value; ``None``: not gated."""
        name = f"{scorer}.{value}"
        return next((margin for pattern, margin in self.margins.items() if fnmatchcase(name, pattern)), None)

    def allowed(self, check: str) -> int | None:
        """How many newly flagged claims of a check are let through; ``None``: they are only shown."""
        return next((most for pattern, most in self.new_claims.items() if fnmatchcase(check, pattern)), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one system, in both."""

    system: str
    scorer: str
    value: str
    outcome: Outcome
    reason: str
    higher_is_better: bool | None
    """``None``: neither is better; compared only where every change counts."""
    baseline_mean: float | None = None
    """Over the examples that both have."""
    run_mean: float | None = None
    difference: float | None = None
    """Run minus baseline, in the value's own direction."""
    low: float | None = None
    """Interval of the difference; ``None`` without inference."""
    high: float | None = None
    margin: float | None = None
    n: int = 0
    """Examples that both have the value for."""
    documents: int = 0
    method: Method | None = None
    p_regressed: float | None = None
    """Holm-adjusted one-sided p-value of being worse by more than the margin."""
    detectable: float | None = None
    """The smallest drop that would have been shown with the gate's power."""
    needed: int | None = None
    """Documents needed to show that nothing changed, where the outcome is inconclusive for want of them."""


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that a check flags in one of the two only, or flagged before and contradicts only now."""

    change: Literal["new", "contradicted", "mended"]
    example_id: str
    system: str
    scorer: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class ClaimGate:
    """The newly flagged claims of one check, all gated systems together."""

    scorer: str
    outcome: Outcome
    new: int
    mended: int
    allowed: int | None
    """``None``: shown, not gated."""


@dataclass(frozen=True, slots=True)
class ContradictionGate:
    """The claims that the document newly contradicts, whatever check finds it; all gated systems together."""

    outcome: Outcome
    new: int
    """Each claim counts once, however many checks contradict it."""
    allowed: int | None
    """``None``: shown, not gated."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a comparison found; every output is made from this."""

    baseline: str
    run: str
    outcome: Outcome
    exit_code: ExitCode
    common_only: bool
    """Whether examples that only one of the two has were set aside on request."""
    differences: tuple[Difference, ...]
    claim_gates: tuple[ClaimGate, ...]
    contradictions: ContradictionGate | None
    """``None`` where no check was compared, or no texts were kept to tell claims apart."""
    claims: tuple[ClaimChange, ...]
    missing: tuple[str, ...]
    """What the baseline had and the run lacks, by name."""
    not_comparable: tuple[str, ...]
    """Which part of which signature, or which example, differs."""
    notes: tuple[str, ...]
    """New examples, systems, scorers, and how the comparison was made."""
    gate: Gate
    """The rules that it followed."""


EXIT_CODES: Mapping[Outcome, ExitCode] = {
    "pass": 0, "improved": 0, "regressed": 1, "missing": 1, "not comparable": 3, "inconclusive": 4,
}  # fmt: skip


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The gravest outcome; ``pass`` when there is none, ``improved`` when nothing is worse than that.

    >>> worst(["pass", "inconclusive", "improved"])
    'inconclusive'
    """
    found = set(outcomes)
    return next((outcome for outcome in _GRAVEST if outcome in found), "pass")
