"""Number words, months, units and currencies of English: tables only."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

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

_UNITS = """
second: second=1 sec=1 minute=60 min=60 hour=3600 hr=3600 day=86400 week=604800 fortnight=1209600
month: month=1 year=12 yr=12 decade=120 century=1200 centurie=1200
night: night=1
metre: metre=1 meter=1 m=1 kilometre=1000 kilometer=1000 km=1000 centimetre=.01 centimeter=.01 cm=.01 \
millimetre=.001 millimeter=.001 mm=.001
mile: mile=1
yard: yard=1 yd=1
foot: foot=1 feet=1 ft=1
inch: inch=1 inche=1
acre: acre=1
hectare: hectare=1 ha=1
gram: gram=1 g=1 kilogram=1000 kilogramme=1000 kilo=1000 kg=1000 tonne=1000000 milligram=.001 mg=.001
ton: ton=1
ounce: ounce=1 oz=1
pound: lb=1
stone: stone=1 st=1
litre: litre=1 liter=1 millilitre=.001 milliliter=.001 ml=.001
gallon: gallon=1
watt: watt=1 kilowatt=1000 kw=1000 megawatt=1000000 mw=1000000 gigawatt=1000000000 gw=1000000000
byte: kb=1000 mb=1000000 gb=1000000000 tb=1000000000000 gigabyte=1000000000 megabyte=1000000 terabyte=1000000000000
knot: knot=1
mph: mph=1
km/h: kph=1 kmh=1 km/h=1
degree: degree=1 °=1
celsius: °c=1
fahrenheit: °f=1
"""
UNITS: dict[str, tuple[str, Decimal]] = {
    alias: (base, Decimal(factor))
    for line in _UNITS.strip().splitlines()
    for base, _, entries in [line.partition(":")]
    for alias, _, factor in (entry.partition("=") for entry in entries.split())
}
"""Singular spelling → base unit and how many of the base unit it is."""

COMPOUND_UNITS = (
    (r"miles?\s+(?:per|an)\s+hour", "mph"), (r"kilomet(?:re|er)s?\s+(?:per|an)\s+hour", "km/h"),
    (r"square\s+(?:miles?)|sq\.?\s?miles?", "square mile"), (r"square\s+(?:feet|foot)|sq\.?\s?ft", "square foot"),
    (r"square\s+kilomet(?:re|er)s?|sq\.?\s?km", "square kilometre"),
    (r"square\s+met(?:re|er)s?|sq\.?\s?m\b", "square metre"), (r"light[\s-]years?", "light-year"),
    (r"degrees?\s+celsius|degrees?\s+centigrade|°\s?c\b", "celsius"), (r"degrees?\s+fahrenheit|°\s?f\b", "fahrenheit"),
    (r"metric\s+tons?", "tonne"),
)  # fmt: skip
"""Units of several words: pattern → name of the unit."""

CURRENCY_SIGNS = {
    "$": "USD", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD", "nz$": "NZD",
    "s$": "SGD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "rs": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY",
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "aud": "AUD", "cad": "CAD", "rmb": "CNY", "cny": "CNY",
    "jpy": "JPY", "inr": "INR", "rub": "RUB", "chf": "CHF",
}  # fmt: skip
CURRENCY_WORDS = {
    "dollar": "USD", "us dollar": "USD", "american dollar": "USD", "buck": "USD", "australian dollar": "AUD",
    "canadian dollar": "CAD", "hong kong dollar": "HKD", "singapore dollar": "SGD", "euro": "EUR", "pound": "GBP",
    "pounds sterling": "GBP", "quid": "GBP", "yuan": "CNY", "renminbi": "CNY", "yen": "JPY", "ruble": "RUB",
    "rouble": "RUB", "rupee": "INR", "peso": "peso", "franc": "franc", "swiss franc": "CHF", "riyal": "riyal",
    "dirham": "AED", "shekel": "ILS", "lira": "TRY", "naira": "NGN", "zloty": "PLN", "krona": "krona",
    "kronor": "krona", "cent": "cent", "penny": "penny", "pence": "penny", "usd": "USD", "eur": "EUR", "gbp": "GBP",
}  # fmt: skip
HUNDREDTHS = frozenset({"cent", "penny"})
"""What is read as a hundredth of a currency."""
SAME_UNIT: Mapping[str, frozenset[str]] = {
    "pounds": frozenset({"GBP", "pound", "penny"}),
    "penny": frozenset({"GBP"}),
    "cent": frozenset({"USD", "EUR", "AUD", "CAD", "NZD", "SGD", "HKD"}),
}
"""Units that may be another: the word “pounds” is money or weight, and a cent a part of many currencies."""
