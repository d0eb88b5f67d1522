"""ROUGE against rouge-score itself, published figures, and the settings of other harnesses."""

from __future__ import annotations

import importlib
import json
import pickle
import random
import resource
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from rouge_score import rouge_scorer, tokenizers
from scipy.stats import pearsonr, spearmanr

import bench.metrics.rouge as module
from bench.errors import InputError, MissingExtra
from bench.metrics.rouge import MEASURES, TYPES, Rouge
from bench.metrics.tokens import unicode_tokens
from bench.notices import notices
from bench.text import sentences
from bench.types import Candidate, Example, Pair

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
JUDGEMENTS = ROOT.parent / "shared" / "judgements"
BACKENDS = ("rouge-score-rs", "rouge-score")

# Words that stem alike, sentence marks, and characters whose lower-casing or joining is special.
PIECES = st.sampled_from(
    "running runs ran ponies pony happily skies dying agreed oed ied 2024 a I x1 . ! \n \r\n \u2028 _ ' ’ "
    "É İ K ſ ß Σ ² ½ \u0301 ไทย 中文 العربية \ud800 \x00 ﬁ".split(" ")
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=25).flatmap(
    lambda x: st.sampled_from(["", " "]).map(lambda s: s.join(x))
)


def make_pair(candidate: str, *references: str, document: str = "") -> Pair:
    return Pair(Example("e", document, references), Candidate("e", "s", candidate))


def values_of(scorer: Rouge, candidate: str, *references: str) -> dict[str, float]:
    (score,) = scorer.score([make_pair(candidate, *references)])
    return dict(score.values)


def original(types, candidate, references, *, use_stemmer, tokenizer=None) -> dict[str, float]:
    """What rouge-score says, under our names."""
    scorer = rouge_scorer.RougeScorer(list(types), use_stemmer=use_stemmer, tokenizer=tokenizer)
    found = scorer.score_multi(list(references), candidate)
    return {f"{kind}_{m}": value for kind in types for m, value in zip(MEASURES, found[kind], strict=True)}


def one_line_a_sentence(text: str) -> str:
    return "\n".join(" ".join(sentence.split()) for sentence in sentences(text))


def preset(name: str, **options: str) -> Rouge:
    config = OmegaConf.to_container(OmegaConf.load(ROOT / "conf" / "metrics" / f"{name}.yaml"))
    assert config.pop("_target_") == "bench.metrics.rouge.Rouge"
    assert config["name"] == name
    return Rouge(**{**config, **options})


def read_seeds() -> dict[str, str]:
    if not SEEDS.is_dir():
        pytest.skip("the seed articles are not beside the checkout")
    return {path.stem[:3]: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}


def read_judgements(name: str) -> list[dict]:
    path = JUDGEMENTS / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("the human judgements are not beside the checkout")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- equal to rouge-score -------------------------------------------------------------------------


@pytest.mark.parametrize("use_stemmer", [True, False])
@pytest.mark.parametrize("backend", BACKENDS)
@settings(deadline=None, max_examples=150)
@given(candidate=TEXTS, references=st.lists(TEXTS, min_size=1, max_size=3))
def test_equals_rouge_score_on_any_text(backend, use_stemmer, candidate, references):
    ours = values_of(
        Rouge(types=TYPES, use_stemmer=use_stemmer, sentences="newline", backend=backend), candidate, *references
    )
    theirs = original(TYPES, candidate, references, use_stemmer=use_stemmer)
    # What we leave out, rouge-score calls 0.
    assert {key: ours.get(key, 0) for key in theirs} == theirs


@settings(deadline=None, max_examples=100)
@given(candidate=TEXTS, reference=TEXTS)
def test_sentence_rules_change_nothing_but_the_split(candidate, reference):
    ours = values_of(Rouge(types=TYPES), candidate, reference)
    theirs = original(TYPES, one_line_a_sentence(candidate), [one_line_a_sentence(reference)], use_stemmer=True)
    assert {key: ours.get(key, 0) for key in theirs} == theirs


