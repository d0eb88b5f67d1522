"""Runs an encoder on windows: which layers together, how many windows at once, on how many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.models.transformer import Depth

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COMPUTING = threading.Lock()  # torch's thread count is one setting for the whole process


@dataclass(frozen=True, slots=True)
class Job:
    """One window to compute, and where its results go."""

    ids: list[int]
    put: Callable[[int, NDArray[np.float32]], None]


class Forward:
    """A loaded model, ready to compute windows; see ``Encoder`` for what is guaranteed."""

    def __init__(self, model: Any, *, pad: int, probe: list[int], device: str, batch_tokens: int) -> None:
        self.depth = Depth(model)
        self._model, self._pad, self._probe = model, pad, probe
        self._device, self._batch_tokens = device, batch_tokens
        self._together: dict[frozenset[int], bool] = {}

    def run(self, jobs: Sequence[Job], layers: Sequence[int]) -> None:
        """Compute every job's window and hand each layer's (length, d) array, rows of unit length, to its ``put``."""
        jobs = sorted(jobs, key=lambda job: len(job.ids), reverse=True)
        with COMPUTING:
            for pass_layers in self._passes(layers) if jobs else ():
                self._run(jobs, pass_layers)

    def _passes(self, layers: Sequence[int]) -> list[list[int]]:
        """The layers that one run of the model can give together.

        A model with a final norm applies it to its last layer only, so that a lower layer's hidden state isn't
        what the model cut off at that layer gives. Which kind this model is, is tried on two tokens.
        """
        if len(layers) == 1:
            return [list(layers)]
        key = frozenset(layers)
        if key not in self._together:
            probe = [self._probe]
            self.depth.set(max(layers))
            together = self._forward(probe, layers)
            same = []
            for layer in layers:
                self.depth.set(layer)
                alone = self._forward(probe, [layer])[layer][0]
                same.append(layer in together and bool((together[layer][0] == alone).all()))
            self._together[key] = all(same)
        return [list(layers)] if self._together[key] else [[layer] for layer in layers]

    def _run(self, jobs: Sequence[Job], layers: Sequence[int]) -> None:
        self.depth.set(max(layers))

        def work(batch: Sequence[Job]) -> None:
            for layer, outputs in self._forward([job.ids for job in batch], layers).items():
                for job, output in zip(batch, outputs, strict=True):
                    job.put(layer, output)

        if self._device != "cpu":
            for batch in _batches(jobs, self._batch_tokens):
                work(batch)
            return
        with one_thread_each() as workers:
            pool = ThreadPoolExecutor(workers)
            try:
                for _ in pool.map(work, ([job] for job in jobs)):
                    pass
            finally:
                pool.shutdown(cancel_futures=True)

    def _forward(self, batch: Sequence[list[int]], layers: Sequence[int]) -> dict[int, list[NDArray[np.float32]]]:
        """Run the model on windows; returns layer → one (length, d) array a window, rows of unit length."""
        import torch

        longest, pad = max(map(len, batch)), self._pad
        ids = torch.tensor([[*window, *[pad] * (longest - len(window))] for window in batch])
        mask = torch.tensor([[1] * len(window) + [0] * (longest - len(window)) for window in batch])
        top = max(layers)
        with torch.inference_mode():
            output = self._model(
                ids.to(self._device), attention_mask=mask.to(self._device), output_hidden_states=len(layers) > 1
            )
            result = {}
            for layer in layers:
                if layer != top and len(output.hidden_states) != top + 1:
                    continue  # a kind of model that doesn't report all its layers: _passes finds it out
                states = (output[0] if layer == top else output.hidden_states[layer]).float()
                states = (states / torch.linalg.vector_norm(states, dim=-1, keepdim=True)).cpu()
                result[layer] = [row[: len(window)].numpy() for row, window in zip(states, batch, strict=True)]
        return result


def _batches(jobs: Sequence[Job], tokens: int) -> Iterator[list[Job]]:
    """Batches of jobs (longest first) of at most so many tokens, padding included, or of one job."""
    batch: list[Job] = []
    for job in jobs:
        if batch and (len(batch) + 1) * len(batch[0].ids) > tokens:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


@contextmanager
def one_thread_each() -> Iterator[int]:
    """Let torch compute on one thread a call; gives the number of threads it had. Results then don't depend on it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield before
    finally:
        torch.set_num_threads(before)
