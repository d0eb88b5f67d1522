"""Every YAML of ours holds exactly its constructor's arguments with their defaults; only the seed is the run's."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from omegaconf import OmegaConf

CONF = Path(__file__).parents[2] / "conf"
OURS = [CONF / "dataset" / f"{name}.yaml" for name in ("folder", "jsonl")]
OURS += [CONF / "systems" / f"{name}.yaml" for name in ("candidates", "lead", "random", "source", "oracle")]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_yaml_mirrors_the_constructor(path: Path) -> None:
    group, name = path.parent.name, path.stem
    package = "dataset" if group == "dataset" else f"systems.{name}"
    assert path.read_text(encoding="utf-8").startswith(f"# @package {package}\n")
    config = OmegaConf.load(path)
    module, _, target = str(config.pop("_target_")).rpartition(".")
    parameters = inspect.signature(getattr(import_module(module), target)).parameters
    assert list(config) == list(parameters)
    for key, parameter in parameters.items():
        if parameter.default is parameter.empty:
            assert OmegaConf.is_missing(config, key)
        elif key == "fields":
            assert all(ours == theirs for ours, theirs in config[key].items())
        elif key == "seed":
            run = OmegaConf.create({"seed": 41, "systems": {name: config}})
            assert run.systems[name].seed == 41, "the run's seed is the system's"
        elif key in ("only", "exclude"):
            assert list(config[key]) == []
        else:
            assert config[key] == parameter.default
