"""What differs between kinds of Hugging Face encoders: loading, depth, special tokens, longest input."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.errors import InputError

_NO_LIMIT = 1 << 30
DTYPES = ("float32", "bfloat16", "float16")
_T5 = ("t5", "mt5", "umt5", "longt5", "switch_transformers")
# Parts that token embeddings don't pass through: checkpoints rightly come without them.
_UNUSED = ("pooler", "decoder.", "position_ids")


def load(folder: str, *, device: str, dtype: str) -> tuple[Any, Any, str]:
    """Load a model folder: the encoder, its tokenizer, and the device it is on.

    Nothing pickled is read and none of the model's own code is run. Weights that the folder lacks would be
    random numbers, so they are an InputError and not transformers' warning.
    """
    import torch
    import transformers

    if dtype not in DTYPES:
        raise InputError(f"encoder.dtype={dtype!r}: choose one of {', '.join(DTYPES)}")
    where = pick_device(device)
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with quiet():
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
            if isinstance(tokenizer, (transformers.RobertaTokenizer, transformers.GPT2Tokenizer)):
                # bert-score asks for a space before the first word. transformers 5 ignores that wish when a text
                # is encoded, so that bert-score with transformers 5 isn't the published recipe; at load it counts.
                tokenizer = transformers.AutoTokenizer.from_pretrained(folder, add_prefix_space=True, **options)
            config = transformers.AutoConfig.from_pretrained(folder, **options)
            auto = transformers.AutoModelForTextEncoding if config.model_type in _T5 else transformers.AutoModel
            model, report = auto.from_pretrained(
                folder,
                config=config,
                dtype=getattr(torch, dtype),
                use_safetensors=True,
                output_loading_info=True,
                **options,
            )
        except Exception as error:  # whatever a broken folder makes transformers raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise InputError(f"{folder} is not a model that can be loaded: {reason}") from error
    lost = [key for key in sorted(report["missing_keys"]) if not any(part in key for part in _UNUSED)]
    if lost or report["mismatched_keys"]:
        raise InputError(
            f"{folder} is not a whole model: its weights lack {len(lost)} of the tensors that its config.json asks for"
            f"{' (' + lost[0] + ')' if lost else ''}, or have them in other shapes"
        )
    if not tokenizer.is_fast:
        raise InputError(
            f"{folder}: its tokenizer ({type(tokenizer).__name__}) can't say where a word piece is in the text"
        )
    if hasattr(model, "decoder") and hasattr(model, "encoder"):
        model = model.encoder
    return model.eval().requires_grad_(False).to(where), tokenizer, where


def pick_device(device: str, option: str = "encoder.device") -> str:
    """The device to compute on, as torch calls it; InputError where this machine hasn't it."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind = device.partition(":")[0]
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind not in there:
        raise InputError(f"{option}={device!r}: choose auto, cpu, cuda, cuda:N or mps")
    if not there[kind]:
        raise InputError(f"{option}={device!r}: this machine (or this build of torch) has none; use auto or cpu")
    return "cpu" if kind == "cpu" else device


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bar and no table of unused weights while a model loads; what matters in it is checked by ``load``."""
    from transformers.utils import logging as transformers_logging

    bar, level = transformers_logging.is_progress_bar_enabled(), transformers_logging.get_verbosity()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if bar:
            transformers_logging.enable_progress_bar()


class Depth:
    """Cuts a model off after its n-th block, in the ways that bert-score knows, and makes it whole again."""

    def __init__(self, model: Any) -> None:
        self._owner, self._attribute = _blocks(model)
        value = getattr(self._owner, self._attribute)
        self._all = None if isinstance(value, int) else value
        self.full: int = value if self._all is None else len(value)
        self.size = int(model.config.hidden_size)
        self._now = self.full

    def set(self, layer: int) -> None:
        """Let the model end after its ``layer``-th block."""
        if layer != self._now:
            setattr(self._owner, self._attribute, layer if self._all is None else self._all[:layer])
            self._now = layer


def _blocks(model: Any) -> tuple[Any, str]:
    """Where a model keeps its blocks: the object and the attribute (a list of modules, or their number)."""
    if isinstance(getattr(model, "n_layers", None), int):  # XLM
        return model, "n_layers"
    for owner in (model, getattr(model, "encoder", None), getattr(model, "transformer", None)):
        if hasattr(owner, "albert_layer_groups"):
            return owner.config, "num_hidden_layers"  # type: ignore[union-attr]
        for attribute in ("layer", "block", "layers", "h"):  # BERT and XLNet, T5, BART, GPT-2
            if owner is not None and hasattr(owner, attribute):
                return owner, attribute
    raise InputError(f"encoder.name: {type(model).__name__} is not a kind of model that token embeddings are known for")


def special_ids(tokenizer: Any) -> tuple[list[int], list[int]]:
    """The special tokens that the tokenizer puts before and after a text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    full = tokenizer("a")["input_ids"]
    for start in range(len(full) - len(bare) + 1):
        if full[start : start + len(bare)] == bare:
            return full[:start], full[start + len(bare) :]
    raise InputError(
        f"encoder.name: {type(tokenizer).__name__} changes a text's word pieces when it adds special tokens"
    )


def limit_of(model: Any, tokenizer: Any) -> int:
    """Longest input in tokens, special tokens included: the tokenizer's limit or the model's, whichever is less."""
    positions = getattr(model.config, "max_position_embeddings", None) or _NO_LIMIT
    for name, module in model.named_modules():
        # RoBERTa's kind counts positions from after the padding token's.
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            positions -= module.padding_idx + 1
    return int(min(limit for limit in (positions, tokenizer.model_max_length, _NO_LIMIT) if limit > 0))
