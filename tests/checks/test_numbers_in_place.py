"""Numbers of a document put into each other's places: which the check of numbers must see."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bench.checks.numbers import Numbers
from bench.checks.quantities.counted import distinct, role
from bench.checks.quantities.pool import read
from bench.checks.quantities.slots import fit
from bench.checks.words.places import Beside
from bench.language.article import Article
from bench.perturb.numbers import _numbers, values
from bench.text import sentence_spans, words
from bench.types import Candidate, Example, Pair, Span

SHARED = Path(__file__).parents[2] / ".." / "shared"


def choosing_documents(limit: int) -> list[str]:
    path = SHARED / "judgements" / "summeval.jsonl"
    if not path.exists():
        pytest.skip("the judgements are not there")
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line)["document"] for line in lines]
    return [d for d in found if int(hashlib.sha256(d.encode()).hexdigest(), 16) % 2 == 0][:limit]


def swapped(sentence: str, document: str) -> str | None:
    """The sentence with its first number that can be another one of the document's."""
    there = values(document) - values(sentence)
    for number in sorted(_numbers(sentence), key=lambda number: number.span.start):
        for value, written in number.options:
            if value in there:
                return sentence[: number.span.start] + written + sentence[number.span.end :]
    return None


def test_a_number_of_the_document_in_another_ones_place() -> None:
    seen = tried = 0
    for document in choosing_documents(14):
        for span in sentence_spans(document)[::2]:
            sentence = document[span.slice]
            damaged = swapped(sentence, document) if len(words(sentence)) > 5 else None
            if damaged is None:
                continue
            (score,) = Numbers().score([Pair(Example("e", document, (document,)), Candidate("e", "s", damaged))])
            tried += 1
            seen += any(verdict.label in ("contradicted", "unsupported") for verdict in score.verdicts)
    assert tried >= 10
    assert seen >= 0.8 * tried


def test_the_same_place_fits_best() -> None:
    document = "In 2014 the club paid 40 million for Ozil, the league gave 12 and Chambers cost 16."
    for claim, ours in [("The club paid 99 for Ozil.", "40 million"), ("The league gave 99.", "12"),
                        ("Chambers cost 99.", "16"), ("In 99 the club paid.", "2014")]:  # fmt: skip
        beside = Beside(Article(claim), Article(document), Span(0, len(claim)))
        at = claim.index("99")
        fits = {
            number: sum(fit(beside, *beside.best(), Span(at, at + 2), Span(place, place + len(number))))
            for number in ("40 million", "12", "16", "2014")
            if (place := document.index(number)) >= 0
        }
        assert max(fits, key=lambda number: fits[number]) == ours, fits


def test_a_list_taken_apart_is_no_swap() -> None:
    document = "The club paid 40 million for Ozil, 12 million for Welbeck and 16 million for Chambers."
    for claim, label in [
        ("The club paid 12 million for Welbeck.", "supported"),
        ("The club paid 16 million for Chambers.", "supported"),
        ("The club paid 12 million for Ozil.", "contradicted"),
        ("The club paid 40 million for Ozil and 16 million for Chambers.", "supported"),
    ]:
        (score,) = Numbers().score([Pair(Example("e", document, (document,)), Candidate("e", "s", claim))])
        assert score.verdicts[0].label == label, (claim, score.verdicts[0].reason)


@pytest.mark.parametrize(
    ("text", "number", "noun", "deed"),
    [
        ("The blast killed 12 people and injured 40.", "12", "person", "die"),
        ("The blast killed 12 people and injured 40.", "40", "", "hurt"),
        ("12 of the miners died.", "12", "miner", "die"),
        ("They left 12 dead.", "12", "", "die"),
        ("He was arrested on 12 March.", "12 March", "", "arrest"),
        ("The attack in 2015 shocked them.", "2015", "", "attack"),
        ("She paid $12 for it.", "$12", "", "pay"),
    ],
)
def test_what_a_number_is_attached_to(text: str, number: str, noun: str, deed: str) -> None:
    found = role(next(p for p in read(Article(text), Span(0, len(text)), 0, None) if p.written == number))
    assert found.noun == noun
    assert deed in found.deeds


def test_nouns_that_may_be_one_thing_are_not_distinct() -> None:
    assert not distinct("person", "victim")
    assert not distinct("game", "one")
    assert not distinct("teacher", "teaching")
    assert distinct("goal", "match")
