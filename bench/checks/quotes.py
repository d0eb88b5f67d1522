"""Quotations of a candidate: word for word in the document, altered, or invented.

English only. Quote style, case, white space, hyphens and punctuation don't count; every word does.
An ellipsis or a bracketed insertion splits a quotation into parts that must occur in order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bench.checks.alignment import WordIndex, differences, plain_words, word_index
from bench.checks.context import STOP_WORDS, surroundings
from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.quotations import QUOTATION_RULES, Quotation, quotations
from bench.claims import claim_rules
from bench.errors import InputError
from bench.scorer import signature
from bench.text import sentence_spans
from bench.types import Pair, Span

_VERSION = 1
_OMISSION = re.compile(r"\[[^\]]*\]|\(\s*(?:\.\s?){3}\)|(?:\.\s?){3,}|…")
# Parts of one quotation that stand farther apart than this are not one quotation.
_PARTS_WITHIN = 100
# A quotation of up to this many words may be compared by the words around it.
_SHORT = 4
_SHARED_CONTEXT = 0.5


class Quotes(FindingsCheck):
    """Text in quotation marks must be in the document word for word.

    Exact: ``supported`` (the reason says if the document has the words without quotation marks).
    Altered: ``contradicted``, with the original as evidence, when the best alignment by words reaches
    ``altered`` (weight of the shared words over that of the longer side), or when a short quotation stands
    where the document has another one in the same context. Invented: ``unsupported``.
    Unclosed quotations and those over several paragraphs are judged; each sentence of a long
    quotation gets its own verdict on its part.
    """

    nothing = "no quotation in this claim"

    def __init__(self, *, altered: float = 0.6, name: str = "quotes") -> None:
        if not 0 < altered <= 1:
            raise InputError(f"checks.{name}.altered must be above 0 and at most 1, not {altered}")
        self.name = name
        self.altered = altered

    def signature(self) -> str:
        """Version of the rules, of the quotation finder and the sentence splitter, and the threshold."""
        return signature(
            "quotes", version=_VERSION, quotations=QUOTATION_RULES, claims=claim_rules(), altered=self.altered
        )

    def findings(self, pair: Pair, sentences: Sequence[Span]) -> Iterator[Finding]:
        """What became of the quotations (or their parts) in each sentence."""
        document, candidate = pair.example.document, pair.candidate.text
        quoted = quotations(candidate)
        for sentence in sentences:
            for quotation in quoted:
                if quotation.span.start < sentence.end and sentence.start < quotation.span.end:
                    yield from self._judge(document, candidate, sentence, quotation)

    def _judge(self, document: str, candidate: str, claim: Span, quotation: Quotation) -> list[Finding]:
        start, end = max(claim.start, quotation.span.start), min(claim.end, quotation.span.end)
        where = Span(start, end)
        index = word_index(document)
        parts = [part for part in _parts(candidate, start, end) if plain_words(candidate[part.slice])[0]]
        sought = [plain_words(candidate[part.slice])[0] for part in parts]
        shown = f"“{one_line(candidate[start:end])}”" + ("" if quotation.closed else " (never closed)")
        if not parts:
            return []
        places = _in_order(index, sought, _quoted_words(document))
        if places is not None:
            spans = tuple(index.span(place, place + len(part)) for place, part in zip(places, sought, strict=True))
            inside = all(_inside(span, document) for span in spans)
            shown += "" if inside else " (there without quotation marks)"
            return [Finding("supported", shown, where, spans, 1.0)]
        if len(parts) > 1 and all(index.find(part) for part in sought):
            spans = tuple(index.span(place := index.find(part)[0], place + len(part)) for part in sought)
            reason = f"altered quotation: the parts of {shown} are in the document, but not in this order or far apart"
            return [Finding("contradicted", reason, where, spans, self.altered, "quote")]
        return [
            self._approximate(document, candidate, claim, part, words, quotation)
            for part, words in zip(parts, sought, strict=True)
            if not index.find(words)
        ]

    def _approximate(
        self, document: str, candidate: str, claim: Span, part: Span, words: list[str], quotation: Quotation
    ) -> Finding:
        """Judge a stretch that isn't in the document word for word."""
        index = word_index(document)
        shown = f"“{one_line(candidate[part.slice])}”" + ("" if quotation.closed else " (never closed)")
        found = index.align(words)
        theirs = index.words[found.start : found.end] if found else []
        tangible = (set(words) & set(theirs)) - STOP_WORDS
        if found and tangible and found.similarity >= self.altered:
            span = index.span(found.start, found.end)
            changed = differences(words, theirs)
            reason = f"altered quotation {shown}: the document has “{one_line(document[span.slice])}” ({changed})"
            return Finding("contradicted", reason, part, (span,), found.similarity, "quote")
        if len(words) <= _SHORT and (original := _same_context(document, candidate, claim, part)):
            reason = f"altered quotation {shown}: in this place the document has “{one_line(document[original.slice])}”"
            return Finding("contradicted", reason, part, (original,), 0.0, "quote")
        reason = f"the quotation {shown} is not in the document"
        if found and found.similarity >= self.altered / 2 and len(tangible) > 1:
            span = index.span(found.start, found.end)
            nearest = f"{reason}; the nearest is “{one_line(document[span.slice])}”"
            return Finding("unsupported", nearest, part, (span,), found.similarity, "quote")
        return Finding("unsupported", reason, part, (), found.similarity if found else 0.0, "quote")


