"""Is system A really better than B? All pairs of systems in one run, with corrected paired tests.

Means, order, ranks, letters and tests of one value all rest on the same examples: those that every
system has. What is tested can then contradict nothing that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.comparing.letters import letter_groups, letter_sets, shared_ranks
from bench.comparing.snapshot import Snapshot
from bench.errors import InputError
from bench.statistics.shared import FEWEST, shared_rows
from bench.statistics.significance import holm, resample_means

_EXACT_UP_TO = 14
"""Documents up to which all 2^n swaps are tried instead of drawn ones."""


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two systems on one value, paired by example and clustered by document."""

    first: str
    second: str
    difference: float
    """Mean of first minus second over the shared examples."""
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
    """Over all ``n_ok`` examples that the system has: not to be compared where another has others."""
    letters: str
    """Systems that share a letter are not told apart; empty where there is no inference."""
    rank: int | None
    """1 for the best; of two that are told apart, the worse has the higher one."""
    n_ok: int
    shared_mean: float | None = None
    """Over the examples that all systems have: what the order rests on."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """All systems on one value, best first; in the run's order where nothing is ranked."""

    scorer: str
    value: str
    higher_is_better: bool
    standings: tuple[Standing, ...]
    pairs: tuple[PairTest, ...]
    documents: int
    """Documents of the shared examples."""
    alpha: float
    n_total: int
    shared: int = 0
    """Examples that every system has which has any."""
    reason: str = ""
    """Why nothing is ranked, or why there are no letters and ranks; empty where there are."""

    @property
    def ranked(self) -> bool:
        """Whether there is an order at all."""
        return self.documents >= FEWEST


@dataclass(frozen=True, slots=True)
class Rankings:
    """All values' rankings, as JSON has them."""

    rankings: tuple[Ranking, ...]
    schema_version: Literal[1] = 1


def rank_systems(
    snapshot: Snapshot,
    *,
    values: Sequence[str] = (),
    systems: Sequence[str] = (),
    alpha: float = 0.05,
    resamples: int = 10_000,
    seed: int = 0,
) -> list[Ranking]:
    """Rank the candidates of a run on every headline value that has a direction, or on ``values``.

    ``values`` are names like ``rouge.rouge1_f1``; ``systems`` of any role may be named instead of the
    candidates. Raises InputError for an unknown name or when there are fewer than two systems to compare.
    """
    if missing := [system for system in systems if system not in snapshot.systems]:
        raise InputError(f"{snapshot.name} has no system {missing[0]!r}; there are: {', '.join(snapshot.systems)}")
    chosen = [s for s, role in snapshot.systems.items() if (s in systems if systems else role == "candidate")]
    if len(chosen) < 2:
        what = "system to compare" if systems else "candidate system"
        raise InputError(f"{snapshot.name} has {len(chosen)} {what}: there are no pairs to compare")
    known = {
        f"{scorer}.{value}": (scorer, value, direction)
        for scorer, record in snapshot.scorers.items()
        for value, direction in record.higher_is_better.items()
        if direction is not None
    }
    unknown = [name for name in values if name not in known]
    if unknown:
        raise InputError(f"{snapshot.name} has no value {unknown[0]!r} with a direction; there are: {', '.join(known)}")
    names = values or [name for name, (scorer, value, _) in known.items() if value in snapshot.scorers[scorer].headline]
    return [_rank_value(snapshot, chosen, *known[name], alpha=alpha, resamples=resamples, seed=seed) for name in names]


