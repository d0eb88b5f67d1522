from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.checks.numbers import Numbers
from bench.checks.quantities.agreement import agrees, close
from bench.checks.quantities.dates import complete
from bench.checks.quantities.number_words import numbers, significant_step
from bench.checks.quantities.reading import quantities
from bench.checks.quantities.units import ONES, TENS
from bench.types import Candidate, Example, Pair, Score, Verdict

MONTH_NAMES = "January February March April May June July August September October November December".split()
DOCUMENT = """Date 2023-11-07. The council met on Tuesday and approved a budget of $2.46 billion, up 3.5 percent.

The two parties agreed on a three-day strike by 1,212 nurses, the 25th since October 2019.
Both sides signed at 3:30 p.m.
Anna Lind, 34, scored twice as her team won 3-1. The tower is 120 metres tall. Half of the voters stayed at home.
Five people were hurt on Monday. A year later the firm paid £50m to 12 towns."""


MINE = """Rescuers pulled 14 miners from a collapsed shaft on Tuesday,
two days after the accident in which 5 workers died.
The company, founded in 1987, paid $3 million in fines in 2019 and $1.2 million in 2021. Another 23 men are missing.
"We have 200 people on site," said the manager, Jane Roe, 48. The shaft is 300 metres deep.
In 2015 a fire at the same mine killed 11 people and left 30 with burns. More than 40 houses were damaged."""
SUMMIT = """The two leaders met in Beijing on Thursday. The summit ends on Friday. Mr Xi visited Moscow in March 2023.
The treaty was signed yesterday, and the parliament votes next week. The court ruled last month."""
BERG = """Anna Berg was born in Graz on 3 May 1962. She moved to Oslo in 1985.
She won the Nobel prize on 9 October 2003 and retired in 2011."""


def number_score(candidate: str, document: str = DOCUMENT, date: str | None = None) -> Score:
    example = Example("e", document, (document,), metadata={"date": date} if date else {})
    return Numbers().score([Pair(example, Candidate("e", "s", candidate))])[0]


def the_verdict(candidate: str, document: str, date: str | None = None) -> Verdict:
    """The verdict of the claim with the worst finding."""
    order = ["contradicted", "unsupported", "supported", "unchecked"]
    return min(number_score(candidate, document, date).verdicts, key=lambda verdict: order.index(verdict.label))


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
        assert complete(quantity.parts)[3] == day.weekday()


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
    ("20%", "one in five"),
    ("two thirds", "two out of three"),
    ("half of the bridges", "1 of the 2 bridges"),
    ("0.25%", "25 basis points"),
    ("a quarter of a percentage point", "25 basis points"),
    ("984 feet", "300 metres"),
    ("16 kilometres", "10 miles"),
    ("88 pounds", "40 kg"),
    ("-12 degrees", "minus 12 degrees"),
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
    ("5 million dollars", "5 mln bucks"),
    ("300,000 people", "3 lakh people"),
    ("25 million rupees", "Rs 2.5 crore"),
    ("2.5 million", "2,5 million"),
    ("45 cents", "$0.45"),
    ("£0.50", "50 pence"),
    ("0.5 percentage points", "50 basis points"),
    ("25 bps", "0.25 percentage points"),
    ("the third quarter", "Q3 of FY23"),
    ("2023", "Q3 of FY23"),
    ("the 1990s", "in the nineties"),
    ("the 1800s", "the 19th century"),
    ("the twentieth century", "in 1923"),
    ("on the 8th", "8th of Dec"),
    ("Friday night", "TGIF"),
    ("7 pm", "Let's make it 7."),
    ("at 7 tomorrow", "7 pm"),
    ("at 19", "7 pm"),
    ("at 6", "outside the club, 6ish?"),
    ("a 30 discount", "a 30% discount"),
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
    ("0.5%", "25 basis points"),
    ("30%", "one in five"),
    ("300 feet", "300 metres"),
    ("12 degrees", "minus 12 degrees"),
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
    ("7 pm", "7 people"),
    ("7 pm", "8?"),
    ("7 am", "19"),
    ("40 feet", "40 metres"),
    ("5 cents", "$5"),
    ("50 basis points", "50 percentage points"),
    ("the third quarter", "the fourth quarter"),
    ("the 19th century", "in 1923"),
    ("on the 8th", "9th of Dec"),
    ("a 30 discount", "30% of them"),
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


