"""A text is read once: by whoever asks first, for all who ask later, and not for ever."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from bench.checks.entities import Entities
from bench.checks.numbers import Numbers
from bench.checks.quotes import Quotes
from bench.checks.relations import Relations
from bench.language import article as module
from bench.language.article import Article, article
from bench.models.spacy_pipeline import Parsed, SpacyPipeline
from bench.types import Candidate, Example, Pair, Span

DOCUMENT = (
    "Anna Keller signed the harbour treaty in Oslo on Monday, and 12 ministers applauded her for a long time. "
    "“We have waited nine years for this,” said Keller. Peter Walsh did not come, because his ship was late."
)
CANDIDATE = (
    "Peter Walsh signed the harbour treaty in Oslo on Tuesday, and 13 ministers applauded him for a long time. "
    "Keller said they had “waited ten years for this”. Peter Walsh came, because his ship was late."
)


def test_all_checks_together_read_a_sentence_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[tuple[str, str]] = Counter()
    parse_sentence, parse, sentence_spans = module.parse_sentence, SpacyPipeline.parse, module.sentence_spans

    def counted_parse(pipeline: SpacyPipeline, text: str) -> Parsed:
        read["names", text] += 1
        return parse(pipeline, text)

    monkeypatch.setattr(SpacyPipeline, "parse", counted_parse)
    for name, real in (("parse_sentence", parse_sentence), ("sentence_spans", sentence_spans)):

        def counted(text: str, name: str = name, real: object = real) -> object:
            read[name, text] += 1
            return real(text)  # type: ignore[operator]

        monkeypatch.setattr(module, name, counted)
    module._articles.clear()
    pair = Pair(Example("e", DOCUMENT, (DOCUMENT,)), Candidate("e", "s", CANDIDATE))
    for check in (Entities(), Numbers(), Quotes(), Relations()):
        assert check.score([pair, pair])[0].status == "ok"
    assert len(read) > 8
    assert set(read.values()) == {1}


def test_what_is_built_is_kept_by_builder_and_arguments() -> None:
    calls: list[str] = []

    def first(text: Article, word: str) -> int | None:
        calls.append(word)
        place = text.text.find(word)
        return place if place >= 0 else None

    text = Article("to and fro")
    assert [text.of(first, "and"), text.of(first, "and"), text.of(first, "to")] == [3, 3, 0]
    assert [text.of(first, "xi"), text.of(first, "xi")] == [None, None]
    assert calls == ["and", "to", "xi"]
    assert Article("to and fro").of(first, "and") == 3
    assert calls == ["and", "to", "xi", "and"]


def test_a_sentence_alone_is_the_same_article_wherever_it_stands() -> None:
    one, other = article("He left. Who cares?"), article("Who cares?\nShe does.")
    assert one.alone(Span(9, 19)) is other.alone(Span(0, 10))
    assert one[Span(9, 19)] == "Who cares?"


def test_other_metadata_make_another_article() -> None:
    known = article(DOCUMENT, {"date": date(2024, 5, 16)})
    assert article(DOCUMENT) is known
    assert article(DOCUMENT, {"date": date(2024, 5, 16)}) is known
    assert article(DOCUMENT, {}) is not known
    assert article(DOCUMENT).metadata == {}


def test_the_cache_is_bounded_and_keeps_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    module._articles.clear()
    monkeypatch.setattr(module, "_KEPT", 100)
    first = article("first")
    for number in range(50):
        article(f"text number {number}")
        assert article("first") is first, "what is used stays"
    assert sum(map(len, module._articles)) <= 100
    assert "text number 49" in module._articles
    assert "text number 0" not in module._articles
    long = article("x" * 500)
    assert article("x" * 500) is long
    assert list(module._articles) == ["x" * 500]


def test_sentences_and_quotations_know_their_places() -> None:
    text = Article(DOCUMENT)
    assert [text.sentence_at(place) for place in (0, 103, len(DOCUMENT))] == [0, 0, 2]
    assert Article("  Left.").sentence_at(0) == -1
    (quotation,) = text.quotations
    assert text.quote_around(Span(quotation.span.start + 3, quotation.span.end - 1)) == quotation.span
    assert text.quote_around(Span(quotation.span.start - 1, quotation.span.end)) is None
