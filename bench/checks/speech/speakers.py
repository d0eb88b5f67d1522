"""Who says what in a text. English only.

A speaker that is a pronoun or an office is looked up where that is plain; where it isn't, nothing is said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bench.checks.speech.naming import Naming, general, naming, span_of, within
from bench.checks.speech.persons import Persons
from bench.checks.speech.saying import Said, said_in
from bench.checks.words.spelling import key, name_tokens
from bench.models.syntax import parse_sentence
from bench.quotations import quotations
from bench.text import sentence_spans
from bench.types import Span

SPEAKER_RULES = "1"
"""Version of the rules in this file and ``naming``; part of the signature of what depends on them."""

_BACK = 4
"""Sentences that a pronoun's or a quotation's speaker is looked for."""
_SINGULAR = frozenset({"he", "she"})
_FIRST_PERSON = frozenset({"i", "we", "you", "me", "us"})
_GAP = 6
"""Characters between a quotation and who says it right behind it: marks and spaces."""
_LONGEST = 1200
"""Characters of a sentence that are parsed; what isn't prose may have longer ones."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something, as a text names them."""

    said: Said
    naming: Naming
    """The name, also where the text has a pronoun or an office, if it is plain whom that means."""
    how: str = ""
    """How the name was found, where it stands elsewhere: "pronoun" or "office"."""


