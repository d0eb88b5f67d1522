"""What in one scorer's cells a reader should be told before trusting its numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.types import Score

_WORTH_TELLING = 0.99
"""Shares of a text seen below this are worth a line; every one is in its Score."""


def notices(scores: Sequence[Score], *, notes: bool) -> Iterator[str]:
    """Failed and undefined cells, and texts seen in part, a line each.

    ``notes``: also cells that are ok and say why a value is absent or a reference was left out.
    """
    for status in ("error", "undefined"):
        bad = [score for score in scores if score.status == status]
        if bad:
            yield f"{len(bad)} of {len(scores)} cells {status}; {first_reasons(bad)}"
    noted = [score for score in scores if score.status == "ok" and score.error]
    if notes and noted:
        yield f"{len(noted)} of {len(scores)} cells have a note; {first_reasons(noted)}"
    for part in ("candidate", "reference", "document"):
        shares = [share for score in scores if (share := getattr(score.seen, part)) is not None]
        less = [share for share in shares if share < _WORTH_TELLING]
        if less:
            # Rounded down: a part that was left out never shows as 100 %.
            least = math.floor(1000 * min(less)) / 10
            yield f"{len(less)} of {len(scores)} cells saw only a part of the {part} (the least: {least:g}%)"


def first_reasons(scores: Sequence[Score], most: int = 3) -> str:
    """The first few different reasons, each with where it first occurs, and in how many cells if they are several.

    >>> cells = [Score(id, "a", "x", "undefined", error=f"it is {why}") for id, why in zip("123", ["empty"] * 3)]
    >>> first_reasons(cells)
    '1/a: it is empty'
    >>> first_reasons([*cells, Score("4", "a", "x", "undefined", error="it is blank")])
    '1/a: it is empty (3 cells); 4/a: it is blank (1 cell)'
    """
    first: dict[str, Score] = {}
    for score in scores:
        first.setdefault(score.error or "", score)
    count = Counter(score.error or "" for score in scores)
    shown = [
        f"{score.example_id}/{score.system}: {reason}"
        + (f" ({count[reason]} cell{'s' * (count[reason] > 1)})" if len(first) > 1 else "")
        for reason, score in list(first.items())[:most]
    ]
    more = len(first) - len(shown)
    return "; ".join(shown) + (f"; and {more} more reasons" if more > 0 else "")
