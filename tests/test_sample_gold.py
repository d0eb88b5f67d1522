"""The checks against the sample's gold labels: each kind of error is found by the check made for it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def script(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("sample_gold")


@pytest.fixture(scope="module")
def tally(script, tmp_path_factory):
    return script.measure(tmp_path_factory.mktemp("gold") / "run")


@pytest.mark.parametrize(
    ("kind", "check", "least"),
    [
        ("altered_quote", "quotes", 1.0),
        ("invented_quote", "quotes", 1.0),
        ("number", "numbers", 1.0),
        ("boilerplate", "support", 0.85),
        ("unsupported", "any", 0.7),
        ("entity", "entities", 0.6),
        ("date", "numbers", 1.0),
        ("negation", "relations", 0.75),
    ],
)
def test_recall_by_kind(tally, kind, check, least):
    assert tally[kind, check] >= least * tally[kind, "sentences"] > 0


def test_few_false_alarms(tally):
    assert tally["supported", "any"] <= 0.02 * tally["supported", "sentences"]


def test_every_sentence_is_judged(tally):
    assert sum(count for (_, who), count in tally.items() if who == "sentences") == 154


def test_the_table_shows_every_kind(script, capsys, monkeypatch, tally):
    monkeypatch.setattr(script, "measure", lambda _: tally)
    script.main()
    shown = capsys.readouterr().out
    for kind in {kind for kind, _ in tally}:
        assert f"| {kind} |" in shown
