from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.checks.entail import LAYERS
from bench.checks.entailment.premise import Unit, compose, units
from bench.checks.words.content_words import ContentWords, content_words
from bench.models.encoder import minilm

DOCUMENT = (
    "The town council of Arnsby met on Monday. It approved a new bus route to the hospital. "
    "Three members voted against it. The route will open in May. A choir sang in the church on Sunday. "
    "The library stays closed until the roof is mended."
)


def read(text: str) -> ContentWords:
    [encoded] = minilm(device="cpu").encode([text], layers=LAYERS)
    return content_words(text, encoded.spans, {layer: encoded.embeddings[layer] for layer in LAYERS}, LAYERS)


def pieces(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    return minilm(device="cpu").pieces(text)


@pytest.fixture(scope="module")
def parts() -> list[Unit]:
    return units(DOCUMENT, pieces)


def test_every_sentence_is_a_unit_in_order(parts: list[Unit]) -> None:
    assert [DOCUMENT[unit.span.slice] for unit in parts] == [unit.text for unit in parts]
    assert " ".join(unit.text for unit in parts) == DOCUMENT
    assert [unit.size for unit in parts] == [len(pieces(unit.text)[0]) for unit in parts]


def test_a_turn_keeps_its_speaker_in_every_sentence() -> None:
    chat = "Ines: I can't come. The car is broken.\nTarek: Too bad!\nInes: On Friday then. Or Saturday."
    assert [unit.text for unit in units(chat, pieces)] == [
        "Ines: I can't come.", "Ines: The car is broken.", "Tarek: Too bad!", "Ines: On Friday then.",
        "Ines: Or Saturday.",
    ]  # fmt: skip


def test_a_colon_in_prose_names_no_speaker() -> None:
    prose = "The verdict: guilty. He appealed.\nThe next day he fled."
    assert [unit.text for unit in units(prose, pieces)] == [
        "The verdict: guilty.", "He appealed.", "The next day he fled.",
    ]  # fmt: skip


def test_a_long_sentence_is_divided_and_nothing_is_lost() -> None:
    text = " ".join(f"word{n}" for n in range(300))
    found = units(text, pieces)
    assert max(unit.size for unit in found) <= 64
    assert " ".join(unit.text for unit in found) == text


@pytest.mark.parametrize(
    ("claim", "needed"),
    [
        ("A bus line to the hospital was agreed on.", "It approved a new bus route to the hospital."),
        ("The choir gave a concert in church.", "A choir sang in the church on Sunday."),
        ("The library is shut because of its roof.", "The library stays closed until the roof is mended."),
    ],
)
def test_the_premise_holds_what_the_claim_is_about(parts: list[Unit], claim: str, needed: str) -> None:
    chosen = compose(read(claim).vectors, read(DOCUMENT), parts, 25)
    assert needed in [parts[number].text for number in chosen]


@given(budget=st.integers(1, 200), rows=st.integers(0, 4), seed=st.integers(0, 5))
def test_the_budget_is_kept_but_for_a_single_unit(parts: list[Unit], budget: int, rows: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, 768)).astype(np.float32)
    chosen = compose(vectors, read(DOCUMENT), parts, budget)
    assert chosen == sorted(set(chosen))
    assert chosen
    assert len(chosen) == 1 or sum(parts[number].size for number in chosen) <= budget


def test_a_short_document_is_read_whole(parts: list[Unit]) -> None:
    assert compose(read("No word of it.").vectors, read(DOCUMENT), parts, 500) == list(range(len(parts)))
