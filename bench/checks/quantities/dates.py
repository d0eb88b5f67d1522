"""Dates, decades and times of day in English text: where they are and what they say, as far as they say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bench.checks.quantities.units import MONTHS, ORDINALS, TENS, WEEKDAYS

Parts = tuple[int | None, int | None, int | None, int | None]
"""Year, month, day of the month, day of the week (0 is Monday); ``None`` where not given."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, a decade or a time of day."""

    start: int
    end: int
    parts: Parts | None = None
    """A date."""
    decade: int | None = None
    """The first year of a decade, or of a century."""
    years: int = 10
    """How many years that is."""
    minutes: Decimal | None = None
    """Minutes after midnight, or after noon where ``half`` is empty and the hour below 13."""
    half: str = ""
    """``am``, ``pm``, or empty where not said."""


_NAMES = "|".join(sorted(MONTHS, key=lambda name: -len(name)))
_MONTH = rf"(?P<month>{_NAMES})\b(?:(?<=\b\w{{3}})(?<!\bmay)\.|(?<=\bmay)\.(?=\s?\d)|(?<=\bSept)\.)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:%/]|[.,]\d|\s?(?:per\s?cent|million|billion))"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)(?![\d,]*\d|-year|%)"
_WEEKDAY = "(?P<weekday>" + "|".join(WEEKDAYS) + ")"
_LONGEST_MONTH = 31
"""February 31 is read as a date, though an impossible one: it isn't February and 31 of something."""
_FLAGS = re.IGNORECASE
_CENTURIES = {name: number for name, number in ORDINALS.items() if 10 < number < 100} | {"twenty-first": 21}
_PATTERNS = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"(?<![\d-])(?P<year>\d{4})[-/](?P<number>\d{1,2})[-/](?P<day>\d{1,2})(?![\d-])",
        rf"\b(?:{_WEEKDAY},?\s+)?(?:the\s+)?\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?",
        rf"\b(?:{_WEEKDAY},?\s+)?\b{_MONTH}\s*{_DAY}(?:(?:,\s*|\s+){_YEAR})?",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"\b{_WEEKDAY}(?:s\b|\b)",
        rf"\b{_MONTH}(?![-\w])",
    )
)
_SECOND_DAY = re.compile(r"\s?(?:-|–|to|and|or)\s?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:%/]|[.,]\d)")
_YEARS = re.compile(
    r"(?<![\w/,.$£€-])(?P<first>1[5-9]\d\d|20\d\d)(?:[-–—/]|\s?--\s?|\s[-–]\s(?=\d{4}))(?P<second>\d{4}|\d{2})(?![\w/-])"
)
_DECADE = re.compile(r"(?<!\w)(?:(?P<century>1[5-9]|20)|['’‘])?(?P<tens>\d0)['’]?s\b(?!\s+(?:her|his))", _FLAGS)
_DECADE_WORD = re.compile(
    rf"\b(?P<whose>(?:his|her|their|my|your|our)\s)?(?:the|in|early|mid|late|nineteen)[\s-]+(?P<tens>"
    rf"{'|'.join(word.removesuffix('y') + 'ies' for word in TENS)})\b",
    _FLAGS,
)
_CENTURY = re.compile(rf"\b(?P<nth>\d\d(?:st|nd|rd|th)|{'|'.join(_CENTURIES)})[\s-]century\b", _FLAGS)
_AGES = re.compile(r"\b(?:his|her|their|my|your|our|into|mid|early|late|lower|upper|low|high)[\s-]+$", _FLAGS)
_NUMERIC = re.compile(r"(?<![\w/.-])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<year>\d{4}|\d{2})(?![\w/])")
_TIME = re.compile(
    r"(?<![\w:.,])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?|o['’]clock)"
    r"|(?<![\w:.,])(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?P<f>\.\d+)?(?![\w:])"
    r"|\b(?P<word>noon|midday|midnight)\b",
    _FLAGS,
)
_NEEDS_CONTEXT = frozenset(
    {"may", "march", "mar", "jan", "dec", "sept", "sep", "jun", "jul", "aug", "oct", "nov", "apr", "feb"}
)
_BEFORE_MONTH = re.compile(
    r"\b(?:in|last|next|since|until|till|by|of|during|from|between|before|after|early|late|mid|this|through)[\s-]+$",
    _FLAGS,
)


def dates(text: str) -> list[Dated]:
    """The dates, decades and times of a text, in order, without overlap; relative words are left alone.

    >>> [d.parts for d in dates("Thursday, May 16, 2024, or 16 May; since October 2019; on 2024-05-16")]
    [(2024, 5, 16, 3), (None, 5, 16, None), (2019, 10, None, None), (2024, 5, 16, None)]
    """
    found: list[Dated] = []
    taken: list[tuple[int, int]] = []
    for reader in (_numeric, _times, _calendar, _year_ranges, _decades):
        for dated in reader(text):
            if not any(start < dated.end and dated.start < end for start, end in taken):
                found.append(dated)
                taken.append((dated.start, dated.end))
    return sorted(found, key=lambda dated: dated.start)