@pytest.mark.parametrize("use_stemmer", [True, False])
def test_both_backends_tokenize_every_character_alike(use_stemmer):
    fast, slow = (Rouge(use_stemmer=use_stemmer, backend=backend).backend for backend in BACKENDS)
    # The stemmer is slow, and it never sees what isn't a-z or 0-9: the first planes will do.
    for start in range(0, 0x8000 if use_stemmer else 0x110000, 0x4000):
        text = " ".join(f"ab{chr(code)}ings {chr(code)}" for code in range(start, start + 0x4000))
        assert fast.tokenize(text) == slow.tokenize(text)


def test_both_backends_stem_every_word_of_the_real_texts_alike():
    texts = [*read_seeds().values(), *(row["document"] for row in read_judgements("qags_cnn"))]
    fast, slow = (Rouge(backend=backend).backend for backend in BACKENDS)
    words = " ".join(sorted({word for text in texts for word in text.lower().split()}))
    assert words.count(" ") > 10_000
    assert fast.tokenize(words) == slow.tokenize(words)


@pytest.mark.parametrize("use_stemmer", [True, False])
def test_equals_rouge_score_on_the_seeds(use_stemmer):
    seeds = read_seeds()
    reference = one_line_a_sentence(seeds.pop("004"))
    ours = Rouge(use_stemmer=use_stemmer)
    for text in seeds.values():
        theirs = original(ours.types, one_line_a_sentence(text), [reference], use_stemmer=use_stemmer)
        assert values_of(ours, text, read_seeds()["004"]) == theirs


def test_equals_rouge_score_on_real_summaries_with_several_references():
    ours, checked = Rouge(sentences="newline"), 0
    for row in read_judgements("summeval")[::20]:
        pairs = [make_pair(summary["text"], *row["references"]) for summary in row["summaries"].values()][::4]
        for pair, score in zip(pairs, ours.score(pairs), strict=True):
            theirs = original(ours.types, pair.candidate.text, row["references"], use_stemmer=True)
            assert score.values == theirs
            checked += 1
    assert checked == 20


# --- published figures ----------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_examples_of_the_paper(backend):
    # Lin 2004, section 3.1: S1 is the reference; ROUGE-2 and ROUGE-L of S2, S3 and S4.
    reference = "police killed the gunman"
    scorer = Rouge(types=("rouge2", "rougeL"), use_stemmer=False, backend=backend)
    s2 = values_of(scorer, "police kill the gunman", reference)
    s3 = values_of(scorer, "the gunman kill police", reference)
    s4 = values_of(scorer, "the gunman police killed", reference)
    assert s2["rouge2_recall"] == s3["rouge2_recall"] == 1 / 3
    assert (s2["rougeL_f1"], s3["rougeL_f1"], s4["rougeL_f1"]) == (0.75, 0.5, 0.5)
    # Section 3.2: reference sentence w1..w5 against two candidate sentences: union LCS 4 of 5.
    union = values_of(
        Rouge(types=("rougeLsum",), sentences="newline", backend=backend),
        "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5",
        "w1 w2 w3 w4 w5",
    )
    assert union["rougeLsum_recall"] == 4 / 5


def test_figures_on_the_seeds():
    seeds = read_seeds()
    found = {key: values_of(Rouge(), text, seeds["004"]) for key, text in seeds.items()}
    first = found["000"]
    assert [round(first[f"rouge1_{m}"], 4) for m in MEASURES] == [0.9056, 0.3504, 0.5053]
    assert [round(first[key], 4) for key in ("rouge2_f1", "rougeL_f1")] == [0.2851, 0.3758]
    assert [round(found[key]["rouge1_f1"], 4) for key in ("001", "002", "003")] == [0.8632, 0.3763, 0.5811]
    assert found["004"]["rougeLsum_f1"] == 1.0


PUBLISHED_SUMMEVAL = {
    "rouge1": {"coherence": 0.167, "consistency": 0.160, "fluency": 0.115, "relevance": 0.326},
    "rouge2": {"coherence": 0.184, "consistency": 0.187, "fluency": 0.159, "relevance": 0.290},
    "rougeLsum": {"coherence": 0.128, "consistency": 0.115, "fluency": 0.105, "relevance": 0.311},
}
PUBLISHED_QAGS = {"rouge1": 0.338, "rouge2": 0.459, "rougeLsum": 0.357}


