"""Changes told by two numbers (“$0.45, up from $0.38”, “from 5 to 7 per cent”), and whether they are told backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.checks.quantities.agreement import agrees
from bench.checks.quantities.pool import Placed

_AFTER_BEFORE = re.compile(
    r"[^.;:()]{0,60}\b(?:from|than|versus|vs\.?|compared (?:to|with))\s+(?:an?\s+|the\s+|about\s+)?", re.IGNORECASE
)
_TO = re.compile(r"\s+to\s+(?:about\s+)?", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(?:about\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """What something became, and what it was before."""

    after: Placed
    before: Placed


def changes(placed: Sequence[Placed]) -> Iterator[Change]:
    """The changes that neighbouring quantities of one kind and sentence tell.

    >>> from bench.checks.quantities.pool import read
    >>> from bench.language.article import Article
    >>> from bench.types import Span
    >>> text = Article("It rose from 5 to 7 cars, and paid $9, up from $8.")
    >>> [(str(c.after.quantity.number), str(c.before.quantity.number))
    ...  for c in changes(read(text, Span(0, 50), 0, None))]
    [('7', '5'), ('9', '8')]
    """
    for one, other in pairwise(p for p in placed if not p.quantity.vague and not p.broken):
        if one.home != other.home or one.quantity.kind != other.quantity.kind or one.quantity.number is None:
            continue
        text = one.text.text
        between = text[one.span.end : other.span.start]
        if _TO.fullmatch(between) and _FROM.search(text[one.home.start : one.span.start]):
            yield Change(other, one)
        elif _AFTER_BEFORE.fullmatch(between):
            yield Change(one, other)


def turned_round(ours: Change, theirs: Sequence[Change]) -> Change | None:
    """The document's change that has both numbers the other way round; ``None`` where one agrees or none is."""

    def same(one: Placed, other: Placed) -> bool:
        return agrees(one.quantity, other.quantity)

    if same(ours.after, ours.before) or any(
        same(ours.after, each.after) and same(ours.before, each.before) for each in theirs
    ):
        return None
    backwards = (each for each in theirs if same(ours.after, each.before) and same(ours.before, each.after))
    return next(backwards, None)
