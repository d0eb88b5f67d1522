"""Where a text quotes: quotation marks of many styles → spans of what stands between them.

Pure functions. English punctuation: “ ” " « » „ `` '' and single ‘ ’ ' where they aren't apostrophes.
What is found are outermost quotations; a quotation inside another one is part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from bench.text import paragraph_spans, sentence_spans, trim
from bench.types import Span

QUOTATION_RULES = "2"
"""Version of the rules in this file; part of the signature of what depends on them."""

_DOUBLE = re.compile(r"``|''|[\"“”„‟«»]")
_SINGLE = re.compile(r"(?<!`)`(?!`)|[‘’'‚‛‹›]")
_CLOSING_ONLY = frozenset({"”", "''", "»"})
_OPENING_ONLY = frozenset({"“", "``", "„", "‟", "«"})
_OPEN_BEFORE = frozenset("([{-–—/\"“”„«»‘’'`")
# Apostrophes that stand for missing letters: ’90s, ’em, rock ’n’ roll.
_ELISION = re.compile(r".(?:\d\ds?|em|til|till|cause|cos|twas|tis|bout|round|n|un|ere|kay|hood)\b", re.IGNORECASE)


# Endings that tokenised text sets apart: Xi 's, Xi ' s, we 're, did n't, do n ' t.
_CLITIC = re.compile(r".\s?(?:s|m|re|ve|ll|d|t)(?![^\W_])", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"[^\W_][\])]?\s?$")
_SPEAKER_FOLLOWS = re.compile(r"\sI(?=\s)")
_TOKENISED = re.compile(r"\w [.,](?:\s|$)")


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between a pair of quotation marks, without the marks and outer white space."""

    span: Span
    closed: bool
    """Whether a closing mark was found. An unclosed one ends with its sentence, or with its
    paragraph where the next paragraph begins with a quotation mark (it goes on there)."""


def quotations(text: str) -> list[Quotation]:
    """The outermost quotations of a text, in order, never crossing a paragraph.

    >>> text = 'He spoke of a “no limits” bond; ‘it’s the ’90s’, said Xi: "We agree.'
    >>> [(text[q.span.slice], q.closed) for q in quotations(text)]
    [('no limits', True), ('it’s the ’90s', True), ('We agree.', False)]
    """
    paragraphs = paragraph_spans(text)
    found: list[Quotation] = []
    for index, paragraph in enumerate(paragraphs):
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        continued = following is not None and _DOUBLE.match(text, following.start) is not None
        doubles = _doubles(text, paragraph, continued)
        singles = _singles(text, paragraph, doubles)
        inside = [double for double in doubles if not _within(double.span.start, singles)]
        found += sorted([*inside, *singles], key=lambda quotation: quotation.span.start)
    return found


def _doubles(text: str, paragraph: Span, continued: bool) -> list[Quotation]:
    found: list[Quotation] = []
    start: int | None = None

    def close(end: int, closed: bool) -> None:
        if start is not None and not closed and not (continued and end == paragraph.end):
            end = min(end, start + sentence_spans(text[start:end])[0].end) if text[start:end].strip() else end
        if start is not None and (span := trim(text, start, end)):
            found.append(Quotation(span, closed))

    for match in _DOUBLE.finditer(text, paragraph.start, paragraph.end):
        mark, shape = match.group(), _shape(text, match.start(), match.end(), paragraph)
        if start is None:
            if shape == "opens" or (shape == "either" and mark not in _CLOSING_ONLY):
                start = match.end()
        elif shape == "opens" and mark not in _CLOSING_ONLY:
            close(match.start(), closed=False)
            start = match.end()
        else:
            close(match.start(), closed=True)
            start = None
    close(paragraph.end, closed=False)
    return found


