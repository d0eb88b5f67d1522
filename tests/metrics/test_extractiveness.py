"""Extractiveness and lengths against brute-force twins, SummEval's formula and properties."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics.extractiveness import Extractiveness, fragment_lengths, index_words
from bench.metrics.lengths import Lengths
from bench.types import Candidate, Example, Pair, Score

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"

# Few different words, so that matches overlap in every way.
WORDS = st.lists(st.sampled_from("abcd"), max_size=30)
SENTENCES = st.lists(st.sampled_from(["to", "be", "or", "not", "To", "Rome."]), min_size=1, max_size=30)


def cell(candidate: str, document: str) -> Pair:
    return Pair(Example("e", document, ()), Candidate("e", "s", candidate))


def score_texts(candidate: str, document: str) -> Score:
    (score,) = Extractiveness().score([cell(candidate, document)])
    return score


def paper_procedure(summary: list[str], article: list[str]) -> list[int]:
    """F(A, S) as the paper spells it, word by word; returns the fragments' lengths."""
    found, i = [], 0
    while i < len(summary):
        longest, j = 0, 0
        while j < len(article):
            if summary[i] == article[j]:
                run = 0
                while i + run < len(summary) and j + run < len(article) and summary[i + run] == article[j + run]:
                    run += 1
                longest = max(longest, run)
                j += run
            else:
                j += 1
        if longest:
            found.append(longest)
        i += max(longest, 1)
    return found


@settings(deadline=None, max_examples=400)
@given(summary=WORDS, article=WORDS)
def test_fragments_equal_the_papers_procedure(summary, article):
    assert fragment_lengths(summary, index_words(article)) == paper_procedure(summary, article)


def test_keeps_the_papers_blind_spot():
    # "a a b" starts inside the first match "a a", where the procedure doesn't look again.
    assert fragment_lengths(list("aab"), index_words(list("aaab"))) == [2, 1]


@settings(deadline=None)
@given(summary=SENTENCES, article=SENTENCES)
def test_ranges_and_relations(summary, article):
    values = score_texts(" ".join(summary), " ".join(article)).values
    assert 0 <= values["coverage"] <= 1
    assert values["coverage"] <= values["density"] <= len(summary) or values["density"] == 0
    assert values["compression"] == len(article) / len(summary)
    assert values["document_words"] == len(article)
    novel = [values[f"novel_{n}gram"] for n in (1, 2, 3, 4) if n <= len(summary)]
    # One novel word makes every n-gram around it novel.
    assert all(0 <= share <= 1 for share in novel)
    assert novel[0] < 1 or set(novel) == {1.0}


@settings(deadline=None)
@given(before=SENTENCES, copied=SENTENCES, after=SENTENCES)
def test_a_verbatim_copy_is_one_fragment(before, copied, after):
    # Capitals that occur nowhere else make the match unique.
    text = " ".join(["Start", *copied, "End"])
    values = score_texts(text, " ".join([*before, text, *after])).values
    assert values["coverage"] == 1
    assert values["density"] == len(copied) + 2
    assert {values[key] for key in values if key.startswith("novel")} == {0}


def test_nothing_shared():
    values = score_texts("one two three four", "five six").values
    assert values["coverage"] == values["density"] == 0
    assert values["novel_1gram"] == values["novel_4gram"] == 1
    assert values["compression"] == 0.5


@settings(deadline=None)
@given(summary=SENTENCES, article=SENTENCES)
def test_novel_share_as_summeval_counts_it(summary, article):
    # SummEval's data statistics: different n-grams of the summary minus those of the article, over the former.
    low = [[word.lower().strip(".") for word in text] for text in (summary, article)]
    values = score_texts(" ".join(summary), " ".join(article)).values
    for n in (1, 2, 3, 4):
        own, other = ({tuple(words[i : i + n]) for i in range(len(words) - n + 1)} for words in low)
        assert values.get(f"novel_{n}gram") == (len(own - other) / len(own) if own else None)


