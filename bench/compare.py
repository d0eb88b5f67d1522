"""Two snapshots in, one comparison out: what is worse, what is missing, what can't be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bench.comparison import EXIT_CODES, ClaimChange, ClaimGate, Comparison, Difference, Gate, Outcome, worst
from bench.errors import InputError
from bench.judge import Column, columns_of, judge
from bench.snapshot import Snapshot, no_garbage


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

    def reversed(self) -> Matching:
        """The same, seen from the run."""
        return Matching({run: baseline for baseline, run in self.shared.items()}, self.changed, self.new, self.lacking)


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
    thinner = [] if gate.fail_on_change else list(nothing_left(baseline, run, matching, comparable, systems))
    missing = list(missing_things(baseline, run, matching, gate, systems, comparable, common_only))
    if gate.fail_on_change:
        # What is new is a change too: the baseline should have it.
        lacks = missing_things(run, baseline, matching.reversed(), gate, systems, comparable, common_only)
        missing += [f"in the baseline: {thing}" for thing in lacks]
    not_comparable = [f"{scorer}: {parts}" for scorer, parts in foreign.items()]
    if not common_only:
        not_comparable += [f"example {example}: document or references differ" for example in matching.changed]
    columns = [column for scorer in comparable for column in columns_of(baseline, scorer, systems, gate)]
    differences = [
        *judge(columns, baseline, run, matching.shared, gate),
        *foreign_differences(baseline, foreign, systems, gate),
    ]
    claims = claim_changes(baseline, run, matching, systems, comparable) if baseline.words and run.words else []
    claim_gates = gate_claims(claims, baseline, comparable, gate)
    limits = [claim_gate for claim_gate in claim_gates if claim_gate.allowed is not None]
    if not (differences or limits or missing or not_comparable):
        # Nothing was looked at: that is no pass.
        raise InputError(
            f"{baseline.name} and {run.name} have nothing in common that is gated: no value with a margin, "
            "no check with a limit; see gates.margins, gates.new_claims and gates.systems"
        )
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
        notes=(
            *notes(baseline, run, matching, common_only),
            *thinner,
            *never(columns, differences),
            *gate_notes(baseline, comparable, gate),
        ),
        gate=gate,
    )


def match_examples(baseline: Snapshot, run: Snapshot) -> Matching:
    """Pair examples by content, whatever their ids and order; equal contents pair in the order of their ids."""
    # An example that kept its id pairs with itself, also where another has the same content.
    shared = {
        example: example
        for example, hashes in baseline.examples.items()
        if example in run.examples and run.examples[example].content == hashes.content
    }
    waiting: dict[str, list[str]] = {}
    for example in sorted(run.examples.keys() - shared.keys(), reverse=True):
        waiting.setdefault(run.examples[example].content, []).append(example)
    unmatched = []
    for example in sorted(baseline.examples.keys() - shared.keys()):
        same = waiting.get(baseline.examples[example].content)
        if same:
            shared[example] = same.pop()
        else:
            unmatched.append(example)
    shared = dict(sorted(shared.items()))
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
                f"{each.value} of example {each.example} ({each.reason})"
                for each in lost_values(baseline, run, matching, scorer, system)
                if each.value not in gone and (gate.fail_on_change or not each.excused)
            ]
            if lost:
                more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
                yield f"{scorer} of {system}: {lost[0]}{more}"


@dataclass(frozen=True, slots=True)
class LostValue:
    """A value that a cell of the baseline has and the run's lacks."""

    value: str
    example: str
    reason: str
    excused: bool
    """The scorer ran and found nothing to judge (a summary without a number), and has the value elsewhere."""


def lost_values(baseline: Snapshot, run: Snapshot, matching: Matching, scorer: str, system: str) -> list[LostValue]:
    """The values that the baseline's cells of one system and scorer have and the run's lack."""
    before = {example: baseline.cells.get((example, system, scorer)) for example in matching.shared}
    now = {example: run.cells.get((other, system, scorer)) for example, other in matching.shared.items()}
    lost = [
        (value, example, found)
        for example, cell in before.items()
        if cell is not None
        for found in [now[example]]
        if found is None or not cell.values.keys() <= found.values.keys()
        for value in cell.values
        if found is None or value not in found.values
    ]
    somewhere = {value for cell in now.values() if cell for value in cell.values} if lost else set()
    return [
        LostValue(
            value=value,
            example=example,
            reason=(found.error or found.status) if found else "no such cell",
            excused=found is not None and found.status == "ok" and value in somewhere,
        )
        for value, example, found in lost
    ]


def nothing_left(
    baseline: Snapshot, run: Snapshot, matching: Matching, scorers: Sequence[str], systems: Sequence[str]
) -> Iterator[str]:
    """Values that are absent only because there is nothing left to judge: a note, not a failure."""
    for scorer in scorers:
        for system in systems:
            lost = lost_values(baseline, run, matching, scorer, system)
            excused = Counter(each.value for each in lost if each.excused)
            for value, count in excused.items():
                examples = f"{count} of {len(matching.shared)} examples"
                yield f"{scorer}.{value} of {system}: nothing left to judge in {examples}"


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
    checks = [scorer for scorer in scorers if baseline.scorers[scorer].kind == "check"]
    for example, other in matching.shared.items():
        for system in systems:
            for scorer in checks:
                before = baseline.cells.get((example, system, scorer))
                now = run.cells.get((other, system, scorer))
                if before is None or now is None or now.status != "ok" or not (before.claims or now.claims):
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
        allowed = gate.allowed(scorer)
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


def gate_notes(baseline: Snapshot, scorers: Sequence[str], gate: Gate) -> Iterator[str]:
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
