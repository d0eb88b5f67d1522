"""One verdict a claim from those of several checks: the rule, by every combination of labels."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import gmean

from bench.checks.calibration import CALIBRATION, FLAGS, Calibration, calibration_json, read_calibration
from bench.checks.consistency import Consistency, combined
from bench.checks.support import Support
from bench.errors import InputError
from bench.scorer import Scorer, signature
from bench.types import Candidate, ErrorKind, Example, Label, Pair, Score, Span, Verdict

CLAIM = Span(0, 11)
LABELS: tuple[Label, ...] = ("contradicted", "unsupported", "supported", "unchecked")
TEXT = "Xi met Putin. They talked."
EVEN = Calibration(
    0.0, {"support": 1.0, "contradicted": -2.0, "unsupported": -1.0}, 0.4, {"support": "support|version:1"},
    ("entities", "numbers"), {},
)  # fmt: skip
"""The probability is support's score where no rule flags; below .4 a claim is flagged."""


def verdict(label: Label, kind: ErrorKind | None = None, score: float | None = 0.5, place: int = 0) -> Verdict:
    flagged = label in ("contradicted", "unsupported")
    return Verdict(
        CLAIM,
        label,
        None if label == "unchecked" else score,
        f"{label} at {place}",
        (Span(place, place + 1),),
        kind,
        (Span(place, place + 2),) if flagged else (),
    )


def make_pair(text: str = TEXT) -> Pair:
    return Pair(Example("e", "Xi met Putin in Beijing.", ("r",)), Candidate("e", "s", text))


@pytest.mark.parametrize("labels", list(product(LABELS, repeat=3)))
@pytest.mark.parametrize("score", [0.2, 0.9])
def test_rules_first_then_the_probability(labels: tuple[Label, ...], score: float) -> None:
    said = {check: verdict(label) for check, label in zip(("a", "b"), labels, strict=False)}
    said["support"] = verdict(labels[2], score=score)
    found = combined(CLAIM, said, EVEN, boilerplate=False)
    rule = min(labels[:2], key=LABELS.index)
    known = labels[2] != "unchecked"
    odds = math.log(score / (1 - score)) - 2 * (rule == "contradicted") - (rule == "unsupported")
    assert found.score == (pytest.approx(1 / (1 + math.exp(-odds))) if known else None)
    if rule in FLAGS:
        assert found.label == rule, "a rule decides"
    elif known and score < 0.4:
        assert found.label == "unsupported", "else the probability"
    else:
        # Right names and numbers are not all that a claim says.
        reading = labels[2:] if known else labels[:2]
        assert found.label == ("supported" if "supported" in reading else "unchecked"), "however probable"
    assert (found.kind is None) == (found.label in ("supported", "unchecked"))
    assert found.claim == CLAIM
    if found.label == "unchecked":
        assert found.reason.startswith(labels[2])


def test_what_grades_flags_nothing_by_itself() -> None:
    """Below its own threshold, but as probable as the combination asks: nothing speaks for it, nothing against it."""
    found = combined(CLAIM, {"support": verdict("unsupported", "unsupported", 0.45)}, EVEN, boilerplate=False)
    assert (found.label, found.kind, found.score) == ("unchecked", None, pytest.approx(0.45))
    assert found.reason == "unsupported at 0"
    found = combined(CLAIM, {"support": verdict("unsupported", "unsupported", 0.35)}, EVEN, boilerplate=False)
    assert (found.label, found.kind, found.reason) == ("unsupported", "unsupported", "unsupported at 0")


def test_a_named_error_beats_a_missing_match() -> None:
    said = {
        "support": verdict("unchecked", None, 0.2, 5),
        "entities": verdict("unsupported", "entity", 0, 3),
    }
    found = combined(CLAIM, said, EVEN, boilerplate=False)
    assert found.kind == "entity"
    assert found.marks == (Span(3, 5),)
    said["numbers"] = verdict("contradicted", "number", 0.0, 7)
    found = combined(CLAIM, said, EVEN, boilerplate=False)
    assert (found.label, found.kind) == ("contradicted", "number")
    assert found.reason.split("; ")[0] == "contradicted at 7"
    assert found.evidence[0] == Span(7, 8)


def test_boilerplate_is_a_kind_of_its_own() -> None:
    flagged = combined(CLAIM, {"support": verdict("unsupported", "boilerplate")}, EVEN, boilerplate=True)
    assert (flagged.label, flagged.kind) == ("unsupported", "boilerplate")
    copied = combined(CLAIM, {"support": verdict("supported")}, EVEN, boilerplate=True)
    assert (copied.label, copied.kind) == ("supported", None)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(0.005, 0.995))
def test_the_probability_is_the_logistic_of_a_sum(
    intercept: float, weight: float, unsupported: float, contradicted: float, score: float
) -> None:
    weights = {"entail": weight, "unsupported": unsupported, "contradicted": contradicted}
    added = {"unsupported": unsupported, "contradicted": contradicted, "supported": 0.0, "unchecked": 0.0}
    for label in LABELS:
        expected = float(expit(intercept + weight * logit(score) + added[label]))
        found = Calibration(intercept, weights, 0.5, {}, (), {}).probability({"entail": score}, label)
        assert found == pytest.approx(expected)