def test_published_correlations_on_summeval():
    rows = read_judgements("summeval")
    pairs = [make_pair(s["text"], *row["references"]) for row in rows for s in row["summaries"].values()]
    scores = iter(preset("rouge_bartscore").score(pairs))
    by_document = [[(summary["human"], next(scores)) for summary in row["summaries"].values()] for row in rows]
    for kind, cells in PUBLISHED_SUMMEVAL.items():
        for dimension, published in cells.items():
            per_document = [
                spearmanr([human[dimension] for human, _ in cell], [s.values[f"{kind}_f1"] for _, s in cell]).statistic
                for cell in by_document
                # Spearman is undefined where the judges gave every system the same mark.
                if len({human[dimension] for human, _ in cell}) > 1
            ]
            assert fmean(per_document) == pytest.approx(published, abs=0.005), (kind, dimension)


def test_published_correlations_on_qags():
    cells = [(row, summary) for row in read_judgements("qags_cnn") for summary in row["summaries"].values()]
    scores = preset("rouge_bartscore").score([make_pair(s["text"], row["document"]) for row, s in cells])
    human = [next(iter(summary["human"].values())) for _, summary in cells]
    for kind, published in PUBLISHED_QAGS.items():
        ours = pearsonr(human, [score.values[f"{kind}_f1"] for score in scores]).statistic
        assert ours == pytest.approx(published, abs=0.005), kind


# --- the settings of other harnesses, against their own recipe over rouge-score -------------------

CANDIDATE = "The cats were sitting . They ate the fish\nand slept. Nobody saw it."
REFERENCES = ("A cat sat . It eats fishes . Nobody saw\nit .", "They ate the fish . The cats slept .", "Dogs bark.")


def test_preset_hf_evaluate():
    expected = original(("rouge1", "rouge2", "rougeL", "rougeLsum"), CANDIDATE, REFERENCES, use_stemmer=False)
    assert values_of(preset("rouge_hf"), CANDIDATE, *REFERENCES) == expected


def test_preset_helm():
    values = values_of(preset("rouge_helm"), CANDIDATE, *REFERENCES)
    for kind in ("rouge1", "rouge2", "rougeL"):
        scorer = rouge_scorer.RougeScorer([kind], use_stemmer=True)
        assert values[f"{kind}_f1"] == max(scorer.score(ref, CANDIDATE)[kind].fmeasure for ref in REFERENCES)
    assert len(values) == 9


def test_preset_lm_eval():
    values = values_of(preset("rouge_lm_eval"), CANDIDATE, *REFERENCES)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeLsum"])
    broken = [text.replace(" . ", ".\n") for text in (CANDIDATE, *REFERENCES)]
    for kind in ("rouge1", "rouge2", "rougeLsum"):
        assert values[f"{kind}_f1"] == max(scorer.score(ref, broken[0])[kind].fmeasure for ref in broken[1:])
    assert values["rougeLsum_f1"] != values_of(preset("rouge_hf"), CANDIDATE, *REFERENCES)["rougeLsum_f1"]


def test_max_rouge1_takes_one_reference_for_all_types():
    # The first reference is best by ROUGE-1, the second by ROUGE-2.
    candidate, references = "one two three four five", ("five four three two one", "one two three nine")
    old = Rouge(use_stemmer=False, references="max-rouge1")
    values = values_of(old, candidate, *references)
    assert values == original(("rouge1", "rouge2", "rougeL", "rougeLsum"), candidate, references[:1], use_stemmer=False)
    assert values["rouge2_f1"] == 0.0 < values_of(preset("rouge_torchmetrics"), candidate, *references)["rouge2_f1"]
    # The choice is by ROUGE-1 also where it isn't shown.
    alone = values_of(Rouge(types=("rouge2",), references="max-rouge1"), candidate, *references)
    assert set(alone.values()) == {0.0}
    assert len(alone) == 3


# --- the presets against the packages themselves ----------------------------------------------------

ODD = (
    "",
    "...",
    "a",
    "one two three four five",
    " One . Two\nthree . four ",
    "It's 5 p.m. here. Nobody\nknew .",
    CANDIDATE,
)
ODD_REFERENCES = (("a b",), ("", "c d"), ("b", "a"), ("five four three two one", "one two three nine"), REFERENCES)


