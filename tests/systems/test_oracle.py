"""The oracle against a greedy twin that asks the rouge-score package for every single choice."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from bench.systems import oracle as module
from bench.systems.extract import document_sentences
from bench.systems.oracle import Oracle, greedy
from bench.types import Example

SHARED = Path(__file__).parents[2] / ".." / "shared"
WORDS = "talks trading trades leader leaders summit 2024 a of running"


def value(text: str, references: list[str]) -> float:
    """Mean of ROUGE-1 and ROUGE-2 F1, each the maximum over the references."""
    scores: dict[str, Any] = RougeScorer(["rouge1", "rouge2"], use_stemmer=True).score_multi(references, text)
    return (scores["rouge1"].fmeasure + scores["rouge2"].fmeasure) / 2


def twin(sentences: list[str], references: list[str], k: int) -> list[int]:
    """Greedy choice by brute force: every set of one sentence more is scored as a text, from the start."""
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < k:
        tried = []
        for number in range(len(sentences)):
            if number not in chosen:
                text = "\n".join(sentences[other] for other in sorted([*chosen, number]))
                # Rounded, so that values which are equal in truth are equal here.
                tried.append((round(value(text, references), 12), -number))
        score, number = max(tried, default=(0.0, 0))
        if score <= best:
            break
        best, chosen = score, sorted([*chosen, -number])
    return chosen


def chosen_by(k: int, document: str, references: list[str]) -> list[int]:
    (candidate,) = Oracle(k=k).summarize(Example("a", document, tuple(references)))
    numbers = candidate.metadata["sentences"]
    assert candidate.text == "\n".join(document_sentences(document)[number] for number in numbers)
    assert candidate.system == f"oracle-{k}"
    return list(numbers)


texts = st.lists(
    st.lists(st.sampled_from([*WORDS.split(), "–"]), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(texts, st.lists(texts.map(". ".join), min_size=1, max_size=3), st.integers(1, 5))
def test_greedy_is_the_twin_on_any_text(sentences: list[str], references: list[str], k: int) -> None:
    tokenize = module._rouge_tokenizer()
    got = greedy([tokenize(s) for s in sentences], [tokenize(r) for r in references], k)
    assert got == twin(sentences, references, k)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real articles are not beside the checkout")
def test_oracle_is_the_twin_on_real_articles() -> None:
    documents = [path.read_text(encoding="utf-8") for path in sorted((SHARED / "seeds").glob("*.txt"))]
    for document, references in [(documents[4], [documents[0]]), (documents[0], documents[2:4])]:
        sentences = document_sentences(document)
        got = chosen_by(3, document, references)
        assert got == twin(sentences, references, 3)
        first, last = got[0], got[-1]
        assert first != last
        lead = "\n".join(sentences[:3])
        assert value("\n".join(sentences[n] for n in got), references) > value(lead, references)


def test_stops_when_nothing_improves() -> None:
    assert chosen_by(5, "Alpha beta gamma. Other words here. Delta epsilon.", ["alpha beta gamma delta epsilon"]) == [
        0,
        2,
    ]


def test_a_sentence_between_two_others_parts_them() -> None:
    """Adding "three." finds its word but breaks the bigram "dog sat" across the two chosen sentences."""
    sentences, reference = ["one dog.", "three.", "sat two."], "one dog sat two three"
    assert value("\n".join(sentences), [reference]) < value("one dog. sat two.", [reference])
    tokenize = module._rouge_tokenizer()
    assert greedy([tokenize(s) for s in sentences], [tokenize(reference)], 3) == [0, 2]


def test_first_of_equal_sentences() -> None:
    assert chosen_by(2, "Nothing. Same thing. Same thing.", ["same thing"]) == [1]


def test_no_shared_token_is_empty_and_told() -> None:
    system = Oracle()
    for id_ in ("thai", "thai", "none"):
        (candidate,) = system.summarize(Example(id_, "การประชุมสุดยอด", ("การประชุม",)))
        assert candidate.text == ""
    assert system.warnings() == (
        "oracle-3: empty, because no sentence shares a ROUGE token with a reference: thai, none.",
    )
    assert [c.text for c in Oracle().summarize(Example("empty", "", ("words",)))] == [""]


def test_role_and_no_warning_without_cause() -> None:
    system = Oracle(k=2)
    list(system.summarize(Example("a", "One word.", ("one",))))
    assert (system.name, system.role, system.warnings()) == ("oracle-2", "ceiling", ())


@cache
def long_document() -> str:
    draw = random.Random(5)
    words = [f"w{number}" for number in range(3000)]
    return " ".join("The " + " ".join(draw.choices(words, k=24)) + "." for _ in range(800))


def test_a_document_of_twenty_thousand_words_is_fine(
    linear: Callable[[Callable[[int], object], int, int], None],
) -> None:
    """Against ten references of two hundred words."""
    words = long_document().split()
    references = [" ".join(words[start : start + 200]) for start in range(0, 20_000, 2000)]
    linear(lambda size: chosen_by(3, " ".join(words[:size]), references), 2_500, 20_000)
    assert len(chosen_by(3, " ".join(words), references)) == 3


def test_the_package_tokenizes_once_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = module._rouge_tokenizer()

    def counting() -> Callable[[str], list[str]]:
        def tokenize(text: str) -> list[str]:
            calls.append(text)
            return real(text)

        return tokenize

    monkeypatch.setattr(module, "_rouge_tokenizer", counting)
    chosen_by(3, "One two. Three four. Five six.", ["one three five"])
    assert len(calls) == 4
