"""Numbers, money, percentages, dates, times, ordinals and durations in English text: pure functions.

``quantities`` reads one sentence; every value is exact (``Decimal``), and every quantity knows the
characters that it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from bench.checks.quantities.dates import dates
from bench.checks.quantities.number_words import Number, numbers, significant_step
from bench.checks.quantities.units import (
    COMPOUND_UNITS,
    CURRENCY_SIGNS,
    CURRENCY_WORDS,
    HUNDREDTHS,
    MONEY_SCALES,
    UNITS,
)
from bench.checks.words.context import STOP_WORDS, stem
from bench.types import Span

QUANTITY_RULES = "4"
"""Version of the rules that read quantities; part of the signature of what depends on them."""

Kind = Literal["money", "percent", "date", "decade", "time", "measure", "ordinal", "count", "pair"]
Bound = Literal["", "over", "under"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity in a text."""

    span: Span
    kind: Kind
    value: Decimal = Decimal(0)
    """Money in its currency, per cent, a measure in its base unit, minutes, a rank, a number, the first
    year of a decade; 0 for a date or a pair."""
    number: Decimal | None = None
    """The number as written, before any unit; ``None`` for dates, times and pairs."""
    unit: str = ""
    """Currency, base unit, ``am`` or ``pm``; empty where there is none."""
    step: Decimal = Decimal(1)
    """The place of the value's last significant digit: 100 for 1,200 and 0.1 for 3.5; 10 for a decade, 100 for a
    century."""
    parts: tuple[int | None, ...] = ()
    """A date's year, month, day and weekday (``None`` where not given); a pair's two numbers."""
    nouns: frozenset[str] = frozenset()
    """Stems of the words right behind a count, a rank or a percentage: what is counted."""
    approximate: bool = False
    """Whether a word like about, nearly or more than stands before it, or it is a fraction in words."""
    bound: Bound = ""
    """``over`` behind more than, at least …; ``under`` behind less than, nearly, up to …"""
    vague: bool = False
    """Said without a number of its own (a year, both): may support a quantity, is never judged itself."""


