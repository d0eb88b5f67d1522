from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from bench.errors import InputError
from bench.models import weights
from bench.models.adapter import ADAPTER, adapted, merge

TEXTS = [
    ("The council met on Monday. It approved a new bus route.", "The council approved a bus route."),
    ("The council met on Monday. It approved a new bus route.", "The council rejected a bus route."),
    ("A choir sang in the church.", "There was music in the church."),
    ("A choir sang in the church.", "The mayor of Arnsby resigned in May after a long quarrel with the council."),
]


def asked() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    model = adapted()
    return [(model.pieces(premise)[0], model.pieces(claim)[0]) for premise, claim in TEXTS]


def test_factors_are_added_and_whole_tensors_replace() -> None:
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    down, up, bias = torch.randn(1, 3), torch.randn(2, 1), torch.randn(2)
    merge(model, {"weight.down": down, "weight.up": up, "bias": bias})
    expected = before.numpy() + np.outer(up.numpy()[:, 0], down.numpy()[0])
    np.testing.assert_allclose(model.weight.detach().numpy(), expected, rtol=1e-6)
    np.testing.assert_array_equal(model.bias.detach().numpy(), bias.numpy())


def test_the_same_bits_alone_in_any_order_and_repeated() -> None:
    questions, model = asked(), adapted()
    together = model.probabilities(questions)[:, 0]
    alone = [model.probabilities([one])[0, 0] for one in questions]
    assert together.tolist() == alone
    assert model.probabilities([*reversed(questions), *questions])[:, 0].tolist() == [*reversed(alone), *alone]


def test_what_is_said_is_entailed_and_its_opposite_is_not() -> None:
    said, opposite, reworded, foreign = adapted().probabilities(asked())[:, 0]
    assert said > 0.5 > opposite
    assert reworded > foreign


def test_the_file_says_how_it_was_made() -> None:
    with safe_open(ADAPTER, framework="np") as file:
        about = file.metadata()
    assert {"base", "pairs", "stages", "rank", "seed"} <= about.keys()
    assert adapted().fingerprint == weights.digest(ADAPTER)[:12]
    assert ADAPTER.stat().st_size < 8_000_000


def test_other_base_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"x": torch.zeros(1)}, path, metadata={"base": "0123456789ab"})
    with pytest.raises(InputError, match="was trained on base weights 0123456789ab"):
        adapted(path)
