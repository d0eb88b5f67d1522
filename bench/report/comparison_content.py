"""What the outputs of a comparison say, as plain text; the renderers only escape it and lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bench.printable import printable
from bench.report.content import Finding, plural, show_number

if TYPE_CHECKING:
    from bench.comparing.comparison import ClaimGate, Comparison, ContradictionGate, Difference
    from bench.comparing.snapshot import Claim

Change = Literal["new", "contradicted", "mended"]
CHANGES: Mapping[Change, str] = {
    "new": "Newly flagged",
    "contradicted": "Flagged before, contradicted now",
    "mended": "Mended",
}
"""How a claim may have changed, and the heading of those that did; the good news last."""

_ORDER = ("regressed", "missing", "not comparable", "inconclusive", "improved", "pass")
"""As values are listed: what fails the build first."""


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """A claim that is newly flagged, newly contradicted or mended, with what each check says about it."""

    example_id: str
    system: str
    text: str
    """The claim, or its place where no texts were kept."""
    findings: tuple[Finding, ...]
    fails: bool
    """Whether no more such claims are let through."""


def verdict(comparison: Comparison) -> str:
    """The whole comparison in one line."""
    return f"{headline(comparison)}: {finding_line(comparison)}"


def headline(comparison: Comparison) -> str:
    """The outcome, and how many new contradictions there are beside it that don't fail the build."""
    found = comparison.contradictions
    if found is None or not found.new or found.outcome == "regressed":
        return comparison.outcome
    how = "not gated" if found.allowed is None else "let through"
    return f"{comparison.outcome}, with {plural(found.new, 'new contradiction')} {how}"


def finding_line(comparison: Comparison) -> str:
    """Why the outcome is what it is, and in short what there is besides."""
    by_outcome = dict(_findings(comparison))
    found = by_outcome.pop(comparison.outcome, [])
    besides = [f"{_count(comparison, outcome)} {outcome}" for outcome in by_outcome]
    lenient = comparison.outcome == "inconclusive" and comparison.exit_code == 0
    return (
        "; ".join(found)
        + (" (this doesn't fail the build)" if lenient else "")
        + (f"; besides, {', '.join(besides)}" if besides else "")
        + ("; only examples that both have were compared" if comparison.common_only else "")
    )


