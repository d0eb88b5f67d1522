"""Correlations of many columns under many weightings at once: what a bootstrap needs, without redoing it row by row.

A resample only says how often each document and each system counts. Sums over the grid are linear in
these counts, so that all resamples of all columns come out of a few matrix products. Ranks and signs
are whole or half numbers, so that ties and constant sides are found exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bench.statistics.correlation import COEFFICIENT_OF, LEAST, Coefficient, Floats, Level, centred_ranks, ratio, settle

Bools = NDArray[np.bool_]
_CELLS = 4_000_000
"""Numbers held at once by one step of a computation."""


def reweighted(
    metrics: Floats, humans: Floats, documents: Floats, systems: Floats, *, level: Level, coefficient: Coefficient
) -> tuple[Floats, Floats]:
    """Every metric with every human dimension, under each weighting.

    Args:
        metrics: shape (documents, systems, metrics), NaN where missing.
        humans: shape (documents, systems, humans), likewise.
        documents: shape (resamples, documents): how often each counts.
        systems: shape (resamples, systems).

    Returns:
        Two arrays (resamples, metrics, humans): the coefficient, NaN where undefined, and the number of
        units that it rests on (documents, systems or summaries).
    """
    shape = (len(documents), metrics.shape[2], humans.shape[2])
    value, units = np.full(shape, np.nan), np.zeros(shape)
    for there, some_metrics, some_humans in _alike(metrics, humans):
        if not there.any():
            continue  # nothing that has both scores
        x = np.where(there[:, :, None], metrics[:, :, some_metrics], 0.0)
        y = np.where(there[:, :, None], humans[:, :, some_humans], 0.0)
        step = _block(level, coefficient, x, y)
        for start in range(0, len(documents), step):
            part = slice(start, start + step)
            place = np.ix_(np.arange(len(documents))[part], some_metrics, some_humans)
            v, w = documents[part], systems[part]
            if level == "summary":
                total = np.zeros((2, len(v), x.shape[2], y.shape[2]))
                for some in _some_documents(x, y):
                    each = _OF_DOCUMENTS[coefficient](x[some], y[some], there[some], w)
                    weights = np.where(np.isnan(each), 0.0, v[:, some, None, None])
                    total += (weights * np.nan_to_num(each)).sum(axis=1), weights.sum(axis=1)
                value[place], units[place] = _over(*total), total[1]
            elif level == "system":
                weights = np.where(v @ there > 0, w, 0.0)
                units[place] = weights.sum(axis=1)[:, None, None]
                value[place] = COEFFICIENT_OF[coefficient](
                    _means(x, there, v)[:, :, None], _means(y, there, v)[:, None, :], weights[:, None, None]
                )
            else:
                of = _OF_SUMMARIES[coefficient] if level == "pooled" else _OF_RESIDUALS[coefficient]
                units[place] = np.einsum("rd,ds,rs->r", v, there, w)[:, None, None]
                value[place] = np.where(units[place] >= LEAST, of(x, y, there, v, w), np.nan)
    return value, units


def _alike(metrics: Floats, humans: Floats) -> Iterator[tuple[Bools, NDArray[np.int64], NDArray[np.int64]]]:
    """Columns that are missing in the same places, together: where both sides are there, and which they are."""

    def by_gaps(values: Floats) -> list[tuple[Bools, NDArray[np.int64]]]:
        found: dict[bytes, list[int]] = {}
        known = ~np.isnan(values)
        for column in range(values.shape[2]):
            found.setdefault(known[:, :, column].tobytes(), []).append(column)
        return [(known[:, :, columns[0]], np.array(columns, dtype=np.int64)) for columns in found.values()]

    for known_metrics, some_metrics in by_gaps(metrics):
        for known_humans, some_humans in by_gaps(humans):
            yield known_metrics & known_humans, some_metrics, some_humans


def _block(level: Level, coefficient: Coefficient, x: Floats, y: Floats) -> int:
    """Resamples to take at once."""
    (documents, systems, columns), rows = x.shape, y.shape[2]
    width = documents * systems
    if level == "summary":
        width = documents * max(systems * (columns + rows), columns * rows)
    elif coefficient != "kendall":
        width *= columns + rows
    elif level == "pooled":
        width = max(width, systems**2)
    return int(max(1, _CELLS // max(1, width)))


def _some_documents(x: Floats, y: Floats) -> Iterator[slice]:
    """Documents to take at once at summary level: all, but where some have very many summaries."""
    (documents, systems, columns), rows = x.shape, y.shape[2]
    step = max(1, _CELLS // max(1, systems**2 * max(columns, rows)))
    yield from (slice(start, start + step) for start in range(0, documents, step))


def _summary_pearson(x: Floats, y: Floats, there: Bools, w: Floats) -> Floats:
    """Of each document: (resamples, documents, metrics, humans)."""
    n = (w @ there.T)[:, :, None]
    x, y = (_centred(side, there, axis=1) for side in (x, y))
    sum_x, sum_y = _sums(x, w), _sums(y, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        own_x, own_y = (
            np.where(spread(_sums(rank, w), _sums(rank * rank, w), n), _sums(side * side, w) - total**2 / n, 0.0)
            for side, rank, total in ((x, places(x, there, 1), sum_x), (y, places(y, there, 1), sum_y))
        )
        shared = _sums(_products(x, y), w).reshape(*n.shape[:2], x.shape[2], y.shape[2])
        shared -= sum_x[..., :, None] * (sum_y / n)[..., None, :]
    return _enough(ratio(shared, own_x[..., :, None], own_y[..., None, :]), n)


def _summary_spearman(x: Floats, y: Floats, there: Bools, w: Floats) -> Floats:
    def ranks(side: Floats) -> Floats:
        """Half the weight below less half the weight above: (resamples, documents, columns, systems)."""
        signs = np.sign(side[:, None, :, :] - side[:, :, None, :]) * (there[:, None, :] & there[:, :, None])[..., None]
        flat = signs.transpose(1, 0, 3, 2).reshape(side.shape[1], side.shape[0] * side.shape[1] * side.shape[2])
        ranks: Floats = w @ flat / 2.0
        return ranks.reshape(len(w), side.shape[0], side.shape[2], side.shape[1])

    of_x, of_y = ranks(x), ranks(y)
    weights = w[:, None, None, :]
    shared = (of_x * weights) @ of_y.swapaxes(-1, -2)
    own_x, own_y = ((weights * side * side).sum(axis=-1) for side in (of_x, of_y))
    return _enough(ratio(shared, own_x[..., :, None], own_y[..., None, :]), (w @ there.T)[:, :, None])


def _summary_kendall(x: Floats, y: Floats, there: Bools, w: Floats) -> Floats:
    first, second = np.triu_indices(x.shape[1], 1)
    both = (there[:, first] & there[:, second])[:, :, None]
    of_x, of_y = (np.sign(side[:, first] - side[:, second]) * both for side in (x, y))
    pairs = w[:, first] * w[:, second]
    shared = _sums(_products(of_x, of_y), pairs).reshape(len(w), len(x), x.shape[2], y.shape[2])
    own_x, own_y = (_sums(np.abs(side), pairs) for side in (of_x, of_y))
    return _enough(ratio(shared, own_x[..., :, None], own_y[..., None, :]), (w @ there.T)[:, :, None])


def _pooled_pearson(x: Floats, y: Floats, there: Bools, v: Floats, w: Floats) -> Floats:
    """Of all summaries at once: (resamples, metrics, humans)."""
    u = _cells(there, v, w)
    x, y = x[there], y[there]
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    n = u.sum(axis=1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = np.einsum("rn,nm,nh->rmh", u, x, y, optimize=True) - (u @ x)[:, :, None] * ((u @ y) / n)[:, None, :]
        own_x, own_y = (
            np.where(spread(u @ rank, u @ (rank * rank), n), u @ (side * side) - (u @ side) ** 2 / n, 0.0)
            for side, rank in ((x, places(x, None, 0)), (y, places(y, None, 0)))
        )
    return ratio(shared, own_x[:, :, None], own_y[:, None, :])


def _pooled_spearman(x: Floats, y: Floats, there: Bools, v: Floats, w: Floats) -> Floats:
    u = _cells(there, v, w)

    def ranks(side: Floats) -> Floats:
        found = np.empty((len(u), side.shape[1], side.shape[0]))
        for column in range(side.shape[1]):
            below, reached, group = _tie_groups(side[:, column], u)
            found[:, column] = ((below + reached - reached[:, -1:]) / 2.0)[:, group]
        return found

    return _cosine(ranks(x[there]), ranks(y[there]), u)


def _pooled_kendall(x: Floats, y: Floats, there: Bools, v: Floats, w: Floats) -> Floats:
    u = _cells(there, v, w)

    def untied(side: Floats) -> Floats:
        own = np.empty((len(u), side.shape[1]))
        for column in range(side.shape[1]):
            below, reached, _ = _tie_groups(side[:, column], u)
            own[:, column] = reached[:, -1] ** 2 - ((reached - below) ** 2).sum(axis=1)
        return own

    # Pairs of summaries by their documents and systems: each pair of documents once, the two orders being alike.
    # Signs and counts are whole numbers far below 2**24: single precision is exact.
    size = x.shape[1] ** 2
    of_systems = (w[:, :, None] * w[:, None, :]).reshape(len(w), 1, size)
    shared = np.zeros((len(w), x.shape[2], y.shape[2]))
    first, second = np.triu_indices(len(x))
    step = max(1, _CELLS // max(size * y.shape[2], len(w)))
    for start in range(0, len(first), step):
        a, b = first[start : start + step], second[start : start + step]
        weights = (v[:, a] * v[:, b] * np.where(a == b, 1.0, 2.0)).astype(np.float32)
        both = (there[a][:, :, None] & there[b][:, None, :])[:, None]
        of_humans = _signs(y, a, b) * both
        for column in range(x.shape[2]):
            products = of_humans * _signs(x[:, :, column, None], a, b)
            counts = (weights @ products.reshape(len(a), y.shape[2] * size)).reshape(len(w), y.shape[2], size)
            shared[:, column] += (counts * of_systems).sum(axis=2)
    return ratio(shared, untied(x[there])[:, :, None], untied(y[there])[:, None, :])


def _partial_pearson(x: Floats, y: Floats, there: Bools, v: Floats, w: Floats) -> Floats:
    """Of what is left when each system's mean is taken off: (resamples, metrics, humans)."""
    n = (v @ there)[:, :, None]
    x, y = (_centred(side, there, axis=0) for side in (x, y))

    def over_documents(side: Floats) -> Floats:
        return _sums(side.swapaxes(0, 1), v)

    sum_x, sum_y = over_documents(x), over_documents(y)
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = over_documents(_products(x, y)).reshape(*n.shape[:2], x.shape[2], y.shape[2])
        shared -= np.where(n > 0, sum_y / n, 0.0)[:, :, None, :] * sum_x[:, :, :, None]
        own_x, own_y = (
            np.where(
                spread(over_documents(rank), over_documents(rank * rank), n),
                over_documents(side * side) - total**2 / n,
                0.0,
            )
            for side, rank, total in ((x, places(x, there, 0), sum_x), (y, places(y, there, 0), sum_y))
        )
    shared, own_x, own_y = (np.einsum("rs,rs...->r...", w, total) for total in (shared, own_x, own_y))
    return ratio(shared, own_x[:, :, None], own_y[:, None, :])


