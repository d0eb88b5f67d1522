"""The nli check with models whose answers are known by construction, and against slow twins of both recipes."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bench.catalogue import options_of
from bench.checks.nli import NLI
from bench.claims import Claim, claims
from bench.config import build_job, compose_run
from bench.errors import InputError
from bench.language.article import Article
from bench.scoring import problems
from bench.text import sentence_spans
from bench.types import Candidate, Example, Pair, Score, Span

WORDS = (
    "anna met ben in oslo on friday the talks were long nobody signed a deal rice tea trade grew storm came late city "
    "river old bridge closed for two weeks one minister spoke about new law won never again small green house"
).split()
DOCUMENT = (
    "Anna met Ben in Oslo on Friday. The talks were long.\n\nNobody signed a deal. The minister spoke not about rice. "
    "Trade grew."
)


def load_overlap() -> ModuleType:
    path = Path(__file__).parents[1] / "fixtures" / "overlap.py"
    spec = importlib.util.spec_from_file_location("overlap", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


overlap = load_overlap()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return overlap.build(tmp_path_factory.mktemp("whole"), WORDS)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Probabilities follow the share of the claim's words that are found."""
    return overlap.build(tmp_path_factory.mktemp("graded"), WORDS, graded=True)


def pair(candidate: str, document: str = DOCUMENT) -> Pair:
    return Pair(Example("e", document, ()), Candidate("e", "s", candidate))


def check(folder: Path, **options: Any) -> NLI:
    return NLI(model=str(folder), device="cpu", **options)


def judge(scorer: NLI, candidate: str, document: str = DOCUMENT) -> Score:
    [score] = scorer.score([pair(candidate, document)])
    assert list(problems(scorer, pair(candidate, document), score)) == []
    return score


def shown(score: Score, document: str = DOCUMENT) -> list[tuple[str, list[str]]]:
    return [(v.label, [document[span.slice] for span in v.evidence]) for v in score.verdicts]


def clauses(text: Article) -> tuple[Claim, ...]:
    """Each sentence cut behind its comma."""
    found = []
    for sentence in text.sentences:
        comma = text.text.find(",", sentence.start, sentence.end) + 1
        ends = [comma, sentence.end] if comma else [sentence.end]
        start = sentence.start
        for end in ends:
            found.append(Claim(Span(start, end), sentence))
            start = end + 1
    return tuple(found)


# --- known answers ----------------------------------------------------------------------------------------

CANDIDATE = "Ben met Anna. The minister spoke about rice. Anna met Ben in the city. Trade grew."


@pytest.mark.parametrize("recipe", ["summac", "minicheck"])
def test_known_answers_with_their_evidence(folder: Path, recipe: Any) -> None:
    score = judge(check(folder, recipe=recipe, chunk_tokens=20), CANDIDATE)
    assert shown(score)[0] == ("supported", ["Anna met Ben in Oslo on Friday."])
    assert shown(score)[1] == ("contradicted", ["The minister spoke not about rice."])
    assert shown(score)[2][0] == "unsupported"
    assert len(shown(score)[2][1]) == 1
    # In a run of sentences, the "not" of the one before counts; then only the run as a whole contradicts the claim.
    run = DOCUMENT[DOCUMENT.index("Nobody") :]
    assert shown(score)[3] == {"summac": ("supported", ["Trade grew."]), "minicheck": ("contradicted", [run])}[recipe]
    assert score.values["claims"] == 4.0
    assert score.seen.document == 1.0
    assert score.verdicts[0].reason == "entailed by a part of the document: 1.00"
    assert score.verdicts[0].score == pytest.approx(0.995, abs=1e-3)


@pytest.mark.parametrize("order", list(permutations(("contradiction", "neutral", "entailment"))))
def test_permuted_labels_give_the_same_verdicts(folder: Path, tmp_path: Path, order: tuple[str, ...]) -> None:
    expected = judge(check(folder), CANDIDATE)
    other = judge(check(overlap.build(tmp_path / "m", WORDS, order)), CANDIDATE)
    assert shown(other) == shown(expected)
    assert other.values == pytest.approx(dict(expected.values))


