"""The word diff turns one text into the other, in as few words as any script can."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.speech.alignment import plain_words
from bench.checks.speech.word_diff import show, word_diff

TEXTS = st.lists(st.sampled_from("red blue green gold".split()), max_size=9)


def fewest_changes(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    """Words removed and added by the best script: plain recursion over all of them."""

    @cache
    def best(i: int, j: int) -> int:
        if i == len(old) or j == len(new):
            return len(old) - i + len(new) - j
        if old[i] == new[j]:
            # Also the scripts that don't keep an equal pair.
            return min(best(i + 1, j + 1), 1 + best(i + 1, j), 1 + best(i, j + 1))
        return 1 + min(best(i + 1, j), best(i, j + 1))

    return best(0, 0)


@given(TEXTS, TEXTS)
def test_the_script_turns_the_original_into_the_new_text_and_is_the_shortest(old: list[str], new: list[str]) -> None:
    a, b = " ".join(old), " ".join(new)
    pieces = word_diff(a, b)
    built, left, changed = [], [], 0
    for piece in pieces:
        mine, theirs = b[piece.new.slice].split(), a[piece.old.slice].split()
        if piece.kind == "same":
            assert mine == theirs
        assert bool(mine) == (piece.kind != "removed")
        assert bool(theirs) == (piece.kind != "added")
        built += mine
        left += theirs
        changed += len(mine) + len(theirs) if piece.kind != "same" else 0
    assert (built, left) == (new, old)
    assert changed == fewest_changes(tuple(old), tuple(new))
    assert all(p.kind != q.kind for p, q in pairwise(pieces))


@given(st.text(alphabet="ab -'“”.,1é", max_size=30), st.text(alphabet="ab -'“”.,1é", max_size=30))
def test_all_words_are_in_one_piece_each(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    for text, spans in ((old, [p.old for p in pieces]), (new, [p.new for p in pieces])):
        words = [word for span in spans for word in plain_words(text[span.slice])[0]]
        assert len(words) == len(plain_words(text)[0])
        assert all(p.end <= q.start for p, q in pairwise(spans))


def test_long_texts_take_a_quick_way_that_still_turns_one_into_the_other() -> None:
    old = " ".join(f"w{number % 97}" for number in range(900))
    new = " ".join(f"w{number % 89}" for number in range(900))
    assert " ".join(new[p.new.slice] for p in word_diff(old, new) if p.kind != "removed") == new


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("no-limits", "no holds barred", "[-no-limits-] {+no holds barred+}"),
        ("no-limits", "No limits!", "No limits"),
        ("we will go", "we will not go", "we will {+not+} go"),
        ("", "gold", "{+gold+}"),
        ("well-known city", "well-liked city", "[-well-known-] {+well-liked+} city"),
    ],
)
def test_changes_are_shown_in_brackets(old: str, new: str, shown: str) -> None:
    assert show(old, new) == shown
