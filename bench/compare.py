"""Two snapshots in, differences and verdicts out: is the run worse than the baseline?

The question is asked as a non-inferiority test. A value may fall by its margin; the bootstrap
interval of the mean paired difference decides:

- the whole interval above minus the margin: ``pass`` (``improved`` if it lies above plus the margin);
- the whole interval below minus the margin: ``regressed``;
- else ``inconclusive``, with the drop that this many examples could have shown.

``regressed`` and ``improved`` are corrected over all compared values (Holm). ``pass`` needs no
correction: the build passes only when every value does (Berger 1982, intersection-union test).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.errors import InputError
from bench.significance import detectable_drop, examples_needed, holm, resample_means
from bench.snapshot import Claim, Snapshot

Outcome = Literal["pass", "improved", "regressed", "inconclusive", "not comparable", "missing"]
Method = Literal["bootstrap", "tolerance"]

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
    """Check to the number of newly flagged claims that is let through; other checks are only shown."""
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

    def margin(self, scorer: str, value: str) -> Margin | None:
        """The margin of a value; ``None``: not gated."""
        name = f"{scorer}.{value}"
        return next((margin for pattern, margin in self.margins.items() if fnmatchcase(name, pattern)), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one system, in both."""

    system: str
    scorer: str
    value: str
    outcome: Outcome
    reason: str
    higher_is_better: bool
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
    """Documents needed to show that nothing changed, where the outcome is inconclusive."""


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that a check flags in one of the two only."""

    change: Literal["new", "mended"]
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
class Comparison:
    """Everything that a comparison found; every output is made from this."""

    baseline: str
    run: str
    outcome: Outcome
    exit_code: int
    common_only: bool
    """Whether examples that only one of the two has were set aside on request."""
    differences: tuple[Difference, ...]
    claim_gates: tuple[ClaimGate, ...]
    claims: tuple[ClaimChange, ...]
    missing: tuple[str, ...]
    """What the baseline had and the run lacks, by name."""
    not_comparable: tuple[str, ...]
    """Which part of which signature, or which example, differs."""
    notes: tuple[str, ...]
    """New examples, systems, scorers, and how the comparison was made."""


EXIT_CODES: Mapping[Outcome, int] = {
    "pass": 0, "improved": 0, "regressed": 1, "missing": 1, "not comparable": 3, "inconclusive": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matching:
    """Which examples of two snapshots are the same, by content."""

    shared: Mapping[str, str]
    """Example id in the baseline to example id in the run."""
    changed: tuple[str, ...]
    """Ids that both have, for different content."""
    lacking: tuple[str, ...]
    """Ids of the baseline whose content the run doesn't have."""
    new: tuple[str, ...]
    """Ids of the run whose content the baseline doesn't have."""


@dataclass(frozen=True, slots=True)
class Column:
    """One value of one system, to be compared over the shared examples."""

    system: str
    scorer: str
    value: str
    margin: Margin
    higher_is_better: bool


