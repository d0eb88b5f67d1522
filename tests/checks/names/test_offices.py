from __future__ import annotations

import pytest

from bench.checks.entities import Entities
from bench.checks.names.offices import office_beside
from bench.models.spacy_pipeline import Entity, Parsed
from bench.types import Candidate, Example, Pair, Span, Verdict

DOCUMENT = """Chancellor Maria Keller met Norwegian Prime Minister Lars Berg in Oslo. Keller thanked Berg.
Iris Holm, the Danish foreign minister, and goalkeeper Tom Reed came too. Former president Otto Lind stayed away.
Anna Smith and Peter Smith watched. The ambassador spoke with Russia's Ivan Orlov."""


class People:
    name = "people-1"

    def parse(self, text: str) -> Parsed:
        names = ("Keller", "Lars Berg", "Berg", "Holm", "Reed", "Lind", "Smith", "Orlov")
        return Parsed((), tuple(Entity(text.index(n), text.index(n) + len(n), "PERSON") for n in names if n in text))


def verdict(candidate: str) -> Verdict:
    pair = Pair(Example("e", DOCUMENT, (DOCUMENT,)), Candidate("e", "s", candidate))
    (only,) = Entities(parser=People()).score([pair])[0].verdicts
    return only


@pytest.mark.parametrize(
    ("candidate", "wrong", "instead"),
    [
        ("They said that Foreign Minister Berg agreed.", "Foreign Minister", "Norwegian Prime Minister"),
        ("They said that Swedish Prime Minister Berg agreed.", "Swedish Prime Minister", "Norwegian Prime Minister"),
        ("They said that President Keller agreed.", "President", "Chancellor"),
        ("They said that Holm, the Swedish foreign minister, agreed.", "Swedish foreign minister", "Danish foreign"),
        ("They said that striker Reed agreed.", "striker", "goalkeeper"),
        ("They said that Ukrainian Orlov agreed.", "Ukrainian", "Russia's"),
    ],
)
def test_another_office_or_nation_is_contradicted(candidate: str, wrong: str, instead: str) -> None:
    found = verdict(candidate)
    assert found.label == "contradicted"
    assert found.kind == "entity"
    assert [candidate[mark.slice] for mark in found.marks] == [wrong]
    assert DOCUMENT[found.evidence[0].slice].startswith(instead)


def test_an_office_that_is_somebody_elses_is_contradicted_by_name() -> None:
    found = verdict("They said that Prime Minister Holm agreed.")
    assert found.label == "contradicted"
    assert "“Lars Berg” in this place" in found.reason


@pytest.mark.parametrize(
    "candidate",
    [
        "They said that Prime Minister Berg agreed.",
        "They said that the Norwegian premier Berg agreed.",
        "They said that Norwegian Berg agreed.",
        "They said that Berg agreed.",
        "They said that former President Keller agreed.",  # she may have been one before
        "They said that Minister Holm agreed.",  # no field
        "They said that Senator Smith agreed.",  # two people, no office
        "They said that Ambassador Keller agreed.",  # "the ambassador" may be she
        "They said that President Lind agreed.",
        "They said that European Prime Minister Berg agreed.",  # Norway is in Europe
        "They said that the Oslo Chancellor Keller agreed.",
        "In Sweden Berg agreed.",
    ],
)
def test_what_may_be_true_is_left_alone(candidate: str) -> None:
    assert verdict(candidate).label == "supported"


def test_nothing_beside_a_name_is_nothing() -> None:
    assert office_beside("They met Berg and left", Span(9, 13)) is None
    assert office_beside("", Span(0, 0)) is None