@pytest.mark.parametrize(
    ("candidate", "document"),
    [
        ("The text covers three topics: the harbour, the school and the library.", "The harbour. The school."),
        ("The first is a painter. The second plays chess.", "Ada Lund paints. Ada Lund (born 1990) plays chess."),
        ("He bought 27 cars.", "He bought 21 cars in May. He bought six cars in June."),
    ],
)
def test_what_the_summary_counts_itself_is_unchecked(candidate: str, document: str) -> None:
    assert {verdict.label for verdict in number_score(candidate, document).verdicts} == {"unchecked"}


def test_a_rank_or_a_sum_out_of_nowhere_is_not_the_summarys_own() -> None:
    assert the_verdict("She came third.", "She came to Oslo.").label == "unsupported"
    document = "He bought 21 cars in May. He bought six ships in June."
    assert the_verdict("He bought 27 cars.", document).label in ("unsupported", "contradicted")


@pytest.mark.parametrize(
    ("candidate", "label"),
    [
        ("Earnings per share were $0.45, up from $0.38.", "supported"),
        ("Earnings came in at 38 cents a share, down from 45 cents.", "contradicted"),
        ("Earnings fell from 45 to 38 cents.", "contradicted"),
        ("Earnings rose from 38 to 45 cents.", "supported"),
        ("Earnings were $0.38, compared to $0.45 last year.", "contradicted"),
        ("Earnings were $0.45, compared to $0.45.", "supported"),
    ],
)
def test_a_change_told_backwards_is_contradicted(candidate: str, label: str) -> None:
    assert the_verdict(candidate, "Adjusted EPS was $0.45, up from $0.38 a year ago.").label == label


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


@pytest.mark.parametrize(
    "candidate",
    [
        "Fourteen workers were rescued on Tuesday.",
        "Five people died in Sunday's accident.",
        "5 miners were killed and 23 are missing after a shaft collapsed.",
        "The mine, which was fined $3 million in 2019, has 200 rescuers on site.",
        "A fire killed 11 there in 2015 and 30 were burned.",
        "Eleven miners died in a 2015 fire.",
        "The firm was fined $1.2 million in 2021 and $3 million in 2019.",
        "In 2015, 30 people suffered burns in a fire that claimed 11 lives.",
        "14 saved, 5 dead, 23 missing.",
        "The death toll stands at 5.",
        "The 48-year-old manager said 200 people were at the site.",
        "At least 40 homes were damaged.",
        "Over 40 buildings were damaged.",
    ],
)
def test_paraphrases_raise_no_alarm(candidate: str) -> None:
    for verdict in number_score(candidate, MINE).verdicts:
        assert verdict.label in ("supported", "unchecked"), verdict.reason


@pytest.mark.parametrize(
    ("candidate", "document", "instead"),
    [
        ("Fourteen workers died.", MINE, "5"),
        ("A fire killed 30 in 2015.", MINE, "11"),
        ("The shaft is 200 metres deep.", MINE, "300 metres"),
        ("The company, founded in 2019, paid fines.", MINE, "1987"),
        ("The mine was founded in 2015.", MINE, "1987"),
        ("Anna Berg moved to Oslo in 1962.", BERG, "1985"),
        ("Berg was born on 9 October 2003.", BERG, "3 May 1962"),
        ("She won the Nobel prize in 2011.", BERG, "9 October 2003"),
        ("She retired in 2003.", BERG, "2011"),
        ("12 people were killed in Oslo.", "A gunman killed 3 people and injured 12 others in Oslo.", "3"),
        ("The player scored 30 goals.", "The player scored 12 goals in 30 matches.", "12"),
    ],
)
def test_a_number_of_something_else_is_contradicted(candidate: str, document: str, instead: str) -> None:
    verdict = the_verdict(candidate, document)
    assert verdict.label == "contradicted", verdict.reason
    assert document[verdict.evidence[0].slice] == instead
    assert f"“{instead}”" in verdict.reason


@pytest.mark.parametrize("counted", ["cars were burned", "vehicles were burned", "wrecks were found"])
def test_what_is_counted_may_have_another_name(counted: str) -> None:
    verdict = the_verdict(f"12 {counted} in Lyon.", "Police in Lyon said 12 cars were burned overnight.")
    assert verdict.label == "supported"


