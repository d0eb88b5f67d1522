"""Configurations to jobs: the schema and the one ``instantiate`` call."""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException, InstantiationException, OverrideParseException
from omegaconf import MISSING, DictConfig
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException

from bench.catalogue import options_of
from bench.config.environment import ENVIRONMENT, resolved
from bench.config.targets import plugins_of, refuse_borrowed, refuse_foreign, refuse_late_values, targets
from bench.config.yaml_files import plain_files
from bench.errors import InputError
from bench.paths import user_path
from bench.pipeline import Job
from bench.scorer import Scorer
from bench.types import Dataset, System
from bench.vocabulary import vocabulary

_FITS: Mapping[str, type] = {
    "dataset": Dataset,
    "systems": System,
    "metrics": Scorer,
    "checks": Scorer,
}

_PLAIN: Mapping[str, type] = {"bool": bool, "int": int, "float": float, "str": str, "None": type(None)}
_WORDS = {"bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text", "None": "null"}


@dataclass
class RunSchema:
    """Shape and types of ``conf/run.yaml``: an override that isn't here is refused."""

    dataset: dict[str, Any] = MISSING
    systems: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)
    encoder: dict[str, Any] = field(default_factory=dict)
    limit: int | None = None
    run_dir: str | None = None
    results_dir: str = "results"
    store_texts: bool = True
    clean: bool = False
    seed: int = 0
    confidence: float = 0.95
    resamples: int = 10_000
    plugins: list[str] = field(default_factory=list)


def register() -> None:
    """Make the schema known to Hydra under the name that ``run.yaml`` starts from."""
    ConfigStore.instance().store(name="run_schema", node=RunSchema, provider="sumbench")


def compose_run(overrides: Sequence[str], config_dirs: Sequence[str] = ()) -> DictConfig:
    """Compose ``run.yaml`` without Hydra's command line: for gates, notebooks, tests and hints."""
    register()
    return compose_root("run", overrides, config_dirs)


def compose_run_or_explain(overrides: Sequence[str], config_dirs: Sequence[str] = ()) -> DictConfig:
    """``compose_run``, with an InputError that gives the nearest right name for what is mistyped."""
    try:
        return compose_run(overrides, config_dirs)
    except (HydraException, OmegaConfBaseException) as error:
        raise InputError(explain(error)) from None


def compose_root(name: str, overrides: Sequence[str], config_dirs: Sequence[str] = ()) -> DictConfig:
    """Compose one of the root configurations in ``conf/``, and further config folders, with overrides."""
    from hydra import compose, initialize_config_module
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with guarded(overrides), initialize_config_module("bench.conf", version_base="1.3"):
        return compose(name, overrides=[*_search(config_dirs, overrides), *overrides])


@contextmanager
def guarded(typed: Sequence[str]) -> Iterator[None]:
    """While Hydra composes: files are plain YAML, and no variable of the environment is read that isn't typed."""
    try:
        with plain_files(), ENVIRONMENT.only(typed):
            yield
    except RecursionError:
        raise InputError("configuration: nested too deeply, or a value that stands in itself") from None


def settings(config: Any, typed: Sequence[str]) -> Any:
    """A configuration of which nothing is built, as plain values; raises as OmegaConf does."""
    return resolved(config, typed)[0]


def _refuse_values(plain: Mapping[str, Any]) -> None:
    """InputError for numbers out of their range, and for folders without a name."""
    for name, least, most in (("confidence", 0.5, 0.9999), ("resamples", 100, 10_000_000)):
        if not least <= plain[name] <= most:
            raise InputError(f"{name}={plain[name]}: it must be between {least} and {most}")
    for name in ("run_dir", "results_dir"):
        if plain[name] == "":
            # As in run_dir=$OUT where OUT isn't set: it would mean the folder where it is typed.
            raise InputError(f"{name}= names no folder")


