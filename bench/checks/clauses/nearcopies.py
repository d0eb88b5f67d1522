"""A claim's sentence beside a sentence of the document that it nearly copies: what the parser alone would miss."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bench.checks.clauses.antonyms import are_opposites
from bench.checks.clauses.arcs import key
from bench.checks.words.places import Aligned
from bench.models.syntax import Word

_CLOSE = 0.75
"""Share of the claim's content words (by weight) that a sentence must have to be nearly copied."""
_DENIALS = re.compile(
    r"(?:not|never|no|cannot|nobody|nothing|none|nowhere|neither|nor|without|hardly|barely|scarcely|fail\w*|refus\w*|"
    r"den(?:y|ied|ies|ying|ial)|declin\w*|un\w{3,}|in(?:able|capable|eligible)|lack\w*|instead|rather|only|few|little|"
    r"yet|miss\w*|reject\w*|lose|losing|lost|loss|despite|avoid\w*|stop\w*|ban(?:ned|s)?|prevent\w*|halt\w*|cancel\w*|"
    r"absent|absence|false\w*|wrong\w*|impossib\w*|if|n['’]t|ain|cease\w*|end(?:s|ed|ing)?|quit|abandon\w*|drop\w*|"
    r"escap\w*|exclu\w*|dismiss\w*|rul(?:e|ed|es|ing)|reluct\w*|doubt\w*|unless|withdr\w*|zero)",
    re.IGNORECASE,
)
"""Words that may say, with or without a negation proper, that something is not so."""


def word_pairs(ours: Sequence[Word], start: int, theirs: Sequence[Word], place: Aligned) -> dict[int, int]:
    """Indices of the words that an alignment pairs: the claim's sentence (at ``start``) → the document's."""
    here = {start + word.start: index for index, word in enumerate(ours)}
    there = {place.sentence.start + word.start: index for index, word in enumerate(theirs)}
    return {here[one.start]: there[other.start] for one, other in place.pairs
            if one.start in here and other.start in there}  # fmt: skip


Difference = tuple[tuple[int, ...], tuple[int, ...]]
"""Indices of the words that differ: the claim's, the document's."""


def opposite_words(
    ours: Sequence[Word], theirs: Sequence[Word], place: Aligned, pairs: Mapping[int, int]
) -> Iterator[Difference]:
    """Words of the claim in whose place, between the same neighbours, the document has the opposite."""
    if place.score < _CLOSE / 1.5:
        return
    taken = set(pairs.values())
    keys, their_keys = {key(word) for word in ours}, {key(word) for word in theirs}
    for here, word in enumerate(ours):
        if here in pairs:
            continue
        for there in _in_place_of(here, ours, theirs, pairs):
            other = theirs[there]
            new = key(word) not in their_keys and key(other) not in keys
            if there not in taken and new and are_opposites(word, other):
                yield (here,), (there,)


def _in_place_of(here: int, ours: Sequence[Word], theirs: Sequence[Word], pairs: Mapping[int, int]) -> list[int]:
    """The word of the document's sentence between the same neighbours, signs among them; none or one."""

    def match(mine: int, other: int) -> bool:
        inside = 0 <= mine < len(ours), 0 <= other < len(theirs)
        if not all(inside):
            return not any(inside)
        sign = not any(char.isalnum() for char in ours[mine].text)
        return pairs.get(mine) == other or (sign and ours[mine].text == theirs[other].text)

    places = {pairs[near] - near + here for near in range(here - 2, here + 3) if near in pairs}
    return [
        place
        for place in sorted(places)
        if 0 <= place < len(theirs) and match(here - 1, place - 1) and match(here + 1, place + 1)
    ]


def denies_nothing(sentence: str) -> bool:
    """Whether a sentence has no word with which something could be denied.

    >>> denies_nothing("They were unable to come."), denies_nothing("They came.")
    (False, True)
    """
    return not any(
        _DENIALS.fullmatch(word) or word.lower().endswith(("n't", "n’t"))
        for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", sentence)
    )
