"""Relations: negation, modality and opposites, found where they are and nowhere else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.checks.clauses.antonyms import OTHERS, VERBS
from bench.checks.clauses.arcs import clauses
from bench.checks.relations import Relations, judge
from bench.checks.words.places import Beside
from bench.errors import InputError
from bench.language.article import Article
from bench.perturb.damage import Perturbed
from bench.perturb.negation import negate
from bench.text import sentence_spans
from bench.types import Candidate, Example, Pair, Verdict

SHARED = Path(__file__).parents[2] / ".." / "shared"
DOCUMENT = (
    "The mayor sued the local newspaper on Friday over a report about the harbour. "
    "The council may sell the old theatre to a Danish investor next spring. "
    "Prices of fresh bread rose sharply in March, the bakers said. "
    "Police did not arrest the driver of the white lorry after the crash. "
    "Anna Keller failed to inform the committee about the missing money. "
    "“We will close the swimming pool in August,” her deputy said. "
    "The engineers want to drain the northern canal before the winter. "
    "Rovers beat United 2-0 at home and were praised by the visiting manager."
)


def relation_verdict(candidate: str, document: str = DOCUMENT) -> Verdict:
    pair = Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))
    (score,) = Relations().score([pair])
    (verdict,) = score.verdicts
    return verdict


@pytest.mark.parametrize(
    ("candidate", "kind", "marked"),
    [
        ("The mayor did not sue the local newspaper over a report.", "negation", ["not"]),
        ("The mayor never sued the local newspaper.", "negation", ["never"]),
        ("Police arrested the driver of the white lorry.", "negation", ["arrested"]),
        ("The driver of the white lorry was arrested by police after the crash.", "negation", ["arrested"]),
        ("Anna Keller informed the committee about the missing money.", "negation", ["informed"]),
        ("Prices of fresh bread fell sharply in March.", "antonym", ["fell"]),
        ("Prices of fresh bread rose slightly before March.", None, []),
        ("The engineers want to drain the southern canal before the winter.", "antonym", ["southern"]),
        ("The engineers want to drain the northern canal after the winter.", "antonym", ["after"]),
    ],
)
def test_what_is_turned_round_is_contradicted(candidate: str, kind: str | None, marked: list[str]) -> None:
    verdict = relation_verdict(candidate)
    assert verdict.kind == kind
    if kind:
        assert verdict.label == "contradicted"
        assert sorted(candidate[mark.slice] for mark in verdict.marks) == sorted(marked)
        assert verdict.evidence
        assert "document" in verdict.reason


@pytest.mark.parametrize(
    ("candidate", "hedge"),
    [
        ("The council sold the old theatre to a Danish investor.", "may"),
        ("The old theatre was sold by the council to a Danish investor.", "may"),
        ("The engineers drained the northern canal.", "want"),
    ],
)
def test_a_plan_told_as_a_fact_is_unsupported(candidate: str, hedge: str) -> None:
    verdict = relation_verdict(candidate)
    assert (verdict.label, verdict.kind) == ("unsupported", "modality")
    assert f"“{hedge} …" in verdict.reason
    assert "as a fact" in verdict.reason


@pytest.mark.parametrize(
    "candidate",
    [
        "The newspaper was sued by the mayor.",
        "The local newspaper, which the mayor sued, had written about the harbour.",
        "The council may sell the old theatre.",
        "The council might sell the theatre to an investor.",
        "Prices of bread did not fall in March.",
        "The driver of the white lorry was not arrested by police.",
        "Anna Keller did not inform the committee about the missing money.",
        "Rovers beat United and the visiting manager praised them.",
    ],
)
def test_the_same_in_other_words_is_never_blamed(candidate: str) -> None:
    assert relation_verdict(candidate).label in ("supported", "unchecked"), relation_verdict(candidate)


def test_a_passive_is_the_same_event() -> None:
    verdict = relation_verdict("The newspaper was sued by the mayor.")
    assert verdict.label == "supported"
    assert DOCUMENT[verdict.evidence[0].slice].startswith("The mayor sued")


@pytest.mark.parametrize("candidate", ["The harbour is deep.", "A sunny day by the sea.", "Trains ran late."])
def test_what_the_document_does_not_tell_is_unchecked_with_a_reason(candidate: str) -> None:
    verdict = relation_verdict(candidate)
    assert (verdict.label, verdict.score) == ("unchecked", None)
    assert verdict.reason


def test_a_denial_out_of_nowhere_is_unsupported() -> None:
    verdict = relation_verdict("The bakers did not see prices of fresh bread in March.")
    assert (verdict.label, verdict.kind) == ("unsupported", "negation")


def test_another_sentence_that_agrees_clears_the_claim() -> None:
    document = DOCUMENT + " In court, the mayor did not sue the newspaper on Friday."
    assert relation_verdict("The mayor did not sue the newspaper on Friday.").label == "contradicted"
    assert relation_verdict("The mayor did not sue the newspaper on Friday.", document).label == "supported"


@pytest.mark.parametrize(
    "candidate",
    [
        "The local newspaper sued the mayor on Friday.",
        "The mayor was sued by the local newspaper.",
    ],
)
def test_subject_and_object_exchanged_in_other_words_are_not_judged_nor_called_supported(candidate: str) -> None:
    assert relation_verdict(candidate).label == "unchecked"


@pytest.mark.parametrize(
    ("candidate", "document", "kind", "marked"),
    [
        ("The journalist sued the lawyer for libel.", "The lawyer sued the journalist for libel.", "role",
         ["journalist", "lawyer"]),
        ("United beat Rovers 2-0 at home.", DOCUMENT, "role", ["United", "Rovers"]),
        ("The journalist married the lawyer in May.", "The lawyer married the journalist in May.", None, []),
        ("Mice given tea slept longer than mice given milk.", "Mice given milk slept longer than mice given tea.",
         "comparison", ["than"]),
        ("The tunnel is shorter than the road.", "The road is longer than the tunnel.", None, []),
        ("Most of the 40 gardeners complained.", "Only 3 of the 40 gardeners complained.", "quantifier", ["Most"]),
        ("Few of the gardeners complained.", "Only 3 of the 40 gardeners complained.", None, []),
        ("All gardeners complained.", "Some gardeners complained.", "quantifier", ["All"]),
        ("Some gardeners complained.", "All gardeners complained.", None, []),
        ("No gardeners complained.", "Not all gardeners complained.", "quantifier", ["No"]),
        ("Most gardeners complained.", "Almost all gardeners complained.", None, []),
        ("Orla cannot come on Friday.", "Chen: I cannot come on Friday.\nOrla: Then we meet on Monday.", "role",
         ["Orla"]),
        ("Chen cannot come on Friday.", "Chen: I cannot come on Friday.\nOrla: Then we meet on Monday.", None, []),
        ("Orla can come on Friday.", "Chen: I like Fridays.\nOrla: I can come on Friday.", None, []),
        ("Orla will send the file.", "Chen: Can you send me the file?\nOrla: Sure, in an hour.", None, []),
        ("Anna signed the treaty.", "Ben: Why did Anna not sign the treaty?\nAnna: Oh, I did.", None, []),
        ("She won that race on points.", "In 1989 she would win that race on points.", None, []),
        ("The committee has decided.", "The committee has not decided yet.", "negation", ["decided"]),
        ("The mayor closed the pool.", "The mayor said that he would close the pool.", None, []),
        ("The bank announced bond selling.", "The bank announced bond buying.", "antonym", ["selling"]),
    ],
)  # fmt: skip
def test_exchanged_sides_shares_and_speakers(
    candidate: str, document: str, kind: str | None, marked: list[str]
) -> None:
    verdict = relation_verdict(candidate, document)
    assert verdict.kind == kind, verdict
    assert [candidate[span.slice] for span in verdict.marks] == marked
    assert kind is None or verdict.label in ("contradicted", "unsupported")


def test_short_evidence_is_shown_with_its_sentence() -> None:
    verdict = relation_verdict("The rain did not stop.", "The rain stopped. Everybody left the hall early.")
    assert verdict.kind == "negation"
    assert "The rain stopped" in verdict.reason


def test_a_long_list_is_not_parsed() -> None:
    verdict = relation_verdict("The mayor sued " + "the newspaper and " * 150 + "the harbour.")
    assert verdict.label == "unchecked"
    assert "too long" in verdict.reason


@pytest.mark.parametrize(
    ("text", "negated", "mood"),
    [
        ("She signed it.", False, "past"),
        ("She has not signed it.", True, "past"),
        ("She didn't refuse to sign it.", False, "past"),
        ("She refused to sign it.", True, "past"),
        ("She was unable to sign it.", True, "past"),
        ("Nobody signed it.", True, "past"),
        ("No minister has signed it.", True, "past"),
        ("She will not sign it.", True, "future"),
        ("She plans to sign it.", False, "future"),
        ("She was expected to sign it.", False, "future"),
        ("She could sign it.", False, "possible"),
        ("She was told to sign it.", False, "wished"),
        ("She managed to sign it.", False, "past"),
        ("The minister denied that she had signed it.", True, "past"),
        ("World No 1 Keller signed it.", False, "past"),
    ],
)
def test_polarity_and_mood(text: str, negated: bool, mood: str) -> None:
    [clause] = [clause for clause in clauses(Article(text)) if clause.lemma == "sign"]
    assert (clause.told.negated, clause.told.mood) == (negated, mood)


def test_the_tables_are_symmetric_and_contradict_nothing() -> None:
    for table in (VERBS, OTHERS):
        for word, others in table.items():
            assert word not in others
            assert all(word in table[other] for other in others)
    assert sum(len(others) for others in VERBS.values()) // 2 > 150


def choosing_documents(limit: int) -> list[str]:
    documents = []
    for name in ("summeval", "qags_cnn"):
        path = SHARED / "judgements" / f"{name}.jsonl"
        if not path.exists():
            pytest.skip("the judgements are not there")
        with path.open(encoding="utf-8") as lines:
            found = [json.loads(line)["document"] for line in lines]
        documents += [d for d in found if int(hashlib.sha256(d.encode()).hexdigest(), 16) % 2 == 0][:limit]
    return documents


def blamed(document: str, candidate: str) -> set[str | None]:
    texts = Article(candidate), Article(document)
    found = [finding for span in texts[0].sentences for finding in judge(Beside(*texts, span))]
    return {finding.kind for finding in found if finding.label in ("contradicted", "unsupported")}


def test_copied_sentences_are_blamed_when_turned_round_and_only_then() -> None:
    tried, hit = 0, 0
    for document in choosing_documents(12):
        lead = " ".join(" ".join(document[span.slice].split()) for span in sentence_spans(document)[:3])
        assert not blamed(document, lead), lead
        outcome = negate(lead, document, (), 0)
        if isinstance(outcome, Perturbed):
            tried += 1
            hit += "negation" in blamed(document, outcome.text)
    assert tried >= 15
    assert hit >= 0.9 * tried


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ab .,’'\"“”not NO\n\ud83d12", max_size=60), st.text(alphabet="ab .not\n", max_size=60))
def test_any_text_gets_verdicts_inside_of_it(candidate: str, document: str) -> None:
    (score,) = Relations().score([Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))])
    for verdict in score.verdicts:
        assert all(0 <= mark.start < mark.end <= len(candidate) for mark in verdict.marks)
        assert all(span.end <= len(document) for span in verdict.evidence)


def test_a_useless_option_is_refused() -> None:
    with pytest.raises(InputError, match="most"):
        Relations(most=0)
