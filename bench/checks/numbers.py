"""Numbers, money, percentages, dates, times, ordinals and durations that the document doesn't have, or elsewhere.

English only. What is compared are values, not spellings: $240 billion is 240 billion dollars, and with the
article's date known, “yesterday” is a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import cast

from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.quantities.agreement import agrees, covers, opposed, same_unit
from bench.checks.quantities.calendar import article_date, weekday_error, within
from bench.checks.quantities.changes import Change, changes, turned_round
from bench.checks.quantities.dates import Parts, complete
from bench.checks.quantities.pool import Placed, article_day, pool, read
from bench.checks.quantities.reading import QUANTITY_RULES, Quantity
from bench.checks.quantities.rivals import Rival, instead, misplaced, unresolved
from bench.checks.words.context import stem
from bench.checks.words.places import Beside
from bench.claims import claim_rules
from bench.language.article import Article
from bench.scorer import signature
from bench.types import ErrorKind, Span

_VERSION = 4
# Two of something may be counted up from the text without its saying so.
_COUNTABLE = 2
_OF_THE_TEXT = frozenset(map(stem, ("topic", "theme", "aspect", "takeaway")))
"""What a summary counts of its document, not in it."""
_ADDENDS, _MOST_ADDED = (2, 3), 12
"""How many numbers of one thing may be added up, and of how many they are chosen."""


class Numbers(FindingsCheck):
    """Every quantity of a sentence must be in the document, whatever its spelling, and for the same thing.

    Values are compared by kind and unit, exactly, rounded as the candidate wrote them, or within what “about”,
    “more than” or “nearly” leaves open; a date agrees with a fuller one, and a number without a unit with any.
    Dates said from the day of writing (yesterday, last week) are resolved with the article's date:
    ``Example.metadata["date"]`` (ISO), else a dateline that opens the document.

    A quantity that the document lacks is ``contradicted`` when the document has another one in its place, else
    ``unsupported``. One that it has is ``contradicted`` when the nearly copied sentence has another one in its
    place, the document says of the same thing or deed another one, or has a change the other way round (9, up from
    8); ``unsupported`` when it counts only things
    that can't be the same (12 cars, not 12 people). In doubt it is supported. ``unchecked``: relative dates that
    can't be resolved, and what may be the summary's own: two of something, a sum, a “first” and what goes on from
    it. Not judged: “one”, and names with digits.
    """

    nothing = "no number or date in this claim"

    def __init__(self, *, name: str = "numbers") -> None:
        self.name = name

    def signature(self) -> str:
        """Version of the rules, of the reader of quantities, and of the claims."""
        return signature("numbers", version=_VERSION, quantities=QUANTITY_RULES, claims=claim_rules())

    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterator[Finding]:
        """One finding a quantity."""
        today = article_day(document)
        read_there = [read(candidate, sentence, number, today) for number, sentence in enumerate(sentences)]
        ranks = frozenset(p.quantity.value for ours in read_there for p in ours if p.quantity.kind == "ordinal")
        theirs = list(changes(document.of(pool)))
        for sentence, ours in zip(sentences, read_there, strict=True):
            beside = candidate.of(Beside, document, sentence)
            backwards = {change.after: turned_round(change, theirs) for change in changes(ours)}
            for placed in ours:
                if turned := backwards.get(placed):
                    yield _backwards(placed, turned)
                elif not placed.quantity.vague:
                    yield _judge(beside, placed, ours, ranks)


def _backwards(ours: Placed, theirs: Change) -> Finding:
    """What is said of a change whose numbers the document has the other way round."""
    said = one_line(theirs.after.text[theirs.after.home], 90)
    reason = f"“{ours.written}”: the document tells the change the other way round: “{said}”"
    evidence = (theirs.after.span, theirs.before.span)
    return Finding("contradicted", reason, ours.span, evidence, 0.0, _kind(ours.quantity))


def _judge(beside: Beside, ours: Placed, all_ours: Sequence[Placed], ranks: frozenset[Decimal]) -> Finding:
    """What is said of a quantity; ``ranks``: all those in the candidate."""
    document, quantity = beside.document, ours.quantity
    shown, kind = one_line(ours.written, 60), _kind(quantity)
    # “75th anniversary” is a rank, and 75 years as well.
    readings = [ours, *(p for p in all_ours if p.quantity.vague and p.span == ours.span)]
    same = [there for there in document.of(pool) if any(_says(reading, there) for reading in readings)]
    hits = [there for there in same if not opposed(quantity, there.quantity)]
    rival = misplaced(beside, ours, hits) if hits else None
    if rival:
        return Finding("contradicted", _reason(document, shown, rival), ours.span, rival.evidence, 0.0, kind)
    if found := _best(hits, ours) or _in_parts(document.of(pool), quantity):
        theirs = one_line(document[found[0]], 60)
        counted = _counted(document, ours, hits)
        note = f" (“{theirs}”{counted})" if theirs.casefold() != shown.casefold() or counted else ""
        return Finding("supported", shown + note, ours.span, found, 1.0)
    if same:
        said = one_line(document[same[0].home], 90)
        reason = f"“{shown}”: the document says it the other way round: “{said}”"
        return Finding("contradicted", reason, ours.span, (same[0].span,), 0.0, kind)
    return _missing(beside, ours, shown, ranks)


def _missing(beside: Beside, ours: Placed, shown: str, ranks: frozenset[Decimal]) -> Finding:
    """What is said of a quantity that the document doesn't have."""
    document, quantity, kind, where = beside.document, ours.quantity, _kind(ours.quantity), ours.span
    today = article_day(document)
    parts = cast(Parts, quantity.parts) if quantity.kind == "date" else (None,) * 4
    if real := weekday_error(parts, today):
        counted = f" ({_counted_from(document)})" if parts[0] is None else ""
        return Finding("contradicted", f"“{shown}”: {real} was a {real:%A}{counted}", where, (), 0.0, kind)
    if _is_sum(document.of(pool), quantity):
        return Finding("unchecked", f"“{shown}” may be added up from the text", where)
    if rival := instead(beside, ours):
        return Finding("contradicted", _reason(document, shown, rival), where, rival.evidence, 0.0, kind)
    if today and any(within((today, today), days) for days in ours.days):
        reason = f"“{shown}” holds the article's date {today}; the document itself gives no date for this"
        return Finding("unchecked", reason, where)
    if not today and (other := unresolved(beside, ours)):
        theirs = one_line(other.written, 60)
        reason = f"“{shown}” can't be compared with “{theirs}”: the article has no date to count from"
        return Finding("unchecked", reason, where, (other.span,))
    if ours.relative:
        known = f"is {_stretch(ours)}, {_counted_from(document)}; the document has no such date" if ours.days else ""
        reason = f"“{shown}” {known or 'can’t be placed: the article has no date, and the document doesn’t say so'}"
        return Finding("unchecked", reason, where)
    if own := _own(quantity, ranks):
        return Finding("unchecked", f"“{shown}” {own}", where)
    return Finding("unsupported", f"“{shown}” is not in the document", where, (), 0.0, kind)


