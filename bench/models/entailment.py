"""A Hugging Face sequence-classification model that says whether a premise entails a claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import InputError
from bench.models import weights
from bench.models.forward import COMPUTING, one_thread_each
from bench.models.labels import Labels, read_labels
from bench.models.presets import PRESETS, Layout, find_preset
from bench.models.template import Ids, read_template
from bench.models.transformer import DTYPES, limit_of, pick_device, quiet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL_PARTS = ("position_ids",)
_READERS = ("sentencepiece", "protobuf")


class Entailment:
    """A loaded model with its tokenizer; texts go in as word pieces, so that each text is tokenized once.

    On a CPU every input is computed alone on one thread, as many at once as torch has threads: the result of a
    pair is bit-identical whatever comes with it. On a GPU inputs are computed in batches of like length, of at
    most ``batch_tokens`` word pieces; there the last bits may differ with the batch.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        fingerprint: str,
        labels: Labels,
        layout: Layout = "pair",
        device: str = "cpu",
        dtype: str = "float32",
        batch_tokens: int = 16384,
    ) -> None:
        self.name, self.fingerprint, self.labels, self.layout = name, fingerprint, labels, layout
        self.device, self.dtype = device, dtype
        self._model, self._tokenizer, self._batch_tokens = model, tokenizer, batch_tokens
        self.template = read_template(tokenizer, layout, name)
        self.limit = limit_of(model, tokenizer)
        self._special = re.compile("|".join(map(re.escape, tokenizer.all_special_tokens)) or r"(?!)")
        if self.room < 2:
            raise InputError(f"{name} takes {self.limit} word pieces at most: no room for a premise and a claim")

    @property
    def room(self) -> int:
        """Word pieces that a premise and a claim may have together."""
        return self.limit - self.template.size

    def signature_parts(self) -> Mapping[str, object]:
        """What of the model can move a number: name, hash of its weights, labels, layout, limit, dtype."""
        parts: dict[str, object] = {
            "model": self.name, "weights": self.fingerprint, "labels": self.labels,
            "layout": self.layout, "limit": self.limit,
        }  # fmt: skip
        return parts if self.dtype == "float32" else {**parts, "dtype": self.dtype}

    def details(self) -> Mapping[str, str]:
        """Device, dtype and batch size, for the provenance."""
        batch = "one input at a time" if self.device == "cpu" else f"{self._batch_tokens} tokens"
        return {"device": self.device, "dtype": self.dtype, "batch": batch}

    def pieces(self, text: str) -> tuple[Ids, list[tuple[int, int]]]:
        """Vocabulary ids and character offsets of a text's word pieces; "[SEP]" in a text is no special token."""
        # Half a surrogate pair (JSON can hold one) is no character to a tokenizer.
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        text = self._special.sub(lambda found: re.sub(r"\W", " ", found[0]), text)
        found = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return tuple(found["input_ids"]), found["offset_mapping"]

    def probabilities(self, inputs: Sequence[tuple[Ids, Ids]]) -> NDArray[np.float64]:
        """For each premise and claim, as word pieces, P(entailment) and P(contradiction): shape (n, 2), 0 to 1.

        The second column is NaN for a model that knows no contradiction. A model that breaks down gives NaN.
        Raises ValueError when an input is longer than the model: nothing is ever cut.
        """
        import numpy as np

        distinct = sorted(set(inputs), key=lambda pair: (len(pair[0]) + len(pair[1]), pair), reverse=True)
        if distinct and len(distinct[0][0]) + len(distinct[0][1]) > self.room:
            raise ValueError(f"an input has more than the {self.room} word pieces that {self.name} takes")
        done: dict[tuple[Ids, Ids], tuple[float, float]] = {}

        def work(batch: Sequence[tuple[Ids, Ids]]) -> None:
            for pair, row in zip(batch, self._forward(batch), strict=True):
                other = self.labels.contradiction
                done[pair] = (float(row[self.labels.entailment]), float("nan") if other is None else float(row[other]))

        with COMPUTING:
            self._run(distinct, work)
        return np.array([done[pair] for pair in inputs], dtype=np.float64).reshape(-1, 2)

    def _run(self, inputs: Sequence[tuple[Ids, Ids]], work: Callable[[Sequence[tuple[Ids, Ids]]], None]) -> None:
        if self.device != "cpu":
            for batch in _batches(inputs, self._batch_tokens, self.template.size):
                work(batch)
            return
        with one_thread_each() as workers:
            pool = ThreadPoolExecutor(workers)
            try:
                for _ in pool.map(work, ([one] for one in inputs)):
                    pass
            finally:
                pool.shutdown(cancel_futures=True)

    def _forward(self, batch: Sequence[tuple[Ids, Ids]]) -> NDArray[np.float64]:
        """The softmax of the model's outputs: (inputs, labels)."""
        import numpy as np
        import torch

        rows = [self.template.fill(*pair) for pair in batch]
        longest, pad = max(map(len, rows)), self._tokenizer.pad_token_id or 0
        given = {
            "input_ids": [[*row, *[pad] * (longest - len(row))] for row in rows],
            "attention_mask": [[1] * len(row) + [0] * (longest - len(row)) for row in rows],
        }
        if self.template.segments is not None:
            types = [self.template.types(*pair) for pair in batch]
            given["token_type_ids"] = [[*row, *[0] * (longest - len(row))] for row in types]
        with torch.inference_mode():
            tensors = {key: torch.tensor(value).to(self.device) for key, value in given.items()}
            logits = self._model(**tensors).logits.double().cpu()
        return np.asarray(logits.softmax(dim=-1).numpy(), dtype=np.float64)


