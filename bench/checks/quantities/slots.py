"""Whether two places in two sentences are the same place: the words around them, pair by pair."""

from __future__ import annotations

import re

from bench.checks.words.context import STOP_WORDS
from bench.checks.words.places import Aligned, Beside
from bench.text import fold
from bench.types import Span

_WORD = re.compile(r"[^\W_]+")
_FAR = 4
"""Words between a place and the words that say which place it is."""
_SMALL_WEIGHT = 0.4
_BY_SHIFT = (1.0, 0.7, 0.4)
"""What a pair counts that stands as many words away in both texts, one more or less, two more or less."""


def fit(beside: Beside, aligned: Aligned, ours: Span, theirs: Span) -> tuple[float, float]:
    """How much two places are one: equal words that stand as far before both, and as far behind both.

    A content word at the same distance counts 1, a function word 0.4; those of a side add up. Only near ones count.

    >>> from bench.language.article import Article
    >>> document = Article("The club paid 40 million for Ozil and 12 for Welbeck.")
    >>> beside = Beside(Article("The club paid 12 million for Ozil."), document, Span(0, 34))
    >>> [fit(beside, *beside.best(), Span(14, 16), place) for place in (Span(14, 16), Span(39, 41))]
    [(2.4, 2.4), (0.0, 0.0)]
    """
    sides = [0.0, 0.0]
    candidate, document = beside.candidate.text, beside.document.text
    for here, there in aligned.pairs:
        if here.start < ours.end and ours.start < here.end:
            continue
        if there.start < theirs.end and theirs.start < there.end:
            continue
        before = here.end <= ours.start
        if before != (there.end <= theirs.start):
            continue
        near = _words_between(candidate, here, ours) if before else _words_between(candidate, ours, here)
        if near > _FAR:
            continue
        far = _words_between(document, there, theirs) if before else _words_between(document, theirs, there)
        if abs(near - far) < len(_BY_SHIFT):
            weight = _SMALL_WEIGHT if fold(beside.candidate[here]) in STOP_WORDS else 1.0
            sides[not before] += _BY_SHIFT[abs(near - far)] * weight
    return round(sides[0], 6), round(sides[1], 6)


def _words_between(text: str, first: Span, second: Span) -> int:
    if second.start - first.end > 200:
        return 99
    return len(_WORD.findall(text, first.end, second.start))