def _own(quantity: Quantity, ranks: frozenset[Decimal]) -> str | None:
    """Why a number may be the summary's own: counted up, or the next in its order; ``None`` where it isn't."""
    if quantity.kind == "ordinal" and quantity.value == 1:
        return "may follow from the order of events"
    if quantity.kind == "ordinal" and quantity.value - 1 in ranks:
        return "goes on from the rank before it, which the summary has too"
    counted = quantity.kind == "count" and (quantity.value == _COUNTABLE or quantity.nouns & _OF_THE_TEXT)
    return "may be counted up from the text" if counted else None


def _is_sum(places: Sequence[Placed], quantity: Quantity) -> bool:
    """Whether it is the sum of two or three of the document's numbers of the same thing, or of one sentence."""
    if quantity.kind != "count":
        return False
    counts = [p for p in places if p.quantity.kind == "count" and not p.quantity.vague]
    alike = [[p for p in counts if p.quantity.nouns & quantity.nouns]]
    alike += [[p for p in counts if p.home == home] for home in dict.fromkeys(p.home for p in counts)]
    groups = (group for some in alike for size in _ADDENDS for group in combinations(some[:_MOST_ADDED], size))
    return any(sum(p.quantity.value for p in group) == quantity.value for group in groups)


def _reason(document: Article, shown: str, rival: Rival) -> str:
    theirs = one_line(document[rival.evidence[0]], 60)
    counted = f" ({_counted_from(document)})" if rival.resolved else ""
    return f"“{shown}”: {rival.how.format(theirs=theirs)}{counted}"