def _rank_value(
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
    """Test every pair of systems on one value over the examples that all have, and group those not told apart."""
    examples = sorted(snapshot.examples)
    cells = snapshot.cells
    table = np.array(
        [
            [cells[key].values.get(value, np.nan) if (key := (e, s, scorer)) in cells else np.nan for s in systems]
            for e in examples
        ]
    ).reshape(len(examples), len(systems))
    rows = shared_rows(table)
    documents = [snapshot.examples[example].document for example, row in zip(examples, rows, strict=True) if row]
    has = dict(zip(systems, (~np.isnan(table)).sum(axis=0).tolist(), strict=True))
    scored = [system for system in systems if has[system]]
    own = {s: float(np.nanmean(table[:, k])) if has[s] else None for k, s in enumerate(systems)}
    common = table[rows][:, [systems.index(system) for system in scored]]
    means = dict(zip(scored, map(float, common.mean(axis=0)), strict=True)) if documents else {}
    tests = _pair_tests(common, scored, documents, alpha=alpha, resamples=resamples, seed=seed) if documents else ()
    count = len(set(documents))
    order = scored
    letters: dict[str, str] = {}
    ranks: dict[str, int] = {}
    if not (reason := _no_order(scored, count)):
        # Means that differ by rounding alone are equal; then the names decide.
        order = sorted(scored, key=lambda s: (round(-means[s] if higher_is_better else means[s], 12), s))
        different = {
            frozenset((test.first, test.second))
            for test in tests
            if test.p_adjusted is not None and test.p_adjusted <= alpha
        }
        reason = no_letters(order, different, count, len(tests), alpha=alpha, resamples=resamples)
        if not reason:
            letters, ranks = letter_groups(order, different), shared_ranks(order, different)
    return Ranking(
        scorer=scorer,
        value=value,
        higher_is_better=higher_is_better,
        # A system without the value stands last, without a letter.
        standings=tuple(
            Standing(s, own[s], letters.get(s, ""), ranks.get(s), has[s], means.get(s))
            for s in [*order, *(system for system in systems if not has[system])]
        ),
        pairs=tests,
        documents=count,
        alpha=alpha,
        n_total=len(examples),
        shared=int(rows.sum()),
        reason=reason,
    )


def _pair_tests(
    table: NDArray[np.float64],
    systems: Sequence[str],
    documents: Sequence[str],
    *,
    alpha: float,
    resamples: int,
    seed: int,
) -> tuple[PairTest, ...]:
    """Every pair of columns tested; ``table`` has the shape (examples, systems) and no gaps."""
    pairs = list(combinations(range(len(systems)), 2))
    if not pairs:
        return ()
    gaps = np.stack([table[:, i] - table[:, j] for i, j in pairs], axis=1)
    found = resample_means(gaps, documents, resamples=resamples, seed=seed)
    low, high = found.interval(1 - alpha)
    p = np.where(found.clusters >= 2, permutation_p(gaps, documents, resamples=resamples, seed=seed), np.nan)
    adjusted = holm(p)
    return tuple(
        PairTest(
            first=systems[i],
            second=systems[j],
            difference=float(found.mean[k]),
            low=_none(low[k]),
            high=_none(high[k]),
            p=_none(p[k]),
            p_adjusted=_none(adjusted[k]),
            documents=int(found.clusters[k]),
            examples=len(table),
        )
        for k, (i, j) in enumerate(pairs)
    )


def _no_order(scored: Sequence[str], documents: int) -> str:
    """Why systems can't be ordered; empty where they can.

    >>> _no_order(["x", "y"], 1)
    'nothing is ranked: only 1 document has a value of every system'
    """
    if len(scored) < 2:
        return f"nothing is ranked: {'only 1' if scored else 'no'} system has a value"
    if documents >= FEWEST:
        return ""
    return f"nothing is ranked: {'only 1' if documents else 'no'} document has a value of every system"


def no_letters(
    order: Sequence[str], different: set[frozenset[str]], documents: int, tests: int, *, alpha: float, resamples: int
) -> str:
    """Why letters and ranks would say nothing, or something wrong; empty where they say what was tested."""
    exact = documents <= _EXACT_UP_TO
    smallest = 2.0 ** (1 - documents) if exact else 1.0 / (resamples + 1)
    if smallest * tests > alpha:
        few = f"{documents} documents" if exact else f"{resamples} resamples"
        return f"no letters: with {few} none of {tests} differences could be significant"
    place = {system: k for k, group in reversed([*enumerate(letter_sets(order, different))]) for system in group}
    for pair in different:
        better, worse = sorted(pair, key=order.index)
        if place[worse] < place[better]:
            return (
                f"no letters: {better} is significantly better than {worse}, which is not told apart from one that is "
                f"better still; see the pairs"
            )
    return ""


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


def _none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
