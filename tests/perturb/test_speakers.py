"""Another speaker: a person whom the document names, and who doesn't stand in the same sentence."""

from __future__ import annotations

import pytest

from bench.models.syntax import parse_sentence
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.speakers import saying, swap_speaker

DOCUMENT = (
    "Thomas Brandt said the bridge was late. Maria Keller came from Leeds to open it. "
    "Peter Walsh sued a council over lost income. Helen Morris photographed nine frogs in Chile."
)
OTHERS = {"Maria Keller", "Peter Walsh", "Helen Morris"}


@pytest.mark.parametrize(
    "text",
    [
        "{} said the bridge was late.",
        "“The bridge is late,” said {}.",
        "“The bridge is late,” {} said.",
        "The bridge was late, according to {}.",
        "{} told reporters that the bridge was late.",
        "{} insists the bridge was late.",
    ],
)
def test_somebody_else_says_it(text: str) -> None:
    found = {swap_speaker(text.format("Thomas Brandt"), DOCUMENT, (), seed) for seed in range(12)}
    assert {outcome.text for outcome in found if isinstance(outcome, Perturbed)} <= {
        text.format(name) for name in OTHERS
    }
    assert len(found) > 1


def test_a_surname_that_the_model_misses_counts_where_the_document_has_the_full_name() -> None:
    outcome = swap_speaker("“It is late,” Brandt said.", DOCUMENT, (), 0)
    assert isinstance(outcome, Perturbed)
    assert outcome.changes[0].was == "Brandt"
    assert isinstance(swap_speaker("“It is late,” Brandt said.", "Brandt came. Maria Keller went.", (), 0), Skipped)


@pytest.mark.parametrize(
    "text",
    [
        "Thomas Brandt opened the bridge.",
        "The engineer said the bridge was late.",
        "She said Thomas Brandt was late.",
        "They told Thomas Brandt that it was late.",
        "It went on without Thomas Brandt, according to the mayor.",
    ],
)
def test_who_says_nothing_is_left(text: str) -> None:
    assert swap_speaker(text, DOCUMENT, (), 0) == Skipped(
        "speaker", "no sentence that names a person who says something"
    )


def test_not_somebody_who_stands_in_the_sentence_or_where_the_document_says_the_same() -> None:
    document = (
        "Thomas Brandt and Maria Keller said the bridge was late. Peter Walsh sued. Helen Morris photographed frogs."
    )
    for seed in range(12):
        outcome = swap_speaker("Thomas Brandt said Peter Walsh knew the bridge was late.", document, (), seed)
        assert isinstance(outcome, Perturbed)
        assert outcome.changes[0].now == "Helen Morris"
    alone = "Thomas Brandt and Maria Keller said the bridge was late."
    assert isinstance(swap_speaker("Thomas Brandt said the bridge was late.", alone, (), 0), Skipped)


def test_only_somebody_with_a_full_name_in_the_document() -> None:
    document = "Thomas Brandt said the bridge was late. Rovers play in Leeds. Helen went home."
    assert isinstance(swap_speaker("Thomas Brandt said the bridge was late.", document, (), 0), Skipped)


def test_without_marks_or_a_clause_nobody_says_anything() -> None:
    words = parse_sentence("Brandt wrote a book.")
    assert saying(words, quoted=False) == []
    assert [words[index].text for index in saying(words, quoted=True)] == ["Brandt"]
