"""How long a candidate is and how much it repeats itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from bench.metrics.tokens import UNICODE_TOKENS, unicode_details, unicode_words
from bench.scorer import Scorer, Undefined, signature
from bench.text import SENTENCE_RULES, sentences
from bench.types import Pair, Score, Seen


def _repeated_share(items: Sequence[Hashable]) -> float:
    """Share of the items (at least one) that have occurred before, 0 to below 1.

    >>> _repeated_share(["a", "b", "a", "a"])
    0.5
    """
    return 1 - len(set(items)) / len(items)


class Lengths(Scorer):
    """Length and repetition of the candidate alone; no direction is better.

    Values, over words without punctuation, case folded (``bench.metrics.tokens.unicode_words``):
        words, sentences: counts.
        words_per_sentence: their ratio.
        repeated_3gram: share of the candidate's three-word sequences that have occurred before in
            it, 0 to below 1; absent with fewer than three words.
        repeated_sentence: the same for whole sentences, compared by their words.

    Source: See et al., "Get To The Point" (2017), figure 4 (share of duplicates). A candidate
    without words is undefined.

    >>> from bench.types import Candidate, Example, Pair
    >>> pair = Pair(Example("1", "", ()), Candidate("1", "me", "They met. They left. They met."))
    >>> dict(Lengths().score([pair])[0].values)["repeated_sentence"]
    0.33333333333333337
    """

    higher_is_better = dict.fromkeys(
        ("words", "sentences", "words_per_sentence", "repeated_3gram", "repeated_sentence")
    )
    headline = ("words", "sentences", "repeated_3gram")

    def __init__(self, *, name: str = "lengths") -> None:
        self.name = name

    def signature(self) -> str:
        """Only the rules for words and sentences can move the numbers."""
        return signature("lengths", version=1, words=UNICODE_TOKENS, sentences=SENTENCE_RULES)

    def details(self) -> Mapping[str, str]:
        """The version of Python's character tables."""
        return unicode_details()

    def score_pair(self, pair: Pair) -> Score:
        """Score one pair; raises Undefined where the candidate has no words."""
        text = pair.candidate.text
        words = unicode_words(text)
        if not words:
            raise Undefined("the candidate has no words" if text.strip() else "the candidate is empty")
        # A line of dashes or dots is no sentence.
        spoken = [found for sentence in sentences(text) if (found := tuple(unicode_words(sentence)))]
        values = {
            "words": len(words),
            "sentences": len(spoken),
            "words_per_sentence": len(words) / len(spoken),
            "repeated_sentence": _repeated_share(spoken),
        }
        absent = None
        if len(words) >= 3:
            values["repeated_3gram"] = _repeated_share(list(zip(words, words[1:], words[2:], strict=False)))
        else:
            absent = "no repeated_3gram: the candidate has fewer than three words"
        return self.ok(pair, values, seen=Seen(candidate=1.0), absent=absent)
