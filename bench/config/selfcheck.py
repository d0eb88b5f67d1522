"""Configurations of self-checks: the schema of ``conf/selfcheck.yaml`` and the settings it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from bench import config
from bench.errors import InputError
from bench.paths import user_path
from bench.perturb.kinds import KINDS

FORMATS = ("terminal", "markdown", "csv", "json")
SHARED = ("seed",)
"""Settings that the run takes too."""
FOLDER = "selfcheck"
"""Below ``results_dir``: runs over damaged summaries aren't among the others, whose history they would spoil."""


@dataclass
class SelfcheckOutputs:
    """Files that a self-check is written to."""

    markdown: str | None = None
    csv: str | None = None
    json: str | None = None


@dataclass
class SelfcheckSchema:
    """Shape and types of ``conf/selfcheck.yaml``."""

    run: str | None = None
    base: str = "auto"
    kinds: list[str] = field(default_factory=list)
    seed: int = 0
    headline: bool = True
    format: str = "terminal"
    outputs: SelfcheckOutputs = field(default_factory=SelfcheckOutputs)
    results_dir: str = "results"


@dataclass(frozen=True, slots=True)
class SelfcheckSettings:
    """What to damage and what to write."""

    run: str | None
    base: str
    kinds: tuple[str, ...]
    seed: int
    headline: bool
    format: str
    outputs: dict[str, Path]
    results_dir: Path
    """Where the runs are: ``results_dir/selfcheck`` of the configuration."""


def split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Overrides of ``run.yaml``, and of ``selfcheck.yaml``; InputError for what is in neither.

    >>> split_words(["dataset=jsonl", "base=reference", "seed=1"])
    (['dataset=jsonl', 'seed=1'], ['base=reference', 'seed=1'])
    """
    mine = {item.name for item in fields(SelfcheckSchema)}
    theirs = {item.name for item in fields(config.RunSchema)} | {"experiment", "hydra"}
    run, own = [], []
    for word in words:
        key = word.split("=")[0].lstrip("+~").split("@")[0].replace("/", ".").split(".")[0]
        if key == "systems":
            raise InputError(f"{word}: a self-check makes its systems itself; choose the good summary with base=…")
        if key not in mine | theirs:
            raise InputError(f"unknown setting {key!r}{config.nearest(key, sorted(mine | theirs))}")
        if key in mine:
            own.append(word)
        if key not in mine or key in SHARED:
            run.append(word)
    return run, own


def selfcheck_settings(overrides: Sequence[str]) -> SelfcheckSettings:
    """Compose ``selfcheck.yaml`` with overrides; InputError for what can't be."""
    try:
        # Nothing is built from this configuration, so it needs no allow-list.
        plain: Any = config.settings(_compose(overrides), overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(config.explain(error, "selfcheck")) from None
    if plain["format"] not in FORMATS:
        raise InputError(f"format={plain['format']}: choose from {', '.join(FORMATS)}")
    for kind in plain["kinds"]:
        if kind not in KINDS:
            raise InputError(f"kinds={kind}: there is no such kind of damage{config.nearest(kind, list(KINDS))}")
    return SelfcheckSettings(
        run=plain["run"],
        base=plain["base"],
        kinds=tuple(kind for kind in KINDS if kind in plain["kinds"] or not plain["kinds"]),
        seed=plain["seed"],
        headline=plain["headline"],
        format=plain["format"],
        outputs=config.output_paths(plain["outputs"]),
        results_dir=user_path(plain["results_dir"], "results_dir") / FOLDER,
    )


def _compose(overrides: Sequence[str]) -> Any:
    ConfigStore.instance().store(name="selfcheck_schema", node=SelfcheckSchema, provider="sumbench")
    return config.compose_root("selfcheck", overrides)
