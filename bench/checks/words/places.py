"""Where in the document a claim comes from: its best sentences, word by word.

Words match when they are the same without case, accents and inflection, or forms of one place's name
(China, Chinese).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bench.checks.words.context import STOP_WORDS
from bench.checks.words.spelling import name_tokens
from bench.language.article import Article
from bench.models.syntax import lemma
from bench.text import fold, strip_accents
from bench.types import Span

# "U.S." is one word, "didn't" two, "Xi's" one without its ending, "no-limits" two, "1,200.5" and "10:30" one.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?|\d+(?:[.,:]\d+)*[^\W\d_]*|n['’]t\b|"
    r"[^\W_]+?(?=n['’]t\b)|[^\W_]+(?:['’](?![sS]\b|d\b|ll\b|re\b|ve\b|m\b)[^\W_]+)*",
)
_POSSESSIVE = re.compile(r"['’][sS]?$")
_ENDING = re.compile(r"['’][sS]")
"""Of "Xi's" and "Xi 's"."""
_SMALL = STOP_WORDS | frozenset("ll ve re m d".split())
_FORMS = frozenset({"say", "tell", "not"})
_COUNTS = frozenset({"one", "two", "all", "both", "most", "many", "few", "half"})
_SMALL_WEIGHT = 0.05
"""A function word's part of a content word's weight: enough to choose between equal alignments."""
_RUN = 0.02
"""Bonus for a pair that directly follows another: words that stand together stay together."""
_LONGEST = 400
"""Words of a sentence that are aligned in order; what isn't prose may have longer "sentences"."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """A sentence of the document beside a claim."""

    sentence: Span
    """The sentence, in the document."""
    score: float
    """0 to 1: share of the claim's content words found there, rare words (in this document) counting more."""
    pairs: tuple[tuple[Span, Span], ...]
    """Word of the candidate ↔ the same word of the document's sentence, one to one, in the candidate's order."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word as claims and sentences are compared."""

    key: str
    start: int
    end: int
    small: bool
    """Whether it is a function word, too common to say what a sentence is about."""
    leans: bool
    """Whether it is a capitalised word right before another one: a first name, a title."""


def placed_words(text: Article, sentence: Span) -> tuple[PlacedWord, ...]:
    """The words of a sentence; a place's name of several words is one.

    >>> [word.key for word in placed_words(Article("The U.S. didn't visit South Korea's cities"), Span(0, 42))]
    ['the', 'united states', 'do', 'not', 'visit', 'south korea', 'city']
    """
    part, start = text[sentence], sentence.start
    places = {token.start: token for token in name_tokens(part) if token.place}
    found: list[PlacedWord] = []
    matches = [m for m in _WORD.finditer(part) if not _ENDING.fullmatch(part, max(0, m.start() - 1), m.end())]
    after = 0
    for index, match in enumerate(matches):
        if match.start() < after:
            continue
        if place := places.get(match.start()):
            after = match.start() + len(_POSSESSIVE.sub("", part[match.start() : place.end]))
            found.append(PlacedWord(place.key, start + match.start(), start + after, False, False))
            continue
        key = word_key(match.group())
        leans = key not in _SMALL and _leans(part, match, matches[index + 1 : index + 2])
        found.append(PlacedWord(key, start + match.start(), start + match.end(), key in _SMALL, leans))
    return tuple(found)


def _leans(text: str, match: re.Match[str], following: Sequence[re.Match[str]]) -> bool:
    """Whether both this word and the one after it are capitalised, with nothing but a space between."""
    return any(
        match.group()[0].isupper() and other.group()[0].isupper() and text[match.end() : other.start()] in (" ", ". ")
        for other in following
    )


@lru_cache(maxsize=50_000)
def word_key(word: str) -> str:
    """What a word is compared by.

    >>> word_key("Visited") == word_key("visits"), word_key("U.S."), word_key("1,200"), word_key("noted")
    (True, 'us', '1200', 'note')
    """
    plain = strip_accents(fold(word)).replace(".", "" if not word[:1].isdigit() else ".").replace(",", "")
    key = lemma(plain)
    # "willing" must not become "will"; "saying" may become "say", and "n't" is "not".
    blurred = key in _SMALL and plain not in _SMALL and key not in _FORMS
    return plain if blurred else key


class DocumentIndex:
    """The sentences of one document as words, with how much each word says."""

    def __init__(self, document: Article) -> None:
        self.document = document
        self.words = [document.of(placed_words, sentence) for sentence in document.sentences]
        self.homes: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self.words):
            for key in dict.fromkeys(word.key for word in words):
                self.homes[key].append(number)

    def weight(self, word: PlacedWord) -> float:
        """How much a word says: more the fewer sentences have it; above 0."""
        if word.small and word.key not in _COUNTS:
            return _SMALL_WEIGHT
        return math.log(1 + (len(self.words) + 1) / (len(self.homes.get(word.key, ())) + 0.5))


