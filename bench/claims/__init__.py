"""Claims: the pieces of a summary that are judged one by one, with offsets.

English: clauses come from the installed spaCy pipeline's parse, boilerplate and references from rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bench.claims.boilerplate import boilerplate_kind
from bench.claims.references import Reference, find_references
from bench.claims.split import pieces
from bench.models.syntax import pipeline_name
from bench.quotations import QUOTATION_RULES, quotations
from bench.text import SENTENCE_RULES, sentence_spans
from bench.types import Span

__all__ = ["CLAIM_RULES", "Claim", "Reference", "claim_rules", "claims"]

CLAIM_RULES = "sumbench-claims-1"
"""Names the version of these rules; belongs into the signature of every number that depends on claims."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A whole short sentence or a clause of a long one; the pieces of a sentence cover it without overlap."""

    span: Span
    sentence: Span
    """The sentence that it is a piece of."""
    boilerplate: str | None = None
    """What kind of boilerplate it is ("navigation", "copyright notice", …); None for a claim proper."""
    references: tuple[Reference, ...] = ()
    """The words in it that stand for something named earlier, in order."""


@lru_cache(maxsize=1024)
def claims(text: str) -> tuple[Claim, ...]:
    """The claims of a text, in order: a sentence's are the same whatever surrounds it, open quotations aside.

    >>> text = "Xi met Putin in Beijing on Thursday, and the two leaders signed a joint statement. Read more"
    >>> [(text[claim.span.slice], claim.boilerplate) for claim in claims(text)]  # doctest: +NORMALIZE_WHITESPACE
    [('Xi met Putin in Beijing on Thursday,', None), ('and the two leaders signed a joint statement.', None),
     ('Read more', 'navigation')]
    """
    referring = find_references(text)
    quoted = [_with_marks(text, quotation.span) for quotation in quotations(text)]
    found: list[Claim] = []
    for sentence in sentence_spans(text):
        words = text[sentence.slice]
        if kind := boilerplate_kind(words):
            found.append(Claim(sentence, sentence, kind))
            continue
        inside = [
            Span(max(0, quote.start - sentence.start), min(quote.end, sentence.end) - sentence.start)
            for quote in quoted
            if quote.start < sentence.end and sentence.start < quote.end
        ]
        for piece in pieces(words, inside):
            span = Span(sentence.start + piece.start, sentence.start + piece.end)
            mine = tuple(r for r in referring if span.start <= r.span.start < span.end)
            found.append(Claim(span, sentence, None, mine))
    return tuple(found)


def _with_marks(text: str, quotation: Span) -> Span:
    """The quotation with a character on either side, where its marks stand."""
    return Span(max(0, quotation.start - 1), min(len(text), quotation.end + 1))


def claim_rules() -> str:
    """The version of everything that decides what a claim is, the parsing pipeline's too, for signatures."""
    return f"{CLAIM_RULES},{SENTENCE_RULES},quotations-{QUOTATION_RULES},{pipeline_name()}"