_SIGNS = sorted(CURRENCY_SIGNS, key=lambda sign: -len(sign))
_SIGN_BEFORE = re.compile(r"(?<![^\W\d_])(" + "|".join(map(re.escape, _SIGNS)) + r")[\s.-]{0,2}$", re.IGNORECASE)
# "#" is what some conversions leave of a pound sign.
_LOST_POUND = re.compile(r"#\s?$")
# Between a number and its unit; tokenised text has spaces around hyphens.
_GAP = r"(?:\s-\s|[\s-])?"
_PERCENT = re.compile(
    _GAP
    + r"(?:(percentage[\s-]points?|pp|(basis[\s-]points?|bps))\b|%|per[\s-]?cent\b|percent\b|pct\b|p\.c\b\.?)(?!age)",
    re.IGNORECASE,
)
_OF_A_POINT = re.compile(r"\s+of\s+(?:a|one)\s+(?:percentage[\s-])?(?:point|per\s?cent)\b", re.IGNORECASE)
_SHARE_OF = re.compile(r"\s+(?:in|of|out\s+of)\s+(?:(?:every|the|its|their|these|those)\s+)?", re.IGNORECASE)
_MOST_OF = 1000
_MONEY_WORDS = sorted(CURRENCY_WORDS, key=lambda word: -len(word))
_MONEY_AFTER = re.compile(
    _GAP + r"(?:of\s+)?(?:(u\.s\.\s|us\s|american\s)?(" + "|".join(_MONEY_WORDS) + r")s?)(?![^\W_])", re.IGNORECASE
)
_MONEY_SCALE = re.compile(r"\s?([mb])\b", re.IGNORECASE)
_COMPOUND = tuple(
    (re.compile(_GAP + "(?:" + pattern + r")(?!\w)", re.IGNORECASE), unit) for pattern, unit in COMPOUND_UNITS
)
_UNIT_WORD = re.compile(r"(?P<gap>(?:\s-\s|[\s-])?)(?P<unit>[^\W\d_]+(?:/h)?|°)(?!\w)")
_SINGLE_LETTERS = frozenset({"m", "g", "st", "mw", "mb", "min", "sec"})
_APPROXIMATE = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|approximately|some|more than|over|at least|up to|less than|fewer than|"
    r"under|close to|estimated|as many as|as much as|above|below|circa|or so)\s+(?:the\s+|an?\s+)?$",
    re.IGNORECASE,
)
_BOUND_WORDS: Mapping[Bound, str] = {
    "over": "more than|over|at least|above|upwards of|no (?:fewer|less) than|in excess of",
    "under": "less than|fewer than|under|below|nearly|almost|up to|at most|no more than|not more than",
}
_BOUNDS: Mapping[Bound, re.Pattern[str]] = {
    bound: re.compile(rf"\b(?<!\bno )(?<!\bnot )(?:{words})\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
    for bound, words in _BOUND_WORDS.items()
}
_PAIR = re.compile(r"(?<![\w.,/:-])(\d{1,3})(?:[-–]| - )(\d{1,3})(?![\w/]|[.,:]\d|[-–]\d)")
_RANGE = re.compile(r"\s?-?\s?(?:-|–|—|to|or|and)\s?")
_IGNORED = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\w)@\w+|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b")
_INDEFINITE = re.compile(
    r"\b(?:an?|each|every)\s+(second|minute|hour|day|week|fortnight|month|year|decade|century|mile|night)\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(r"\b(?:Q([1-4])|([1-4])Q)(?![^\W\d_])")
_FISCAL = re.compile(r"\bFY\s?['’]?(\d{4}|\d{2})\b")
_NO_NOUNS = STOP_WORDS | frozenset("ish today tonight tomorrow yesterday sharp".split())
_COUNT_WORDS = re.compile(r"\b(both|couple|pair|twins|duo|twice|trio|triplets)\b", re.IGNORECASE)
_NTH_OF = re.compile(r"[\s-]+(?:\w+\s+)?(anniversary|birthday|year|minute|day|week|month)\b", re.IGNORECASE)
_NOT_RANKS = re.compile(
    r"at\s+first\b|first[\s-](?:of\s+all|and\s+foremost|lady|ladies|minister|aid|names?|responders?|hand|class)\b"
    r"|second[\s-](?:hand|thoughts?|guess)|third[\s-](?:part(?:y|ies)|world)\b",
    re.IGNORECASE,
)
_RANK_BEFORE = re.compile(
    r"(?:\b(?:the|a|an|his|her|its|their|our|my|your|this|that|very|s|in|of)|['’]s)[\s-]+$", re.IGNORECASE
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|during|of|from|late|early|mid|before|after|and|to|between|circa|summer|spring|winter|autumn)[\s-]+$",
    re.IGNORECASE,
)


def quantities(text: str) -> list[Quantity]:
    """The quantities of a sentence, in order.

    >>> [(q.kind, str(q.value), q.unit) for q in quantities("a two-day visit, $240 billion, 3.5 per cent, twelve")]
    [('measure', '172800', 'second'), ('money', '240000000000', 'USD'), ('percent', '3.5', '%'), ('count', '12', '')]
    """
    masked = _IGNORED.sub(lambda match: "\x00" * len(match.group()), text)
    found: list[Quantity] = []
    for dated in dates(masked):
        span = Span(dated.start, dated.end)
        if dated.parts:
            found.append(Quantity(span, "date", parts=dated.parts))
        elif dated.decade is not None:
            found.append(Quantity(span, "decade", Decimal(dated.decade), step=Decimal(dated.years)))
        elif dated.minutes is not None:
            found.append(Quantity(span, "time", dated.minutes, unit=dated.half))
        masked = masked[: span.start] + "\x00" * (span.end - span.start) + masked[span.end :]
    for match in _PAIR.finditer(masked):
        if not _suffix(masked, match.end()) and not _SIGN_BEFORE.search(
            masked[max(0, match.start() - 6) : match.start()]
        ):
            parts = (int(match.group(1)), int(match.group(2)))
            found.append(Quantity(Span(*match.span()), "pair", parts=parts))
            masked = masked[: match.start()] + "\x00" * len(match.group()) + masked[match.end() :]
    found += _numbered(masked)
    for vague in _unnumbered(masked):
        apart = not any(o.span.start < vague.span.end and vague.span.start < o.span.end for o in found)
        if apart or vague.kind == "percent":
            found.append(vague)
    return sorted(found, key=lambda quantity: (quantity.span.start, quantity.vague))


