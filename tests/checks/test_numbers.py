from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.checks.agreement import agrees, close
from bench.checks.dates import complete
from bench.checks.number_words import numbers, significant_step
from bench.checks.numbers import Numbers
from bench.checks.quantities import quantities
from bench.checks.units import ONES, TENS
from bench.types import Candidate, Example, Pair, Score

MONTH_NAMES = "January February March April May June July August September October November December".split()
DOCUMENT = """Date 2023-11-07. The council met on Tuesday and approved a budget of $2.46 billion, up 3.5 percent.

The two parties agreed on a three-day strike by 1,212 nurses, the 25th since October 2019.
Both sides signed at 3:30 p.m.
Anna Lind, 34, scored twice as her team won 3-1. The tower is 120 metres tall. Half of the voters stayed at home.
Five people were hurt on Monday. A year later the firm paid £50m to 12 towns."""


def number_score(candidate: str, document: str = DOCUMENT) -> Score:
    return Numbers().score([Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))])[0]


def in_words(value: int) -> str:
    """English words of a whole number below a trillion, written here and nowhere else."""
    ones = {number: word for word, number in ONES.items()}
    tens = {number: word for word, number in TENS.items()}
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if value >= scale:
            rest = f" {in_words(value % scale)}" if value % scale else ""
            return f"{in_words(value // scale)} {name}{rest}"
    if value >= 100:
        return f"{ones[value // 100]} hundred" + (f" and {in_words(value % 100)}" if value % 100 else "")
    if value >= 20:
        return tens[value // 10 * 10] + (f"-{ones[value % 10]}" if value % 10 else "")
    return ones[value]


@given(st.integers(0, 10**12 - 1))
def test_numbers_in_words_are_read_back(value: int) -> None:
    text = f"He saw {in_words(value)} birds."
    (number,) = numbers(text)
    assert number.value == value
    assert text[number.start : number.end] == in_words(value)


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_numbers_in_digits_are_read_back(whole: int, hundredths: int) -> None:
    for text, value in [
        (f"{whole}", Decimal(whole)),
        (f"{whole:,}", Decimal(whole)),
        (f"{whole:,}.{hundredths:02}", Decimal(f"{whole}.{hundredths:02}")),
    ]:
        (number,) = numbers(f"saw {text} birds")
        assert number.value == value


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)))
def test_dates_are_read_back(day: date) -> None:
    month = MONTH_NAMES[day.month - 1]
    for text in (
        day.isoformat(),
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{month[:3]}. {day.day}, {day.year}",
    ):
        (quantity,) = quantities(f"on {text}")
        assert quantity.parts == (day.year, day.month, day.day, None), text
        assert complete(quantity.parts)[3] == day.weekday()  # type: ignore[arg-type]


@given(st.integers(1, 999), st.sampled_from(["million", "billion"]))
def test_money_is_read_back_in_every_spelling(amount: int, scale: str) -> None:
    value = amount * (10**6 if scale == "million" else 10**9)
    short = {"million": "m", "billion": "bn"}[scale]
    for text in (
        f"${amount} {scale}",
        f"${amount}{short}",
        f"US${amount}{short}",
        f"${amount}-{scale}",
        f"{amount} {scale} dollars",
        f"{amount} {scale} U.S. dollars",
        f"${value:,}",
        f"USD {amount} {scale}",
        f"{in_words(amount)} {scale} dollars",
    ):
        (quantity,) = quantities(f"It paid {text} for it.")
        assert (quantity.kind, quantity.value, quantity.unit) == ("money", value, "USD"), text
        assert f"It paid {text} for it."[quantity.span.slice] == text


