"""Systems compared pair by pair: against scipy, brute force, and what letters must say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.comparing.ranking import letter_groups, permutation_p, rank_systems, shared_ranks
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


def test_one_document_allows_no_inference():
    (ranking,) = rank_systems(snapshot({"a": [0.5], "b": [0.4]}))
    assert [(standing.letters, standing.rank) for standing in ranking.standings] == [("", None)] * 2
    assert ranking.pairs[0].p is None


def test_bad_names_are_refused():
    with pytest.raises(InputError, match="no pairs"):
        rank_systems(snapshot({"a": [0.5]}))
    with pytest.raises(InputError, match=r"'m\.words'"):
        rank_systems(snapshot({"a": [0.5], "b": [0.4]}), values=["m.words"])
