"""Source: the document itself as its summary, the ceiling of everything that rewards copying."""

from __future__ import annotations

from collections.abc import Iterator

from bench.types import Candidate, Example, Role, System


class Source(System):
    """The whole document, unchanged.

    A check that finds anything unsupported in it is wrong.

    >>> [candidate.text for candidate in Source().summarize(Example("a", "All of it.", ("It.",)))]
    ['All of it.']
    """

    role: Role = "ceiling"

    def __init__(self, *, name: str = "source") -> None:
        self.name = name

    def summarize(self, example: Example) -> Iterator[Candidate]:
        """One candidate."""
        yield Candidate(example.id, self.name, example.document)
