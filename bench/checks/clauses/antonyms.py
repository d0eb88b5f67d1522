"""Words that say the opposite of one another, by lemma: ``bench/data/english/opposites.txt``, ours."""

from __future__ import annotations

from collections import defaultdict

from bench.language.lexicon import sections
from bench.models.syntax import Word

ANTONYM_RULES = "antonyms-2"
"""Names the version of this table, for signatures."""


def _table(kind: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in sections("opposites")[kind]:
        left, right = (side.strip().split("/") for side in line.split(" ~ "))
        for one in left:
            found[one].update(right)
        for other in right:
            found[other].update(left)
    return {word: frozenset(others) for word, others in found.items()}


VERBS = _table("verbs")
"""Lemma of a verb → lemmas of verbs that say the opposite."""
OTHERS = _table("others")
"""Any other word → words that say the opposite in its place."""


def are_antonyms(one: str, other: str) -> bool:
    """Whether two verbs (lemmas) say the opposite of each other.

    >>> are_antonyms("win", "lose"), are_antonyms("win", "beat")
    (True, False)
    """
    return other in VERBS.get(one, ())


def are_opposites(one: Word, other: Word) -> bool:
    """Whether two words in the same place say the opposite: names excepted.

    >>> are_opposites(Word("rise", 0, 4, "NN", "pobj", "rise", 0), Word("fall", 0, 4, "NN", "pobj", "fall", 0))
    True
    """
    if one.tag in ("NNP", "NNPS") or other.tag in ("NNP", "NNPS"):
        return False
    if one.tag.startswith("VB") and other.tag.startswith("VB") and are_antonyms(one.lemma.lower(), other.lemma.lower()):
        return True
    return any(
        there in OTHERS.get(here, ())
        for here in (one.text.lower(), one.lemma.lower())
        for there in (other.text.lower(), other.lemma.lower())
    )