def _numbered(text: str) -> list[Quantity]:
    found: list[Quantity] = []
    previous: Number | None = None
    for number in numbers(text):
        quantity = _quantity(text, number)
        if quantity is None:
            previous = None
            continue
        if previous and found and _in_range(text, found[-1], quantity):
            found[-1] = _inherit(found[-1], previous, quantity, number)
        found.append(quantity)
        if quantity.kind == "ordinal" and (nth := _NTH_OF.match(text, number.end)):
            name = {"anniversary": "year", "birthday": "year"}.get(nth.group(1).lower(), nth.group(1).lower())
            base, factor = UNITS[name]
            measure = Quantity(quantity.span, "measure", number.value * factor, number.value, base, vague=True)
            found.insert(len(found) - 1, measure)
        previous = number
    return found


def _quantity(text: str, number: Number) -> Quantity | None:
    """What a number measures, by the signs and words around it; ``None`` where it measures nothing."""
    before = text[max(0, number.start - 24) : number.start]
    lead = _SIGN_BEFORE.sub("", before)
    bound: Bound = next((bound for bound, pattern in _BOUNDS.items() if pattern.search(lead)), "")
    approximate = bound != "" or _APPROXIMATE.search(lead) is not None
    found = _measured(text, number, before, approximate)
    return replace(found, bound=bound) if found else None


def _measured(text: str, number: Number, before: str, approximate: bool) -> Quantity | None:
    written = text[number.start : number.end].lower()
    if number.form == "fraction" and (point := _OF_A_POINT.match(text, number.end)):
        share = number.value / 100
        return Quantity(Span(number.start, point.end()), "percent", share, share, "point", Decimal("0.01"))
    if number.form == "fraction":
        return Quantity(Span(number.start, number.end), "percent", number.value, number.value, "%", approximate=True)
    if number.form == "ordinal":
        return _rank(text, number)
    if sign := _SIGN_BEFORE.search(before):
        letter = _MONEY_SCALE.match(text, number.end) if number.scale == 1 else None
        scale = MONEY_SCALES[letter.group(1).lower()] if letter else 1
        span = Span(number.start - (len(before) - sign.start()), letter.end() if letter else number.end)
        value = number.value * scale
        # “$1.5 million dollars” says the currency twice.
        currency = CURRENCY_SIGNS[sign.group(1).lower()]
        return Quantity(span, "money", value, value, currency, significant_step(value), approximate=approximate)
    pound = _MONEY_SCALE.match(text, number.end) if number.scale == 1 else None
    # #9 is a rank or a name; a space stands only behind a sign that was cut off.
    if _LOST_POUND.search(before) and (before.endswith(" ") or pound or number.scale > 1 or "," in written):
        value = number.value * (MONEY_SCALES[pound.group(1).lower()] if pound else 1)
        span = Span(number.start, pound.end() if pound else number.end)
        return Quantity(span, "money", value, value, "GBP", significant_step(value), approximate=approximate)
    if suffix := _suffix(text, number.end, number.value):
        kind, unit, factor, end = suffix
        value = number.value * factor
        step = significant_step(number.value) * factor
        nouns = _nouns(text, end) if kind == "percent" else frozenset()
        return Quantity(Span(number.start, end), kind, value, number.value, unit, step, (), nouns, approximate)
    span = Span(number.start, number.end)
    nouns = _nouns(text, number.end)
    if number.digits and len(written) == 4 and written.isdigit() and 1500 <= number.value < 2100:
        plural = re.match(r"\s+([^\W\d_]+s|people|men|women|children|police)\b", text[number.end :])
        counted = plural and plural.group(1).islower() and plural.group(1) not in STOP_WORDS
        if not counted or _YEAR_BEFORE.search(before):
            return Quantity(span, "date", number=number.value, parts=(int(number.value), None, None, None))
    if written == "one" or text[number.end : number.end + 1].isalpha():
        return None
    return Quantity(span, "count", number.value, number.value, "", number.step, (), nouns, approximate)


def _rank(text: str, number: Number) -> Quantity | None:
    around = text[max(0, number.start - 4) : number.end + 16]
    written = text[number.start : number.end].lower()
    if any(match.start() <= 4 for match in _NOT_RANKS.finditer(around)) and number.value < 4:
        return None
    if written == "first" and not _RANK_BEFORE.search(text[max(0, number.start - 8) : number.start]):
        return None  # “first” as an adverb
    nouns = _nouns(text, number.end)
    return Quantity(Span(number.start, number.end), "ordinal", number.value, number.value, nouns=nouns)