def complete(parts: Parts) -> Parts:
    """The date with its day of the week, where year, month and day make it known.

    >>> complete((2024, 5, 16, None))
    (2024, 5, 16, 3)
    """
    year, month, day, weekday = parts
    if year is None or month is None or day is None or weekday is not None:
        return parts
    if not _valid(year, month, day):
        return parts
    return (year, month, day, date(year, month, day).weekday())


def _valid(year: int | None, month: int | None, day: int | None) -> bool:
    try:
        date(year or 2000, month or 1, day or 1)
    except ValueError:
        return False
    return True


def _calendar(text: str) -> Iterator[Dated]:
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            groups = match.groupdict()
            name = (groups.get("month") or "").lower()
            number = groups.get("number")
            month = int(number) if number else MONTHS.get(name)
            year, day = (int(value) if (value := groups.get(part)) else None for part in ("year", "day"))
            weekday = WEEKDAYS.get((groups.get("weekday") or "").lower())
            impossible = not _valid(year, month, day)
            if (impossible and not (name and day and day <= _LONGEST_MONTH)) or not (
                name or number or groups.get("weekday")
            ):
                continue
            if name in _NEEDS_CONTEXT and year is None and (day is None or not text[match.start("month")].isupper()):
                # “may” and “march” are verbs, other short forms are names.
                if day is None and not (_BEFORE_MONTH.search(text[max(0, match.start() - 12) : match.start()])):
                    continue
                if day is None and name != "may" and name != "march":
                    continue
            taken.append(match.span())
            yield Dated(match.start(), match.end(), (year, month, day, weekday))
            if day is not None and name and (second := _SECOND_DAY.match(text, match.end())):
                other = int(second.group("day"))
                if (
                    _valid(year, month, other)
                    and other > day
                    and groups["month"]
                    and match.start("month") < match.start("day")
                ):
                    taken.append(second.span())
                    yield Dated(second.start("day"), second.end(), (year, month, other, None))


def _numeric(text: str) -> Iterator[Dated]:
    """16/05/2024 or 05/16/2024; where both readings are possible, the American one."""
    for match in _NUMERIC.finditer(text):
        a, b, year = int(match.group("a")), int(match.group("b")), int(match.group("year"))
        year += 0 if year > 99 else (2000 if year < 50 else 1900)
        month, day = (a, b) if a <= 12 else (b, a)
        if _valid(year, month, day):
            yield Dated(match.start(), match.end(), (year, month, day, None))


def _year_ranges(text: str) -> Iterator[Dated]:
    """2019-20 and 2019–2020: two years."""
    for match in _YEARS.finditer(text):
        first, second = int(match.group("first")), int(match.group("second"))
        second += first // 100 * 100 if second < 100 else 0
        if first < second < first + 100:
            yield Dated(match.start("first"), match.end("first"), (first, None, None, None))
            yield Dated(match.start("second"), match.end("second"), (second, None, None, None))


def _decades(text: str) -> Iterator[Dated]:
    for match in _DECADE.finditer(text):
        century, tens = match.group("century"), int(match.group("tens"))
        if century is None and _AGES.search(text[max(0, match.start() - 10) : match.start()]):
            continue
        # The 1800s are a century.
        years = 10 if tens else 100
        yield Dated(match.start(), match.end(), decade=int(century or 19) * 100 + tens, years=years)
    for match in _DECADE_WORD.finditer(text):
        if not match.group("whose"):
            tens = TENS[match.group("tens").lower().removesuffix("ies") + "y"]
            yield Dated(match.start("tens"), match.end(), decade=1900 + tens)
    for match in _CENTURY.finditer(text):
        nth = match.group("nth").lower()
        number = int(nth[:2]) if nth[0].isdigit() else _CENTURIES[nth]
        yield Dated(match.start(), match.end(), decade=(number - 1) * 100, years=100)


def _times(text: str) -> Iterator[Dated]:
    for match in _TIME.finditer(text):
        if word := match.group("word"):
            yield Dated(
                match.start(), match.end(), minutes=Decimal(0), half="am" if word.lower() == "midnight" else "pm"
            )
            continue
        hour, minute = int(match.group("hour") or match.group("h")), int(match.group("minute") or match.group("m") or 0)
        if hour > 24 or minute > 59:
            continue
        said = (match.group("half") or "").lower().replace(".", "")
        half = said if said in ("am", "pm") else ("pm" if hour > 12 else "")
        minutes = Decimal(hour % 12 * 60 + minute) + Decimal(match.group("s") or 0) / 60
        yield Dated(match.start(), match.end(), minutes=minutes + Decimal(match.group("f") or 0) / 60, half=half)