class Speech(Persons):
    """Who says what in one text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.sentences = sentence_spans(text)
        self._starts = [sentence.start for sentence in self.sentences]
        self.quotations = [quotation.span for quotation in quotations(text)]
        self._said: dict[int, tuple[Said, ...]] = {}

    def home(self, offset: int) -> int:
        """Index of the sentence that an offset lies in."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def said(self, index: int) -> tuple[Said, ...]:
        """What is said in a sentence outside of its quotations; offsets are the text's."""
        if index not in self._said:
            home = self.sentences[index]
            part = self.text[home.start : min(home.end, home.start + _LONGEST)]
            found = (_shift(said, home.start) for said in said_in(parse_sentence(part)))
            # "I" outside of quotations speaks in one whose marks were not understood.
            self._said[index] = tuple(
                said
                for said in found
                if not self.quoted(said.verb) and self.text[said.speaker.slice].lower() not in _FIRST_PERSON
            )
        return self._said[index]

    def quoted(self, span: Span) -> bool:
        """Whether a place lies in a quotation."""
        return any(quote.start <= span.start and span.end <= quote.end for quote in self.quotations)

    def around(self, span: Span) -> Span:
        """The quotation that a place lies in, or the place itself."""
        return next((q for q in self.quotations if q.start <= span.start and span.end <= q.end), span)

    def of(self, span: Span) -> Said | None:
        """Who says a stretch: the one right behind its quotation, the nearest before, or the next behind it.

        A sentence that is nothing but quotation goes on from the one before.
        """
        quote = self.around(span)
        last = self.home(quote.end - 1)
        for index in dict.fromkeys((last, self.home(span.start), self.home(quote.start))):
            saying = [said for said in self.said(index) if said.reporting or self.quoted(span)]
            if chosen := self._nearest(saying, quote):
                return chosen
        if not self.quoted(span):
            return None
        index = self.home(quote.start)
        # Tokenised texts leave the closing mark to the next sentence, and who said it with it.
        for previous in range(index - 1, max(-1, index - _BACK), -1):
            if not self._bare(index):
                break
            saying = [said for said in self.said(previous) if self._quotes(previous, said)]
            if saying:
                return saying[-1]
            index = previous
        return None

    def _nearest(self, found: Sequence[Said], quote: Span) -> Said | None:
        """The one of a sentence in whose words a quotation lies."""
        for said in found:
            if self._adjacent(quote.end, span_of(said).start):
                return said
        holding = [said for said in found if any(_holds(part, quote) for part in said.scope)]
        before = [said for said in holding if said.verb.end <= quote.start]
        if holding:
            return (before or holding)[-1]
        return next((said for said in reversed(found) if self._adjacent(span_of(said).end, quote.start)), None)

    def _adjacent(self, left: int, right: int) -> bool:
        """Whether nothing but marks and spaces stands between two places."""
        return 0 <= right - left <= _GAP and not any(char.isalnum() for char in self.text[left:right])

    def _bare(self, index: int) -> bool:
        """Whether a sentence has (almost) no words outside of quotations."""
        home = self.sentences[index]
        outside, position = "", home.start
        for quote in self.quotations:
            if quote.end > home.start and quote.start < home.end:
                outside += self.text[position : max(position, quote.start)]
                position = min(max(position, quote.end), home.end)
        outside += self.text[position : home.end]
        return not any(char.isalnum() for char in outside)

    def _quotes(self, index: int, said: Said) -> bool:
        """Whether somebody's words are quoted in a sentence, or are about to be: a colon ends it."""
        home = self.sentences[index]
        inside = any(quote.end > home.start and quote.start < home.end for quote in self.quotations)
        return inside or self.text[said.verb.end : home.end].rstrip().endswith(":")

    def enclosing(self, span: Span) -> tuple[Said, ...]:
        """Everybody in whose words a stretch may lie: who says that another says it counts too."""
        first = self.of(span)
        found = [first] if first else []
        quoted = self.quoted(span)
        for index in dict.fromkeys((self.home(span.start), self.home(span.end - 1))):
            saying = [said for said in self.said(index) if quoted or said.reporting]
            found += [said for said in saying if any(_holds(part, span) for part in said.scope)]
        return tuple(dict.fromkeys(found))

    def speaker(self, said: Said, known: Mapping[str, str] | None = None) -> Speaker:
        """The speaker, named also where a pronoun or an office plainly stands for one (``known``: see ``naming``)."""
        called = naming(self.text, said, known)
        if called.pronoun in _SINGULAR:
            name = self._antecedent(said)
            return Speaker(said, replace(called, name=name), "pronoun") if name else Speaker(said, called)
        if not called.name and not called.pronoun and not general(called):
            name = self._holder(called)
            return Speaker(said, replace(called, name=name), "office") if name else Speaker(said, called)
        return Speaker(said, called)

    def _antecedent(self, said: Said, depth: int = _BACK) -> tuple[str, ...]:
        """The person whom "he" or "she" must mean: the only one named before, who is the subject there."""
        index = self.home(said.speaker.start)
        own = [person for start, person in self.persons(index) if start < said.speaker.start]
        if own:
            return own[0] if len(set(own)) == 1 else ()
        if not index or not depth:
            return ()
        subjects = self._subjects(index - 1)
        named = {person[-1] for _, person in self.persons(index - 1)}
        if self._bare(index - 1):
            return self._antecedent(_moved(said, self.sentences[index - 1].start), depth - 1)
        # The one person who is named there as the subject; or of several, the one who speaks.
        speaks = {self.text[other.speaker.slice].split()[-1] for other in self.said(index - 1)}
        subject = [person for _, person in self.persons(index - 1) if subjects and person[-1] in subjects[0]]
        if subject and (len(named) == 1 or any(key(word) == subject[0][-1] for word in speaks)):
            return subject[0]
        pronoun = self.text[said.speaker.slice].lower()
        if not named and subjects and subjects[0] == {pronoun}:
            return self._antecedent(_moved(said, self.sentences[index - 1].start), depth - 1)
        return ()

    def acts(self, index: int, name: str) -> bool:
        """Whether somebody of that name is a subject or speaks in a sentence."""
        speaking = any(name in naming(self.text, said).name for said in self.said(index))
        return speaking or any(name in subject for subject in self._subjects(index))

    def _subjects(self, index: int) -> list[set[str]]:
        """The words of the subjects of a sentence's main verb outside of quotations, with their additions."""
        home = self.sentences[index]
        words = parse_sentence(self.text[home.start : min(home.end, home.start + _LONGEST)])
        found = []
        for place, word in enumerate(words):
            if word.dep in {"nsubj", "nsubjpass"} and words[word.head].dep == "ROOT":
                span = Span(home.start + word.start, home.start + word.end)
                if not self.quoted(span):
                    parts = [w.text for w in words if w.head == place and w.dep in {"compound", "flat", "appos"}]
                    keys = {token.key for token in name_tokens(" ".join([*parts, word.text]))}
                    found.append(keys)
        return found

    def persons(self, index: int) -> list[tuple[int, tuple[str, ...]]]:
        """The persons named in a sentence outside of quotations: where, and the keys of the name."""
        home = self.sentences[index]
        return [
            (span.start, keys)
            for span, keys in self.people
            if home.start <= span.start < home.end and not self.quoted(span)
        ]

    def _holder(self, called: Naming) -> tuple[str, ...]:
        """The only person whom the text gives this office; of several, the one of the same institution."""
        found: dict[str, tuple[str, ...]] = {}
        for keys, described in self.offices.get(called.head, ()):
            if not called.around or within(called.around, described):
                found.setdefault(keys[-1], keys)
                found[keys[-1]] = max(found[keys[-1]], keys, key=len)
        return next(iter(found.values())) if len(found) == 1 else ()


def _shift(said: Said, by: int) -> Said:
    def moved(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    return replace(
        said,
        verb=moved(said.verb),
        speaker=moved(said.speaker),
        wide=moved(said.wide),
        scope=tuple(map(moved, said.scope)),
        proper=tuple(map(moved, said.proper)),
        heard=tuple(map(moved, said.heard)),
    )


def _moved(said: Said, start: int) -> Said:
    """The same pronoun as if it stood at the beginning of an earlier sentence."""
    return replace(said, speaker=Span(start, start + said.speaker.end - said.speaker.start))


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


@lru_cache(maxsize=64)
def speech(text: str) -> Speech:
    """Who says what in a text; the last few are kept, since many candidates share a document."""
    return Speech(text)
