"""Is system A really better than B? All pairs of systems in one run, with corrected paired tests."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bench.comparing.snapshot import Snapshot
from bench.errors import InputError
from bench.statistics.significance import holm, resample_means

_EXACT_UP_TO = 14
"""Documents up to which all 2^n swaps are tried instead of drawn ones."""


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two systems on one value, paired by example and clustered by document."""

    first: str
    second: str
    difference: float
    """Mean of first minus second over the examples that both have."""
    low: float | None
    """Bootstrap interval of the difference; ``None`` with fewer than two documents."""
    high: float | None
    p: float | None
    """Two-sided paired permutation test; ``None`` with fewer than two documents."""
    p_adjusted: float | None
    """Holm-adjusted over all pairs of this value."""
    documents: int
    examples: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One system's place on one value."""

    system: str
    mean: float | None
    letters: str
    """Systems that share a letter don't differ significantly; empty where there is no inference."""
    rank: int | None
    """1 for the best; systems that share a letter with the best of a rank share the rank."""
    n_ok: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """All systems on one value, best first."""

    scorer: str
    value: str
    higher_is_better: bool
    standings: tuple[Standing, ...]
    pairs: tuple[PairTest, ...]
    documents: int
    alpha: float
    n_total: int


def rank_systems(
    snapshot: Snapshot,
    *,
    values: Sequence[str] = (),
    alpha: float = 0.05,
    resamples: int = 10_000,
    seed: int = 0,
) -> list[Ranking]:
    """Rank the candidates of a run on every headline value that has a direction, or on ``values``.

    ``values`` are names like ``rouge.rouge1_f1``. Raises InputError for an unknown name or when
    there are fewer than two systems to compare.
    """
    systems = [system for system, role in snapshot.systems.items() if role == "candidate"]
    if len(systems) < 2:
        raise InputError(f"{snapshot.name} has {len(systems)} candidate system: there are no pairs to compare")
    known = {
        f"{scorer}.{value}": (scorer, value, direction)
        for scorer, record in snapshot.scorers.items()
        for value, direction in record.higher_is_better.items()
        if direction is not None
    }
    unknown = [name for name in values if name not in known]
    if unknown:
        raise InputError(f"{snapshot.name} has no value {unknown[0]!r} with a direction; there are: {', '.join(known)}")
    chosen = values or [
        name for name, (scorer, value, _) in known.items() if value in snapshot.scorers[scorer].headline
    ]
    return [rank_value(snapshot, systems, *known[name], alpha=alpha, resamples=resamples, seed=seed) for name in chosen]


def rank_value(
    snapshot: Snapshot,
    systems: Sequence[str],
    scorer: str,
    value: str,
    higher_is_better: bool,
    *,
    alpha: float,
    resamples: int,
    seed: int,
) -> Ranking:
    """Test every pair of systems on one value, and group those that don't differ."""
    examples = sorted(snapshot.examples)
    table = np.array(
        [
            [
                cell.values.get(value, np.nan) if (cell := snapshot.cells.get((example, system, scorer))) else np.nan
                for system in systems
            ]
            for example in examples
        ]
    )
    documents = [snapshot.examples[example].document for example in examples]
    pairs = list(combinations(range(len(systems)), 2))
    gaps = np.stack([table[:, i] - table[:, j] for i, j in pairs], axis=1)
    found = resample_means(gaps, documents, resamples=resamples, seed=seed)
    low, high = found.interval(1 - alpha)
    p = np.where(found.clusters >= 2, permutation_p(gaps, documents, resamples=resamples, seed=seed), np.nan)
    adjusted = holm(p)
    tests = tuple(
        PairTest(
            first=systems[i],
            second=systems[j],
            difference=float(found.mean[k]),
            low=_none(low[k]),
            high=_none(high[k]),
            p=_none(p[k]),
            p_adjusted=_none(adjusted[k]),
            documents=int(found.clusters[k]),
            examples=int((~np.isnan(gaps[:, k])).sum()),
        )
        for k, (i, j) in enumerate(pairs)
        if found.clusters[k]
    )
    counts = (~np.isnan(table)).sum(axis=0)
    means = {s: float(np.nanmean(table[:, k])) if counts[k] else None for k, s in enumerate(systems)}
    # A system without the value stands last, without a letter.
    order = sorted(systems, key=lambda s: (means[s] is None, _key(means[s], higher_is_better), s))
    scored = [system for system in order if means[system] is not None]
    inferred = all(test.p is not None for test in tests) and len(tests) == len(scored) * (len(scored) - 1) // 2
    different = {
        frozenset((test.first, test.second))
        for test in tests
        if test.p_adjusted is not None and test.p_adjusted <= alpha
    }
    letters = letter_groups(scored, different) if inferred else {}
    ranks = shared_ranks(scored, different) if inferred else {}
    return Ranking(
        scorer=scorer,
        value=value,
        higher_is_better=higher_is_better,
        standings=tuple(
            Standing(s, means[s], letters.get(s, ""), ranks.get(s), int(counts[systems.index(s)])) for s in order
        ),
        pairs=tests,
        documents=len(set(documents)),
        alpha=alpha,
        n_total=len(examples),
    )