def compare(baseline: Snapshot, run: Snapshot, gate: Gate, *, common_only: bool = False) -> Comparison:
    """Compare a run with a baseline; InputError when nothing is left to compare.

    ``common_only`` sets aside examples that only one of the two has, or that differ.
    """
    matching = match_examples(baseline, run)
    if common_only and not matching.shared:
        raise InputError(f"{baseline.name} and {run.name} share no example: nothing is left to compare")
    systems = [system for system in gated_systems(baseline, gate) if system in run.systems]
    foreign = {
        scorer: parts
        for scorer, recipe in baseline.signatures.items()
        if scorer in run.signatures and (parts := signature_difference(recipe, run.signatures[scorer]))
    }
    comparable = [scorer for scorer in baseline.scorers if scorer in run.scorers and scorer not in foreign]
    missing = list(missing_things(baseline, run, matching, gate, systems, comparable, common_only))
    not_comparable = [f"{scorer}: {parts}" for scorer, parts in foreign.items()]
    if not common_only:
        not_comparable += [f"example {example}: document or references differ" for example in matching.changed]
    columns = [column for scorer in comparable for column in columns_of(baseline, scorer, systems, gate)]
    differences = [
        *judge(columns, baseline, run, matching, gate),
        *foreign_differences(baseline, foreign, systems, gate),
    ]
    claims = claim_changes(baseline, run, matching, systems, comparable) if baseline.words and run.words else []
    claim_gates = gate_claims(claims, baseline, comparable, gate)
    outcomes: list[Outcome] = [difference.outcome for difference in differences]
    outcomes += [claim_gate.outcome for claim_gate in claim_gates]
    if missing:
        outcomes.append("missing")
    if not_comparable:
        outcomes.append("not comparable")
    overall = worst(outcomes)
    lenient = overall == "inconclusive" and not gate.fail_on_inconclusive
    return Comparison(
        baseline=baseline.name,
        run=run.name,
        outcome=overall,
        exit_code=0 if lenient else EXIT_CODES[overall],
        common_only=common_only,
        differences=tuple(differences),
        claim_gates=tuple(claim_gates),
        claims=tuple(claims),
        missing=tuple(missing),
        not_comparable=tuple(not_comparable),
        notes=tuple(notes(baseline, run, matching, common_only)),
    )


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The gravest outcome; ``pass`` when there is none, ``improved`` when nothing is worse than that.

    >>> worst(["pass", "inconclusive", "improved"])
    'inconclusive'
    """
    found = set(outcomes)
    return next((outcome for outcome in _GRAVEST if outcome in found), "pass")


def match_examples(baseline: Snapshot, run: Snapshot) -> Matching:
    """Pair examples by content, whatever their ids and order; equal contents pair in the order of their ids."""
    waiting: dict[str, list[str]] = {}
    for example in sorted(run.examples, reverse=True):
        waiting.setdefault(run.examples[example].content, []).append(example)
    shared, unmatched = {}, []
    for example in sorted(baseline.examples):
        # An example that kept its id pairs with itself also where another has the same content.
        same = waiting.get(baseline.examples[example].content, [])
        if same:
            shared[example] = same.pop(same.index(example) if example in same else -1)
        else:
            unmatched.append(example)
    new = set(run.examples) - set(shared.values())
    return Matching(
        shared=shared,
        changed=tuple(example for example in unmatched if example in new),
        lacking=tuple(example for example in unmatched if example not in new),
        new=tuple(sorted(new - set(unmatched))),
    )


def gated_systems(baseline: Snapshot, gate: Gate) -> list[str]:
    """The baseline's systems that the gate asks for: by pattern, or all candidates."""
    if not gate.systems:
        return [system for system, role in baseline.systems.items() if role == "candidate"]
    return [system for system in baseline.systems if any(fnmatchcase(system, pattern) for pattern in gate.systems)]


def signature_difference(baseline: str, run: str) -> str:
    """The parts in which two signatures differ, in words; empty when they are equal.

    >>> signature_difference("rouge|version:1|stemmer:porter", "rouge|version:1|stemmer:none")
    'stemmer was porter, is none'
    """
    before, now = (dict(part.partition(":")[::2] for part in text.split("|")[1:]) for text in (baseline, run))
    parts = [
        f"{part} was {before.get(part, 'absent')}, is {now.get(part, 'absent')}"
        for part in {**before, **now}
        if before.get(part) != now.get(part)
    ]
    return "; ".join(parts) or ("" if baseline == run else f"signature was {baseline}, is {run}")


def missing_things(
    baseline: Snapshot,
    run: Snapshot,
    matching: Matching,
    gate: Gate,
    systems: Sequence[str],
    comparable: Sequence[str],
    common_only: bool,
) -> Iterator[str]:
    """What the baseline had and the run lacks: examples, systems, scorers, values, cells."""
    if not common_only:
        yield from (f"example {example}" for example in matching.lacking)
    yield from (f"system {system}" for system in gated_systems(baseline, gate) if system not in run.systems)
    yield from (f"scorer {scorer}" for scorer in baseline.scorers if scorer not in run.scorers)
    for scorer in comparable:
        gone = set(baseline.scorers[scorer].higher_is_better) - set(run.scorers[scorer].higher_is_better)
        yield from (f"value {scorer}.{value}" for value in sorted(gone))
        for system in systems:
            lost = [
                f"{value} of example {example} ({run_cell.error if run_cell else 'no such cell'})"
                for example, other in matching.shared.items()
                if (cell := baseline.cells.get((example, system, scorer)))
                for run_cell in [run.cells.get((other, system, scorer))]
                for value in cell.values
                if value not in gone and (run_cell is None or value not in run_cell.values)
            ]
            if lost:
                more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
                yield f"{scorer} of {system}: {lost[0]}{more}"


