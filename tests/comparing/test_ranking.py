"""Systems compared pair by pair: against scipy, brute force, and what letters must say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.comparing.letters import letter_groups, shared_ranks
from bench.comparing.ranking import no_letters, permutation_p, rank_systems
from bench.comparing.snapshot import Cell, ExampleHash, Snapshot
from bench.errors import InputError
from bench.record import ScorerRecord


def snapshot(
    scores: dict[str, list[float | None]], *, higher: bool = True, clusters: list[str] | None = None
) -> Snapshot:
    n = len(next(iter(scores.values())))
    documents = clusters or [f"d{k}" for k in range(n)]
    return Snapshot(
        name="run",
        run_id="run",
        commit=None,
        signatures={"m": "m|version:1"},
        scorers={"m": ScorerRecord(kind="metric", headline=("f1",), higher_is_better={"f1": higher, "words": None})},
        systems=dict.fromkeys(scores, "candidate") | {"lead-3": "floor"},
        examples={f"e{k:03}": ExampleHash(f"c{k}", documents[k]) for k in range(n)},
        cells={
            (f"e{k:03}", system, "m"): Cell("ok", {"f1": x}) if x is not None else Cell("undefined", {}, error="none")
            for system, xs in scores.items()
            for k, x in enumerate(xs)
        },
    )


@pytest.mark.parametrize("n", [4, 9, 40])
def test_p_values_are_scipys(n):
    rng = np.random.default_rng(n)
    gaps = rng.normal(0.3, 1.0, (n, 3)).round(2)
    ours = permutation_p(gaps, [str(k) for k in range(n)], resamples=20_000)
    for column, p in zip(gaps.T, ours, strict=True):
        theirs = stats.permutation_test(
            (column, np.zeros(n)),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=np.inf if n < 15 else 20_000,
            rng=1,
        ).pvalue
        assert p == pytest.approx(theirs, abs=1e-12 if n < 15 else 0.015)


def test_whole_documents_are_swapped():
    gaps = np.array([[0.5], [0.1], [-0.2], [0.3]])
    clustered = permutation_p(gaps, ["a", "a", "b", "b"])
    assert clustered == permutation_p(np.array([[0.6], [0.1]]), ["a", "b"])


def test_the_level_holds_under_the_null():
    rng = np.random.default_rng(7)
    gaps = rng.normal(0, 1, (20, 2000))
    assert (permutation_p(gaps, [str(k) for k in range(20)], resamples=2000) <= 0.05).mean() == pytest.approx(
        0.05, abs=0.015
    )


@given(st.integers(2, 7), st.data())
def test_letters_are_shared_exactly_where_nothing_differs(n, data):
    systems = [f"s{k}" for k in range(n)]
    pairs = [frozenset(pair) for pair in combinations(systems, 2)]
    different = data.draw(st.sets(st.sampled_from(pairs)))
    letters = letter_groups(systems, different)
    for pair in pairs:
        first, second = (letters[system] for system in sorted(pair))
        assert bool(set(first) & set(second)) == (pair not in different)
    assert all(letters.values())
    assert "a" in letters[systems[0]]


@given(st.integers(1, 7), st.data())
def test_ranks_rise_and_start_at_one(n, data):
    systems = [f"s{k}" for k in range(n)]
    pairs = [frozenset(pair) for pair in combinations(systems, 2)]
    different = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    ranks = list(shared_ranks(systems, different).values())
    assert ranks == sorted(ranks)
    assert ranks[0] == 1
    assert all(rank <= place for place, rank in enumerate(ranks, 1))


def test_a_clear_order():
    rng = np.random.default_rng(0)
    base = rng.uniform(0.2, 0.6, 60)
    scores = {
        "good": list(base + 0.1 + rng.normal(0, 0.02, 60)),
        "same": list(base + 0.1 + rng.normal(0, 0.02, 60)),
        "bad": list(base + rng.normal(0, 0.02, 60)),
    }
    (ranking,) = rank_systems(snapshot(scores))
    assert [standing.system for standing in ranking.standings][2] == "bad"
    assert [standing.letters for standing in ranking.standings] == ["a", "a", "b"]
    assert [standing.rank for standing in ranking.standings] == [1, 1, 3]
    assert {(test.first, test.second) for test in ranking.pairs} == {("good", "same"), ("good", "bad"), ("same", "bad")}
    assert all(test.low < test.difference < test.high for test in ranking.pairs)
    (turned,) = rank_systems(snapshot(scores, higher=False))
    assert turned.standings[0].system == "bad"


def test_missing_values_are_left_out_and_counted():
    scores = {"a": [0.5, None, 0.7, 0.6], "b": [0.4, 0.9, 0.6, 0.5], "none": [None] * 4}
    (ranking,) = rank_systems(snapshot(scores))
    last = ranking.standings[-1]
    assert (last.system, last.mean, last.letters, last.n_ok) == ("none", None, "", 0)
    (pair,) = ranking.pairs
    assert (pair.examples, pair.difference) == (3, pytest.approx(0.1))
    assert (ranking.shared, ranking.documents, ranking.n_total) == (3, 3, 4)
    # The one with the example that the other lacks has the higher mean of its own, and is worse.
    assert [(s.system, s.mean, s.shared_mean) for s in ranking.standings[:2]] == [
        ("a", pytest.approx(0.6), pytest.approx(0.6)), ("b", pytest.approx(0.6), pytest.approx(0.5)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "clusters", "reason"),
    [
        ({"a": [0.5, None], "b": [None, 0.4]}, None, "nothing is ranked: no document has a value of every system"),
        ({"a": [0.5, None], "b": [0.6, 0.4]}, None, "nothing is ranked: only 1 document has a value of every system"),
        ({"a": [0.5, 0.1], "b": [0.6, 0.4]}, ["d", "d"], "nothing is ranked: only 1 document"),
        ({"a": [None, None], "b": [0.6, 0.4]}, None, "nothing is ranked: only 1 system has a value"),
        ({"a": [None, None], "b": [None, None]}, None, "nothing is ranked: no system has a value"),
    ],
)
def test_too_few_shared_examples_order_nothing(scores, clusters, reason):
    (ranking,) = rank_systems(snapshot(scores, clusters=clusters))
    assert ranking.reason.startswith(reason)
    assert [s.system for s in ranking.standings if s.n_ok] == [s for s in scores if any(scores[s])], "the run's order"
    assert all((s.letters, s.rank) == ("", None) for s in ranking.standings)


def test_letters_that_no_test_could_part_are_absent():
    """With four documents the smallest p is 1/8: "all share an a" would say nothing about the systems."""
    (ranking,) = rank_systems(snapshot({"a": [0.1, 0.2, 0.3, 0.4], "b": [0.5, 0.6, 0.7, 0.8]}))
    assert ranking.reason == "no letters: with 4 documents none of 1 differences could be significant"
    assert [s.system for s in ranking.standings] == ["b", "a"]
    assert [(s.letters, s.rank) for s in ranking.standings] == [("", None)] * 2
    many = {f"s{k}": [0.1 * k + 0.01 * n for n in range(20)] for k in range(6)}
    (ranking,) = rank_systems(snapshot(many), resamples=200)
    assert ranking.reason == "no letters: with 200 resamples none of 15 differences could be significant"


def test_letters_against_a_tested_sign_are_absent():
    """x beats y surely, and top beats x surely; top and y aren't told apart, as y is so noisy."""
    order, pairs = ["top", "x", "y"], {frozenset(("top", "x")), frozenset(("x", "y"))}
    assert letter_groups(order, pairs) == {"top": "a", "x": "b", "y": "a"}
    assert "x is significantly better than y" in no_letters(order, pairs, 100, 3, alpha=0.05, resamples=10_000)
    assert not no_letters(order, {frozenset(("top", "y"))}, 100, 3, alpha=0.05, resamples=10_000)
    assert shared_ranks(order, pairs) == {"top": 1, "x": 2, "y": 3}


