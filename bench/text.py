"""Sentences with offsets, words and normalisation: pure functions over strings.

The sentence splitter is rule-based and needs no model, so that every scorer that depends on
sentences gives the same numbers on every machine. ``SENTENCE_RULES`` names its version and
belongs into the signature of every number that depends on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bench.stops import CLOSERS, begins_small, cuts
from bench.types import Span

SENTENCE_RULES = "sumbench-2"

_ENDS = ".!?…:" + CLOSERS
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_SAME_LENGTH = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Lower-case, straighten quotes and dashes, plain spaces; every character keeps its offset.

    >>> fold("“No limits” – Xi’s")
    '"no limits" - xi\\'s'
    """
    straight = text.translate(_SAME_LENGTH)
    lowered = straight.lower()
    if len(lowered) != len(straight):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in straight)
    # A final sigma depends on what follows; no other character does.
    return lowered.replace("ς", "σ")


def strip_accents(text: str) -> str:
    """Remove diacritics; the length may change.

    >>> strip_accents("Zelenskyï, Übermaß")
    'Zelenskyi, Ubermaß'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without leading and trailing white space; ``None`` if nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def word_spans(text: str) -> list[Span]:
    """Words (letters and digits of any script, inner apostrophes kept), with offsets.

    >>> [text[s.slice] for text in ["Xi's 75th year: 3.5%"] for s in word_spans(text)]
    ["Xi's", '75th', 'year', '3', '5']
    """
    return [Span(*match.span()) for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text, folded.

    >>> words("The U.S. said")
    ['the', 'u', 's', 'said']
    """
    folded = fold(text)
    return [folded[span.slice] for span in word_spans(text)]


def paragraph_spans(text: str) -> list[Span]:
    """Lines that hold text. A line break inside a hard-wrapped sentence doesn't count.

    A break is taken as a wrap when the line before it ends without a full stop, and the next
    line begins with a lower-case letter and is not preceded by an empty line. In text without
    capitals a sentence must also end within a line: else every line is a sentence.
    """
    return [paragraph for paragraph, _ in _paragraphs(text)]


def sentence_spans(text: str) -> list[Span]:
    """Sentences with offsets, in order, without surrounding white space, never crossing a paragraph.

    Abbreviations, initials and decimal points don't end a sentence; a closing quotation mark
    belongs to the sentence it closes. Headlines count as sentences. Full stops of scripts without
    capitals need no space. Where most sentences between two empty lines begin with a small
    letter, and behind a full stop that stands apart, a sentence may begin with one.

    >>> text = 'Mr. Xi met the U.S. envoy. "We agree," he said. Talks cost $3.5 million.'
    >>> [text[s.slice] for s in sentence_spans(text)]
    ['Mr. Xi met the U.S. envoy.', '"We agree," he said.', 'Talks cost $3.5 million.']
    >>> sentences("taxes rise on jan. 5. the u.s. army left. भारत जीता।")
    ['taxes rise on jan. 5.', 'the u.s. army left.', 'भारत जीता।']
    """
    spans: list[Span] = []
    for paragraph, small in _paragraphs(text):
        start = paragraph.start
        for cut in (*cuts(text, paragraph.start, paragraph.end, small=small), paragraph.end):
            if span := trim(text, start, cut):
                spans.append(span)
            start = cut
    return spans


def sentences(text: str) -> list[str]:
    """The sentences of a text as strings; see ``sentence_spans``."""
    return [text[span.slice] for span in sentence_spans(text)]


def _paragraphs(text: str) -> Iterator[tuple[Span, bool]]:
    """Every paragraph, and whether sentences begin with small letters there."""
    for lines in _blocks(text):
        small = begins_small(text, lines[0].start, lines[-1].end)
        flows = not small or any(any(True for _ in cuts(text, line.start, line.end, small=True)) for line in lines)
        current = lines[0]
        for line in lines[1:]:
            if flows and text[line.start].islower() and text[current.end - 1] not in _ENDS:
                current = Span(current.start, line.end)
            else:
                yield current, small
                current = line
        yield current, small


def _blocks(text: str) -> Iterator[list[Span]]:
    """The lines between two empty lines."""
    block: list[Span] = []
    start = 0
    for line in text.split("\n"):
        if span := trim(text, start, start + len(line)):
            block.append(span)
        elif block:
            yield block
            block = []
        start += len(line) + 1
    if block:
        yield block
