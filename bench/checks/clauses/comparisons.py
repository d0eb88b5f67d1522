"""Which is more: a claim's comparison beside the document's with its sides exchanged. English."""

from __future__ import annotations

from collections.abc import Sequence

from bench.checks.clauses.antonyms import are_opposites
from bench.checks.clauses.arcs import key
from bench.models.syntax import Word
from bench.types import Label

COMPARISON_RULES = "comparisons-1"
"""Names the version of these rules, for signatures."""

_TELLING = frozenset("NN NNS NNP NNPS CD JJ FW".split())
"""Tags of the words that say what is compared, besides single capital letters."""


def comparison_label(ours: Sequence[Word], theirs: Sequence[Word]) -> Label | None:
    """What a sentence with “than” is beside another with the same words on both sides; ``None``: no such two.

    >>> from bench.language.article import Article
    >>> def of(text):
    ...     return Article(text).words
    >>> document = of("The road is longer than the tunnel.")
    >>> [comparison_label(of(claim), document) for claim in (
    ...     "The tunnel is longer than the road.", "The tunnel is shorter than the road.", "The road is shorter.")]
    ['contradicted', 'supported', None]
    """
    mine, other = _sides(ours), _sides(theirs)
    if mine is None or other is None:
        return None
    left, right, degree = mine
    their_left, their_right, their_degree = other
    same = key(degree) == key(their_degree)
    if not (same or are_opposites(degree, their_degree)) or not left or not right:
        return None
    if left <= their_left and right <= their_right:
        straight = True
    elif left <= their_right and right <= their_left:
        straight = False
    else:
        return None
    return "supported" if straight == same else "contradicted"


def _sides(words: Sequence[Word]) -> tuple[frozenset[str], frozenset[str], Word] | None:
    """The content words that stand on one side of “than” alone, and what is compared: taller, more."""
    than = [index for index, word in enumerate(words) if word.text.lower() == "than"]
    degrees = [word for word in words[: than[0]] if word.tag in ("JJR", "RBR")] if len(than) == 1 else []
    if not degrees:
        return None
    left, right = (
        {
            key(word)
            for word in side
            if word.tag in _TELLING or (len(word.text.strip(".")) == 1 and word.text[0].isupper())
        }
        for side in (words[: than[0]], words[than[0] + 1 :])
    )
    return frozenset(left - right), frozenset(right - left), degrees[-1]
