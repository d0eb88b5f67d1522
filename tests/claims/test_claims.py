"""The claims of a text tile its sentences, and a sentence's are the same whatever surrounds it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims import CLAIM_RULES, claim_rules, claims
from bench.language.article import article
from bench.models.spacy_pipeline import load
from bench.models.syntax import pipeline_name
from bench.quotations import quotations
from bench.text import sentence_spans
from bench.types import Span

SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"

SENTENCES = [
    "Anna Smith signed the treaty in Geneva on Friday, and the union called a general strike for Monday.",
    "Although the party lost nine seats in the south, its leader refused to leave office on Monday.",
    "The festival will show forty films from nine countries, including three thrillers from Denmark.",
    "She praised the talks.",
    "The mayor said that “the bridge is safe, and the old mill will open in May to all visitors”.",
    "Share this",
    "(The river flooded the town on Sunday, but the mayor opened the new bridge the next day.)",
]
"""Of our own; none leaves a quotation open."""

any_text = st.text(st.characters() | st.sampled_from("“”\"'().,; \n\ud800"), max_size=40)


def check_tiling(text: str) -> None:
    found = article(text).of(claims)
    assert list(dict.fromkeys(claim.sentence for claim in found)) == sentence_spans(text)
    for sentence in sentence_spans(text):
        mine = [claim.span for claim in found if claim.sentence == sentence]
        assert (mine[0].start, mine[-1].end) == (sentence.start, sentence.end)
        assert all(a.end <= b.start for a, b in pairwise(mine))
        assert not any(text[a.end : b.start].strip() for a, b in pairwise(mine))
    for claim in found:
        assert text[claim.span.slice].strip() == text[claim.span.slice] != ""
    inner = {claim.span.start for claim in found} - {claim.sentence.start for claim in found}
    assert not any(q.span.start < cut < q.span.end for q in quotations(text) for cut in inner)


@given(st.lists(st.sampled_from(SENTENCES) | any_text, max_size=4), st.sampled_from([" ", "\n", "\n\n"]))
def test_claims_tile_the_sentences_of_any_text(sentences: list[str], gap: str) -> None:
    check_tiling(gap.join(sentences))


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
def test_a_sentence_has_the_same_claims_whatever_surrounds_it(sentences: list[str]) -> None:
    text = "\n".join(sentences)
    found = article(text).of(claims)
    offset = 0
    for sentence in sentences:
        here = [
            (c.span.start - offset, c.span.end - offset, c.boilerplate)
            for c in found
            if offset <= c.span.start < offset + len(sentence)
        ]
        assert here == [(c.span.start, c.span.end, c.boilerplate) for c in article(sentence).of(claims)]
        offset += len(sentence) + 1


def test_a_long_quotation_keeps_its_sentences_whole() -> None:
    inner = SENTENCES[0]
    alone = article(inner).of(claims)
    quoted = article(f"He said: “We are glad. {inner} We are tired.”").of(claims)
    assert len(alone) == 2
    assert [claim for claim in quoted if claim.sentence.end - claim.sentence.start == len(inner)] == [
        claim for claim in quoted if claim.span.end - claim.span.start == len(inner)
    ]


def test_boilerplate_stays_whole_and_says_what_it_is() -> None:
    assert [claim.boilerplate for claim in article("The river fell.\nShare this\n© 2024 Example.").of(claims)] == [
        None,
        "share buttons",
        "copyright notice",
    ]


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "…", "?!"])
def test_nothing_to_say(text: str) -> None:
    check_tiling(text)


def test_lone_surrogates_are_read() -> None:
    text = "Anna Smith\ud800 met Bo Sample in Geneva."
    assert [Span(e.start, e.end).end <= len(text) for e in load().parse(text).entities]
    assert len(article(text).of(claims)) == 1


def test_the_rules_name_what_decides() -> None:
    assert CLAIM_RULES in claim_rules()
    assert pipeline_name() in claim_rules()


def test_seeds_are_read_without_loss() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the seeds aren't here")
    for path in sorted(SEEDS.glob("*.txt")):
        check_tiling(path.read_text(encoding="utf-8"))
    first = next(SEEDS.glob("001*")).read_text(encoding="utf-8")
    kinds = [claim.boilerplate for claim in article(first).of(claims) if claim.boilerplate]
    assert kinds == ["licence notice", "navigation"]
