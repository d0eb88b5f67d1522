from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.entities import Entities
from bench.checks.names.index import NameIndex
from bench.checks.words.countries import PLACES
from bench.checks.words.spelling import is_caseless, key, name_tokens, same_name
from bench.language.article import Article
from bench.models.spacy_pipeline import Entity, Parsed, Token
from bench.types import Candidate, Example, Pair, Score

DOCUMENT = """Chancellor Maria Keller met Volodymyr Zelenskyy in Oslo. Keller, who leads Germany, flew with Peter Smith.
The World Health Organization and the U.S. sent envoys. Saudi Arabia's Foreign Ministry said Prince Faisal agreed.
Anna Smith of Goldman Sachs watched the Russian delegation. Nanyang Technological University in Singapore took part.
An apple fell. The harbour of Port-au-Prince is closed. Jean-Claude Muñoz spoke
for the North Atlantic Treaty Organization."""


class Scripted:
    """A parser that finds the names it was told, so that the matching is tested apart from any model."""

    name = "scripted-1"

    def __init__(self, *named: tuple[str, str]) -> None:
        self.named = named

    def parse(self, text: str) -> Parsed:
        return Parsed(
            (), tuple(Entity(text.index(n), text.index(n) + len(n), label) for n, label in self.named if n in text)
        )


def entity_score(candidate: str, *named: tuple[str, str], document: str = DOCUMENT) -> Score:
    check = Entities(parser=Scripted(*named)) if named else Entities()
    return check.score([Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))])[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Keller", "PERSON"),
        ("Maria Keller", "PERSON"),
        ("Chancellor Keller", "PERSON"),
        ("Mrs. Maria Keller's", "PERSON"),
        ("Zelensky", "PERSON"),
        ("Volodymyr Zelenskiy", "PERSON"),
        ("Jean Claude Munoz", "PERSON"),
        ("Germans", "NORP"),
        ("German", "NORP"),
        ("the United States", "GPE"),
        ("US", "GPE"),
        ("American", "NORP"),
        ("Russia", "GPE"),
        ("Saudis", "NORP"),
        ("Saudi Foreign Ministry", "ORG"),
        ("the WHO", "ORG"),
        ("NATO", "ORG"),
        ("Goldman", "ORG"),
        ("Singapore's Nanyang Technological University", "ORG"),
        ("Port au Prince", "GPE"),
        ("US-Russia", "NORP"),
        ("Goldman Sachs in Oslo", "ORG"),
        ("Keller and Anna Smith", "PERSON"),
    ],
)
def test_the_same_name(name: str, label: str) -> None:
    (verdict,) = entity_score(f"Then {name} said yes.", (name, label)).verdicts
    assert verdict.label == "supported", verdict.reason
    assert verdict.evidence
    assert DOCUMENT[verdict.evidence[0].slice].strip() == DOCUMENT[verdict.evidence[0].slice]


@pytest.mark.parametrize(
    ("name", "label", "hint"),
    [
        ("Maria Smith", "PERSON", "Smith"),
        ("John Keller", "PERSON", "Maria Keller"),
        ("Peter Keller", "PERSON", "Maria Keller"),
        ("Thomas Goldman", "PERSON", "Goldman Sachs"),
        ("Kellner", "PERSON", "Keller"),
        ("Austria", "GPE", ""),
        ("Berlin", "GPE", ""),
        ("Washington", "GPE", ""),
        ("Apple", "GPE", ""),
        ("the European Union", "ORG", ""),
        ("the World Trade Organization", "ORG", ""),
        ("WTO", "ORG", ""),
        ("Bank of Russia", "ORG", ""),
        ("North Korea", "GPE", ""),
        ("Latin America", "LOC", ""),
        ("Muñez", "PERSON", "Muñoz"),
        ("Goldman Sachs in Lisbon", "ORG", ""),
        ("Maria and John Smith", "PERSON", "Smith"),
    ],
)
def test_another_name(name: str, label: str, hint: str) -> None:
    (verdict,) = entity_score(f"Then {name} said yes.", (name, label)).verdicts
    assert verdict.label == "unsupported", verdict.reason
    assert hint in verdict.reason
    assert [DOCUMENT[span.slice] for span in verdict.evidence] or not hint


