"""JUnit XML: the form that Jenkins and GitLab read, with a failure exactly when the build fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.comparing.comparison import ClaimGate, Comparison, ContradictionGate, Gate
from bench.report.junit import junit, readable


@dataclass(frozen=True)
class Rule:
    """What an element may hold, according to the junit-10 schema of Jenkins' xUnit plugin."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: bool = False


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MESSAGE = Rule(optional=names("type message"), text=True)
RULES = {
    "testsuites": Rule(optional=names("name time tests failures errors"), children=names("testsuite")),
    "testsuite": Rule(
        required=names("name tests failures errors"),
        optional=names("group time skipped timestamp hostname id package file log url"),
        children=names("testsuite properties testcase system-out system-err"),
    ),
    "testcase": Rule(
        required=names("name"),
        optional=names("time classname group"),
        children=names("skipped error failure system-out system-err"),
    ),
    "failure": MESSAGE,
    "error": MESSAGE,
    "skipped": MESSAGE,
    "system-out": Rule(text=True),
    "system-err": Rule(text=True),
}


def problems(root: ElementTree.Element) -> Iterator[str]:
    """What the schema, or a reader that counts, would complain about."""
    if root.tag not in ("testsuites", "testsuite"):
        yield f"root is {root.tag}"
    for element in root.iter():
        rule = RULES.get(element.tag)
        if rule is None:
            yield f"unknown element {element.tag}"
            continue
        attributes = set(element.attrib)
        if missing := rule.required - attributes:
            yield f"{element.tag} lacks {missing}"
        if extra := attributes - rule.required - rule.optional:
            yield f"{element.tag} may not have {extra}"
        if wrong := {child.tag for child in element} - rule.children:
            yield f"{element.tag} may not hold {wrong}"
        loose = [element.text or "", *(child.tail or "" for child in element)]
        if not rule.text and "".join(loose).strip():
            yield f"{element.tag} may not hold text"
        if "tests" in attributes:
            counts = {"tests": ".//testcase", "failures": ".//failure", "errors": ".//error", "skipped": ".//skipped"}
            for name, path in counts.items():
                if name in attributes and element.get(name) != str(len(element.findall(path))):
                    yield f"{element.tag} counts {name} wrong"
    places = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    if len(set(places)) < len(places):
        yield "GitLab would drop test cases with the same name"


def parsed(comparison: Comparison) -> ElementTree.Element:
    """As a reader of the file's bytes sees it."""
    return ElementTree.fromstring(junit(comparison).encode("utf-8"))  # noqa: S314 (our own)


def failures(root: ElementTree.Element) -> dict[tuple[str | None, str | None], str | None]:
    return {
        (case.get("classname"), case.get("name")): failure.get("type")
        for case in root.iter("testcase")
        for failure in case.iter("failure")
    }


def test_one_test_case_a_gated_value(ordinary: Comparison) -> None:
    root = parsed(ordinary)
    assert list(problems(root)) == []
    assert failures(root) == {
        ("sumbench", "verdict"): "regressed",
        ("rouge", "bart rouge1_f1"): "regressed",
        ("bertscore", "bart f1"): "not comparable",
        ("numbers", "newly flagged claims"): "regressed",
        ("sumbench", "newly contradicted claims"): "regressed",
        ("missing", "system oracle"): "missing",
        ("missing", "example e9"): "missing",
        ("not comparable", "bertscore: layer was 5, is 6"): "not comparable",
    }
    passing = {
        c.get("name"): c.findtext("system-out") or "" for c in root.iter("testcase") if c.find("failure") is None
    }
    assert set(passing) == {"lead rouge1_f1", "bart rouge2_f1", "bart unsupported"}
    assert passing["bart rouge2_f1"].startswith("inconclusive: 0.5053 → 0.4712")
    assert "412 documents" in passing["bart rouge2_f1"]
    assert "lower is better" in passing["bart unsupported"]


