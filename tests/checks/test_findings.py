from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bench.checks.findings import (
    HEADLINE,
    HIGHER_IS_BETTER,
    Finding,
    FindingsCheck,
    claim_values,
    claim_verdict,
)
from bench.language.article import Article
from bench.scorer import signature
from bench.types import Candidate, Example, Pair, Span, Verdict

LABELS = ["supported", "unsupported", "contradicted", "unchecked"]


def make_pair(document: str, candidate: str) -> Pair:
    return Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))


class Echo(FindingsCheck):
    """Judges a sentence supported when the document contains it."""

    name = "echo"

    def signature(self) -> str:
        return signature("echo", version=1)

    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterator[Finding]:
        for span in sentences:
            known = candidate[span] in document.text
            yield Finding("supported" if known else "unsupported", "r", span)


@given(st.lists(st.sampled_from(LABELS)))
def test_values_count_the_labels(labels: list[str]) -> None:
    values, absent = claim_values([Verdict(Span(0, 1), label, None, "") for label in labels])  # type: ignore[arg-type]
    assert values["claims"] == len(labels) == sum(values[label] for label in LABELS)
    assert set(values) <= set(HIGHER_IS_BETTER)
    judged = len(labels) - labels.count("unchecked")
    if judged:
        assert absent is None
        assert 0 <= values["supported_share"] <= 1
        assert abs(values["supported_share"] - labels.count("supported") / judged) < 1e-12
    else:
        assert "supported_share" not in values
        assert absent


def test_headline_is_declared() -> None:
    assert set(HEADLINE) <= set(HIGHER_IS_BETTER)
    assert HIGHER_IS_BETTER["supported_share"] is True
    assert HIGHER_IS_BETTER["unsupported"] is HIGHER_IS_BETTER["contradicted"] is False


@given(st.lists(st.sampled_from(LABELS), min_size=1))
def test_the_worst_finding_decides(labels: list[str]) -> None:
    findings = [Finding(label, f"{label} {i}", Span(i, i + 1), (Span(i, i + 1),)) for i, label in enumerate(labels)]  # type: ignore[arg-type]
    verdict = claim_verdict(Span(0, 5), findings, "nothing")
    worst = min(labels, key=["contradicted", "unsupported", "supported", "unchecked"].index)
    assert verdict.label == worst
    assert worst in verdict.reason
    assert (verdict.score is None) == (worst == "unchecked")


def test_the_verdict_marks_what_is_wrong() -> None:
    wrong = [
        Finding("unsupported", "b", Span(7, 9), kind="entity"),
        Finding("supported", "a", Span(1, 3)),
        Finding("contradicted", "c", Span(4, 6), kind="number"),
        Finding("unsupported", "b", Span(7, 9), kind="entity"),
    ]
    verdict = claim_verdict(Span(0, 10), wrong, "nothing")
    assert (verdict.kind, verdict.marks) == ("number", (Span(4, 6), Span(7, 9)))
    assert claim_verdict(Span(0, 10), wrong[1:2], "nothing").marks == ()
    assert claim_verdict(Span(0, 10), wrong[::-1], "nothing").score == verdict.score


def test_a_sentence_without_findings_is_unchecked_with_the_reason() -> None:
    assert claim_verdict(Span(0, 5), [], "no names") == Verdict(Span(0, 5), "unchecked", None, "no names")


def test_empty_texts_are_undefined() -> None:
    for document, candidate, word in [("", "A.", "document"), ("  \n", "A.", "document"), ("A.", " \n\t", "candidate")]:
        score = Echo().score([make_pair(document, candidate)])[0]
        assert score.status == "undefined"
        assert word in (score.error or "")
        assert score.values == {}


def test_other_scripts_are_unchecked_and_never_a_value() -> None:
    score = Echo().score([make_pair("He left.", "习近平访问北京。")])[0]
    assert [v.label for v in score.verdicts] == ["unchecked"]
    assert "supported_share" not in score.values
    assert "Latin" in score.verdicts[0].reason
    score = Echo().score([make_pair("习近平访问北京。", "He left.")])[0]
    assert [v.label for v in score.verdicts] == ["unchecked"]
    mixed = Echo().score([make_pair("He left.", "He left.\nОн ушёл домой.")])[0]
    assert [v.label for v in mixed.verdicts] == ["supported", "unchecked"]
    assert mixed.values["supported_share"] == 1.0
    assert Article("Đặng Thị Ngọc Thịnh").latin


GERMAN = "Der Stadtrat hat am Montag eine neue Buslinie beschlossen."


def test_other_languages_are_unchecked_and_say_which() -> None:
    for document, candidate, which in [
        (GERMAN, "He left. He wept.", "document"), ("He left. He wept.", GERMAN + " Drei waren dagegen.", "candidate")
    ]:  # fmt: skip
        score = Echo().score([make_pair(document, candidate)])[0]
        assert [v.label for v in score.verdicts] == ["unchecked"] * 2
        assert {v.reason for v in score.verdicts} == {f"the {which} is in German: this check reads English"}
        assert "supported_share" not in score.values


def test_framing_is_unchecked_and_what_it_frames_judged() -> None:
    verdicts = Echo().score([make_pair("He left.", "Here's a summary: He left. I hope this helps!")])[0].verdicts
    assert [v.label for v in verdicts] == ["unchecked", "supported", "unchecked"]
    assert "framing" in verdicts[0].reason
    assert "closing offer" in verdicts[2].reason


def test_text_without_claims_is_not_called_empty() -> None:
    assert Echo().score([make_pair("He left.", "1.")])[0].error == "the candidate holds no claim"


def test_verdicts_are_the_sentences_in_order() -> None:
    text = "He left. She stayed.\nThey ate."
    score = Echo().score([make_pair("He left. They ate.", text)])[0]
    assert [text[v.claim.slice] for v in score.verdicts] == ["He left.", "She stayed.", "They ate."]
    assert [v.label for v in score.verdicts] == ["supported", "unsupported", "supported"]
