"""Numbers as they are written in English, in digits and in words: where they are and their exact value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bench.checks.quantities.units import FRACTIONS, ONES, ORDINALS, SCALES, SHORT_SCALES, TENS, UNITS

Form = Literal["cardinal", "ordinal", "fraction"]

# Tokenised text has spaces around its signs: 3 , 000 and 27 - year - old.
_DIGITS = re.compile(
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?: , \d{3})+(?!\d)|\d+(?:\.\d+)?"
    # A decimal comma, where a unit or a scale shows that it is one.
    r"(?:,\d{1,2}(?=\s?(?:[%€]|per\s?cent|[mb]illion|[mb]ln|euros?|k[mg])\b))?",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}$)")
_MINUS = re.compile(r"(?:(?:^| )[-−]|\bminus )$", re.IGNORECASE)
_SUFFIX = re.compile(r"[^\W\d_]+")
_SCALE = re.compile(rf"(?:\s-\s|[\s-])?({'|'.join(SCALES)})\b(?!s)", re.IGNORECASE)
_AND_A_HALF = re.compile(r"[\s-]and[\s-]a[\s-]half\b", re.IGNORECASE)
_VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_WORD = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"[\s-]+")
# A number behind a hyphen belongs to the word before it (F-16, COVID-19), except behind these.
_PREFIXES = frozenset("mid early late pre post sub top under over non since circa about nearly almost".split())
_HALF_OF = frozenset("of the its their his her all those these our".split())
# "#" is what some conversions leave of a pound sign: #400,000 is an amount, #9 a rank or a name.
_AMOUNT = re.compile(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?\s?(?:[mb]|bn|[mb]illion)\b", re.IGNORECASE)
# Tokenised names: Su - 27, F - 16.
_NAME_BEFORE = re.compile(r"(?<![\w'’])(?!to\b|of\b|by\b|or\b|at\b)[^\W\d_]{1,2} - $", re.IGNORECASE)
_CODES = ("rs", "eur", "usd", "gbp", "rmb", "chf")
_NOT_HALF = frozenset("first second other better half time one".split())


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text."""

    start: int
    end: int
    value: Decimal
    """Exact; a fraction of a whole is given in per cent (a third is 33)."""
    form: Form = "cardinal"
    scale: int = 1
    """What the written figure was multiplied by: 1,000,000,000 in 2.5 billion."""
    digits: bool = False
    """Written in digits."""

    @property
    def step(self) -> Decimal:
        """The place of the last significant digit: 100 for 1,200, 0.1 for 3.5."""
        return significant_step(self.value)


def significant_step(value: Decimal) -> Decimal:
    """The place of a number's last digit that isn't zero.

    >>> [str(significant_step(Decimal(number))) for number in ("1200", "3.5", "7", "0")]
    ['1E+2', '0.1', '1', '1']
    """
    if not value:
        return Decimal(1)
    exponent = value.normalize().as_tuple().exponent
    return Decimal((0, (1,), int(exponent)))