def _parts(text: str, start: int, end: int) -> list[Span]:
    """The stretches of ``text[start:end]`` between ellipses and bracketed insertions."""
    parts, position = [], start
    for match in _OMISSION.finditer(text, start, end):
        parts.append(Span(position, match.start()))
        position = match.end()
    return [*parts, Span(position, end)]


def _in_order(index: WordIndex, sought: Sequence[Sequence[str]], preferred: Sequence[Span]) -> list[int] | None:
    """Word indices where the parts occur one after the other; places inside quotations first."""
    options = [index.find(part) for part in sought]
    if not all(options):
        return None

    def rank(place: int) -> tuple[bool, int]:
        span = index.span(place, place + len(sought[0]))
        return not any(quote.start <= span.start and span.end <= quote.end for quote in preferred), place

    for first in sorted(options[0], key=rank):
        places = [first]
        for previous, option in zip(sought, options[1:], strict=False):
            low = places[-1] + len(previous)
            following = next((place for place in option if low <= place <= low + _PARTS_WITHIN), None)
            if following is None:
                break
            places.append(following)
        if len(places) == len(sought):
            return places
    return None


@lru_cache(maxsize=16)
def _quoted_words(document: str) -> tuple[Span, ...]:
    return tuple(quotation.span for quotation in quotations(document))


@lru_cache(maxsize=16)
def _short_quotations(document: str) -> tuple[tuple[Span, frozenset[str]], ...]:
    """The short quotations of a document, each with the content words around it in its sentence."""
    homes = sentence_spans(document)
    starts = [home.start for home in homes]
    found = []
    for quote in _quoted_words(document):
        if len(plain_words(document[quote.slice])[0]) <= _SHORT:
            home = homes[max(0, bisect_right(starts, quote.start) - 1)]
            around = surroundings(document, quote.start, quote.end, home.start, home.end)
            found.append((quote, frozenset(around)))
    return tuple(found)


def _inside(span: Span, document: str) -> bool:
    """Whether the words lie in a quotation of the document (which may end in punctuation)."""
    return any(quote.start <= span.start and span.end <= quote.end for quote in _quoted_words(document))


def _same_context(document: str, candidate: str, claim: Span, part: Span) -> Span | None:
    """The short quotation of the document that stands among the same words as this one."""
    ours = surroundings(candidate, part.start, part.end, claim.start, claim.end)
    best: tuple[float, Span] | None = None
    for quote, theirs in _short_quotations(document):
        shared = len(ours & theirs)
        share = shared / max(1, min(len(ours), len(theirs)))
        if shared >= 2 and share >= _SHARED_CONTEXT and (best is None or share > best[0]):
            best = share, quote
    return best[1] if best else None
