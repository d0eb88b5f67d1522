"""What can be chosen: the options of each config group, with a line each and whether they can run here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from bench.reading import read_text

GROUPS = ("dataset", "systems", "metrics", "checks", "encoder", "experiment", "gates")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a config group."""

    group: str
    name: str
    about: str
    """The file's own first comment."""
    needs: tuple[str, ...]
    """What has to be given or installed before it can run; empty: it can run here as it is."""


def options(config_dirs: Sequence[Path] = ()) -> Iterator[Option]:
    """Every option of every group: sumbench's own, then those of further config folders."""
    for group in GROUPS:
        yield from options_of(group, config_dirs)


def options_of(group: str, config_dirs: Sequence[Path] = ()) -> Iterator[Option]:
    """Every option of one group."""
    for root in (Path(str(files("bench.conf"))), *config_dirs):
        for path in sorted((root / group).glob("*.yaml")):
            yield read_option(group, path)


def read_option(group: str, path: Path) -> Option:
    """Describe one YAML file without building anything."""
    text = read_text(path)
    comments = [line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")]
    about = next((comment for comment in comments if comment and not comment.startswith("@package")), "")
    package = re.search(r"^# *@package +([\w.]+)", text)
    where = package.group(1) if package and package.group(1) != "_global_" else "" if package else group
    given = [f"{where}.{key}=…".lstrip(".") for key in re.findall(r"^([\w.]+): *\?\?\?", text, re.MULTILINE)]
    target = re.search(r"^_target_: *([\w.]+)", text, re.MULTILINE)
    missing = [f"package {name}" for name in missing_packages(target.group(1))] if target else []
    return Option(group=group, name=path.stem, about=about, needs=(*given, *missing))


def missing_packages(target: str) -> list[str]:
    """Packages that a target's module imports anywhere (also inside functions) and that aren't installed.

    The module is read, not imported, so that listing stays fast.
    """
    module = target.rpartition(".")[0]
    spec = _find_without_import(module)
    if spec is None or spec.origin is None:
        return [module]
    if not spec.origin.endswith(".py"):
        return []
    try:
        tree = ast.parse(Path(spec.origin).read_bytes())
    except (SyntaxError, ValueError):
        return [f"{module} (it can't be read as Python)"]
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return sorted({root for name in names if (root := name.split(".")[0]) and find_spec(root) is None})


def _find_without_import(module: str) -> ModuleSpec | None:
    """Where a module is. ``importlib.util.find_spec`` would import the packages above it."""
    first, *rest = module.split(".")
    spec = find_spec(first) if first else None
    for name in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = PathFinder.find_spec(f"{spec.name}.{name}", list(spec.submodule_search_locations))
    return spec
