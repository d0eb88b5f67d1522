"""Chance that depends on nothing but what is drawn from: items are shuffled by their hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def shuffled(items: Iterable[T], *key: object, spell: Callable[[T], str] = str) -> list[T]:
    """The items in an order that depends on the key and on how each is spelled, not on how they came.

    Sorting by a hash, because the algorithms of Python's ``random`` may change between versions.

    >>> shuffled([1, 2, 3], "seed", 0) == shuffled([3, 2, 1], "seed", 0)
    True
    """
    # "surrogatepass": a text made in Python may hold what UTF-8 can't.
    prefix = sha256("\x00".join(map(str, key)).encode("utf-8", "surrogatepass")).digest()

    def rank(item: T) -> bytes:
        return sha256(prefix + spell(item).encode("utf-8", "surrogatepass")).digest()

    return sorted(items, key=rank)
