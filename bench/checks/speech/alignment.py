"""Word sequences in a document: exact occurrences, and the best approximate one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from bench.checks.words.context import STOP_WORDS
from bench.language.article import Article
from bench.models.syntax import lemma
from bench.text import fold
from bench.types import Span

# U.S. and US are one word; a currency or per cent sign is a word, other signs are not. A contraction is two
# words, as in tokenised text, where its apostrophe may stand alone: don't, do n't, don ' t.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|n ?' ?t\b|can(?=not\b)|[^\W_]+?(?=n ?' ?t\b)|[^\W_]+|[$€£¥%]",
)
_CONTRACTED = {"m": "am", "re": "are", "ve": "have", "ll": "will", "n't": "not"}
_BEFORE_NOT = {"ca": "can", "wo": "will", "sha": "shall"}
# British and American spelling.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{5})([lpst])\1(?=(?:ed|ing|ers?|ors?)$)"), r"\1"),
    (re.compile(r"(?<=[a-z]{3})(is|ys)(?=(?:e|ed|es|er|ers|ing|ations?)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|able|ites?|hoods?|ly|ful)?$)"), "or"),
)
_STOP_WEIGHT = 0.25
_SEEDS = 12
_WINDOWS = 6


def plain_words(text: str) -> tuple[list[str], list[Span]]:
    """The words of a text without case, quote style, hyphens or punctuation, and where they are.

    Contractions are written out, but for "'s"; British spelling is American.

    >>> plain_words("The “no-limits” U.S.’ plan")[0]
    ['the', 'no', 'limits', 'us', 'plan']
    >>> plain_words("We won't labour")[0] == plain_words("we wo n't labor")[0] == ["we", "will", "not", "labor"]
    True
    """
    folded = fold(text)
    spans = [Span(*match.span()) for match in _WORD.finditer(folded)]
    found: list[str] = []
    for span in spans:
        word = folded[span.slice].replace(" ", "").replace(".", "")
        if word == "n't" and found:
            found[-1] = _BEFORE_NOT.get(found[-1], found[-1])
        if word in _CONTRACTED and (
            word == "n't" or folded[max(0, span.start - 3) : span.start].rstrip(" ").endswith("'")
        ):
            word = _CONTRACTED[word]
        found.append(_spelled(word))
    return found, spans


@lru_cache(maxsize=50_000)
def _spelled(word: str) -> str:
    if len(word) > 5:
        for pattern, letters in _SPELLINGS:
            word = pattern.sub(letters, word)
    return word


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where in the document a sequence of words has its best match."""

    start: int
    """Index of the first document word."""
    end: int
    """Index after the last one."""
    similarity: float
    """Weight of the words shared in order over the weight of the longer side, 0 to 1 (1: identical).
    A stop word weighs a quarter of another word."""


class WordIndex:
    """The words of one document, with their positions."""

    def __init__(self, document: Article) -> None:
        self.document = document
        self.words, self.spans = plain_words(document.text)

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Word → its indices, ascending."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, word in enumerate(self.words):
            found[word].append(index)
        return dict(found)

    @cached_property
    def bases(self) -> list[str]:
        """The words without their inflection."""
        return [lemma(word) for word in self.words]

    def span(self, start: int, end: int) -> Span:
        """The characters of the words ``start`` to ``end`` (exclusive)."""
        return Span(self.spans[start].start, self.spans[end - 1].end)

    def find(self, sought: Sequence[str]) -> list[int]:
        """Indices of the first words of all exact occurrences, ascending."""
        if not sought:
            return []
        lists = [self.positions.get(word, []) for word in sought]
        rarest = min(range(len(sought)), key=lambda index: len(lists[index]))
        wanted = list(sought)
        starts = (place - rarest for place in lists[rarest])
        return [start for start in starts if start >= 0 and self.words[start : start + len(wanted)] == wanted]

    def align(self, sought: Sequence[str]) -> Alignment | None:
        """The stretch of the document most like these words; ``None`` if they share no word.

        Windows are proposed by the words of ``sought`` that are rarest in the document and compared
        by ``difflib``; ties go to the earlier place. Linear in the document's length.
        """
        known = sorted({word for word in sought if word in self.positions}, key=lambda w: (len(self.positions[w]), w))
        votes: Counter[int] = Counter()
        for word in known[:_SEEDS]:
            for index in (index for index, other in enumerate(sought) if other == word):
                for place in self.positions[word]:
                    votes[(place - index) // 4] += 1
        buckets = sorted(votes, key=lambda b: (-(2 * votes[b] + votes[b - 1] + votes[b + 1]), b))[:_WINDOWS]
        best: Alignment | None = None
        for bucket in sorted(buckets):
            low = max(0, bucket * 4 - len(sought) // 2 - 4)
            high = min(len(self.words), bucket * 4 + 2 * len(sought) + 8)
            found = _local(sought, self.words[low:high], low)
            if found and (best is None or found.similarity > best.similarity):
                best = found
        return best


def _local(sought: Sequence[str], window: Sequence[str], offset: int) -> Alignment | None:
    """The part of the window that is most like ``sought``: outer matches are dropped while that helps."""
    blocks = [b for b in SequenceMatcher(None, sought, window, autojunk=False).get_matching_blocks() if b.size]
    if not blocks:
        return None

    whole = _weight(sought)

    def similarity(first: int, last: int) -> float:
        shared = sum(_weight(window[block.b : block.b + block.size]) for block in blocks[first : last + 1])
        theirs = _weight(window[blocks[first].b : blocks[last].b + blocks[last].size])
        return shared / max(whole, theirs)

    first, last = 0, len(blocks) - 1
    while first < last:
        now, left, right = similarity(first, last), similarity(first + 1, last), similarity(first, last - 1)
        if max(left, right) <= now:
            break
        if left >= right:
            first += 1
        else:
            last -= 1
    end = blocks[last].b + blocks[last].size
    return Alignment(offset + blocks[first].b, offset + end, similarity(first, last))


def _weight(words: Sequence[str]) -> float:
    return sum(_STOP_WEIGHT if word in STOP_WORDS else 1.0 for word in words)
