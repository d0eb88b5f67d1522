"""What a number counts and what happens to it, read off the parse of its sentence."""

from __future__ import annotations

from dataclasses import dataclass

from bench.checks.quantities.pool import Placed
from bench.language.lexicon import forms, word_lists
from bench.models.syntax import Word

_UP = frozenset("prep pobj dobj nsubj nsubjpass npadvmod appos conj attr agent dative pcomp oprd nmod poss compound "
                "quantmod nummod amod advmod relcl acl obl dep".split())  # fmt: skip
_LIGHT = word_lists("counted")["light"]
"""Too general to say what happens."""
_GENERIC = word_lists("counted")["general"]

_DEEDS = forms("counted", "deeds")
"""Words for the same deed → its name, so that 12 dead are 12 killed."""
_CLASSES = forms("counted", "classes")


@dataclass(frozen=True, slots=True)
class Role:
    """What a quantity is attached to in its sentence."""

    noun: str = ""
    """Lemma of what is counted; empty where that isn't said."""
    deeds: frozenset[str] = frozenset()
    """The verb that it is an argument of, and event nouns on the way to it; equal deeds have one name."""


def role(placed: Placed) -> Role:
    """The role of a quantity in its sentence.

    >>> from bench.checks.quantities.pool import read
    >>> from bench.language.article import Article
    >>> from bench.types import Span
    >>> role(read(Article("The blast killed 12 people and injured 40."), Span(0, 42), 0, None)[0])
    Role(noun='person', deeds=frozenset({'die'}))
    """
    parsed = placed.text.alone(placed.home).words
    start, end = placed.span.start - placed.home.start, placed.span.end - placed.home.start
    inside = [i for i, word in enumerate(parsed) if word.start < end and start < word.end]
    if not inside:
        return Role()
    top = _top(parsed, inside)
    noun = ""
    if placed.quantity.kind in ("count", "ordinal"):
        noun, top = _noun(parsed, top, inside)
    deeds = {*_deeds(parsed, top)}
    # They left 12 dead: said of the number, not by the verb.
    above = parsed[parsed[_top(parsed, inside)].head]
    if above.tag.startswith("JJ") and above.lemma.lower() in _DEEDS:
        deeds.add(_DEEDS[above.lemma.lower()])
    if noun in _DEEDS:
        deeds.add(_DEEDS[noun])
        noun = ""
    return Role("person" if noun == "people" else noun, frozenset(deeds))


def _top(parsed: tuple[Word, ...], inside: list[int]) -> int:
    """The word of a stretch on which the others hang."""
    for index in inside:
        if parsed[index].head not in inside or parsed[index].head == index:
            return index
    return inside[-1]


def _noun(parsed: tuple[Word, ...], top: int, inside: list[int]) -> tuple[str, int]:
    """What is counted, and where to climb on from: 12 people, 12 of the people."""
    word = parsed[top]
    if word.tag.startswith("NN") and word.dep not in ("nummod", "quantmod"):
        return (word.lemma.lower() if not word.text[0].isdigit() else ""), top
    if word.dep in ("nummod", "amod", "compound", "quantmod", "nmod") and word.head not in inside:
        head = parsed[word.head]
        if head.tag in ("NN", "NNS"):
            return head.lemma.lower(), word.head
        return "", word.head if head.tag.startswith(("NN", "CD")) else top
    for index, child in enumerate(parsed):
        if child.head == top and child.text.lower() == "of" and index > top:
            inner = [p for p in parsed if p.head == index and p.dep == "pobj" and p.tag in ("NN", "NNS")]
            if inner:
                return inner[0].lemma.lower(), top
    return "", top


def _deeds(parsed: tuple[Word, ...], index: int) -> list[str]:
    found = []
    for _ in range(8):
        word = parsed[index]
        if word.head == index or word.dep not in _UP:
            break
        index = word.head
        above = parsed[index]
        lemma = above.lemma.lower()
        if above.tag.startswith("VB"):
            if lemma not in _LIGHT:
                found.append(_DEEDS.get(lemma, lemma))
            break
        if above.tag in ("NN", "NNS") and lemma not in _GENERIC:
            found.append(_DEEDS.get(lemma, lemma))
    return found


def distinct(ours: str, theirs: str) -> bool:
    """Whether two counted nouns are surely two things: both said, neither general, not two words for people.

    >>> distinct("person", "car"), distinct("person", "passenger"), distinct("person", "")
    (True, False, False)
    """
    if not ours or not theirs or ours[:5] == theirs[:5] or {ours, theirs} & _GENERIC:
        return False
    return _CLASSES.get(ours, ours) != _CLASSES.get(theirs, theirs)


def other_deed(ours: Role, theirs: Role) -> bool:
    """Whether both say what happens and it isn't the same."""
    return bool(ours.deeds and theirs.deeds) and not same_deed(ours, theirs)


def same_deed(ours: Role, theirs: Role) -> bool:
    """Whether they share a deed, whatever its form: attack, attacked."""
    return any(a == b or (len(a) > 4 and a[:5] == b[:5]) for a in ours.deeds for b in theirs.deeds)


def casualties(ours: Role, theirs: Role) -> bool:
    """Whether both number the dead, the hurt, the arrested or the missing: that says what is counted."""
    return bool(ours.deeds & theirs.deeds & {"die", "hurt", "arrest", "miss"})
