"""What several systems can be compared by: the examples that all of them have. Pure functions over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 2
"""Shared examples (documents, where examples of one document aren't independent) from which on systems are ordered."""


def shared_rows(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The examples with a value of every system that has any, as a mask of shape (examples,).

    Means over other examples say as much about the examples as about the systems.

    Args:
        table: shape (examples, systems); NaN where a system lacks the value.

    >>> shared_rows(np.array([[0.5, 0.4, np.nan], [np.nan, 0.9, np.nan], [0.7, 0.6, np.nan]])).tolist()
    [True, False, True]
    """
    there = ~np.isnan(table)
    scored = there.any(axis=0)
    return np.asarray(there[:, scored].all(axis=1) & scored.any())
