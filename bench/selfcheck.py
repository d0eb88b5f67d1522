"""Does each value get worse when a summary is made worse? Read from the record of a run over damaged summaries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.aggregate import ALL_CHECKS, worst
from bench.damaged import BASE, PREFIX
from bench.errors import InputError
from bench.perturb.kinds import KINDS
from bench.record import RunRecord, read_inputs, read_record, read_scores
from bench.significance import resample_means
from bench.text import trim, words
from bench.types import Score, Span, Verdict

FLAGGED = ("unsupported", "contradicted")
EXTRACTIVE = 0.5
"""A sentence is extractive when at least this share of its word trigrams stands in the document."""
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class KindCount:
    """How often one kind of damage could be done."""

    kind: str
    about: str
    plants: bool
    """Whether the damaged text claims something that the document doesn't say."""
    tried: int
    applied: int
    skipped: Mapping[str, int]
    """Reason → number of documents."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval; ``None`` where there is nothing to count."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Response:
    """What one value did under one kind of damage, over all documents."""

    scorer: str
    value: str
    headline: bool
    kind: str
    worse: Share
    """Documents in which it got strictly worse in its own direction, of those that have it before and after."""
    same: int
    better: int
    mean_change: float | None
    """Mean of damaged minus base, in the value's own unit; below 0 is worse only where higher is better."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What one check said of the damaged claims, over all documents."""

    check: str
    """Its name, or ``any``."""
    kind: str
    turned: Share
    """Documents whose damaged claim is flagged, of those where it was not flagged before."""
    contradicted: int
    """Of the turned, those flagged as contradicted."""
    unchecked: int
    """Documents (of the same ones) where the check found nothing to judge in the damaged claim."""
    already: int
    """Documents where the claim was flagged before it was damaged: not counted."""
    missing: int
    """Documents for which the check gave no verdict."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """What one check said of the sentences of the undamaged summaries, which are taken to be true."""

    check: str
    extractive: bool
    """Only sentences with at least half of their word trigrams in the document."""
    flagged: Share
    """Interval: bootstrap over documents."""
    unchecked: int


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The map of blind spots: everything that the outputs show."""

    run_id: str
    examples: int
    base: str
    seed: int
    confidence: float
    kinds: tuple[KindCount, ...]
    responses: tuple[Response, ...]
    turned: tuple[Turned, ...]
    untouched: tuple[Untouched, ...]
    undirected: tuple[str, ...]
    """Values that were scored but have no direction, so that nothing is worse."""
    signatures: Mapping[str, str]
    notes: tuple[str, ...]


def read_selfcheck(folder: Path) -> SelfCheck:
    """Read a finished run over damaged summaries; InputError when it is another kind of run."""
    run = read_record(folder)
    settings = run.config.get("selfcheck")
    if not isinstance(settings, Mapping):
        raise InputError(f"{folder}: not a run of sumbench selfcheck; its summaries were not damaged")
    inputs = list(read_inputs(folder))
    scores = {(score.example_id, score.system, score.scorer): score for score in read_scores(folder)}
    if any("text" not in line["candidates"].get(BASE, {}) for line in inputs):
        raise InputError(f"{folder}: the run kept no texts (store_texts=false), so the damage can't be found in it")
    kinds = [kind for kind in KINDS if kind in settings["kinds"]]
    checks = [name for name, scorer in run.scorers.items() if scorer.kind == "check"]
    confidence = float(run.config["confidence"])
    return SelfCheck(
        run_id=run.run_id,
        examples=run.examples,
        base=inputs[0]["candidates"][BASE]["metadata"]["from"],
        seed=settings["seed"],
        confidence=confidence,
        kinds=tuple(count_kind(kind, inputs) for kind in kinds),
        responses=tuple(responses(run, inputs, scores, kinds, confidence)),
        turned=tuple(turned(inputs, scores, kinds, checks, confidence)),
        untouched=tuple(untouched(inputs, scores, checks, confidence, settings["seed"])),
        undirected=tuple(
            f"{name}.{value}"
            for name, scorer in run.scorers.items()
            for value, higher in scorer.higher_is_better.items()
            if higher is None
        ),
        signatures=run.signatures,
        # How often what could not be applied is in the kinds, with the reasons.
        notes=tuple(line for line in run.warnings if "(example, system) cells have no candidate" not in line
                    and not any(line.startswith(f"{kind}: not applied") for kind in kinds)),
    )  # fmt: skip


def count_kind(kind: str, inputs: Sequence[Mapping[str, Any]]) -> KindCount:
    """How often a kind was applied, and why not."""
    skipped = Counter(
        line["candidates"][BASE]["metadata"]["skipped"][kind]
        for line in inputs
        if kind in line["candidates"][BASE]["metadata"]["skipped"]
    )
    about = KINDS[kind]
    applied = sum(PREFIX + kind in line["candidates"] for line in inputs)
    return KindCount(kind, about.about, about.plants, len(inputs), applied, dict(skipped.most_common()))


def wilson(count: int, of: int, confidence: float = 0.95) -> Share:
    """A share with Wilson's score interval.

    Source: Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference".

    >>> found = wilson(8, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.49, 0.943)
    """
    if not of:
        return Share(0, 0, None, None, None)
    from scipy import stats

    z, share = float(stats.norm.ppf((1 + confidence) / 2)), count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return Share(count, of, share, 0.0 if not count else middle - half, 1.0 if count == of else middle + half)


