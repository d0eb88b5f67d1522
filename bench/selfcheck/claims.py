"""What the checks say of damaged claims and of untouched ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bench.aggregate import ALL_CHECKS, intervals, worst
from bench.perturb.kinds import KINDS
from bench.selfcheck.damaged import BASE, PREFIX
from bench.selfcheck.records import Share, Turned, Untouched, wilson
from bench.text import trim, words
from bench.types import Score, Span, Verdict

FLAGGED = ("unsupported", "contradicted")
EXTRACTIVE = 0.5
"""A sentence is extractive when at least this share of its word trigrams stands in the document."""


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
    """A share of units that come in clusters, with the interval over clusters (``None`` below two)."""
    if not hits:
        return Share(0, 0, None, None, None)
    table = np.array(hits, dtype=np.float64)[:, None]
    found = intervals(table, clusters, resamples=10_000, confidence=confidence, seed=seed)
    low, high = (float(end[0]) for end in found)
    ends = (None, None) if math.isnan(low) else (low, high)
    return Share(sum(hits), len(hits), sum(hits) / len(hits), *ends)


def _trigrams(text: str) -> set[tuple[str, str, str]]:
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False))