def test_two_labels_never_contradict(tmp_path: Path) -> None:
    where = overlap.build(tmp_path / "m", WORDS, ("other", "entailment"), names=["not_entailment", "entailment"])
    scorer = check(where)
    assert [label for label, _ in shown(judge(scorer, CANDIDATE))] == [
        "supported", "unsupported", "unsupported", "supported",
    ]  # fmt: skip
    assert any("two labels" in warning for warning in scorer.warnings())
    assert not any("two labels" in warning for warning in check(overlap.build(tmp_path / "n", WORDS)).warnings())


def test_what_carries_a_claim_only_together_is_shown_whole(folder: Path) -> None:
    document = "Anna met Ben. The river closed. Nobody signed."
    candidate = "Anna closed the river."
    alone = judge(check(folder), candidate, document)
    assert shown(alone, document)[0][0] == "unsupported"
    for options in ({"recipe": "minicheck"}, {"granularity": "2sents"}, {"granularity": "paragraph"}):
        together = judge(check(folder, **options), candidate, document)
        [(label, evidence)] = shown(together, document)
        assert label == "supported"
        assert evidence == [document if options != {"granularity": "2sents"} else "Anna met Ben. The river closed."]


@pytest.mark.parametrize("recipe", ["summac", "minicheck"])
def test_the_best_sentences_come_first(graded: Path, recipe: Any) -> None:
    document = "Anna met nobody. The storm came late. Anna met Ben in Oslo. Anna met Ben."
    score = judge(check(graded, recipe=recipe, threshold=0.3), "Anna met Ben.", document)
    assert shown(score, document) == [("supported", ["Anna met Ben in Oslo.", "Anna met Ben.", "Anna met nobody."])]


def test_short_sentences_are_kept(folder: Path) -> None:
    """The authors' code drops sentences of up to ten characters, on both sides."""
    document = "The storm came late. Anna won. The river is old."
    score = judge(check(folder), "Anna won.", document)
    assert shown(score, document) == [("supported", ["Anna won."])]


# --- nothing is cut ---------------------------------------------------------------------------------------


def long_document(words: int, stop: bool) -> str:
    """So many words without "anna", "won" and "not"; with or without full stops."""
    rng = random.Random(5)
    known = [word for word in WORDS if word not in ("anna", "won")]
    found = []
    for number in range(1, words + 1):
        word = rng.choice(known)
        begins, ends = stop and number % 24 == 1, stop and number % 24 == 0
        found.append((word.capitalize() if begins else word) + ("." if ends else ""))
    return " ".join(found)


@pytest.mark.parametrize("options", [{"recipe": "summac"}, {"recipe": "minicheck"}], ids=["summac", "minicheck"])
def test_the_only_support_at_the_end_of_20000_words_is_found(tmp_path: Path, options: Any) -> None:
    where = overlap.build(tmp_path / "m", WORDS, positions=512)
    filler = long_document(20_016, stop=True)
    document = filler + " Anna won."
    scorer = check(where, **options)
    assert shown(judge(scorer, "Anna won.", document), document) == [("supported", ["Anna won."])]
    assert shown(judge(scorer, "Anna won.", filler), filler)[0][0] == "unsupported"


@pytest.mark.parametrize("options", [{"recipe": "summac"}, {"recipe": "minicheck"}], ids=["summac", "minicheck"])
@pytest.mark.parametrize("place", [0.0, 0.31, 0.5, 0.77, 1.0])
def test_a_sentence_longer_than_the_model_is_read_whole(folder: Path, options: Any, place: float) -> None:
    """600 words without a full stop, ten times as long as the model: windows overlap, so no pair of words is parted."""
    words = long_document(600, stop=False).split()
    words[int(place * 600) : int(place * 600)] = ["anna", "won"]
    document = " ".join(words)
    [verdict] = judge(check(folder, **options), "Anna won.", document).verdicts
    assert verdict.label == "supported"
    assert all("anna won" in document[span.slice] for span in verdict.evidence)
    assert verdict.evidence[0].end - verdict.evidence[0].start < 400


