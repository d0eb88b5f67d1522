"""The sentences of a text with their parse and the names in them: what references are looked up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.models.spacy_pipeline import Entity, load
from bench.models.syntax import Word, parse_sentence
from bench.text import fold, sentence_spans, word_spans
from bench.types import Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its type and its words, folded."""

    span: Span
    label: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its parse; the parse's offsets are the sentence's."""

    span: Span
    words: tuple[Word, ...]
    names: tuple[Name, ...]

    def named_at(self, index: int) -> Name | None:
        """The name that a word is part of."""
        place = self.span.start + self.words[index].start
        return next((name for name in self.names if name.span.start <= place < name.span.end), None)


def named_sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order."""
    entities = load().parse(text).entities
    people = {word for entity in entities if entity.label == "PERSON" for word in _key(text, entity)}
    return [_read(text, span, entities, people) for span in sentence_spans(text)]


def caseless(sentences: Sequence[Sentence]) -> bool:
    """Whether names are written small: proper nouns, but no capital behind the sentences' first words."""
    inner = [word for sentence in sentences for word in sentence.words[1:] if word.tag.startswith("NNP")]
    return bool(inner) and not any(word.text[:1].isupper() for word in inner)


def distinct(sentence: Sentence, limit: int, labels: frozenset[str]) -> list[Name]:
    """Different names of these types before the word ``limit``."""
    end = sentence.span.start + (sentence.words[limit].start if limit < len(sentence.words) else sentence.span.end)
    kept: list[Name] = []
    for name in sentence.names:
        if name.label in labels and name.span.end <= end and not any(same(name, other) for other in kept):
            kept.append(name)
    return kept


def same(name: Name, other: Name) -> bool:
    """Whether two names may name the same: one's words are the other's, or Russia and Russian."""
    if name.words <= other.words or other.words <= name.words:
        return True
    first, second = min(name.words), min(other.words)
    return "NORP" in (name.label, other.label) and first[:4] == second[:4]


def _read(text: str, span: Span, entities: Sequence[Entity], people: set[str]) -> Sentence:
    names = []
    for entity in entities:
        if span.start <= entity.start < span.end:
            words = _key(text, entity)
            # The model takes a surname alone for anything; elsewhere in the text it is somebody's.
            label = "PERSON" if words and words <= people else entity.label
            end = entity.end - 2 if text[entity.start : entity.end].endswith(("'s", "’s")) else entity.end
            names.append(Name(Span(entity.start, end), label, words))
    parsed = parse_sentence(text[span.slice])
    for word in parsed:
        start = span.start + word.start
        known = word.tag == "NNP" and fold(word.text) in people
        if known and not any(name.span.start <= start < name.span.end for name in names):
            names.append(Name(Span(start, start + len(word.text)), "PERSON", frozenset({fold(word.text)})))
    names.sort(key=lambda name: name.span.start)
    return Sentence(span, parsed, tuple(names))


def _key(text: str, entity: Entity) -> frozenset[str]:
    """The words of a name, folded, without a possessive and articles."""
    written = fold(text[entity.start : entity.end])
    words = (written[span.slice].removesuffix("'s") for span in word_spans(written))
    return frozenset(word for word in words if word not in {"the", "s"})
