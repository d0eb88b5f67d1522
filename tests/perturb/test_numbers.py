"""Changed numbers: another value by an independent reader, same form, and nowhere in the document."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.quantities.reading import quantities
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.numbers import change_number, ordinal_suffix, values


def readings(text: str) -> list[tuple[str, Decimal, str, tuple[int | None, ...]]]:
    """What the check's own reader sees, which shares no code with ours."""
    return [(q.kind, q.value, q.unit, q.parts) for q in quantities(text) if not q.vague]


def changed(text: str, document: str = "", seed: int = 0) -> tuple[str, str]:
    outcome = change_number(text, document, (), seed)
    assert isinstance(outcome, Perturbed), outcome
    [change] = outcome.changes
    return change.was, change.now


SENTENCES = [
    "It cost 45 million euros.", "It cost $2.5bn.", "About 1,200 people came.", "It took six years.",
    "He was 27 years old.", "Some 62 per cent agreed.", "It rose by 3.4%.", "It opened in 2009.",
    "He scored in the 38th minute.", "They came 21st.", "It lies at 3,400 metres.", "Rovers won 3-1.",
    "It stops on 14 June.", "It began on May 3.", "The 22-year-old left.", "The fee was £200m.", "They met at 10am.",
    "The deal took 0.5 seconds.",
]  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_the_value_differs_and_kind_and_unit_stay(text: str) -> None:
    for seed in range(12):
        was, now = changed(text, seed=seed)
        before, after = readings(text), readings(text.replace(was, now, 1))
        assert len(before) == len(after) == 1, (before, after)
        assert before[0][0] == after[0][0]
        assert before[0][2] == after[0][2]
        assert before[0][1:] != after[0][1:]


@pytest.mark.parametrize("text", SENTENCES)
def test_the_new_number_is_plausible(text: str) -> None:
    for seed in range(12):
        was, now = changed(text, seed=seed)
        assert len(re.sub(r"\D", "", was)) == len(re.sub(r"\D", "", now)), "as many digits"
        assert ("," in was, "." in was) == ("," in now, "." in now)
        if "%" in text or "per cent" in text:
            assert Decimal(now) <= 100
        if "June" in text or "May" in text:
            assert 1 <= int(now) <= 28
        if text.endswith("am."):
            assert 1 <= int(now) <= 12
        if was == "2009":
            assert 1 <= abs(int(now) - 2009) <= 9
        if was.endswith(("th", "st", "nd", "rd")):
            assert now == f"{int(now[:-2])}{ordinal_suffix(int(now[:-2]))}"
        if was == "six":
            assert now in ("three", "four", "eight", "nine", "ten", "eleven", "twelve")


@given(st.integers(2, 99_999), st.integers(0, 50))
def test_any_whole_number_changes_by_a_quarter_at_least(number: int, seed: int) -> None:
    outcome = change_number(f"It counted {number} kg of rice.", "", (), seed)
    assert isinstance(outcome, Perturbed), outcome
    new = int(outcome.changes[0].now)
    if 1500 <= number < 2100:
        assert 1 <= abs(new - number) <= 9
    else:
        assert abs(new - number) >= number / 4
        assert number / 2 <= new
        step = 10 ** (len(str(number)) - len(str(number).rstrip("0")))
        assert new <= max(2 * number, number + 3 * step)
    assert len(str(new)) == len(str(number))


def test_never_a_number_that_the_document_or_the_text_has(corpus: SimpleNamespace) -> None:
    for seed in range(30):
        for text, document in corpus.pairs:
            outcome = change_number(text, document, (), seed)
            if isinstance(outcome, Perturbed):
                new = re.sub(r"(?:st|nd|rd|th)$", "", outcome.changes[0].now)
                assert not values(new) & (values(document) | values(text))
    # A number inside a compound counts as well.
    assert {changed("Two goals fell.", "A top-four place.", seed)[1] for seed in range(20)} == {"Three", "Five"}
    every = " ".join(map(str, range(2, 60)))
    assert isinstance(change_number("It took 20 days.", every, (), 0), Skipped)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody came.", "One came.", "Between 10 and 20 people came.", "It takes 3 to 5 days.", "Two-thirds agreed.",
        "They met at 7:30.", "See page3 and http://x.org/12.", "It was the 1990s.", "Channel 4x4.", "Call 555-0199.",
        "The A4 road.", "He got 1 vote.", "Twenty-five left.", "It was 2 1/2 hours.",
    ],
)  # fmt: skip
def test_what_can_not_be_changed_alone_is_left(text: str) -> None:
    outcome = change_number(text, "", (), 0)
    assert isinstance(outcome, Skipped), outcome
