"""Two versions of a few words as an edit script, word by word: what was kept, removed and added. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bench.checks.speech.alignment import plain_words
from bench.types import Span

_TABLE = 250_000
"""Cells of the table from which on the script may be longer than the shortest one (some 500 by 500 words)."""
_KEPT = 3
"""Words of a kept stretch that are shown next to a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words that is the same in both texts, or only in one of them."""

    kind: Literal["same", "removed", "added"]
    """``removed``: only the original has it; ``added``: only the new text has it."""
    old: Span
    """In the original; empty, at the place where they would stand, for ``added``."""
    new: Span
    """In the new text; empty for ``removed``."""


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The shortest script of words that turns the original into the new text.

    Words are compared without case, quote style and punctuation (``alignment.plain_words``). A compound with
    hyphens of which a part changes is changed as a whole. Of neighbouring changes the removed one comes first.

    >>> show("The no-limits partnership", "the no holds barred partnership")
    'the [-no-limits-] {+no holds barred+} partnership'
    """
    old_words, old_spans = plain_words(old)
    new_words, new_spans = plain_words(new)
    kept = _widened(_matches(old_words, new_words), _compounds(old, old_spans), _compounds(new, new_spans))
    pieces: list[Piece] = []
    a = b = 0
    for i, j in [*kept, (len(old_words), len(new_words))]:
        if a < i:
            pieces.append(Piece("removed", Span(old_spans[a].start, old_spans[i - 1].end), _point(new, new_spans, b)))
        if b < j:
            pieces.append(Piece("added", _point(old, old_spans, i), Span(new_spans[b].start, new_spans[j - 1].end)))
        if i < len(old_words):
            _keep(pieces, old_spans[i], new_spans[j], joined=bool(a == i and b == j))
        a, b = i + 1, j + 1
    return tuple(pieces)


def show(old: str, new: str, limit: int = 240) -> str:
    """A diff for a reader: ``[-removed-] {+added+}``, long stretches of the same words shortened.

    >>> show("we will not raise a single tax in the years that come", "we will raise a single tax in the years that go")
    'we will [-not-] raise a single … the years that [-come-] {+go+}'
    """
    shown = []
    pieces = word_diff(old, new)
    for number, piece in enumerate(pieces):
        if piece.kind == "removed":
            shown.append(f"[-{_flat(old, piece.old)}-]")
        elif piece.kind == "added":
            shown.append(f"{{+{_flat(new, piece.new)}+}}")
        else:
            shown.append(_shortened(_flat(new, piece.new).split(), number == 0, number == len(pieces) - 1))
    line = " ".join(shown)
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _shortened(words: list[str], first: bool, last: bool) -> str:
    if (first and last) or len(words) <= _KEPT * (2 - first - last) + 1:
        return " ".join(words)
    head = [] if first else words[:_KEPT]
    tail = [] if last else words[-_KEPT:]
    return " ".join([*head, "…", *tail])


def _keep(pieces: list[Piece], old: Span, new: Span, *, joined: bool) -> None:
    if pieces and pieces[-1].kind == "same" and joined:
        last = pieces.pop()
        old, new = Span(last.old.start, old.end), Span(last.new.start, new.end)
    pieces.append(Piece("same", old, new))


def _point(text: str, spans: Sequence[Span], index: int) -> Span:
    """The place before a word, or the end of the text."""
    place = spans[index].start if index < len(spans) else len(text)
    return Span(place, place)


def _flat(text: str, span: Span) -> str:
    return " ".join(text[span.slice].split())


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal words, as many as possible (longest common subsequence), ascending in both."""
    low = 0
    while low < min(len(old), len(new)) and old[low] == new[low]:
        low += 1
    high = 0
    while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    outer = [(i, i) for i in range(low)]
    end = [(len(old) - high + i, len(new) - high + i) for i in range(high)]
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    if len(a) * len(b) > _TABLE:
        blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
        inner = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    else:
        inner = _longest_common(a, b)
    return [*outer, *((i + low, j + low) for i, j in inner), *end]


def _longest_common(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    # length[i][j]: pairs in the best script of a[i:] and b[j:].
    length = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            same = a[i] == b[j]
            length[i][j] = length[i + 1][j + 1] + 1 if same else max(length[i + 1][j], length[i][j + 1])
    pairs = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _compounds(text: str, spans: Sequence[Span]) -> list[int]:
    """For each word the number of the compound that it is a part of: joined by nothing but hyphens."""
    numbers: list[int] = []
    for index, span in enumerate(spans):
        glued = index and text[spans[index - 1].end : span.start] in {"-", "‐", "‑"}
        numbers.append(numbers[-1] if glued else index)
    return numbers


def _widened(pairs: list[tuple[int, int]], old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """The pairs without those in a compound that isn't kept as a whole."""
    while True:
        left, right = {i for i, _ in pairs}, {j for _, j in pairs}
        broken_old = {old[i] for i in range(len(old)) if i not in left}
        broken_new = {new[j] for j in range(len(new)) if j not in right}
        kept = [(i, j) for i, j in pairs if old[i] not in broken_old and new[j] not in broken_new]
        if len(kept) == len(pairs):
            return kept
        pairs = kept
