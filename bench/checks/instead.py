"""A name that the document has, but not in this role: what the document has in its place.

Two signs, both from words alone. *Place*: a claim's sentence is laid beside the document's sentences that it
may come from; where the words around the name bracket another name of its kind, the document has that one.
*Company*: most of what surrounds the name stands in one sentence of the document, and the name only in places
that have little of it.

The thresholds were chosen on the choosing half of SummEval's documents (references and cased summaries
against the same with one name swapped); the other half is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bench.checks.mentions import NAME_TYPES
from bench.checks.places import Aligned, DocumentIndex, PlacedWord, align, document_index, placed_words
from bench.models.spacy_pipeline import Parser
from bench.text import fold
from bench.types import Span

_MOST = 4
"""Sentences of the document that a claim is laid beside."""
_NEAR = 3
"""A word that is farther from the name (in words) doesn't fix its place."""
_FADE = 0.9
"""What a context word counts for with each word that it is farther from the name."""
_CONTEXT = 0.3
"""Least share of the context that a sentence must have to say anything about the name."""
_TIGHT_CONTEXT = 0.4
_COPIED = 0.9
"""Share of the context from which a sentence counts as copied but for the name: its type no longer matters."""
_APART_CONTEXT = 0.45
_FAR, _FAR_LEAD = 3, 0.1
"""Sentences around the name's places that may hold its context, and how much more another sentence must have."""
_CLOSE, _CLOSE_LEAD = 1, 0.3
_OWN_LEAD = 0.4
"""How much more of the context than the name's own sentences a sentence must have to settle its place alone."""
_ALIKE = 0.75
_PERSON, _PEOPLE, _THING = "person", "people", "thing"
_KINDS = {"PERSON": _PERSON, "NORP": _PEOPLE, "LANGUAGE": _PEOPLE}
_JOINS = frozenset({"and", "or", "&"})
_ARTICLE = re.compile(r"\b[Tt]he\s$")
_PLACED = frozenset("in at near from of on to".split())
_SAME_BEGINNING = 4
_TITLE = 3
"""Words that may stand between a name and what fixes its place in the document, where the claim has none."""
_PAUSES = frozenset(',;:()–—-"“”')
_OWNER = re.compile(r"\s?['’](?:s\b|(?!\w))")


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the claim, as far as its role is concerned."""

    span: Span
    """In the candidate."""
    label: str | None
    """Its type; None where nothing says."""
    places: tuple[Span, ...]
    """Everywhere the document has it or a part that may stand for it."""
    plain: bool = True
    """Whether its words are nothing but names: no word of it is also written small in the document."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What the document has where the claim has a name."""

    sentence: Span
    """The sentence of the document that has most of what the claim says around the name."""
    name: Span | None
    """Another name in the name's place there; None when the place is open: the name only isn't near."""
    context: float
    """0 to 1: how much of what surrounds the claim's name is in that sentence."""
    elsewhere: float
    """0 to 1: the most of it anywhere near the name itself."""


def instead(document: str, candidate: str, sentence: Span, name: Named, parser: Parser) -> Instead | None:
    """What the document has in a name's place; ``None`` where it may well have the name itself."""
    words = placed_words(candidate, sentence.start, sentence.end)
    inside = [n for n, word in enumerate(words) if name.span.start <= word.start < name.span.end]
    index = document_index(document)
    weights = _context(index, words, inside)
    if not weights:
        return None
    homes = {index.number_of(place) for place in name.places}
    here, around = shares(index, weights, 0), shares(index, weights, _CLOSE)
    own = max((here[home] for home in homes), default=0.0)
    near = [(n, aligned) for aligned in align(document, candidate, sentence, _MOST)
            if (n := index.number_of(aligned.sentence)) not in homes]  # fmt: skip
    for home, aligned in near:
        copied = here[home] >= _COPIED
        for other, tight in _opposite(document, candidate, words, inside, name, aligned, parser, copied):
            far = max((around[home] for home in homes), default=0.0)
            leads = here[home] >= (own if tight else far) or here[home] - own >= _OWN_LEAD
            if leads and here[home] >= (_TIGHT_CONTEXT if tight else _CONTEXT):
                return Instead(aligned.sentence, other, here[home], own if tight else far)
    # Where something happened may be said elsewhere in the document.
    placed = inside[0] and words[inside[0] - 1 - (words[inside[0] - 1].key == "the")].key in _PLACED
    return _apart(index, weights, homes, name) if homes and name.plain and not placed else None