def _partial_spearman(x: Floats, y: Floats, there: Bools, v: Floats, w: Floats) -> Floats:
    u = _cells(there, v, w)
    systems = np.nonzero(there)[1]

    def ranks(side: Floats) -> Floats:
        means = np.nan_to_num(_over(_sums(side.swapaxes(0, 1), v), (v @ there)[:, :, None]))
        scale = np.abs(side[there]).max(axis=0, initial=0.0)
        left = settle(side[there] - means[:, systems], scale)
        return centred_ranks(left.swapaxes(1, 2), u[:, None, :])

    return _cosine(ranks(x), ranks(y), u)


_OF_DOCUMENTS: dict[Coefficient, Callable[[Floats, Floats, Bools, Floats], Floats]] = {
    "pearson": _summary_pearson,
    "spearman": _summary_spearman,
    "kendall": _summary_kendall,
}
_OF_SUMMARIES: dict[Coefficient, Callable[[Floats, Floats, Bools, Floats, Floats], Floats]] = {
    "pearson": _pooled_pearson,
    "spearman": _pooled_spearman,
    "kendall": _pooled_kendall,
}
_OF_RESIDUALS: dict[Coefficient, Callable[[Floats, Floats, Bools, Floats, Floats], Floats]] = {
    "pearson": _partial_pearson,
    "spearman": _partial_spearman,
}


