"""What a score may hold, whoever gives it: a scorer, a plugin, or a line of a file that may be damaged."""

from __future__ import annotations

from math import isfinite
from typing import cast

LARGEST = 2**53
"""The largest whole number up to which a float holds each: no count is larger."""


def is_number(value: object) -> bool:
    """Whether something can stand for a value: a finite float, or a whole number of at most ``LARGEST``.

    >>> [is_number(value) for value in (0.5, 3, True, "3", None, float("nan"), 10**400)]
    [True, True, False, False, False, False, False]
    """
    return (isinstance(value, float) and isfinite(value)) or (type(value) is int and abs(value) <= LARGEST)


def is_share(value: object) -> bool:
    """Whether something can stand for a share: ``None``, or a number from 0 to 1."""
    return value is None or (is_number(value) and 0 <= cast(float, value) <= 1)
