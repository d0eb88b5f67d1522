"""Number words, months, units and currencies of English: tables only."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bench.language.lexicon import forms, sections

ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12,
    "mln": 10**6, "bln": 10**9, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7,
}  # fmt: skip
SHORT_SCALES = {"k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}
MONEY_SCALES = {"m": 10**6, "b": 10**9}
"""Letters that mean a scale only behind an amount of money; elsewhere m is a metre."""

ORDINALS = {
    **{
        word: value
        for value, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
        )
    },
    **{f"{word}th": value for word, value in ONES.items() if value > 12},
    **{f"{word[:-1]}ieth": value for word, value in TENS.items()},
    "hundredth": 100, "thousandth": 1000, "millionth": 10**6,
}  # fmt: skip
FRACTIONS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}

MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,"
        "october oct,november nov,december dec".split(","),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    day: number
    for number, days in enumerate(
        "monday,tuesday tues,wednesday,thursday thurs,friday fri tgif,saturday,sunday".split(",")
    )
    for day in days.split()
}
"""Day of the week → 0 (Monday) to 6, as ``datetime.date.weekday`` counts."""

UNITS: dict[str, tuple[str, Decimal]] = {
    alias: (base, Decimal(factor))
    for line in sections("units")["units"]
    for base, _, entries in [line.partition(":")]
    for alias, _, factor in (entry.partition("=") for entry in entries.split())
}
"""Singular spelling → base unit and how many of the base unit it is."""

CONVERSIONS: Mapping[str, tuple[Decimal, str]] = {
    unit: (Decimal(factor), base)
    for line in sections("units")["conversions"]
    for unit, _, measure in [line.partition(" = ")]
    for factor, _, base in [measure.partition(" ")]
}
"""Unit → how many of which other unit it is."""

COMPOUND_UNITS = tuple(tuple(line.split(" -> ")) for line in sections("units")["compound"])
"""Units of several words: pattern → name of the unit."""

CURRENCY_SIGNS = forms("units", "currency signs")
CURRENCY_WORDS = forms("units", "currency words")
HUNDREDTHS = frozenset({"cent", "penny"})
"""What is read as a hundredth of a currency."""
SAME_UNIT: Mapping[str, frozenset[str]] = {
    "pounds": frozenset({"GBP", "pound", "penny"}),
    "penny": frozenset({"GBP"}),
    "cent": frozenset({"USD", "EUR", "AUD", "CAD", "NZD", "SGD", "HKD"}),
}
"""Units that may be another: the word “pounds” is money or weight, and a cent
a part of many currencies."""