def test_an_abbreviation_in_the_document_for_words_in_the_candidate() -> None:
    score = entity_score("Then the European Union paid.", ("European Union", "ORG"), document="The EU paid twice.")
    assert score.verdicts[0].label == "supported"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("zelensky", "zelenskyy"),
        ("mohammed", "muhammad"),
        ("kharkiv", "kharkyv"),
        ("tchaikovsky", "tchaikovskiy"),
        ("alexei", "alexey"),
        ("dmitri", "dmitry"),
    ],
)
def test_transliterations_are_one_name(a: str, b: str) -> None:
    assert same_name(a, b)
    assert same_name(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("austria", "australia"),
        ("slovakia", "slovenia"),
        ("niger", "nigeria"),
        ("iran", "iraq"),
        ("keller", "kelner"),
        ("barton", "burton"),
        ("biden", "baden"),
        ("johnson", "jackson"),
        ("mauritania", "mauritius"),
        ("xi", "xu"),
    ],
)
def test_alike_names_stay_apart(a: str, b: str) -> None:
    assert not same_name(a, b)


def test_no_two_places_share_a_form_and_none_is_like_another() -> None:
    for words, place in PLACES.items():
        text = " ".join(word.upper() if len(word) < 5 else word.title() for word in words)
        tokens = name_tokens(text)
        assert [token.key for token in tokens] == [place], text


@given(st.sampled_from(["Xi’s", "Xi's", "XI", "xi", "Xí"]))
def test_spellings_of_a_word_have_one_key(word: str) -> None:
    assert key(word) == "xi"


@pytest.mark.parametrize(
    ("written", "label", "document", "expected"),
    [
        ("Kate Delmore", "PERSON", "Katherine Delmore won.", "supported"),
        ("William Hart", "PERSON", "Bill Hart won.", "supported"),
        ("Kate Delmore", "PERSON", "Caroline Delmore won.", "unsupported"),
        ("Liz Delmore", "PERSON", "Betty Delmore won.", "unsupported"),
        ("Fed", "ORG", "The Federal Reserve kept its rates.", "supported"),
        ("the Federal Reserve", "ORG", "The Fed kept its rates.", "supported"),
        ("Gunners", "ORG", "Arsenal won in Rome.", "supported"),
        ("Argentina", "GPE", "Ben: argentina and chile\nIda: We were in Rome.", "unchecked"),
        ("Apple", "GPE", "Ben: He ate an apple.\nIda: We were in Rome.", "unsupported"),
    ],
)
def test_short_names_nicknames_and_names_without_capitals(
    written: str, label: str, document: str, expected: str
) -> None:
    (verdict,) = entity_score(f"Then {written} said yes.", (written, label), document=document).verdicts
    assert verdict.label == expected, verdict


def test_swapping_any_name_is_found() -> None:
    text = "Maria Keller met Volodymyr Zelenskyy in Oslo. Anna Smith of Goldman Sachs watched the Russian delegation."
    assert [v.label for v in entity_score(text).verdicts] == ["supported", "supported"]
    for old, new in [
        ("Maria Keller", "Lena Fischer"), ("Zelenskyy", "Kuznetsov"), ("Oslo", "Lisbon"),
        ("Anna Smith", "Carol Jones"), ("Goldman Sachs", "Deutsche Bank"), ("Russian", "Brazilian"),
    ]:  # fmt: skip
        swapped = text.replace(old, new)
        blamed = [v for v in entity_score(swapped).verdicts if v.label != "supported"]
        assert [(v.label, v.kind) for v in blamed] == [("contradicted", "entity")]
        assert new in swapped[blamed[0].marks[0].slice]
        assert new.split()[-1] in blamed[0].reason
        assert new.split()[-1] in swapped[blamed[0].claim.slice]