def _apart(index: DocumentIndex, weights: dict[str, float], homes: set[int], name: Named) -> Instead | None:
    """The sentence that has the name's company when the name is nowhere near."""
    if _KINDS.get(name.label or "") == _PEOPLE or name.label is None:
        return None
    here = shares(index, weights, 0)
    best = max((n for n in range(len(here)) if n not in homes), key=lambda n: (here[n], -n), default=None)
    if best is None or here[best] < _APART_CONTEXT:
        return None
    for reach, lead in ((_FAR, _FAR_LEAD), (_CLOSE, _CLOSE_LEAD)):
        around = shares(index, weights, reach)
        own = max((around[home] for home in homes), default=0.0)
        if here[best] - own >= lead:
            return Instead(index.sentences[best], None, here[best], own)
    return None


def _context(index: DocumentIndex, words: Sequence[PlacedWord], inside: Sequence[int]) -> dict[str, float]:
    """The content words around a name, with what they count for."""
    weights: dict[str, float] = {}
    for n, word in enumerate(words):
        if inside and not word.small and n not in inside:
            distance = min(abs(n - inside[0]), abs(n - inside[-1]))
            weights[word.key] = max(weights.get(word.key, 0.0), index.weight(word) * _FADE**distance)
    return weights


def shares(index: DocumentIndex, weights: dict[str, float], reach: int) -> list[float]:
    """For each sentence of the document, the share of the weighted words in it or ``reach`` sentences around.

    >>> index = document_index("Anna ran. Peter slept. Anna slept.")
    >>> shares(index, {"anna": 3.0, "peter": 1.0}, 0), shares(index, {"anna": 3.0, "peter": 1.0}, 1)
    ([0.75, 0.25, 0.75], [1.0, 1.0, 1.0])
    """
    found = [0.0] * len(index.sentences)
    for key, weight in weights.items():
        near = {n for home in index.homes.get(key, ()) for n in range(home - reach, home + reach + 1)}
        for n in near:
            if 0 <= n < len(found):
                found[n] += weight
    total = sum(weights.values())
    return [round(share / total, 9) for share in found]


def _opposite(
    document: str,
    candidate: str,
    words: Sequence[PlacedWord],
    inside: Sequence[int],
    name: Named,
    aligned: Aligned,
    parser: Parser,
    copied: bool,
) -> Iterator[tuple[Span, bool]]:
    """Names in the document's sentence where the claim's name would stand, and whether both sides fix the place."""
    theirs = document_index(document).words_of(aligned.sentence)
    ours_at, theirs_at = ({word.start: n for n, word in enumerate(each)} for each in (words, theirs))
    pairs = [(ours_at[a.start], theirs_at[b.start]) for a, b in aligned.pairs]
    before = [pair for pair in pairs if pair[0] < inside[0] and inside[0] - pair[0] <= _NEAR]
    after = [pair for pair in pairs if pair[0] > inside[-1] and pair[0] - inside[-1] <= _NEAR]
    left, right = (before[-1] if before else None), (after[0] if after else None)
    if not (left or right) or (left and right and left[1] >= right[1]):
        return
    low, high = (left[1] + 1 if left else 0), (right[1] if right else len(theirs))
    # A shared first name doesn't make two people one.
    paired = {b for a, b in pairs if a not in inside[:-1]}
    owner = bool(_OWNER.match(candidate, name.span.end))
    for first, last, label in names_among(document, aligned.sentence, theirs, parser):
        span = Span(theirs[first].start, theirs[last].end)
        if first < low or last >= high or paired & set(range(first, last + 1)):
            continue
        # Titles may stand before the other name; a word after it may be what the name describes.
        at_left = _led(document, theirs[low:first], inside[0] - left[0]) if left else inside[0] == first == 0
        at_right = right is not None and (
            _content(theirs[last + 1 : high]) <= _content(words[inside[-1] + 1 : right[0]])
            or _acts(document, aligned.sentence, theirs[last + 1 : high], span, parser)
        )
        if not (left and at_left) and not (right and at_right):
            continue
        tight = at_left and at_right
        fits = _fits(name.label, label, tight, copied and left is not None)
        if not fits or owner != bool(_OWNER.match(document, span.end)):
            continue
        if _joined(words, inside) and not (tight and _joined(theirs, [first, last])):
            continue
        # "the Tottenham midfielder" is a description of somebody, not Tottenham.
        following = theirs[last + 1] if last + 1 < len(theirs) else None
        if not at_right and following and not following.small and document[span.end : following.start].isspace():
            continue
        if not _described(document, span, candidate, name.span) and not alike(
            candidate[name.span.slice], document[span.slice]
        ):
            yield span, tight


