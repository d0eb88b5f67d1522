"""Plans and possibilities told as facts, in grammatical English."""

from __future__ import annotations

import pytest

from bench.models.syntax import parse_sentence
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.modality import facts, make_fact


def told(text: str) -> str | None:
    outcome = make_fact(text, "", (), 0)
    return outcome.text if isinstance(outcome, Perturbed) else None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The minister may sign the treaty.", "The minister signed the treaty."),
        ("The minister will also sign the treaty.", "The minister also signed the treaty."),
        ("Rovers might win the league.", "Rovers won the league."),
        ("The deal could cost 3 million euros.", "The deal cost 3 million euros."),
        ("He plans to sell the house.", "He sold the house."),
        ("The ships are expected to arrive on Monday.", "The ships arrived on Monday."),
        ("The ship is set to be scrapped.", "The ship was scrapped."),
        ("The ships are due to be scrapped.", "The ships were scrapped."),
        ("Talks could be held in Oslo.", "Talks were held in Oslo."),
        ("The film will be released on Friday.", "The film was released on Friday."),
        ("He may have stolen the car.", "He stole the car."),
        ("The dogs may have been sold.", "The dogs were sold."),
        ("She may be the heir.", "She was the heir."),
        ("They will be playing in Leeds.", "They were playing in Leeds."),
        ("They will meet and discuss the plan.", "They met and discussed the plan."),
        ("She'll leave the club.", "She left the club."),
        ("He said he will resign.", "He said he resigned."),
        ("The company, which plans to open ten shops, grew.", "The company, which opened ten shops, grew."),
        ("The bank and the council may be sued.", "The bank and the council were sued."),
    ],
)
def test_it_happened(sentence: str, expected: str) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Will he sign?", "He will not sign.", "He may never sign.", "He will sign tomorrow.", "He will sign next week.",
        "He will sign if she asks.", "He will go as she leaves.", "“I will sign it,” he said.", "He could see the sea.",
        "There will be talks.", "It happened in May.", "They hope that it may help.",
        "Will Smith sang.", "He will lie there.", "He signed.", "",
    ],
)  # fmt: skip
def test_what_would_be_wrong_english_or_true_is_left(sentence: str) -> None:
    assert told(sentence) is None


def test_the_parser_sees_a_past_and_no_modal() -> None:
    for verb in "sign buy carry plan open cut teach begin reach visit".split():
        [edits] = facts(f"The mayor will {verb} it.")
        sentence = f"The mayor {edits[0][1]} it."
        tags = [word.tag for word in parse_sentence(sentence)]
        assert "MD" not in tags
        assert "VBD" in tags, sentence


def test_why_not() -> None:
    assert make_fact("He signed.", "", (), 0) == Skipped(
        "modality", "nothing that is only possible, planned or expected and could be told as a fact"
    )
