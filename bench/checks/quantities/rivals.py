"""Another quantity that the document has in the place of a claim's: in the same slot, or for the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bench.checks.quantities.agreement import agrees, differ, same_unit
from bench.checks.quantities.calendar import within
from bench.checks.quantities.counted import Role, casualties, distinct, other_deed, role, same_deed
from bench.checks.quantities.dates import Parts
from bench.checks.quantities.pool import Placed, pool
from bench.checks.quantities.slots import fit
from bench.checks.words.places import Beside
from bench.types import Span

_MOST = 6
"""Sentences of the document that a claim is laid beside, and places whose sentences are parsed."""
_SLOT = 1.7
"""Least fit of a place: a content word and two small ones, or two content words, at the same distance.
Like the other thresholds here chosen on the choosing half of the judgements' documents."""
_LEAD = 0.8
"""How much better than any place that agrees a place must fit that doesn't."""
_EVEN = 0.4
"""How much better a place that agrees may fit on one side."""
_LIKE = 0.4
"""Least share of the claim's content words in the sentence that says something else."""
_DEED_LIKE = 0.25
_NEAR_WORDS = 2


@dataclass(frozen=True, slots=True)
class Rival:
    """What the document says instead."""

    evidence: tuple[Span, ...]
    """The other quantity first."""
    how: str
    """For a reader, with ``{theirs}`` for the document's words."""
    resolved: bool = False
    """Whether it rests on dates counted from the article's."""


def instead(beside: Beside, ours: Placed) -> Rival | None:
    """What the document has in the place of a quantity that it lacks: in the slot, or among the same words."""
    places = beside.document.of(pool)
    best = _best_rival(beside, ours)
    if best and best.fit >= _SLOT:
        return Rival((best.there.span,), "the document has “{theirs}” there", _by_calendar(ours, best.there))
    found: tuple[int, Placed] | None = None
    for theirs in places:
        if _rivals(ours, theirs) and _may_count_same(ours, theirs):
            shared = len(ours.around & theirs.around)
            if any(_overlap(ours, other) for other in places if other.days and other.sentence == theirs.sentence):
                continue
            if shared >= _NEAR_WORDS and (found is None or shared > found[0]):
                found = shared, theirs
    if found is None:
        return None
    return Rival((found[1].span,), "not in the document, which has “{theirs}” in this place",
                 _by_calendar(ours, found[1]))  # fmt: skip


def misplaced(beside: Beside, ours: Placed, hits: Sequence[Placed]) -> Rival | None:
    """What the document has in the place of a quantity that it has, but elsewhere; ``None`` in doubt."""
    fits = [_fit(beside, ours, hit) for hit in hits]
    at_home = max(map(sum, fits), default=0.0)
    best = _best_rival(beside, ours)
    if best:
        own = max((_score(beside, hit) for hit in hits if hit.home != best.there.home), default=0.0)
        fitting = best.fit >= _SLOT and best.fit >= at_home + _LEAD
        # “12 for Welbeck” may follow “paid 40 for Ozil, 12 for Welbeck”: on either side the rival must fit as well.
        either = all(before <= best.sides[0] + _EVEN and behind <= best.sides[1] + _EVEN for before, behind in fits)
        alike = best.like >= max(_LIKE, own)
        if fitting and either and alike and not _our_deed(ours, hits, best.there):
            return _rival(ours, best.there, hits, "the document has “{theirs}” there")
    if at_home >= _SLOT:
        return None
    return _other_role(beside, ours, hits)


def _rival(ours: Placed, theirs: Placed, hits: Sequence[Placed], how: str) -> Rival:
    return Rival((theirs.span, *(hit.span for hit in hits[:1])), how, _by_calendar(ours, theirs))


def _our_deed(ours: Placed, hits: Sequence[Placed], rival: Placed) -> bool:
    """Whether the document has our value for the claim's deed, and the rival for another: word order misleads."""
    mine = role(ours)
    whole = [hit for hit in hits if hit.whole]
    return not same_deed(mine, role(rival)) and any(same_deed(mine, role(hit)) for hit in whole[:_MOST])


@dataclass(frozen=True, slots=True)
class _Fitting:
    """A place that says something else, and how well it fits the claim's."""

    sides: tuple[float, float]
    like: float
    """Share of the claim's content words in its sentence."""
    there: Placed

    @property
    def fit(self) -> float:
        return sum(self.sides)


def _best_rival(beside: Beside, ours: Placed) -> _Fitting | None:
    """The place with another value that fits best."""
    found = [
        _Fitting(fit(beside, aligned, ours.span, theirs.span), aligned.score, theirs)
        for aligned in beside.best(_MOST)
        for theirs in beside.document.of(pool)
        if theirs.home == aligned.sentence and _rivals(ours, theirs)
    ]
    return max(found, key=lambda each: (each.fit, each.like), default=None)


def _fit(beside: Beside, ours: Placed, theirs: Placed) -> tuple[float, float]:
    fits = [
        fit(beside, aligned, ours.span, theirs.span)
        for aligned in beside.best(_MOST)
        if aligned.sentence.start <= theirs.span.start and theirs.span.end <= aligned.sentence.end
    ]
    return max(fits, key=sum, default=(0.0, 0.0))