def _suffix(text: str, end: int, value: Decimal | None = None) -> tuple[Kind, str, Decimal, int] | None:
    """Kind, unit, factor and end of what stands right behind a number, if it is a unit."""
    if match := _PERCENT.match(text, end):
        unit = "basis point" if match.group(2) else "point" if match.group(1) else "%"
        return "percent", unit, Decimal("0.01" if match.group(2) else 1), match.end()
    for pattern, unit in _COMPOUND:
        if match := pattern.match(text, end):
            base, factor = UNITS.get(unit, (unit, Decimal(1)))
            return "measure", base, factor, match.end()
    if match := _MONEY_AFTER.match(text, end):
        word = match.group(2).lower()
        unit = "pounds" if word == "pound" else CURRENCY_WORDS[word]
        return "money", unit, Decimal("0.01" if unit in HUNDREDTHS else 1), match.end()
    match = _UNIT_WORD.match(text, end)
    if not match:
        return None
    gap, written = match.group("gap"), match.group("unit")
    name = written.lower()
    if written == "p" and not gap:
        return "money", "penny", Decimal("0.01"), match.end()
    if name not in UNITS and name.endswith("s"):
        name = name[:-1]
    if name not in UNITS or (name in _SINGLE_LETTERS and gap) or (gap.isspace() and written[0].isupper()):
        return None
    if written.lower() == "second" and "-" not in gap and value != 1:
        return None  # “two second-half goals”
    base, factor = UNITS[name]
    return "measure", base, factor, match.end()


def _nouns(text: str, end: int) -> frozenset[str]:
    """Stems of the first two content words behind a number, up to the next punctuation mark."""
    rest = re.split(r"[.,;:!?()\"“”\x00]", text[end : end + 60].replace("-", " "), maxsplit=1)[0]
    words = [word for raw in re.findall(r"[^\W\d_]+", rest)[:4] if (word := raw.lower()) not in _NO_NOUNS]
    return frozenset(stem(word.removesuffix("s")) for word in words[:2])


def _in_range(text: str, first: Quantity, second: Quantity) -> bool:
    between = text[first.span.end : second.span.start]
    if not _RANGE.fullmatch(between) or first.kind not in ("count", "money"):
        return False
    return "and" not in between or re.search(r"\bbetween\s+\S*$", text[: first.span.start], re.IGNORECASE) is not None


def _inherit(first: Quantity, written: Number, second: Quantity, other: Number) -> Quantity:
    """Five to 10 million dollars: the first number has the scale and the unit of the second."""
    if second.kind not in ("money", "percent", "measure", "count") or second.number is None or first.number is None:
        return first
    if first.kind == "money" and second.kind != "money":
        return first
    scale = Decimal(other.scale) if written.scale == 1 and first.number < second.number / other.scale else Decimal(1)
    factor = second.value / second.number if second.number else Decimal(1)
    value = first.number * scale * factor
    number, step = first.number * scale, significant_step(value)
    return replace(first, kind=second.kind, unit=second.unit, value=value, number=number, step=step, nouns=second.nouns)


def _unnumbered(text: str) -> list[Quantity]:
    """What supports a number without being one: a year (one year), both (two), Q3 (the third quarter), FY23, one in
    five (20 %)."""
    found = []
    for part, whole in pairwise(numbers(text)):
        if _SHARE_OF.fullmatch(text, part.end, whole.start) and 0 < part.value < whole.value <= _MOST_OF:
            share = (100 * part.value / whole.value).quantize(Decimal(1))
            found.append(Quantity(Span(part.start, whole.end), "percent", share, share, "%", vague=True))
    for match in _INDEFINITE.finditer(text):
        base, factor = UNITS[match.group(1).lower()]
        found.append(Quantity(Span(*match.span()), "measure", factor, Decimal(1), base, vague=True))
    for match in _COUNT_WORDS.finditer(text):
        value = Decimal(3 if match.group(1).lower() in ("trio", "triplets") else 2)
        found.append(Quantity(Span(*match.span()), "count", value, value, vague=True))
    for match in _QUARTER.finditer(text):
        rank = Decimal(match.group(1) or match.group(2))
        found.append(
            Quantity(Span(*match.span()), "ordinal", rank, rank, nouns=frozenset({stem("quarter")}), vague=True)
        )
    for match in _FISCAL.finditer(text):
        year = int(match.group(1)) + (2000 if len(match.group(1)) == 2 else 0)
        found.append(Quantity(Span(*match.span()), "date", parts=(year, None, None, None), vague=True))
    return found