class Said(Scorer):
    """A check that says what it is told to."""

    higher_is_better = {"unsupported": False}

    def __init__(self, name: str, version: int = 1) -> None:
        self.name, self.version = name, version

    def signature(self) -> str:
        return signature(self.name, version=self.version)


def test_values_and_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "even.json"
    path.write_text(calibration_json(EVEN), encoding="utf-8")
    consistency = Consistency(checks=["entities", "support"], calibration=str(path))
    assert consistency.warnings() == ["without entities, support, which this run doesn't have"]
    alone = consistency.signature()
    consistency.attach({"entities": Said("entities"), "support": Said("support", 2), "other": Said("other")})
    [warning] = consistency.warnings()
    assert "calibrated for other settings, or without them, of support" in warning
    consistency.attach({"entities": Said("entities"), "support": Said("support"), "other": Said("other")})
    assert consistency.warnings() == []
    assert consistency.signature() != alone
    more = Consistency(checks=["entities", "support", "entail"], calibration=str(path))
    more.attach({name: Said(name) for name in ("entities", "support", "entail")})
    [warning] = more.warnings()
    assert "of entail" in warning, "its labels weren't there when the probability was fitted"
    pair = make_pair()
    first, second = Span(0, 13), Span(14, 26)
    entities = [
        Verdict(first, "contradicted", 0.0, "not Xi", (Span(0, 2),), "entity", (Span(0, 2),)),
        Verdict(second, "unchecked", None, "no names"),
    ]
    support = [Verdict(first, "supported", 0.9, "there"), Verdict(second, "unchecked", 0.3, "nothing says so")]
    scores = {
        "entities": Said("entities").ok(pair, {"unsupported": 0}, entities),
        "support": Said("support").ok(pair, {"unsupported": 1}, support),
    }
    score = consistency.combine(pair, scores)
    assert [found.label for found in score.verdicts] == ["contradicted", "unsupported"]
    assert [found.kind for found in score.verdicts] == ["entity", "unsupported"]
    assert score.values["claims"] == 2
    assert score.values["supported_share"] == 0
    chances = [float(expit(logit(0.9) - 2)), 0.3]
    assert score.values["consistency"] == pytest.approx(gmean(chances))
    assert score.values["flawless"] == pytest.approx(math.prod(chances))
    assert score.error is None

    failed = Score("e", "s", "support", "error", error="out of memory")
    score = consistency.combine(pair, {**scores, "support": failed})
    assert "consistency" not in score.values
    assert [found.label for found in score.verdicts] == ["contradicted", "unchecked"]
    assert "support: out of memory" in (score.error or "")


def test_alone_it_judges_nothing_and_says_so() -> None:
    [score] = Consistency().score([make_pair()])
    assert {found.label for found in score.verdicts} == {"unchecked"}
    assert "none of the checks" in score.verdicts[0].reason
    assert "supported_share" not in score.values
    [empty] = Consistency().score([make_pair(" ")])
    assert empty.status == "undefined"


def test_bad_input() -> None:
    with pytest.raises(InputError, match="at least one check"):
        Consistency(checks=[])


def test_the_shipped_support_is_what_the_probability_was_calibrated_for() -> None:
    consistency = Consistency(checks=["support"])
    consistency.attach({"support": Support()})
    assert consistency.warnings() == []
    assert consistency.calibration is not None
    assert consistency.calibration.graders == ("support",)


def test_another_calibration_is_another_recipe(tmp_path: Path) -> None:
    signatures = set()
    for threshold in (0.4, 0.5):
        path = tmp_path / f"{threshold}.json"
        path.write_text(calibration_json(replace(EVEN, threshold=threshold)), encoding="utf-8")
        consistency = Consistency(calibration=str(path))
        consistency.attach({"support": Said("support")})
        signatures.add(consistency.signature())
    assert len(signatures) == 2


def test_a_run_without_what_grades_has_no_probability() -> None:
    consistency = Consistency(checks=["numbers"])
    consistency.attach({"numbers": Said("numbers")})
    assert consistency.calibration is None
    assert "calibration:none" in consistency.signature()
    said = Said("numbers").ok(make_pair(), {}, [Verdict(Span(0, 13), "supported", 1.0, "there")])
    score = consistency.combine(make_pair(), {"numbers": said})
    assert "consistency" not in score.values
    assert "no claim has a score of support" in (score.error or "")


def test_the_shipped_weights_point_where_they_should() -> None:
    """More support and entailment make a claim likelier, a contradiction less likely than a missing thing."""
    shipped, _ = read_calibration(CALIBRATION)
    assert shipped.weights["contradicted"] < shipped.weights["unsupported"] < 0 < shipped.weights["supported"]
    assert all(shipped.weights[grader] > 0 for grader in shipped.graders)
    assert 0 < shipped.threshold < 1