def _stretch(ours: Placed) -> str:
    first, last = ours.days[0]
    return str(first) if first == last else f"{first} to {last}"


def _counted_from(document: Article) -> str:
    """How a reader is told which date was counted from."""
    dated = document.of(article_date)
    return f"counted from the article's date {dated[0]}, {dated[1]}" if dated else ""


def _counted(document: Article, ours: Placed, hits: Sequence[Placed]) -> str:
    """Which date was counted from, where the support rests on it."""
    counted = _counted_from(document)
    if not counted or not hits or any(_says_plainly(ours, there) for there in hits):
        return ""
    return f"; {_stretch(ours)}, {counted}" if ours.relative else f"; {counted}"


def _kind(quantity: Quantity) -> ErrorKind:
    return "date" if quantity.kind in ("date", "decade") else "number"


def _says(ours: Placed, theirs: Placed) -> bool:
    """Whether the document's quantity says what ours says, in its words or by the calendar."""
    if _says_plainly(ours, theirs):
        return True
    # A month holds many days: that one of them is named somewhere says nothing.
    if not ours.around & theirs.around:
        return False
    return any(within(there, here) for here in ours.days for there in theirs.days)


def _says_plainly(ours: Placed, theirs: Placed) -> bool:
    if ours.relative or theirs.relative:
        return ours.relative and ours.words == theirs.words
    return agrees(ours.quantity, theirs.quantity)


def _best(hits: Sequence[Placed], ours: Placed) -> tuple[Span, ...]:
    """Of the places that agree the one most like ours: in value, then in spelling, then in its context."""

    def unlike(theirs: Placed) -> tuple[bool, bool, bool, int]:
        respelled = theirs.written.casefold() != ours.written.casefold()
        different = theirs.quantity.value != ours.quantity.value
        return not same_unit(ours.quantity, theirs.quantity), different, respelled, -len(ours.around & theirs.around)

    return (min(hits, key=unlike).span,) if hits else ()


def _in_parts(places: Sequence[Placed], ours: Quantity) -> tuple[Span, ...]:
    """A date that the document gives in parts within two sentences, a pair as two numbers within one."""
    if ours.kind == "pair":
        wanted = set(ours.parts)
        counts = [p for p in places if p.quantity.kind in ("count", "measure", "percent")]
        for first in counts:
            near = [p for p in counts if p.sentence == first.sentence and p.quantity.number in wanted]
            if {int(p.quantity.number) for p in near if p.quantity.number is not None} == wanted:
                return tuple(p.span for p in near[:2])
        return ()
    if ours.kind != "date" or sum(part is not None for part in ours.parts) < 2:
        return ()
    wanted_date = cast(Parts, ours.parts)
    dated = [p for p in places if p.quantity.kind == "date" and _compatible(cast(Parts, p.quantity.parts), wanted_date)]
    for first in dated:
        # “In 2019. In October of that year”: the next sentence counts.
        near = [p for p in dated if p.sentence in (first.sentence, first.sentence + 1)]
        joined = tuple(
            next((p.quantity.parts[i] for p in near if p.quantity.parts[i] is not None), None) for i in range(4)
        )
        if covers(cast(Parts, joined), wanted_date):
            return tuple(p.span for p in near[:2])
    return ()


def _compatible(theirs: Parts, ours: Parts) -> bool:
    """Whether two dates share a part and differ in none."""
    pairs = [(a, b) for a, b in zip(complete(theirs), ours, strict=True) if a is not None and b is not None]
    return bool(pairs) and all(a == b for a, b in pairs)
