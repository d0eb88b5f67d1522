"""Blocks of a document: nothing left out, nothing too long, neighbours overlap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.entailment.blocks import chunks, fit, flat, readable, sentences_of, units
from bench.errors import InputError
from bench.language.article import Article
from bench.types import Span

SIZES = st.lists(st.integers(1, 30), max_size=40)


def word_pieces(text: str) -> tuple[Sequence[int], Sequence[tuple[int, int]]]:
    """A tokenizer that cuts words into pieces of up to three letters."""
    spans = [match.span() for match in re.finditer(r"\w{1,3}|[^\w\s]", text)]
    return [0] * len(spans), spans


def slow_chunks(sizes: Sequence[int], capacity: int, overlap: int) -> list[tuple[int, int]]:
    """All runs that begin where they may and end where the next sentence doesn't fit, by trying every end."""
    runs: list[tuple[int, int]] = []
    covered = 0
    while covered < len(sizes):
        for shared in range(min(overlap, covered - (runs[-1][0] + 1) if runs else 0), -1, -1):
            start = covered - shared
            ends = [e for e in range(covered + 1, len(sizes) + 1) if sum(sizes[start:e]) <= capacity]
            if ends or shared == 0:
                covered = max(ends, default=covered + 1)
                runs.append((start, covered))
                break
    return runs


@given(sizes=SIZES, capacity=st.integers(1, 60), overlap=st.integers(0, 4))
def test_runs_hold_every_sentence_fit_and_overlap(sizes: list[int], capacity: int, overlap: int) -> None:
    runs = chunks(sizes, capacity, overlap)
    assert sorted({i for first, after in runs for i in range(first, after)}) == list(range(len(sizes)))
    for first, after in runs:
        assert first < after
        assert sum(sizes[first:after]) <= capacity or after - first == 1
    for (first, after), (next_first, next_after) in pairwise(runs):
        assert first < next_first <= after < next_after
        assert after - next_first <= overlap
        # It begins later than allowed only where the sentence that it is there for wouldn't fit.
        if after - next_first < min(overlap, after - first - 1):
            assert sum(sizes[next_first - 1 : after + 1]) > capacity
        assert sum(sizes[first : after + 1]) > capacity, "the sentence behind would have fitted"


@given(sizes=SIZES, capacity=st.integers(1, 60), overlap=st.integers(0, 4))
def test_runs_are_those_of_a_slow_twin(sizes: list[int], capacity: int, overlap: int) -> None:
    assert chunks(sizes, capacity, overlap) == slow_chunks(sizes, capacity, overlap)


@pytest.mark.parametrize(("capacity", "runs"), [(9, [(0, 2), (2, 4)]), (10, [(0, 2), (2, 4)]), (15, [(0, 3), (3, 4)])])
def test_a_run_is_full_to_the_last_word_piece(capacity: int, runs: list[tuple[int, int]]) -> None:
    """At the boundary: 5 + 4 fit into 9, 5 + 4 + 6 into 15 and not into 14."""
    assert chunks([5, 4, 6, 3], capacity, 0) == runs
    assert chunks([5, 4, 6, 3], 14, 0) == [(0, 2), (2, 4)]


WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=60)


@given(words=WORDS, capacity=st.integers(4, 40))
def test_what_is_too_long_is_cut_into_overlapping_windows(words: list[str], capacity: int) -> None:
    document = "  before. " + " ".join(words) + " after"
    span = Span(10, len(document) - 6)
    parts = fit(document, span, capacity, word_pieces)
    assert all(len(word_pieces(document[part.slice])[0]) <= capacity for part in parts)
    held = {i for part in parts for i in range(part.start, part.end)}
    assert held >= {i for i in range(span.start, span.end) if not document[i].isspace()}
    assert min(held) == span.start
    assert max(held) == span.end - 1
    for one, two in pairwise(parts):
        assert two.start < one.end, "neighbours overlap"
        shared = len(word_pieces(document[two.start : one.end])[0])
        assert shared >= capacity // 2 - 2
    if len(word_pieces(document[span.slice])[0]) <= capacity:
        assert parts == [span]


LINES = "Heading\n\nOne is here. Two is\nhere.\n \t\nThree. … Four!\n\n\n***\n"


def test_units() -> None:
    sentences = sentences_of(Article(LINES))
    shown = [LINES[span.slice] for span in sentences]
    assert shown == ["Heading", "One is here.", "Two is\nhere.", "Three.", "Four!"]
    assert [LINES[span.slice] for span in units(Article(LINES), "sentence")] == shown
    two = [LINES[span.slice] for span in units(Article(LINES), "2sents")]
    assert two[1] == "One is here. Two is\nhere."
    assert two[-1] == shown[-1]
    assert len(two) == len(shown)
    paragraphs = [LINES[span.slice] for span in units(Article(LINES), "paragraph")]
    assert paragraphs == ["Heading", "One is here. Two is\nhere.", "Three. … Four!"]
    plain = "One.\nTwo. Three.\n"
    assert [plain[s.slice] for s in units(Article(plain), "paragraph")] == ["One.", "Two. Three."]
    with pytest.raises(InputError, match="sentence, 2sents, paragraph"):
        units(Article(LINES), "word")


@given(st.text(alphabet="ab1.!? \n\t…", max_size=80))
def test_every_word_stands_in_a_block_of_each_kind(document: str) -> None:
    sentences = sentences_of(Article(document))
    for granularity in ("sentence", "2sents", "paragraph"):
        held = {i for span in units(Article(document), granularity) for i in range(span.start, span.end)}
        assert held >= {i for i, char in enumerate(document) if char.isalnum()}
    assert bool(sentences) == readable(document)


@given(st.text(alphabet="aB.  \n\t", max_size=60))
def test_flat_keeps_all_but_white_space(text: str) -> None:
    assert flat(text).split() == text.split()
    assert flat(text) == flat(text).strip()
    assert not re.search(r"\s{2}", flat(text))
