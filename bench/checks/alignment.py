"""Word sequences in a document: exact occurrences, and the best approximate one.

Pure functions over an index that is built once a document.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from bench.checks.context import STOP_WORDS
from bench.text import fold
from bench.types import Span

# U.S. and US are one word; a currency or per cent sign is a word, other signs are not.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:'[^\W_]+)*|[$€£¥%]")
_STOP_WEIGHT = 0.25
_SEEDS = 12
_WINDOWS = 6


def plain_words(text: str) -> tuple[list[str], list[Span]]:
    """The words of a text without case, quote style, hyphens or punctuation, and where they are.

    >>> plain_words("The “no-limits” U.S.’ plan")[0]
    ['the', 'no', 'limits', 'us', 'plan']
    """
    folded = fold(text)
    spans = [Span(*match.span()) for match in _WORD.finditer(folded)]
    return [folded[span.slice].replace(".", "") for span in spans], spans


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

    def __init__(self, text: str) -> None:
        self.words, self.spans = plain_words(text)

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Word → its indices, ascending."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, word in enumerate(self.words):
            found[word].append(index)
        return dict(found)

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


def differences(ours: Sequence[str], theirs: Sequence[str], limit: int = 4) -> str:
    """The words that differ, ours → the document's, for a reader.

    >>> differences("lay the foundations for peace".split(), "lay the groundwork for peace".split())
    'foundations → groundwork'
    """
    phrases = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        mine, original = " ".join(ours[a:b]), " ".join(theirs[c:d])
        if tag == "replace":
            phrases.append(f"{mine} → {original}")
        elif tag == "delete":
            phrases.append(f"{mine} added")
        elif tag == "insert":
            phrases.append(f"{original} left out")
    more = f", and {len(phrases) - limit} more" if len(phrases) > limit else ""
    return ", ".join(phrases[:limit]) + more


@lru_cache(maxsize=16)
def word_index(text: str) -> WordIndex:
    """The index of a document; the last few are kept, since many candidates share a document."""
    return WordIndex(text)
