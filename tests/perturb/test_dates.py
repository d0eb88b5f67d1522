"""Changed dates: another weekday, month, day or year, in the same style."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.dates import change_date

MONTHS = list(calendar.month_name)[1:]


def outcomes(text: str, document: str = "", seeds: int = 30) -> set[str]:
    found = {change_date(text, document, (), seed) for seed in range(seeds)}
    return {outcome.text for outcome in found if isinstance(outcome, Perturbed)}


@pytest.mark.parametrize(
    ("text", "document", "expected"),
    [
        ("He left on Friday.", "It rained on Tuesday.", {"He left on Tuesday."}),
        ("He left in May.", "It rained in June.", {"He left in June."}),
        ("He left in 2010.", "It rained in 2012, in 1950 and in 2010.", {"He left in 2012."}),
        ("He left on Jan. 3.", "It rained on 8 August.", {"He left on Aug. 3.", "He left on Jan. 8."}),
        ("He left on the 3rd of May.", "It rained on June 21.",
         {"He left on the 21st of May.", "He left on the 3rd of June."}),
        ("Mondays are long.", "It rained on Sunday.", {"Sundays are long."}),
        ("On 31 May it fell.", "In June, in July and on Monday.", {"On 31 July it fell."}),
        ("The vote (2014) failed.", "It rained in 2016.", {"The vote (2016) failed."}),
    ],
)  # fmt: skip
def test_a_date_of_the_document_comes_first(text: str, document: str, expected: set[str]) -> None:
    found = outcomes(text, document)
    assert expected <= found
    # Parts of which the document has no other one change to any other.
    changed = {change_date(text, document, (), seed).changes[0].was for seed in range(30)}  # type: ignore[union-attr]
    if len(changed) == len(expected):
        assert found == expected


def test_any_other_where_the_document_has_none() -> None:
    assert outcomes("He left on Friday.", "He left.") == {
        f"He left on {day}." for day in calendar.day_name if day != "Friday"
    }
    assert outcomes("He left in 2010.", seeds=200) == {
        f"He left in {year}." for year in range(2005, 2016) if year != 2010
    }


def test_never_one_of_which_the_document_says_the_same() -> None:
    document = "Lund scored for Rovers on Friday and Sunday. It rained on Tuesday."
    assert outcomes("Lund scored for Rovers on Friday.", document) == {"Lund scored for Rovers on Tuesday."}


@pytest.mark.parametrize(
    "text",
    [
        "Theresa May spoke.", "They may march.", "April Jones sang.", "Black Friday was long.", "It cost 2010 euros.",
        "In 2000 people came.", "From 2009 to 2012 it grew.", "It ran from Monday to Friday.",
        "Saturday Night Live won.", "On 3-5.", "The 2010-2012 plan.", "In the late 1970's it fell.", "",
    ],
)  # fmt: skip
def test_what_is_no_single_date_is_left(text: str) -> None:
    assert isinstance(change_date(text, "It rained on Tuesday, 21 June 2011.", (), 0), Skipped)


@given(
    st.dates(date(1901, 1, 1), date(2099, 12, 28)), st.dates(date(1901, 1, 1), date(2099, 12, 28)), st.integers(0, 99)
)
def test_still_a_date_and_one_part_differs(mine: date, theirs: date, seed: int) -> None:
    def spelled(day: date) -> str:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    outcome = change_date(f"They met on {spelled(mine)}.", f"It rained on {spelled(theirs)}.", (), seed)
    assert isinstance(outcome, Perturbed)
    day, month, year = outcome.text.removeprefix("They met on ").removesuffix(".").split()
    found = date(int(year), MONTHS.index(month) + 1, int(day))  # raises for 31 June
    parts = [
        (found.day, mine.day, theirs.day),
        (found.month, mine.month, theirs.month),
        (found.year, mine.year, theirs.year),
    ]
    [(new, was, other)] = [part for part in parts if part[0] != part[1]]
    usable = other != was and not (was > 1900 and abs(other - was) > 5) and not (new == found.day and other > 28)
    if usable and new != found.month:
        assert new == other
