"""The name that a sentence of the document has where a claim has another.

The words of the claim that stand right before and after its name, paired with the document's, bracket a place
there. What stands in the place counts as a counterpart when it is a name of the same kind, no part of a
description, and surely another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bench.checks.names.mentions import NAME_TYPES
from bench.checks.words.places import Aligned, PlacedWord, placed_words
from bench.checks.words.spelling import name_tokens
from bench.language.article import Article
from bench.models.spacy_pipeline import Parser
from bench.text import fold
from bench.types import Span

_NEAR = 3
"""A word that is farther from the name (in words) doesn't fix its place."""
_TITLE = 3
"""Words that may stand between a name and what fixes its place in the document, where the claim has none."""
_ALIKE = 0.75
_SAME_BEGINNING = 4
PEOPLE = "people"
_KINDS = {"PERSON": "person", "NORP": PEOPLE, "LANGUAGE": PEOPLE}
_JOINS = frozenset({"and", "or", "&"})
_PREPOSITIONS = frozenset("in at near from of on to".split())
_PAUSES = frozenset(',;:()–—-"“”')
_ARTICLE = re.compile(r"\b[Tt]he\s$")
_OWNER = re.compile(r"\s?['’](?:s\b|(?!\w))")


@dataclass(frozen=True, slots=True)
class Slot:
    """A name among the words of its sentence."""

    article: Article
    words: Sequence[PlacedWord]
    first: int
    """Index of the name's first word."""
    last: int
    label: str | None
    """The name's type; None where nothing says."""

    @property
    def span(self) -> Span:
        """The name's characters in the text."""
        return Span(self.words[self.first].start, self.words[self.last].end)

    @property
    def written(self) -> str:
        """The name as the text has it."""
        return self.article[self.span]

    @property
    def placed(self) -> bool:
        """Whether a preposition stands before the name: it may say where something happened."""
        before = [word.key for word in self.words[max(0, self.first - 2) : self.first] if word.key != "the"]
        return before[-1:] != [] and before[-1] in _PREPOSITIONS

    @property
    def joined(self) -> bool:
        """Whether the name stands in a list, where the order of names says nothing."""
        beside = (self.first - 1, self.last + 1)
        return any(0 <= n < len(self.words) and self.words[n].key in _JOINS for n in beside)

    @property
    def owner(self) -> bool:
        """Whether a possessive ending follows."""
        return bool(_OWNER.match(self.article.text, self.span.end))

    @property
    def definite(self) -> bool:
        """Whether "the" stands before the name."""
        return bool(_ARTICLE.search(self.article.text, max(0, self.span.start - 4), self.span.start))


def kind(label: str | None) -> str | None:
    """People by name, a people, or anything else that has a name.

    >>> kind("PERSON"), kind("NORP"), kind("GPE"), kind(None)
    ('person', 'people', 'thing', None)
    """
    return _KINDS.get(label, "thing") if label else None


def counterparts(
    document: Article, ours: Slot, aligned: Aligned, parser: Parser, copied: bool
) -> Iterator[tuple[Span, bool]]:
    """Names in the document's sentence where the claim's name would stand, and whether both sides fix the place.

    ``copied``: the claim is the sentence but for the name, so that the model's types need not agree.
    """
    words = document.of(placed_words, aligned.sentence)
    here, there = ({word.start: n for n, word in enumerate(each)} for each in (ours.words, words))
    pairs = in_order([(here[a.start], there[b.start]) for a, b in aligned.pairs])
    before = [pair for pair in pairs if ours.first - _NEAR <= pair[0] < ours.first]
    after = [pair for pair in pairs if ours.last < pair[0] <= ours.last + _NEAR]
    left, right = (before[-1] if before else None), (after[0] if after else None)
    low, high = (left[1] + 1 if left else 0), (right[1] if right else len(words))
    # A shared first name doesn't make two people one.
    paired = {b for a, b in pairs if not ours.first <= a < ours.last}
    for theirs in names_among(document, aligned.sentence, words, parser):
        if not low <= theirs.first <= theirs.last < high or paired & set(range(theirs.first, theirs.last + 1)):
            continue
        between, behind = words[low : theirs.first], words[theirs.last + 1 : high]
        # Titles may stand before the other name; a word after it may be what the name describes.
        at_left = _led(document, between, ours.first - left[0]) if left else ours.first == theirs.first == 0
        at_right = right is not None and (
            _content(behind) <= _content(ours.words[ours.last + 1 : right[0]])
            or _acts(document, aligned.sentence, behind, theirs.span, parser)
        )
        if not (left and at_left) and not at_right:
            continue
        tight = at_left and at_right
        if not _fits(ours.label, theirs.label, tight, copied and left is not None) or not _alike_used(
            ours, theirs, copied
        ):
            continue
        if ours.joined and not (tight and theirs.joined):
            continue
        if (at_right or not _describes(theirs)) and not alike(ours.written, theirs.written):
            yield theirs.span, tight


