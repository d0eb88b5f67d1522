"""Where a document speaks of a sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.perturb.context import home_of, near
from bench.text import sentences
from bench.types import Span

DOCUMENT = "The bridge cost millions. It rained. The bridge in Leeds cost millions more. Frogs cost nothing."


def test_the_closest_sentences() -> None:
    assert near(DOCUMENT, "A bridge in Leeds cost millions.") == (
        "The bridge cost millions. The bridge in Leeds cost millions more."
    )
    assert near(DOCUMENT, "Frogs sing for nothing.") == "Frogs cost nothing."
    assert near(DOCUMENT, "Frogs sing well.") == near(DOCUMENT, "Nobody came.") == near("", "Frogs sing.") == ""


@given(st.lists(st.sampled_from(sentences(DOCUMENT)), min_size=1, max_size=4), st.sampled_from(sentences(DOCUMENT)))
def test_a_copied_sentence_is_always_near(document: list[str], sentence: str) -> None:
    found = near(" ".join([*document, sentence]), sentence)
    assert sentence in found


def test_the_sentence_of_a_place() -> None:
    text = "It rained. Nobody came."
    assert text[home_of(text, Span(12, 14)).slice] == "Nobody came."
    assert home_of("", Span(0, 0)) == Span(0, 0)
