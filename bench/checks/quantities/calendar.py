"""Dates as days of the calendar: which days a date may mean, counted from the day of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench.checks.quantities.dates import Parts, dates
from bench.checks.quantities.number_words import numbers
from bench.checks.quantities.units import MONTHS, WEEKDAYS
from bench.language.article import Article

Days = tuple[date, date]
"""First and last day of a stretch."""

_NEAR = 6
"""A weekday alone is said of a day at most so many days before or after the article's."""
_OPENING = 400
"""Characters of a document in which its own date may stand."""
_PUBLISHED = re.compile(
    r"(?:^|[|•·;(\]])\s*(?:first\s+|last\s+)?(?:published|posted|updated|date|modified|created)\b\W*", re.IGNORECASE
)
_DATELINE = re.compile(r"^[A-Z][A-Z .,'’/-]{2,40},?\s*(?:\([A-Za-z ]+\)\s*)?$")
_AFTER_DATELINE = re.compile(r"\s*(?:\([A-Za-z ]+\)\s*)?(?:-|–|—|:|$)")
_SCALE = {"day": 1, "week": 7, "fortnight": 14}
_NUMBER = r"(?P<number>an?|\d+|[a-z]+(?:-[a-z]+)?)"
_UNITS = r"(?P<unit>day|week|fortnight|month|year)s?"
_NAMED = "|".join((*WEEKDAYS, *sorted(MONTHS, key=lambda name: -len(name))))
_RELATIVE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:the\s+day\s+(?P<far>before\s+yesterday|after\s+tomorrow))\b",
        r"\b(?P<day>yesterday|tomorrow|today|tonight)\b(?!['’]s\b)",
        rf"\b(?P<which>last|next|this|this\s+past|this\s+coming)\s+(?P<named>{_NAMED})\b",
        rf"\b(?P<named>{_NAMED})\s+(?P<which>last|next|this)\s+(?:week|year)\b",
        r"(?<!\bthe )\b(?P<which>last|next|this|this\s+past|this\s+coming)\s+(?P<unit>week|month|year)\b",
        rf"\b{_NUMBER}\s+{_UNITS}\s+(?P<ago>ago|earlier\s+today|from\s+now)\b",
    )
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that is said from the day of writing: yesterday, last May, two weeks ago."""

    start: int
    end: int
    words: str
    """As compared between texts: folded, on one line."""
    shift: tuple[str, int] = ("day", 0)
    """Unit (day, week, month, year) and how many of them after the day of writing; not for a named one."""
    named: Parts | None = None
    """The month or weekday that is named, with ``which``."""
    which: str = ""
    exact: bool = True
    """``False`` for a number of weeks, months or years ago, which is seldom meant to the day."""


def moments(text: str) -> list[Moment]:
    """The relative dates of a text, in order.

    >>> [(m.words, m.shift) for m in moments("Last year, two weeks ago and yesterday; the last year of the war")]
    [('last year', ('year', -1)), ('two weeks ago', ('week', -2)), ('yesterday', ('day', -1))]
    """
    found: list[Moment] = []
    for pattern in _RELATIVE:
        for match in pattern.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            if moment := _moment(match):
                found.append(moment)
    return sorted(found, key=lambda moment: moment.start)


def _moment(match: re.Match[str]) -> Moment | None:
    said = {name: " ".join(value.lower().split()) for name, value in match.groupdict().items() if value}
    start, end, words = match.start(), match.end(), " ".join(match.group().lower().split())
    if "far" in said:
        return Moment(start, end, words, ("day", -2 if "before" in said["far"] else 2))
    if "day" in said:
        return Moment(start, end, words, ("day", {"yesterday": -1, "tomorrow": 1}.get(said["day"], 0)))
    if "ago" in said:
        count = 1 if said["number"] in ("a", "an") else next((int(n.value) for n in numbers(said["number"])), 0)
        if not count or count > 500 or said["ago"] == "earlier today":
            return None
        unit, sign = said["unit"], -1 if said["ago"] == "ago" else 1
        if unit == "fortnight":
            unit, count = "week", 2 * count
        return Moment(start, end, words, (unit, sign * count), exact=unit == "day")
    which = said["which"].replace("this past", "last").replace("this coming", "next")
    if "unit" in said:
        return Moment(start, end, words, (said["unit"], {"last": -1, "this": 0, "next": 1}[which]))
    name = said["named"]
    if not match.group("named")[0].isupper() and name in ("may", "march", "mar", "sat", "sun", "dec", "jan"):
        return None
    parts: Parts = (None, MONTHS.get(name), None, WEEKDAYS.get(name))
    return Moment(start, end, words, named=parts, which=which)


def days_of(moment: Moment, today: date) -> list[Days]:
    """The days that a relative date may mean, when written on a day.

    >>> [(str(a), str(b)) for m in moments("last month") for a, b in days_of(m, date(2024, 5, 16))]
    [('2024-04-01', '2024-04-30')]
    """
    if moment.named:
        return _named_days(moment.named, moment.which, today)
    unit, count = moment.shift
    try:
        if unit == "year":
            year = today.year + count
            return [(date(year, 1, 1), date(year, 12, 31))]
        if unit == "month":
            return [_month(today.year, today.month + count)]
        if unit == "week":
            monday = today + timedelta(days=7 * count - today.weekday())
            week = (monday, monday + timedelta(days=6))
            # Sunday may begin a week, and two weeks ago is seldom meant to the day.
            return [week, (week[0] - timedelta(days=1), week[1] - timedelta(days=1))] if moment.exact else _around(week)
        day = today + timedelta(days=count)
        return [(day, day)]
    except (ValueError, OverflowError):
        return []


def _around(stretch: Days) -> list[Days]:
    return [(stretch[0] - timedelta(days=3), stretch[1] + timedelta(days=3))]


def _named_days(parts: Parts, which: str, today: date) -> list[Days]:
    _, month, _, weekday = parts
    if month is not None:
        found = [_month(today.year + step, month) for step in (-1, 0, 1)]
        if which == "last":
            found = [stretch for stretch in found if stretch[0] <= today][-2:]
        elif which == "next":
            found = [stretch for stretch in found if stretch[1] >= today][:2]
        else:
            found = found[1:2]
        return found
    steps = {"last": range(-13, 0), "next": range(1, 14), "this": range(-_NEAR, _NEAR + 1)}[which]
    every = [today + timedelta(days=step) for step in steps]
    return [(day, day) for day in every if day.weekday() == weekday]


def days(parts: Parts, today: date | None) -> list[Days]:
    """The days that a date may mean: one stretch when it has its year, several when counted from the article's day.

    >>> [str(first) for first, _ in days((None, 5, 16, None), date(2024, 5, 1))]
    ['2023-05-16', '2024-05-16', '2025-05-16']
    >>> [str(first) for first, _ in days((None, None, None, 3), date(2024, 5, 16))]
    ['2024-05-16']
    """
    year, month, day, weekday = parts
    if month is None and year is None:
        if weekday is None or today is None:
            return []
        near = [today + timedelta(days=step) for step in range(-_NEAR, _NEAR + 1)]
        return [(each, each) for each in near if each.weekday() == weekday]
    years = [year] if year is not None else [today.year + step for step in (-1, 0, 1)] if today else []
    found: list[Days] = []
    for each in years:
        try:
            if month is None:
                found.append((date(each, 1, 1), date(each, 12, 31)))
            elif day is None:
                found.append(_month(each, month))
            else:
                found.append((date(each, month, day), date(each, month, day)))
        except ValueError:
            continue
    if day is not None and weekday is not None:
        found = [stretch for stretch in found if stretch[0].weekday() == weekday]
    return found


def _month(year: int, month: int) -> Days:
    """A month, counted on from any year: month 0 is the December before."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def within(theirs: Days, ours: Days) -> bool:
    """Whether the document's stretch lies in ours: it says the same, or more exactly."""
    return ours[0] <= theirs[0] and theirs[1] <= ours[1]


