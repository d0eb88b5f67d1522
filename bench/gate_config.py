"""Configurations of comparisons: the schema of ``conf/compare.yaml`` and the Gate it makes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import MISSING, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from bench import config
from bench.comparison import Gate, Margin
from bench.errors import InputError

FORMATS = ("terminal", "markdown", "junit", "json")


@dataclass
class MarginSchema:
    """The largest drop that doesn't matter; the larger of the two where both are given."""

    absolute: float = 0.0
    relative: float = 0.0


@dataclass
class GateSchema:
    """Shape and types of ``conf/gates/*.yaml``."""

    margins: dict[str, dict[str, MarginSchema]] = field(default_factory=dict)
    new_claims: dict[str, int] = field(default_factory=dict)
    systems: list[str] = field(default_factory=list)
    alpha: float = 0.05
    power: float = 0.8
    min_documents: int = 5
    resamples: int = 20_000
    seed: int = 0
    fail_on_inconclusive: bool = False
    fail_on_change: bool = False


@dataclass
class OutputSchema:
    """Files that a comparison is written to."""

    markdown: str | None = None
    junit: str | None = None
    json: str | None = None


@dataclass
class CompareSchema:
    """Shape and types of ``conf/compare.yaml``."""

    gates: GateSchema = MISSING
    common: bool = False
    format: str = "terminal"
    outputs: OutputSchema = field(default_factory=OutputSchema)
    results_dir: str = "results"


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """How to compare, and what to write."""

    gate: Gate
    common: bool
    format: str
    outputs: dict[str, Path]
    """Format to file."""
    results_dir: Path


def compare_settings(overrides: Sequence[str], config_dirs: Sequence[str] = ()) -> CompareSettings:
    """Compose ``compare.yaml`` with overrides; InputError for what can't be."""
    try:
        # Nothing is built from this configuration, so it needs no allow-list.
        plain: Any = OmegaConf.to_container(
            compose_compare(overrides, config_dirs), resolve=True, throw_on_missing=True
        )
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(config.explain(error, compose_compare(()))) from None
    if plain["format"] not in FORMATS:
        raise InputError(f"format={plain['format']}: choose from {', '.join(FORMATS)}")
    return CompareSettings(
        gate=build_gate(plain["gates"]),
        common=plain["common"],
        format=plain["format"],
        outputs={name: Path(path).expanduser() for name, path in plain["outputs"].items() if path is not None},
        results_dir=Path(plain["results_dir"]).expanduser(),
    )


def build_gate(plain: dict[str, Any]) -> Gate:
    """The Gate of a plain ``gates`` node; InputError for numbers that make no sense."""
    for name, least, most in (
        ("alpha", 1e-6, 0.5), ("power", 0.05, 0.9999), ("min_documents", 2, 10**9), ("resamples", 10_000, 10_000_000),
    ):  # fmt: skip
        if not least <= plain[name] <= most:
            raise InputError(f"gates.{name}={plain[name]}: it must be between {least} and {most}")
    margins = {
        f"{scorer}.{value}": Margin(**margin)
        for scorer, values in plain["margins"].items()
        for value, margin in values.items()
    }
    for name, margin in margins.items():
        if margin.absolute < 0 or margin.relative < 0:
            raise InputError(f"gates.margins.{name}: a margin can't be negative")
    return Gate(**{**plain, "margins": margins, "systems": tuple(plain["systems"])})


def split_overrides(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Overrides of a gate's run and of its rules, told apart by their first key; ``results_dir`` is for both.

    A misspelt key goes where the nearest right one is, so that the message can name it.

    >>> split_overrides(["limit=3", "gates=exact", "+gates.margins.mine.value.absolute=0.1"])
    (['limit=3'], ['gates=exact', '+gates.margins.mine.value.absolute=0.1'])
    """
    ours = {item.name for item in fields(CompareSchema)}
    theirs = {item.name for item in fields(config.RunSchema)} | {"experiment", "hydra"}
    run, rules = [], []
    for word in words:
        key = re.split(r"[=.@/]", word.lstrip("+~"))[0]
        if key not in ours | theirs:
            key = next(iter(difflib.get_close_matches(key, [*sorted(ours), *sorted(theirs)], n=1)), key)
        if key in ours:
            rules.append(word)
        if key in theirs or key not in ours:
            run.append(word)
    return run, rules


def compose_compare(overrides: Sequence[str], config_dirs: Sequence[str] = ()) -> Any:
    """``compare.yaml`` with overrides, composed without Hydra's command line."""
    ConfigStore.instance().store(name="compare_schema", node=CompareSchema, provider="sumbench")
    return config.compose_root("compare", overrides, config_dirs)
