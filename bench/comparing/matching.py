"""What two snapshots have in common by content, and what one of them lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bench.comparing.comparison import Gate
from bench.comparing.snapshot import Snapshot


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


@dataclass(frozen=True, slots=True)
class LostValue:
    """A value that a cell of the baseline has and the run's lacks."""

    value: str
    example: str
    reason: str
    excused: bool
    """The scorer ran and found nothing to judge (a summary without a number), and has the value elsewhere."""


Lost = Mapping[tuple[str, str], Sequence[LostValue]]
"""By scorer and system."""


def lost_values(
    baseline: Snapshot, run: Snapshot, matching: Matching, scorers: Sequence[str], systems: Sequence[str]
) -> Lost:
    """The values that the baseline's cells have and the run's lack."""
    return {
        (scorer, system): _lost_of(baseline, run, matching, scorer, system) for scorer in scorers for system in systems
    }


def _lost_of(baseline: Snapshot, run: Snapshot, matching: Matching, scorer: str, system: str) -> list[LostValue]:
    """The same for one scorer and system."""
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


def missing_things(
    baseline: Snapshot,
    run: Snapshot,
    matching: Matching,
    gate: Gate,
    scorers: Sequence[str],
    lost: Lost,
    common_only: bool,
) -> Iterator[str]:
    """What the baseline had and the run lacks: examples, systems, scorers, values, cells."""
    if not common_only:
        yield from (f"example {example}" for example in matching.lacking)
    yield from (f"system {system}" for system in gated_systems(baseline, gate) if system not in run.systems)
    yield from (f"scorer {scorer}" for scorer in baseline.scorers if scorer not in run.scorers)
    for scorer in scorers:
        gone = set(baseline.scorers[scorer].higher_is_better) - set(run.scorers[scorer].higher_is_better)
        yield from (f"value {scorer}.{value}" for value in sorted(gone))
        for system, values in ((system, values) for (of, system), values in lost.items() if of == scorer):
            named = [
                f"{each.value} of example {each.example} ({each.reason})"
                for each in values
                if each.value not in gone and (gate.fail_on_change or not each.excused)
            ]
            if named:
                more = f", and {len(named) - 1} more" if len(named) > 1 else ""
                yield f"{scorer} of {system}: {named[0]}{more}"


def nothing_left(lost: Lost, matching: Matching) -> Iterator[str]:
    """Values that are absent only because there is nothing left to judge: a note, not a failure."""
    for (scorer, system), values in lost.items():
        for value, count in Counter(each.value for each in values if each.excused).items():
            examples = f"{count} of {len(matching.shared)} examples"
            yield f"{scorer}.{value} of {system}: nothing left to judge in {examples}"