def weekday_error(parts: Parts, today: date | None) -> date | None:
    """The day that a date with a wrong weekday really is; ``None`` where the weekday is right or can't be known.

    >>> str(weekday_error((2024, 5, 16, 4), None)), weekday_error((2024, 5, 16, 3), None)
    ('2024-05-16', None)
    """
    year, month, day, weekday = parts
    if month is None or day is None or weekday is None or (year is None and today is None):
        return None
    if year is None and days(parts, today):
        return None  # right in the year before or after
    try:
        there = date(year or (today.year if today else 0), month, day)
    except ValueError:
        return None
    return there if there.weekday() != weekday else None


def article_date(document: Article) -> tuple[date, str] | None:
    """The day of an article and where it is from: the dataset, or a dateline at the document's beginning.

    >>> day, origin = article_date(Article("PUBLISHED: 07:10 EST, 12 March 2015. Hull lost."))
    >>> day.isoformat(), origin
    ('2015-03-12', "the document's dateline")
    >>> article_date(Article("He was born on 12 March 1955.")) is None
    True
    """
    given = document.metadata.get("date")
    if isinstance(given, date):
        return date(given.year, given.month, given.day), "the dataset"
    if isinstance(given, str):
        try:
            return date.fromisoformat(given.strip()[:10]), "the dataset"
        except ValueError:
            pass
    found = list(dict.fromkeys(_datelines(document.text[:_OPENING])))
    return (found[0], "the document's dateline") if len(found) == 1 else None


def _datelines(opening: str) -> Iterator[date]:
    """Full dates that stand as an article's own: alone on a line, behind “published”, in a dateline."""
    for dated in dates(opening):
        year, month, day = dated.parts[:3] if dated.parts else (None, None, None)
        if year is None or month is None or day is None:
            continue
        line_start = opening.rfind("\n", 0, dated.start) + 1
        line_end = opening.find("\n", dated.end)
        before = opening[line_start : dated.start]
        after = opening[dated.end : line_end if line_end >= 0 else len(opening)]
        published = list(_PUBLISHED.finditer(before))
        plain = published and not re.search(r"[^\W\d_]{4,}", before[published[-1].end() :])
        alone = not before.strip(" (") and not after.strip(" ).") and line_end >= 0
        if plain or alone or (_DATELINE.match(before) and _AFTER_DATELINE.match(after)):
            # February 31 is no day of the calendar.
            yield from (stretch[0] for stretch in days((year, month, day, None), None))