def responses(
    run: RunRecord,
    inputs: Sequence[Mapping[str, Any]],
    scores: Mapping[tuple[str, str, str], Score],
    kinds: Sequence[str],
    confidence: float,
) -> Iterator[Response]:
    """For every value with a direction and every kind, how often it got worse."""
    for name, scorer in run.scorers.items():
        for value, higher in scorer.higher_is_better.items():
            for kind in kinds if higher is not None else ():
                changes = []
                for line in inputs:
                    cells = [scores.get((line["id"], system, name)) for system in (BASE, PREFIX + kind)]
                    before, after = (cell.values.get(value) if cell else None for cell in cells)
                    if before is not None and after is not None:
                        changes.append(after - before)
                worse = sum((-change if higher else change) > _EQUAL for change in changes)
                same = sum(abs(change) <= _EQUAL for change in changes)
                yield Response(
                    scorer=name,
                    value=value,
                    headline=value in scorer.headline,
                    kind=kind,
                    worse=wilson(worse, len(changes), confidence),
                    same=same,
                    better=len(changes) - worse - same,
                    mean_change=math.fsum(changes) / len(changes) if changes else None,
                )


def turned(
    inputs: Sequence[Mapping[str, Any]],
    scores: Mapping[tuple[str, str, str], Score],
    kinds: Sequence[str],
    checks: Sequence[str],
    confidence: float,
) -> Iterator[Turned]:
    """For every check, and all together, how often a damaged claim turned to flagged."""
    together = [*checks, ALL_CHECKS] if len(checks) > 1 else checks
    for check in together:
        for kind in (kind for kind in kinds if KINDS[kind].plants):
            tally: Counter[str] = Counter()
            for line in inputs:
                if PREFIX + kind in line["candidates"]:
                    names = checks if check == ALL_CHECKS else [check]
                    tally[_outcome(line, scores, PREFIX + kind, names)] += 1
            flagged = tally["unsupported"] + tally["contradicted"]
            yield Turned(
                check=check,
                kind=kind,
                turned=wilson(flagged, flagged + tally["supported"] + tally["unchecked"], confidence),
                contradicted=tally["contradicted"],
                unchecked=tally["unchecked"],
                already=tally["already"],
                missing=tally["missing"],
            )


def _outcome(
    line: Mapping[str, Any], scores: Mapping[tuple[str, str, str], Score], system: str, checks: Sequence[str]
) -> str:
    """The gravest label of the damaged claims, ``already`` where it was grave before, ``missing`` without verdicts."""
    damaged = line["candidates"][system]
    before: list[Verdict] = []
    after: list[Verdict] = []
    for check in checks:
        old, new = (scores.get((line["id"], each, check)) for each in (BASE, system))
        for change in damaged["metadata"]["damage"]["changes"]:
            place = trim(damaged["text"], *change["after"]) or Span(*change["after"])
            hit = [verdict for verdict in (new.verdicts if new else ()) if touches(verdict.claim, place)]
            after += hit
            # A claim that was inserted whole has no original.
            if not all(place.start <= verdict.claim.start and verdict.claim.end <= place.end for verdict in hit):
                origin = Span(*change["before"])
                before += [verdict for verdict in (old.verdicts if old else ()) if touches(verdict.claim, origin)]
    if not after:
        return "missing"
    if worst(verdict.label for verdict in before) in FLAGGED:
        return "already"
    return worst(verdict.label for verdict in after)


def touches(claim: Span, place: Span) -> bool:
    """Whether a claim holds a part of a place, or an empty place lies in it or at its ends."""
    if place.start == place.end:
        return claim.start <= place.start <= claim.end
    return claim.start < place.end and place.start < claim.end


def untouched(
    inputs: Sequence[Mapping[str, Any]],
    scores: Mapping[tuple[str, str, str], Score],
    checks: Sequence[str],
    confidence: float,
    seed: int,
) -> Iterator[Untouched]:
    """For every check, and all together, the share of the base's sentences that it flags."""
    together = [*checks, ALL_CHECKS] if len(checks) > 1 else checks
    for check in together:
        found: list[tuple[str, str, bool]] = []
        for line in inputs:
            labels: dict[Span, list[str]] = {}
            for name in checks if check == ALL_CHECKS else [check]:
                score = scores.get((line["id"], BASE, name))
                for verdict in score.verdicts if score else ():
                    labels.setdefault(verdict.claim, []).append(verdict.label)
            known = _trigrams(line["document"])
            text = line["candidates"][BASE]["text"]
            for claim, given in labels.items():
                mine = _trigrams(text[claim.slice])
                copied = bool(mine) and len(mine & known) >= EXTRACTIVE * len(mine)
                found.append((line["document_hash"], worst(given), copied))
        for extractive in (False, True):
            rows = [(document, label) for document, label, copied in found if copied or not extractive]
            yield Untouched(
                check=check,
                extractive=extractive,
                flagged=clustered([label in FLAGGED for _, label in rows], [document for document, _ in rows],
                                  confidence, seed),
                unchecked=sum(label == "unchecked" for _, label in rows),
            )  # fmt: skip


def clustered(hits: Sequence[bool], clusters: Sequence[str], confidence: float, seed: int) -> Share:
    """A share of units that come in clusters, with the bootstrap interval over clusters (``None`` below two)."""
    if not hits:
        return Share(0, 0, None, None, None)
    resampled = resample_means(np.array(hits, dtype=np.float64)[:, None], clusters, resamples=10_000, seed=seed)
    low, high = (float(end[0]) for end in resampled.interval(confidence))
    ends = (None, None) if math.isnan(low) else (max(0.0, low), min(1.0, high))
    return Share(sum(hits), len(hits), sum(hits) / len(hits), *ends)


def _trigrams(text: str) -> set[tuple[str, str, str]]:
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False))