def columns_of(baseline: Snapshot, scorer: str, systems: Sequence[str], gate: Gate) -> Iterator[Column]:
    """The values of a scorer that have a direction and a margin, for each system."""
    for value, higher in baseline.scorers[scorer].higher_is_better.items():
        margin = gate.margin(scorer, value)
        if margin is not None and higher is not None:
            yield from (Column(system, scorer, value, margin, higher) for system in systems)


def table(snapshot: Snapshot, columns: Sequence[Column], examples: Sequence[str]) -> NDArray[np.float64]:
    """Values of shape (examples, columns); NaN where a cell lacks the value."""
    values = np.full((len(examples), len(columns)), np.nan)
    for index, column in enumerate(columns):
        for row, example in enumerate(examples):
            cell = snapshot.cells.get((example, column.system, column.scorer))
            if cell is not None:
                values[row, index] = cell.values.get(column.value, np.nan)
    return values


def judge(
    columns: Sequence[Column], baseline: Snapshot, run: Snapshot, matching: Matching, gate: Gate
) -> list[Difference]:
    """The difference and the outcome of every column, Holm-corrected over those that allow inference."""
    if not columns or not matching.shared:
        return []
    before = table(baseline, columns, list(matching.shared))
    now = table(run, columns, list(matching.shared.values()))
    both = ~np.isnan(before) & ~np.isnan(now)
    direction = np.array([1.0 if column.higher_is_better else -1.0 for column in columns])
    # Positive is better, in every column.
    gains = np.where(both, (now - before) * direction, np.nan)
    clusters = [baseline.examples[example].document for example in matching.shared]
    means = resample_means(gains, clusters, resamples=gate.resamples, seed=gate.seed)
    with np.errstate(invalid="ignore"):
        count = both.sum(axis=0)
        before_mean = np.where(both, before, 0.0).sum(axis=0) / count
        now_mean = np.where(both, now, 0.0).sum(axis=0) / count
    margins = np.array(
        [column.margin.of(mean if n else 0.0) for column, mean, n in zip(columns, before_mean, count, strict=True)]
    )
    inferred = means.clusters >= max(2, gate.min_documents)
    low, high = means.interval(1.0 - gate.alpha)
    p_regressed = holm(np.where(inferred, means.p_below(-margins), np.nan))
    p_improved = holm(np.where(inferred, means.p_above(margins), np.nan))
    level = gate.alpha / 2
    tests = max(1, int(inferred.sum()))
    judged = []
    for i, column in enumerate(columns):
        n, documents = int(count[i]), int(means.clusters[i])
        if not n:
            continue
        gain, margin, error = float(means.mean[i]), float(margins[i]), float(means.standard_error[i])
        detectable = needed = None
        if not inferred[i]:
            outcome, reason = by_tolerance(gain, margin, documents)
        else:
            outcome, reason = by_inference(
                float(low[i]), float(high[i]), margin, float(p_regressed[i]), float(p_improved[i]), level
            )
            detectable = detectable_drop(error, documents, margin, level / tests, gate.power)
            if outcome == "inconclusive" and margin > 0:
                needed = examples_needed(error, documents, margin, level, gate.power)
        ends = (float(low[i]), float(high[i])) if column.higher_is_better else (-float(high[i]), -float(low[i]))
        judged.append(
            Difference(
                system=column.system,
                scorer=column.scorer,
                value=column.value,
                outcome=outcome,
                reason=reason,
                higher_is_better=column.higher_is_better,
                baseline_mean=float(before_mean[i]),
                run_mean=float(now_mean[i]),
                difference=gain * float(direction[i]),
                low=ends[0] if inferred[i] else None,
                high=ends[1] if inferred[i] else None,
                margin=margin,
                n=n,
                documents=documents,
                method="bootstrap" if inferred[i] else "tolerance",
                p_regressed=float(p_regressed[i]) if inferred[i] else None,
                detectable=detectable,
                needed=needed,
            )
        )
    return judged


