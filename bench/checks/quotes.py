"""Quotations of a candidate: word for word in the document, altered, or invented. Who says them is not judged.

English only. Quote style, case, white space, hyphens and punctuation don't count; every word does.
An ellipsis or a bracketed insertion splits a quotation into parts that must occur in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.speech.alignment import WordIndex, plain_words
from bench.checks.speech.quoted_words import SHORT, in_order, inflected, parts, reordered, same_context, shifted, whole
from bench.checks.speech.word_diff import show, word_diff
from bench.checks.words.context import STOP_WORDS
from bench.checks.words.places import Beside
from bench.claims import claim_rules
from bench.errors import InputError
from bench.language.article import Article
from bench.quotations import QUOTATION_RULES, Quotation
from bench.scorer import signature
from bench.types import ErrorKind, Span

_VERSION = 4
# Short quotations may have their words in another order.
_LONGEST_REORDERED = 8
_WORK = re.compile(
    r"\b(?:film|movie|book|novel|song|album|single|show|series|programme|program|play|opera|musical|poem|painting|"
    r"game|magazine|newspaper|column|article|report|essay|documentary|memoir|headline|entitled|titled|called|named)"
    r"\W*$",
    re.IGNORECASE,
)
# Words of a sentence in which a single word in quotation marks is somebody's.
_SAYING = re.compile(
    r"\b(?:sa(?:ys?|id|ying)|tells?|told|add(?:s|ed|ing)|w(?:rites?|rote|ritten)|tweet\w*|call(?:s|ed|ing)?|describ\w+|"
    r"dub(?:s|bed|bing)|label\w*|brand(?:s|ed|ing)|hail\w*|slam\w*|term(?:s|ed)|according)\b",
    re.IGNORECASE,
)


class Quotes(FindingsCheck):
    """Text in quotation marks must be in the document word for word.

    Exact: ``supported`` (the reason says if the document has the words without quotation marks).
    Altered: ``contradicted``, with the original as evidence and a word diff, when the best alignment by words
    reaches ``altered`` (weight of the shared words over that of the longer side), or when a short quotation
    stands where the document has another one in the same context. Invented: ``unsupported``.
    Only person and tense are other, or the order of a few words, and the document doesn't quote: ``supported``
    as indirect speech. A single word that the document lacks, in a sentence in which nobody says or calls anything,
    is ``unchecked``: scare quotes.
    Unclosed quotations and those over several paragraphs are judged; each sentence of a long
    quotation gets its own finding on its part.
    """

    nothing = "no quotation in this claim"

    def __init__(self, *, altered: float = 0.6, name: str = "quotes") -> None:
        if not 0 < altered <= 1:
            raise InputError(f"checks.{name}.altered must be above 0 and at most 1, not {altered}")
        self.name = name
        self.altered = altered

    def signature(self) -> str:
        """Version of all rules, and the threshold."""
        return signature(
            "quotes", version=_VERSION, quotations=QUOTATION_RULES, claims=claim_rules(), altered=self.altered
        )

    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterator[Finding]:
        """What became of the quotations (or their parts) in each sentence."""
        for sentence in sentences:
            for quotation in candidate.quotations:
                if quotation.span.start < sentence.end and sentence.start < quotation.span.end:
                    yield from self._judge(candidate.of(Beside, document, sentence), quotation)

    def _judge(self, beside: Beside, quotation: Quotation) -> Iterator[Finding]:
        """The findings for the part of a quotation that lies in a sentence."""
        document, candidate, sentence = beside.document, beside.candidate, beside.sentence
        where = Span(max(sentence.start, quotation.span.start), min(sentence.end, quotation.span.end))
        words = [(part, plain_words(candidate[part])[0]) for part in parts(candidate.text, where.start, where.end)]
        words = [(part, found) for part, found in words if found]
        if not words:
            return
        index, sought = document.of(WordIndex), [found for _, found in words]
        shown = _shown(candidate, where, quotation)
        places = in_order(index, sought)
        if places is not None:
            spans = tuple(index.span(place, place + len(part)) for place, part in zip(places, sought, strict=True))
            note = "" if all(map(document.quote_around, spans)) else " (not quoted in the document)"
            yield Finding("supported", shown + note, where, spans, 1.0)
        elif len(words) > 1 and all(index.find(part) for part in sought):
            spans = tuple(index.span(place := index.find(part)[0], place + len(part)) for part in sought)
            reason = f"altered quotation: the parts of {shown} are in the document, but not in this order or far apart"
            yield Finding("contradicted", reason, where, spans, self.altered, "quote")
        else:
            for part, found in words:
                if not index.find(found):
                    yield from self._approximate(beside, part, found, quotation)

    def _approximate(self, beside: Beside, part: Span, words: list[str], quotation: Quotation) -> Iterator[Finding]:
        """Judge a stretch that isn't in the document word for word."""
        document, candidate, sentence = beside.document, beside.candidate, beside.sentence
        index = document.of(WordIndex)
        shown = _shown(candidate, part, quotation)
        if len(words) <= SHORT and (same := inflected(index, words)):
            reason = f"{shown} (in other forms in the document: “{one_line(document[same])}”)"
            yield Finding("supported", reason, part, (same,), self.altered)
            return
        found = index.align(words)
        theirs = index.words[found.start : found.end] if found else []
        tangible = (set(words) & set(theirs)) - STOP_WORDS
        if found and tangible and found.similarity >= self.altered:
            span = whole(index, found, len(words))
            if shifted(words, theirs) and not document.quote_around(index.span(found.start, found.end)):
                reason = f"{shown} (as indirect speech in the document, not quoted: “{one_line(document[span])}”)"
                yield Finding("supported", reason, part, (span,), found.similarity)
            else:
                yield from _altered(beside, part, span, found.similarity)
            return
        original = reordered(index, words) if len(words) <= _LONGEST_REORDERED else None
        if original:
            if not document.quote_around(original):
                note = f"in other forms or another order in the document: “{one_line(document[original])}”"
                yield Finding("supported", f"{shown} ({note})", part, (original,), self.altered)
            else:
                yield from _altered(beside, part, original, self.altered)
            return
        if len(words) <= SHORT and (original := same_context(beside, part)):
            yield from _altered(beside, part, original, 0.0)
            return
        around = candidate.text[sentence.start : part.start] + " " + candidate.text[part.end : sentence.end]
        if len(words) == 1 and not _SAYING.search(around):
            reason = f"{shown} stands in quotation marks, but nobody is said to have said it: scare quotes?"
            yield Finding("unchecked", reason, part)
            return
        kind: ErrorKind = "entity" if _work_title(candidate, part) else "quote"
        reason = f"the {'title' if kind == 'entity' else 'quotation'} {shown} is not in the document"
        if found and found.similarity >= self.altered / 2 and len(tangible) > 1:
            span = index.span(found.start, found.end)
            nearest = f"{reason}; the nearest is “{one_line(document[span])}”"
            yield Finding("unsupported", nearest, part, (span,), found.similarity, kind)
        else:
            yield Finding("unsupported", reason, part, (), found.similarity if found else 0.0, kind)


