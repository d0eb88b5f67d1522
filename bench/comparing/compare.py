"""Two snapshots in, one comparison out: what is worse, what is missing, what can't be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from bench.comparing.comparison import (
    EXIT_CODES,
    ClaimChange,
    ClaimGate,
    Comparison,
    ContradictionGate,
    Difference,
    Gate,
    Outcome,
    worst,
)
from bench.comparing.judge import Column, columns_of, judge
from bench.comparing.matching import Matching, gated_systems, lost_values, match_examples, missing_things, nothing_left
from bench.comparing.snapshot import Snapshot, no_garbage
from bench.errors import InputError


def compare(baseline: Snapshot, run: Snapshot, gate: Gate, *, common_only: bool = False) -> Comparison:
    """Compare a run with a baseline; InputError when nothing is left to compare.

    ``common_only`` sets aside examples that only one of the two has, or that differ.
    """
    with no_garbage():
        return _compare(baseline, run, gate, common_only)


def _compare(baseline: Snapshot, run: Snapshot, gate: Gate, common_only: bool) -> Comparison:
    matching = match_examples(baseline, run)
    if common_only and not matching.shared:
        raise InputError(f"{baseline.name} and {run.name} share no example: nothing is left to compare")
    for pattern in gate.systems:
        if not any(fnmatchcase(system, pattern) for system in baseline.systems):
            known = ", ".join(baseline.systems) or "none"
            raise InputError(f"gates.systems: {baseline.name} has no system {pattern!r}; it has: {known}")
    systems = [system for system in gated_systems(baseline, gate) if system in run.systems]
    foreign = {
        scorer: parts
        for scorer, recipe in baseline.signatures.items()
        if scorer in run.signatures and (parts := signature_difference(recipe, run.signatures[scorer]))
    }
    comparable = [scorer for scorer in baseline.scorers if scorer in run.scorers and scorer not in foreign]
    lost = lost_values(baseline, run, matching, comparable, systems)
    thinner = [] if gate.fail_on_change else list(nothing_left(lost, matching))
    missing = list(missing_things(baseline, run, matching, gate, comparable, lost, common_only))
    if gate.fail_on_change:
        # What is new is a change too: the baseline should have it.
        back = matching.reversed()
        new = lost_values(run, baseline, back, comparable, systems)
        lacks = missing_things(run, baseline, back, gate, comparable, new, common_only)
        missing += [f"in the baseline: {thing}" for thing in lacks]
    not_comparable = [f"{scorer}: {parts}" for scorer, parts in foreign.items()]
    if not common_only:
        not_comparable += [f"example {example}: document or references differ" for example in matching.changed]
    columns = [column for scorer in comparable for column in columns_of(baseline, scorer, systems, gate)]
    differences = [
        *judge(columns, baseline, run, matching.shared, gate),
        *_foreign_differences(baseline, foreign, systems, gate),
    ]
    told_apart = baseline.words and run.words
    claims = _claim_changes(baseline, run, matching, systems, comparable) if told_apart else []
    claim_gates = _gate_claims(claims, baseline, comparable, gate)
    contradictions = _gate_contradictions(claims, gate) if claim_gates and told_apart else None
    limited: list[ClaimGate | ContradictionGate] = [*claim_gates, *([contradictions] if contradictions else [])]
    limits = [claim_gate for claim_gate in limited if claim_gate.allowed is not None]
    if not (differences or limits or missing or not_comparable):
        # Nothing was looked at: that is no pass.
        raise InputError(
            f"{baseline.name} and {run.name} have nothing in common that is gated: no value with a margin, "
            "no check with a limit; see gates.margins, gates.new_claims, gates.new_contradictions and gates.systems"
        )
    outcomes: list[Outcome] = [difference.outcome for difference in differences]
    outcomes += [claim_gate.outcome for claim_gate in limited]
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
        contradictions=contradictions,
        claims=tuple(claims),
        missing=tuple(missing),
        not_comparable=tuple(not_comparable),
        notes=(
            *notes(baseline, run, matching, common_only),
            *thinner,
            *never(columns, differences),
            *_gate_notes(baseline, comparable, gate),
        ),
        gate=gate,
    )


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


def _foreign_differences(
    baseline: Snapshot, foreign: Mapping[str, str], systems: Sequence[str], gate: Gate
) -> Iterator[Difference]:
    """The values that can't be compared because their recipes differ, and why."""
    for scorer, parts in foreign.items():
        for column in columns_of(baseline, scorer, systems, gate):
            yield Difference(column.system, scorer, column.value, "not comparable", parts, column.higher_is_better)


