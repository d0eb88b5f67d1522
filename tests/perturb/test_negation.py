"""Negated statements: one negation more or less, and grammatical."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.models.syntax import parse_sentence
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.negation import NEGATIONS, negate, opposite


def turned(sentence: str) -> str | None:
    edits = opposite(sentence)
    if edits is None:
        return None
    for span, new in reversed(edits):
        sentence = sentence[: span.start] + new + sentence[span.end :]
    return sentence


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The president signed the treaty.", "The president did not sign the treaty."),
        ("She leaves the house.", "She does not leave the house."),
        ("The shops sell bread.", "The shops do not sell bread."),
        ("He was angry.", "He was not angry."),
        ("The ban was praised by doctors.", "The ban was not praised by doctors."),
        ("She will resign on Friday.", "She will not resign on Friday."),
        ("They had promised it.", "They had not promised it."),
        ("He has a car.", "He does not have a car."),
        ("She went home.", "She did not go home."),
        ("The minister did not sign the treaty.", "The minister did sign the treaty."),
        ("The minister didn't sign the treaty.", "The minister did sign the treaty."),
        ("The minister did n't sign the treaty .", "The minister did sign the treaty ."),
        ("He can't leave the country.", "He can leave the country."),
        ("He cannot leave the country.", "He can leave the country."),
        ("She won't resign.", "She will resign."),
        ("The frog is not related to others.", "The frog is related to others."),
        ("Air quality had never been measured.", "Air quality had been measured."),
    ],
)
def test_the_opposite(sentence: str, expected: str) -> None:
    assert turned(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Did he sign the treaty?",
        "Talks postponed after storm.",
        "Click here.",
        "Some fans left early.",
        "Nobody signed the treaty.",
        "He signed nothing.",
        "She was not only rich but famous.",
        "He has scored just four goals.",
        "A long day in Leeds.",
        "He hasn't come yet.",
        "",
    ],
)
def test_what_is_not_safe_is_left(sentence: str) -> None:
    assert turned(sentence) is None


def test_one_negation_more_or_less(corpus: SimpleNamespace) -> None:
    found = 0
    for seed in range(6):
        for text, document in corpus.pairs:
            outcome = negate(text, document, (), seed)
            assert isinstance(outcome, Perturbed)
            more = len(NEGATIONS.findall(outcome.text)) - len(NEGATIONS.findall(text))
            assert abs(more) == 1
            found += 1
            # A reader that isn't our pattern: the parser's own relation.
            before, after = (sum(word.dep == "neg" for word in parse_sentence(whole)) for whole in (text, outcome.text))
            assert after - before == more
    assert found == 24


def test_twice_gives_the_same_truth_again() -> None:
    once = negate("The frog is related to others.", "", (), 0)
    assert isinstance(once, Perturbed)
    twice = negate(once.text, "", (), 0)
    assert isinstance(twice, Perturbed)
    assert twice.text == "The frog is related to others."


def test_a_sentence_with_a_second_verb_comes_last() -> None:
    for seed in range(8):
        outcome = negate("The guard slipped and fell. Vik won the race.", "", (), seed)
        assert isinstance(outcome, Perturbed)
        assert outcome.text == "The guard slipped and fell. Vik did not win the race."


def test_no_statement_no_negation() -> None:
    assert isinstance(negate("Photos and videos. Why so late?", "", (), 0), Skipped)
