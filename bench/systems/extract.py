"""What the extractive systems share: a document's sentences, and a summary made of some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.errors import InputError
from bench.text import sentences
from bench.types import Candidate, Example


def document_sentences(document: str) -> list[str]:
    r"""The sentences of a document, each on one line.

    >>> document_sentences("The talks began\non Monday. They ended on Tuesday.")
    ['The talks began on Monday.', 'They ended on Tuesday.']
    """
    return [" ".join(filter(None, map(str.strip, sentence.split("\n")))) for sentence in sentences(document)]


def extract(example: Example, system: str, every: Sequence[str], chosen: Iterable[int]) -> Candidate:
    """The summary of the chosen sentences in the document's order, one a line.

    ``metadata["sentences"]`` has their numbers in the document, counted from 0.
    """
    numbers = sorted(chosen)
    text = "\n".join(every[number] for number in numbers)
    return Candidate(example.id, system, text, {"sentences": numbers})


def check_size(system: str, k: int) -> None:
    """Raise InputError unless ``k`` is a number of sentences to choose."""
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise InputError(f"systems.{system}.k is {k!r}; it must be a whole number of sentences, 1 or more.")