def _score(beside: Beside, theirs: Placed) -> float:
    return max((a.score for a in beside.best(_MOST) if a.sentence == theirs.home), default=0.0)


def _other_role(beside: Beside, ours: Placed, hits: Sequence[Placed]) -> Rival | None:
    """The other value of the same thing or deed, where the document has ours only for others."""
    if len(hits) > _MOST or not all(hit.whole for hit in hits):
        return None
    mine, roles = role(ours), [role(hit) for hit in hits]
    counted = ours.quantity.kind in ("count", "ordinal")
    things = counted and all(distinct(mine.noun, theirs.noun) for theirs in roles)
    if not things and not all(other_deed(mine, theirs) for theirs in roles):
        return None
    own = max(len(ours.around & hit.around) for hit in hits)
    near = max(_score(beside, hit) for hit in hits)
    # A date's deed says enough; a number of the same thing may be said of many.
    least, shared = (_DEED_LIKE, 1) if ours.quantity.kind == "date" else (max(_LIKE, near), max(own, _NEAR_WORDS))
    homes = [aligned.sentence for aligned in beside.best(_MOST) if aligned.score >= least]
    rivals = [
        theirs
        for theirs in beside.document.of(pool)
        if theirs.home in homes and _rivals(ours, theirs) and len(ours.around & theirs.around) >= shared
    ]
    same = (theirs for theirs in rivals[:_MOST] if _same_role(mine, role(theirs), counted, things))
    best = next(same, None)
    return _rival(ours, best, hits, "the document has “{theirs}” for this") if best else None


def _may_count_same(ours: Placed, theirs: Placed) -> bool:
    """Whether nothing that is counted is another thing."""
    return ours.quantity.kind not in ("count", "ordinal") or bool(ours.quantity.nouns & theirs.quantity.nouns)


def _same_role(ours: Role, theirs: Role, counted: bool, things: bool) -> bool:
    if things:
        return bool(ours.noun) and ours.noun == theirs.noun and not other_deed(ours, theirs)
    if not same_deed(ours, theirs):
        return False
    # Sapp, 42, was charged on two counts: not the same question.
    said = bool(ours.noun and theirs.noun) or casualties(ours, theirs)
    return not counted or (said and not distinct(ours.noun, theirs.noun))


def _rivals(ours: Placed, theirs: Placed) -> bool:
    """Whether only one of two quantities can be right."""
    return _comparable(ours, theirs) and not _agree(ours, theirs)


def _agree(ours: Placed, theirs: Placed) -> bool:
    if ours.relative or theirs.relative or (ours.days and theirs.days):
        if ours.words and ours.words == theirs.words:
            return True
        if any(within(b, a) or within(a, b) for a in ours.days for b in theirs.days):
            return True
        if ours.relative or theirs.relative:
            return False
    return agrees(ours.quantity, theirs.quantity) or agrees(theirs.quantity, ours.quantity)


def _overlap(ours: Placed, theirs: Placed) -> bool:
    """Whether two dates may be one day, by the calendar."""
    return any(b[0] <= a[1] and a[0] <= b[1] for a in ours.days for b in theirs.days)


def unresolved(beside: Beside, ours: Placed) -> Placed | None:
    """A date in the place of ours that can't be compared with it without the article's date."""
    if ours.quantity.kind != "date":
        return None
    best: tuple[float, Placed] | None = None
    for aligned in beside.best(_MOST):
        for theirs in beside.document.of(pool):
            if theirs.home != aligned.sentence or theirs.quantity.kind != "date" or _comparable(ours, theirs):
                continue
            alike = len(ours.around & theirs.around)
            near = sum(fit(beside, aligned, ours.span, theirs.span))
            if (alike >= _NEAR_WORDS or near >= _SLOT) and (best is None or alike + near > best[0]):
                best = alike + near, theirs
    return best[1] if best else None


def _by_calendar(ours: Placed, theirs: Placed) -> bool:
    """Whether they only differ when both are counted from the article's date."""
    if ours.quantity.kind != "date" or theirs.quantity.kind != "date" or (ours.relative and theirs.relative):
        return False
    return not differ(cast(Parts, ours.quantity.parts), cast(Parts, theirs.quantity.parts))


def _comparable(ours: Placed, theirs: Placed) -> bool:
    """Whether two quantities answer one question, so that only one of them can be right."""
    mine, other = ours.quantity, theirs.quantity
    if theirs.broken or (other.vague and not theirs.relative):
        return False
    if ours.relative or theirs.relative:
        if not mine.kind == other.kind == "date":
            return False
        if ours.days and theirs.days:
            return not _overlap(ours, theirs)
        both = [m for m in (ours.moment, theirs.moment) if m and not m.named]
        return len(both) == 2 and both[0].shift[0] == both[1].shift[0]
    if mine.kind == other.kind == "date":
        if ours.days and theirs.days:
            return not _overlap(ours, theirs)
        return differ(cast(Parts, mine.parts), cast(Parts, other.parts))
    if mine.kind == "decade":
        return other.kind == "decade"
    if mine.kind in ("count", "ordinal"):
        return mine.kind == other.kind
    return same_unit(mine, other)
