"""Claims: the pieces of a summary that are judged one by one, with offsets.

English: clauses come from the installed spaCy pipeline's parse, boilerplate and framing from rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.claims.framing import FRAMING, parts
from bench.claims.split import pieces
from bench.language.article import Article
from bench.language.lexicon import lexicon_hash
from bench.models.languages import identifier_name
from bench.models.syntax import pipeline_name
from bench.quotations import QUOTATION_RULES
from bench.text import SENTENCE_RULES
from bench.types import Span

__all__ = ["CLAIM_RULES", "Claim", "claim_rules", "claims"]

CLAIM_RULES = "sumbench-claims-2"
"""Names the version of these rules; belongs into the signature of every number that depends on claims."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A whole short sentence, a clause of a long one, or a table's row; the pieces of a sentence cover it exactly."""

    span: Span
    sentence: Span
    """The sentence that it is a piece of, without a list's marker and the framing in front of it and behind it."""
    boilerplate: str | None = None
    """What kind of boilerplate or framing it is ("navigation", "closing offer", …); None for a claim proper."""
    header: Span | None = None
    """Of a table's row: the header row, which says what its cells are and is no claim itself."""

    @property
    def framing(self) -> bool:
        """Whether it stands around the summary ("Here is a summary:") rather than in it: nothing judges it."""
        return self.boilerplate in FRAMING


def claims(text: Article) -> tuple[Claim, ...]:
    """The claims of a text, in order: a sentence's are the same whatever surrounds it, but open quotations and frames.

    >>> text = Article("Xi met Putin in Beijing on Thursday, and the two leaders signed a joint statement. Read more")
    >>> [(text[claim.span], claim.boilerplate) for claim in text.of(claims)]  # doctest: +NORMALIZE_WHITESPACE
    [('Xi met Putin in Beijing on Thursday,', None), ('and the two leaders signed a joint statement.', None),
     ('Read more', 'navigation')]
    """
    # With a character on either side, where the marks stand.
    quoted = [Span(max(0, q.span.start - 1), min(len(text.text), q.span.end + 1)) for q in text.quotations]
    found: list[Claim] = []
    for part in parts(text):
        sentence = part.span
        if part.kind or part.header:
            found.append(Claim(sentence, sentence, part.kind, part.header))
            continue
        inside = [
            Span(max(0, quote.start - sentence.start), min(quote.end, sentence.end) - sentence.start)
            for quote in quoted
            if quote.start < sentence.end and sentence.start < quote.end
        ]
        found += [
            Claim(Span(sentence.start + piece.start, sentence.start + piece.end), sentence)
            for piece in pieces(text.alone(sentence), inside)
        ]
    return tuple(found)


def claim_rules() -> str:
    """The version of everything that decides what a claim is and whether it is English, for signatures."""
    rules = f"{CLAIM_RULES},english-{lexicon_hash()},{SENTENCE_RULES},quotations-{QUOTATION_RULES}"
    return f"{rules},{pipeline_name()},{identifier_name()}"
