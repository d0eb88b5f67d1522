"""Letters and ranks that say which systems are told apart: pure functions over an order and the pairs that differ."""

from __future__ import annotations

import string
from collections.abc import Sequence


def letter_groups(order: Sequence[str], different: set[frozenset[str]]) -> dict[str, str]:
    """Compact letter display: two systems share a letter exactly when they don't differ.

    ``order`` is best first, so that the best system has an a.

    >>> letter_groups(["x", "y", "z"], {frozenset(("x", "z"))})
    {'x': 'a', 'y': 'ab', 'z': 'b'}
    """
    groups = letter_sets(order, different)
    return {system: "".join(_letter(k) for k, group in enumerate(groups) if system in group) for system in order}


def letter_sets(order: Sequence[str], different: set[frozenset[str]]) -> list[frozenset[str]]:
    """The systems of each letter. Source: Piepho (2004), "An Algorithm for a Letter-Based Representation of
    All-Pairwise Comparisons" (insert and absorb).

    >>> [sorted(group) for group in letter_sets(["x", "y", "z"], {frozenset(("x", "z"))})]
    [['x', 'y'], ['y', 'z']]
    """
    groups: list[frozenset[str]] = [frozenset(order)]
    for pair in sorted(different, key=lambda pair: sorted(map(order.index, pair))):
        split: list[frozenset[str]] = []
        for group in groups:
            split += [group - {system} for system in sorted(pair, key=order.index)] if pair <= group else [group]
        groups = [
            group
            for k, group in enumerate(split)
            if not any(group < other or (group == other and k > m) for m, other in enumerate(split) if m != k)
        ]
    return sorted(groups, key=lambda group: sorted(map(order.index, group)))


def shared_ranks(order: Sequence[str], different: set[frozenset[str]]) -> dict[str, int]:
    """Ranks with ties: a system shares the rank of those right above it from none of which it differs.

    >>> shared_ranks(["x", "y", "z"], {frozenset(("x", "z"))})
    {'x': 1, 'y': 1, 'z': 3}
    """
    ranks: dict[str, int] = {}
    head = 0
    for place, system in enumerate(order):
        if any(frozenset((other, system)) in different for other in order[head:place]):
            head = place
        ranks[system] = head + 1
    return ranks


def _letter(k: int) -> str:
    return string.ascii_lowercase[k] if k < 26 else f"{string.ascii_lowercase[k % 26]}{k // 26}"
