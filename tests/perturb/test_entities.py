"""Swapped names: another name of the same type, and surely another one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.checks.entities import Entities
from bench.perturb import entities
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.entities import Name, differ, find_names, swap_inside, swap_outside
from bench.text import words
from bench.types import Candidate, Example, Pair, Span


def test_names_of_the_same_type_from_the_document(corpus: SimpleNamespace) -> None:
    seen = 0
    for seed in range(5):
        for text, document in corpus.pairs:
            outcome = swap_inside(text, document, (), seed)
            if isinstance(outcome, Skipped):
                continue
            [change] = outcome.changes
            types = {name.text: name.type for name in (*find_names(text), *find_names(document))}
            assert types[change.was] == types[change.now]
            assert change.now in document
            assert not set(words(change.was)) & set(words(change.now))
            seen += 1
    assert seen > 10


def test_names_that_the_document_lacks(corpus: SimpleNamespace) -> None:
    for seed in range(5):
        for text, document in corpus.pairs:
            outcome = swap_outside(text, document, corpus.others(document), seed)
            assert isinstance(outcome, Perturbed), outcome
            [change] = outcome.changes
            assert not set(words(change.now)) & set(words(document))
            assert differ(change.now, document)
            assert any(change.now in other for other in corpus.others(document))


def test_the_check_of_names_sees_both(corpus: SimpleNamespace) -> None:
    """Each kind of swap does what it is for: one name is nowhere in the document, the other is in another place."""
    check = Entities()
    flagged = dict.fromkeys((swap_inside, swap_outside), 0)
    for text, document in corpus.pairs:
        for swap in flagged:
            outcome = swap(text, document, corpus.others(document), 1)
            if isinstance(outcome, Perturbed):
                pair = Pair(Example("e", document, (document,)), Candidate("e", "s", outcome.text))
                [score] = check.score([pair])
                wrong = [verdict for verdict in score.verdicts if verdict.label in ("unsupported", "contradicted")]
                known = any("elsewhere in the document" in verdict.reason for verdict in wrong)
                flagged[swap] += bool(wrong) and known is (swap is swap_inside)
    assert flagged == {swap_inside: 3, swap_outside: 4}


def test_not_a_name_that_stands_in_the_same_sentence() -> None:
    text = "Ana Rojas met Peter Walsh."
    outcome = swap_inside(text, text + " Ana Rojas left. Peter Walsh stayed.", (), 0)
    assert isinstance(outcome, Skipped)


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("Rotterdam", "Hamburg", True),
        ("Keller", "Maria Keller opened it", False),
        ("Norwegian", "Norway", False),
        ("U.S.", "the United States of America", False),
        ("United Nations", "the UN said", False),
        ("Chile", "talks in Peru", True),
        ("NBC", "NBC's Today show", False),
    ],
)
def test_names_differ(name: str, other: str, expected: bool) -> None:
    assert differ(name, other) is expected


def test_words_that_are_written_small_elsewhere_are_no_names() -> None:
    text = "Government and Chelsea agreed. The government of Chile did too."
    assert {name.text for name in find_names(text)} <= {"Chelsea", "Chile"}


def test_the_people_of_a_country_of_the_document_are_not_new(corpus: SimpleNamespace) -> None:
    """“European” says nothing new of a document that has Europe, so the damage must find another name."""
    outcome = swap_outside("The Italian coast guard left.", "It left Europe.", ("European ships and French boats.",), 0)
    assert isinstance(outcome, Perturbed)
    assert outcome.changes[0].now == "French"


def test_a_name_of_which_the_model_is_not_sure_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words once as a person and once as a place: nobody knows which."""
    source = "Jordan left. Jordan is hot. Vik fell."
    found = {
        source: (
            Name(Span(0, 6), "Jordan", "PERSON", "NNP"),
            Name(Span(13, 19), "Jordan", "GPE", "NNP"),
            Name(Span(28, 31), "Vik", "PERSON", "NNP"),
        ),
        "Lund spoke.": (Name(Span(0, 4), "Lund", "PERSON", "NNP"),),
    }
    monkeypatch.setattr(entities, "find_names", found.__getitem__)
    for seed in range(8):
        outcome = swap_inside("Lund spoke.", source, (), seed)
        assert isinstance(outcome, Perturbed)
        assert outcome.text == "Vik spoke."
    entities._types.cache_clear()


def test_articles_and_possessives_are_left_where_they_are() -> None:
    names = {
        name.text for name in find_names("Rotterdam's mayor met Maria Keller 's team at the University of Santiago.")
    }
    assert "Rotterdam" in names
    assert not any(name.endswith(("'s", " '")) or name.startswith("the ") for name in names)
