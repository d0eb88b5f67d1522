"""A name swapped for another one of the same type, from the same document or from another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bench.models.spacy_pipeline import encodable, load
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.text import fold, sentence_spans, words
from bench.types import Span

INSIDE, OUTSIDE = "entity", "new-entity"

_TYPES = frozenset({"PERSON", "GPE", "ORG", "NORP", "LOC", "FAC"})
_WORD = r"[A-ZÀ-Þ](?:[^\W\d_]|[.&'’-](?=[^\W\d_]))*\.?"
_NAME = re.compile(rf"{_WORD}(?: (?:(?:of|the|and|for|de|bin|van|von) )?{_WORD}){{0,3}}")
_POSSESSIVE = re.compile(r"\s?['’]s?$")
_ARTICLE = re.compile(r"(?:The|the|A|a)\s+")
_AN = re.compile(r"\b(an?)\s+$", re.IGNORECASE)
# Names that begin alike may name the same (China, Chinese).
_ALIKE = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands in a text."""

    span: Span
    text: str
    type: str
    """OntoNotes type: PERSON, GPE, ORG, NORP, LOC or FAC."""
    tag: str
    """Tag of its last word: a people's adjective (JJ) isn't its members (NNPS)."""


def swap_inside(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One name of the text becomes another name of the document: both are there, so a list of names won't tell."""
    return _swap(INSIDE, text, document, (document,), seed)


def swap_outside(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:
    """One name of the text becomes a name that the document doesn't have, from another document."""
    if not others:
        return Skipped(OUTSIDE, "there is no other document to take a name from")
    return _swap(OUTSIDE, text, document, others, seed)


def _swap(kind: str, text: str, document: str, sources: Sequence[str], seed: int) -> Perturbed | Skipped:
    targets = shuffled(find_names(text), seed, kind, text, spell=lambda name: f"{name.span.start} {name.text}")
    if not targets:
        return Skipped(kind, "no name of a person, place, organisation or people found in the text")
    homes = sentence_spans(text)
    for source in shuffled(sources, seed, kind, text):
        for target in targets:
            home = next((home for home in homes if home.start <= target.span.start < home.end), Span(0, len(text)))
            names = list(fitting(text, target, home, source))
            if kind == OUTSIDE:
                names = [name for name in names if differ(name.text, document)]
            # A surname for a surname, a full name for a full name.
            size = len(target.text.split())
            chosen = sorted(names, key=lambda name: abs(len(name.text.split()) - size))
            if chosen:
                new = chosen[0].text
                return edit(kind, text, [(target.span, new)], f"{target.type} “{target.text}” → “{new}”")
    where = "the document has" if kind == INSIDE else "the other documents have"
    return Skipped(kind, f"{where} no other name of the same type that fits")


def fitting(text: str, target: Name, home: Span, source: str) -> Iterator[Name]:
    """Names of a source that could stand in the target's place and clearly name something else."""
    here = text[home.slice]
    article = _AN.search(text[max(0, target.span.start - 6) : target.span.start])
    known = {name.text: name for name in find_names(source) if name.type == target.type and name.tag == target.tag}
    types = _types(source)
    for name in shuffled(known.values(), target.text, spell=lambda name: name.text):
        if len(types[name.text]) > 1 or not differ(name.text, here):
            continue
        if article and (fold(name.text[0]) in "aeiou") != (article.group(1).lower() == "an"):
            continue
        yield name


def differ(name: str, other: str) -> bool:
    """Whether no word of a name is alike to a word of another text, and neither abbreviates the other.

    >>> differ("China", "Chinese officials"), differ("United States", "the U.S."), differ("Rome", "Paris")
    (False, False, True)
    """
    ours, theirs = ([word.removesuffix("'s") for word in words(text)] for text in (name, other))
    # A single letter is alike to itself only.
    beginnings = {word[:_ALIKE] for word in theirs if len(word) > 1}
    if set(ours) & set(theirs) or any(word[:_ALIKE] in beginnings for word in ours if len(word) > 1):
        return False
    return not (_abbreviates(name, other) or _abbreviates(other, name))


def _abbreviates(short: str, long: str) -> bool:
    """Whether an abbreviation in one text stands for consecutive capitalised words of the other."""
    initials = "".join(word[0] for word in re.findall(r"\b[A-Z]\w*", long))
    abbreviations = (word.replace(".", "") for word in re.findall(r"\b(?:[A-Z]\.?){2,6}(?!\w)", short))
    return any(word in initials for word in abbreviations)


@lru_cache(maxsize=512)
def find_names(text: str) -> tuple[Name, ...]:
    """The names of a text that spaCy finds and that are spelled like names, without article and possessive."""
    parsed = load().parse(encodable(text))
    tags = {token.end: token.tag for token in parsed.tokens}
    small = frozenset(re.findall(r"(?<!\w)[^\W\d_]+", text)) & frozenset(words(text))
    found = []
    for entity in parsed.entities:
        start, end = entity.start, entity.end
        if match := _POSSESSIVE.search(text[start:end]):
            end = start + match.start()
        if match := _ARTICLE.match(text[start:end]):
            start += match.end()
        # What is all written small as well is a word that begins a sentence or a headline, no name.
        common = all(word in small for word in words(text[start:end]))
        named = entity.label in _TYPES and end - start > 1 and _NAME.fullmatch(text[start:end]) is not None
        if named and not common and end in tags:
            found.append(Name(Span(start, end), text[start:end], entity.label, tags[end]))
    return tuple(found)


@lru_cache(maxsize=512)
def _types(text: str) -> dict[str, set[str]]:
    """The types that each name of a text was given: more than one means that nobody knows."""
    types: dict[str, set[str]] = {}
    for name in find_names(text):
        types.setdefault(name.text, set()).add(name.type)
    return types