def permutation_p(
    gaps: NDArray[np.float64], clusters: Sequence[str], *, resamples: int = 10_000, seed: int = 0
) -> NDArray[np.float64]:
    """Two-sided p-values of paired permutation tests, one a column: is the mean difference 0?

    ``gaps`` has the shape (examples, columns), NaN where a pair is incomplete. The two systems'
    outputs are swapped for whole documents. Up to 14 documents all swaps are tried; beyond, so many
    are drawn, and the observed one counts among them (Phipson and Smyth 2010).

    >>> gaps = np.array([[0.1], [0.2], [0.3], [0.4], [0.5]])
    >>> float(permutation_p(gaps, ["a", "b", "c", "d", "e"])[0])
    0.0625
    """
    index_of = {cluster: index for index, cluster in enumerate(dict.fromkeys(clusters))}
    rows = np.array([index_of[cluster] for cluster in clusters])
    sums = np.zeros((len(index_of), gaps.shape[1]))
    np.add.at(sums, rows, np.nan_to_num(gaps, nan=0.0))
    observed = np.abs(sums.sum(axis=0))
    # Sums that differ only by rounding count as equal.
    bound = observed - 1e-12 * np.maximum(1.0, np.abs(sums).sum(axis=0))
    n = len(index_of)
    if n <= _EXACT_UP_TO:
        bits = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
        return np.asarray((np.abs((1.0 - 2.0 * bits) @ sums) >= bound).mean(axis=0))
    generator = np.random.default_rng(seed)
    count = np.zeros(gaps.shape[1])
    block = max(1, 20_000_000 // n)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        signs = generator.integers(0, 2, size=(size, n), dtype=np.int8) * 2.0 - 1.0
        count += (np.abs(signs @ sums) >= bound).sum(axis=0)
    return np.asarray((1.0 + count) / (resamples + 1.0))


def letter_groups(order: Sequence[str], different: set[frozenset[str]]) -> dict[str, str]:
    """Compact letter display: two systems share a letter exactly when they don't differ.

    ``order`` is best first, so that the best system has an a. Source: Piepho (2004), "An Algorithm
    for a Letter-Based Representation of All-Pairwise Comparisons" (insert and absorb).

    >>> letter_groups(["x", "y", "z"], {frozenset(("x", "z"))})
    {'x': 'a', 'y': 'ab', 'z': 'b'}
    """
    groups: list[frozenset[str]] = [frozenset(order)]
    for pair in sorted(different, key=lambda pair: sorted(map(order.index, pair))):
        split: list[frozenset[str]] = []
        for group in groups:
            split += [group - {system} for system in sorted(pair, key=order.index)] if pair <= group else [group]
        groups = [
            group
            for k, group in enumerate(split)
            if not any(group < other or (group == other and k > m) for m, other in enumerate(split) if m != k)
        ]
    groups.sort(key=lambda group: sorted(map(order.index, group)))
    return {system: "".join(_letter(k) for k, group in enumerate(groups) if system in group) for system in order}


def shared_ranks(order: Sequence[str], different: set[frozenset[str]]) -> dict[str, int]:
    """Ranks with ties: a system shares the rank of the best one above that it doesn't differ from.

    >>> shared_ranks(["x", "y", "z"], {frozenset(("x", "z"))})
    {'x': 1, 'y': 1, 'z': 3}
    """
    ranks: dict[str, int] = {}
    head = 0
    for place, system in enumerate(order):
        if frozenset((order[head], system)) in different:
            head = place
        ranks[system] = head + 1
    return ranks


def _letter(k: int) -> str:
    return string.ascii_lowercase[k] if k < 26 else f"{string.ascii_lowercase[k % 26]}{k // 26}"


def _none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _key(mean: float | None, higher_is_better: bool) -> float:
    return 0.0 if mean is None else -mean if higher_is_better else mean