def preset_cells():
    """Odd texts, and where the judgements are beside the checkout SummEval's: candidates with their references."""
    cells = [(candidate, references) for candidate in ODD for references in ODD_REFERENCES]
    path = JUDGEMENTS / "summeval.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    return cells + [(s["text"], row["references"]) for row in rows[::25] for s in list(row["summaries"].values())[:2]]


@pytest.mark.parametrize(("accumulate", "rule"), [("best", "max"), ("avg", "mean")])
def test_preset_torchmetrics_equals_torchmetrics(monkeypatch, accumulate, rule):
    theirs = pytest.importorskip("torchmetrics.functional.text.rouge")
    # Its splitter needs a file to be downloaded; with ours in its place all the rest is compared.
    monkeypatch.setattr(theirs, "_split_sentence", sentences)
    ours = preset("rouge_torchmetrics", empty="zero", references=rule)
    assert preset("rouge_torchmetrics").references == "max"
    for candidate, references in preset_cells():
        found = theirs.rouge_score([candidate], [list(references)], accumulate=accumulate)
        expected = {key.replace("fmeasure", "f1"): float(value) for key, value in found.items()}
        assert values_of(ours, candidate, *references) == pytest.approx(expected, abs=1e-6), (candidate, references)


def test_preset_lm_eval_equals_the_harness():
    theirs = pytest.importorskip("lm_eval.tasks.truthfulqa.utils").rouge
    ours = preset("rouge_lm_eval", empty="zero")
    for candidate, references in preset_cells()[::2]:
        each = [theirs([reference], [candidate]) for reference in references]
        values = values_of(ours, candidate, *references)
        for kind in ours.types:
            assert values[f"{kind}_f1"] * 100 == max(one[kind] for one in each)


def test_preset_helm_equals_helm():
    theirs = pytest.importorskip("helm.benchmark.metrics.evaluate_reference_metrics").get_rouge_function
    ours = preset("rouge_helm", empty="zero")
    for candidate, references in preset_cells():
        values = values_of(ours, candidate, *references)
        for kind in ours.types:
            assert values[f"{kind}_f1"] == max(theirs(kind)(reference, candidate) for reference in references)


@pytest.mark.parametrize("path", sorted((ROOT / "conf" / "metrics").glob("rouge_*.yaml")), ids=lambda path: path.stem)
def test_every_preset_says_what_it_equals_and_how_it_differs(path):
    text = path.read_text(encoding="utf-8")
    assert "\n# Equals: " in text
    assert "without words" in text[text.index("\n# Differs: ") : text.index("\n_target_")]


# --- empty texts as 0, as the packages have it ------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@settings(deadline=None, max_examples=100)
@given(candidate=TEXTS, references=st.lists(TEXTS, min_size=1, max_size=3))
def test_empty_zero_is_rouge_score_in_everything(backend, candidate, references):
    ours = Rouge(types=TYPES, use_stemmer=False, sentences="newline", backend=backend, empty="zero")
    assert values_of(ours, candidate, *references) == original(TYPES, candidate, references, use_stemmer=False)


def test_empty_zero_is_told_and_in_the_signature():
    scorer = Rouge(types=("rouge1", "rouge2"), empty="zero", references="mean")
    empty, lost, short = scorer.score(
        [make_pair("", "a b"), make_pair("a b", "a b", "..."), make_pair("a", "a")],
    )
    assert (empty.status, set(empty.values.values())) == ("ok", {0.0})
    assert empty.error == "the candidate is empty: counted as 0"
    assert lost.values["rouge1_f1"] == 0.5
    assert lost.error == "reference 2 of 2 has no letters or digits: counted as 0"
    assert short.error == "no rouge2: neither text has 2 words in a row, counted as 0"
    (nothing,) = scorer.score([make_pair("a b")])
    assert (nothing.status, nothing.error) == ("undefined", "the example has no reference")
    assert scorer.signature().endswith("|empty:zero")
    told = list(notices([empty, empty, lost], notes=True))
    assert told[0].startswith("3 of 3 cells have a note; e/s: the candidate is empty: counted as 0 (2 cells); ")


