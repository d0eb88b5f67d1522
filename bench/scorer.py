"""What metrics and checks have in common: the one base class that a new one derives from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bench.types import Pair, Score, Seen, Verdict


class Undefined(Exception):
    """Raised by ``score_pair`` when the text allows no value; the message is the reason."""


def signature(name: str, **parts: object) -> str:
    """Spell a recipe in sacreBLEU's manner: everything that can move the number, nothing that can't.

    >>> signature("rouge", version=1, stemmer=True)
    'rouge|version:1|stemmer:yes'
    """

    def spell(part: object) -> str:
        if isinstance(part, bool):
            return "yes" if part else "no"
        return str(part).replace("|", "/")

    return "|".join([name, *(f"{key}:{spell(part)}" for key, part in parts.items())])


class Scorer(ABC):
    """A metric or a check: pairs in, one Score a pair out, in order, never an exception for bad text.

    A simple scorer implements ``signature`` and ``score_pair``; one that gains from seeing many
    pairs at once overrides ``score`` instead and builds its records with ``ok`` and ``undefined``.
    The same pair must get the same score whatever the batch it comes in.
    """

    name: str
    """Unique within a run; the key under which the results are filed."""
    higher_is_better: Mapping[str, bool | None]
    """Every value the scorer can give, and which direction is better (``None``: neither)."""
    language: str | None = None
    """The one language that it can judge; ``None``: any. Texts in others are told of once a run."""
    headline: tuple[str, ...] = ()
    """The values that a table shows first; empty: all of them."""
    needs: tuple[str, ...] = ()
    """Scorers of the same run that it rests on, by name: it is scored after them, by ``score_from``."""
    needs_all: bool = True
    """Whether a run that lacks one of its ``needs`` is refused; else it makes do with those that there are."""

    @abstractmethod
    def signature(self) -> str:
        """The recipe of the numbers: equal signatures mean comparable numbers."""

    def details(self) -> Mapping[str, str]:
        """What is worth recording but can't move a number (backend, device); for the provenance."""
        return {}

    def warnings(self) -> Sequence[str]:
        """What the user should know about this scorer before trusting its numbers (a fallback, say)."""
        return ()

    def prepare(self, pairs: Sequence[Pair]) -> None:  # noqa: B027
        """Called once with all pairs of the run, before ``signature`` and the first ``score``.

        For what depends on the whole corpus (document frequencies, say); a hash of what was
        learnt from it belongs into the signature.
        """

    def attach(self, scorers: Mapping[str, Scorer]) -> None:  # noqa: B027
        """Called once, after ``prepare``, with those of its ``needs`` that the run has, by name."""

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score every pair; returns one Score a pair, in the same order."""
        return [self._tried(pair, self.score_pair) for pair in pairs]

    def score_from(self, pairs: Sequence[Pair], needed: Sequence[Mapping[str, Score]]) -> list[Score]:
        """Score every pair as ``score`` does, from what each one's ``needs`` got, by their names."""
        return [
            self._tried(pair, partial(self.combine, scores=scores)) for pair, scores in zip(pairs, needed, strict=True)
        ]

    def score_pair(self, pair: Pair) -> Score:
        """Score one pair; raises Undefined where the text allows no value."""
        if self.needs:
            return self.combine(pair, {})
        raise NotImplementedError(f"{type(self).__name__} implements neither score nor score_pair")

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        """Score one pair from what its ``needs`` got; raises Undefined as ``score_pair``."""
        raise NotImplementedError(f"{type(self).__name__} has needs, but neither score_from nor combine")

    def _tried(self, pair: Pair, score: Callable[[Pair], Score]) -> Score:
        try:
            return score(pair)
        except Undefined as reason:
            return self.undefined(pair, str(reason))

    def ok(
        self,
        pair: Pair,
        values: Mapping[str, float],
        verdicts: Sequence[Verdict] = (),
        seen: Seen | None = None,
        absent: str | None = None,
    ) -> Score:
        """A Score with values; ``absent`` says why a declared value is missing from them."""
        return Score(
            example_id=pair.example.id,
            system=pair.candidate.system,
            scorer=self.name,
            status="ok",
            values={key: float(value) for key, value in values.items()},
            verdicts=tuple(verdicts),
            seen=seen or Seen(),
            error=absent,
        )

    def undefined(self, pair: Pair, reason: str, seen: Seen | None = None) -> Score:
        """A Score that says why there is no value."""
        return Score(
            example_id=pair.example.id,
            system=pair.candidate.system,
            scorer=self.name,
            status="undefined",
            seen=seen or Seen(),
            error=reason,
        )
