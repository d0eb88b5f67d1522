"""A weekday, month, year or day of the month becomes another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.perturb.context import home_of, near
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.numbers import ordinal_suffix
from bench.text import words
from bench.types import Span

KIND = "date"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LAST_DAY = 28
_MAY = 4
_YEARS_APART = 5

_WEEKDAY = re.compile(rf"(?<![\w-])(?:{'|'.join(_WEEKDAYS)})(?=s?(?![\w-]))")
_MONTH = re.compile(rf"(?<![\w-])(?:(?:{'|'.join(_MONTHS)})(?![\w.-]*\w)|(?:{'|'.join(_SHORT)})\b(?=\.? \d))")
_YEAR = re.compile(r"(?<![\w$£€#.,/–-])(?:19|20)\d\d(?![\w/%–-]|[.,:]\d|\s?['’]?\s?s\b)")
# Days that have a name, and papers and programmes that are called after days.
_NAMED_BEFORE = re.compile(
    r"\b(?:Black|Good|Easter|Palm|Ash|Bloody|Super|Cyber|Shrove|Maundy|Holy|Sheffield|Ruby|Freaky) $"
)
_NAMED_AFTER = re.compile(r"s? (?:Night|Times|Live|Mail|Express|Telegraph|Mirror|World|Post|Sport|Morning|Review)\b")
_WHEN = r"\b(?:in|on|of|since|until|till|by|last|next|this|early|late|mid|during|after|before|for|through)"
_MONTH_BEFORE = re.compile(rf"(?:{_WHEN}|\d(?:st|nd|rd|th)?|{'|'.join(_WEEKDAYS)},?) $", re.IGNORECASE)
_MONTH_AFTER = re.compile(r"\.? \d")
_YEAR_BEFORE = re.compile(
    rf"(?:{_WHEN}|{'|'.join(_MONTHS)}|(?:{'|'.join(_SHORT)})\.?)(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? $", re.I
)
_COUNTED = re.compile(r" (?!was|is|has|as|this|his|its|years?)[a-z]+s\b| (?:people|men|women|children|dead)\b")
_DAY_BEFORE = re.compile(r"(?<![\w.,:/–-])(?P<day>\d{1,2})(?P<suffix>st|nd|rd|th)?(?= (?:of )?$)")
_DAY_AFTER = re.compile(r"\.? (?P<day>\d{1,2})(?P<suffix>st|nd|rd|th)?(?![\w:/%–-]|[.,]\d(?!\d{3}))")
_RANGE_BEFORE = re.compile(r"(?:\b(?:between|from)\b[\w ]{0,12}|[–-]|\d\s?(?:to|and|or) )$", re.IGNORECASE)
_RANGE_AFTER = re.compile(r"s?\s?(?:[–-]|(?:to|until|through|and|or) (?:\d|[A-Z][a-z]*day))")


@dataclass(frozen=True, slots=True)
class _Date:
    """One part of a date where it stands."""

    span: Span
    part: str
    """weekday, month, day or year."""
    number: int
    """From 0 for weekdays and months."""
    days: int = 0
    """Of a month: the day that stands beside it, which the new month must have."""
    short: bool = False
    """Of a month: it is abbreviated, as May can't be."""


def change_date(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One part of a date becomes another: one that the document has elsewhere where it has one, else any.

    It is never one that the sentence itself has, or the sentences of the document that say most of the same.
    Not touched: ranges, days that have a name of their own, and months that may be people or verbs.
    """
    found = list(_dates(text))
    if not found:
        return Skipped(KIND, "no weekday, month, year or day of a month in the text")
    written = list(_dates(document))
    for date in shuffled(found, seed, KIND, text, spell=lambda date: str(date.span.start)):
        sentence = text[home_of(text, date.span).slice]
        taken = {other.number for other in _dates(f"{sentence}\n{near(document, sentence)}") if other.part == date.part}
        # A weekday or month counts as taken also where it is no part of a date that we can read.
        taken |= _named(date.part, f"{sentence} {near(document, sentence)}") | {date.number}
        free = [number for number in _range(date) if number not in taken]
        inside = sorted({other.number for other in written if other.part == date.part} & set(free))
        new = shuffled(inside or free, seed, KIND, text, date.span.start)
        if new:
            was, shown = text[date.span.slice], _write(text[date.span.slice], date.part, new[0])
            return edit(KIND, text, [(date.span, shown)], f"{was} → {shown}")
    return Skipped(KIND, "every other date that fits may be as true")


def _range(date: _Date) -> list[int]:
    if date.part == "weekday":
        return list(range(7))
    if date.part == "month":
        return [month for month in range(12) if _LENGTHS[month] >= date.days and not (date.short and month == _MAY)]
    if date.part == "day":
        return list(range(1, _LAST_DAY + 1))
    return list(range(date.number - _YEARS_APART, date.number + _YEARS_APART + 1))


def _named(part: str, text: str) -> set[int]:
    known = set(words(text))
    names = {"weekday": (_WEEKDAYS,), "month": (_MONTHS, _SHORT)}.get(part, ())
    return {number for row in names for number, name in enumerate(row) if name.lower() in known}


def _write(was: str, part: str, number: int) -> str:
    """A part of a date in the style of another."""
    if part == "weekday":
        return _WEEKDAYS[number]
    if part == "month":
        return (_MONTHS if was in _MONTHS else _SHORT)[number]
    return f"{number}{ordinal_suffix(number)}" if was.endswith(("st", "nd", "rd", "th")) else str(number)


def _dates(text: str) -> Iterator[_Date]:
    for match in _WEEKDAY.finditer(text):
        before, after = _around(text, match.start(), match.end())
        if not _NAMED_BEFORE.search(before) and not _NAMED_AFTER.match(after) and not _is_range(before, after):
            yield _Date(Span(*match.span()), "weekday", _WEEKDAYS.index(match.group()))
    for match in _MONTH.finditer(text):
        before, after = _around(text, match.start(), match.end())
        if not _MONTH_BEFORE.search(before) and not _MONTH_AFTER.match(after):
            continue
        day = next(_DAY_BEFORE.finditer(before), None) or _DAY_AFTER.match(after)
        row = _MONTHS if match.group() in _MONTHS else _SHORT
        if not _is_range(before, after):
            days = int(day.group("day")) if day else 0
            yield _Date(Span(*match.span()), "month", row.index(match.group()), days, row is _SHORT)
        if day and 1 <= int(day.group("day")) <= 31:
            start = (match.end() if day.re is _DAY_AFTER else match.start() - len(before)) + day.start("day")
            span = Span(start, start + len(day.group("day") + (day.group("suffix") or "")))
            if not _is_range(*_around(text, span.start, span.end)):
                yield _Date(span, "day", int(day.group("day")))
    for match in _YEAR.finditer(text):
        before, after = _around(text, match.start(), match.end())
        in_brackets = before.endswith("(") and after.startswith(")")
        dated = _YEAR_BEFORE.search(before) is not None and not _COUNTED.match(after)
        if (dated or in_brackets) and not _is_range(before, after):
            yield _Date(Span(*match.span()), "year", int(match.group()))


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - 24) : start], text[end : end + 24]


def _is_range(before: str, after: str) -> bool:
    return _RANGE_BEFORE.search(before) is not None or _RANGE_AFTER.match(after) is not None