def countries(name: str) -> set[str]:
    """The countries in a name.

    >>> countries("Bank of China"), countries("Beijing")
    ({'china'}, set())
    """
    return {token.key for token in name_tokens(name) if token.place}


def _alike_used(ours: Slot, theirs: Slot, copied: bool) -> bool:
    """Whether both stand as owner, or neither; where something is, or neither; and not as "the Gunners".

    A city or an office may stand for its country, or lie in it: Beijing says nothing against China, unless all
    else is copied.
    """
    name, place = theirs.written, kind(theirs.label) == "thing"
    if not copied and place and bool(countries(name)) != bool(countries(ours.written)):
        return False
    crowd = theirs.definite and not ours.definite and " " not in name and name.endswith("s")
    prefixed = theirs.article.text[theirs.span.start - 1 : theirs.span.start] == "-"
    return ours.owner == theirs.owner and ours.placed == theirs.placed and not crowd and not prefixed


def _describes(theirs: Slot) -> bool:
    """Whether another word follows: "the Tottenham midfielder" is somebody, not Tottenham."""
    following = theirs.words[theirs.last + 1 : theirs.last + 2]
    return any(not word.small and theirs.article.text[theirs.span.end : word.start].isspace() for word in following)


def _led(document: Article, between: Sequence[PlacedWord], distance: int) -> bool:
    """Whether the words before a name are no more than the claim has, or a title without a pause."""
    if len(between) <= distance:
        return True
    stretch = document.text[between[0].start : between[-1].end]
    return len(between) <= _TITLE and not set(stretch) & _PAUSES and not any(word.small for word in between)


def _acts(document: Article, sentence: Span, between: Sequence[PlacedWord], name: Span, parser: Parser) -> bool:
    """Whether the few words after a name begin with what it does: Keller went on to (win)."""
    if not 0 < len(between) <= _TITLE or set(document.text[name.end : between[-1].end]) & _PAUSES:
        return False
    at = between[0].start - sentence.start
    tags = (token.tag for token in document.alone(sentence).tagged(parser).tokens if token.start == at)
    return any(tag[:2] in ("VB", "MD", "RB") for tag in tags)


def _content(words: Sequence[PlacedWord]) -> int:
    return sum(not word.small for word in words)


def in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many of the pairs as can be kept with both sides rising; of equally many those with the smaller ends.

    >>> in_order([(0, 8), (1, 2), (2, 3), (4, 1), (5, 9)])
    [(1, 2), (2, 3), (5, 9)]
    """
    chains: list[list[tuple[int, int]]] = []
    for pair in pairs:
        before = max((chain for chain in chains if chain[-1][1] < pair[1]), key=len, default=[])
        chains.append([*before, pair])
    return max(chains, key=lambda chain: (len(chain), -chain[-1][1]), default=[])


def alike(a: str, b: str) -> bool:
    """Whether two names may be one: spelled nearly alike, one in the other, or one the initials of the other.

    >>> alike("Salaryman", "Salary Man"), alike("PSG", "Paris Saint-Germain"), alike("Barca", "Barcelona")
    (True, True, True)
    >>> alike("Rome", "Paris"), alike("Manchester City", "Manchester United")
    (False, False)
    """
    nations = countries(a), countries(b)
    if all(nations):
        return bool(nations[0] & nations[1])
    ours, theirs = ([word for word in re.findall(r"[^\W_]+", fold(name)) if word != "s"] for name in (a, b))
    if set(ours) <= set(theirs) or set(theirs) <= set(ours):
        return True
    initials = ["".join(word[0] for word in re.findall(r"\w+", name) if word[0].isupper()).lower() for name in (a, b)]
    if "".join(ours) == initials[1] or "".join(theirs) == initials[0]:
        return True
    # What both have (Manchester, a first name) says nothing about whether the rest is alike.
    one, other = ("".join(word for word in words if not {word} <= set(ours) & set(theirs)) for words in (ours, theirs))
    if one[:_SAME_BEGINNING] == other[:_SAME_BEGINNING] or one in other or other in one:
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _fits(ours: str | None, theirs: str | None, tight: bool, copied: bool) -> bool:
    """Whether a name of one type may stand for one of the other, the surer the place the more freely."""
    if ours == theirs:
        return True
    kinds = {kind(ours or theirs), kind(theirs)}
    return tight and (len(kinds) == 1 or (copied and PEOPLE not in kinds))


def names_among(document: Article, sentence: Span, words: Sequence[PlacedWord], parser: Parser) -> Iterator[Slot]:
    """The names that the model finds in a sentence of the document."""
    text = document.text
    for entity in document.alone(sentence).tagged(parser).entities:
        start, end = sentence.start + entity.start, sentence.start + entity.end
        inside = [n for n, word in enumerate(words) if start <= word.start < end and text[word.start].isupper()]
        if inside and entity.label in NAME_TYPES:
            yield Slot(document, words, inside[0], inside[-1], entity.label)
