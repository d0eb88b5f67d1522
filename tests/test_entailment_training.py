"""What makes the shipped adapter: the labels of the pairs, and how a change of weights is cut."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

import pytest
import torch
from torch import nn

from bench.models.adapter import merge
from bench.types import Span


@pytest.fixture(scope="module")
def pairs(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("entailment/pairs")


@pytest.fixture(scope="module")
def train(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("entailment/train")


def spans(text: str, *claims: str) -> list[Span]:
    return [Span(text.index(claim), text.index(claim) + len(claim)) for claim in claims]


def test_the_changed_claim_of_an_inconsistent_summary_is_blamed(pairs: ModuleType) -> None:
    good = ["Ada sold the boat. Bo bought a house."]
    known = {"ada sold the boat", "bo bought a house"}
    text = "Ada sold the boat. Bo rented a house."
    first, second = spans(text, "Ada sold the boat.", "Bo rented a house.")
    assert pairs.blamed(text, [first, second], good, known) == {second: (0, 1.0), first: (1, 0.3)}


def test_of_two_changed_claims_each_counts_less(pairs: ModuleType) -> None:
    text = "Ada burnt the boat. Bo rented a house."
    both = spans(text, "Ada burnt the boat.", "Bo rented a house.")
    found = pairs.blamed(text, both, ["Ada sold the boat. Bo bought a house."], set())
    assert found == dict.fromkeys(both, (0, 0.6))


def test_a_summary_that_only_leaves_out_blames_nothing(pairs: ModuleType) -> None:
    text = "Ada sold the boat."
    assert pairs.blamed(text, spans(text, text), [text], {"ada sold the boat"}) == {}


def test_shortened_sentences_are_parts_of_the_whole(pairs: ModuleType) -> None:
    sentence = "Bo, who is old, bought a house, which was red."
    for seed in range(30):
        words = pairs.shortened(sentence, random.Random(seed)).rstrip(".").split()
        left = iter(sentence.split())
        assert all(any(word.strip(",.") == other.strip(",.") for other in left) for word in words)


def test_without_evidence_the_best_sentences_are_gone(pairs: ModuleType) -> None:
    text = " ".join([
        "The council of Arnsby approved a new bus route to the hospital.", "A choir sang in the church on Sunday.",
        "Nobody knows when the harbour will be dredged again.", "The library stays closed until its roof is mended.",
        "Two swans were seen on the lake near the old mill.", "The baker sells his shop to a cousin from the city.",
        "Rain is expected for most of the coming week, they say.",
    ])  # fmt: skip
    rest = pairs.without_evidence(text, "A new bus route to the hospital was approved.", 60, random.Random(1))
    assert rest
    assert "bus route" not in rest


def test_tokenised_text_is_joined_again(pairs: ModuleType) -> None:
    assert pairs.rejoined("He did n't go , -LRB- he said -RRB- .") == "He didn't go, (he said)."


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_the_cut_is_the_best_of_its_rank(train: ModuleType, rank: int) -> None:
    torch.manual_seed(0)
    model = nn.Linear(9, 8)
    base = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with torch.no_grad():
        model.weight += torch.randn(8, 9)
        model.bias += 1
    change = model.weight.detach() - base["weight"]
    tensors = {name: tensor.float() for name, tensor in train.cut(model, base, rank).items()}
    restored = nn.Linear(9, 8)
    restored.load_state_dict(base)
    merge(restored, tensors)
    lost = torch.linalg.matrix_norm(restored.weight.detach() - model.weight.detach())
    # Eckart and Young (1936): no matrix of that rank is nearer.
    rest = torch.linalg.svdvals(change)[rank:] if rank < 8 else torch.zeros(1)
    assert float(lost) == pytest.approx(float(torch.linalg.vector_norm(rest)), abs=0.01)
    assert torch.allclose(restored.bias, model.bias, atol=2e-3)


def test_a_stage_learns(train: ModuleType) -> None:
    """Two sources that a tiny model can tell apart: the loss falls below that of guessing."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "yes", "no", "maybe"]
    core = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, "[UNK]"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="[PAD]", unk_token="[UNK]")  # noqa: S106
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=7, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    lines = [
        {"premise": word, "claim": "maybe", "supported": int(word == "yes"), "weight": 1.0, "source": "damage-x"}
        for word in ("yes", "no")
    ]
    train.train(model, tokenizer, lines, train.Stage(60_000, 5e-3, 256, {"damage": 1.0}), seed=0)
    model.eval()
    with torch.no_grad():
        chances = [
            float(model(**tokenizer([word], ["maybe"], return_tensors="pt")).logits.softmax(-1)[0, 1])
            for word in ("yes", "no")
        ]
    assert chances[0] > 0.7
    assert chances[1] < 0.3
