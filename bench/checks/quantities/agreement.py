"""When a quantity of a candidate agrees with one of the document: pure functions."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from bench.checks.quantities.dates import Parts, complete
from bench.checks.quantities.reading import Quantity
from bench.checks.quantities.units import CONVERSIONS, SAME_UNIT

_HOURS = 24
_CASH = {"cash", "money"}
_ABOVE, _BELOW = Decimal("1.2"), Decimal("1.1")
"""More than 40 may be 48, and nearly 40 may be 37: farther away the figure would be another one."""
_ABOUT = Decimal("0.05")
_CONVERSION = Decimal("0.02")
"""What is converted is rounded."""


def agrees(ours: Quantity, theirs: Quantity) -> bool:
    """Whether the document's quantity says what the candidate's says (it may say more, not less).

    >>> from bench.checks.quantities.reading import quantities
    >>> [[agrees(quantities(a)[0], quantities(b)[0]) for a, b in pairs] for pairs in (
    ...     [("$240 billion", "240 billion dollars"), ("October 2019", "on 3 October 2019"), ("two-day", "48 hours")],
    ...     [("$240 billion", "240 billion euros"), ("3 October 2019", "in October 2019"), ("75th", "75 men")])]
    [[True, True, True], [False, False, False]]
    """
    kinds = {ours.kind, theirs.kind}
    if kinds & {"date", "decade"}:
        return _same_date(ours, theirs)
    if "time" in kinds:
        return _same_time(ours, theirs)
    if ours.kind == "pair":
        return theirs.kind == "pair" and ours.parts in (theirs.parts, theirs.parts[::-1])
    if theirs.kind == "pair":
        return ours.kind == "count" and ours.value in theirs.parts
    if same_unit(ours, theirs):
        return close(ours.value, theirs.value, ours)
    return _converted(ours, theirs) or _same_number(ours, theirs, kinds)


def _same_date(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two are one date, of which one may be a decade, a year that is read as a count, or a day's number."""
    if ours.kind == "decade":
        year = theirs.parts[0] if theirs.kind == "date" else None
        first = theirs.value if theirs.kind == "decade" else year
        return first is not None and 0 <= first - ours.value < ours.step
    if ours.kind == theirs.kind:
        return covers(cast(Parts, theirs.parts), cast(Parts, ours.parts))
    if theirs.kind == "decade":
        return False
    date, other = (ours, theirs) if ours.kind == "date" else (theirs, ours)
    if date is theirs and other.kind == "ordinal":
        return other.value == date.parts[2]
    return other.kind == "count" and date.parts[1:] == (None, None, None) and other.number == date.parts[0]


def _same_number(ours: Quantity, theirs: Quantity, kinds: Collection[str]) -> bool:
    """Whether two quantities of different units or kinds may be one: the same number, said of the same."""
    if kinds == {"percent"} and "basis point" in (ours.unit, theirs.unit):
        return ours.value == theirs.value
    alike = (
        (kinds == {"count", "ordinal"} and ours.nouns & theirs.nouns)  # Twenty goals, and his 20th goal.
        or (kinds == {"count", "money"} and (ours.nouns | theirs.nouns) & _CASH)
        or (kinds == {"count", "percent"} and ours.nouns & theirs.nouns)  # Some conversions lose the sign.
    )
    return (bool(alike) or _bare(ours, theirs)) and ours.number == theirs.number


def same_unit(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two quantities are of one kind and unit, so that their values can be compared."""
    one, other = ours.unit, theirs.unit
    if ours.kind == theirs.kind and one == other:
        return True
    return other in SAME_UNIT.get(one, ()) or one in SAME_UNIT.get(other, ())


def _converted(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two quantities of different units are one measure: 984 feet, 300 metres."""
    (one, base), (other, their_base) = (CONVERSIONS.get(q.unit, (Decimal(1), q.unit)) for q in (ours, theirs))
    if not base or base != their_base or ours.unit == theirs.unit:
        return False
    return abs(ours.value * one - theirs.value * other) <= _CONVERSION * abs(theirs.value * other)


def _same_time(one: Quantity, other: Quantity) -> bool:
    """Whether two are one time of day; a number without a noun may be the hour: at 7, 7 pm."""
    if one.kind == other.kind:
        return one.value == other.value and (one.unit == other.unit or "" in (one.unit, other.unit))
    clock, count = (one, other) if one.kind == "time" else (other, one)
    if count.kind != "count" or count.nouns or count.vague or not 0 < count.value <= _HOURS:
        return False
    return count.value % 12 * 60 == clock.value and (count.value <= 12 or clock.unit == "pm")


def opposed(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one says more than, and the other less than, the same number."""
    return {ours.bound, theirs.bound} == {"over", "under"} and ours.value == theirs.value


def _bare(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one of them is a number without a unit or a noun, so that it may be the other's: Smith, 34."""
    if "ordinal" in (ours.kind, theirs.kind) or ours.vague or theirs.vague:
        return False
    return any(q.kind == "count" and not q.nouns for q in (ours, theirs)) and ours.number is not None


def differ(ours: Parts, theirs: Parts) -> bool:
    """Whether two dates give the same part differently, so that they can't be one day.

    >>> differ((None, 5, None, None), (2023, 3, None, None)), differ((None, 5, 16, None), (None, None, None, 3))
    (True, False)
    """
    return any(
        a is not None and b is not None and a != b for a, b in zip(complete(ours), complete(theirs), strict=True)
    )


def covers(fuller: Parts, ours: Parts) -> bool:
    """Whether a date says all that another says.

    >>> covers((2024, 5, 16, None), (None, None, None, 3)), covers((2024, 5, None, None), (2024, 5, 16, None))
    (True, False)
    """
    return all(part is None or part == other for part, other in zip(ours, complete(fuller), strict=True))


def close(value: Decimal, original: Decimal, ours: Quantity) -> bool:
    """Whether a value is the original, or the original rounded to the place that the value is written to.

    One significant digit is too rough to count as rounding, unless the text says about or nearly. “More than”
    a value is the original up to a fifth above it, “less than” and “nearly” a
    tenth below, “about” a value of at most two digits is the original up to 5 % around it.
    """
    if value == original:
        return True
    if ours.bound == "over" and value < original <= value * _ABOVE:
        return True
    if ours.bound == "under" and original < value <= original * _BELOW:
        return True
    digits = len((value / ours.step).to_integral_value().as_tuple().digits) if value else 1
    if ours.approximate and not ours.bound and digits < 3 and abs(value - original) <= _ABOUT * original:
        return True
    if digits < 2 and not ours.approximate:
        return False
    return (original / ours.step).to_integral_value(ROUND_HALF_UP) * ours.step == value
