"""Swapped roles: who did it to whom the other way round, still a sentence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.models.syntax import parse_sentence
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.roles import swap_roles
from bench.text import words


def swapped(text: str, document: str = "") -> str | None:
    outcome = swap_roles(text, document, (), 0)
    return outcome.text if isinstance(outcome, Perturbed) else None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Lund injured Vik in the last minute.", "Vik injured Lund in the last minute."),
        ("The council criticised the mayor.", "The mayor criticised the council."),
        ("The ban was praised by the doctor.", "The doctor was praised by the ban."),
        ("Peter Walsh sued the council.", "The council sued Peter Walsh."),
        ("On Monday the council sued Peter Walsh.", "On Monday Peter Walsh sued the council."),
    ],
)
def test_both_sides_change_places(sentence: str, expected: str) -> None:
    assert swapped(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "He injured Vik.",
        "Keller met Brandt in Leeds.",
        "The council has a plan.",
        "The dog wags its tail.",
        "The council criticises the owners.",
        "The ban was praised by doctors.",
        "Lund fell.",
        "",
    ],
)
def test_what_would_be_wrong_english_or_the_same_is_left(sentence: str) -> None:
    assert swapped(sentence) is None


def test_words_that_are_written_small_lose_their_capital() -> None:
    assert swapped("Police arrested Vik.", "He was taken away by police.") == "Vik arrested police."
    assert swapped("Norwegian police arrested Vik.", "The Norwegian police came.") == "Vik arrested Norwegian police."


def test_the_same_words_and_the_other_subject(corpus: SimpleNamespace) -> None:
    found = 0
    for text, document in corpus.pairs:
        outcome = swap_roles(text, document, (), 0)
        if isinstance(outcome, Skipped):
            continue
        assert sorted(words(outcome.text)) == sorted(words(text))
        left, right = outcome.changes
        assert (left.was.lower(), right.was.lower()) == (right.now.lower(), left.now.lower())
        # The parser sees the former object as the subject now.
        subjects = {w.text for w in parse_sentence(outcome.text) if w.dep in ("nsubj", "nsubjpass")}
        assert set(left.now.split()) & subjects
        found += 1
    assert found >= 2


def test_clauses_between_two_names_come_first() -> None:
    text = "The council criticised the mayor. Peter Walsh sued Helen Morris. The shop blamed the city."
    for seed in range(8):
        outcome = swap_roles(text, "", (), seed)
        assert isinstance(outcome, Perturbed)
        assert "Helen Morris sued Peter Walsh." in outcome.text