def test_proper_nouns_that_the_model_missed_are_judged() -> None:
    class Missed(Scripted):
        def parse(self, text: str) -> Parsed:
            start = text.index("Zorblax")
            return Parsed((Token(0, 2, "PRP"), Token(start, start + 7, "NNP"), Token(start + 8, start + 12, "NNP")), ())

    check = Entities(parser=Missed())
    document = "He left."
    score = check.score([Pair(Example("e", document, (document,)), Candidate("e", "s", "He met Zorblax Quim there."))])[
        0
    ]
    assert score.verdicts[0].label == "unsupported"
    assert "Zorblax Quim" in score.verdicts[0].reason


def test_titles_days_and_numbers_are_not_names() -> None:
    for text in (
        "The President spoke on Thursday in May.",
        "It cost 240 billion in 2022.",
        "The Secretary of State left.",
    ):
        assert entity_score(text, document="Nothing here at all, he said.").verdicts[0].label == "unchecked"


def test_a_text_without_capitals_has_the_documents() -> None:
    score = entity_score("maria keller met volodymyr zelenskyy in oslo . He met john weber .")
    assert [v.label for v in score.verdicts] == ["supported", "unchecked"]
    assert "no capital letters" in score.verdicts[1].reason
    assert "(read with the document's capitals)" in score.verdicts[0].reason
    assert "capitals" not in entity_score("Maria Keller met Volodymyr Zelenskyy in Oslo.").verdicts[0].reason
    swapped = entity_score("maria keller met peter smith in oslo .")
    assert swapped.verdicts[0].label == "contradicted"
    assert "“Volodymyr Zelenskyy” in this place" in swapped.verdicts[0].reason


def test_without_capitals_on_either_side_nothing_is_told() -> None:
    score = entity_score("maria keller met peter smith in oslo .", document=DOCUMENT.lower())
    assert {v.label for v in score.verdicts} == {"unchecked"}
    assert "no capital letters" in score.verdicts[0].reason
    assert is_caseless("Paul met maria in oslo . They left")
    assert entity_score("Maria Keller left Oslo.", document=DOCUMENT.lower()).verdicts[0].label == "supported"
    assert entity_score("Maria Keller left Oslo.", document=DOCUMENT.upper()).verdicts[0].label == "supported"


def test_evidence_prefers_the_same_spelling() -> None:
    document = "The Russian delegation left. Russia stayed."
    verdict = entity_score("He loves Russia dearly.", ("Russia", "GPE"), document=document).verdicts[0]
    assert [document[span.slice] for span in verdict.evidence] == ["Russia"]


def test_full_names_are_where_the_index_says() -> None:
    index = NameIndex(Article(DOCUMENT))
    (token,) = name_tokens("Smith")
    assert [DOCUMENT[span.slice] for span in index.full_names(token)] == ["Peter Smith", "Anna Smith"]


def test_unsupported_sentences_say_only_what_is_missing() -> None:
    (verdict,) = entity_score(
        "Keller met Xinhua in Oslo.", ("Keller", "PERSON"), ("Xinhua", "ORG"), ("Oslo", "GPE")
    ).verdicts
    assert verdict.reason == "“Xinhua” is not in the document"
    assert verdict.score == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b", "A", "Ö", "习近平访问北京", "'s", "U.S.", "-", "\x00X Y\x00", "İSTANBUL İstanbul"]
)
def test_strange_text_is_no_exception(text: str) -> None:
    assert entity_score(text).status in ("ok", "undefined")
    assert entity_score("Maria Keller left Oslo.", document=text).status in ("ok", "undefined")


def test_signature_names_the_model() -> None:
    assert "en_core_web_sm" in Entities().signature()
    assert Entities(parser=Scripted()).signature() != Entities().signature()