def _batches(inputs: Sequence[tuple[Ids, Ids]], tokens: int, extra: int) -> Iterator[list[tuple[Ids, Ids]]]:
    """Batches of inputs (longest first) of at most so many tokens, padding included, or of one input."""
    batch: list[tuple[Ids, Ids]] = []
    for pair in inputs:
        if batch and (len(batch) + 1) * (len(batch[0][0]) + len(batch[0][1]) + extra) > tokens:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch


def entailment(
    *,
    model: str,
    labels: Sequence[str] | None = None,
    layout: Layout | None = None,
    device: str = "auto",
    dtype: str = "float32",
    batch_tokens: int = 16384,
    option: str = "checks.nli",
) -> Entailment:
    """Load a model by a preset's name, a Hugging Face name or a folder: safetensors only, nothing of its code is run.

    Nothing is downloaded: InputError, with the command that does it, where the model isn't there.
    ``labels`` states what the outputs mean where its config doesn't say; ``option`` is what errors blame.
    """
    preset = find_preset(model)
    named = PRESETS.get(model)
    where = weights.locate(
        named.repository if named and not Path(model).is_dir() else model,
        option=f"{option}.model",
        download=False,
        otherwise=f", or one of the presets {', '.join(PRESETS)}",
    )
    if preset is not None:
        layout = layout or preset.layout
        labels = preset.labels if labels is None and not preset.labels_in_config else labels
    stated = None if labels is None else tuple(str(label) for label in labels)
    name = weights.short_name(preset.repository if named and preset else model)
    return _load(str(where), name, stated, layout or "pair", device, dtype, batch_tokens, option)


@lru_cache(maxsize=2)
def _load(
    folder: str,
    name: str,
    labels: tuple[str, ...] | None,
    layout: Layout,
    device: str,
    dtype: str,
    batch_tokens: int,
    option: str,
) -> Entailment:
    """Load a model folder once a process."""
    import torch
    import transformers

    if dtype not in DTYPES:
        raise InputError(f"{option}.dtype={dtype!r}: choose one of {', '.join(DTYPES)}")
    where = pick_device(device, f"{option}.device")
    if (lack := weights.missing(Path(folder), "AutoModelForSequenceClassification")) is not None:
        raise InputError(f"{option}.model: {folder} can't be loaded: {lack}; see docs/nli.md")
    _can_tokenize(Path(folder))
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with quiet():
        try:
            config = transformers.AutoConfig.from_pretrained(folder, **options)
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
            model, report = transformers.AutoModelForSequenceClassification.from_pretrained(
                folder,
                config=config,
                dtype=getattr(torch, dtype),
                use_safetensors=True,
                output_loading_info=True,
                **options,
            )
        except Exception as error:  # whatever a broken folder makes transformers raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise InputError(f"{option}.model: {folder} can't be loaded as a classifier: {reason}") from error
    lost = [key for key in sorted(report["missing_keys"]) if not any(part in key for part in _SPECIAL_PARTS)]
    if lost or report["mismatched_keys"]:
        # A plain encoder would get a classifier of random numbers, and only a warning.
        raise InputError(
            f"{option}.model: {folder} is not a trained classifier: its weights lack {len(lost)} of the tensors that a "
            f"{type(model).__name__} needs{' (' + lost[0] + ')' if lost else ''}, or have them in other shapes"
        )
    if not tokenizer.is_fast:
        raise InputError(f"{option}.model: the tokenizer of {folder} can't say where a word piece is in the text")
    return Entailment(
        model.eval().requires_grad_(False).to(where),
        tokenizer,
        name=name,
        fingerprint=weights.fingerprint(Path(folder)),
        labels=read_labels(config.id2label, labels, option=f"{option}.labels", model=name),
        layout=layout,
        device=where,
        dtype=dtype,
        batch_tokens=batch_tokens,
    )


def _can_tokenize(folder: Path) -> None:
    """InputError where the tokenizer is a SentencePiece file that this Python can't read.

    transformers would try another reader, with a warning.
    """
    if any((folder / file).is_file() for file in ("tokenizer.json", "vocab.txt", "vocab.json")):
        return
    lacking = [package for package in _READERS if not _installed(package)]
    if lacking:
        raise InputError(
            f"the tokenizer of {folder} is a SentencePiece model without a tokenizer.json: "
            f"pip install {' '.join(lacking)}, which read it"
        )


def _installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False