def _shape(text: str, start: int, end: int, paragraph: Span) -> str:
    """What the characters around a double mark say: it ``opens``, ``closes`` or ``either``."""
    left = text[start - 1] if start > paragraph.start else " "
    right = text[end] if end < paragraph.end else " "
    left_open = left.isspace() or left in _OPEN_BEFORE
    right_open = not right.isspace() and right not in ".,;:!?)]}"
    if left_open and right_open:
        return "opens"
    if left_open or (not left.isspace() and right.isalnum()):
        # Free-standing as in tokenised text, or stuck between two words: the style of the mark decides.
        mark = text[start:end]
        if not left_open and mark in _CLOSING_ONLY:
            return "closes"
        if not left_open and mark in _OPENING_ONLY:
            return "opens"
        return "either"
    return "closes"


def _singles(text: str, paragraph: Span, doubles: list[Quotation]) -> list[Quotation]:
    marks = [
        match.start()
        for match in _SINGLE.finditer(text, paragraph.start, paragraph.end)
        if not _within(match.start(), doubles) and not _clitic(text, match.start(), paragraph)
    ]
    found: list[Quotation] = []
    position = paragraph.start
    tokenised = _TOKENISED.search(text, paragraph.start, paragraph.end) is not None
    ends = _single_ends(text, marks, paragraph)
    for mark, end in zip(marks, ends, strict=True):
        if mark < position or end is None or not _opens_single(text, mark, paragraph, tokenised):
            continue
        span = trim(text, mark + 1, end)
        if span and sum(char.isalnum() for char in text[span.slice]) > 1:
            found.append(Quotation(span, True))
            position = end + 1
    return found


def _within(place: int, found: list[Quotation]) -> bool:
    """Whether a place lies within one of these quotations, which are in order."""
    before = bisect_right(found, place, key=lambda quotation: quotation.span.start)
    return before > 0 and place < found[before - 1].span.end


def _clitic(text: str, mark: int, paragraph: Span) -> bool:
    """Whether a mark is the apostrophe of an ending that stands apart, as in tokenised text."""
    if text[mark] == "`" or not _CLITIC.match(text, mark, paragraph.end):
        return False
    return _WORD_BEFORE.search(text, max(paragraph.start, mark - 3), mark) is not None


def _opens_single(text: str, mark: int, paragraph: Span, tokenised: bool) -> bool:
    left = text[mark - 1] if mark > paragraph.start else " "
    right = text[mark + 1] if mark + 1 < paragraph.end else " "
    if text[mark] == "`":
        return True  # in tokenised text with a space behind it
    if left.isspace() and right.isspace() and text[mark] in "'‘":
        return _opens_apart(text, mark, paragraph, tokenised)
    if text[mark] in "’›" or not (left.isspace() or left in _OPEN_BEFORE) or right.isspace():
        return False
    return text[mark] in "‘‚‹" or (_ELISION.match(text, mark) is None and right not in ".,;:!?)")


def _opens_apart(text: str, mark: int, paragraph: Span, tokenised: bool) -> bool:
    """Whether a free-standing mark of a tokenised text opens: it follows a word, but no plural, or a colon,
    or stands before "I"."""
    before = text[max(paragraph.start, mark - 3) : mark].rstrip()[-1:]
    if before in set(".!?,") and _SPEAKER_FOLLOWS.match(text, mark + 1):
        return True
    return tokenised and (before.isalnum() or before == ":") and before not in "sS"


def _single_ends(text: str, marks: list[int], paragraph: Span) -> list[int | None]:
    """For each mark the later one that closes a single quotation which it opens: not an apostrophe, a plural
    possessive only if nothing else."""
    ends: list[int | None] = []
    sure: int | None = None
    possessive: int | None = None
    # From the right: what closes at one mark's place depends on what follows it only.
    for mark in reversed(marks):
        ends.append(possessive if sure is None else sure)
        left, right = text[mark - 1], text[mark + 1] if mark + 1 < paragraph.end else " "
        if text[mark] == "`":
            sure = possessive = None
        elif left.isspace() and not right.isspace():
            if not _ELISION.match(text, mark):
                sure = possessive = None  # the next quotation begins here
        elif right.isalnum():
            continue
        elif left in "sS" and text[mark + 1 : mark + 3].strip()[:1].isalpha():
            possessive = mark
        else:
            sure, possessive = mark, None
    return ends[::-1]
