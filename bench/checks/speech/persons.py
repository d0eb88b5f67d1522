"""The persons whom a text names, what its names are names of, and which offices it gives to whom. English only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from bench.checks.speech.naming import TITLES
from bench.checks.words.spelling import NameToken, name_tokens
from bench.models.spacy_pipeline import Parsed, load
from bench.models.syntax import encodable
from bench.types import Span


class Persons:
    """What the names of one text stand for; computed when asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[NameToken]:
        """The words of the text as names are compared."""
        return name_tokens(self.text)

    @cached_property
    def _parsed(self) -> Parsed:
        return load().parse(encodable(self.text))

    @cached_property
    def people(self) -> tuple[tuple[Span, tuple[str, ...]], ...]:
        """The persons' names that the pipeline finds: where, and the keys of their words without titles."""
        found = []
        for entity in self._parsed.entities:
            if entity.label != "PERSON":
                continue
            tokens = name_tokens(self.text[entity.start : entity.end])
            keys = tuple(token.key for token in tokens if token.capital and token.key not in TITLES | {"s"})
            if keys:
                found.append((Span(entity.start, entity.end), keys))
        return tuple(found)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """For each word that ends a name, what most of those names are: PERSON, ORG, …; COUNTRY for a country."""
        counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for entity in self._parsed.entities:
            tokens = [token for token in name_tokens(self.text[entity.start : entity.end]) if token.key != "s"]
            if tokens:
                label = "COUNTRY" if tokens[-1].place else entity.label
                counts[tokens[-1].key][label] += 1
        most = {key: max(sorted(found), key=lambda label: found[label]) for key, found in counts.items()}
        # Who is a person by the full name is one by the surname, whatever the pipeline takes that for.
        return most | {keys[-1]: "PERSON" for _, keys in self.people if len(keys) > 1}

    @cached_property
    def offices(self) -> dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
        """Word of an office ("mayor") → the persons who are called so, with the words of the description."""
        found: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
        for span, keys in self.people:
            for words in _descriptions(self.text, span):
                for word in words:
                    found[word].append((keys, frozenset(words)))
        return found


def _descriptions(text: str, name: Span) -> Iterator[list[str]]:
    """What stands right before a name without a comma, and behind one in commas."""
    before = text[max(0, name.start - 60) : name.start]
    before = before[max(before.rfind(mark) for mark in ",.;:()\n\"“”'`") + 1 :]
    kept: list[str] = []
    for token in reversed(name_tokens(before)):
        if token.capital and not token.place and token.key not in TITLES:
            continue
        if token.key in {"the", "a", "an", "and", "but", "said", "by", "to", "with", "from", "that", "as"}:
            break
        kept.insert(0, token.key)
    yield kept[-5:]
    # A title may be a part of what the pipeline takes for the name.
    yield [token.key for token in name_tokens(text[name.slice]) if token.key in TITLES]
    behind = text[name.end : name.end + 80].lstrip()
    if behind.startswith(","):
        part = behind[1:].split(",")[0].split(".")[0].split("\n")[0]
        tokens = [token.key for token in name_tokens(part)]
        if tokens and tokens[0] in {"the", "a", "an", "its", "his", "her", *TITLES}:
            yield tokens[:8]
