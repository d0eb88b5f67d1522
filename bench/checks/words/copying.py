"""How much of a claim the document has word for word: pure functions over words.

Copying is no virtue, but a summary that joins what stands apart breaks the document's word sequences, and most
errors of extractive systems are of that kind: as evidence of support, copied pairs and triples of words say what
similar words don't.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bench.text import sentences, words

LONGEST = 3
"""Words in the longest n-gram that is compared."""

Gram = tuple[str, ...]


def grams_of(document: str) -> frozenset[Gram]:
    """All the document's n-grams of 1 to ``LONGEST`` folded words; none crosses a sentence.

    >>> sorted(grams_of("No limits. None!"))
    [('limits',), ('no',), ('no', 'limits'), ('none',)]
    """
    return frozenset(
        tuple(sentence[start : start + size])
        for sentence in map(words, sentences(document))
        for size in range(1, LONGEST + 1)
        for start in range(len(sentence) - size + 1)
    )


def copied_share(sentence: Sequence[str], begin: int, end: int, document: Collection[Gram]) -> float:
    """Mean of the shares (0 to 1) of a claim's word pairs and of its word triples that the document has.

    ``sentence`` are the folded words of the claim's sentence; the claim is those from ``begin`` to ``end`` (at least
    one). An n-gram belongs to the claim of its last word, so the clauses of a sentence share out its n-grams.
    A claim with triples of its own has pairs too; one with neither (the first word of a sentence) counts as copied
    when the document has the word.

    >>> copied_share("she met him in paris".split(), 0, 5, grams_of("He met him in May."))
    0.41666666666666663
    """
    shares = []
    for size in range(2, LONGEST + 1):
        ends = range(max(begin + 1, size), end + 1)
        if ends:
            shares.append(sum(tuple(sentence[last - size : last]) in document for last in ends) / len(ends))
    if shares:
        return sum(shares) / len(shares)
    return float((sentence[begin],) in document)
