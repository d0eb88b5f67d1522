"""The part of a document that a claim is judged beside: its best sentences, as many as a small model reads well.

A sentence of a dialogue's turn carries the name of who speaks; a very long one is divided.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.links import find_links
from bench.text import sentence_spans, trim
from bench.types import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.checks.words.content_words import ContentWords

_TURN = re.compile(r"^[ \t]*([^\s:][^:\n]{0,30}):\s", re.MULTILINE)
_LEAST_TURNS = 3
"""Lines with a name and a colon from which on a text is a dialogue."""
_LONGEST, _STEP = 64, 48
"""Word pieces of a unit at most, and the step in which a longer sentence is divided."""
_MOST = 12
"""Units that are looked for at most."""
_ALIKE = 0.15
"""What a unit's likeness to the whole claim counts, beside what it adds to the units chosen before it."""

Pieces = Callable[[str], tuple[Sequence[int], Sequence[tuple[int, int]]]]
"""Text → vocabulary ids and character offsets of its word pieces."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of the document, or a part of a long one, as the model reads it."""

    span: Span
    text: str
    """On one line, behind the name of who speaks."""
    size: int
    """Word pieces."""


def units(document: str, pieces: Pieces) -> list[Unit]:
    """The document's units in order; every sentence is in one.

    >>> [unit.text for unit in units("Ann: Hi! I am late.\\nBo: When?\\nAnn: At 8.", lambda text: ([], [(0, 1)]))]
    ['Ann: Hi!', 'Ann: I am late.', 'Bo: When?', 'Ann: At 8.']
    """
    speaker = _speakers(document)
    found = []
    for span in _parts(document, pieces):
        text = speaker(span.start) + " ".join(document[span.slice].split())
        found.append(Unit(span, text, len(pieces(text)[0])))
    return found


def _parts(document: str, pieces: Pieces) -> Iterator[Span]:
    """The sentences, and of the long ones parts of at most ``_LONGEST`` word pieces, between words where there are."""
    for sentence in sentence_spans(document):
        text = document[sentence.slice]
        offsets = pieces(text)[1]
        begins = [n for n, (start, _) in enumerate(offsets) if n == 0 or text[start - 1 : start].isspace()]
        starts = [0]
        while len(offsets) - starts[-1] > _LONGEST:
            last = starts[-1] + _STEP
            between = begins[bisect_right(begins, last) - 1]
            starts.append(between if between > starts[-1] else last)
        for first, after in zip(starts, [*starts[1:], len(offsets)], strict=True):
            begin = sentence.start + (offsets[first][0] if first else 0)
            end = sentence.start + offsets[after - 1][1] if after < len(offsets) else sentence.end
            if part := trim(document, begin, end):
                yield part


def _speakers(document: str) -> Callable[[int], str]:
    """Offset → "Name: " where it lies behind the first sentence of that person's turn, in a dialogue."""
    turns = [(found.start(), found.end(), found[1]) for found in _TURN.finditer(document)]
    if len(turns) < _LEAST_TURNS:
        return lambda _: ""
    starts = [start for start, _, _ in turns]

    def speaker(place: int) -> str:
        turn = bisect_right(starts, place) - 1
        if turn < 0 or document.find("\n", starts[turn], place) != -1 or place < turns[turn][1]:
            return ""
        return f"{turns[turn][2]}: "

    return speaker


def compose(claim: NDArray[np.float32], document: ContentWords, parts: Sequence[Unit], budget: int) -> list[int]:
    """Which units the claim is read beside, in the document's order: at most ``budget`` word pieces, one at least.

    ``claim`` is (n, d): the embeddings of its content words. One by one the unit that says most of what
    the claim says and the ones before don't; then the neighbours of the first one, where there is room.
    """
    if sum(unit.size for unit in parts) <= budget:
        return list(range(len(parts)))
    order = _ranked(claim, document, parts)
    chosen: list[int] = []
    room = budget
    for number in [*order, order[0] - 1, order[0] + 1]:
        if 0 <= number < len(parts) and number not in chosen and (parts[number].size <= room or not chosen):
            chosen.append(number)
            room -= parts[number].size
    return sorted(chosen)


def _ranked(claim: NDArray[np.float32], document: ContentWords, parts: Sequence[Unit]) -> list[int]:
    """Numbers of the units that say most of what the claim says, the first one first; at least one."""
    support = np.zeros((max(1, len(claim) - 1), len(parts)), dtype=np.float32)
    if len(claim) and len(document.words):
        # Every word lies in a unit: the last one that begins at or before it.
        owners = np.searchsorted([unit.span.start for unit in parts], [word.start for word in document.words], "right")
        numbers, starts = np.unique(np.maximum(owners - 1, 0), return_index=True)
        support[:, numbers] = find_links(claim, document.vectors, starts.astype(np.int64), 3, 0.9).by_sentence
    alike = _ALIKE * support.mean(axis=0)
    carried = np.zeros(len(support), dtype=np.float32)
    chosen: list[int] = []
    while len(chosen) < min(_MOST, len(parts)):
        gains = np.maximum(support - carried[:, None], 0).mean(axis=0) + alike
        gains[chosen] = -1.0
        chosen.append(int(gains.argmax()))
        carried = np.maximum(carried, support[:, chosen[-1]])
    return chosen
