"""What holds for every kind of damage, and the two functions that all are made of."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.kinds import KINDS
from bench.types import Span

ODD = (
    "",
    "   ",
    "\n\n",
    "?",
    "No",
    "习近平访问北京。",
    "\ud800 12 cats.",
    "7",
    "...",
    "A. B. C.",
    "x" * 3000,
    "🙂 🙂.",
)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_said_changes(corpus: SimpleNamespace, kind: str) -> None:
    applied = 0
    for seed in range(4):
        for text, document in (*corpus.pairs, corpus.fifth):
            outcome = KINDS[kind].perturb(text, document, corpus.others(document), seed)
            assert outcome.kind == kind
            if isinstance(outcome, Perturbed):
                corpus.apart(text, outcome)
                applied += 1
            else:
                assert outcome.reason
    assert applied >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_whatever_the_order_of_the_others_and_what_came_before(corpus: SimpleNamespace, kind: str) -> None:
    perturb = KINDS[kind].perturb
    pairs = [(text, document, corpus.others(document)) for text, document in (*corpus.pairs, corpus.fifth)]
    first = [perturb(*pair, 3) for pair in pairs]
    again = [perturb(text, document, others[::-1], 3) for text, document, others in reversed(pairs)][::-1]
    assert first == again


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"roles"}))
def test_another_seed_can_give_another_damage(corpus: SimpleNamespace, kind: str) -> None:
    found = [
        {str(KINDS[kind].perturb(text, document, corpus.others(document), seed)) for seed in range(20)}
        for text, document in (*corpus.pairs, corpus.fifth)
    ]
    assert max(map(len, found)) > 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", ODD, ids=lambda text: repr(text)[:12])
def test_odd_texts_are_damaged_rightly_or_skipped_with_a_reason(corpus: SimpleNamespace, kind: str, odd: str) -> None:
    for text, document in ((odd, corpus.documents[0]), (corpus.summaries[0], odd), (odd, odd)):
        for others in ((), (odd,), corpus.documents):
            outcome = KINDS[kind].perturb(text, document, others, 0)
            if isinstance(outcome, Perturbed):
                corpus.apart(text, outcome)
            else:
                assert outcome.reason


def test_another_process_draws_the_same(corpus: SimpleNamespace) -> None:
    """Python's own hashes differ from process to process; ours must not."""
    code = "from bench.perturb.draw import shuffled; print(shuffled(range(30), 'key', 1))"
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert {run.stdout.strip() for run in done} == {str(shuffled(range(30), "key", 1))}


@given(st.lists(st.text(), unique=True), st.integers())
def test_shuffled_is_a_permutation_that_only_the_key_decides(items: list[str], seed: int) -> None:
    found = shuffled(items, seed)
    assert sorted(found) == sorted(items)
    assert shuffled(items[::-1], seed) == found


def test_every_order_comes_as_often() -> None:
    orders = [tuple(shuffled("abc", seed)) for seed in range(1200)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    # 200 expected each, standard deviation 13.
    assert all(145 < count < 255 for count in counts)


@given(st.text(min_size=1, max_size=40), st.lists(st.tuples(st.integers(0, 40), st.text(max_size=5)), max_size=4))
def test_edit_replaces_as_slicing_from_the_end_would(text: str, cuts: list[tuple[int, str]]) -> None:
    places = sorted({min(place, len(text)) for place, _ in cuts})
    spans = [Span(low, high) for low, high in pairwise(places)][::2]
    edits = [(span, new) for span, (_, new) in zip(spans, cuts, strict=False)]
    expected = text
    for span, new in reversed(edits):
        expected = expected[: span.start] + new + expected[span.end :]
    if expected == text:
        with pytest.raises(ValueError, match="change nothing"):
            edit("any", text, edits, "note")
        return
    found = edit("any", text, edits, "note")
    assert found.text == expected
    assert [found.text[change.after.slice] for change in found.changes] == [new for _, new in edits]


def test_edits_may_not_overlap() -> None:
    with pytest.raises(ValueError, match="overlap"):
        edit("any", "abcdef", [(Span(0, 3), "x"), (Span(2, 4), "y")], "note")


def test_a_skipped_damage_says_why(corpus: SimpleNamespace) -> None:
    outcome = KINDS["new-entity"].perturb(*corpus.pairs[0], (), 0)
    assert outcome == Skipped("new-entity", "there is no other document to take a name from")
