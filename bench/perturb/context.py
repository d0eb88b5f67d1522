"""Where a document speaks of what a sentence says: what stands there may be as true as what is replaced."""

from __future__ import annotations

from functools import lru_cache

from bench.text import sentence_spans, words
from bench.types import Span

_SHORTEST = 4
"""Letters of a word that tells what a sentence is about."""


def home_of(text: str, place: Span) -> Span:
    """The sentence of a text in which a place begins; the whole text where none does."""
    homes = (home for home in sentence_spans(text) if home.start <= place.start < home.end)
    return next(homes, Span(0, len(text)))


def near(document: str, sentence: str) -> str:
    """The sentences of the document that share at least half as many longer words as the closest one does.

    A single word is shared by chance: two are needed, if the sentence has two.

    >>> near("The bridge cost 45 million. It rained. The old bridge cost 3 million.", "A bridge cost 45 million.")
    'The bridge cost 45 million. The old bridge cost 3 million.'
    """
    mine = _long(sentence)
    shared = [(len(mine & theirs), place) for theirs, place in _sentences(document)]
    most = max((count for count, _ in shared), default=0)
    least = max(most / 2, min(2, len(mine)), 1)
    return " ".join(document[place.slice] for count, place in shared if count >= least)


@lru_cache(maxsize=64)
def _sentences(document: str) -> tuple[tuple[frozenset[str], Span], ...]:
    return tuple((_long(document[place.slice]), place) for place in sentence_spans(document))


def _long(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if len(word) >= _SHORTEST)