def test_gitlab_shows_the_content_alone_so_it_says_all(ordinary: Comparison) -> None:
    text = {c.get("name"): c.findtext("failure") or "" for c in parsed(ordinary).iter("testcase")}
    for part in ("$24 billion.", "contradicted: $24 billion; the document says", "worth $240 billion", "0 let through"):
        assert part in text["newly flagged claims"]
    for part in ("regressed", "0.5053 → 0.4712", "-0.0341 [-0.0502, -0.0180]", "margin 0.0100"):
        assert part in text["bart rouge1_f1"]
    assert "layer was 5, is 6" in text["bart f1"]


def test_an_ungated_check_is_no_test_case(made: Callable[..., Comparison]) -> None:
    comparison = made(claim_gates=(ClaimGate("entities", "pass", 5, 0, None), ClaimGate("quotes", "pass", 1, 0, 2)))
    names = [(c.get("classname"), c.get("name")) for c in parsed(comparison).iter("testcase")]
    assert names == [
        ("sumbench", "verdict"), ("sumbench", "newly contradicted claims"),
        ("rouge", "bart rouge1_f1"), ("quotes", "newly flagged claims"),
    ]  # fmt: skip
    ungated = replace(comparison, contradictions=ContradictionGate("pass", 3, None))
    assert "newly contradicted claims" not in [c.get("name") for c in parsed(ungated).iter("testcase")]


@pytest.mark.parametrize("fails", [False, True])
def test_inconclusive_fails_when_the_gate_says_so(
    made: Callable[..., Comparison], changed: Callable[..., object], fails: bool
) -> None:
    gate = Gate(margins={}, fail_on_inconclusive=fails)
    comparison = made(differences=(changed("inconclusive"),), gate=gate)
    both = dict.fromkeys([("sumbench", "verdict"), ("rouge", "bart rouge1_f1")], "inconclusive")
    assert failures(parsed(comparison)) == (both if fails else {})
    assert comparison.exit_code == (4 if fails else 0)


def test_nothing_gated_still_gives_a_test_case(made: Callable[..., Comparison]) -> None:
    root = parsed(made(differences=(), claim_gates=(), contradictions=None))
    assert [c.findtext("system-out") for c in root.iter("testcase")] == ["pass: no value was gated"]


def test_hostile_texts(nasty_comparison: Comparison) -> None:
    root = parsed(nasty_comparison)
    assert list(problems(root)) == []
    for line in junit(nasty_comparison).splitlines():
        assert not line.lstrip().startswith("::")


def test_what_xml_cant_hold_is_a_visible_sign() -> None:
    assert readable("a\x00b\x1bc\ud800d\ufffee\uffff") == "a␀b␛c\ufffdd\ufffde\ufffd"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff", "\x85"])
def test_no_character_breaks_the_file(made: Callable[..., Comparison], character: str) -> None:
    assert parsed(made(missing=(f"a{character}b",))).find(".//failure") is not None


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_valid_and_failing_exactly_when_the_build_fails(
    comparisons: st.SearchStrategy[Comparison], data: st.DataObject
) -> None:
    comparison = data.draw(comparisons)
    root = parsed(comparison)
    assert list(problems(root)) == []
    assert (root.get("failures") != "0") == (comparison.exit_code != 0)
    assert junit(comparison) == junit(replace(comparison))


def test_the_rules_see_what_is_wrong() -> None:
    wrong = (
        '<testsuites tests="2"><testsuite name="a" tests="1" failures="0">'
        '<testcase file="x">t<b/></testcase></testsuite></testsuites>'
    )
    assert list(problems(ElementTree.fromstring(wrong))) == [  # noqa: S314 (our own)
        "testsuites counts tests wrong",
        "testsuite lacks frozenset({'errors'})",
        "testcase lacks frozenset({'name'})",
        "testcase may not have {'file'}",
        "testcase may not hold {'b'}",
        "testcase may not hold text",
        "unknown element b",
    ]
