"""How much of a candidate is copied from the document: coverage, density, compression, novel n-grams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bench.metrics.tokens import UNICODE_TOKENS, unicode_details, unicode_words
from bench.scorer import Scorer, Undefined, signature
from bench.types import Pair, Score, Seen

_NOVEL_SIZES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class WordIndex:
    """A document's words, prepared for many candidates."""

    words: Sequence[str]
    places: Mapping[tuple[str, ...], Sequence[int]]
    """Two words side by side, and where they stand, in order."""
    ngrams: Mapping[int, frozenset[tuple[str, ...]]]
    """The different n-grams by size."""


def index_words(words: Sequence[str]) -> WordIndex:
    """Index a document; linear in its length."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, pair in enumerate(ngrams(words, 2)):
        places[pair].append(place)
    return WordIndex(words, dict(places), {size: frozenset(ngrams(words, size)) for size in _NOVEL_SIZES})


def ngrams(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """All n-grams of a text, in order.

    >>> ngrams("to be or".split(), 2)
    [('to', 'be'), ('be', 'or')]
    """
    return list(zip(*(words[start:] for start in range(size)), strict=False))


def fragment_lengths(candidate: Sequence[str], document: WordIndex) -> list[int]:
    """Lengths in words of the extractive fragments: stretches that the candidate shares with the document.

    From left to right, the longest match at each word of the candidate is taken, and the next one
    is looked for after it. Source: Grusky et al., "Newsroom" (NAACL 2018), the procedure for
    F(A, S), and the code released with it. Within the document that procedure goes on after each
    match it has looked at, so that it misses a longer match which starts inside a shorter one; so
    does this function.

    >>> fragment_lengths("the two met in Rome today".split(), index_words("in Rome the two met".split()))
    [3, 2]
    """
    lengths: list[int] = []
    start = 0
    while start < len(candidate):
        length = _longest_match(candidate, start, document)
        if length:
            lengths.append(length)
        start += max(length, 1)
    return lengths


def _longest_match(candidate: Sequence[str], start: int, document: WordIndex) -> int:
    # A match of two words or more starts where its first two words stand side by side. These
    # places are few, where the paper's procedure looks at every word of the document.
    best = 1 if (candidate[start],) in document.ngrams[1] else 0
    resume = 0
    for place in document.places.get(tuple(candidate[start : start + 2]), ()):
        if place < resume:
            continue
        length, most = 2, min(len(candidate) - start, len(document.words) - place)
        while length < most and candidate[start + length] == document.words[place + length]:
            length += 1
        best = max(best, length)
        resume = place + length
    return best


class Extractiveness(Scorer):
    """Descriptive figures about copying; none of them says that a summary is good or bad.

    Values, over words without punctuation, case folded (``bench.metrics.tokens.unicode_words``):
        coverage: share of the candidate's words that lie in extractive fragments, 0 to 1.
        density: mean over the candidate's words of the length of the fragment that each lies in
            (0 outside of fragments); 0 to the candidate's length.
        compression: document words for each candidate word.
        novel_1gram to novel_4gram: share of the candidate's different n-grams that don't occur in
            the document, 0 to 1; absent where the candidate has fewer than n words.
        document_words: length of the document.

    Source: Grusky et al. (2018) for the first three; See et al. (2017), figure 6, for novel n-grams,
    counted over different n-grams as in SummEval's toolkit (Fabbri et al. 2021). Published figures
    count punctuation marks as words too, so they differ a little. A candidate or document without
    words is undefined.

    >>> from bench.types import Candidate, Example, Pair
    >>> example = Example("1", "The two met in Rome on Monday.", ())
    >>> score, = Extractiveness().score([Pair(example, Candidate("1", "me", "They met in Rome."))])
    >>> score.values["coverage"], score.values["density"], score.values["novel_2gram"]
    (0.75, 2.25, 0.3333333333333333)
    """

    higher_is_better = dict.fromkeys(
        ["coverage", "density", "compression", *(f"novel_{size}gram" for size in _NOVEL_SIZES), "document_words"]
    )
    headline = ("coverage", "density", "compression", "novel_2gram")

    def __init__(self, *, name: str = "extractiveness") -> None:
        self.name = name

    def signature(self) -> str:
        """Only the rules for words can move the numbers."""
        return signature("extractiveness", version=1, words=UNICODE_TOKENS)

    def details(self) -> Mapping[str, str]:
        """The version of Python's character tables."""
        return unicode_details()

    def score_pair(self, pair: Pair) -> Score:
        """Score one pair; raises Undefined where either text has no words."""
        words = unicode_words(pair.candidate.text)
        document = _index_text(pair.example.document)
        if not words:
            raise Undefined(f"the candidate {_why_wordless(pair.candidate.text)}")
        if not document.words:
            raise Undefined(f"the document {_why_wordless(pair.example.document)}")
        lengths = fragment_lengths(words, document)
        values = {
            "coverage": sum(lengths) / len(words),
            "density": sum(length**2 for length in lengths) / len(words),
            "compression": len(document.words) / len(words),
        }
        for size in _NOVEL_SIZES:
            if own := set(ngrams(words, size)):
                values[f"novel_{size}gram"] = len(own - document.ngrams[size]) / len(own)
        values["document_words"] = len(document.words)
        too_long = [f"novel_{size}gram" for size in _NOVEL_SIZES if size > len(words)]
        absent = f"no {', '.join(too_long)}: the candidate has fewer words" if too_long else None
        return self.ok(pair, values, seen=Seen(candidate=1.0, document=1.0), absent=absent)


# A document comes once a system, mostly in a row; a few are enough.
@lru_cache(maxsize=4)
def _index_text(text: str) -> WordIndex:
    return index_words(unicode_words(text))


def _why_wordless(text: str) -> str:
    return "has no words" if text.strip() else "is empty"
