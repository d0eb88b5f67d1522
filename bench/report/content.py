"""What a report of a run says, as plain data; the renderers only lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.aggregate import ALL_CHECKS, join_verdicts
from bench.record import RunRecord, read_inputs, read_record, read_scores
from bench.report.basis import Basis, ValueName, bases
from bench.types import Aggregate, Label, Role, Score, Verdict

ROLE_NOTES: Mapping[Role, str] = {"candidate": "", "floor": "floor", "ceiling": "ceiling"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table, as text; ``best`` among the candidates of its column."""

    text: str
    best: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One system's line of a table."""

    system: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Systems as rows, values as columns."""

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """What the marks of the best rest on, where it isn't all examples."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says about a claim, with the evidence's text."""

    check: str
    label: Label
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offender:
    """A claim that at least one check flags."""

    example_id: str
    system: str
    claim: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One run, ready to be laid out."""

    title: str
    facts: tuple[str, ...]
    tables: tuple[Table, ...]
    offenders: tuple[Offender, ...]
    offenders_left: int
    """Flagged claims of candidates that are not among ``offenders``."""
    warnings: tuple[str, ...]


def build_report(folder: Path, *, offenders_per_system: int = 3) -> Report:
    """Read a finished run's folder into a Report; InputError when it isn't one."""
    run = read_record(folder)
    compared = bases(folder, run)
    tables = [score_table(run, scorer, compared) for scorer in run.scorers]
    offenders: list[Offender] = []
    left = 0
    if run.claims:
        tables.append(claim_table(run))
        scores = [score for score in read_scores(folder) if score.verdicts]
        combined = [scorer for scorer, reader in run.scorers.items() if reader.kind == "combination"]
        inputs = list(read_inputs(folder))
        offenders, left = worst_offenders(scores, inputs, run.systems, offenders_per_system, combined)
    return Report(
        title=f"run {run.run_id}",
        facts=tuple(facts(run, folder)),
        tables=tuple(tables),
        offenders=tuple(offenders),
        offenders_left=left,
        warnings=run.warnings,
    )


def facts(run: RunRecord, folder: Path) -> Iterable[str]:
    """Where the numbers come from, a line each."""
    roles = list(run.systems.values())
    yield (
        f"{plural(run.examples, 'example')}, {plural(roles.count('candidate'), 'candidate system')}, "
        f"{plural(len(roles) - roles.count('candidate'), 'floor and ceiling', 'floors and ceilings')}"
    )
    commit, dirty = run.provenance.get("commit"), run.provenance.get("dirty")
    version = run.provenance.get("packages", {}).get("sumbench")
    yield f"sumbench {version}" + (f", commit {commit[:10]}{' with changes' if dirty else ''}" if commit else "")
    if run.overrides:
        yield "overrides: " + " ".join(run.overrides)
    yield f"files: {folder}"


def score_table(run: RunRecord, scorer: str, compared: Mapping[ValueName, Basis]) -> Table:
    """The headline values of one scorer; the best of a column by the examples that all candidates have."""
    record = run.scorers[scorer]
    of = {(a.system, a.value): a for a in run.aggregates if a.scorer == scorer}
    basis = {value: compared[scorer, value] for value in record.headline if (scorer, value) in compared}
    best = {value: best_systems(one, record.higher_is_better[value]) for value, one in basis.items()}
    rows = tuple(
        Row(
            system=system,
            note=ROLE_NOTES[role],
            cells=tuple(
                Cell(show_aggregate(of[system, value]), best=system in best.get(value, ())) for value in record.headline
            ),
        )
        for system, role in run.systems.items()
    )
    return Table(scorer, run.signatures[scorer], record.headline, rows, tuple(basis_notes(basis)))


def best_systems(basis: Basis, higher_is_better: bool | None) -> frozenset[str]:
    """The best candidates of a column."""
    names = list(basis.means)
    return frozenset(names[place] for place in best_of(list(basis.means.values()), higher_is_better))


def basis_notes(basis: Mapping[str, Basis]) -> Iterator[str]:
    """By which examples the best of each column was chosen, where some candidates have others; or why there is none."""
    by_count: dict[tuple[int, int, bool], list[str]] = {}
    for value, one in basis.items():
        if not one.alike:
            by_count.setdefault((one.shared, one.total, bool(one.means)), []).append(value)
    for (shared, total, enough), values in by_count.items():
        which = f" of {', '.join(values)}" if len(values) < len(basis) else ""
        if enough:
            yield f"best{which}: by the {shared} of {total} examples that all candidates have"
        else:
            yield f"no best{which}: the candidates have different examples, and share {shared or 'none'} of {total}"


def claim_table(run: RunRecord) -> Table:
    """How many claims of each system are supported, and how many each check flags."""
    checks = [scorer for scorer, record in run.scorers.items() if record.kind == "check"]
    of = {(count.system, count.scorer): count for count in run.claims}
    rows = []
    for system, role in run.systems.items():
        total = of[system, ALL_CHECKS]
        flagged = [of[system, check].unsupported + of[system, check].contradicted for check in checks]
        numbers = [total.claims, total.supported, total.unsupported + total.contradicted, total.unchecked, *flagged]
        rows.append(Row(system=system, note=ROLE_NOTES[role], cells=tuple(Cell(str(number)) for number in numbers)))
    return Table(
        title="claims",
        caption="claims of all examples; flagged: unsupported or contradicted, and how many each check flags",
        columns=("claims", "supported", "flagged", "unchecked", *checks),
        rows=tuple(rows),
    )


