"""The words of a text that say something, with their embeddings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.language.lexicon import word_lists
from bench.links import pool_words
from bench.text import fold, sentence_spans, word_spans
from bench.types import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Words that say little about where a claim comes from. Negations are not among them.
_STOP_WORDS = word_lists("function_words")["of a claim"]


@dataclass(frozen=True, slots=True)
class ContentWords:
    """A text's content words."""

    words: Sequence[Span]
    """Those that the encoder knows, in order."""
    vectors: NDArray[np.float32]
    """(words, layers × d): rows of unit length; their products are the layers' mean cosine."""
    sentences: Sequence[Span]
    """The sentences that have a content word."""
    starts: NDArray[np.int64]
    """(sentences,): the position of each sentence's first content word."""

    def within(self, span: Span) -> range:
        """The positions of the content words that begin in a span."""
        return range(
            bisect_left(self.words, span.start, key=lambda word: word.start),
            bisect_left(self.words, span.end, key=lambda word: word.start),
        )


def content_words(
    text: str, pieces: NDArray[np.int64], embeddings: Mapping[int, NDArray[np.float32]], layers: Sequence[int]
) -> ContentWords:
    """A text's content words, from the character offsets (p, 2) and embeddings (layer → (p, d)) of its word pieces."""
    spans = [span for span in word_spans(text) if is_content(fold(text[span.slice]))]
    offsets = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
    pooled = [pool_words(pieces, embeddings[layer], offsets) for layer in layers]
    known = np.logical_and.reduce([mask for _, mask in pooled])
    vectors = np.concatenate([vectors[known] for vectors, _ in pooled], axis=1)
    vectors /= np.float32(len(pooled) ** 0.5)
    sentences = sentence_spans(text)
    # Every word lies in a sentence: the last one that begins at or before it.
    owners = np.searchsorted([span.start for span in sentences], offsets[known, 0], side="right") - 1
    numbers, starts = np.unique(owners, return_index=True)
    return ContentWords(
        words=[span for span, one in zip(spans, known, strict=True) if one],
        vectors=vectors,
        sentences=[sentences[number] for number in numbers],
        starts=starts.astype(np.int64),
    )


def is_content(word: str) -> bool:
    """Whether a folded word says something: no stop word, and no single letter such as the U of U.S.

    >>> [word for word in "the u s said 7 not so".split() if is_content(word)]
    ['said', '7', 'not']
    """
    return word not in _STOP_WORDS and (len(word) > 1 or not word.isascii() or word.isdigit())
