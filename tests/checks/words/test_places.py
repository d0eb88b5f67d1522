from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.checks.words import places
from bench.checks.words.places import _RUN, Aligned, Beside, PlacedWord, pair_words, placed_words, word_key
from bench.language.article import Article, article
from bench.models.syntax import lemma
from bench.text import sentence_spans
from bench.types import Span

DOCUMENT = """Chancellor Maria Keller met Peter Smith in Oslo on Monday. The weather in Oslo was mild.
Keller didn't visit Chinese cities. Smith praised Keller, and the U.S. envoy thanked Smith."""


def nearest(claim: str, document: str = DOCUMENT, most: int = 3) -> list[Aligned]:
    return Beside(Article(claim), article(document), Span(0, len(claim))).best(most)


def best_words(claim: str, document: str = DOCUMENT) -> list[tuple[str, str]]:
    first = nearest(claim, document)[0]
    return [(claim[here.slice], document[there.slice]) for here, there in first.pairs]


@pytest.mark.parametrize(
    "forms",
    [
        "visit visits visited visiting",
        "plan plans planned planning",
        "hope hopes hoped hoping",
        "agree agrees agreed agreeing",
        "carry carries carried carrying",
        "say says said saying",
        "control controls controlled controlling",
        "take takes took taken taking",
        "write writes wrote written writing",
        "man men",
        "city cities",
        "box boxes",
        "watch watches watched watching",
        "travel traveled travelled travelling",
        "child children",
        "is are was were been being",
    ],
)
def test_inflected_forms_share_a_key(forms: str) -> None:
    assert len({word_key(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("inform", "information"),
        ("note", "not"),
        ("noted", "not"),
        ("new", "news"),
        ("universe", "university"),
        ("need", "ned"),
        ("thing", "th"),
        ("red", "r"),
        ("Iran", "Iraq"),
        ("1,200", "1,300"),
        ("3.5", "35"),
        ("speed", "spied"),
        ("this", "thi"),
        ("rats", "rate"),
        ("rated", "rats"),
        ("plan", "plane"),
        ("planning", "planes"),
        ("cars", "care"),
        ("caring", "car"),
        ("hoping", "hop"),
        ("fees", "feed"),
        ("discuss", "discus"),
    ],
)
def test_other_words_have_other_keys(a: str, b: str) -> None:
    assert word_key(a) != word_key(b)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=10))
def test_a_key_begins_like_its_word_or_the_table_has_it(word: str) -> None:
    assert lemma(word)[:1] == word[:1] or word in ("am", "is", "are", "was", "were", "went", "people", "m", "re", "ve")


def test_words_of_a_place_are_one_and_clitics_are_words() -> None:
    text = "China's and South Korea's envoys weren't told: the U.S. can’t pay $1,200.50 for no-limits aid"
    assert [text[word.start : word.end] for word in placed_words(Article(text), Span(0, len(text)))] == [
        "China", "and", "South Korea", "envoys", "were", "n't", "told", "the", "U.S.", "ca", "n’t", "pay",
        "1,200.50", "for", "no", "limits", "aid",
    ]  # fmt: skip


def test_the_sentence_that_has_the_words_comes_first() -> None:
    claim = "Keller meets Smith in Oslo."
    best = nearest(claim)
    assert DOCUMENT[best[0].sentence.slice].startswith("Chancellor Maria Keller")
    assert best[0].score == 1.0
    assert best_words(claim) == [("Keller", "Keller"), ("meets", "met"), ("Smith", "Smith"), ("in", "in"),
                                 ("Oslo", "Oslo")]  # fmt: skip


def test_a_surname_stands_for_a_full_name() -> None:
    claim = "Maria Keller visited China."
    (first, *_) = nearest(claim)
    assert DOCUMENT[first.sentence.slice].startswith("Keller didn't")
    assert first.score == 1.0


def test_a_first_name_alone_counts() -> None:
    claim = "Maria Weber praised Anna."
    assert nearest(claim)[0].score < 0.5


def test_swapped_names_are_paired_crosswise() -> None:
    claim = "Peter Smith met Maria Keller in Oslo"
    pairs = best_words(claim)
    assert ("Smith", "Smith") in pairs
    assert ("Keller", "Keller") in pairs
    assert nearest(claim)[0].score == 1.0


def test_in_order_beats_the_same_words_in_another_order() -> None:
    document = "Smith praised Keller. Keller praised Smith."
    claim = "Keller praised Smith"
    assert document[nearest(claim, document)[0].sentence.slice] == "Keller praised Smith."


def test_offsets_are_the_whole_texts() -> None:
    candidate = "First this. Then Smith praised Keller. Then that."
    claim = sentence_spans(candidate)[1]
    first = Beside(Article(candidate), Article(DOCUMENT), claim).best()[0]
    assert [candidate[here.slice] for here, _ in first.pairs] == ["Smith", "praised", "Keller"]
    assert all(claim.start <= here.start and here.end <= claim.end for here, _ in first.pairs)
    assert all(first.sentence.start <= there.start and there.end <= first.sentence.end for _, there in first.pairs)