def worst_offenders(
    scores: Sequence[Score],
    inputs: Sequence[Mapping[str, Any]],
    roles: Mapping[str, Role],
    most: int,
    combined: Sequence[str] = (),
) -> tuple[list[Offender], int]:
    """The gravest flagged claims of each candidate system, and how many more there are.

    What scorers that combine others flag is shown where none of these does: elsewhere it is the same again.
    Gravest: flagged by most checks, then contradicted rather than unsupported, then least supported.
    """
    texts = {line["id"]: line for line in inputs}
    by_system: dict[str, list[tuple[tuple[float, ...], Offender]]] = {}
    for (example_id, system, start, end), verdicts in join_verdicts(scores).items():
        single = {check: verdict for check, verdict in verdicts.items() if check not in combined}
        for said in (single, verdicts):
            flagged = {check: v for check, v in said.items() if v.label in ("unsupported", "contradicted")}
            if flagged:
                break
        line = texts.get(example_id, {})
        if not flagged or roles.get(system) != "candidate" or "document" not in line:
            continue
        offender = Offender(
            example_id=example_id,
            system=system,
            claim=line["candidates"][system]["text"][start:end],
            findings=tuple(finding(check, verdict, line["document"]) for check, verdict in flagged.items()),
        )
        by_system.setdefault(system, []).append((gravity(flagged.values(), said.values()), offender))
    shown = [
        offender
        for system in roles
        for _, offender in sorted(by_system.get(system, []), key=lambda pair: pair[0])[:most]
    ]
    return shown, sum(len(found) for found in by_system.values()) - len(shown)


def gravity(flagged: Iterable[Verdict], verdicts: Iterable[Verdict]) -> tuple[float, ...]:
    """Sort key of a flagged claim: the gravest comes first."""
    labels = [verdict.label for verdict in flagged]
    degrees = [verdict.score for verdict in verdicts if verdict.score is not None]
    return (-len(labels), -labels.count("contradicted"), min(degrees, default=1.0))


def finding(check: str, verdict: Verdict, document: str) -> Finding:
    """A verdict with its evidence as text."""
    return Finding(
        check=check,
        label=verdict.label,
        reason=verdict.reason,
        evidence=tuple(" ".join(document[span.slice].split()) for span in verdict.evidence[:2]),
    )


def best_of(means: Sequence[float | None], higher_is_better: bool | None) -> frozenset[int]:
    """The places of the best means, none where neither direction is better or where most systems share the best.

    Means that differ by rounding alone, or that read the same, are equal.

    >>> sorted(best_of([0.1, 0.3, None, 0.1 + 0.2], False)), sorted(best_of([0.5, 0.5], True))
    ([0], [])
    """
    there = [mean for mean in means if mean is not None]
    if len(there) < 2 or higher_is_better is None:
        return frozenset()
    top = max(there) if higher_is_better else min(there)
    best = {
        place
        for place, mean in enumerate(means)
        if mean is not None and (abs(mean - top) <= 1e-12 or show_number(mean) == show_number(top))
    }
    # What most of them reach is no distinction.
    return frozenset(best) if 2 * len(best) <= len(there) else frozenset()


def show_aggregate(aggregate: Aggregate) -> str:
    """A mean with its interval, and how many examples it rests on where some are missing."""
    if aggregate.mean is None:
        return f"– (0/{aggregate.n_total})"
    text = show_number(aggregate.mean)
    if aggregate.ci_low is not None and aggregate.ci_high is not None:
        text += f" [{show_number(aggregate.ci_low)}, {show_number(aggregate.ci_high)}]"
    if aggregate.n_ok < aggregate.n_total:
        text += f" ({aggregate.n_ok}/{aggregate.n_total})"
    return text


def show_number(number: float) -> str:
    """Rounded for reading: four digits after the point below 1, fewer above; what rounds to zero has no sign.

    >>> [show_number(x) for x in (0.50534, 1.0, 12.3456, 1234.5, -0.00001)]
    ['0.5053', '1', '12.35', '1234.5', '0.0000']
    """
    if number == int(number) and abs(number) < 1e6:
        return str(int(number))
    digits = 4 if abs(number) < 1 else 2 if abs(number) < 100 else 1
    text = f"{number:.{digits}f}"
    return text if text.strip("-0.") else text.lstrip("-")


def show_signed(number: float) -> str:
    """A difference with its sign; what rounds to zero has none.

    >>> [show_signed(x) for x in (-0.0123, 0.5, 0.0, 0.00001)]
    ['-0.0123', '+0.5000', '0', '0.0000']
    """
    text = show_number(number)
    return f"+{text}" if number > 0 and text.strip("0.") else text


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> plural(1, "example"), plural(3, "example")
    ('1 example', '3 examples')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
