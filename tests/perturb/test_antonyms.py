"""Opposites: the same form of the other word, and only where the word has its plain meaning."""

from __future__ import annotations

import pytest

from bench.checks.clauses import antonyms as checked
from bench.models.syntax import parse_sentence
from bench.perturb.antonyms import ADJECTIVES, VERBS, opposites, turn_antonym
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.inflect import gerund, participle, past, third


def turned(text: str, document: str = "") -> str | None:
    outcome = turn_antonym(text, document, (), 0)
    return outcome.text if isinstance(outcome, Perturbed) else None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The court delivered the verdict.", "The court withheld the verdict."),
        ("Prices have doubled.", "Prices have halved."),
        ("She repairs clocks.", "She damages clocks."),
        ("He was elected by a landslide.", "He was ousted by a landslide."),
        ("It was a gradual change.", "It was a sudden change."),
        ("It was a loyal friend.", "It was a disloyal friend."),
        ("The plan was certain.", "The plan was uncertain."),
        ("They are simplifying the law.", "They are complicating the law."),
    ],
)
def test_the_opposite_in_the_same_form(sentence: str, expected: str) -> None:
    assert turned(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "He opened fire.", "He started to run.", "Prices did not rise.", "She ended up there.", "He is 20 years old.",
        "The high school burned.", "He spoke of a “large bill”.", "A high-profile guest came.",
        "The Large Hadron left.",
        "It lasted as long as that.", "Nobody knows.", "",
    ],
)  # fmt: skip
def test_what_has_another_meaning_is_left(sentence: str) -> None:
    assert turned(sentence) is None


def test_not_where_the_document_says_both() -> None:
    text = "Prices doubled in Leeds."
    assert turned(text, "Prices in Leeds doubled and halved. It rained.") is None
    assert turned(text, "Prices in Leeds doubled. Snow fell.") == "Prices halved in Leeds."


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_sure_forms_that_the_parser_knows(verb: str) -> None:
    for base in (verb, VERBS[verb]):
        assert past(base) is not None
        assert participle(base) is not None
        forms = (("She never {} him.", third(base)), ("They are {} it.", gerund(base)))
        known = [{word.lemma for word in parse_sentence(sentence.format(form))} for sentence, form in forms]
        assert any(base in lemmas for lemmas in known), base


@pytest.mark.parametrize("word", sorted(ADJECTIVES))
def test_every_adjective_changes_with_its_article(word: str) -> None:
    article = "an" if word[0] in "aeiou" else "a"
    found = [edits for edits in opposites(f"It was {article} {word} bridge.") if edits[-1][1] == ADJECTIVES[word]]
    for edits in found:
        after = "an" if ADJECTIVES[word][0] in "aeiou" else "a"
        assert (len(edits) == 2) is (article != after)
        if len(edits) == 2:
            assert edits[0][1] == after
    assert ADJECTIVES[word] != word


def test_enough_pairs_that_apply() -> None:
    """The list is no use if the parser stops most of it: verbs in a plain sentence turn."""
    stopped = [verb for verb in VERBS if turned(f"The council {past(verb)} the mayor.") is None]
    assert len(stopped) <= len(VERBS) // 5, stopped


@pytest.mark.parametrize(("one", "other"), sorted({**VERBS, **ADJECTIVES}.items()))
def test_no_check_has_been_told_the_pair(one: str, other: str) -> None:
    """Else what is planted would measure whether two tables agree."""
    for known in (checked.VERBS, checked.OTHERS):
        assert other not in known.get(one, ())
        assert one not in known.get(other, ())


def test_why_not() -> None:
    assert turn_antonym("It rained.", "", (), 0) == Skipped(
        "antonym", "no verb or adjective of our list that has an opposite and stands alone"
    )
