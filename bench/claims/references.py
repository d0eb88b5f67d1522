"""Pronouns and "the two leaders": what they stand for where that is plain, and why where it isn't.

Plain means that exactly one earlier name fits, in the same sentence or in the nearest of the two before it
that names anybody. Whoever may be meant besides, named or not ("the officer"), makes it not plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.claims.named import Name, Sentence, caseless, distinct, named_sentences, same
from bench.claims.people import GROUPS, MEN, MENS_NAMES, PEOPLE, WOMEN, WOMENS_NAMES
from bench.models.syntax import Word
from bench.quotations import quotations
from bench.text import fold
from bench.types import Span

_BACK = 2
"""Sentences before the word's own in which a name may stand."""

_HE, _SHE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
_IT = frozenset({"it", "its", "itself"})
_PRONOUNS = _HE | _SHE | _THEY | _IT
_ANY = re.compile(rf"\b(?:{'|'.join(sorted(_PRONOUNS))}|both|two|three|four)\b")
_COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4}
_PERSON = frozenset({"PERSON"})
_PLACES = frozenset({"GPE", "NORP"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_BODIES = frozenset({"ORG", "GPE"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A word that stands for something named earlier: a pronoun, or a description as "the two leaders"."""

    span: Span
    antecedents: tuple[Span, ...]
    """What it stands for, in the same text; empty where that isn't plain."""
    note: str
    """Why the antecedent is plain, or why it isn't; for a reader."""


def find_references(text: str) -> tuple[Reference, ...]:
    """The third-person pronouns and counted descriptions of a text, in order.

    >>> text = "Anna Smith arrived on Monday. She met nobody. The mayor said he saw her."
    >>> [(text[r.span.slice], [text[a.slice] for a in r.antecedents]) for r in find_references(text)]
    [('She', ['Anna Smith']), ('he', []), ('her', [])]
    """
    if not _ANY.search(fold(text)):
        return ()
    sentences = named_sentences(text)
    quoted = [quotation.span for quotation in quotations(text)]
    small = caseless(sentences)
    found: list[Reference] = []
    for place, sentence in enumerate(sentences):
        earlier = sentences[max(0, place - _BACK) : place]
        for index, span, word in _words(sentence):
            if any(quote.start <= span.start < quote.end for quote in quoted):
                found.append(Reference(span, (), "it stands in a quotation"))
            elif small:
                found.append(Reference(span, (), "without capitals, names can't be told for sure"))
            elif word in _HE | _SHE:
                found.append(_person(text, sentence, index, span, word, earlier))
            elif word in _IT:
                found.append(_thing(sentence, index, span))
            elif word in _THEY:
                found.append(_plural(sentence, index, span, earlier))
            else:
                found.append(_counted(sentence, index, span, earlier))
    return tuple(found)


def _words(sentence: Sentence) -> Iterator[tuple[int, Span, str]]:
    """The words of a sentence that stand for something else: index of the head word, place and folded word."""
    for index, word in enumerate(sentence.words):
        folded, start = fold(word.text), sentence.span.start + word.start
        if folded in _PRONOUNS and word.tag.startswith("PRP"):
            yield index, Span(start, start + len(word.text)), folded
    for index, (first, second) in enumerate(pairwise(sentence.words)):
        count, kind = fold(first.text), fold(second.lemma)
        if count in _COUNTS and second.tag == "NNS" and any(kind in group for group in GROUPS.values()):
            definite = index > 0 and fold(sentence.words[index - 1].text) == "the"
            if definite or count == "both":
                begin = sentence.words[index - 1].start if definite else first.start
                yield index + 1, Span(sentence.span.start + begin, sentence.span.start + second.end), count


def _person(text: str, sentence: Sentence, index: int, span: Span, word: str, earlier: Sequence[Sentence]) -> Reference:
    """He or she: the one person of the nearest sentence that has any."""
    backward = () if _looks_ahead(sentence, index) else reversed(earlier)
    forbidden = _subject_of_its_verb(sentence, index)
    for back, place in enumerate([sentence, *backward]):
        limit = index if back == 0 else len(place.words)
        people = [name for name in distinct(place, limit, _PERSON) if _fits(name, word)]
        others = _others(place, limit, word)
        if back == 0 and forbidden is not None and any(forbidden.words & name.words for name in people):
            # "Xi thanked him": somebody else, and who isn't said here.
            return Reference(span, (), f"{text[forbidden.span.slice]} does it to somebody else")
        if len(people) == 1 and not others:
            where = (
                "in this sentence before it"
                if back == 0
                else f"in the sentence {'before' if back == 1 else 'two before'}"
            )
            return Reference(span, (people[0].span,), f"the only person named {where}")
        if people or others:
            named = [text[name.span.slice] for name in people] + others
            return Reference(span, (), f"it may be {' or '.join(dict.fromkeys(named))}")
    return Reference(span, (), "nobody is named shortly before it")


def _thing(sentence: Sentence, index: int, span: Span) -> Reference:
    """It or its: the one country or body named before, if that is the subject and no other thing may be meant."""
    names = distinct(sentence, index, _BODIES)
    things = [
        other.text
        for place, other in enumerate(sentence.words[:index])
        if other.tag == "NN"
        and other.dep in {"nsubj", "nsubjpass", "dobj", "attr", "conj"}
        and sentence.named_at(place) is None
        and not _above(sentence.words, index, place)
    ]
    if len(names) == 1 and not things:
        subject = next((i for i in range(index) if sentence.words[i].dep in _SUBJECTS), None)
        if subject is not None and sentence.named_at(subject) == names[0] and sentence.words[index].dep != "expl":
            return Reference(span, (names[0].span,), "the sentence's subject, and nothing else fits")
    why = "several things before it fit" if (names and things) or len(names) > 1 else "no name before it plainly fits"
    return Reference(span, (), why)


def _plural(sentence: Sentence, index: int, span: Span, earlier: Sequence[Sentence]) -> Reference:
    """They: names joined by "and", where nothing else in the plural may be meant."""
    backward = () if _looks_ahead(sentence, index) else reversed(earlier)
    for back, place in enumerate([sentence, *backward]):
        limit = index if back == 0 else len(place.words)
        groups = _joined(place, limit, subjects=back > 0)
        plurals = [
            word.text
            for i, word in enumerate(place.words[:limit])
            if word.tag in {"NNS", "NNPS"} and word.dep in {"nsubj", "nsubjpass", "dobj", "conj", "pobj"}
            and not (back == 0 and _above(sentence.words, index, i))
            and (word.dep in _SUBJECTS or back == 0)
        ]  # fmt: skip
        if len(groups) == 1 and not plurals:
            return Reference(span, groups[0], "the only names joined before it")
        if groups or plurals:
            return Reference(span, (), "several before it fit" if groups else f"no names; perhaps {plurals[0]}")
    return Reference(span, (), "nobody is named together shortly before it")


def _counted(sentence: Sentence, index: int, span: Span, earlier: Sequence[Sentence]) -> Reference:
    """ "The two leaders": as many names as counted, in this sentence and as few before as hold them."""
    head = fold(sentence.words[index].lemma)
    kind = next(kind for kind, heads in GROUPS.items() if head in heads)
    labels = {"person": _PERSON, "place": _PLACES, "group": frozenset({"ORG"})}[kind]
    count = _COUNTS[fold(sentence.words[index - 1].text)]
    found: list[Name] = []
    for back, place in enumerate([sentence, *reversed(earlier)]):
        limit = index if back == 0 else len(place.words)
        new = [name for name in distinct(place, limit, labels) if not any(same(name, old) for old in found)]
        if kind == "person" and _unknown(place, limit):
            return Reference(span, (), f"who {_unknown(place, limit)[0]} is isn't clear")
        found = new + found
        if len(found) == count:
            return Reference(span, tuple(name.span for name in found), f"the only {count} that are named before it")
        if len(found) > count:
            break
    return Reference(span, (), f"{len(found) or 'none'} {'are' if len(found) != 1 else 'is'} named shortly before it")


def _fits(name: Name, word: str) -> bool:
    """Whether a name may be a he, or a she."""
    return not name.words & (WOMENS_NAMES if word in _HE else MENS_NAMES)


def _others(sentence: Sentence, limit: int, word: str) -> list[str]:
    """Who else may be meant: persons who are described rather than named, and names of no known kind."""
    wrong = WOMEN if word in _HE else MEN
    described = []
    for index, other in enumerate(sentence.words[:limit]):
        noun = fold(other.text)
        person = noun in PEOPLE | MEN | WOMEN or noun.endswith(("man", "woman", "father", "mother"))
        named = sentence.named_at(index) is not None or _describes_a_name(sentence, index)
        if other.tag == "NN" and person and noun not in wrong and not named:
            described.append(f"the {noun}")
    return described + _unknown(sentence, limit)


def _describes_a_name(sentence: Sentence, index: int) -> bool:
    """ "president Xi", "Xi, the president": the noun hangs on a name, or a name on it."""
    words = sentence.words
    if sentence.named_at(words[index].head) is not None and words[index].dep in {"compound", "appos", "attr", "nmod"}:
        return True
    return any(
        word.head == index and word.dep in {"appos", "compound", "nmod"} and sentence.named_at(i) is not None
        for i, word in enumerate(words)
    )


def _unknown(sentence: Sentence, limit: int) -> list[str]:
    """Subjects and objects written as names that the model found no kind for."""
    return [
        word.text
        for index, word in enumerate(sentence.words[:limit])
        if word.tag == "NNP" and word.dep in {"nsubj", "nsubjpass", "dobj", "pobj", "conj", "appos"}
        and sentence.named_at(index) is None and not _describes_a_name(sentence, index)
    ]  # fmt: skip


def _subject_of_its_verb(sentence: Sentence, index: int) -> Name | None:
    """The named subject of the verb whose object the pronoun is."""
    word = sentence.words[index]
    if word.dep not in {"dobj", "dative", "pobj"} or word.tag != "PRP":
        return None
    verb = sentence.words[word.head].head if word.dep == "pobj" else word.head
    subjects = (i for i, w in enumerate(sentence.words) if w.head == verb and w.dep in _SUBJECTS)
    return next((name for i in subjects if (name := sentence.named_at(i))), None)


def _looks_ahead(sentence: Sentence, index: int) -> bool:
    """Whether the sentence's own subject comes only after the pronoun: "In his speech, Xi said"."""
    words = sentence.words
    return (
        any(i > index and word.dep in _SUBJECTS and words[word.head].dep == "ROOT" for i, word in enumerate(words))
        and words[index].dep not in _SUBJECTS
        and not any(w.dep in _SUBJECTS and words[w.head].dep == "ROOT" for w in words[:index])
        and not _in_subject(words, index)
    )


def _joined(sentence: Sentence, limit: int, subjects: bool) -> list[tuple[Span, ...]]:
    """Groups of names joined as equals; ``subjects``: only those that do what the sentence says."""
    groups: dict[int, list[Span]] = {}
    for index, word in enumerate(sentence.words[:limit]):
        name, head = sentence.named_at(index), word.head
        if word.dep == "conj" and name and (first := sentence.named_at(head)) and first != name:
            while sentence.words[head].dep == "conj":
                head = sentence.words[head].head
            if not subjects or sentence.words[head].dep in _SUBJECTS:
                groups.setdefault(head, [first.span]).append(name.span)
    return [tuple(dict.fromkeys(group)) for group in groups.values()]


def _in_subject(words: tuple[Word, ...], index: int) -> bool:
    """Whether the word is part of the sentence's subject: "His speech lasted an hour"."""
    while words[index].head != index and not words[index].tag.startswith("VB"):
        if words[index].dep in _SUBJECTS:
            return words[words[index].head].dep == "ROOT"
        index = words[index].head
    return False


def _above(words: tuple[Word, ...], index: int, ancestor: int) -> bool:
    """Whether a word hangs on another, without a verb between: "their talks" are not they."""
    while words[index].head != index and not words[index].tag.startswith("VB"):
        index = words[index].head
        if index == ancestor:
            return True
    return False
