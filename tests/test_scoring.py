"""A scorer's failures cost cells, never the run, and each says why."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench import record
from bench.errors import InputError, MissingExtra
from bench.scorer import Scorer, Undefined, signature
from bench.scoring import score_pairs
from bench.typed_json import from_line
from bench.types import Candidate, Example, Pair, Score, Seen, Span, Verdict

DOCUMENT = "The talks ended."


def make_pairs(count: int = 4) -> list[Pair]:
    return [
        Pair(Example(f"e{i}", DOCUMENT, (DOCUMENT,)), Candidate(f"e{i}", "s", "word " * i + "end"))
        for i in range(count)
    ]


class Custom(Scorer):
    """Gives whatever the test wants."""

    name = "custom"
    higher_is_better: Mapping[str, bool | None] = {"x": True}

    def __init__(self, give: Callable[[Custom, Sequence[Pair]], Any]) -> None:
        self.give = give
        self.batches: list[int] = []

    def signature(self) -> str:
        return signature("custom", version=1)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        self.batches.append(len(pairs))
        return self.give(self, pairs)


def good(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
    return [scorer.ok(pair, {"x": len(pair.candidate.text)}) for pair in pairs]


def changed(**fields: Any) -> Callable[[Scorer, Sequence[Pair]], list[Score]]:
    return lambda scorer, pairs: [replace(score, **fields) for score in good(scorer, pairs)]


def test_no_pairs_no_call() -> None:
    scorer = Custom(good)
    assert score_pairs(scorer, []) == []
    assert scorer.batches == []


def test_a_good_scorer_is_asked_once() -> None:
    scorer, pairs = Custom(good), make_pairs()
    assert [score.values["x"] for score in score_pairs(scorer, pairs)] == [3.0, 8.0, 13.0, 18.0]
    assert scorer.batches == [4]


def test_one_bad_text_costs_one_cell() -> None:
    def give(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
        if any(pair.example.id == "e2" for pair in pairs):
            raise RuntimeError("no such\n  thing")
        return good(scorer, pairs)

    scores = score_pairs(Custom(give), make_pairs())
    assert [score.status for score in scores] == ["ok", "ok", "error", "ok"]
    assert [score.example_id for score in scores] == ["e0", "e1", "e2", "e3"]
    assert scores[2].error == "RuntimeError: no such thing"
    assert scores[2].values == {}


@pytest.mark.parametrize("error", [ValueError, KeyError, MemoryError, RecursionError, AssertionError])
def test_any_exception_is_an_error_with_its_name(error: type[Exception]) -> None:
    def give(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
        raise error("x" * 2000)

    for score in score_pairs(Custom(give), make_pairs(2)):
        assert score.status == "error"
        assert score.error
        assert score.error.startswith(error.__name__)
        assert len(score.error) <= 500


@pytest.mark.parametrize("error", [InputError, MissingExtra, KeyboardInterrupt, SystemExit])
def test_what_concerns_the_whole_run_passes(error: type[BaseException]) -> None:
    def give(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
        raise error("no model")

    with pytest.raises(error, match="no model"):
        score_pairs(Custom(give), make_pairs())


def test_undefined_is_a_score_with_its_reason() -> None:
    class Picky(Custom):
        score = Scorer.score  # type: ignore[assignment]

        def score_pair(self, pair: Pair) -> Score:
            if pair.example.id == "e1":
                raise Undefined("too odd")
            return self.ok(pair, {"x": 1.0})

    scores = score_pairs(Picky(good), make_pairs(3))
    assert [(score.status, score.error) for score in scores] == [("ok", None), ("undefined", "too odd"), ("ok", None)]


class Sum(Scorer):
    """The sum of the others' values."""

    name = "sum"
    needs = ("a", "b")
    higher_is_better: Mapping[str, bool | None] = {"sum": True}

    def signature(self) -> str:
        return signature("sum", version=1)

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        if not scores:
            raise Undefined("nothing to add up")
        return self.ok(pair, {"sum": sum(score.values["x"] for score in scores.values())})


def test_what_rests_on_others_scores_from_their_scores() -> None:
    scorer, pairs = Custom(good), make_pairs(3)
    known = [{"a": score, "b": score} for score in scorer.score(pairs)]
    failed = Score("e1", "s", "a", "error", error="out of memory")
    combined = score_pairs(Sum(), pairs, known=[{**known[0], "c": failed}, {"a": failed}, {}])
    assert [score.status for score in combined] == ["ok", "error", "undefined"]
    assert combined[0].values == {"sum": 6.0}
    assert (combined[1].error, combined[2].error) == ("KeyError: 'x'", "nothing to add up")
    assert [score.status for score in Sum().score(pairs)] == ["undefined"] * 3