def test_a_worked_example():
    values = score_texts("Xi’s visit, officials said, was brief.", "Officials said Xi's second visit was brief.").values
    # Fragments: "xi's", "visit", "officials said", "was brief".
    assert values["coverage"] == 1
    assert values["density"] == (1 + 1 + 4 + 4) / 6
    assert values["novel_2gram"] == 3 / 5
    assert values["compression"] == 7 / 6


def test_chinese_counts_characters():
    assert score_texts("中国人", "中国人民").values["density"] == 3


@pytest.mark.parametrize(
    ("candidate", "document", "reason"),
    [
        ("", "a", "the candidate is empty"),
        ("…", "a", "the candidate has no words"),
        ("a", " \n", "the document is empty"),
        ("a", "—", "the document has no words"),
    ],
)
def test_undefined_without_words(candidate, document, reason):
    score = score_texts(candidate, document)
    assert (score.status, score.error, dict(score.values)) == ("undefined", reason, {})


def test_a_short_candidate_has_no_long_ngrams():
    score = score_texts("one two three", "one two three four")
    assert "novel_4gram" not in score.values
    assert score.values["novel_3gram"] == 0
    assert score.error == "no novel_4gram: the candidate has fewer words"
    assert score_texts("one", "one").error.startswith("no novel_2gram, novel_3gram, novel_4gram:")


def test_the_seeds_differ_as_a_reader_sees_them():
    if not SEEDS.is_dir():
        pytest.skip("the seed articles are not beside the checkout")
    texts = {path.stem[:3]: path.read_text(encoding="utf-8") for path in SEEDS.glob("*.txt")}
    values = {key: score_texts(text, texts["004"]).values for key, text in texts.items()}
    # 001 is a near-copy, 003 shares many sentences, 000 is a summary, 002 is another outlet's story.
    assert values["004"]["coverage"] == 1
    assert values["001"]["coverage"] > 0.85
    assert values["001"]["coverage"] > values["003"]["coverage"] > values["002"]["coverage"]
    assert values["002"]["novel_2gram"] > values["003"]["novel_2gram"] > values["001"]["novel_2gram"]


def test_long_documents_are_quick(linear):
    def score(size):
        # Half of the words are w1: far harder than any real text.
        vocabulary = [f"w{int(random.Random(n).paretovariate(1))}" for n in range(size)]
        document, candidate = " ".join(vocabulary), " ".join(vocabulary[::-1][: size // 4])
        assert score_texts(candidate, document).values["document_words"] == size

    linear(score, 4_000, 20_000)


# --- lengths --------------------------------------------------------------------------------------


def lengths_of(text: str) -> Score:
    (score,) = Lengths().score([cell(text, "")])
    return score


def test_lengths_of_a_text():
    values = lengths_of("Mr. Xi’s envoy met him. They left.\nThey left! ---").values
    assert values["words"] == 9
    assert values["sentences"] == 3
    assert values["words_per_sentence"] == 3
    assert values["repeated_sentence"] == pytest.approx(1 / 3)
    assert values["repeated_3gram"] == 0


@settings(deadline=None)
@given(words=st.lists(st.sampled_from("abc"), min_size=3, max_size=40))
def test_repetition_equals_counting_by_hand(words):
    counted = Counter(tuple(words[i : i + 3]) for i in range(len(words) - 2))
    again = sum(count - 1 for count in counted.values())
    values = lengths_of(" ".join(words)).values
    assert values["repeated_3gram"] == pytest.approx(again / counted.total())
    assert values["words"] == len(words)


def test_lengths_undefined_and_absent():
    assert lengths_of(" ").error == "the candidate is empty"
    assert lengths_of("?!").error == "the candidate has no words"
    score = lengths_of("Two words")
    assert "repeated_3gram" not in score.values
    assert score.error == "no repeated_3gram: the candidate has fewer than three words"


@pytest.mark.parametrize("scorer", [Extractiveness(), Lengths()])
def test_gives_what_it_declares_without_a_direction(scorer):
    (score,) = scorer.score([cell("a b c d e", "a b c d f")])
    assert set(score.values) == set(scorer.higher_is_better)
    assert set(scorer.higher_is_better.values()) == {None}
    assert set(scorer.headline) <= set(scorer.higher_is_better)
    assert score.error is None
