"""The simulation of docs/meta.md in small: which tests between metrics hold their level where systems bias them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def script(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("meta_simulation")


@pytest.mark.parametrize("level", ["summary", "system"])
def test_the_bootstrap_holds_its_level_where_the_permutation_does_not(script: ModuleType, level: str) -> None:
    found = script.shares(1.0, level, "pearson", studies=40, resamples=100)
    assert found["permutation, both"] > 0.2
    assert found["bootstrap, both"] <= 0.1
    assert found["Williams"] <= 0.1


def test_without_biases_every_test_holds_its_level(script: ModuleType) -> None:
    found = script.shares(0.0, "summary", "pearson", studies=40, resamples=100)
    assert set(found) == set(script.TESTS)
    assert max(found.values()) <= 0.125