def _sums(values: Floats, weights: Floats) -> Floats:
    """Weighted sums over the middle axis: (a, units, b) by (resamples, units) to (resamples, a, b)."""
    flat = weights @ values.transpose(1, 0, 2).reshape(values.shape[1], values.shape[0] * values.shape[2])
    return flat.reshape(len(weights), values.shape[0], values.shape[2])


def _products(x: Floats, y: Floats) -> Floats:
    """(a, b, metrics) by (a, b, humans) to (a, b, metrics times humans)."""
    return np.asarray((x[:, :, :, None] * y[:, :, None, :]).reshape(*x.shape[:2], x.shape[2] * y.shape[2]))


def _centred(values: Floats, there: Bools, axis: int) -> Floats:
    """Less the mean of what is there, so that later sums lose no digits; 0 where nothing is there."""
    means = values.sum(axis=axis, keepdims=True) / np.maximum(there.sum(axis=axis), 1)[..., None].reshape(
        *(1 if place == axis else size for place, size in enumerate(there.shape)), 1
    )
    return np.where(there[:, :, None], values - means, 0.0)


def places(values: Floats, there: Bools | None, axis: int) -> Floats:
    """The place of each value among the distinct ones along the axis, as whole numbers; 0 where nothing is there."""
    from scipy import stats

    places = np.asarray(stats.rankdata(values, method="dense", axis=axis), dtype=np.float64)
    return places if there is None else np.where(there[:, :, None], places, 0.0)


