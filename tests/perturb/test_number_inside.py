"""A number swapped for another of its form and unit that the document has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.quantities.reading import quantities
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.numbers import swap_number, values

DOCUMENT = (
    "The stadium cost £200m. A gate was sold for £30 million. Vik, 27, is a baker. A 31-year-old nurse won. "
    "Some 40 frogs were seen by 900 children. Snow fell on six days. Ice lasted eleven days. Only 62 per cent voted. "
    "Some 12% stayed away. Rain came in the 38th minute. Lund scored in the 71st minute. They met on 14 June 2009."
)


def outcomes(text: str, document: str = DOCUMENT) -> set[str]:
    found = {swap_number(text, document, (), seed) for seed in range(12)}
    return {outcome.text for outcome in found if isinstance(outcome, Perturbed)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bridge cost £50m.", {"The bridge cost £200m.", "The bridge cost £30m."}),
        ("Keller, 45, fell.", {"Keller, 27, fell.", "Keller, 31, fell."}),
        (
            "A 50-year-old baker from Rome fell.",
            {"A 31-year-old baker from Rome fell.", "A 27-year-old baker from Rome fell."},
        ),
        ("They saw 20 frogs.", {"They saw 40 frogs."}),
        ("They saw 300 monkeys.", {"They saw 40 monkeys.", "They saw 900 monkeys."}),
        ("The strike took two days.", {"The strike took six days.", "The strike took eleven days."}),
        ("About 5 per cent agreed.", {"About 62 per cent agreed.", "About 12 per cent agreed."}),
        ("Vik was hurt in the 12th minute.", {"Vik was hurt in the 38th minute.", "Vik was hurt in the 71st minute."}),
        ("They saw 70 frogs for £30m.", {"They saw 40 frogs for £30m.", "They saw 70 frogs for £200m."}),
    ],
)
def test_the_form_and_the_unit_stay(text: str, expected: set[str]) -> None:
    assert outcomes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "They won 3-1.",
        "It began in 2010.",
        "It began on 3 June.",
        "It is 5 miles long.",
        "The 19th century.",
        "Nobody.",
    ],
)
def test_dates_scores_and_what_has_no_like_are_left(text: str) -> None:
    assert isinstance(swap_number(text, DOCUMENT, (), 0), Skipped)


def test_never_a_number_of_which_the_document_says_the_same() -> None:
    document = "Lund scored goals for Rovers in the 38th minute and the 71st minute. It rained in the 5th minute."
    text = "Lund scored for Rovers in the 38th minute."
    assert outcomes(text, document) == {"Lund scored for Rovers in the 5th minute."}


@given(st.lists(st.integers(2, 999), min_size=1, max_size=5), st.integers(2, 999), st.integers(0, 9))
def test_what_comes_in_stands_in_the_document(there: list[int], mine: int, seed: int) -> None:
    document = " ".join(f"Farm {chr(65 + place)} holds {number} sheep today." for place, number in enumerate(there))
    text = f"Nobody doubts that {mine} kg were lost."
    outcome = swap_number(text, f"{document} Ships brought {there[0]} kg of salt.", (), seed)
    if isinstance(outcome, Perturbed):
        assert outcome.changes[0].now == str(there[0]), "sheep aren't measured in kg"
        assert values(outcome.text) == {there[0]} != {mine}
        [before], [after] = quantities(text), quantities(outcome.text)
        assert (before.kind, before.unit) == (after.kind, after.unit)
    else:
        assert there[0] == mine