@pytest.mark.parametrize("claim", ["", "...", "He is.", "Zebras graze."])
def test_nothing_in_common_is_nothing(claim: str) -> None:
    assert nearest(claim) == []


def test_an_empty_document_has_no_sentence() -> None:
    assert nearest("Keller met Smith.", "") == []


WORDS = st.lists(st.sampled_from("keller smith oslo the of met paid".split()), max_size=6)


def _plain(words: list[str]) -> list[PlacedWord]:
    return [PlacedWord(word, i, i + 1, word in ("the", "of"), False) for i, word in enumerate(words)]


def _heaviest(ours: list[str], theirs: list[str], weights: list[float]) -> float:
    """Brute force: every subset of equal pairs that is one to one and in order."""
    equal = [(a, b) for a, b in itertools.product(range(len(ours)), range(len(theirs))) if ours[a] == theirs[b]]

    def extend(start: int, last: tuple[int, int] | None) -> float:
        best = 0.0
        for n in range(start, len(equal)):
            a, b = equal[n]
            if last is None or (a > last[0] and b > last[1]):
                bonus = _RUN if last == (a - 1, b - 1) else 0.0
                best = max(best, weights[a] + bonus + extend(n + 1, equal[n]))
        return best

    return extend(0, None)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_the_ordered_pairing_is_the_heaviest(ours: list[str], theirs: list[str]) -> None:
    weights = [0.05 if word in ("the", "of") else 1.0 + ord(word[0]) / 100 for word in ours]
    pairs, weight = pair_words(_plain(ours), _plain(theirs), weights)
    assert weight == pytest.approx(_heaviest(ours, theirs, weights))
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
    assert pairs == sorted(pairs)
    assert all(ours[a] == theirs[b] for a, b in pairs)
    # Every content word that both have is paired as often as both have it.
    for word in set(ours) & set(theirs) - {"the", "of"}:
        assert sum(ours[a] == word for a, _ in pairs) == min(ours.count(word), theirs.count(word))


SENTENCES = st.lists(
    st.lists(st.sampled_from("Keller Smith Oslo the of met paid Weber".split()), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(SENTENCES, st.integers(0, 5), st.integers(1, 4))
def test_a_copied_sentence_is_found_whole(sentences: list[list[str]], which: int, most: int) -> None:
    document = " ".join("They " + " ".join(words) + " then." for words in sentences)
    claim = "They " + " ".join(sentences[which % len(sentences)]) + " then."
    best = nearest(claim, document, most)
    assert len(best) <= most
    assert all(0 < aligned.score <= 1 for aligned in best)
    assert [aligned.score for aligned in best] == sorted((aligned.score for aligned in best), reverse=True)
    if best:
        assert best[0].score == 1.0
    for aligned in best:
        for here, there in aligned.pairs:
            assert word_key(claim[here.slice]) == word_key(document[there.slice])


def test_no_sentence_of_real_documents_is_lost() -> None:
    """Sentences copied from a document are aligned with themselves, all words paired."""
    path = Path(__file__).parents[3] / ".." / "shared" / "judgements" / "summeval.jsonl"
    if not path.exists():
        pytest.skip("no shared data beside the checkout")
    with path.open(encoding="utf-8") as lines:
        document = json.loads(next(lines))["document"]
    for span in sentence_spans(document):
        best = Beside(article(document), article(document), span).best()
        if not best:
            assert all(word.small for word in placed_words(Article(document), span))
            continue
        assert best[0].score == pytest.approx(1.0)
        assert (
            document[best[0].sentence.slice].split() == document[span.slice].split()
            or len(best[0].pairs) >= len(document[span.slice].split()) * 0.5
        )


def test_checks_that_want_more_and_fewer_sentences_share_one_alignment(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = "Keller and Smith met in Oslo on Monday, the envoy said of Chinese cities."
    fresh = {most: nearest(claim, most=most) for most in (1, 2, 6)}
    calls: list[object] = []
    monkeypatch.setattr(places, "pair_words", lambda *args: calls.append(args) or pair_words(*args))
    shared = Beside(Article(claim), Article(DOCUMENT), Span(0, len(claim)))
    for most in (1, 6, 2, 1):
        assert shared.best(most) == fresh[most]
    assert len(calls) == len(fresh[6]) == 4


def test_a_long_document_is_indexed_once_and_quickly(
    linear: Callable[[Callable[[int], object], int, int], None],
) -> None:
    def search(size: int) -> None:
        document = " ".join(
            f"Delegate {n} of town {n % 97} paid {n * 7} crowns to the harbour office." for n in range(size)
        )
        for n in range(0, 200, 10):
            claim = f"Delegate {n} of town {n % 97} paid {n * 7} crowns."
            assert nearest(claim, document)[0].score == 1.0

    linear(search, 200, 1200)