def _findings(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    """Outcomes that occur, gravest first, each with what it rests on."""
    base, total = comparison.baseline, plural(len(comparison.differences), "value")
    counts = {outcome: sum(d.outcome == outcome for d in comparison.differences) for outcome in _ORDER}
    worse = [gate_line(gate) for gate in comparison.claim_gates if gate.outcome == "regressed"]
    if count := counts["regressed"]:
        how = f"changed from {base}" if comparison.gate.fail_on_change else f"{are(count)} worse than {base}"
        worse.insert(0, f"{count} of {total} {how} by more than {its(count)} margin")
    worse += [contradiction_line(found) for found in failed_contradictions(comparison)]
    if worse:
        yield "regressed", worse
    if count := len(comparison.missing):
        yield "missing", [f"{plural(count, 'thing')} {are(count)} missing ({first(comparison.missing)})"]
    if count := len(comparison.not_comparable):
        differ = "recipe or example differs" if count == 1 else "recipes or examples differ"
        yield "not comparable", [f"{count} {differ} from {base}'s ({first(comparison.not_comparable)})"]
    if count := counts["inconclusive"]:
        yield "inconclusive", [f"{count} of {total} may be worse than {base} by more than {its(count)} margin"]
    if count := counts["improved"]:
        yield "improved", [f"{count} of {total} {are(count)} better than {base} by more than {its(count)} margin"]
    if comparison.outcome == "pass":
        none = f"none of {total} is worse than {base} by more than its margin"
        yield "pass", [none if comparison.differences else "no value was gated"]


def _count(comparison: Comparison, outcome: str) -> int:
    """How many things have an outcome."""
    things = {"missing": comparison.missing, "not comparable": comparison.not_comparable}.get(outcome)
    return len(things) if things is not None else sum(d.outcome == outcome for d in comparison.differences)


def first(things: Sequence[str]) -> str:
    """The first of several, and that there are more."""
    return things[0] + (", …" if len(things) > 1 else "")


def reasons(comparison: Comparison) -> list[str]:
    """What besides the values moved the outcome, a line each."""
    return [
        *(f"regressed: {gate_line(gate)}" for gate in comparison.claim_gates if gate.outcome == "regressed"),
        *(f"regressed: {contradiction_line(found)}" for found in failed_contradictions(comparison)),
        *(f"missing: {thing}" for thing in comparison.missing),
        *(f"not comparable: {what}" for what in comparison.not_comparable),
    ]


def gate_line(gate: ClaimGate) -> str:
    """The claims of one check in words."""
    text = f"{gate.scorer} newly flags {plural(gate.new, 'claim')}"
    text += " (not gated" if gate.allowed is None else f" ({gate.allowed} let through"
    return text + (f", {gate.mended} mended)" if gate.mended else ")")


def failed_contradictions(comparison: Comparison) -> list[ContradictionGate]:
    """The gate of contradictions where it fails the build; empty otherwise."""
    found = comparison.contradictions
    return [found] if found is not None and found.outcome == "regressed" else []


def contradiction_line(gate: ContradictionGate) -> str:
    """The newly contradicted claims in words."""
    limit = "not gated" if gate.allowed is None else f"{gate.allowed} let through"
    return f"{plural(gate.new, 'claim')} {are(gate.new)} newly contradicted, over all checks ({limit})"


def ranked(differences: Iterable[Difference]) -> list[Difference]:
    """Gravest outcomes first; within one, in the comparison's order."""
    return sorted(differences, key=lambda difference: _ORDER.index(difference.outcome))


def value_name(difference: Difference) -> str:
    """Scorer and value; an arrow where lower is better."""
    return f"{difference.scorer}.{difference.value}" + (" ↓" if difference.higher_is_better is False else "")


def numbers(difference: Difference) -> tuple[str, str, str, str, str]:
    """Baseline, run, difference, interval and margin; a dash for what wasn't computed."""
    low, high = difference.low, difference.high
    return (
        show(difference.baseline_mean),
        show(difference.run_mean),
        show_change(difference.difference),
        "" if low is None or high is None else f"[{show_change(low)}, {show_change(high)}]",
        show(difference.margin),
    )


def value_line(difference: Difference) -> str:
    """One value in one line."""
    before, now, change, interval, margin = numbers(difference)
    if difference.difference is None:
        return f"{difference.outcome}: {difference.reason}"
    lower = " (lower is better)" if difference.higher_is_better is False else ""
    parts = [f"{before} → {now}{lower}", f"difference {change} {interval}".rstrip(), f"margin {margin}"]
    return f"{difference.outcome}: {'; '.join([*parts, difference.reason, *power_line(difference)])}"


def power_line(difference: Difference) -> list[str]:
    """What an inconclusive value would need; empty for others."""
    if difference.outcome != "inconclusive":
        return []
    parts = []
    if difference.detectable is not None:
        count = plural(difference.documents, "document")
        parts.append(f"{count} could have shown a drop of {show(difference.detectable)}")
    if not difference.margin:
        parts.append("a margin of 0 can't be shown to hold, however many documents there are")
    elif difference.needed is not None:
        parts.append(f"{plural(difference.needed, 'document')} would show that nothing changed, were it so")
    return ["; ".join(parts)] if parts else []


def methods(comparison: Comparison) -> list[str]:
    """How values were judged, a line each way."""
    if comparison.gate.fail_on_change:
        return ["no statistics: every example's change beyond the margin counts"] if comparison.differences else []
    inferred = [d for d in comparison.differences if d.method == "bootstrap"]
    tolerated = [d for d in comparison.differences if d.method == "tolerance"]
    lines = []
    if inferred:
        level = f"{100 * (1 - comparison.gate.alpha):g} %"
        lines.append(
            f"bootstrap: {plural(len(inferred), 'value')} over {span([d.n for d in inferred], 'example')} of "
            f"{span([d.documents for d in inferred], 'document')}; {level} intervals; regressed and improved are "
            "corrected over all values (Holm)"
        )
    if tolerated:
        lines.append(
            f"tolerance: {plural(len(tolerated), 'value')} over {span([d.documents for d in tolerated], 'document')}, "
            "too few for inference: the margin alone decides"
        )
    return lines


def changed_claims(comparison: Comparison, change: Change) -> list[ChangedClaim]:
    """The claims that changed so, one entry for all checks that agree; those that fail the build first."""
    failing = {gate.scorer for gate in comparison.claim_gates if gate.outcome == "regressed"} if change == "new" else ()
    against = change != "mended" and bool(failed_contradictions(comparison))
    found: dict[tuple[object, ...], list[tuple[str, Claim]]] = {}
    for one in comparison.claims:
        if one.change == change:
            place = (one.example_id, one.system, one.claim.start, one.claim.end, one.claim.hash)
            found.setdefault(place, []).append((one.scorer, one.claim))
    claims = [
        ChangedClaim(
            example_id=str(place[0]),
            system=str(place[1]),
            text=claim_text(by_check[0][1]),
            findings=tuple(
                Finding(check, claim.label, claim.reason or "", tuple(flat(text) for text in claim.evidence[:2]))
                for check, claim in by_check
            ),
            fails=any(check in failing or (against and claim.label == "contradicted") for check, claim in by_check),
        )
        for place, by_check in found.items()
    ]
    return sorted(claims, key=lambda claim: not claim.fails)


def claim_text(claim: Claim) -> str:
    """A claim's words, or where they stand when they weren't kept."""
    if claim.text is None:
        return f"characters {claim.start} to {claim.end} (the text was not kept)"
    return flat(claim.text)


def show(number: float | None) -> str:
    """A number for reading, a dash for none; small ones keep a digit that says something.

    >>> show(0.25), show(0.000012), show(None)
    ('0.2500', '1.2e-05', '–')
    """
    if number is None:
        return "–"
    return f"{number:.1e}" if 0 < abs(number) < 0.00005 else show_number(number)


def show_change(number: float | None) -> str:
    """A difference for reading, with its sign.

    >>> show_change(0.25), show_change(-0.000012), show_change(0.0)
    ('+0.2500', '-1.2e-05', '0')
    """
    return ("+" if number and number > 0 else "") + show(number)


def span(counts: Sequence[int], noun: str) -> str:
    """The least and the most of several counts.

    >>> span([3, 5, 4], "example"), span([1, 1], "example")
    ('3 to 5 examples', '1 example')
    """
    least, most = min(counts), max(counts)
    return plural(most, noun) if least == most else f"{least} to {plural(most, noun)}"


def flat(text: str) -> str:
    """Text on one line, control characters made visible."""
    return printable(" ".join(text.split()))


def are(count: int) -> str:
    """The verb that goes with a count."""
    return "is" if count == 1 else "are"


def its(count: int) -> str:
    """The possessive that goes with a count."""
    return "its" if count == 1 else "their"
