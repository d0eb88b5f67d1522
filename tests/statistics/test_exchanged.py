"""The matrix products against grids whose scores are really exchanged."""

from __future__ import annotations

import numpy as np
import pytest

from bench.statistics.correlation import COEFFICIENTS, LEVELS, Coefficient, Level
from bench.statistics.exchanged import exchanged
from bench.statistics.levels import at_level

POSSIBLE = [(level, c) for level in LEVELS for c in COEFFICIENTS if (level, c) != ("partial", "kendall")]


@pytest.mark.parametrize("cells", [None, 40])
@pytest.mark.parametrize(("level", "coefficient"), POSSIBLE)
def test_equal_to_really_exchanging(
    level: Level, coefficient: Coefficient, cells: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cells:
        monkeypatch.setattr("bench.statistics.exchanged._CELLS", cells)
    defined = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        shape = int(rng.integers(1, 8)), int(rng.integers(1, 7))
        x, y = rng.normal(size=(2, *shape)).round(seed % 3)
        human = rng.integers(0, 4, size=shape) / 3.0
        if seed % 2:
            gone = rng.random(shape) < 0.25
            x, y, human = (np.where(gone, np.nan, side) for side in (x, y, human))
        documents, systems = (rng.random((9, units)) < 0.5 for units in shape)
        found = exchanged(x, y, human, documents, systems, level=level, coefficient=coefficient)
        for index in range(9):
            swap = documents[index][:, None] ^ systems[index][None, :]
            sides = np.where(swap, y, x), np.where(swap, x, y)
            values = [float(at_level(side, human, level=level, coefficient=coefficient)[0]) for side in sides]
            assert found[index] == pytest.approx(values[0] - values[1], abs=1e-10, nan_ok=True), (seed, index)
            defined += not np.isnan(values[0] - values[1])
    assert defined > 60
