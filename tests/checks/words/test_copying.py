"""Copied word sequences, against twins written as plain loops and a case worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.words.copying import copied_share, grams_of

WORDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=9)


def in_order(part, whole):
    """Whether the words of ``part`` stand one behind the other in ``whole``."""
    return f" {' '.join(part)} " in f" {' '.join(whole)} "


def plain_share(sentence, begin, end, document):
    """Every n-gram that ends in the claim, one at a time, looked up in the document's sentences as strings."""
    shares = []
    for size in (2, 3):
        hits = []
        for last in range(begin, end):
            if last - size + 1 >= 0:
                gram = sentence[last - size + 1 : last + 1]
                hits.append(any(in_order(gram, other) for other in document))
        if hits:
            shares.append(sum(hits) / len(hits))
    if not shares:
        return float(any(sentence[begin] in other for other in document))
    return sum(shares) / len(shares)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3), st.data())
def test_shares_equal_a_twin_of_plain_loops(sentence, document, data):
    begin = data.draw(st.integers(0, len(sentence) - 1))
    end = data.draw(st.integers(begin + 1, len(sentence)))
    text = "\n\n".join(f"{' '.join(other)}." for other in document).upper()
    assert copied_share(sentence, begin, end, grams_of(text)) == pytest.approx(
        plain_share(sentence, begin, end, document)
    )


@given(WORDS, st.integers(0, 9), st.lists(WORDS, min_size=1, max_size=3))
def test_the_clauses_of_a_sentence_share_out_its_sequences(sentence, cut, document):
    """Weighted by how many they have, the shares of the clauses make that of the sentence."""
    grams = frozenset(gram for other in document for gram in grams_of(" ".join(other)))
    cut = min(cut, len(sentence))
    if not 2 < cut < len(sentence):
        return
    for size in (2, 3):
        only = frozenset(gram for gram in grams if len(gram) == size)
        whole, first, second = (
            2 * copied_share(sentence, *claim, only) for claim in [(0, len(sentence)), (0, cut), (cut, len(sentence))]
        )
        counts = (cut - size + 1, len(sentence) - cut)
        assert whole == pytest.approx((first * counts[0] + second * counts[1]) / sum(counts))


def test_sequences_never_cross_a_sentence_and_case_and_quotes_do_not_count():
    grams = grams_of("The market closed. Traders left the “Market Hall” on Tuesday’s tide.")
    assert ("closed", "traders") not in grams
    assert {("the", "market", "hall"), ("tuesday's", "tide"), ("market",)} <= grams
    assert all(1 <= len(gram) <= 3 for gram in grams)


@pytest.mark.parametrize(
    ("words", "claim", "share"),
    [
        ("the cat sat on the mat", (0, 6), 1.0),
        ("the cat lay on the mat", (0, 6), (3 / 5 + 1 / 4) / 2),
        ("the cat lay on the mat", (0, 2), 1.0),
        ("the cat lay on the mat", (2, 6), (2 / 4 + 1 / 4) / 2),
        ("mat", (0, 1), 1.0),
        ("dog", (0, 1), 0.0),
        ("dog cat", (0, 2), 0.0),
    ],
)
def test_shares_of_claims_worked_out_by_hand(words, claim, share):
    assert copied_share(words.split(), *claim, grams_of("The cat sat on the mat.")) == pytest.approx(share)
