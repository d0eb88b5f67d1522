"""Claims: the pieces of a summary that are judged one by one, with offsets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bench.text import SENTENCE_RULES, sentence_spans
from bench.types import Span

CLAIM_RULES = "sumbench-claims-1"
"""Names the version of these rules; belongs into the signature of every number that depends on claims."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A word that stands for something named earlier: a pronoun, or a description as "the two leaders"."""

    span: Span
    antecedents: tuple[Span, ...]
    """What it stands for, in the same text; empty where that isn't plain."""
    note: str
    """Why the antecedent is plain, or why it isn't; for a reader."""


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
    """The claims of a text, in order.

    >>> [text[claim.span.slice] for text in ["Xi met Putin. They talked."] for claim in claims(text)]
    ['Xi met Putin.', 'They talked.']
    """
    return tuple(Claim(span, span) for span in sentence_spans(text))


def claim_rules() -> str:
    """The version of everything that decides what a claim is, for signatures."""
    return f"{CLAIM_RULES},{SENTENCE_RULES}"