SAME = [
    ("$240 billion", "240 billion dollars"),
    ("$240 billion", "US$240bn"),
    ("two-day", "2 days"),
    ("two days", "48 hours"),
    ("75th", "seventy-fifth"),
    ("75 years", "75th anniversary"),
    ("May 16, 2024", "16 May 2024"),
    ("2024-05-16", "May 16th, 2024"),
    ("May 16", "2024-05-16"),
    ("Thursday", "2024-05-16"),
    ("2024", "May 16, 2024"),
    ("Oct. 2019", "3 October 2019"),
    ("3.5 percent", "3.5%"),
    ("3.5 per cent", "3.5%"),
    ("half of the town", "50%"),
    ("two-thirds", "67 percent"),
    ("twelve men", "12 men"),
    ("1,200 men", "1200 men"),
    ("a dozen eggs", "12 eggs"),
    ("34-year-old", "34-year-old"),
    ("six weeks", "42 days"),
    ("18 months", "a year and a half of 18 months"),
    ("10km", "10 kilometres"),
    ("5 kg", "five kilograms"),
    ("3:30 p.m.", "15:30"),
    ("3pm", "3 o'clock"),
    ("noon", "12pm"),
    ("1990s", "1994"),
    ("£5m", "5 million pounds"),
    ("5 to 10 million people", "five million people"),
    ("between 10 and 15 percent", "10%"),
    ("half a million", "500,000"),
    ("two and a half years", "30 months"),
    ("20 goals", "his 20th goal"),
    ("30mph", "30 miles per hour"),
    ("2.5 billion", "2,500 million"),
]
DIFFERENT = [
    ("$240 billion", "$240 million"),
    ("$240", "€240"),
    ("two days", "two weeks"),
    ("75th", "75 men"),
    ("May 16", "May 17"),
    ("May 16, 2024", "May 2024"),
    ("May 16, 2024", "May 16, 2023"),
    ("Thursday", "Friday"),
    ("October 2019", "October 2018"),
    ("3.5%", "3.4%"),
    ("5 percent", "5 percentage points"),
    ("12 men", "13 men"),
    ("3am", "3pm"),
    ("10 miles", "10 kilometres"),
    ("20 years", "20 men"),
    ("3-1", "3-2"),
    ("£50", "50kg"),
    ("5 percent", "5 dollars"),
    ("fifth", "sixth"),
    ("1980s", "1994"),
    ("2019", "2018"),
    ("5 million", "5 billion"),
    ("200", "212"),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_the_same_quantity(ours: str, theirs: str) -> None:
    mine = next(q for q in quantities(ours) if not q.vague)
    assert any(agrees(mine, other) for other in quantities(theirs))


@pytest.mark.parametrize(("ours", "theirs"), DIFFERENT)
def test_another_quantity(ours: str, theirs: str) -> None:
    mine = next(q for q in quantities(ours) if not q.vague)
    assert not any(agrees(mine, other) for other in quantities(theirs))
    back = next(q for q in quantities(theirs) if not q.vague)
    if (ours, theirs) != ("May 16, 2024", "May 2024"):
        assert not any(agrees(back, other) for other in quantities(ours) if not other.vague) or theirs == "212"


@given(st.decimals(1, 10**9, places=2), st.integers(0, 6))
def test_rounding_agrees_with_decimal(value: Decimal, places: int) -> None:
    step = Decimal(10) ** places
    rounded = (value / step).to_integral_value("ROUND_HALF_UP") * step
    ours = quantities(f"about {rounded:f}")
    if rounded >= step and ours and ours[0].number == rounded and significant_step(rounded) == step:
        assert close(rounded, value, ours[0])
        assert not close(rounded, value + max(2 * step, value / 10), ours[0])


@pytest.mark.parametrize(
    "text",
    [
        "F-16",
        "COVID-19",
        "G7",
        "MH370",
        "24/7",
        "iPhone5s",
        "http://a.b/2019/12",
        "x@y12.com",
        "555-123-4567",
        "v1.2.3",
        "#9",
        "4x4",
        "last year",
        "one of them",
        "They may march",
        "at first",
        "the First Lady",
    ],
)
def test_names_and_relative_words_are_no_quantities(text: str) -> None:
    assert [q for q in quantities(f"He saw {text} there") if not q.vague] == []


@pytest.mark.parametrize(
    "candidate",
    [
        "It met on 7 November 2023.",
        "It met in November.",
        "It met on Tuesday, Nov. 7.",
        "The budget is 2.46 billion dollars.",
        "The budget is about $2.5 billion.",
        "It grew by 3.5%.",
        "The strike of 3 days was the twenty-fifth.",
        "Some 1,200 nurses struck for 72 hours.",
        "They signed at 15:30.",
        "The 34-year-old Anna Lind scored.",
        "The team won 3-1.",
        "The 120-metre tower stands.",
        "50 percent of the voters stayed at home.",
        "Both of the 2 sides signed.",
        "It paid 50 million pounds one year later.",
        "Twelve towns were paid.",
    ],
)
def test_restated_quantities_are_supported(candidate: str) -> None:
    (verdict,) = number_score(candidate).verdicts
    assert verdict.label == "supported", verdict.reason
    assert verdict.evidence
    assert all(any(char.isalnum() for char in DOCUMENT[span.slice]) for span in verdict.evidence)


@pytest.mark.parametrize(
    ("candidate", "instead"),
    [
        ("The council approved a budget of $3.1 billion on Tuesday.", "$2.46 billion"),
        ("The council approved a budget, up 4.5 percent.", "3.5 percent"),
        ("Six people were hurt on Monday.", "Five"),
        ("Five people were hurt on Friday.", "Monday"),
        ("The parties agreed on a five-day strike by nurses.", "three-day"),
        ("Her team won 4-1 as Anna Lind scored.", "3-1"),
        ("The strike by nurses was the 25th since October 2018.", "October 2019"),
    ],
)
def test_a_changed_quantity_is_contradicted_with_the_original(candidate: str, instead: str) -> None:
    (verdict,) = number_score(candidate).verdicts
    assert verdict.label == "contradicted", verdict.reason
    assert DOCUMENT[verdict.evidence[0].slice] == instead
    assert instead in verdict.reason


@pytest.mark.parametrize(
    "candidate", ["It fined 47 bakers.", "Prices doubled in 1987.", "It was his fourth visit.", "He ran 9km."]
)
def test_an_invented_quantity_is_unsupported(candidate: str) -> None:
    (verdict,) = number_score(candidate).verdicts
    assert verdict.label == "unsupported", verdict.reason


def test_two_of_something_may_be_counted_up() -> None:
    document = "Anna left. Peter left."
    assert number_score("Two friends left.", document).verdicts[0].label == "unchecked"
    assert number_score("Three friends left.", document).verdicts[0].label == "unsupported"


def test_a_date_in_parts_over_two_sentences() -> None:
    document = "They have flown since 2019. In October of that year he spoke. In June 2021 he left."
    assert number_score("He spoke in October 2019.", document).verdicts[0].label == "supported"
    for wrong in ("October 2021", "June 2019", "October 2020"):
        assert number_score(f"He spoke in {wrong}.", document).verdicts[0].label != "supported"


def test_numbers_of_tokenised_text() -> None:
    document = "An estimated 3 , 500 men , 98 . 7 per cent of them 27 - year - old , drew 0 - 0 for $ 2 . 6 million ."
    for text in ("3,500 men", "98.7 per cent", "27-year-old", "0-0", "$2.6 million"):
        verdict = number_score(f"It was {text} then.", document).verdicts[0]
        assert verdict.label == "supported", (text, verdict.reason)
        shown = "".join(document[verdict.evidence[0].slice].split())
        assert shown.replace("-old", "") in "".join(text.split()) or shown in "3,500"


@settings(max_examples=60)
@given(st.text(alphabet="1290.,:-/ $£%kmth May2024 and half a", max_size=40))
def test_any_text_supports_itself(text: str) -> None:
    score = number_score(text, text)
    assert all(verdict.label in ("supported", "unchecked") for verdict in score.verdicts)


@given(st.text(max_size=60))
def test_spans_are_inside_and_in_order(text: str) -> None:
    found = quantities(text)
    assert all(0 <= q.span.start < q.span.end <= len(text) for q in found)
    starts = [q.span.start for q in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "text", ["", " \n", "٣٤ و ١٢", "½", "-", "$", "%", "1" * 400, "9" * 30 + " billion", "\x001\x00", "二零二四年"]
)
def test_strange_text_is_no_exception(text: str) -> None:
    assert number_score(text).status in ("ok", "undefined")
    assert number_score("In 2019 he paid $5.", text).status in ("ok", "undefined")
