"""From an entailment model's probabilities to a verdict on one hypothesis, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bench.language.article import Article
from bench.types import Label, Span, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_EVIDENCE = 3

_COLUMN: Mapping[Label, int] = {"supported": 0, "unsupported": 0, "contradicted": 1}
"""Which of the two probabilities a label rests on."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the document, and its word pieces."""

    span: Span
    ids: tuple[int, ...]


@dataclass(slots=True)
class Question:
    """A hypothesis beside the blocks of a document, and the answers: (n, 2) P(entailment), P(contradiction)."""

    document: Article
    ids: tuple[int, ...]
    blocks: tuple[Block, ...]
    answers: NDArray[np.float64] = field(default_factory=lambda: np.full((1, 2), np.nan))
    """(blocks, 2); the second column is NaN where the model knows no contradiction."""
    inside: tuple[Block, ...] = ()
    """The sentences of the block that the verdict rests on, where it has several."""
    inside_answers: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    """(inside, 2)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How answers become a label and a score."""

    threshold: float
    contradiction: float
    subtract: bool

    def label(self, answers: NDArray[np.float64]) -> Label:
        """Supported where a block entails it; contradicted where none does and one contradicts it more.

        >>> rule = Rule(threshold=0.5, contradiction=0.5, subtract=True)
        >>> [rule.label(np.array(rows)) for rows in ([[0.1, 0.8], [0.9, 0.0]], [[0.1, 0.8], [0.3, 0.0]])]
        ['supported', 'contradicted']
        """
        entailed, contradicted = answers.max(axis=0)
        if np.isnan(entailed):
            return "unchecked"
        if entailed >= self.threshold:
            return "supported"
        # NaN, where the model knows no contradiction, is never greater.
        return "contradicted" if contradicted >= self.contradiction and contradicted > entailed else "unsupported"

    def score(self, answers: NDArray[np.float64]) -> float:
        """The recipe's score: the highest entailment, minus the highest contradiction (wherever it is) or not.

        SummaC's zero-shot score for one sentence is the former: -1 to 1. The latter is 0 to 1.

        >>> Rule(0.5, 0.5, True).score(np.array([[0.5, 0.25], [0.75, 0.0]]))
        0.5
        """
        entailed, contradicted = answers.max(axis=0)
        return float(entailed - contradicted) if self.subtract and not np.isnan(contradicted) else float(entailed)

    def resting(self, question: Question) -> Block:
        """The block that the label rests on: the first of the best."""
        column = question.answers[:, _COLUMN.get(self.label(question.answers), 0)]
        return question.blocks[int(column.argmax())]

    def evidence(self, question: Question) -> tuple[Span, ...]:
        """The sentences (or blocks) that carry the label alone, best first; else the one block that does so.

        Of what is unsupported, the one place that comes nearest.
        """
        label = self.label(question.answers)
        blocks, answers = (
            (question.inside, question.inside_answers) if question.inside else (question.blocks, question.answers)
        )
        column = answers[:, _COLUMN[label]]
        order = [int(place) for place in (-column).argsort(kind="stable")]
        if label == "unsupported":
            return (blocks[order[0]].span,)
        least = self.contradiction if label == "contradicted" else self.threshold
        carrying = [blocks[place].span for place in order if column[place] >= least]
        return tuple(carrying[:MOST_EVIDENCE]) or (self.resting(question).span,)

    def verdict(self, claim: Span, question: Question, model: str) -> Verdict:
        """The verdict on a claim; its score is the highest probability of entailment."""
        label = self.label(question.answers)
        entailed, contradicted = question.answers.max(axis=0)
        if label == "unchecked":
            return Verdict(claim, label, None, f"{model} gives no number for this claim")
        reason = {
            "supported": f"entailed by a part of the document: {entailed:.2f}",
            "contradicted": f"contradicted by a part of the document: {contradicted:.2f}; entailed by none: "
            f"{entailed:.2f} at most",
            "unsupported": f"no part of the document entails it: {entailed:.2f} at most",
        }[label]
        return Verdict(claim, label, float(entailed), reason, self.evidence(question))
