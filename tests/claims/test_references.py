"""Pronouns and counted descriptions get an antecedent where exactly one fits, else a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims.references import find_references

# A text, and what each word that stands for something stands for; empty where it isn't plain.
RESOLVED = [
    ("Angela Merkel visited Warsaw on Monday. She praised the talks.", [("She", ["Angela Merkel"])]),
    ("Vladimir Putin arrived in China, marking his first trip abroad.", [("his", ["Vladimir Putin"])]),
    (
        "Putin met Xi Jinping in Beijing. The two leaders praised the talks.",
        [("The two leaders", ["Putin", "Xi Jinping"])],
    ),
    ("While Barack Obama and Xi Jinping wanted peace, they gave nothing.", [("they", ["Barack Obama", "Xi Jinping"])]),
    ("China has been assertive in its claims.", [("its", ["China"])]),
    ("Germany and France agreed that both countries need grain.", [("both countries", ["Germany", "France"])]),
    ("President Obama said on Sunday that he was ready.", [("he", ["Obama"])]),
    ("Barack Obama spoke in Berlin. It rained on Monday. He left early.", [("It", []), ("He", ["Barack Obama"])]),
]  # fmt: skip

OPEN = [
    ("Putin told Xi Jinping that he was ready.", "he", "or"),
    ("The officer saw Barack Obama in Berlin before he left.", "he", "the officer"),
    ("Barack Obama thanked him in Berlin.", "him", "somebody else"),
    ("He left early on Monday.", "He", "nobody"),
    ("In his speech, Barack Obama praised Berlin.", "his", "nobody"),
    ("Barack Obama arrived. “The driver said he was late,” a guard told The Times.", "he", "quotation"),
    ("Germany, France and Spain agreed that both countries need grain.", "both countries", "3 are named"),
    ("The company proposed a plan in May, but it was rejected.", "it", "no name"),
    ("China proposed a plan in May, but it was rejected.", "it", "several things"),
    ("The soldiers left because they were tired.", "they", "perhaps soldiers"),
    ("Angela Merkel spoke. He left.", "He", "nobody"),
    ("Yesterday barack obama spoke in berlin before he left for paris.", "he", "capitals"),
]


@pytest.mark.parametrize(("text", "expected"), RESOLVED)
def test_plain_antecedents(text: str, expected: list[tuple[str, list[str]]]) -> None:
    found = [(text[r.span.slice], [text[a.slice] for a in r.antecedents]) for r in find_references(text)]
    assert found == expected


@pytest.mark.parametrize(("text", "word", "reason"), OPEN)
def test_what_is_not_plain_says_why(text: str, word: str, reason: str) -> None:
    [found] = [r for r in find_references(text) if text[r.span.slice] == word]
    assert found.antecedents == ()
    assert reason in found.note


def test_names_far_back_are_not_taken() -> None:
    text = "Barack Obama spoke in Berlin. " + "It rained on Monday. " * 3 + "He left early."
    assert find_references(text)[-1].antecedents == ()


@given(
    st.lists(st.sampled_from([text for text, _ in RESOLVED] + [text for text, *_ in OPEN]), max_size=3),
    st.text(max_size=20),
)
def test_references_are_in_order_and_point_backward(texts: list[str], noise: str) -> None:
    text = " ".join([*texts, noise])
    found = find_references(text)
    assert list(found) == sorted(found, key=lambda reference: reference.span.start)
    for reference in found:
        assert reference.note
        assert all(antecedent.end <= reference.span.start for antecedent in reference.antecedents)