VERDICT = Verdict(Span(0, 3), "supported", 1.0, "found", (Span(0, 3),))
BROKEN: list[tuple[str, Callable[[Any, Sequence[Pair]], Any], str]] = [
    ("none", lambda s, p: None, "NoneType"),
    ("too few", lambda s, p: good(s, p)[1:], "0 scores for 1 pairs"),
    ("too many", lambda s, p: good(s, p) * 2, "2 scores for 1 pairs"),
    ("no scores", lambda s, p: ["x"] * len(p), "AttributeError"),
    ("another pair's", changed(example_id="e9"), "another order"),
    ("another system's", changed(system="t"), "another order"),
    ("another scorer's", changed(scorer="rouge"), "in the name of rouge"),
    ("unknown status", changed(status="fine"), "unknown status 'fine'"),
    ("ok without a value", changed(values={}), "0 values with the status ok"),
    ("undefined with a value", changed(status="undefined", error="why"), "1 values with the status undefined"),
    ("undefined without a reason", changed(status="undefined", values={}), "no reason for the status undefined"),
    ("undeclared value", changed(values={"x": 1.0, "y": 1.0}), "doesn't declare: y"),
    ("nan", changed(values={"x": math.nan}), "nan for x"),
    ("infinite", changed(values={"x": -math.inf}), "-inf for x"),
    ("text", changed(values={"x": "1"}), "'1' for x"),
    ("boolean", changed(values={"x": True}), "True for x"),
    ("none as a value", changed(values={"x": None}), "None for x"),
    ("not JSON", changed(values={"x": np.float32(1)}), "for x"),
    ("seen too much", changed(seen=Seen(candidate=1.1)), "seen 1.1 of the candidate"),
    ("seen nan", changed(seen=Seen(document=math.nan)), "seen nan of the document"),
    ("claim outside", changed(verdicts=(replace(VERDICT, claim=Span(0, 4000)),)), "points at 0..4000 of a candidate"),
    ("evidence outside", changed(verdicts=(replace(VERDICT, evidence=(Span(3, 17),)),)), "3..17 of a document of 16"),
    ("mark outside", changed(verdicts=(replace(VERDICT, marks=(Span(0, 4000),)),)), "points at 0..4000 of a candidate"),
    ("unknown kind", changed(verdicts=(replace(VERDICT, kind="typo"),)), "unknown kind 'typo'"),
    ("unknown label", changed(verdicts=(replace(VERDICT, label="maybe"),)), "unknown label 'maybe'"),
    ("degree over 1", changed(verdicts=(replace(VERDICT, score=1.5),)), "1.5 as a degree of support"),
    ("degree nan", changed(verdicts=(replace(VERDICT, score=math.nan),)), "nan as a degree of support"),
    ("verdict without a reason", changed(verdicts=(replace(VERDICT, reason=""),)), "verdict without a reason"),
]


@pytest.mark.parametrize(("give", "reason"), [pytest.param(give, reason, id=name) for name, give, reason in BROKEN])
def test_a_broken_contract_is_an_error_with_its_reason(give: Callable[..., Any], reason: str) -> None:
    scores = score_pairs(Custom(give), make_pairs(2))
    assert [(score.example_id, score.status) for score in scores] == [("e0", "error"), ("e1", "error")]
    for score in scores:
        assert score.error
        assert reason in score.error
        record.line(score)  # the record can hold it


def test_swapped_scores_are_asked_for_again_one_by_one() -> None:
    scorer = Custom(lambda s, p: good(s, p)[::-1])
    assert [score.values["x"] for score in score_pairs(scorer, make_pairs(3))] == [3.0, 8.0, 13.0]
    assert scorer.batches == [3, 1, 1, 1]


def test_what_is_right_passes(tiny: SimpleNamespace) -> None:
    give = changed(values={"x": np.float64(0.1)}, verdicts=(VERDICT,), seen=Seen(0.5, None, 1.0), error="y is absent")
    [score] = score_pairs(Custom(give), make_pairs(1))
    assert score.status == "ok"
    assert from_line(record.line(score).encode(), Score) == score
    for example in tiny.examples():
        for scorer in (tiny.Words(), tiny.Found()):
            pairs = [Pair(example, candidate) for candidate in example.candidates]
            assert score_pairs(scorer, pairs) == scorer.score(pairs)