def spread(sums: Floats, squares: Floats, n: Floats) -> Bools:
    """Whether a side varies, from weighted sums of whole numbers: at least ½ if it does, 0 if it doesn't."""
    return np.asarray(squares - sums * (sums / n) > 0.25)


def _enough(each: Floats, n: Floats) -> Floats:
    return np.where(n[..., None] >= LEAST, each, np.nan)


def _cells(there: Bools, v: Floats, w: Floats) -> Floats:
    """How often each summary that is there counts: (resamples, summaries)."""
    documents, systems = np.nonzero(there)
    return v[:, documents] * w[:, systems]


def _cosine(x: Floats, y: Floats, u: Floats) -> Floats:
    """Weighted cosines of (resamples, metrics, n) with (resamples, humans, n)."""
    weights = u[:, None, :]
    own_x, own_y = ((weights * side * side).sum(axis=-1) for side in (x, y))
    return ratio((x * weights) @ y.swapaxes(1, 2), own_x[:, :, None], own_y[:, None, :])


def _tie_groups(values: Floats, u: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Weight below and up to each distinct value, (resamples, values), and each row's place among them."""
    order = np.argsort(values, kind="stable")
    last = np.flatnonzero(np.append(values[order][1:] != values[order][:-1], True))
    reached = np.cumsum(u[:, order], axis=1)[:, last]
    group = np.empty(len(values), dtype=np.int64)
    group[order] = np.searchsorted(last, np.arange(len(values)))
    return np.concatenate([np.zeros((len(u), 1)), reached[:, :-1]], axis=1), reached, group


def _signs(values: Floats, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    """Order of each summary of documents a against each of documents b: (pairs, columns, systems, systems)."""
    values = values.transpose(0, 2, 1)
    return np.sign(values[a][:, :, :, None] - values[b][:, :, None, :]).astype(np.float32)


def _means(values: Floats, there: Bools, v: Floats) -> Floats:
    """Mean of each system under each weighting, (resamples, columns, systems); equal means are ties."""
    means = _over(_sums(values.swapaxes(0, 1), v), (v @ there)[:, :, None])
    return settle(means, np.abs(values).max(axis=(0, 1), initial=0.0)).swapaxes(1, 2)


def _over(sums: Floats, counts: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(counts > 0, sums / counts, np.nan))
