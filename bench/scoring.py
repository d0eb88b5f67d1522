"""Runs scorers over pairs; a failure becomes a Score that says so."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import get_args

from bench.errors import InputError
from bench.printable import one_line, printable
from bench.record import ERRORS_FILE
from bench.scorer import Scorer
from bench.soundness import is_number, is_share
from bench.types import ErrorKind, Label, Pair, Score, Status, Verdict

Log = Callable[[str], object]
"""Takes the traceback of a cell that failed, some lines: they go to the run's ``errors.log``, which its Score names."""


def score_pairs(
    scorer: Scorer, pairs: Sequence[Pair], log: Log | None = None, known: Sequence[Mapping[str, Score]] = ()
) -> list[Score]:
    """One Score a pair, in order, whatever the scorer does.

    A scorer that raises on a batch is asked again pair by pair, so that one bad text costs one
    cell. An InputError (a missing model, say) concerns the whole run and is passed on.
    ``known``: of each pair, the Scores so far, by the scorer's name; a scorer with ``needs`` is given those of them.
    """
    if not pairs:
        return []
    try:
        needed = [{name: mine[name] for name in scorer.needs if name in mine} for mine in known]
        return _checked(scorer, pairs, scorer.score_from(pairs, needed) if scorer.needs else scorer.score(pairs))
    except InputError:
        raise
    except Exception as error:
        if len(pairs) == 1:
            return [_failed(scorer, pairs[0], error, log)]
        each = (slice(place, place + 1) for place in range(len(pairs)))
        return [score for one in each for score in score_pairs(scorer, pairs[one], log, known[one])]


def _checked(scorer: Scorer, pairs: Sequence[Pair], scores: Sequence[Score]) -> list[Score]:
    if len(scores) != len(pairs):
        raise ValueError(f"{scorer.name} gave {len(scores)} scores for {len(pairs)} pairs")
    for pair, score in zip(pairs, scores, strict=True):
        for problem in problems(scorer, pair, score):
            raise ValueError(f"{scorer.name} {problem}")
    return list(scores)


def problems(scorer: Scorer, pair: Pair, score: Score) -> Iterator[str]:
    """What in a score breaks the contract: the record couldn't hold it, or a reader couldn't trust it."""
    if (score.example_id, score.system) != (pair.example.id, pair.candidate.system):
        yield "gave its scores in another order"
    if score.scorer != scorer.name:
        yield f"gave a score in the name of {score.scorer}"
    if score.status not in get_args(Status):
        yield f"gave the unknown status {score.status!r}"
    if score.status != "ok" and not score.error:
        yield f"gave no reason for the status {score.status}"
    if (score.status == "ok") != bool(score.values):
        yield f"gave {len(score.values)} values with the status {score.status}"
    yield from _value_problems(scorer, score)
    for verdict in score.verdicts:
        yield from _verdict_problems(verdict, pair)


def _value_problems(scorer: Scorer, score: Score) -> Iterator[str]:
    for name, value in score.values.items():
        if name not in scorer.higher_is_better:
            yield f"gave a value that it doesn't declare: {name}"
        if not is_number(value):
            yield f"gave {value!r} for {name}"
    for part in ("candidate", "reference", "document"):
        if not is_share(share := getattr(score.seen, part)):
            yield f"claims to have seen {share!r} of the {part}"


def _verdict_problems(verdict: Verdict, pair: Pair) -> Iterator[str]:
    if verdict.label not in get_args(Label):
        yield f"gave the unknown label {verdict.label!r}"
    if not is_share(verdict.score):
        yield f"gave {verdict.score!r} as a degree of support"
    if not verdict.reason:
        yield "gave a verdict without a reason"
    if verdict.kind not in (None, *get_args(ErrorKind)):
        yield f"gave the unknown kind {verdict.kind!r}"
    spans = [("candidate", pair.candidate.text, span) for span in (verdict.claim, *verdict.marks)]
    spans += [("document", pair.example.document, span) for span in verdict.evidence]
    for which, text, span in spans:
        if type(span.start) is not int or type(span.end) is not int:
            yield f"points at {span.start!r}..{span.end!r} of a {which}"
        elif span.end > len(text):
            yield f"points at {span.start}..{span.end} of a {which} of {len(text)} characters"


def _failed(scorer: Scorer, pair: Pair, error: Exception, log: Log | None) -> Score:
    message, place = " ".join(f"{type(error).__name__}: {error}".split())[:500], ""
    if log:
        cell = one_line(f"{scorer.name}, {pair.example.id}, {pair.candidate.system}")
        log(printable(f"--- {cell}\n{''.join(traceback.format_exception(error))}"))
        place = f" (traceback: {ERRORS_FILE})"
    return Score(
        example_id=pair.example.id,
        system=pair.candidate.system,
        scorer=scorer.name,
        status="error",
        error=message + place,
    )