def test_a_claim_that_is_too_long_is_not_judged_and_says_so(folder: Path) -> None:
    scorer = check(folder)
    longest = " ".join(["anna"] * 29) + "."  # 30 word pieces: half of the room of 61
    assert judge(scorer, longest).verdicts[0].label == "supported"
    score = judge(scorer, "Anna met Ben. Anna " + longest)
    assert [verdict.label for verdict in score.verdicts] == ["supported", "unchecked"]
    assert "31 word pieces" in score.verdicts[1].reason
    assert "at most 30" in score.verdicts[1].reason
    assert score.seen.candidate == pytest.approx(13 / (13 + 5 + len(longest)))
    alone = judge(scorer, "Anna " + longest)
    assert "nli" not in alone.values
    assert alone.error


# --- slow twins -------------------------------------------------------------------------------------------


def probabilities(folder: Path, premise: str, claim: str) -> tuple[float, float]:
    """P(entailment), P(contradiction), as transformers gives them."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        row = model(**tokenizer(premise, claim, return_tensors="pt")).logits[0].softmax(-1)
    return float(row[2]), float(row[0])


SUMMARY = "Ben met Anna on Friday. The minister spoke about tea. Nobody signed the law again. A small house."


@pytest.mark.parametrize("granularity", ["sentence", "2sents"])
@pytest.mark.parametrize("subtract", [True, False])
def test_summac_is_the_mean_over_claims_of_the_difference_of_maxima(
    graded: Path, granularity: str, subtract: bool
) -> None:
    sentences = [DOCUMENT[span.slice] for span in sentence_spans(DOCUMENT)]
    blocks = [" ".join(sentences[i : i + (1 if granularity == "sentence" else 2)]) for i in range(len(sentences))]
    expected = []
    for claim in [SUMMARY[span.slice] for span in sentence_spans(SUMMARY)]:
        table = np.array([probabilities(graded, block, claim) for block in blocks])
        expected.append(table[:, 0].max() - (table[:, 1].max() if subtract else 0))
    scorer = check(graded, granularity=granularity, subtract_contradiction=subtract)
    score = judge(scorer, SUMMARY)
    assert np.ptp(expected) > 0.05
    assert score.values["nli"] == pytest.approx(np.mean(expected), abs=1e-6)


def test_minicheck_is_the_mean_over_claims_of_the_best_run(graded: Path) -> None:
    # Word pieces of the sentences: 8, 5, 5, 7, 3. Runs of 13 at most: the first two, then three times two.
    sentences = [DOCUMENT[span.slice] for span in sentence_spans(DOCUMENT)]
    runs = {0: [(0, 2), (2, 4), (4, 5)], 1: [(0, 2), (1, 3), (2, 4), (3, 5)]}
    for overlapping, spans in runs.items():
        expected = []
        for claim in [SUMMARY[span.slice] for span in sentence_spans(SUMMARY)]:
            expected.append(max(probabilities(graded, " ".join(sentences[a:b]), claim)[0] for a, b in spans))
        scorer = check(graded, recipe="minicheck", chunk_tokens=13, overlap=overlapping)
        score = judge(scorer, SUMMARY)
        assert score.values["nli"] == pytest.approx(np.mean(expected), abs=1e-6)
        assert [verdict.score for verdict in score.verdicts] == pytest.approx(expected, abs=1e-6)


# --- claims -----------------------------------------------------------------------------------------------


def test_a_clause_is_judged_alone_or_with_its_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.checks.findings.claims", clauses)
    text = "Anna met Ben, the storm came late. Trade grew."
    alone = judge(check(folder), text)
    assert [label for label, _ in shown(alone)] == ["supported", "unsupported", "supported"]
    whole = judge(check(folder, hypothesis="sentence"), text)
    assert [label for label, _ in shown(whole)] == ["unsupported", "unsupported", "supported"]
    yes, no = 0.995, 0.0025
    assert alone.values["nli"] == pytest.approx((yes + no + yes) / 3, abs=0.01)
    assert whole.values["nli"] == pytest.approx((no + yes) / 2, abs=0.01)
    assert [v.score for v in whole.verdicts] == pytest.approx([no, no, yes], abs=1e-3)
    assert check(folder).signature() != check(folder, hypothesis="sentence").signature()


def test_boilerplate_and_claims_without_words_are_not_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def marked(text: Article) -> tuple[Claim, ...]:
        first, *others = claims(text)
        return (replace(first, boilerplate="navigation"), *others)

    monkeypatch.setattr("bench.checks.findings.claims", marked)
    score = judge(check(folder), "Anna met Ben. *** Trade grew.\n\n…\n\nTrade grew.")
    assert score.verdicts[0].label == "unchecked"
    assert score.verdicts[0].reason.startswith("navigation")
    assert [v.reason for v in score.verdicts if "no words" in v.reason] == ["no words in this claim"]


@pytest.mark.parametrize(("candidate", "document"), [("", "Anna."), ("Anna.", " "), ("Anna.", "… !"), ("Anna.", "\n")])
def test_nothing_to_judge_is_undefined(folder: Path, candidate: str, document: str) -> None:
    score = judge(check(folder), candidate, document)
    assert (score.status, score.values) == ("undefined", {})
    assert score.error


# --- options ----------------------------------------------------------------------------------------------


def labels_of(score: Score) -> Sequence[str]:
    return [verdict.label for verdict in score.verdicts]


def test_thresholds_decide_the_labels(graded: Path) -> None:
    scores = judge(check(graded), "Anna met Ben in tea.").verdicts[0]
    assert scores.score is not None
    assert labels_of(judge(check(graded, threshold=scores.score), "Anna met Ben in tea.")) == ["supported"]
    above = check(graded, threshold=scores.score + 1e-6, contradiction=1.0)
    assert labels_of(judge(above, "Anna met Ben in tea.")) == ["unsupported"]


def test_warnings_say_whose_thresholds_these_are(folder: Path, tmp_path: Path) -> None:
    assert any("aren't calibrated for" in warning for warning in check(folder).warnings())
    where = overlap.build(tmp_path / "MiniCheck-RoBERTa-Large", WORDS, ("other", "entailment"), names=["0", "1"])
    minicheck = check(where)
    assert not any("calibrated" in warning for warning in minicheck.warnings())
    assert "recipe:minicheck" in minicheck.signature()
    assert "layout:joined" in minicheck.signature()
    assert "labels:unsupported+entailment" in minicheck.signature()
    assert minicheck.details()["licence"] == "MIT"
    for other in ({"threshold": 0.4}, {"recipe": "summac"}):
        assert any("calibrated" in warning for warning in check(where, **other).warnings())
    turned = overlap.build(tmp_path / "roberta-large-mnli", WORDS, ("entailment", "neutral", "contradiction"))
    assert any("has contradiction+neutral+entailment" in warning for warning in check(turned).warnings())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipe": "other"}, "recipe='other': choose one of summac, minicheck"),
        ({"granularity": "word"}, "granularity='word'"),
        ({"hypothesis": "word"}, "hypothesis='word'"),
        ({"layout": "three"}, "layout='three'"),
        ({"threshold": 0.0}, "threshold and contradiction must be"),
        ({"contradiction": 1.5}, "threshold and contradiction must be"),
        ({"chunk_tokens": 0}, "chunk_tokens must be at least 1"),
        ({"overlap": -1}, "overlap at least 0"),
    ],
)
def test_wrong_options(folder: Path, options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check(folder, **options)
    assert message in str(caught.value)
    assert "checks.nli" in str(caught.value)


def test_many_pairs_at_once_are_those_one_by_one(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.checks.nli._TOGETHER", 12)
    monkeypatch.setattr("bench.language.article._KEPT", 1000)
    pairs = [pair(SUMMARY, DOCUMENT * number) for number in (1, 2, 3, 1)] + [pair("", DOCUMENT), pair(CANDIDATE)]
    together = check(graded).score(pairs)
    assert together == [check(graded).score([one])[0] for one in pairs]
    assert [score.status for score in together] == ["ok"] * 4 + ["undefined", "ok"]


# --- as a choice of a run ---------------------------------------------------------------------------------


def test_it_needs_a_model_and_is_not_in_the_default_run(folder: Path) -> None:
    [option] = [option for option in options_of("checks") if option.name == "nli"]
    assert option.needs == ("checks.nli.model=…",)
    assert "nli" not in compose_run([]).checks
    words = ["metrics=[]", "checks=[nli]", f"checks.nli.model={folder}"]
    [scorer] = build_job(compose_run(words), words).checks
    assert isinstance(scorer, NLI)
    without = words[:2]
    with pytest.raises(InputError, match=r"checks\.nli\.model"):
        build_job(compose_run(without), without)
