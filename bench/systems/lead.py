"""Lead: the first sentences of the document, a floor that is hard to beat on news."""

from __future__ import annotations

from collections.abc import Iterator

from bench.systems.extract import check_size, document_sentences, extract
from bench.types import Candidate, Example, Role, System


class Lead(System):
    """The first ``k`` sentences of the document, or all of them if it has fewer.

    >>> example = Example("a", "One came. Two went. Three stayed.", ("Two.",))
    >>> [candidate.text for candidate in Lead(k=2).summarize(example)]
    ['One came.\\nTwo went.']
    """

    role: Role = "floor"

    def __init__(self, *, k: int = 3, name: str | None = None) -> None:
        check_size("lead", k)
        self.k = k
        self.name = name or f"lead-{k}"

    def summarize(self, example: Example) -> Iterator[Candidate]:
        """One candidate."""
        every = document_sentences(example.document)
        yield extract(example, self.name, every, range(min(self.k, len(every))))
