"""A number changed to another one that is as plausible: same form, unit and size.

The reader of numbers is simple and its own, so that the check of numbers is not measured with what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bench.perturb.context import home_of, near
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.text import words
from bench.types import Span

KIND, INSIDE = "number", "number-inside"

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_SUFFIX = r"st|nd|rd|th|mph|km|kg|cm|mm|ft|lbs?|bn|am|pm|[mkp]"
_DIGITS = re.compile(
    rf"(?<![\w:/#@])(?<![\d\w][.,:/–-])(?P<whole>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<decimals>\.\d+)?"
    rf"(?P<suffix>{_SUFFIX})?(?![^\W_]|[:/]|[.,]\d|\s?[–-]\s?\d)"
)
_SCORE = re.compile(r"(?<![\w.,:/–-])(?P<whole>\d)-(?P<other>\d)(?![\w:/–-]|[.,]\d)")
_IN_WORDS = re.compile(rf"(?<![\w-])(?:{'|'.join(_WORDS)})(?![^\W_])", re.IGNORECASE)
_SMALL = "one|two|three|four|five|six|seven|eight|nine"
_PART_BEFORE = re.compile(
    r"(?:\d|\b(?:hundred|thousand|million|and a|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))[\s,-]+"
    r"(?:and\s+)?$|\w(?:\s(?:to|or)|\s?[–-])\s+$|\b(?:between|from)\s+$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    rf"[\s-]+(?:{_SMALL})\b|\s\d+/\d|\s*(?:to|or|[–-])\s+(?:\d|(?:{'|'.join(_WORDS)})\b)"
    r"|[\s-]+(?:thirds?|quarters?|fifths?|halves|sixths?|eighths?|tenths?)\b",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_MONTH_BEFORE, _MONTH_AFTER = re.compile(rf"\b{_MONTH}\.?\s+$"), re.compile(rf"\s+(?:of\s+)?{_MONTH}\b")
_PERCENT = re.compile(r"\s?(?:%|per\s?cent)")
_LEAST_CHANGE = Decimal("0.25")
_DAYS, _HOURS = 28, 12
_NEAR_SIZE = 10
_MONEY_BEFORE = re.compile(r"(?:US|A)?[$£€¥]\s?$")
_UNIT_AFTER = re.compile(
    rf"\s?(?:{_SUFFIX})(?!\w)|\s?%|[\s-](?:(?:hundred|thousand|million|billion|trillion|per\s?cent|dollars?|pounds?|"
    r"euros?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|met(?:er|re)s?|kilomet(?:er|re)s?|miles?|feet|foot|"
    r"inch(?:es)?|yards?|acres?|tons?|tonnes?|degrees?|points?|goals?|calories|percentage|mph)(?!\w))",
    re.IGNORECASE,
)
_SAME_UNIT = {"m": "million", "bn": "billion", "percent": "%", "kilometers": "kilometres", "meters": "metres"}
_PLURALS, _NO_NOUNS = (
    frozenset({"people", "men", "women", "children"}),
    frozenset({"is", "was", "has", "as", "his", "its", "this"}),
)
_AGED_AFTER = re.compile(r"[\s-](?:years?|yr)[\s-]olds?\b")
_AGED_BEFORE, _AGE_ENDS = re.compile(r"(?:[a-z], |\baged )$"), re.compile(r",|\)|\.(?:\s|$)| who\b")


@dataclass(frozen=True, slots=True)
class _Number:
    span: Span
    """Only the characters to replace: no unit."""
    value: Decimal
    options: tuple[tuple[Decimal, str], ...]
    """Other values, each as it would be written here."""


def change_number(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One number becomes another that neither the text nor the document has anywhere.

    Half to twice as large (10 and 100: up to four times), at least a quarter away (years: 1 to 9 apart; days
    and hours: any), as many digits, same unit. Not touched: one, ranges, fractions, clock times, names with
    digits, and parts of longer numbers in words.
    """
    found = sorted(_numbers(text), key=lambda number: number.span.start)
    if not found:
        return Skipped(KIND, "no number in the text that can be changed alone")
    taken = values(text) | values(document)
    for number in shuffled(found, seed, KIND, text, spell=lambda number: str(number.span.start)):
        free = [option for option in number.options if option[0] not in taken]
        if free:
            _, new = shuffled(free, seed, KIND, text, number.span.start, spell=lambda option: option[1])[0]
            return edit(KIND, text, [(number.span, new)], f"{text[number.span.slice]} → {new}")
    return Skipped(KIND, "the document has every number that would be plausible instead")


