"""How a text that is longer than a model's limit is covered by overlapping windows: pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text's word pieces that is encoded together, and the part of it that is kept."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(length: int, capacity: int) -> list[Window]:
    """Cover ``length`` word pieces by windows of ``capacity`` that overlap by half or more.

    Every piece is kept from the window where the nearer edge of the window is farthest from it;
    the ends of the text don't count as edges, because there is no context to lose beyond them.
    All windows of a text that needs several are full.

    >>> windows(10, 6)
    [Window(start=0, end=6, keep_start=0, keep_end=5), Window(start=3, end=9, keep_start=5, keep_end=7), \
Window(start=4, end=10, keep_start=7, keep_end=10)]
    """
    if length <= capacity:
        return [Window(0, length, 0, length)]
    starts = [*range(0, length - capacity, max(1, capacity // 2)), length - capacity]
    # In the overlap of two neighbours, the left one's right edge and the right one's left edge are the near
    # ones, so the middle of the overlap is where the better window changes.
    cuts = [
        0,
        *((left + capacity - 1 + right) // 2 + 1 for left, right in pairwise(starts)),
        length,
    ]
    return [Window(start, start + capacity, cuts[i], cuts[i + 1]) for i, start in enumerate(starts)]