def numbers(text: str) -> list[Number]:
    """All numbers of a text, in order, without overlap.

    >>> [str(n.value) for n in numbers("1,200 of twenty-five and 2.5 million, half a million, seventy-fifth")]
    ['1200', '25', '2500000.0', '500000.0', '75']
    """
    found = [*_in_digits(text), *_in_words(text)]
    kept: list[Number] = []
    for number in sorted(found, key=lambda n: (n.start, -n.end)):
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _in_digits(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if not _stands_alone(text, start, end):
            continue
        value = Decimal(_DECIMAL_COMMA.sub(".", match.group()).replace(" ", "").replace(",", ""))
        form: Form = "cardinal"
        scale = 1
        if text[end : end + 1] in _VULGAR:
            value += _VULGAR[text[end]]
            end += 1
        suffix = _SUFFIX.match(text, end)
        attached = suffix.group().lower() if suffix else ""
        if attached in ("st", "nd", "rd", "th"):
            form, end = "ordinal", end + 2
        elif attached in SHORT_SCALES or attached in SCALES:
            scale = SHORT_SCALES.get(attached) or SCALES[attached]
            end += len(attached)
        elif attached == "ish":
            end += len(attached)
        elif attached and attached not in UNITS and attached.removesuffix("s") not in UNITS and attached not in "mbp":
            continue  # 4x4, 3D, 747s: a name, not a number
        elif half := _AND_A_HALF.match(text, end):
            value, end = value + Decimal("0.5"), half.end()
        if form == "cardinal" and scale == 1 and (match_scale := _SCALE.match(text, end)):
            scale, end = SCALES[match_scale.group(1).lower()], match_scale.end()
        yield Number(start, end, value * scale * (-1 if _MINUS.search(text, 0, start) else 1), form, scale, True)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether digits are a number and not part of a name, a phone number, a version or a fraction."""
    before, after = text[:start][-1:], text[end : end + 2]
    if before.isalpha() and not text[max(0, start - 3) : start].lower().endswith(_CODES):
        return False
    if before in ("_", "@") or (before == "#" and not _AMOUNT.match(text, start)):
        return False
    if _NAME_BEFORE.search(text[max(0, start - 8) : start]):
        return False
    if before in ("/", ".", ",", ":") and text[max(0, start - 2) : start - 1].isalnum():
        return before in (",", ".") and text[start - 2].isalpha()
    if after[:1] in ("/", ".", ":", ",") and after[1:].isdigit():
        return False
    if before in ("-", "–"):
        word = re.search(r"([^\W_]+)[-–]$", text[max(0, start - 20) : start])
        if word and not word.group(1).isdigit():
            alone = word.group(1).lower()
            return alone in _PREFIXES or alone in ONES or alone in TENS or (end - start == 4 and text[start] in "12")
    return True


def _in_words(text: str) -> Iterator[Number]:
    tokens = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    index = 0
    while index < len(tokens):
        number, used = _fraction(text, tokens, index) or _cardinal(text, tokens, index) or (None, 1)
        if number:
            yield number
        index += used


Tokens = Sequence[tuple[str, int, int]]


def _follows(text: str, tokens: Tokens, index: int) -> bool:
    """Whether the token is joined to the one before it by a space or a hyphen alone."""
    return index < len(tokens) and _JOINED.fullmatch(text, tokens[index - 1][2], tokens[index][1]) is not None


def _fraction(text: str, tokens: Tokens, index: int) -> tuple[Number, int] | None:
    """Two-thirds, a quarter of, half of the: a share of a whole, in per cent; half an hour: a half."""
    word, start, _ = tokens[index]
    following = [tokens[i][0] if _follows(text, tokens, i) else "" for i in range(index + 1, index + 4)]
    previous = tokens[index - 1][0] if index else ""
    if word == "half" and previous not in _NOT_HALF:
        if following[0] in ("a", "an") and following[1] in SCALES:
            value = Decimal("0.5") * SCALES[following[1]]
            return Number(start, tokens[index + 2][2], value, scale=SCALES[following[1]]), 3
        unit = following[1] if following[0] in ("a", "an") else following[0]
        if unit in UNITS and unit not in ("second", "st", "min", "sec"):
            used = 2 if following[0] in ("a", "an") else 1
            return Number(start, tokens[index + used - 1][2], Decimal("0.5")), used
        if following[0] in _HALF_OF:
            return Number(start, tokens[index][2], Decimal(50), "fraction"), 1
        return None
    parts = ONES.get(word, 1 if word == "a" else 0)
    name = following[0]
    denominator = FRACTIONS.get(name.removesuffix("s")) or FRACTIONS.get(name)
    if not parts or not denominator or parts >= denominator:
        return None
    plural = name.endswith("s")
    if plural == (parts > 1) and (following[1] == "of" or plural or (word == "one" and name != "half")):
        value = (Decimal(100 * parts) / denominator).quantize(Decimal(1))
        return Number(start, tokens[index + 1][2], value, "fraction"), 2
    return None


def _cardinal(text: str, tokens: Tokens, index: int) -> tuple[Number, int] | None:
    """A number in words from this token on: its longest valid reading."""
    total, group, last, smallest = Decimal(0), Decimal(0), "", 10**15
    position = index
    form: Form = "cardinal"
    scale = 1
    word = tokens[index][0]
    if (
        word in ("a", "an")
        and index + 1 < len(tokens)
        and tokens[index + 1][0] in SCALES
        and _follows(text, tokens, index + 1)
    ):
        group, last, position = Decimal(1), "ones", index + 1
    while position < len(tokens) and (position == index or _follows(text, tokens, position)):
        word = tokens[position][0]
        start_of_part = last in ("", "hundred", "scale", "and")
        if word == "and" and last in ("hundred", "scale") and _number_next(text, tokens, position + 1):
            last = "and"
        elif word == "and" and last == "ones" and _half_next(text, tokens, position):
            group += Decimal("0.5")
            position += 2
            last = "half"
        elif word in TENS and start_of_part:
            group, last = group + TENS[word], "tens"
        elif word in ONES and (start_of_part or (last == "tens" and 0 < ONES[word] < 10)):
            group, last = group + ONES[word], "ones"
        elif word in ORDINALS and ORDINALS[word] < 100 and (start_of_part or (last == "tens" and ORDINALS[word] < 10)):
            group, form, last = group + ORDINALS[word], "ordinal", "end"
            position += 1
            break
        elif word in ("hundred", "dozen") and last in ("ones", "half", "tens") and 0 < group < 100:
            group, last, scale = group * SCALES[word], "hundred" if word == "hundred" else "end", scale * SCALES[word]
            if last == "end":
                position += 1
                break
        elif word in SCALES and SCALES[word] >= 1000 and group and SCALES[word] < smallest and last != "and":
            total, group, smallest = total + group * SCALES[word], Decimal(0), SCALES[word]
            last, scale = "scale", SCALES[word]
        else:
            break
        position += 1
    if position == index or not last:
        return None
    return Number(tokens[index][1], tokens[position - 1][2], total + group, form, scale), position - index


def _number_next(text: str, tokens: Tokens, index: int) -> bool:
    return _follows(text, tokens, index) and any(tokens[index][0] in table for table in (ONES, TENS, ORDINALS))


def _half_next(text: str, tokens: Tokens, index: int) -> bool:
    names = [tokens[i][0] if _follows(text, tokens, i) else "" for i in (index + 1, index + 2)]
    return names == ["a", "half"]