def _shown(candidate: Article, span: Span, quotation: Quotation) -> str:
    return f"“{one_line(candidate[span])}”" + ("" if quotation.closed else " (never closed)")


def _altered(beside: Beside, part: Span, original: Span, score: float) -> Iterator[Finding]:
    """One finding for each stretch of words that isn't the original's; where words were left out, their neighbours."""
    old, new = beside.document[original], beside.candidate[part]
    reason = f"altered: {show(old, new)}; the document has “{one_line(old)}”"
    pieces = word_diff(old, new)
    for number, piece in enumerate(pieces):
        if piece.kind == "added":
            where = piece.new
        elif piece.kind == "removed" and not any(p.kind == "added" for p in pieces[max(0, number - 1) : number + 2]):
            where = _around(new, piece.new.start)
        else:
            continue
        where = Span(part.start + where.start, part.start + where.end)
        yield Finding("contradicted", reason, where, (original,), score, "quote")


def _around(text: str, place: int) -> Span:
    """The words on both sides of a place."""
    spans = plain_words(text)[1]
    before = [span for span in spans if span.end <= place]
    behind = [span for span in spans if span.start >= place]
    return Span((before[-1] if before else behind[0]).start, (behind[0] if behind else before[-1]).end)


def _work_title(candidate: Article, part: Span) -> bool:
    """Whether it is the title of a film, a book or the like: its words have capitals, or the word before says so."""
    written = [word for word in re.findall(r"[^\W\d_]+", candidate[part]) if word.lower() not in STOP_WORDS]
    capital = len(written) > 1 and all(word[0].isupper() for word in written)
    return capital or (_WORK.search(candidate.text[: part.start].rstrip("\"'“‘`« ")) is not None and written[:1] != []
                       and written[0][0].isupper())  # fmt: skip
