"""The terminal and JSON outputs of a comparison, and the sentences that all outputs share."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.console import Console

import bench.data
from bench.comparing import comparison as records
from bench.comparing.compare import compare
from bench.comparing.comparison import ClaimChange, ClaimGate, Comparison, ContradictionGate, Gate, Margin
from bench.comparing.snapshot import Cell, ExampleHash, Snapshot
from bench.config.gate import FORMATS
from bench.record import ScorerRecord
from bench.report.comparison import RENDERERS, as_json, show
from bench.report.comparison_content import changed_claims, power_line, verdict
from bench.report.github import annotate

SCHEMA = json.loads((Path(bench.data.__file__).parent / "comparison.schema.json").read_text(encoding="utf-8"))


def shown(comparison: Comparison, width: int = 150, colour: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
    show(comparison, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def strict(text: str) -> Any:
    """Parsed and validated."""
    data = json.loads(text, parse_constant=refuse)
    Draft202012Validator(SCHEMA).validate(data)
    return data


def snapshot(name: str, values: Mapping[str, float], flagged: Mapping[str, Any]) -> Snapshot:
    """One system, a metric with one value an example and a check with one claim an example, where given."""
    cells = {(example, "bart", "rouge"): Cell("ok", {"f1": value}) for example, value in values.items()}
    cells |= {
        (example, "bart", "numbers"): Cell("ok", {}, (flagged[example],) if example in flagged else ())
        for example in values
    }
    scorers = {
        "rouge": ScorerRecord(kind="metric", higher_is_better={"f1": True}, headline=("f1",)),
        "numbers": ScorerRecord(kind="check", higher_is_better={}, headline=()),
    }
    hashes = {example: ExampleHash(example, example) for example in values}
    return Snapshot(
        name, name, None, dict.fromkeys(scorers, "x|version:1"), scorers, {"bart": "candidate"}, hashes, cells
    )


# --- the sentences ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], "pass: no value was gated"),
        (["pass"] * 3, "pass: none of 3 values is worse than main by more than its margin"),
        (
            ["regressed"] * 3 + ["pass"] * 21,
            "regressed: 3 of 24 values are worse than main by more than their margin",
        ),
        (
            ["regressed", "improved"],
            "regressed: 1 of 2 values is worse than main by more than its margin; besides, 1 improved",
        ),
        (
            ["inconclusive", "pass"],
            "inconclusive: 1 of 2 values may be worse than main by more than its margin (this doesn't fail the build)",
        ),
        (["improved"], "improved: 1 of 1 value is better than main by more than its margin"),
    ],
)  # fmt: skip
def test_the_verdict_in_one_line(
    made: Callable[..., Comparison], changed: Callable[..., Any], outcomes: list[str], expected: str
) -> None:
    assert verdict(made(differences=tuple(map(changed, outcomes)))) == expected


def test_the_verdict_of_what_isnt_a_value(made: Callable[..., Comparison]) -> None:
    gates = (ClaimGate("numbers", "regressed", 3, 0, 1),)
    assert verdict(made(claim_gates=gates)) == "regressed: numbers newly flags 3 claims (1 let through)"
    assert verdict(made(missing=("a", "b"))) == "missing: 2 things are missing (a, …)"
    assert verdict(made(not_comparable=("rouge: x",))) == (
        "not comparable: 1 recipe or example differs from main's (rouge: x)"
    )


@pytest.mark.parametrize("outcome", ["pass", "improved", "inconclusive"])
@pytest.mark.parametrize(("allowed", "how"), [(None, "not gated"), (12, "let through")])
def test_no_bare_pass_over_new_contradictions(
    made: Callable[..., Comparison], changed: Callable[..., Any], outcome: str, allowed: int | None, how: str
) -> None:
    contradictions = ContradictionGate("pass", 12, allowed)
    comparison = made(differences=(changed(outcome),), contradictions=contradictions)
    told = f"{outcome}, with 12 new contradictions {how}"
    assert verdict(comparison).startswith(f"{told}: ")
    assert verdict(replace(comparison, contradictions=ContradictionGate("pass", 0, allowed))).startswith(f"{outcome}: ")
    for text in (shown(comparison), annotate(comparison), *(render(comparison) for render in RENDERERS.values())):
        assert told in text.replace("%2C", ",")
    # In GitHub's list it is a warning, never a mere notice.
    assert annotate(comparison).startswith("::warning")


def test_new_contradictions_fail_and_come_first(made: Callable[..., Comparison], flagged: Callable[..., Any]) -> None:
    changes = (
        ClaimChange("new", "e1", "s", "support", flagged(label="unsupported")),
        ClaimChange("new", "e2", "s", "relations", flagged()),
        ClaimChange("contradicted", "e3", "s", "relations", flagged()),
    )
    comparison = made(claims=changes, contradictions=ContradictionGate("regressed", 2, 0))
    line = "2 claims are newly contradicted, over all checks (0 let through)"
    assert verdict(comparison) == f"regressed: {line}"
    assert [(c.example_id, c.fails) for c in changed_claims(comparison, "new")] == [("e2", True), ("e1", False)]
    assert [(c.example_id, c.fails) for c in changed_claims(comparison, "contradicted")] == [("e3", True)]
    for text in (shown(comparison), annotate(comparison), *(render(comparison) for render in RENDERERS.values())):
        assert line in text.replace("%2C", ",")
    assert "flagged before, contradicted now" in shown(comparison)


def test_what_was_set_aside_is_said_everywhere(made: Callable[..., Comparison]) -> None:
    comparison = made(common_only=True)
    for text in (shown(comparison), *(render(comparison) for render in RENDERERS.values())):
        assert "only examples that both have were compared" in text


def test_every_change_counts(made: Callable[..., Comparison], changed: Callable[..., Any]) -> None:
    gate = Gate(margins={}, fail_on_change=True)
    comparison = made(differences=(changed("regressed", method="tolerance"),), gate=gate)
    assert verdict(comparison) == "regressed: 1 of 1 value changed from main by more than its margin"
    assert "no statistics" in shown(comparison)


def test_what_an_inconclusive_value_would_need(changed: Callable[..., Any]) -> None:
    assert power_line(changed("regressed")) == []
    assert "412 documents would show" in power_line(changed("inconclusive"))[0]
    assert "a margin of 0 can't be shown to hold" in power_line(changed("inconclusive", needed=None, margin=0.0))[0]
    assert power_line(changed("inconclusive", detectable=None))[0].startswith("412 documents would show")
    assert power_line(changed("inconclusive", detectable=None, needed=None)) == []
    assert power_line(changed("inconclusive", needed=None)) == ["90 documents could have shown a drop of 0.0213"]


def test_checks_that_flag_the_same_claim_are_one_entry(
    made: Callable[..., Comparison], flagged: Callable[..., Any]
) -> None:
    changes = tuple(
        ClaimChange("new", example, "s", check, flagged())
        for example, check in (("e1", "entities"), ("e2", "entities"), ("e2", "numbers"))
    )
    gates = (ClaimGate("entities", "pass", 2, 0, None), ClaimGate("numbers", "regressed", 1, 0, 0))
    claims = changed_claims(made(claims=changes, claim_gates=gates), "new")
    # What fails the build comes first.
    assert [(c.example_id, [f.check for f in c.findings], c.fails) for c in claims] == [
        ("e2", ["entities", "numbers"], True),
        ("e1", ["entities"], False),
    ]


# --- the terminal -------------------------------------------------------------------------------


def test_the_terminal_shows_the_verdict_then_why_then_the_values(ordinary: Comparison) -> None:
    text = shown(ordinary)
    parts = [
        verdict(ordinary),
        "regressed: numbers newly flags 1 claim (0 let through, 1 mended)",
        "missing: system oracle",
        "not comparable: bertscore: layer was 5, is 6",
        "-0.0341 [-0.0502, -0.0180]",
        "↓ lower is better",
        "bootstrap: 4 values over 100 examples of 90 documents",
        "412 documents would show that nothing changed",
        "entities newly flags 1 claim (not gated)",
        "bart (ex1) Trade reached $24 billion.",
        "contradicted [numbers] $24 billion; the document says $240 billion",
        "document: worth $240 billion in 2023",
        "characters 3 to 30 (the text was not kept)",
        "new systems, not compared: pegasus",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    rows = [line.split() for line in text.splitlines() if re.search(r"(rouge|bertscore|numbers)\.", line)]
    table = [row[-1] for row in rows if row[-1] in ("regressed", "comparable", "inconclusive", "improved", "pass")]
    assert table == ["regressed", "comparable", "inconclusive", "improved", "pass"]


def test_many_passes_are_only_counted(made: Callable[..., Comparison], changed: Callable[..., Any]) -> None:
    passes = tuple(changed("pass", system=f"s{i}") for i in range(50))
    text = shown(made(differences=(*passes, changed("regressed", system="worse"))))
    assert "50 values that pass" in text
    assert "worse" in text
    assert "s7 " not in text


def test_long_lists_say_what_is_left(
    made: Callable[..., Comparison], changed: Callable[..., Any], flagged: Callable[..., Any]
) -> None:
    comparison = made(
        differences=tuple(changed("regressed", system=f"s{i}") for i in range(100)),
        missing=tuple(f"example {i}" for i in range(100)),
        claims=tuple(ClaimChange("new", f"e{i}", "s", "numbers", flagged()) for i in range(100)),
    )
    text = shown(comparison)
    for left in ("… and 80 more", "… and 60 values more", "… and 90 claims more"):
        assert left in text


def test_no_inference_is_said(made: Callable[..., Comparison], changed: Callable[..., Any]) -> None:
    one = changed("regressed", method="tolerance", n=1, documents=1, low=None, high=None, detectable=None)
    text = shown(made(differences=(one,)))
    assert "tolerance: 1 value over 1 document, too few for inference" in text
    assert "[" not in next(line for line in text.splitlines() if "rouge.rouge1_f1" in line)


@pytest.mark.parametrize("width", [40, 80, 109, 110, 300])
def test_any_width_loses_no_number(ordinary: Comparison, width: int) -> None:
    text = " ".join(shown(ordinary, width).split())
    assert all(part in text for part in ("0.5053", "-0.0341 [-0.0502, -0.0180]", "0.0100", "inconclusive"))


@pytest.mark.parametrize("width", [40, 80, 300])
def test_what_an_inconclusive_value_needs_is_told_once(ordinary: Comparison, width: int) -> None:
    """Below a table; in a list, for which a narrow terminal has room, beside the value."""
    assert " ".join(shown(ordinary, width).split()).count("could have shown a drop") == 1


def test_hostile_texts_steer_no_terminal(nasty_comparison: Comparison, nasty_text: str) -> None:
    text = shown(nasty_comparison, 200)
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text) is None
    if "[red]" in nasty_text:
        assert "[red]x[/red] [link=http://x.y]z[/link]" in text
    coloured = shown(nasty_comparison, 200, colour=True)
    assert set(re.findall("\x1b(.)", coloured)) == {"["}
    assert "\x1b[2J" not in coloured
    assert "\x1b]8" not in coloured


# --- JSON ---------------------------------------------------------------------------------------


def test_json_has_every_field(ordinary: Comparison) -> None:
    data = strict(as_json(ordinary))
    assert set(data) == {"schema_version", "verdict", *(field.name for field in fields(Comparison))}
    assert data["verdict"] == verdict(ordinary)
    assert [d["outcome"] for d in data["differences"]] == [d.outcome for d in ordinary.differences]
    assert data["claims"][0]["claim"]["text"] == "Trade reached $24 billion."


def test_the_schema_has_every_field_and_no_other() -> None:
    for name in ("Difference", "ClaimGate", "ContradictionGate", "ClaimChange", "Gate"):
        definition = SCHEMA["$defs"][name]
        assert list(definition["properties"]) == [field.name for field in fields(getattr(records, name))]
    for name, node in SCHEMA["$defs"].items():
        assert node["additionalProperties"] is False
        optional = {"reason", "text", "evidence"} if name == "Claim" else set()
        assert {*node["required"], *optional} == set(node["properties"])


def test_the_schema_refuses(ordinary: Comparison) -> None:
    good = strict(as_json(ordinary))
    validator = Draft202012Validator(SCHEMA)
    for wrong in ({"outcome": "fine"}, {"exit_code": 2}, {"extra": 1}, {"missing": [1]}, {"schema_version": 2}):
        assert list(validator.iter_errors({**good, **wrong})), wrong


def test_hostile_texts_are_strict_json(nasty_comparison: Comparison, nasty_text: str) -> None:
    text = as_json(nasty_comparison)
    assert strict(text.encode("utf-8").decode("utf-8"))["run"] == nasty_text


def test_no_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        strict("NaN")


def test_every_format_has_its_renderer() -> None:
    assert {"terminal", *RENDERERS} == set(FORMATS)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_comparison_in_any_output(comparisons: st.SearchStrategy[Comparison], data: st.DataObject) -> None:
    comparison = data.draw(comparisons)
    strict(as_json(comparison))
    assert shown(comparison).startswith(comparison.outcome)
    assert as_json(comparison) == as_json(replace(comparison))


@pytest.mark.parametrize("examples", [1, 40])
def test_what_compare_finds_goes_through_all(flagged: Callable[..., Any], examples: int) -> None:
    """From snapshots on: too few examples for inference, and enough."""
    before = snapshot("main", {f"e{i}": 0.5 + (i % 7) / 100 for i in range(examples)}, {})
    now = snapshot("new", {f"e{i}": 0.4 + (i % 5) / 100 for i in range(examples)}, {"e0": flagged()})
    comparison = compare(before, now, Gate({"rouge.f1": Margin(0.01)}, {"numbers": 0}, resamples=10_000))
    data = strict(as_json(comparison))
    assert (data["outcome"], data["exit_code"]) == ("regressed", 1)
    assert data["differences"][0]["method"] == ("tolerance" if examples == 1 else "bootstrap")
    for text in (shown(comparison), *(render(comparison) for render in RENDERERS.values())):
        assert "1 of 1 value is worse than main" in text
        assert "Trade reached" in text
