"""Longest common subsequences against rouge-score's own table."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from bench.metrics.lcs import matched, rouge_l, rouge_lsum

TOKENS = st.lists(st.sampled_from("a b c d".split()), max_size=40)
SENTENCES = st.lists(TOKENS.filter(bool), min_size=1, max_size=4)


@settings(deadline=None, max_examples=500)
@given(reference=TOKENS, candidate=TOKENS)
def test_the_subsequence_is_the_one_that_rouge_score_reads(reference, candidate):
    assert matched(reference, candidate)[::-1] == list(rouge_scorer.lcs_ind(reference, candidate))


@settings(deadline=None, max_examples=200)
@given(reference=TOKENS.filter(bool), candidate=TOKENS.filter(bool))
def test_rouge_l_is_rouge_scores(reference, candidate):
    assert rouge_l(reference, candidate) == rouge_scorer._score_lcs(reference, candidate)


@settings(deadline=None, max_examples=200)
@given(reference=SENTENCES, candidate=SENTENCES)
def test_rouge_lsum_is_rouge_scores(reference, candidate):
    assert rouge_lsum(reference, candidate) == rouge_scorer._summary_level_lcs(reference, candidate)
