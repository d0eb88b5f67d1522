"""One verdict a claim from those of several checks: the rule, by every combination of labels."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from bench.checks.consistency import CALIBRATION, THRESHOLD, WEIGHTS, Consistency, Weights, combined, probability
from bench.checks.support import Support
from bench.errors import InputError
from bench.scorer import Scorer, signature
from bench.types import Candidate, ErrorKind, Example, Label, Pair, Score, Span, Verdict

CLAIM = Span(0, 11)
LABELS: tuple[Label, ...] = ("contradicted", "unsupported", "supported", "unchecked")
TEXT = "Xi met Putin. They talked."


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
def test_the_gravest_label_decides(labels: tuple[Label, ...]) -> None:
    said = {check: verdict(label) for check, label in zip(("a", "b", "support"), labels, strict=True)}
    found = combined(CLAIM, said, "support", boilerplate=False)
    assert found.label == min(labels, key=LABELS.index)
    assert (found.kind is None) == (found.label in ("supported", "unchecked"))
    assert (found.score is None) == (labels[2] == "unchecked")
    assert found.claim == CLAIM
    if found.label == "unchecked":
        assert found.reason.startswith("unchecked")


def test_a_named_error_beats_a_missing_match() -> None:
    said = {
        "support": verdict("unsupported", "unsupported", 0.2, 5),
        "entities": verdict("unsupported", "entity", 0, 3),
    }
    found = combined(CLAIM, said, "support", boilerplate=False)
    assert found.kind == "entity"
    assert found.marks == (Span(3, 5), Span(5, 7))
    said["numbers"] = verdict("contradicted", "number", 0.0, 7)
    found = combined(CLAIM, said, "support", boilerplate=False)
    assert (found.label, found.kind) == ("contradicted", "number")
    assert found.reason.split("; ")[0] == "contradicted at 7"
    assert found.evidence[0] == Span(7, 8)


def test_boilerplate_is_a_kind_of_its_own() -> None:
    flagged = combined(CLAIM, {"support": verdict("unsupported", "unsupported")}, "support", boilerplate=True)
    assert (flagged.label, flagged.kind) == ("unsupported", "boilerplate")
    copied = combined(CLAIM, {"support": verdict("supported")}, "support", boilerplate=True)
    assert (copied.label, copied.kind) == ("supported", None)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.floats(0, 1))
def test_the_probability_is_the_logistic_of_a_sum(
    intercept: float, weight: float, unsupported: float, contradicted: float, score: float
) -> None:
    weights = Weights(intercept, weight, unsupported, contradicted)
    added = {"unsupported": unsupported, "contradicted": contradicted, "supported": 0.0, "unchecked": 0.0}
    for label in LABELS:
        expected = float(expit(intercept + weight * score + added[label]))
        assert probability(weights, score, label) == pytest.approx(expected)


class Said(Scorer):
    """A check that says what it is told to."""

    higher_is_better = {"unsupported": False}

    def __init__(self, name: str) -> None:
        self.name = name

    def signature(self) -> str:
        return signature(self.name, version=1)


def test_values_and_what_is_missing() -> None:
    consistency = Consistency(checks=["entities", "support"])
    assert consistency.warnings() == ["without entities, support, which this run doesn't have"]
    alone = consistency.signature()
    consistency.attach({"entities": Said("entities"), "support": Said("support"), "other": Said("other")})
    [warning] = consistency.warnings()
    assert "calibrated for other settings of support" in warning
    assert consistency.signature() != alone
    pair = make_pair()
    first, second = Span(0, 13), Span(14, 26)
    entities = [
        Verdict(first, "contradicted", 0.0, "not Xi", (Span(0, 2),), "entity", (Span(0, 2),)),
        Verdict(second, "unchecked", None, "no names"),
    ]
    support = [Verdict(first, "supported", 0.9, "there"), Verdict(second, "unsupported", 0.3, "nothing says so")]
    scores = {
        "entities": Said("entities").ok(pair, {"unsupported": 0}, entities),
        "support": Said("support").ok(pair, {"unsupported": 1}, support),
    }
    score = consistency.combine(pair, scores)
    assert [found.label for found in score.verdicts] == ["contradicted", "unsupported"]
    assert [found.kind for found in score.verdicts] == ["entity", "unsupported"]
    assert score.values["claims"] == 2
    assert score.values["supported_share"] == 0
    mean = (probability(WEIGHTS, 0.9, "contradicted") + probability(WEIGHTS, 0.3, "unchecked")) / 2
    assert score.values["consistency"] == pytest.approx(mean)
    assert score.values["doubtful"] == 2
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
    consistency.attach({"support": Support(layers=[4])})
    assert len(consistency.warnings()) == 1


def test_the_calibration_stands_in_the_record() -> None:
    assert Consistency().details() == CALIBRATION
    assert CALIBRATION["threshold"].startswith(f"{THRESHOLD}:")
    chances = [probability(WEIGHTS, 0.95, label) for label in LABELS]
    assert chances[0] < chances[1] < chances[2] == chances[3]
    assert chances[0] < THRESHOLD < chances[2]