def _claim_changes(
    baseline: Snapshot, run: Snapshot, matching: Matching, systems: Sequence[str], scorers: Sequence[str]
) -> list[ClaimChange]:
    """Claims that are newly flagged, newly contradicted, or flagged no more, told apart by their words."""
    changes = []
    checks = [scorer for scorer in scorers if baseline.scorers[scorer].kind == "check"]
    for example, other in matching.shared.items():
        for system in systems:
            for scorer in checks:
                before = baseline.cells.get((example, system, scorer))
                now = run.cells.get((other, system, scorer))
                if before is None or now is None or now.status != "ok" or not (before.claims or now.claims):
                    continue
                flagged, known = {c.hash for c in now.claims}, {c.hash for c in before.claims}
                contradicted = {c.hash for c in before.claims if c.label == "contradicted"}
                for claim in now.claims:
                    if claim.hash not in known:
                        changes.append(ClaimChange("new", example, system, scorer, claim))
                    elif claim.label == "contradicted" and claim.hash not in contradicted:
                        changes.append(ClaimChange("contradicted", example, system, scorer, claim))
                changes += [
                    ClaimChange("mended", example, system, scorer, claim)
                    for claim in before.claims
                    if claim.hash not in flagged
                ]
    return changes


def _gate_claims(
    changes: Sequence[ClaimChange], baseline: Snapshot, scorers: Sequence[str], gate: Gate
) -> list[ClaimGate]:
    """The number of newly flagged claims of each check against what is let through."""
    gates = []
    for scorer in scorers:
        if baseline.scorers[scorer].kind != "check":
            continue
        new = sum(change.change == "new" for change in changes if change.scorer == scorer)
        mended = sum(change.change == "mended" for change in changes if change.scorer == scorer)
        allowed = gate.allowed(scorer)
        failed = allowed is not None and new > allowed
        gates.append(ClaimGate(scorer, "regressed" if failed else "pass", new, mended, allowed))
    return gates


def _gate_contradictions(changes: Sequence[ClaimChange], gate: Gate) -> ContradictionGate:
    """The number of newly contradicted claims, over all checks, against what is let through."""
    new = len(
        {
            (change.example_id, change.system, change.claim.start, change.claim.end)
            for change in changes
            if change.change != "mended" and change.claim.label == "contradicted"
        }
    )
    allowed = gate.new_contradictions
    return ContradictionGate("regressed" if allowed is not None and new > allowed else "pass", new, allowed)


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
    if not (baseline.texts and run.texts):
        lacking = run if baseline.texts else baseline
        yield f"{lacking.name} holds no hashes of its summaries, so it isn't known which changed: save it again"


def never(columns: Sequence[Column], differences: Sequence[Difference]) -> Iterator[str]:
    """The gated values that no example has in both."""
    compared = {(difference.system, difference.scorer, difference.value) for difference in differences}
    names = [
        f"{column.scorer}.{column.value} of {column.system}"
        for column in columns
        if (column.system, column.scorer, column.value) not in compared
    ]
    if names:
        yield f"no example has it in both, so not compared: {_some(names)}"


def _gate_notes(baseline: Snapshot, scorers: Sequence[str], gate: Gate) -> Iterator[str]:
    """What the gate doesn't look at, and which of its margins find nothing."""
    values = [
        (scorer, value, higher is not None)
        for scorer, record in baseline.scorers.items()
        for value, higher in record.higher_is_better.items()
    ]
    directed = [(scorer, value) for scorer, value, has_direction in values if has_direction and scorer in scorers]
    free = [f"{scorer}.{value}" for scorer, value in directed if gate.margin(scorer, value) is None]
    if not gated_systems(baseline, gate):
        yield "no system is gated: the baseline has no candidate"
    if free and len(free) == len(directed):
        yield "no value is gated: none has a margin"
    elif free:
        yield f"without a margin, so not gated: {_some(free)}"
    names = [f"{scorer}.{value}" for scorer, value, _ in values]
    idle = [pattern for pattern in gate.margins if not any(fnmatchcase(name, pattern) for name in names)]
    if idle:
        yield f"margins that no value of the baseline has: {_some(idle)}"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
