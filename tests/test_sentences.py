"""The same sentences with capitals, without, one a line or in another script: every scorer sees the same ones."""

from __future__ import annotations

import pytest

from bench.claims import claims
from bench.language.article import article
from bench.metrics.rouge import Rouge
from bench.systems.lead import Lead
from bench.systems.oracle import Oracle
from bench.systems.random import Random
from bench.types import Candidate, Example, Pair

DOCUMENT = (
    "The mayor spoke on monday. Taxes will rise next year. The council voted. The opposition left. "
    "Schools get more money."
)
TAXES, MAYOR = "Taxes will rise next year", "The mayor spoke on monday"
CASES = {
    "with capitals": Example("1", DOCUMENT, (f"{TAXES}. {MAYOR}.",), (Candidate("1", "same", f"{MAYOR}. {TAXES}."),)),
    "without": Example(
        "1", DOCUMENT.lower(), (f"{TAXES}. {MAYOR}.".lower(),), (Candidate("1", "same", f"{MAYOR}. {TAXES}.".lower()),)
    ),
    "one a line": Example(
        "1", DOCUMENT.lower(), (f"{TAXES}\n{MAYOR}".lower(),), (Candidate("1", "same", f"{MAYOR}\n{TAXES}".lower()),)
    ),
    "tokenised": Example(
        "1",
        DOCUMENT.lower().replace(".", " ."),
        (f"{TAXES} . {MAYOR} .".lower(),),
        (Candidate("1", "same", f"{MAYOR} . {TAXES} .".lower()),),
    ),
}


@pytest.fixture(params=CASES)
def example(request) -> Example:
    return CASES[request.param]


def pair(example: Example) -> Pair:
    return Pair(example, example.candidates[0])


def plain(text: str) -> list[str]:
    return text.lower().replace(".", " ").split()


def test_rouge_lsum_compares_sentences(example: Example) -> None:
    (score,) = Rouge().score([pair(example)])
    assert score.values["rougeLsum_f1"] == 1.0
    assert score.values["rougeL_f1"] < 1.0


def test_lead_and_random_take_sentences(example: Example) -> None:
    (lead,) = Lead(k=3).summarize(example)
    assert plain(lead.text) == plain(" ".join(DOCUMENT.split(". ")[:3]))
    (drawn,) = Random(k=2).summarize(example)
    assert len(drawn.text.splitlines()) == 2


def test_the_oracle_is_no_worse_than_a_copy_of_the_reference(example: Example) -> None:
    (oracle,) = Oracle(k=3).summarize(example)
    (best,) = Rouge().score([Pair(example, oracle)])
    (copy,) = Rouge().score([pair(example)])
    assert best.values["rouge1_f1"] == copy.values["rouge1_f1"] == 1.0


def test_claims_are_sentences(example: Example) -> None:
    text = example.candidates[0].text
    assert [plain(text[claim.span.slice]) for claim in article(text).of(claims)] == [plain(MAYOR), plain(TAXES)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("भारत ने मैच जीता।", "टीम ने जश्न मनाया।"),
        ("وہ جیتا۔", "کون ہارا؟"),
        ("እሱ መጣ።", "እሷ ሄደች።"),
        ("Նա եկավ։", "Նա գնաց։"),
        ("Ο Άρης ήρθε.", "Ποιος κέρδισε;"),
    ],
)
def test_rouge_lsum_in_other_scripts(first: str, second: str) -> None:
    example = Example("1", "", (f"{second} {first}",), (Candidate("1", "same", f"{first} {second}"),))
    (score,) = Rouge(tokenizer="unicode").score([pair(example)])
    assert score.values["rougeLsum_f1"] == 1.0
