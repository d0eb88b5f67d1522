"""Runs scorers over pairs; a failure becomes a Score that says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bench.errors import InputError
from bench.scorer import Scorer
from bench.types import Pair, Score, Span


def score_pairs(scorer: Scorer, pairs: Sequence[Pair]) -> list[Score]:
    """One Score a pair, in order, whatever the scorer does.

    A scorer that raises on a batch is asked again pair by pair, so that one bad text costs one
    cell. An InputError (a missing model, say) concerns the whole run and is passed on.
    """
    if not pairs:
        return []
    try:
        return _checked(scorer, pairs, scorer.score(pairs))
    except InputError:
        raise
    except Exception as error:
        if len(pairs) == 1:
            return [_failed(scorer, pairs[0], error)]
        return [score for pair in pairs for score in score_pairs(scorer, [pair])]


def _checked(scorer: Scorer, pairs: Sequence[Pair], scores: Sequence[Score]) -> list[Score]:
    if len(scores) != len(pairs):
        raise ValueError(f"{scorer.name} gave {len(scores)} scores for {len(pairs)} pairs")
    for pair, score in zip(pairs, scores, strict=True):
        if (score.example_id, score.system) != (pair.example.id, pair.candidate.system):
            raise ValueError(f"{scorer.name} gave its scores in another order")
        if score.scorer != scorer.name:
            raise ValueError(f"{scorer.name} gave a score in the name of {score.scorer}")
        if score.status != "ok" and not score.error:
            raise ValueError(f"{scorer.name} gave no reason for the status {score.status}")
        for name, value in score.values.items():
            if name not in scorer.higher_is_better:
                raise ValueError(f"{scorer.name} gave a value that it doesn't declare: {name}")
            if not math.isfinite(value):
                raise ValueError(f"{scorer.name} gave {value} for {name}")
        for verdict in score.verdicts:
            _inside(scorer, verdict.claim, pair.candidate.text, "candidate")
            for span in verdict.evidence:
                _inside(scorer, span, pair.example.document, "document")
    return list(scores)


def _inside(scorer: Scorer, span: Span, text: str, which: str) -> None:
    if span.end > len(text):
        raise ValueError(f"{scorer.name} points at {span.start}..{span.end} of a {which} of {len(text)} characters")


def _failed(scorer: Scorer, pair: Pair, error: Exception) -> Score:
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return Score(
        example_id=pair.example.id,
        system=pair.candidate.system,
        scorer=scorer.name,
        status="error",
        error=message[:500],
    )
