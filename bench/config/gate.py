"""Configurations of comparisons: the schema of ``conf/compare.yaml`` and the Gate it makes."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import MISSING
from omegaconf.errors import OmegaConfBaseException

from bench import config
from bench.comparing.comparison import Gate, Margin
from bench.errors import InputError
from bench.paths import user_path

FORMATS = ("terminal", "markdown", "junit", "json")


@dataclass
class GateSchema:
    """Shape and types of ``conf/gates/*.yaml``."""

    margins: dict[str, Any] = field(default_factory=dict)
    """Scorer to value to Margin; plain, so that a scorer of one's own can be added. See ``read_margins``."""
    new_claims: dict[str, int] = field(default_factory=dict)
    new_contradictions: int | None = 0
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
        plain: Any = config.settings(compose_compare(overrides, config_dirs), overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(config.explain(error, "compare")) from None
    if plain["format"] not in FORMATS:
        raise InputError(f"format={plain['format']}: choose from {', '.join(FORMATS)}")
    return CompareSettings(
        gate=build_gate(plain["gates"]),
        common=plain["common"],
        format=plain["format"],
        outputs=config.output_paths(plain["outputs"]),
        results_dir=user_path(plain["results_dir"], "results_dir"),
    )


def build_gate(plain: dict[str, Any]) -> Gate:
    """The Gate of a plain ``gates`` node; InputError for numbers that make no sense."""
    for name, least, most in (
        ("alpha", 1e-6, 0.5), ("power", 0.05, 0.9999), ("min_documents", 2, 10**9), ("resamples", 10_000, 10_000_000),
    ):  # fmt: skip
        if not least <= plain[name] <= most:
            raise InputError(f"gates.{name}={plain[name]}: it must be between {least} and {most}")
    let_through = {f"new_claims.{check}": count for check, count in plain["new_claims"].items()}
    for name, count in {**let_through, "new_contradictions": plain["new_contradictions"]}.items():
        if count is not None and count < 0:
            raise InputError(f"gates.{name}={count}: it must be 0 or more")
    return Gate(**{**plain, "margins": read_margins(plain["margins"]), "systems": tuple(plain["systems"])})


def read_margins(plain: Any) -> dict[str, Margin]:
    """Margins by ``scorer.value`` from ``{scorer: {value: {absolute: …, relative: …}}}``; InputError for other shapes.

    >>> read_margins({"rouge": {"rouge1_f1": {"absolute": 0.01}}})
    {'rouge.rouge1_f1': Margin(absolute=0.01, relative=0.0)}
    """
    kinds = [item.name for item in fields(Margin)]
    margins = {}
    for scorer, values in _mapping("gates.margins", plain, "a scorer").items():
        for value, sizes in _mapping(f"gates.margins.{scorer}", values, "a value").items():
            where = f"gates.margins.{scorer}.{value}"
            for kind, size in _mapping(where, sizes, "absolute or relative").items():
                if kind not in kinds:
                    raise InputError(f"unknown setting '{where}.{kind}'{config.nearest(kind, kinds)}")
                if type(size) not in (int, float) or not math.isfinite(size):
                    raise InputError(f"{where}.{kind}={size}: it must be a number")
                if size < 0:
                    raise InputError(f"{where}.{kind}={size}: a margin can't be negative")
            margins[f"{scorer}.{value}"] = Margin(**{kind: float(size) for kind, size in sizes.items()})
    return margins


def _mapping(where: str, node: Any, of: str) -> dict[str, Any]:
    if not isinstance(node, dict) or not all(isinstance(key, str) for key in node):
        raise InputError(f"{where}: below it must be {of}, as in {{rouge: {{rouge1_f1: {{absolute: 0.01}}}}}}")
    return node


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