@pytest.mark.parametrize(
    ("candidate", "label", "said"),
    [
        ("The leaders met on 16 May.", "supported", "counted from the article's date 2024-05-16"),
        ("The leaders met on May 16, 2024.", "supported", "counted from the article's date 2024-05-16"),
        ("The leaders met on 17 May.", "contradicted", "counted from the article's date 2024-05-16"),
        ("The leaders met on Thursday, May 17.", "contradicted", "2024-05-17 was a Friday"),
        ("The leaders met on Friday.", "contradicted", "“Thursday”"),
        ("The treaty was signed on 15 May.", "supported", "“yesterday”"),
        ("The treaty was signed on Wednesday.", "supported", "“yesterday”"),
        ("The treaty was signed on Friday.", "contradicted", "“yesterday”"),
        ("The treaty was signed tomorrow.", "contradicted", "“yesterday”"),
        ("The parliament votes next week.", "supported", "next week"),
        ("The parliament votes last week.", "contradicted", "“next week”"),
        ("The parliament votes on 21 May.", "unsupported", "not in the document"),
        ("The court ruled in April.", "supported", "“last month”"),
        ("The court ruled in June.", "contradicted", "“last month”"),
        ("Xi visited Moscow last year.", "supported", "2023-01-01 to 2023-12-31"),
        ("Xi visited Moscow in May.", "contradicted", "“March 2023”"),
        ("Talks were held today.", "unchecked", "the article's date 2024-05-16"),
    ],
)
def test_dates_are_counted_from_the_articles(candidate: str, label: str, said: str) -> None:
    verdict = the_verdict(candidate, SUMMIT, "2024-05-16")
    assert verdict.label == label, verdict.reason
    assert said in verdict.reason
    assert verdict.kind == ("date" if label in ("unsupported", "contradicted") else None)


@pytest.mark.parametrize(
    ("candidate", "label"),
    [
        ("The leaders met on 16 May.", "unchecked"),
        ("The treaty was signed on Wednesday.", "unchecked"),
        ("The treaty was signed tomorrow.", "contradicted"),
        ("The court ruled last month.", "supported"),
        ("The court ruled last year.", "unchecked"),
        ("The leaders met on Friday, May 16, 2024.", "contradicted"),
    ],
)
def test_dates_without_the_articles(candidate: str, label: str) -> None:
    verdict = the_verdict(candidate, SUMMIT)
    assert verdict.label == label, verdict.reason
    assert label != "unchecked" or "the article has no date" in verdict.reason


def test_a_dateline_counts_as_the_articles_date() -> None:
    verdict = the_verdict("The treaty was signed on 15 May 2024.", f"Published: May 16, 2024\n\n{SUMMIT}")
    assert verdict.label == "supported"
    assert "the document's dateline" in verdict.reason


@pytest.mark.parametrize(
    ("candidate", "label"),
    [
        ("More than 40 people were hurt.", "supported"),
        ("40 people were hurt.", "supported"),
        ("Fewer than 40 people were hurt.", "contradicted"),
        ("The firm lost $2 million.", "supported"),
        ("The firm lost over $2 million.", "contradicted"),
        ("Some 290 jobs go.", "supported"),
        ("About 250 jobs go.", "unsupported"),
        ("The tower is over 100 metres tall.", "supported"),
        ("The tower is nearly 130 metres tall.", "supported"),
        ("The tower is nearly 150 metres tall.", "contradicted"),
    ],
)
def test_approximations(candidate: str, label: str) -> None:
    document = (
        "More than 40 people were hurt. The firm lost nearly $2 million. About 300 jobs go. "
        "The tower is 120 metres tall."
    )
    assert the_verdict(candidate, document).label == label


def test_marks_are_the_wrong_words() -> None:
    candidate = "Jane Roe, 48, said 5 workers died and that the company was founded in 1977."
    (verdict,) = [v for v in number_score(candidate, MINE).verdicts if v.marks]
    assert [candidate[mark.slice] for mark in verdict.marks] == ["1977"]
    assert verdict.kind == "date"


def test_an_impossible_date_is_none_of_the_documents() -> None:
    assert the_verdict("He was hurt on February 31.", "He was hurt on February 21. She is 31.").label == "contradicted"


def test_what_a_conversion_left_of_a_pound_sign() -> None:
    for written in ("# 42.5 million", "#42.5m", "£42.5 million", "# 42.5million"):
        assert the_verdict(f"He was signed for {written}.", "He was signed for £42.5million.").label == "supported"
    assert the_verdict("The stone cost # 500.", "The stone cost £500.").label == "supported"
    assert the_verdict("He was signed for # 24.5 million.", "He was signed for £42.5million.").label == "contradicted"


@pytest.mark.parametrize(("claim", "label"), [("The fair drew 27 acts.", "unchecked"), ("It drew 28 acts.", "flagged")])
def test_a_sum_of_one_sentence_is_no_error(claim: str, label: str) -> None:
    found = the_verdict(claim, "The fair drew 21 artists and six bands. It rained.").label
    assert found == label or (label == "flagged" and found in ("contradicted", "unsupported"))
