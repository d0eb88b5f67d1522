"""A name in another's place: sentences made for it, and real ones with and without a swap."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench.checks.entities import Entities
from bench.checks.names.casing import recased
from bench.checks.names.counterparts import alike
from bench.checks.names.instead import shares
from bench.checks.words.places import DocumentIndex
from bench.language.article import Article
from bench.perturb.damage import Perturbed
from bench.perturb.entities import swap_inside
from bench.text import fold, sentence_spans
from bench.types import Candidate, Example, Pair, Verdict

DOCUMENT = """Anna Keller signed the harbour treaty in Oslo on Monday. Peter Walsh flew home to Dublin.
The chief engineer Lena Moser praised the new bridge over the river. Walsh later criticised the bridge's price.
Keller will visit Lisbon next week. She wants to open a school there. The Lisbon council agreed.
Tom Reed and Ivan Orlov rowed across the lake. The World Bank lent the city four million crowns.
France said nothing yet of all its many plans. Delegates dined in Paris."""


def judged(candidate: str, document: str = DOCUMENT) -> tuple[Verdict, ...]:
    return _check().score([Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))])[0].verdicts


@cache
def _check() -> Entities:
    return Entities()


@pytest.mark.parametrize(
    ("claim", "wrong", "instead"),
    [
        ("Peter Walsh signed the harbour treaty in Oslo on Monday.", "Peter Walsh", "Anna Keller"),
        ("Anna Keller signed the harbour treaty in Dublin on Monday.", "Dublin", "Oslo"),
        ("On Monday Peter Walsh signed the harbour treaty.", "Peter Walsh", "Anna Keller"),
        ("Anna Keller praised the new bridge over the river.", "Anna Keller", "Lena Moser"),
        ("Anna Keller flew home to Dublin.", "Anna Keller", "Peter Walsh"),
        ("Keller will visit Dublin next week.", "Dublin", "Lisbon"),
    ],
)
def test_the_document_has_another_name_there(claim: str, wrong: str, instead: str) -> None:
    (verdict,) = judged(claim)
    assert verdict.label == "contradicted"
    assert verdict.kind == "entity"
    assert [claim[mark.slice] for mark in verdict.marks] == [wrong]
    assert f"“{wrong}” is elsewhere in the document, which has “{instead}” in this place" in verdict.reason
    assert DOCUMENT[verdict.evidence[0].slice] == instead


@pytest.mark.parametrize(
    "claim",
    [
        "Anna Keller signed the harbour treaty in Oslo on Monday.",
        "On Monday Keller signed the treaty in Oslo.",
        "Keller, who will visit Lisbon, signed the harbour treaty in Oslo.",  # two sentences in one
        "Anna Keller wants to open a school in Lisbon.",  # the pronoun is she
        "Ivan Orlov and Tom Reed rowed across the lake.",  # a list in another order
        "Moser praised the new bridge.",
        "Walsh criticised the price of the bridge.",
        "The treaty was signed by Keller in Oslo.",
        "Peter Walsh criticised the bridge that Lena Moser praised.",
        "So far Paris has said nothing of its plans.",  # a capital may stand for its country
    ],
)
def test_a_name_in_its_role_is_supported(claim: str) -> None:
    assert {verdict.label for verdict in judged(claim)} == {"supported"}


def test_every_sentence_of_a_document_is_left_alone() -> None:
    assert {verdict.label for verdict in judged(DOCUMENT)} <= {"supported", "unchecked"}


@pytest.mark.parametrize(
    ("a", "b"),
    [("Barca", "Barcelona"), ("U.N.", "United Nations"), ("Xi", "Xi Jinping"), ("Zelensky", "Zelenskyy"),
     ("Salaryman", "Salary Man"), ("Georgia", "Gerogia")],
)  # fmt: skip
def test_names_that_may_be_one(a: str, b: str) -> None:
    assert alike(a, b)
    assert alike(b, a)


@pytest.mark.parametrize(("a", "b"), [("Anna Smith", "Peter Smith"), ("Manchester City", "Manchester United"),
                                      ("Iran", "Iraq"), ("Rome", "Paris")])  # fmt: skip
def test_names_that_are_two(a: str, b: str) -> None:
    assert not alike(a, b)
    assert not alike(b, a)


def test_shares_are_the_words_counted_one_by_one() -> None:
    index = DocumentIndex(Article(DOCUMENT))
    weights = {"keller": 2.0, "bridg": 1.5, "lisbon": 1.0, "nowhere": 3.0}
    for reach in (0, 1, 3):
        for number, share in enumerate(shares(index, weights, reach)):
            near = range(max(0, number - reach), min(len(index.words), number + reach + 1))
            there = {word.key for n in near for word in index.words[n]}
            assert share == pytest.approx(sum(w for key, w in weights.items() if key in there) / 7.5)


def test_capitals_come_from_inside_the_documents_sentences_only() -> None:
    text = "the bridge that anna keller and orlov opened cost the world bank four million"
    expected = "the bridge that anna Keller and Orlov opened cost the World Bank four million"
    assert recased(text, Article(DOCUMENT)) == expected
    assert recased(text, Article(DOCUMENT.lower())) is None


def test_recasing_changes_capitals_and_nothing_else() -> None:
    for text in ("ﬁne oslo İst u.s. s' it's\n\x00 ǅ", "", "walsh's walsh’s WALSH"):
        assert fold(recased(text, Article(DOCUMENT)) or "") == fold(text)
        assert len(recased(text, Article(DOCUMENT)) or "") == len(text)


def _summeval() -> list[dict[str, Any]]:
    """A few documents of the half that nothing was chosen on."""
    path = Path(__file__).parents[3] / ".." / "shared" / "judgements" / "summeval.jsonl"
    if not path.exists():
        pytest.skip("no shared data beside the checkout")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if int(hashlib.sha256(line["document"].encode()).hexdigest(), 16) % 2][:12]


def test_real_copied_sentences_are_left_alone_and_swapped_ones_are_not() -> None:
    flagged = swapped = 0
    for line in _summeval():
        document = line["document"]
        text = " ".join(document[span.slice] for span in sentence_spans(document)[:3])
        assert not [verdict for verdict in judged(text, document) if verdict.label in ("unsupported", "contradicted")]
        for seed in range(2):
            outcome = swap_inside(text, document, (), seed)
            if isinstance(outcome, Perturbed):
                swapped += 1
                flagged += any(v.label in ("unsupported", "contradicted") for v in judged(outcome.text, document))
    assert swapped >= 15
    assert flagged >= 0.8 * swapped