@st.composite
def gappy(draw):
    """Scores of a few systems with gaps, and whether more is better."""
    size = st.integers(6, 24)
    n, systems = draw(size), [f"s{k}" for k in range(draw(st.integers(2, 4)))]
    number = st.integers(0, 20).map(lambda x: x / 20)
    value = st.one_of(number, number, number, number, number, number, number, st.none())
    shift = {system: draw(st.integers(0, 3)) for system in systems}
    scores = {s: [None if (x := draw(value)) is None else x + shift[s] for _ in range(n)] for s in systems}
    return snapshot(scores, higher=draw(st.booleans())), scores


@settings(max_examples=60)
@given(gappy())
def test_nothing_shown_contradicts_a_test(case):
    run, scores = case
    (ranking,) = rank_systems(run, resamples=300)
    shared = [k for k in range(len(run.examples)) if all(xs[k] is not None for xs in scores.values() if any(
        x is not None for x in xs))]  # fmt: skip
    assert ranking.shared == len(shared)
    for standing in ranking.standings:
        if standing.shared_mean is not None:
            assert standing.shared_mean == pytest.approx(np.mean([scores[standing.system][k] for k in shared]))
    place = {standing.system: k for k, standing in enumerate(ranking.standings)}
    of = {standing.system: standing for standing in ranking.standings}
    for test in ranking.pairs:
        assert test.examples == len(shared)
        better, worse = (test.first, test.second) if (test.difference > 0) == ranking.higher_is_better else (
            test.second, test.first)  # fmt: skip
        told_apart = test.p_adjusted is not None and test.p_adjusted <= ranking.alpha
        if told_apart:
            assert place[better] < place[worse]
        if ranking.reason:
            assert not of[better].letters
            assert of[better].rank is None
            continue
        assert bool(set(of[better].letters) & set(of[worse].letters)) == (not told_apart)
        if told_apart:
            assert min(of[better].letters) < min(of[worse].letters)
            assert of[better].rank < of[worse].rank


def test_some_of_the_systems_can_be_compared():
    scores = {"a": [0.5, 0.6, 0.7], "b": [0.4, 0.5, 0.6], "rare": [None, None, 0.1]}
    assert rank_systems(snapshot(scores))[0].shared == 1
    (ranking,) = rank_systems(snapshot(scores), systems=["b", "a"])
    assert ([s.system for s in ranking.standings], ranking.shared) == (["a", "b"], 3)
    with pytest.raises(InputError, match=r"no system 'c'; there are: a, b, rare, lead-3"):
        rank_systems(snapshot(scores), systems=["a", "c"])


def test_one_document_allows_no_inference():
    (ranking,) = rank_systems(snapshot({"a": [0.5], "b": [0.4]}))
    assert [(standing.letters, standing.rank) for standing in ranking.standings] == [("", None)] * 2
    assert ranking.pairs[0].p is None


def test_bad_names_are_refused():
    with pytest.raises(InputError, match="no pairs"):
        rank_systems(snapshot({"a": [0.5]}))
    with pytest.raises(InputError, match=r"'m\.words'"):
        rank_systems(snapshot({"a": [0.5], "b": [0.4]}), values=["m.words"])