class Beside:
    """A sentence of a candidate beside the document: the one alignment of the two, for every check.

    >>> document = Article("Anna Keller flew home. Peter met Keller in Oslo on Monday.")
    >>> best, _ = Beside(Article("Mrs. Keller met Peter in Oslo."), document, Span(0, 30)).best()
    >>> [document[there] for _, there in best.pairs]
    ['Keller', 'met', 'Peter', 'in', 'Oslo']
    """

    def __init__(self, candidate: Article, document: Article, sentence: Span) -> None:
        self.candidate, self.document = candidate, document
        self.sentence = sentence
        """In the candidate."""
        self._ranked: list[tuple[float, float, int, Aligned]] = []

    @cached_property
    def index(self) -> DocumentIndex:
        """The document's words."""
        return self.document.of(DocumentIndex)

    @cached_property
    def words(self) -> tuple[PlacedWord, ...]:
        """The sentence's words."""
        return self.candidate.of(placed_words, self.sentence)

    def best(self, most: int = 3) -> list[Aligned]:
        """The ``most`` sentences of the document that have most of the sentence's words, best first.

        Of equal ones the one that has the words more in order comes first, then the earlier one.
        Sentences without any of the content words are never given.
        """
        # The bag of words ranks them but for names by surname and order: a few more are looked at closely.
        promising = self._promising[: 2 * most + 2]
        self._ranked += [self._aligned(home) for home in promising[len(self._ranked) :]]
        return [aligned for *_, aligned in sorted(self._ranked[: len(promising)], key=lambda item: item[:3])[:most]]

    @cached_property
    def _weights(self) -> list[float]:
        return [self.index.weight(word) for word in self.words]

    @cached_property
    def _promising(self) -> list[int]:
        """Numbers of the document's sentences, those that have most of the words first."""
        weights = {word.key: weight for weight, word in zip(self._weights, self.words, strict=True)}
        shares: dict[int, float] = defaultdict(float)
        for key, needed in Counter(word.key for word in self.words if not word.small).items():
            for home in self.index.homes.get(key, ()):
                here = 1 if needed == 1 else min(needed, sum(word.key == key for word in self.index.words[home]))
                shares[home] += weights[key] * here
        return sorted(shares, key=lambda home: (-shares[home], home))

    def _aligned(self, home: int) -> tuple[float, float, int, Aligned]:
        """A sentence of the document word by word, behind what it is ranked by."""
        theirs = self.index.words[home]
        pairs, order = pair_words(self.words, theirs, self._weights)
        score = _score(self.words, self._weights, {here for here, _ in pairs})
        spans = tuple((_span(self.words[a]), _span(theirs[b])) for a, b in pairs)
        return -round(score, 9), -round(order, 9), home, Aligned(self.document.sentences[home], score, spans)


def _span(word: PlacedWord) -> Span:
    return Span(word.start, word.end)


def _score(words: Sequence[PlacedWord], weights: Sequence[float], found: set[int]) -> float:
    """Share of the content words' weight; a first name or title counts only where it is found or its name isn't."""
    have = total = 0.0
    for index, word in enumerate(words):
        if word.small:
            continue
        last = index
        while words[last].leans and last + 1 < len(words):
            last += 1
        if index not in found and last != index and last in found:
            continue
        total += weights[index]
        have += weights[index] * (index in found)
    return have / total if total else 0.0


def pair_words(
    ours: Sequence[PlacedWord], theirs: Sequence[PlacedWord], weights: Sequence[float]
) -> tuple[list[tuple[int, int]], float]:
    """Pairs of equal words, one to one, in our order, and the weight of those that are in order.

    First the heaviest pairing in which both orders agree; then content words that are left over, each
    with the nearest left-over equal. Function words are paired only in order.
    """
    in_order, weight = _monotone(ours[:_LONGEST], theirs[:_LONGEST], weights)
    taken = dict(in_order)
    used = set(taken.values())
    for a, word in enumerate(ours):
        if a in taken or word.small:
            continue
        free = [b for b, other in enumerate(theirs) if b not in used and other.key == word.key]
        if free:
            # It would keep its distance from the nearest pair.
            near = min(in_order, key=lambda pair: abs(pair[0] - a), default=(a, a))
            expected = near[1] + a - near[0]
            taken[a] = min(free, key=lambda b: (abs(b - expected), b))
            used.add(taken[a])
    return sorted(taken.items()), weight


def _monotone(
    ours: Sequence[PlacedWord], theirs: Sequence[PlacedWord], weights: Sequence[float]
) -> tuple[list[tuple[int, int]], float]:
    """The pairing of equal words in the same order that weighs most (longest common subsequence, weighted)."""
    at: dict[str, list[int]] = defaultdict(list)
    for b, other in enumerate(theirs):
        at[other.key].append(b)
    # A chain of pairs is known by its last pair: its weight, and the pair before.
    chains: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {}
    # best[b]: the heaviest chain whose last pair is before b; never falls with b.
    best: list[tuple[float, tuple[int, int] | None]] = [(0.0, None)] * (len(theirs) + 1)
    for a, word in enumerate(ours):
        row = []
        for b in at.get(word.key, ()):
            before, last = best[b]
            if (a - 1, b - 1) in chains and chains[a - 1, b - 1][0] + _RUN > before:
                before, last = chains[a - 1, b - 1][0] + _RUN, (a - 1, b - 1)
            chains[a, b] = (before + weights[a], last)
            row.append((chains[a, b][0], (a, b)))
        for chain in row:
            for b in range(chain[1][1] + 1, len(best)):
                if best[b][0] >= chain[0]:
                    break
                best[b] = chain
    weight, last = best[-1]
    pairs = []
    while last is not None:
        pairs.append(last)
        last = chains[last][1]
    return pairs[::-1], weight