# --- very long texts --------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150)
@given(candidate=TEXTS, reference=TEXTS)
def test_our_own_subsequences_are_the_backends(candidate, reference):
    scorer = Rouge(types=("rouge1", "rougeL", "rougeLsum"), sentences="newline")
    expected = scorer.score([make_pair(candidate, reference)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CELLS", 0)
        assert scorer.score([make_pair(candidate, reference)]) == expected


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_sentences_of_thirty_thousand_words_in_little_memory(backend):
    generator = random.Random(4)
    texts = [" ".join(generator.choices("abcdefghijkl", k=30_000)) for _ in range(2)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    values = values_of(Rouge(types=("rougeL", "rougeLsum"), backend=backend), *texts)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    # One sentence each: then the two are the same.
    assert 0.4 < values["rougeL_f1"] == values["rougeLsum_f1"] < 0.6
    assert grown < 300, "MiB; the whole table would take 3,433 and more"


def test_mean_over_references():
    each = [original(("rouge1", "rougeLsum"), CANDIDATE, [reference], use_stemmer=True) for reference in REFERENCES]
    values = values_of(
        Rouge(types=("rouge1", "rougeLsum"), sentences="newline", references="mean"), CANDIDATE, *REFERENCES
    )
    assert values == pytest.approx({key: fmean(one[key] for one in each) for key in each[0]}, rel=1e-15)


# --- other scripts --------------------------------------------------------------------------------


class UnicodeForRougeScore(tokenizers.Tokenizer):
    def tokenize(self, text):
        return unicode_tokens(text)


@settings(deadline=None, max_examples=150)
@given(candidate=TEXTS, reference=TEXTS)
def test_unicode_equals_rouge_score_with_the_same_tokenizer(candidate, reference):
    scorer = Rouge(types=TYPES, use_stemmer=False, sentences="newline", tokenizer="unicode")
    theirs = original(TYPES, candidate, [reference], use_stemmer=False, tokenizer=UnicodeForRougeScore())
    ours = values_of(scorer, candidate, reference)
    assert {key: ours.get(key, 0) for key in theirs} == theirs


@settings(deadline=None, max_examples=50)
@given(candidate=st.text(st.characters(max_codepoint=127)), reference=TEXTS.map(lambda t: ascii(t)))
def test_unicode_changes_nothing_for_ascii(candidate, reference):
    assert values_of(Rouge(tokenizer="unicode"), candidate, reference) == values_of(Rouge(), candidate, reference)


def test_unicode_scores_chinese_and_thai():
    scorer = Rouge(types=("rouge1", "rouge2"), tokenizer="unicode")
    values = values_of(scorer, "今天天气很好", "今天天气不错")
    assert values["rouge1_f1"] == 4 / 6
    assert values["rouge2_f1"] == 3 / 5
    assert values_of(scorer, "น้ำดี", "น้ำดี")["rouge1_f1"] == 1.0


# --- what can't be computed, and what was seen ----------------------------------------------------


@pytest.mark.parametrize(
    ("candidate", "references", "reason"),
    [
        ("", ("a b",), "the candidate is empty"),
        (" \n\t", ("a b",), "the candidate is empty"),
        ("… — !", ("a b",), "the candidate has no letters or digits"),
        ("ภาษาไทย", ("a b",), "the candidate has no letters a-z or digits 0-9; ROUGE's tokenizer keeps no others"),
        ("a b", ("",), "reference 1 is empty"),
        ("a b", ("中国", ""), "reference 1 of 2 has no letters a-z or digits 0-9"),
        ("a b", (), "the example has no reference"),
    ],
)
def test_undefined_with_the_reason(candidate, references, reason):
    (score,) = Rouge().score([make_pair(candidate, *references)])
    assert score.status == "undefined"
    assert not score.values
    assert score.error.startswith(reason)


def test_only_blank_texts_mention_no_other_tokenizer():
    (score,) = Rouge(tokenizer="unicode").score([make_pair("…", "a")])
    assert score.error == "the candidate has no letters or digits"


def test_missing_ngrams_are_absent_where_neither_text_has_them():
    (score,) = Rouge().score([make_pair("yes", "no")])
    assert "rouge2_f1" not in score.values
    assert score.values["rouge1_f1"] == 0.0
    assert score.error == "no rouge2: neither text has 2 words in a row"
    (score,) = Rouge().score([make_pair("yes", "yes indeed")])
    assert score.values["rouge2_recall"] == 0.0
    assert score.error is None
    (score,) = Rouge(types=("rouge3",)).score([make_pair("a b", "a b")])
    assert score.status == "undefined"


@pytest.mark.parametrize("rule", ["max", "mean"])
def test_a_lost_reference_among_good_ones_is_left_out_and_named(rule):
    (score,) = Rouge(references=rule).score([make_pair("a b c", "a b", "中国")])
    (alone,) = Rouge(references=rule).score([make_pair("a b c", "a b")])
    assert score.values == alone.values
    assert score.error.startswith("reference 2 of 2 has no letters a-z")
    assert score.seen.reference == 2 / 3


def test_seen_is_the_share_of_whole_words():
    (score,) = Rouge().score([make_pair("Xi’s “no limits” café in 中国", "Plain words, 75 of them.")])
    assert score.seen.candidate == 4 / 6
    assert score.seen.reference == 1.0
    assert score.seen.document is None
    (score,) = Rouge(tokenizer="unicode").score([make_pair("café in 中国", "Plain")])
    assert score.seen.candidate == 1.0


# --- arguments, signature, backends ---------------------------------------------------------------


def test_signature_names_what_moves_numbers_and_nothing_else():
    base = Rouge().signature()
    assert base == (
        "rouge|version:1|implementation:rouge-score-0.1.2|stemmer:porter|tokenizer:rouge"
        "|sentences:sumbench-2|references:max"
    )
    assert Rouge(types=("rouge9",), backend="rouge-score", name="x").signature() == base
    moved = [{"use_stemmer": False}, {"sentences": "newline"}, {"sentences": "spaced-period"}]
    moved += [{"references": "mean"}, {"references": "max-rouge1"}, {"tokenizer": "unicode"}]
    assert len({base, *(Rouge(**change).signature() for change in moved)}) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"types": ["rouge0"]}, "unknown 'rouge0'"),
        ({"types": []}, "the list is empty"),
        ({"types": ["rouge1", "rouge1"]}, "an entry occurs twice"),
        ({"sentences": "punkt"}, "sentences='punkt'"),
        ({"references": "min"}, "references='min'"),
        ({"tokenizer": "bert"}, "tokenizer='bert'"),
        ({"empty": "nan"}, "empty='nan'"),
        ({"backend": "perl"}, "backend='perl'"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Rouge(**arguments)


def test_declares_only_the_values_it_computes():
    scorer = Rouge(types=["rouge3", "rougeL"])
    assert list(scorer.higher_is_better) == list(values_of(scorer, "a b c d", "a b c d"))
    assert scorer.headline == ("rouge3_f1", "rougeL_f1")


def test_falls_back_openly_without_the_fast_package(monkeypatch):
    expected = values_of(Rouge(), CANDIDATE, *REFERENCES)
    real = importlib.import_module

    def without_rs(name, *rest):
        if name.startswith("rouge_score_rs"):
            raise ImportError("not here")
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without_rs)
    scorer = Rouge()
    assert values_of(scorer, CANDIDATE, *REFERENCES) == expected
    assert scorer.details() == {"backend": "rouge-score 0.1.2"}
    assert "rouge-score-rs can't be imported" in scorer.warnings()[0]
    assert not Rouge(backend="rouge-score").warnings()
    with pytest.raises(MissingExtra, match="install rouge-score-rs"):
        Rouge(backend="rouge-score-rs").score([make_pair("a", "a")])


def test_default_backend_is_the_fast_one():
    assert Rouge().details()["backend"].startswith("rouge-score-rs ")
    assert not Rouge().warnings()


def test_a_pair_scores_alike_in_any_batch_and_after_pickling():
    pairs = [make_pair(text, *REFERENCES) for text in ("the cat", "", "ไทย", CANDIDATE, "fish fish", "the cat")]
    for backend in BACKENDS:
        scorer = Rouge(backend=backend)
        together = scorer.score(pairs)
        assert [scorer.score([pair])[0] for pair in pairs] == together
        assert scorer.score(pairs[::-1])[::-1] == together
        assert pickle.loads(pickle.dumps(scorer)).score(pairs) == together  # noqa: S301
    assert Rouge().score([]) == []
