"""The allow-list: what a configuration may build, looked at before anything is imported."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.errors import InputError

ROOMS = tuple(f"bench.{room}." for room in ("datasets", "systems", "metrics", "checks", "models"))
"""What a configuration may build; packages named by ``plugins`` on the command line come on top."""


def targets(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every ``_target_`` in a plain configuration, with the key of the node that holds it."""
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield where, str(node["_target_"])
        for key, value in node.items():
            yield from targets(value, f"{where}.{key}" if where else str(key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from targets(value, f"{where}[{index}]")


def refuse_foreign(where: str, target: str, plugins: Iterable[str]) -> None:
    """Refuse a target outside of sumbench's rooms and the plugins, without importing anything."""
    if not target.startswith(allowed := _allowed(plugins)):
        package = target.split(".")[0]
        raise InputError(
            f"{where}._target_={target}: refused, only classes of {', '.join(room + '*' for room in allowed)} "
            f"may be built" + (f"; if you trust it, add 'plugins=[{package}]'" if package != "bench" else "")
        )


def refuse_borrowed(where: str, target: str, plugins: Iterable[str]) -> None:
    """Refuse what an allowed module only imported itself: ``bench.models.encoder.lru_cache``, say."""
    module_name, _, name = target.rpartition(".")
    try:
        module = importlib.import_module(module_name)
        built = getattr(module, name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"{where}._target_={target}: can't be found: {error}") from None
    origin = f"{getattr(built, '__module__', '')}."
    if not callable(built) or not origin.startswith(_allowed(plugins)):
        raise InputError(f"{where}._target_={target}: refused, {name} is not defined in an allowed package")


def _allowed(plugins: Iterable[str]) -> tuple[str, ...]:
    return (*ROOMS, *(f"{plugin}." for plugin in plugins))


def refuse_late_values(node: Any, where: str = "") -> None:
    """Refuse an escaped interpolation: it would be resolved while building, when no one looks any more."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            refuse_late_values(value, f"{where}.{key}" if where else str(key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            refuse_late_values(value, f"{where}[{index}]")
    elif isinstance(node, str) and "${" in node:
        raise InputError(f"{where}={node}: refused, a value may not hold '${{'")


def plugins_of(named: Any, typed: Sequence[str]) -> tuple[str, ...]:
    """The plugins that a configuration names; InputError for one that isn't named in ``typed``, the command line."""
    plugins = tuple(str(plugin) for plugin in named or ())
    words = [word.lstrip("+").removeprefix("plugins=") for word in typed if word.lstrip("+").startswith("plugins=")]
    spelled = {name for word in words for name in re.findall(r"[\w.]+", word)}
    for plugin in plugins:
        if plugin not in spelled:
            raise InputError(
                f"plugins: {plugin!r} must be named on the command line ('plugins=[{plugin}]'), not in a file"
            )
    if plugins and str(Path.cwd()) not in sys.path:
        # A plugin may lie in the folder where the command is typed, as with python -m.
        sys.path.insert(0, str(Path.cwd()))
    return plugins
