"""ROUGE's longest common subsequences of long texts, in little memory: pure functions over tokens.

``rouge-score`` and its fast twin fill a table of both lengths multiplied: 3.6 GB for two sentences of 30,000 words.
Here a row of that table is one integer with a bit a word (Crochemore et al. 2001; Hyyrö 2004), and of all rows only
as many are kept as the square root of their number, so that the values are the same and no text is too long.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from math import isqrt

Triple = tuple[float, float, float]
"""Precision, recall and F1, each 0 to 1."""


def rouge_l(reference: Sequence[str], candidate: Sequence[str]) -> Triple:
    """rougeL of two texts (at least one token each), as ``rouge-score`` computes it.

    >>> rouge_l("police killed the gunman".split(), "police kill the gunman".split())
    (0.75, 0.75, 0.75)
    """
    places, row = _places(candidate), _ones(len(candidate))
    for token in reference:
        row = _next(row, places.get(token, 0), len(candidate))
    return _triple(_length(row, len(candidate)), len(reference), len(candidate))


def rouge_lsum(reference: Sequence[Sequence[str]], candidate: Sequence[Sequence[str]]) -> Triple:
    """rougeLsum of two texts (sentences of tokens, at least one token each), as ``rouge-score`` computes it.

    >>> candidate = ["w1 w2 w6 w7 w8".split(), "w1 w3 w8 w9 w5".split()]
    >>> rouge_lsum(["w1 w2 w3 w4 w5".split()], candidate)[1]
    0.8
    """
    left = Counter(chain.from_iterable(reference)), Counter(chain.from_iterable(candidate))
    hits = 0
    for sentence in reference:
        union = set().union(*(matched(sentence, other) for other in candidate))
        for token in (sentence[place] for place in sorted(union)):
            if all(counter[token] > 0 for counter in left):
                hits += 1
                for counter in left:
                    counter[token] -= 1
    return _triple(hits, sum(map(len, reference)), sum(map(len, candidate)))


def matched(reference: Sequence[str], candidate: Sequence[str]) -> list[int]:
    """Positions in the reference of one longest common subsequence, last first.

    Of several equally long ones it is the one that ``rouge-score`` reads out of its table.

    >>> matched("a b c d".split(), "b a d".split())
    [3, 0]
    """
    places, size = _places(candidate), len(candidate)
    step = isqrt(len(reference)) + 1
    saved, row = [], _ones(size)
    for number, token in enumerate(reference):
        if number % step == 0:
            saved.append(row)
        row = _next(row, places.get(token, 0), size)
    found, i, j = [], len(reference), size
    for start in range(step * (len(saved) - 1), -1, -step):
        rows = [saved[start // step]]
        for token in reference[start:i]:
            rows.append(_next(rows[-1], places.get(token, 0), size))
        while i > start and j > 0:
            if reference[i - 1] == candidate[j - 1]:
                i, j = i - 1, j - 1
                found.append(i)
            elif _length(rows[i - start], j - 1) > _length(rows[i - start - 1], j):
                j -= 1
            else:
                i -= 1
    return found


def _places(tokens: Sequence[str]) -> Mapping[str, int]:
    """Token → a bit for every place where it stands."""
    places: dict[str, int] = defaultdict(int)
    for place, token in enumerate(tokens):
        places[token] |= 1 << place
    return places


def _ones(size: int) -> int:
    return (1 << size) - 1


def _next(row: int, places: int, size: int) -> int:
    """The row below: where a bit is 0, the table grows by one from the column before to this one."""
    common = row & places
    return ((row + common) | (row - common)) & _ones(size)


def _length(row: int, column: int) -> int:
    """The table's value in a row and a column: the length of the longest common subsequence up to there."""
    return column - (row & _ones(column)).bit_count()


def _triple(hits: int, reference: int, candidate: int) -> Triple:
    precision, recall = hits / candidate, hits / reference
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0
