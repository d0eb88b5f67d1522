"""The stations of docs/architecture.md are in the code."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`(bench(?:\.\w+)+)`", TEXT)))


def found(name: str) -> object:
    """What a dotted name stands for; AttributeError where nothing does."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            thing: object = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            thing = getattr(thing, part)
        return thing
    raise AttributeError(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_station_is_there(name: str) -> None:
    assert found(name) is not None


def test_stations_that_are_gone_would_be_noticed() -> None:
    assert len(NAMES) > 20
    with pytest.raises(AttributeError):
        found("bench.checks.numbers.Numbers.nowhere")


def test_each_trip_has_fewer_than_ten_stations() -> None:
    trips = [part for part in TEXT.split("\n## ")[1:] if " trip to " in part.splitlines()[0]]
    assert len(trips) == 2
    for trip in trips:
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", trip, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert 5 <= len(numbers) < 10
