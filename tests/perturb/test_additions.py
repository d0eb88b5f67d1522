"""Added sentences: an invented quotation, another document's sentence, a page's own line."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.perturb.additions import add_boilerplate, invent_quote, paste_foreign
from bench.perturb.damage import Perturbed, Skipped
from bench.quotations import quotations
from bench.text import sentences, words


def test_a_quotation_that_nobody_said_by_somebody_in_the_document(corpus: SimpleNamespace) -> None:
    for seed in range(5):
        for text, document in corpus.pairs:
            outcome = invent_quote(text, document, (), seed)
            assert isinstance(outcome, Perturbed)
            new = corpus.inserted(text, outcome)
            [quotation] = quotations(new)
            assert quotation.closed
            said = words(new[quotation.span.slice])
            assert " ".join(said) not in " ".join(words(document))
            speaker = [word for word in words(new) if word not in said and word != "said"]
            assert " ".join(speaker) in " ".join(words(document))
            assert speaker


def test_a_sentence_of_another_document(corpus: SimpleNamespace) -> None:
    for seed in range(5):
        for text, document in corpus.pairs:
            outcome = paste_foreign(text, document, corpus.others(document), seed)
            assert isinstance(outcome, Perturbed)
            new = corpus.inserted(text, outcome).replace(" .", ".")
            assert any(new in sentences(other) for other in corpus.others(document))
            assert new not in document


def test_nothing_to_paste(corpus: SimpleNamespace) -> None:
    text, document = corpus.pairs[0]
    assert isinstance(paste_foreign(text, document, (), 0), Skipped)
    # A copy of the document under another id has nothing that is foreign.
    assert isinstance(paste_foreign(text, document, (document,), 0), Skipped)


def test_a_line_of_the_page_at_the_end(corpus: SimpleNamespace) -> None:
    for text, document in corpus.pairs:
        outcome = add_boilerplate(text, document, (), 0)
        assert isinstance(outcome, Perturbed)
        new = corpus.inserted(text, outcome)
        assert outcome.text.endswith(new)
        assert not set(sentences(document)) & {new}


@pytest.mark.parametrize("add", [add_boilerplate, invent_quote])
def test_the_style_of_tokenised_text_is_kept(corpus: SimpleNamespace, add: object) -> None:
    text, document = corpus.pairs[2]
    outcome = add(text, document, (), 0)  # type: ignore[operator]
    new = corpus.inserted(text, outcome)
    assert new.endswith((" .", "”"))
    assert "\n" + new in "\n" + outcome.text, "one sentence a line, as in the text"
