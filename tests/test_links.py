"""The alignment of a claim's words with a document's, against twins written as plain loops."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import links as links_module
from bench.links import cover, find_links, link_score, owned, pool_words


def unit_rows(seed, count, size=6):
    rows = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def plain_links(claim, document, starts, window, turned):
    """Every link at every position, one at a time; returns (words, links by sentence)."""

    def similar(i, j):
        return min(1.0, max(0.0, float(np.dot(claim[i].astype(float), document[j].astype(float)))))

    m = len(document)
    words = [max(similar(i, j) for j in range(m)) for i in range(len(claim))]
    rows = []
    for i in range(max(1, len(claim) - 1)):
        row = [0.0] * len(starts)
        for j in range(m):
            value = similar(i, j)
            if len(claim) > 1:
                after = [similar(i + 1, k) for k in range(j + 1, min(m, j + window + 1))]
                before = [similar(i + 1, k) for k in range(max(0, j - window), j)]
                straight, back = ((value + max(side, default=0.0)) / 2 for side in (after, before))
                value = max(straight, turned * back)
            sentence = max(g for g, start in enumerate(starts) if start <= j)
            row[sentence] = max(row[sentence], value)
        rows.append(row)
    return words, rows


@st.composite
def problems(draw):
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 12))
    starts = sorted({0, *draw(st.sets(st.integers(0, m - 1), max_size=4))})
    return unit_rows(draw(st.integers(0, 9999)), n), unit_rows(draw(st.integers(0, 9999)), m), starts


@given(problems(), st.integers(1, 14), st.sampled_from([0.0, 0.4, 0.9, 1.0]), st.sampled_from([1, 20, 1 << 22]))
@settings(max_examples=150, deadline=None)
def test_links_equal_a_twin_of_plain_loops(problem, window, turned, block):
    claim, document, starts = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links_module, "_BLOCK", block)
        found = find_links(claim, document, np.array(starts), window, turned)
    words, by_sentence = plain_links(claim, document, starts, window, turned)
    np.testing.assert_allclose(found.words, words, atol=1e-5)
    np.testing.assert_allclose(found.by_sentence, by_sentence, atol=1e-5)
    np.testing.assert_allclose(found.best, np.max(by_sentence, axis=1), atol=1e-5)


@given(problems(), st.integers(1, 4), st.integers(1, 5), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_score_lies_within_bounds_and_more_of_the_document_never_lowers_it(problem, window, worst, turned):
    claim, document, _ = problem
    first = np.array([0])
    whole = find_links(claim, document, first, window, turned)
    half = find_links(claim, document[: (len(document) + 1) // 2], first, window, turned)
    less, more = (link_score(found.best, worst) for found in (half, whole))
    assert 0 <= less <= more + 1e-6 <= 1 + 1e-6
    assert more <= whole.best.mean() + 1e-6, "the worst links are no better than all of them"


def test_a_passage_of_the_document_is_fully_supported_by_its_own_sentence():
    document = unit_rows(3, 30)
    found = find_links(document[10:20], document, np.array([0, 10, 20]), 3)
    assert link_score(found.best, 3) == pytest.approx(1, abs=1e-5)
    assert list(cover(found.by_sentence, most=3, least=0.05)) == [1]


@pytest.mark.parametrize(("turned", "worth"), [(0.0, 0.5), (0.6, 0.6), (0.9, 0.9), (1.0, 1.0)])
def test_words_in_turned_order_count_as_much_as_is_asked_and_no_less_than_one_of_them_alone(turned, worth):
    document = np.eye(8, dtype=np.float32)
    found = find_links(document[2:6][::-1], document, np.array([0]), 1, turned)
    np.testing.assert_allclose(found.best, worth, atol=1e-6)


def test_words_that_are_there_in_another_order_find_less_support():
    document = unit_rows(5, 12)
    order = [7, 2, 9, 0, 5]
    straight = find_links(document[:5], document, np.array([0]), 3, 0.9)
    mixed = find_links(document[order], document, np.array([0]), 3, 0.9)
    np.testing.assert_allclose(mixed.words, 1, atol=1e-5)
    assert link_score(mixed.best, 3) < link_score(straight.best, 3) - 0.1


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_every_link_of_a_sentence_has_one_owner_and_the_first_word_alone_borrows_the_first(sizes):
    edges = [0, *np.cumsum(sizes)]
    links = [list(range(max(1, edges[-1] - 1)))[owned(begin, end)] for begin, end in pairwise(edges)]
    assert all(links)
    for (begin, end), its in zip(pairwise(edges), links, strict=True):
        assert its == [link for link in range(edges[-1] - 1) if begin <= link + 1 < end] or (begin, end) == (0, 1)
    assert sizes[0] > 1 or links[0] == [0]


def test_a_long_claim_and_a_long_document_stay_within_memory():
    claim, document = unit_rows(1, 6_000, 16), unit_rows(2, 12_000, 16)
    tracemalloc.start()
    find_links(claim, document, np.array([0, 6_000]), 3, 0.9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150 << 20, "the whole product would take 288 MB, and its links as much again"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=12), st.integers(0, 99), st.data())
@settings(max_examples=100, deadline=None)
def test_pooled_words_equal_a_twin_of_plain_loops(gaps, seed, data):
    pieces, at = [], 0
    for gap, length in gaps:
        pieces.append((at + gap, at + gap + length))
        at += gap + length
    edges = sorted(data.draw(st.sets(st.integers(0, at + 3), max_size=8)))
    words = list(zip(edges[::2], edges[1::2], strict=False))
    embeddings = unit_rows(seed, len(pieces))
    vectors, known = pool_words(
        np.array(pieces, dtype=np.int64).reshape(-1, 2), embeddings, np.array(words, dtype=np.int64).reshape(-1, 2)
    )
    owner = [
        next((w for w, (start, end) in enumerate(words) if start < b and a < end), None) for a, b in pieces
    ]  # a piece that touches several words belongs to the first
    for w in range(len(words)):
        its = [embeddings[p].astype(float) for p in range(len(pieces)) if owner[p] == w]
        assert bool(known[w]) == bool(its)
        if its:
            mean = np.mean(its, axis=0)
            np.testing.assert_allclose(vectors[w], mean / np.linalg.norm(mean), atol=1e-4)
        else:
            assert not vectors[w].any()


@given(st.integers(0, 9999), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_cover_takes_the_best_sentence_first_and_never_one_that_adds_little(seed, rows, columns, most):
    by_sentence = np.random.default_rng(seed).random((rows, columns))
    chosen = list(cover(by_sentence, most=most, least=0.05))
    assert len(chosen) == len(set(chosen)) <= most
    assert chosen[0] == by_sentence.mean(axis=0).argmax() or by_sentence.mean(axis=0).max() < 0.05
    totals = [by_sentence[:, chosen[: n + 1]].max(axis=1).mean() for n in range(len(chosen))]
    assert all(after - before >= 0.05 - 1e-9 for before, after in pairwise(totals))


def test_cover_of_nothing_is_nothing():
    assert list(cover(np.zeros((0, 4), dtype=np.float32), most=3, least=0.05)) == []
