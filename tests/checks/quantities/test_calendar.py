"""Which days a date means: against a walk over the calendar, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.quantities.calendar import article_date, days, days_of, moments, weekday_error, within
from bench.language.article import Article

TODAYS = st.dates(date(1950, 1, 1), date(2060, 12, 31))
WEEKDAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTH_NAMES = "January February March April May June July August September October November December".split()


def covered(words: str, today: date) -> set[date]:
    """Every day that a relative date may mean."""
    (moment,) = moments(f"It happened {words} in Oslo.")
    assert moment.words == words.lower()
    return {
        first + timedelta(days=step)
        for first, last in days_of(moment, today)
        for step in range((last - first).days + 1)
    }  # fmt: skip


@given(TODAYS)
def test_days_near_today(today: date) -> None:
    for words, step in [("yesterday", -1), ("today", 0), ("tomorrow", 1), ("the day before yesterday", -2),
                        ("three days ago", -3), ("12 days ago", -12), ("a day ago", -1)]:  # fmt: skip
        assert covered(words, today) == {today + timedelta(days=step)}, words


@given(TODAYS)
def test_months_and_years_are_those_of_the_calendar(today: date) -> None:
    around = [today + timedelta(days=step) for step in range(-800, 800)]
    months = [(day.year, day.month) for day in around]
    order = sorted(set(months))
    here = order.index((today.year, today.month))
    for words, step in [("last month", -1), ("this month", 0), ("next month", 1)]:
        wanted = {day for day, month in zip(around, months, strict=True) if month == order[here + step]}
        assert covered(words, today) == wanted
    for words, step in [("last year", -1), ("this year", 0), ("next year", 1)]:
        assert covered(words, today) == {
            date(today.year + step, 1, 1) + timedelta(days=n) for n in range(366)
            if (date(today.year + step, 1, 1) + timedelta(days=n)).year == today.year + step
        }  # fmt: skip


@given(TODAYS)
def test_a_week_is_the_one_from_monday_or_from_sunday(today: date) -> None:
    for words, step in [("last week", -7), ("next week", 7)]:
        found = covered(words, today)
        assert len(found) == 8
        assert today + timedelta(days=step) in found
        assert min(found).weekday() == max(found).weekday() == 6


@given(TODAYS, st.integers(0, 6))
def test_a_weekday_is_the_last_or_the_next_one(today: date, weekday: int) -> None:
    found = {first for first, _ in days((None, None, None, weekday), today)}
    near = [today + timedelta(days=step) for step in range(-6, 7)]
    assert found == {day for day in near if day.strftime("%A") == WEEKDAY_NAMES[weekday]}
    for words, sign in [("last", -1), ("next", 1)]:
        named = covered(f"{words} {WEEKDAY_NAMES[weekday]}", today)
        assert named
        assert all((day - today).days * sign > 0 and abs((day - today).days) < 14 for day in named)
        assert {day.weekday() for day in named} == {weekday}


@given(TODAYS, st.dates(date(1950, 1, 1), date(2060, 12, 31)))
def test_a_day_is_within_its_month_and_year(today: date, day: date) -> None:
    (exact,) = days((day.year, day.month, day.day, None), today)
    assert exact == (day, day)
    for parts in [(day.year, day.month, None, None), (day.year, None, None, None)]:
        (stretch,) = days(parts, today)
        assert within(exact, stretch)
        assert not within(stretch, exact)
        following = stretch[1] + timedelta(days=1)
        assert (following.year, following.month if parts[1] else 1) != (day.year, parts[1] or 1)


@given(st.dates(date(1600, 1, 1), date(2090, 12, 31)), st.integers(0, 6))
def test_a_wrong_weekday_is_told_from_the_right_one(day: date, weekday: int) -> None:
    real = weekday_error((day.year, day.month, day.day, weekday), None)
    assert real == (None if day.strftime("%A") == WEEKDAY_NAMES[weekday] else day)


def test_what_is_not_said_from_the_day_of_writing() -> None:
    for text in ("the last year of the war", "last may have been", "It may march on", "two weeks of rain", "today's"):
        assert moments(text) == [], text


@pytest.mark.parametrize(
    ("document", "day"),
    [
        ("Published: 7 November 2023\n\nThe council met.", "2023-11-07"),
        ("By Ann Lee\nNovember 7, 2023\nThe council met.", "2023-11-07"),
        ("OSLO, Nov. 7, 2023 (Agency) - The council met.", "2023-11-07"),
        ("Date 2023-11-07. The council met.", "2023-11-07"),
        ("PUBLISHED: 10:00 EST, 7 November 2023 | UPDATED: 12:00 EST, 7 November 2023\nIt met.", "2023-11-07"),
    ],
)
def test_a_dateline_is_the_articles_date(document: str, day: str) -> None:
    assert article_date(Article(document)) == (date.fromisoformat(day), "the document's dateline")


@pytest.mark.parametrize(
    "document",
    [
        "The council met on November 7, 2023.",
        "Ann was born on 7 November 1923 in Oslo.",
        "Published: 7 November 2023 | Updated: 9 November 2023\nIt met.",
        "Published: November 2023\nIt met.",
        "Published: 31 February 2023\nIt met.",
        "He has a letter dated 7 November 2023 and a report published 9 November 2023.",
        "The book, published when he was in Oslo on 7 November 2023, sold well.",
        "",
    ],
)
def test_no_dateline_or_two(document: str) -> None:
    assert article_date(Article(document)) is None


def test_the_datasets_date_comes_first() -> None:
    document = "Published: 7 November 2023\n\nThe council met."
    for given_date in ("2024-05-16", "2024-05-16T08:00:00Z", date(2024, 5, 16)):
        assert article_date(Article(document, {"date": given_date})) == (date(2024, 5, 16), "the dataset")
    for unusable in ("May 2024", "", None, 20240516):
        assert article_date(Article(document, {"date": unusable})) == (date(2023, 11, 7), "the document's dateline")
