"""Lead, random and source: the systems that need no reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import InputError
from bench.systems.lead import Lead
from bench.systems.oracle import Oracle
from bench.systems.random import Random, draw
from bench.systems.source import Source
from bench.types import Candidate, Example

DOCUMENT = "Mr. Xi came on Monday.\n\nThe talks went\non for 3.5 hours. “We agree,” he said. They left. All is well."
SENTENCES = [
    "Mr. Xi came on Monday.",
    "The talks went on for 3.5 hours.",
    "“We agree,” he said.",
    "They left.",
    "All is well.",
]


def only(system: Lead | Random | Source | Oracle, document: str = DOCUMENT, id_: str = "a") -> Candidate:
    (candidate,) = system.summarize(Example(id_, document, ("They left.",)))
    assert candidate.example_id == id_
    assert candidate.system == system.name
    return candidate


def test_lead_is_the_first_sentences_one_a_line() -> None:
    candidate = only(Lead())
    assert candidate.text.split("\n") == SENTENCES[:3]
    assert candidate.metadata == {"sentences": [0, 1, 2]}
    assert only(Lead(k=1)).text == SENTENCES[0]


@pytest.mark.parametrize("system", [Lead(k=9), Random(k=9)])
def test_a_short_document_is_given_whole(system: Lead | Random) -> None:
    assert only(system).text.split("\n") == SENTENCES
    assert only(system, document=" ").text == ""


def test_source_is_the_document_to_the_character() -> None:
    assert only(Source()).text == DOCUMENT


def test_names_and_roles() -> None:
    assert [(s.name, s.role) for s in (Lead(), Random(k=5), Source(), Oracle())] == [
        ("lead-3", "floor"),
        ("random-5", "floor"),
        ("source", "ceiling"),
        ("oracle-3", "ceiling"),
    ]
    assert [s.name for s in (Lead(name="l"), Random(name="r"), Source(name="s"), Oracle(name="o"))] == [*"lrso"]


@pytest.mark.parametrize("make", [Lead, Random, Oracle])
@pytest.mark.parametrize("k", [0, -1, 2.0, True, "3"])
def test_a_size_that_is_none(make: Callable[..., object], k: object) -> None:
    with pytest.raises(InputError, match=r"systems\.(lead|random|oracle)\.k is .*whole number of sentences"):
        make(k=k)


def test_random_takes_whole_seeds_only() -> None:
    with pytest.raises(InputError, match=r"systems\.random\.seed is '1'"):
        Random(seed="1")  # type: ignore[arg-type]


def test_random_depends_on_seed_and_document_alone() -> None:
    documents = [DOCUMENT + f" Number {number}." for number in range(20)]
    system = Random(k=2, seed=3)
    forward = [only(system, document, f"f{n}").text for n, document in enumerate(documents)]
    backward = [only(Random(k=2, seed=3), document).text for document in reversed(documents)]
    assert forward == backward[::-1]
    assert [only(Random(k=2, seed=4), document).text for document in documents] != forward


@given(st.integers(0, 30), st.integers(1, 30), st.integers(), st.text())
def test_draw_gives_different_numbers_in_order(n: int, k: int, seed: int, document: str) -> None:
    numbers = draw(n, k, seed, document)
    assert len(numbers) == min(n, k)
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(range(n))


def test_every_sentence_is_equally_likely() -> None:
    """A chi-squared test: 3 of 8 numbers, 4,000 draws; 24.3 is the 99.9 % point with 7 degrees of freedom."""
    counts = Counter(number for seed in range(4000) for number in draw(8, 3, seed, "document"))
    expected = 4000 * 3 / 8
    assert sum((counts[number] - expected) ** 2 / expected for number in range(8)) < 24.3


def test_the_draw_never_changes() -> None:
    """Recorded runs hold these: a change here makes old and new numbers of this system differ."""
    assert draw(50, 3, 0, "document") == [18, 25, 29]