def _led(document: str, between: Sequence[PlacedWord], distance: int) -> bool:
    """Whether the words before a name are no more than the claim has, or a title without a pause."""
    if len(between) <= distance:
        return True
    stretch = document[between[0].start : between[-1].end]
    return len(between) <= _TITLE and not set(stretch) & _PAUSES and not any(word.small for word in between)


def _acts(document: str, sentence: Span, between: Sequence[PlacedWord], name: Span, parser: Parser) -> bool:
    """Whether the few words after a name begin with what it does: Keller went on to (win)."""
    if not 0 < len(between) <= _TITLE or set(document[name.end : between[-1].end]) & _PAUSES:
        return False
    at = between[0].start - sentence.start
    tags = (token.tag for token in parser.parse(document[sentence.slice]).tokens if token.start == at)
    return any(tag[:2] in ("VB", "MD", "RB") for tag in tags)


def _content(words: Sequence[PlacedWord]) -> int:
    return sum(not word.small for word in words)


def _described(document: str, there: Span, candidate: str, here: Span) -> bool:
    """Whether the document's name is part of a description: the Gunners, anti-Iranian."""
    article = bool(_ARTICLE.search(document, max(0, there.start - 4), there.start))
    ours = bool(_ARTICLE.search(candidate, max(0, here.start - 4), here.start))
    single = " " not in document[there.slice] and document[there.slice].endswith("s")
    return document[there.start - 1 : there.start] == "-" or (article and not ours and single)


def _joined(words: Sequence[PlacedWord], inside: Sequence[int]) -> bool:
    """Whether a name stands in a list, where the order of names says nothing."""
    return any(0 <= n < len(words) and words[n].key in _JOINS for n in (inside[0] - 1, inside[-1] + 1))


def alike(a: str, b: str) -> bool:
    """Whether two names may be one: spelled nearly alike, one in the other, or one the initials of the other.

    >>> alike("Salaryman", "Salary Man"), alike("PSG", "Paris Saint-Germain"), alike("Barca", "Barcelona")
    (True, True, True)
    >>> alike("Rome", "Paris"), alike("Manchester City", "Manchester United")
    (False, False)
    """
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


def _fits(ours: str | None, theirs: str, tight: bool, copied: bool) -> bool:
    """Whether a name of one type may stand for one of the other, the surer the place the more freely."""
    if ours == theirs:
        return True
    kinds = (_KINDS.get(ours, _THING) if ours else _KINDS.get(theirs, _THING)), _KINDS.get(theirs, _THING)
    if not tight or (_PEOPLE in kinds and kinds[0] != kinds[1]):
        return False
    return copied or kinds[0] == kinds[1]


def names_among(
    document: str, sentence: Span, words: Sequence[PlacedWord], parser: Parser
) -> Iterator[tuple[int, int, str]]:
    """Names in a sentence of the document: first and last word, type."""
    for entity in parser.parse(document[sentence.slice]).entities:
        start, end = entity.start, entity.end
        inside = [
            n for n, word in enumerate(words)
            if sentence.start + start <= word.start < sentence.start + end and document[word.start].isupper()
        ]  # fmt: skip
        if inside and entity.label in NAME_TYPES:
            yield inside[0], inside[-1], entity.label
