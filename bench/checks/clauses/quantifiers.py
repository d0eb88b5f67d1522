"""How many of them: what a claim says with most, few or all, beside the document's quantifier or “3 of the 40”.

English. A quantifier is a range of shares; a claim is wrong where its range leaves out some of the document's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.checks.clauses.arcs import key
from bench.checks.quantities.number_words import numbers
from bench.models.syntax import Word
from bench.types import Label

QUANTIFIER_RULES = "quantifiers-1"
"""Names the version of these rules, for signatures."""

_SHARES = {
    "no": (0.0, 0.0), "none": (0.0, 0.0), "few": (0.01, 0.3), "some": (0.01, 1.0), "several": (0.01, 1.0),
    "half": (0.45, 0.55), "most": (0.51, 1.0), "majority": (0.51, 1.0), "minority": (0.01, 0.49),
    "all": (1.0, 1.0), "every": (1.0, 1.0), "each": (1.0, 1.0),
}  # fmt: skip
"""Quantifier → least and greatest share that it may mean."""
_BETWEEN = frozenset({"of", "the", "its", "their", "these", "those", "his", "her", "our"})
_SHIFTED = {"not": (0.0, 0.99), "almost": (0.8, 1.0), "nearly": (0.8, 1.0), "virtually": (0.8, 1.0)}
"""What such a word before it makes of all, every and each."""
_OTHERS = frozenset({"at", "a", "quite", "so", "how"})
"""Before a quantifier they make something else of it: at most, a few."""
_NEAR = 5
_NOUNS = ("NN", "NNS")


@dataclass(frozen=True, slots=True)
class Quantified:
    """A quantifier and what it counts."""

    word: int
    """Index of the quantifier in the sentence."""
    noun: str
    """What it counts, inflection aside."""
    least: float
    greatest: float


def quantified(words: Sequence[Word]) -> Iterator[Quantified]:
    """The quantifiers of a parsed sentence, in order.

    >>> from bench.language.article import Article
    >>> [found] = quantified(Article("3 of the 40 patients slept.").words)
    >>> found.noun, found.least, found.greatest
    ('patient', 0.075, 0.075)
    """
    for index, word in enumerate(words):
        noun = _noun(words, index)
        if noun is None:
            continue
        between = words[index + 1 : noun]
        shares = _SHARES.get(word.text.lower())
        before = words[index - 1].text.lower() if index else ""
        if shares == (1.0, 1.0):
            shares = _SHIFTED.get(before, shares)
        elif before in _OTHERS or before in _SHIFTED:
            continue
        if word.tag == "CD" and any(other.text.lower() == "of" for other in between):
            shares = _share([word.text, *(other.text for other in between if other.tag == "CD")])
        if shares:
            yield Quantified(index, key(words[noun]), *shares)


def _noun(words: Sequence[Word], quantifier: int) -> int | None:
    """The head of the noun phrase that follows a quantifier at once."""
    for place in range(quantifier + 1, min(quantifier + _NEAR, len(words))):
        word = words[place]
        if word.tag in _NOUNS and not (place + 1 < len(words) and words[place + 1].tag in _NOUNS):
            return place
        if word.text.lower() not in _BETWEEN and not word.tag.startswith(("CD", "JJ", "VBN", *_NOUNS)):
            return None
    return None


def _share(written: Sequence[str]) -> tuple[float, float] | None:
    """3 and 40 → 0.075 twice; ``None`` for anything but a part and its whole."""
    values = [float(found.value) for text in written for found in numbers(text)[:1]]
    return (values[0] / values[1],) * 2 if len(values) == 2 and 0 <= values[0] <= values[1] > 0 else None


def quantifier_label(ours: Quantified, theirs: Quantified) -> Label | None:
    """What a claim's quantifier is, beside the document's of the same thing; ``None`` for another thing.

    >>> one = lambda least, greatest: Quantified(0, "patient", least, greatest)
    >>> [quantifier_label(one(*ours), one(*theirs)) for ours, theirs in (
    ...     ((0.51, 1), (0.075, 0.075)), ((1, 1), (0.01, 1)), ((0.01, 1), (1, 1)))]
    ['contradicted', 'unsupported', 'supported']
    """
    if ours.noun != theirs.noun:
        return None
    if ours.least > theirs.greatest or theirs.least > ours.greatest:
        return "contradicted"
    inside = ours.least <= theirs.least and theirs.greatest <= ours.greatest
    return "supported" if inside else "unsupported"
