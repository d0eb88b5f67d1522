"""The script that says where the checks' time goes: what it measures adds up."""

import time
from dataclasses import replace

import pytest

from bench.types import Pair


@pytest.fixture(scope="module")
def speed(benchmark):
    return benchmark("checks_speed")


def work(seconds):
    started = time.process_time()
    while time.process_time() - started < seconds:
        pass


def test_a_stopwatch_counts_calls_within_calls_once(speed):
    class Nested:
        def outer(self):
            work(0.05)
            return self.inner()

        def inner(self):
            work(0.05)
            return "done"

    watch = speed.Stopwatch()
    watch.watch(Nested, "outer")
    watch.watch(Nested, "inner")
    assert Nested().outer() == "done"
    assert 0.1 <= watch.seconds < 0.15
    assert Nested().inner() == "done"
    assert watch.seconds >= 0.15


def test_encoding_and_parsing_are_parts_of_the_whole(speed, monkeypatch):
    from spacy.language import Language

    for owner, name in ((speed.Encoder, "encode"), (Language, "__call__")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # restored at the end
    # Texts that no test before has had parsed or encoded.
    pairs = [
        Pair(
            replace(pair.example, document=pair.example.document.replace("China", "Norway")),
            replace(pair.candidate, text=pair.candidate.text.replace("China", "Norway")),
        )
        for pair in speed.load("sample", 3)
    ]
    rows = speed.measure(pairs, speed.scorers(["quotes", "support", "consistency"]))
    assert list(rows) == ["quotes", "support", "consistency"]
    for total, encoding, parsing in rows.values():
        assert 0 <= encoding + parsing <= total + 1e-3
    assert rows["support"][1] > 0
    assert rows["quotes"][1] == rows["consistency"][1] == 0
    assert sum(parsing for _, _, parsing in rows.values()) > 0