def swap_number(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One number becomes another of the same form and unit that the document has elsewhere.

    Money stays money, an age an age, an ordinal keeps its noun; counts change among counts, of the same things
    where there are some, else of a size that is near. Words stay words. Never a number that the sentence has, or
    the sentences of the document that say most of the same: it may be as true. Dates and scores are left alone.
    """
    found = list(_amounts(text))
    if not found:
        return Skipped(INSIDE, "no number in the text that can be changed alone")
    written = list(_amounts(document))
    for amount in shuffled(found, seed, INSIDE, text, spell=lambda amount: str(amount.span.start)):
        sentence = text[home_of(text, amount.span).slice]
        taken = values(f"{sentence} {near(document, sentence)}")
        like = [other for other in written if other.form == amount.form and other.value not in taken]
        same = [other for other in like if other.noun == amount.noun]
        # A count of other things will do, if the size is near; another unit is another matter.
        counts = [other for other in like if amount.counts and other.counts and _in_reach(other.value, amount.value)]
        for chosen in (same, counts):
            free = {new for other in chosen if (new := _in_style(other, amount)) is not None}
            if free:
                new = shuffled(free, seed, INSIDE, text, amount.span.start)[0]
                return edit(INSIDE, text, [(amount.span, new)], f"{text[amount.span.slice]} → {new}")
    return Skipped(INSIDE, "the document has no other number of the same form and unit")


def _in_reach(other: Decimal, value: Decimal) -> bool:
    return value / _NEAR_SIZE <= other <= value * _NEAR_SIZE


def _in_style(other: _Amount, amount: _Amount) -> str | None:
    """Another number as it would be written here: in words where this one is, if we have the word."""
    if not amount.shown[0].isalpha():
        return str(other.value) if other.shown[0].isalpha() else other.shown
    word = next((word for word, value in _WORDS.items() if value == other.value), None)
    return word.capitalize() if word and amount.shown[0].isupper() else word


@dataclass(frozen=True, slots=True)
class _Amount:
    span: Span
    shown: str
    value: Decimal
    form: tuple[str, ...]
    """What a number must share with another one that takes its place."""
    noun: str
    """The word behind it."""
    counts: bool
    """Whether it says how many, so that the noun may differ."""


def _amounts(text: str) -> Iterator[_Amount]:
    """The numbers that are no dates, scores or the number one, with what they measure or count."""
    for number in _numbers(text):
        shown = text[number.span.slice]
        before, after = text[max(0, number.span.start - 24) : number.span.start], text[number.span.end :][:32]
        money, unit = _MONEY_BEFORE.search(before), _UNIT_AFTER.match(after)
        year = 1500 <= number.value < 2100 and "," not in shown and not money and not unit
        dated = _MONTH_BEFORE.search(before) or _MONTH_AFTER.match(after) or re.match(r"-\d", after)
        if number.value <= 1 or year or dated:
            continue
        style = "ordinal" if shown[-1].isalpha() and not shown[0].isalpha() else "number"
        found = re.match(r"[\s-]*([^\W\d_]+)", after)
        noun = found.group(1).lower() if found else ""
        if _AGED_AFTER.match(after) or (_AGED_BEFORE.search(before) and _AGE_ENDS.match(after)):
            yield _Amount(number.span, shown, number.value, (style, "age"), "", counts=False)
        elif money or unit:
            written = unit.group().strip(" -").lower().replace(" ", "") if unit else ""
            measure = f"{money.group().strip() if money else ''}{_SAME_UNIT.get(written, written)}"
            yield _Amount(number.span, shown, number.value, (style, measure), "", counts=False)
        elif noun:
            form = style if number.value == int(number.value) else "decimals"
            counts = style != "ordinal" and (noun.endswith("s") or noun in _PLURALS) and noun not in _NO_NOUNS
            yield _Amount(number.span, shown, number.value, (form,), noun, counts)


def values(text: str) -> set[Decimal]:
    """Every value that is written somewhere in a text, in digits or in one word; units don't count.

    >>> sorted(map(int, values("Two of 1,200 came on the 3rd, or 2-1.")))
    [1, 2, 3, 1200]
    """
    digits = {Decimal(found.replace(",", "")) for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)}
    return digits | {Decimal(_WORDS[word]) for word in words(text.replace("-", " ")) if word in _WORDS}


def _numbers(text: str) -> Iterator[_Number]:
    for match in _DIGITS.finditer(text):
        before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
        span = Span(match.start(), match.end("decimals") if match.group("decimals") else match.end("whole"))
        suffix = match.group("suffix") or ""
        if _PART_BEFORE.search(before) or _PART_AFTER.match(after) or (match.group("decimals") and suffix == "pm"):
            continue
        ordinal = suffix in ("st", "nd", "rd", "th")
        span = Span(span.start, match.end()) if ordinal else span
        written = match.group("whole")
        value = Decimal(written.replace(",", "") + (match.group("decimals") or ""))
        most = None
        if _MONTH_BEFORE.search(before) or (_MONTH_AFTER.match(after) and value <= 31):
            most = _DAYS
        elif suffix in ("am", "pm"):
            most = _HOURS
        elif _PERCENT.match(after) and value <= 100:
            most = 100
        options = []
        for option in _plausible(value, year="," not in written and not suffix, most=most):
            shown = f"{option:,f}" if "," in written else f"{option:f}"
            options.append((option, shown + ordinal_suffix(int(option)) if ordinal else shown))
        yield _Number(span, value, tuple(options))
    for match in _SCORE.finditer(text):
        value = Decimal(match.group("whole"))
        options = [(Decimal(digit), str(digit)) for digit in range(10) if abs(digit - value) > 1]
        yield _Number(Span(match.start("whole"), match.end("whole")), value, tuple(options))
    for match in _IN_WORDS.finditer(text):
        before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
        if not _PART_BEFORE.search(before) and not _PART_AFTER.match(after):
            value = Decimal(_WORDS[match.group().lower()])
            options = [
                (Decimal(number), word.capitalize() if match.group()[0].isupper() else word)
                for word, number in _WORDS.items()
                if Decimal(number) in _plausible(value, year=False, most=None)
            ]
            yield _Number(Span(*match.span()), value, tuple(options))


def _plausible(value: Decimal, *, year: bool, most: int | None) -> list[Decimal]:
    """Other values as round and about as large as this one; none for 1, which takes a singular."""
    if year and 1500 <= value < 2100 and value == int(value):
        return [value + step for step in range(-9, 10) if step]
    if value == 0:
        return [Decimal(option) for option in (2, 3, 4, 5)]
    if value == 1 and most is None:
        return []
    # 1,200 is 12 hundreds and 3.5 is 35 tenths: the new number is as round.
    places = len(str(value).partition(".")[2])
    zeros = 0 if places or most is not None else len(str(value)) - len(str(value).rstrip("0"))
    unit = Decimal(1).scaleb(zeros - places)
    size = int(value / unit)
    low, high = (size + 1) // 2, max(2 * size, size + 3)
    found = []
    for other in range(max(low, 1), high + 1, max(1, (high - low) // 400)):
        option = other * unit
        same_length = len(str(int(option))) == len(str(int(value)))
        # Days and hours have few others to choose from.
        least = 1 if most in (_DAYS, _HOURS) else _LEAST_CHANGE * value
        if abs(option - value) >= least and same_length and (option != 1 or most is not None):
            found.append(option)
    return [option for option in found if most is None or option <= most]


def ordinal_suffix(number: int) -> str:
    """The letters behind an ordinal number.

    >>> [f"{n}{ordinal_suffix(n)}" for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th']
    """
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
