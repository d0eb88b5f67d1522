"""Candidates: the summaries that the dataset already carries."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from bench.errors import InputError
from bench.types import Candidate, Example, Role, System


class Candidates(System):
    """The dataset's own candidates: all of them, those of the systems in ``only``, or all but ``exclude``.

    >>> example = Example("a", "d", ("r",), (Candidate("a", "x", "s"), Candidate("a", "y", "t")))
    >>> [candidate.system for candidate in Candidates(exclude=["x"]).summarize(example)]
    ['y']
    """

    role: Role = "candidate"

    def __init__(
        self,
        *,
        only: str | Sequence[str] | None = None,
        exclude: str | Sequence[str] | None = None,
        name: str = "candidates",
    ) -> None:
        self.name = name
        self._only = _names(only)
        self._exclude = _names(exclude)
        if both := sorted(set(self._only) & set(self._exclude)):
            raise InputError(f"systems.{name}: {both[0]!r} is in both only and exclude; keep one.")

    def check(self, examples: Iterable[Example]) -> None:
        """Raise InputError if ``only`` or ``exclude`` names a system that no example has."""
        known = sorted({candidate.system for example in examples for candidate in example.candidates})
        for option, names in {"only": self._only, "exclude": self._exclude}.items():
            for system in names:
                if system not in known:
                    near = difflib.get_close_matches(system, known, n=1)
                    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known) or 'none'}."
                    raise InputError(f"systems.{self.name}.{option}: no system {system!r} in the dataset. {hint}")

    def summarize(self, example: Example) -> Iterator[Candidate]:
        """The example's candidates that were asked for, in the dataset's order.

        A system need not have summarised every example, so call ``check`` with all examples first.
        """
        for candidate in example.candidates:
            if candidate.system not in self._exclude and (not self._only or candidate.system in self._only):
                yield candidate


def _names(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())