def build_job(config: DictConfig, overrides: Sequence[str], typed: Sequence[str] | None = None) -> Job:
    """Turn a composed configuration into a Job; InputError for anything that can't be built.

    Every ``_target_`` is checked against the allow-list before anything is imported. Plugins
    count only when a person typed them, so that a configuration file can't widen the list.
    ``typed`` is what was typed (by default the overrides; a file can set a sweep's overrides).
    """
    try:
        container, kept = resolved(config, overrides if typed is None else typed)
    except MissingMandatoryValue as error:
        name = error.full_key or "a value"
        raise InputError(f"{name} is needed: add {name}=… to the command line") from None
    except OmegaConfBaseException as error:
        raise InputError(f"configuration: {_first_line(error)}") from None
    if not isinstance(container, dict):
        raise InputError("configuration: not a mapping")
    plain: dict[str, Any] = {str(key): value for key, value in container.items()}
    _refuse_odd_keys(plain)
    refuse_late_values(plain)
    plugins = plugins_of(plain.pop("plugins"), overrides if typed is None else typed)
    found = list(targets(plain))
    for where, target in found:
        refuse_foreign(where, target, plugins)
    for where, target in found:
        refuse_borrowed(where, target, plugins)
    _refuse_values(plain)
    metrics, checks = _build_group(plain, "metrics"), _build_group(plain, "checks")
    if not metrics and not checks:
        raise InputError("nothing to do: both metrics and checks are empty")
    return Job(
        dataset=_build("dataset", plain["dataset"]),
        systems=_build_group(plain, "systems"),
        metrics=metrics,
        checks=checks,
        run_dir=None if plain["run_dir"] is None else user_path(plain["run_dir"], "run_dir"),
        results_dir=user_path(plain["results_dir"], "results_dir"),
        limit=plain["limit"],
        seed=plain["seed"],
        confidence=plain["confidence"],
        resamples=plain["resamples"],
        store_texts=plain["store_texts"],
        clean=plain["clean"],
        # Where the files went isn't part of what was computed.
        config={key: value for key, value in kept.items() if key not in ("run_dir", "results_dir")}
        | {"plugins": list(plugins)},
        overrides=tuple(overrides),
    )


def explain(error: Exception, command: str = "run") -> str:
    """One clear message for what Hydra or OmegaConf found wrong in an override of a command, with the right name."""
    text = str(error)
    if locked := re.search(r"full_key: (hydra(?:\.\w+)+)", text):
        source = re.match(r"In '([^']+)'", text)
        return f"{source.group(1) + ': ' if source else ''}{locked.group(1)}: refused, a run can't change this of Hydra"
    if isinstance(error, OverrideParseException):
        key, _, value = (error.override or "").partition("=")
        return f"{error.override!r} can't be read; special characters need quotes of their own: '{key}=\"{value}\"'"
    if "Config group override must be" in text:
        return "a group takes a name (dataset=sample) or, in the plural, a list ('metrics=[rouge]', checks=[])"
    if missing := re.search(r"Could not (?:find|load) '([\w-]+)/([^']+)'", text):
        group, wanted = missing.groups()
        return f"there is no {group}={wanted}" + nearest(wanted, [option.name for option in options_of(group)])
    if unknown := re.search(r"(?:Could not override|Could not append|Key|delete from config\.) '([^']+)'", text):
        key = unknown.group(1)
        if key == "experiment":
            return "an experiment's file must begin with '# @package _global_'"
        return f"unknown setting {key!r}{vocabulary(command).hint(key)}"
    if refused := re.search(r"Error merging override (\S+)", text):
        return f"{refused.group(1)}: {_wanted(refused.group(1), _first_line(error.__cause__ or error), command)}"
    return _first_line(error)


