"""Configurations of meta-evaluations: the schema of ``conf/meta.yaml`` and the settings it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from bench import config
from bench.errors import InputError
from bench.meta.records import COEFFICIENTS, LEVELS, TESTS, MetaSettings
from bench.paths import user_path

FORMATS = ("terminal", "markdown", "latex", "csv", "json")
SHARED = ("seed", "results_dir")
"""Settings that the run in front of a meta-evaluation takes too."""
_LISTS: Mapping[str, tuple[str, ...]] = {
    "level": LEVELS, "coefficient": COEFFICIENTS, "metric": (), "dimension": (), "by": (), "human": (), "groups": (),
    "lower_is_better": (), "tests": TESTS,
}  # fmt: skip
"""Settings that take one name or a list, with the names there are (none: any)."""


@dataclass
class MetaOutputs:
    """Files that a meta-evaluation is written to."""

    markdown: str | None = None
    latex: str | None = None
    csv: str | None = None
    json: str | None = None


@dataclass
class MetaSchema:
    """Shape and types of ``conf/meta.yaml``."""

    run: Any = None
    scores: str | None = None
    human: Any = field(default_factory=list)
    groups: Any = field(default_factory=list)
    lower_is_better: Any = field(default_factory=list)
    level: Any = field(default_factory=list)
    coefficient: Any = field(default_factory=list)
    metric: Any = field(default_factory=list)
    dimension: Any = field(default_factory=list)
    headline: bool = False
    by: Any = field(default_factory=list)
    compare: str = "best"
    tests: Any = field(default_factory=list)
    ties: str = "half"
    numbered: bool = False
    resample: str = "auto"
    resamples: int = 1000
    permutations: int = 1000
    confidence: float = 0.95
    seed: int = 0
    threshold: str | None = None
    protocol: str | None = None
    sets: str | None = None
    positive: float | None = None
    beside: str | None = None
    format: str = "terminal"
    outputs: MetaOutputs = field(default_factory=MetaOutputs)
    results_dir: str = "results"


@dataclass(frozen=True, slots=True)
class MetaJob:
    """What to evaluate, how, and what to write."""

    run: tuple[str, ...]
    """Finished runs, as they were named; none: something else is evaluated."""
    scores: Path | None
    human: tuple[str, ...]
    groups: tuple[str, ...]
    """Labels of the rows: columns of a table, or fields of the dataset of a run."""
    lower_is_better: tuple[str, ...]
    headline: bool
    numbered: bool
    beside: Path | None
    settings: MetaSettings
    format: str
    outputs: dict[str, Path]
    results_dir: Path


def split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Overrides of ``run.yaml``, and of ``meta.yaml``; InputError for what is in neither.

    >>> split_words(["dataset=jsonl", "level=system", "seed=1"])
    (['dataset=jsonl', 'seed=1'], ['level=system', 'seed=1'])
    """
    mine = {item.name for item in fields(MetaSchema)}
    theirs = {item.name for item in fields(config.RunSchema)} | {"experiment", "hydra"}
    run, meta = [], []
    for word in words:
        key = word.split("=")[0].lstrip("+~").split("@")[0].replace("/", ".").split(".")[0]
        if key not in mine | theirs:
            raise InputError(f"unknown setting {key!r}{config.nearest(key, sorted(mine | theirs))}")
        if key in mine:
            meta.append(word)
        if key not in mine or key in SHARED:
            run.append(word)
    return run, meta


def meta_job(overrides: Sequence[str]) -> MetaJob:
    """Compose ``meta.yaml`` with overrides; InputError for what can't be."""
    try:
        # Nothing is built from this configuration, so it needs no allow-list.
        plain: Any = config.settings(compose_meta(overrides), overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(config.explain(error, "meta")) from None
    lists = {name: _names(name, plain[name], known) for name, known in _LISTS.items()}
    for name, known in (
        ("format", FORMATS), ("resample", ("auto", "documents", "systems", "both")), ("ties", ("half", "wrong")),
        ("protocol", (None, "summac")),
    ):  # fmt: skip
        if plain[name] not in known:
            raise InputError(f"{name}={plain[name]}: choose from {', '.join(filter(None, known))}")
    if plain["protocol"] is None and (idle := [name for name in ("sets", "positive") if plain[name] is not None]):
        raise InputError(f"{idle[0]}={plain[idle[0]]}: it goes with protocol=summac")
    for name, least, most in (
        ("confidence", 0.5, 0.9999), ("resamples", 100 * (plain["resamples"] != 0), 10_000_000),
        ("permutations", 100, 10_000_000),
    ):  # fmt: skip
        if not least <= plain[name] <= most:
            raise InputError(f"{name}={plain[name]}: it must be between {least} and {most}")
    return MetaJob(
        run=_names("run", plain["run"] or [], ()),
        scores=_path(plain["scores"], "scores"),
        human=lists["human"],
        groups=lists["groups"],
        lower_is_better=lists["lower_is_better"],
        headline=plain["headline"],
        numbered=plain["numbered"],
        beside=_path(plain["beside"], "beside"),
        settings=MetaSettings(
            levels=tuple(level for level in LEVELS if level in lists["level"]),
            coefficients=tuple(each for each in COEFFICIENTS if each in lists["coefficient"]),
            metrics=lists["metric"],
            humans=lists["dimension"],
            by=lists["by"],
            compare=plain["compare"],
            tests=tuple(each for each in TESTS if each in lists["tests"]),
            ties=plain["ties"],
            resample=plain["resample"],
            resamples=plain["resamples"],
            permutations=plain["permutations"],
            confidence=plain["confidence"],
            seed=plain["seed"],
            threshold=plain["threshold"] or "",
            protocol=plain["protocol"] or "",
            sets=plain["sets"] or "",
            positive=plain["positive"],
        ),
        format=plain["format"],
        outputs=config.output_paths(plain["outputs"]),
        results_dir=user_path(plain["results_dir"], "results_dir"),
    )


def compose_meta(overrides: Sequence[str]) -> Any:
    """``meta.yaml`` with overrides, composed without Hydra's command line."""
    ConfigStore.instance().store(name="meta_schema", node=MetaSchema, provider="sumbench")
    return config.compose_root("meta", overrides)


def _names(name: str, given: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """One name or a list of them as a tuple."""
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise InputError(f"{name}={given}: it takes a name, or a list ('{name}=[a,b]')")
    if known and not names and name != "tests":
        raise InputError(f"{name}=[]: choose from {', '.join(known)}")
    for each in names:
        if known and each not in known:
            raise InputError(f"{name}={each}: there is no such {name}{config.nearest(each, known)}")
    return tuple(names)


def _path(given: str | None, setting: str) -> Path | None:
    return None if given is None else user_path(given, setting)