_ROUNDING = 1e-12
"""Differences below this are the rounding of sums, not changes."""


def by_tolerance(gain: float, margin: float, documents: int) -> tuple[Outcome, str]:
    """The outcome without inference: the margin as a plain tolerance."""
    few = f"{documents} document{'s' if documents != 1 else ''} allow no inference"
    if gain < -margin - _ROUNDING:
        return "regressed", f"worse by more than the tolerance; {few}"
    if gain > margin + _ROUNDING:
        return "improved", f"better by more than the tolerance; {few}"
    return "pass", f"within the tolerance; {few}"


def by_inference(
    low: float, high: float, margin: float, p_regressed: float, p_improved: float, level: float
) -> tuple[Outcome, str]:
    """The outcome from the interval of the gain (positive is better) and the corrected p-values."""
    if p_regressed <= level:
        return "regressed", "worse by more than the margin"
    if low >= -margin - _ROUNDING:
        if p_improved <= level:
            return "improved", "better by more than the margin"
        return "pass", "not worse by more than the margin"
    if high < -margin:
        return "inconclusive", "below the margin, but not for sure among so many values"
    return "inconclusive", "the interval reaches below the margin"


def foreign_differences(
    baseline: Snapshot, foreign: Mapping[str, str], systems: Sequence[str], gate: Gate
) -> Iterator[Difference]:
    """The values that can't be compared because their recipes differ, and why."""
    for scorer, parts in foreign.items():
        for column in columns_of(baseline, scorer, systems, gate):
            yield Difference(column.system, scorer, column.value, "not comparable", parts, column.higher_is_better)


def claim_changes(
    baseline: Snapshot, run: Snapshot, matching: Matching, systems: Sequence[str], scorers: Sequence[str]
) -> list[ClaimChange]:
    """Claims that are newly flagged, or flagged no more, told apart by their words."""
    changes = []
    for example, other in matching.shared.items():
        for system in systems:
            for scorer in scorers:
                before = baseline.cells.get((example, system, scorer))
                now = run.cells.get((other, system, scorer))
                if before is None or now is None or now.status != "ok":
                    continue
                flagged, known = {c.hash for c in now.claims}, {c.hash for c in before.claims}
                changes += [
                    ClaimChange("new", example, system, scorer, claim)
                    for claim in now.claims
                    if claim.hash not in known
                ]
                changes += [
                    ClaimChange("mended", example, system, scorer, claim)
                    for claim in before.claims
                    if claim.hash not in flagged
                ]
    return changes


def gate_claims(
    changes: Sequence[ClaimChange], baseline: Snapshot, scorers: Sequence[str], gate: Gate
) -> list[ClaimGate]:
    """The number of newly flagged claims of each check against what is let through."""
    gates = []
    for scorer in scorers:
        if baseline.scorers[scorer].kind != "check":
            continue
        new = sum(change.change == "new" for change in changes if change.scorer == scorer)
        mended = sum(change.change == "mended" for change in changes if change.scorer == scorer)
        allowed = gate.new_claims.get(scorer)
        failed = allowed is not None and new > allowed
        gates.append(ClaimGate(scorer, "regressed" if failed else "pass", new, mended, allowed))
    return gates


def notes(baseline: Snapshot, run: Snapshot, matching: Matching, common_only: bool) -> Iterator[str]:
    """What is new, what was set aside, and what could not be compared without being worse."""
    if common_only:
        aside = [*matching.lacking, *matching.changed, *matching.new]
        yield f"only the {len(matching.shared)} examples that both have were compared, {len(aside)} set aside"
    elif matching.new:
        yield f"new examples, not compared: {_some(matching.new)}"
    for what, before, now in (
        ("systems", baseline.systems, run.systems),
        ("scorers", baseline.scorers, run.scorers),
    ):
        new = [name for name in now if name not in before]
        if new:
            yield f"new {what}, not compared: {_some(new)}"
    if not (baseline.words and run.words):
        yield "claims were not compared: one of the runs kept no texts"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