def _wanted(override: str, reason: str, command: str) -> str:
    """What a setting takes, where a value of another type was given; otherwise the reason as it is."""
    kinds = {"Integer": "a whole number", "Float": "a number", "bool": "true or false"}
    if not (kind := re.search(r"could not be converted to (\w+)|is not a valid (\w+)", reason)):
        return reason
    key = override.partition("=")[0].lstrip("+")
    known = vocabulary(command)
    nothing = f"; for none, type {key}=null" if key in known.keys and known.default(key) is None else ""
    return f"it must be {kinds[name]}{nothing}" if (name := kind.group(1) or kind.group(2)) in kinds else reason


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint with the most similar known names, or with all of them when there are few.

    >>> nearest("roug", ["rouge", "bertscore"])
    "; did you mean 'rouge'?"
    """
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6) or [each for each in known if each == word.lower()]
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(sorted(known))}" if 0 < len(known) <= 20 else ""


def output_paths(outputs: Mapping[str, str | None]) -> dict[str, Path]:
    """The files that a command writes besides, by format."""
    return {name: user_path(path, f"outputs.{name}") for name, path in outputs.items() if path is not None}


def _search(config_dirs: Sequence[str], overrides: Sequence[str]) -> list[str]:
    """What ``--config-dir`` is where Hydra's command line isn't used: an override of its search path."""
    folders = [user_path(folder, "--config-dir") for folder in config_dirs]
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"--config-dir {folder}: there is no such folder")
    if folders and any(word.lstrip("+").startswith("hydra.searchpath=") for word in overrides):
        raise InputError("--config-dir and hydra.searchpath say the same: give all folders to one of them")
    paths = [folder.absolute().as_posix().replace("'", "\\'") for folder in folders]
    return ["hydra.searchpath=[" + ",".join(f"'file://{path}'" for path in paths) + "]"] if paths else []


def _refuse_odd_keys(plain: Mapping[str, Any]) -> None:
    """Every setting must be there, and no other: a misplaced file would otherwise do nothing, silently."""
    known = [item.name for item in fields(RunSchema)]
    for key in known:
        if key not in plain:
            raise InputError(f"~{key}: this setting can't be left out")
    for key in plain:
        if key not in known:
            raise InputError(f"unknown setting {key!r}{nearest(key, known)}")


def _build_group(plain: Mapping[str, Any], group: str) -> list[Any]:
    return [_build(f"{group}.{name}", node) for name, node in (plain[group] or {}).items()]


def _build(where: str, node: Any) -> Any:
    from hydra.utils import instantiate

    if not isinstance(node, Mapping) or "_target_" not in node:
        raise InputError(f"{where}: nothing to build, it has no _target_")
    _refuse_wrong_types(where, node)
    try:
        built = instantiate(node)
    except (InstantiationException, TypeError, ValueError) as error:
        cause = error.__cause__
        while isinstance(cause, InstantiationException) and cause.__cause__ is not None:
            cause = cause.__cause__
        if isinstance(cause, InputError):
            raise cause from None
        if isinstance(cause, (TypeError, ValueError)):
            raise InputError(f"{where}: {cause}") from None
        raise InputError(f"{where}: {_first_line(error) if cause is None else repr(cause)}") from None
    group = where.split(".")[0]
    if not isinstance(built, _FITS[group]):
        raise InputError(f"{where}: {node['_target_']} is not one of the {group}")
    return built


def _refuse_wrong_types(where: str, node: Mapping[str, Any]) -> None:
    """Hold plain arguments to their annotation, or else to their default: ``maybe`` would pass for true."""
    module, _, name = str(node["_target_"]).rpartition(".")
    target = getattr(importlib.import_module(module), name)
    for key, parameter in inspect.signature(target).parameters.items():
        note = parameter.annotation
        names = (note if isinstance(note, str) else inspect.formatannotation(note)).split(" | ")
        if not all(each in _PLAIN for each in names):
            names = [type(parameter.default).__name__]
        if key not in node or node[key] is parameter.default or names[0] not in _PLAIN:
            continue
        fitting = {_PLAIN[each] for each in names} | ({int} if "float" in names else set())
        if type(node[key]) not in fitting:
            raise InputError(f"{where}.{key}={node[key]}: it must be {' or '.join(_WORDS[each] for each in names)}")


def _first_line(error: BaseException) -> str:
    line = next((text.strip() for text in str(error).splitlines() if text.strip()), type(error).__name__)
    # What a resolver of ours refuses comes with words of OmegaConf's.
    refused = re.sub(r"^InputError raised while resolving interpolation: ", "", line)
    key = getattr(error, "full_key", None)
    return line if refused == line else f"{key}: {refused}" if key else refused
