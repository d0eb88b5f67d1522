"""Sentences shuffled, dropped and repeated."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.sentences import COPIES, drop_half, repeat_sentence, shuffle_sentences
from bench.text import sentence_spans, sentences

LINES = [
    "The bridge opened.",
    "It rained all day.",
    "Nobody came!",
    "Did she speak?",
    "Keller left at noon.",
    "He won .",
]
texts = st.lists(st.sampled_from(LINES), min_size=1, max_size=7).flatmap(
    lambda lines: st.sampled_from([" ", "\n", "  ", "\n\n"]).map(lambda gap: gap.join(lines))
)


@given(texts, st.integers(0, 9))
def test_shuffled_is_another_order_of_the_same_sentences(text: str, seed: int) -> None:
    outcome = shuffle_sentences(text, "", (), seed)
    before = sentences(text)
    if isinstance(outcome, Skipped):
        assert len(set(before)) < 2
        return
    after = sentences(outcome.text)
    assert Counter(after) == Counter(before)
    assert after != before
    assert len(outcome.text) == len(text)


@given(texts, st.integers(0, 9))
def test_half_is_dropped_and_the_rest_keeps_its_order(text: str, seed: int) -> None:
    outcome = drop_half(text, "", (), seed)
    before = sentences(text)
    if isinstance(outcome, Skipped):
        assert len(before) < 2
        return
    after = sentences(outcome.text)
    assert len(before) - len(after) == len(before) // 2
    rest = iter(before)
    assert all(sentence in rest for sentence in after), "a subsequence"
    assert outcome.text == outcome.text.strip()
    assert "\n\n\n" not in outcome.text


@given(texts, st.integers(0, 9))
def test_one_sentence_comes_again_right_behind_itself(text: str, seed: int) -> None:
    outcome = repeat_sentence(text, "", (), seed)
    assert isinstance(outcome, Perturbed)
    before, after = sentences(text), sentences(outcome.text)
    assert len(after) == len(before) + COPIES
    [change] = outcome.changes
    place = next(number for number, span in enumerate(sentence_spans(text)) if span.end == change.before.start)
    assert after == [*before[: place + 1], *[before[place]] * COPIES, *before[place + 1 :]]


def test_every_sentence_can_be_chosen() -> None:
    text = " ".join(LINES)
    repeated = [repeat_sentence(text, "", (), seed) for seed in range(60)]
    assert {outcome.changes[0].before.end for outcome in repeated if isinstance(outcome, Perturbed)} == {
        span.end for span in sentence_spans(text)
    }
