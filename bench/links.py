"""Where the words of a claim occur together in a document: pure functions over word embeddings.

Two content words in a row of the claim make a link. The document supports the link as far as it has a
match for the first word and, a few content words later, a match for the second one; a few words earlier
counts a little less. So a claim whose words are all in the document, but scattered or in another order, finds
less support than one whose words stand together there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 1 << 22
"""Similarities held at once (16 MiB); bounds the memory however long the texts are."""


@dataclass(frozen=True, slots=True)
class Links:
    """How well a document of g sentences supports a claim of n words; all values from 0 to 1.

    A claim of n words has ``max(1, n - 1)`` links; that of a single word is the word itself.
    """

    words: NDArray[np.float32]
    """(n,): similarity of each word of the claim with its best match, anywhere in the document."""
    best: NDArray[np.float32]
    """(links,): support of each link, at its best place."""
    by_sentence: NDArray[np.float32]
    """(links, g): support of each link at its best place within each sentence of the document."""


def pool_words(
    pieces: NDArray[np.int64], embeddings: NDArray[np.float32], words: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Word embeddings: the mean of the word's pieces, scaled to unit length.

    ``pieces`` (p, 2) and ``words`` (w, 2) are character offsets, both in the order of the text; ``embeddings``
    is (p, d). Returns (w, d) and which words have a piece at all (w,); the others' rows are zero.

    >>> vectors, known = pool_words(
    ...     np.array([[0, 2], [2, 4], [5, 6]]), np.eye(3, dtype=np.float32), np.array([[0, 4], [7, 9]])
    ... )
    >>> vectors.round(3).tolist(), known.tolist()
    ([[0.7070000171661377, 0.7070000171661377, 0.0], [0.0, 0.0, 0.0]], [True, False])
    """
    vectors = np.zeros((len(words), embeddings.shape[1]), dtype=np.float32)
    known = np.zeros(len(words), dtype=np.bool_)
    if not len(pieces) or not len(words):
        return vectors, known
    owner = np.searchsorted(
        words[:, 1], pieces[:, 0], side="right"
    )  # the first word that ends behind the piece's start
    inside = owner < len(words)
    inside[inside] = words[owner[inside], 0] < pieces[inside, 1]
    inside &= pieces[:, 1] > pieces[:, 0]
    if not inside.any():
        return vectors, known
    owners, starts = np.unique(owner[inside], return_index=True)
    sums = np.add.reduceat(embeddings[inside], starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    vectors[owners] = sums / np.maximum(lengths, np.finfo(np.float32).tiny)
    known[owners] = lengths[:, 0] > 0
    return vectors, known


def find_links(
    claim: NDArray[np.float32],
    document: NDArray[np.float32],
    sentence_starts: NDArray[np.int64],
    window: int,
    turned: float = 0.0,
) -> Links:
    """Align a claim's words (n, d) with a document's (m, d), rows of unit length, n and m at least 1.

    ``sentence_starts`` (g,) are the positions of the first word of each document sentence: increasing,
    the first one 0. A link's support at position j is the mean of the similarity of its first word with j and of
    its second word with the best of the ``window`` positions after j (0 where there is none); or, where that is
    more, ``turned`` (0 to 1) times the same with the positions before j: a passive turns the order of the
    active's words. Negative similarities count as 0. A link is filed under the sentence of j.

    >>> east, north = np.eye(2, dtype=np.float32)
    >>> find_links(np.stack([east, north]), np.stack([north, east, east, north]), np.array([0, 2]), 1).best.tolist()
    [1.0]
    >>> find_links(np.stack([east, north]), np.stack([north, east]), np.array([0]), 1, turned=0.75).best.tolist()
    [0.75]
    """
    n, m = len(claim), len(document)
    words = np.zeros(n, dtype=np.float32)
    links = max(1, n - 1)
    by_sentence = np.zeros((links, len(sentence_starts)), dtype=np.float32)
    rows = max(1, _BLOCK // m)
    for start in range(0, links, rows):
        end = min(start + rows, links)
        similarity = np.clip(claim[start : end + 1] @ document.T, 0.0, 1.0)
        words[start : end + 1] = similarity.max(axis=1)
        if n == 1:
            support = similarity
        else:
            after, before = np.zeros((2, end - start, m), dtype=np.float32)
            for step in range(1, min(window, m - 1) + 1):
                np.maximum(after[:, :-step], similarity[1:, step:], out=after[:, :-step])
                np.maximum(before[:, step:], similarity[1:, :-step], out=before[:, step:])
            after += similarity[:-1]
            before += similarity[:-1]
            support = np.maximum(after, np.float32(turned) * before) / 2
        by_sentence[start:end] = np.maximum.reduceat(support, sentence_starts, axis=1)
    return Links(words, by_sentence.max(axis=1), by_sentence)


def link_score(best: NDArray[np.float32], worst: int) -> float:
    """From the links' support to that of the claim, 0 to 1: the mean of all links and of the ``worst`` ones, halved.

    The mean alone would let a long claim hide an invented part among many words that match.

    >>> round(link_score(np.array([1, 1, 1, 0], dtype=np.float32), 1), 3)
    0.375
    """
    values = np.sort(best.astype(np.float64))
    return float((values.mean() + values[:worst].mean()) / 2)


def owned(begin: int, end: int) -> slice:
    """The links of a sentence that belong to the claim of its content words from ``begin`` to ``end``.

    A link belongs to the claim of its second word, so that what is tacked on answers for how it is tacked on. A claim
    that is only the first word has the first link.

    >>> [owned(0, 4), owned(4, 6), owned(0, 1)]
    [slice(0, 3, None), slice(3, 5, None), slice(0, 1, None)]
    """
    first = max(0, begin - 1)
    return slice(first, max(end - 1, first + 1))


def cover(by_sentence: NDArray[np.float32], most: int, least: float) -> Sequence[int]:
    """The document sentences that together carry the links (rows), best first: at most ``most`` of them.

    Each next one is the sentence that adds most to the links' total; it must add ``least`` a link.

    >>> cover(np.array([[0.9, 0.2, 0.8], [0.1, 0.9, 0.0], [0.9, 0.1, 0.9]]), most=3, least=0.1)
    [0, 1]
    """
    chosen: list[int] = []
    carried = np.zeros(len(by_sentence))
    while len(chosen) < most and len(by_sentence):
        gains = np.maximum(by_sentence - carried[:, None], 0.0).mean(axis=0)
        nearest = int(gains.argmax())
        if gains[nearest] < least:
            break
        chosen.append(nearest)
        carried = np.maximum(carried, by_sentence[:, nearest])
    return chosen
