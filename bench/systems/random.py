"""Random: sentences drawn at random from the document, a floor for anything that selects."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from bench.errors import InputError
from bench.systems.extract import check_size, document_sentences, extract
from bench.types import Candidate, Example, Role, System


class Random(System):
    """``k`` different sentences, each equally likely, in the document's order; all of them if it has fewer.

    The draw depends on the seed and the document alone: not on the other examples, their order, the
    machine or the Python version.
    """

    role: Role = "floor"

    def __init__(self, *, k: int = 3, seed: int = 0, name: str | None = None) -> None:
        check_size("random", k)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise InputError(f"systems.random.seed is {seed!r}; it must be a whole number.")
        self.k = k
        self.seed = seed
        self.name = name or f"random-{k}"

    def summarize(self, example: Example) -> Iterator[Candidate]:
        """One candidate."""
        every = document_sentences(example.document)
        yield extract(example, self.name, every, draw(len(every), self.k, self.seed, example.document))


def draw(n: int, k: int, seed: int, document: str) -> list[int]:
    """``k`` of the numbers below ``n`` (all, if fewer), sorted.

    The numbers are shuffled by sorting them by a hash, because the algorithms of Python's ``random`` may
    change between versions.

    >>> draw(2, 3, seed=0, document="any")
    [0, 1]
    >>> draw(100, 3, seed=1, document="any") == draw(100, 3, seed=2, document="any")
    False
    """
    # "surrogatepass": a document made in Python may hold what UTF-8 can't.
    content = sha256(document.encode("utf-8", "surrogatepass")).hexdigest()
    shuffled = sorted(range(n), key=lambda number: sha256(f"{seed} {content} {number}".encode()).digest())
    return sorted(shuffled[:k])
