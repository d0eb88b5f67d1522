"""A comparison as JUnit XML: each gated value is a test case.

The form is the one that Jenkins' xUnit plugin checks (its junit-10 schema) and GitLab reads. GitLab
shows a failure's content, not its message, takes ``classname`` for the suite, and keeps only the
first of test cases with the same name; so the content says all, and names are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from bench.report import comparison_content as content

if TYPE_CHECKING:
    from bench.comparing.comparison import ClaimChange, Comparison, Difference

_NOT_XML = re.compile("[\ufffe\uffff]")
"""Beyond control characters and half surrogate pairs, the characters that XML 1.0 doesn't allow."""
_MOST_CLAIMS = 50


@dataclass(frozen=True, slots=True)
class Case:
    """One test case."""

    suite: str
    name: str
    failure: str | None
    """The kind of failure, ``None`` when it passes."""
    text: str


def junit(comparison: Comparison) -> str:
    """The whole comparison as one JUnit XML document. It has a failure exactly when the exit code isn't 0."""
    root = ElementTree.Element("testsuites", name=readable(f"sumbench: {comparison.run} against {comparison.baseline}"))
    suites: dict[str, ElementTree.Element] = {}
    taken: set[tuple[str, str]] = set()
    for case in cases(comparison):
        name, number = case.name, 1
        while (case.suite, name) in taken:
            number += 1
            name = f"{case.name} ({number})"
        taken.add((case.suite, name))
        if case.suite not in suites:
            suites[case.suite] = ElementTree.SubElement(root, "testsuite", name=case.suite)
        element = ElementTree.SubElement(suites[case.suite], "testcase", classname=case.suite, name=name)
        if case.failure:
            message = case.text.partition("\n")[0]
            ElementTree.SubElement(element, "failure", type=case.failure, message=message).text = case.text
        else:
            ElementTree.SubElement(element, "system-out").text = case.text
    for suite in suites.values():
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(len(suite.findall("testcase/failure"))))
        suite.set("errors", "0")
        suite.set("skipped", "0")
    root.set("tests", str(len(taken)))
    root.set("failures", str(len(root.findall("testsuite/testcase/failure"))))
    root.set("errors", "0")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def cases(comparison: Comparison) -> Iterator[Case]:
    """The test cases: the verdict, each value, each gated check's claims, each thing missing or not comparable."""
    about = [content.verdict(comparison), *content.methods(comparison), *(f"note: {note}" for note in comparison.notes)]
    yield case("sumbench", "verdict", comparison.outcome if comparison.exit_code else None, *about)
    for difference in comparison.differences:
        name = f"{difference.system} {difference.value}"
        yield case(difference.scorer, name, kind(difference, comparison), content.value_line(difference))
    for gate in comparison.claim_gates:
        if gate.allowed is not None:
            failure = "regressed" if gate.outcome == "regressed" else None
            claims = [one for one in comparison.claims if one.change == "new" and one.scorer == gate.scorer]
            yield case(gate.scorer, "newly flagged claims", failure, content.gate_line(gate), *claim_lines(claims))
    if (found := comparison.contradictions) and found.allowed is not None:
        failure = "regressed" if found.outcome == "regressed" else None
        claims = [one for one in comparison.claims if one.change != "mended" and one.claim.label == "contradicted"]
        lines = (content.contradiction_line(found), *claim_lines(claims))
        yield case("sumbench", "newly contradicted claims", failure, *lines)
    for thing in comparison.missing:
        yield case("missing", thing, "missing", f"missing: {thing}")
    for what in comparison.not_comparable:
        yield case("not comparable", what, "not comparable", f"not comparable: {what}")


def case(suite: str, name: str, failure: str | None, *lines: str) -> Case:
    """A test case whose texts XML can hold; no text of a user begins a line."""
    return Case(readable(suite), readable(name), failure, "\n".join(readable(line) for line in lines))


def kind(difference: Difference, comparison: Comparison) -> str | None:
    """The kind of a value's failure; ``None`` when it doesn't fail the build."""
    fails = difference.outcome in ("regressed", "missing", "not comparable")
    lenient = not comparison.gate.fail_on_inconclusive
    return difference.outcome if fails or (difference.outcome == "inconclusive" and not lenient) else None


def claim_lines(claims: Sequence[ClaimChange]) -> Iterator[str]:
    """Claims with reason and evidence."""
    for one in claims[:_MOST_CLAIMS]:
        yield f"- {one.system} ({one.example_id}): {content.claim_text(one.claim)}"
        yield f"• {one.claim.label}: {one.claim.reason or ''}"
        yield from (f"• document: {text}" for text in one.claim.evidence[:2])
    if len(claims) > _MOST_CLAIMS:
        yield f"… and {len(claims) - _MOST_CLAIMS} more"


def readable(text: str) -> str:
    """Text on one line that XML 1.0 can hold: what it can't becomes a visible sign.

    >>> readable("a\\x00b\\uffff ]]>")
    'a␀b� ]]>'
    """
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", content.flat(text))
