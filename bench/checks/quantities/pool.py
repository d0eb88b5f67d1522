"""The quantities of a text with their places, and what its relative dates mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from bench.checks.quantities.calendar import Days, Moment, article_date, days, days_of, moments
from bench.checks.quantities.dates import Parts
from bench.checks.quantities.reading import Quantity, quantities
from bench.checks.words.context import surroundings
from bench.language.article import Article
from bench.types import Span

# Tokenised text: 98 . 7 per cent, $ 5, 000, 2. 4 miles.
_SPACED = re.compile(r"(?<![\w.,])\d{1,3}(?: ?, \d{3})+(?: ?\. ?\d+)?(?!\w)|(?<![\w.,])\d+ ?\. \d+(?!\w)")
_COUNT = "(?P<count>a|one|two|three|four|five)"
_LATER = re.compile(
    rf"\b(?:(?:the\s+)?(?:next|following)\s+(?:day|morning|evening|night)|{_COUNT}\s+days?\s+(?:later|afterwards?))\b",
    re.IGNORECASE,
)
# “On Tuesday, two days after the accident”: the accident was two days earlier.
_EARLIER = re.compile(
    rf"\b(?:the\s+day\s+before(?!\s+yesterday)|the\s+previous\s+day|{_COUNT}\s+days?\s+(?:earlier|after))\b",
    re.IGNORECASE,
)
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_SHORTLY = 300
"""Characters between a day and a day counted on from it."""
_AROUND = 60
"""Characters on either side of a spaced number that are read with it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A quantity of a text with its place there."""

    text: Article
    quantity: Quantity
    """Of kind date without parts for a date that is only said from the day of writing (yesterday)."""
    span: Span
    sentence: int
    """Number of its sentence; below 0 for a number that was joined over spaces."""
    home: Span
    """Its sentence."""
    around: frozenset[str]
    """Content words around it."""
    words: str = ""
    """How a relative date is said, folded; empty for any other quantity."""
    moment: Moment | None = None
    days: tuple[Days, ...] = ()
    """The days that a date may mean; empty where it can't be known."""
    broken: bool = False
    """Part of a number with spaces in it: may support, says nothing against anything."""

    @property
    def written(self) -> str:
        """Its words."""
        return self.text[self.span]

    @property
    def whole(self) -> bool:
        """Whether it stands in a sentence that can be parsed."""
        return not self.broken and self.sentence >= 0

    @property
    def relative(self) -> bool:
        """Whether it is only said from the day of writing."""
        return bool(self.words) and self.quantity.kind == "date" and not any(self.quantity.parts)


def pool(document: Article) -> tuple[Placed, ...]:
    """The quantities of a document, sentence by sentence; then those that its spaces hide, and days counted on."""
    today = article_day(document)
    plain = [p for number, home in enumerate(document.sentences) for p in read(document, home, number, today)]
    spaced = list(_SPACED.finditer(document.text))
    plain = [
        replace(placed, broken=True)
        if any(match.start() < placed.span.end and placed.span.start < match.end() for match in spaced)
        else placed
        for placed in plain
    ]
    return (*plain, *_respaced(document, spaced), *_counted_on(document, plain, today))


def article_day(document: Article) -> date | None:
    """The day of an article, as far as it is known."""
    dated = document.of(article_date)
    return dated[0] if dated else None


def read(text: Article, home: Span, number: int, today: date | None) -> list[Placed]:
    """The quantities of one sentence, relative dates among them.

    >>> [(p.quantity.kind, p.words) for p in read(Article("He won 3-1 last Friday."), Span(0, 23), 0, None)]
    [('pair', ''), ('date', 'last friday')]
    """
    part = text[home]
    said = moments(part)
    found = []
    for quantity in quantities(part):
        span = Span(home.start + quantity.span.start, home.start + quantity.span.end)
        moment = next((m for m in said if m.start < quantity.span.end and quantity.span.start < m.end), None)
        found.append(_placed(text, home, number, quantity, span, moment, today))
    for moment in said:
        if not any(moment.start < p.quantity.span.end and p.quantity.span.start < moment.end for p in found):
            quantity = Quantity(Span(moment.start, moment.end), "date", parts=(None, None, None, None))
            span = Span(home.start + moment.start, home.start + moment.end)
            found.append(_placed(text, home, number, quantity, span, moment, today))
    return sorted(found, key=lambda placed: (placed.span.start, placed.quantity.vague))


def _placed(
    text: Article, home: Span, number: int, quantity: Quantity, span: Span, moment: Moment | None, today: date | None
) -> Placed:
    around = frozenset(surroundings(text.text, span, home))
    meant: list[Days] = []
    if moment is not None:
        meant = days_of(moment, today) if today else []
    elif quantity.kind == "date":
        meant = days(cast(Parts, quantity.parts), today)
    words = moment.words if moment else ""
    return Placed(text, quantity, span, number, home, around, words, moment, tuple(meant))


def _respaced(document: Article, spaced: Sequence[re.Match[str]]) -> Iterator[Placed]:
    """What tokenised text says with spaces inside its numbers (98 . 7 per cent), besides its plain reading."""
    for number, match in enumerate(spaced):
        low, high = max(0, match.start() - _AROUND), min(len(document.text), match.end() + _AROUND)
        joined = match.group().replace(" ", "")
        removed = len(match.group()) - len(joined)
        text = document.text[low : match.start()] + joined + document.text[match.end() : high]
        first, last = match.start() - low, match.start() - low + len(joined)
        for quantity in quantities(text):
            if quantity.span.start < last and first < quantity.span.end:
                span = Span(low + quantity.span.start, low + quantity.span.end + removed)
                around = surroundings(document.text, span, Span(low, high))
                yield Placed(document, quantity, span, -1 - number, Span(low, high), frozenset(around))


def _counted_on(document: Article, plain: Sequence[Placed], today: date | None) -> Iterator[Placed]:
    """The day that “a day later” means, where a day was named shortly before."""
    homes = {placed.sentence: placed.home for placed in plain}
    named = [p for p in plain if p.quantity.kind == "date" and any(part is not None for part in p.quantity.parts[2:])]
    later = [(match, 1) for match in _LATER.finditer(document.text)]
    for match, sign in [*later, *((match, -1) for match in _EARLIER.finditer(document.text))]:
        number = max((n for n, home in homes.items() if home.start <= match.start()), default=None)
        last = next((p for p in reversed(named) if p.span.end <= match.start()), None)
        if number is None or last is None or match.start() - last.span.end > _SHORTLY:
            continue
        step = sign * _COUNTS.get((match.group("count") or "a").lower(), 1)
        year, month, day, weekday = last.quantity.parts
        if month is not None and day is not None:
            there = date(year or 2000, month, day) + timedelta(days=step)
            month, day, year = there.month, there.day, there.year if year is not None else None
        weekday = (weekday + step) % 7 if weekday is not None else None
        parts: Parts = (year, month, day, weekday)
        span, home = Span(*match.span()), homes[number]
        quantity = Quantity(Span(span.start - home.start, span.end - home.start), "date", parts=parts, vague=True)
        around = surroundings(document.text, span, Span(home.start, max(home.end, span.end)))
        yield Placed(document, quantity, span, number, home, frozenset(around), days=tuple(days(parts, today)))
