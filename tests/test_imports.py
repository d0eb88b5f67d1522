"""The house's order: imports point downward only, heavy packages load where they are used, help is instant."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import bench

ROOT = Path(bench.__file__).parent

# From the top down; modules of one row may use one another unless they are rooms.
ROWS = (
    ("cli", "__main__"),
    ("commands",),
    ("api",),
    ("config",),
    ("pipeline", "catalogue", "vocabulary", "schemas"),
    ("comparing", "history", "meta", "report", "selfcheck", "sweep"),
    ("runs",),
    ("scoring", "journal", "leftovers", "notices", "aggregate", "record", "provenance"),
    ("perturb", "statistics"),
    ("datasets", "systems", "metrics", "checks"),
    ("claims",),
    ("models", "language"),
    (
        "scorer",
        "links",
        "quotations",
        "text",
        "stops",
        "types",
        "files",
        "printable",
        "soundness",
        "paths",
        "reading",
        "typed_json",
        "errors",
        "data",
    ),
)
TOP = 4
"""Rows from the top in which Hydra lives."""
ROOMS = ("datasets", "systems", "metrics", "checks")
"""Never import one another."""

LATE = ("torch", "transformers", "tokenizers", "safetensors", "spacy", "pandas", "bert_score", "py3langid", "duckdb",
        "ruptures", "jinja2", "hydra", "omegaconf")  # fmt: skip
"""Imported inside functions only; the two last ones where the top row needs them for its own classes."""


@dataclass(frozen=True)
class Import:
    """One module that a file of ours imports."""

    source: str
    """Module that holds the import, as bench.a.b."""
    target: str
    module_level: bool
    line: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.target}"


def module_name(path: Path, root: Path) -> str:
    parts = ["bench", *path.relative_to(root).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, text: str, modules: set[str]) -> Iterator[Import]:
    """Every import in a module's text, wherever it stands; ``if TYPE_CHECKING`` is no import at run time."""

    def visit(node: ast.AST, module_level: bool) -> Iterator[Import]:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            return
        inside = module_level and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(source, alias.name, module_level, node.lineno)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{source}:{node.lineno}: a relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield Import(source, full if full in modules else str(node.module), module_level, node.lineno)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    yield from visit(ast.parse(text), True)


@cache
def all_imports(root: Path = ROOT) -> tuple[Import, ...]:
    paths = sorted(root.rglob("*.py"))
    modules = {module_name(path, root) for path in paths}
    return tuple(
        found
        for path in paths
        for found in imports_of(module_name(path, root), path.read_text(encoding="utf-8"), modules)
    )


def row_of(module: str) -> int:
    """The module's row, counted from the top; the package itself holds the version only and is below all."""
    parts = module.split(".")
    if len(parts) == 1:
        return len(ROWS)
    rows = [number for number, row in enumerate(ROWS) if parts[1] in row]
    assert len(rows) == 1, f"{module} has no place in the house: add it to ROWS"
    return rows[0]


def misplaced(imports: tuple[Import, ...]) -> list[str]:
    """Imports that point upward, or from one room into another."""
    wrong = []
    for found in imports:
        if found.target.split(".")[0] != "bench" or found.source == "bench":
            continue
        rooms = [module.split(".")[1] for module in (found.source, found.target) if "." in module]
        upward = row_of(found.target) < row_of(found.source)
        sideways = len(rooms) == 2 and rooms[0] != rooms[1] and set(rooms) <= set(ROOMS)
        if upward or sideways:
            wrong.append(str(found))
    return wrong


def test_imports_point_downward() -> None:
    assert misplaced(all_imports()) == []


def test_there_are_no_circles() -> None:
    """Neither at the top of modules nor through imports inside functions; raises CycleError with the circle."""
    graph: dict[str, set[str]] = {}
    for found in all_imports():
        if found.target.split(".")[0] == "bench" and found.source != "bench":
            graph.setdefault(found.source, set()).add(found.target)
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("bench.types") < order.index("bench.record") < order.index("bench.api")


def test_the_package_itself_imports_nothing_until_asked() -> None:
    mine = [found for found in all_imports() if found.source == "bench" and found.target != "__future__"]
    assert {found.target.split(".")[0] for found in mine if found.module_level} == {"typing"}


def test_hydra_lives_in_the_top_row() -> None:
    users = {found.source for found in all_imports() if found.target.split(".")[0] in ("hydra", "omegaconf")}
    assert {row_of(user) for user in users} <= set(range(TOP))


def test_heavy_packages_are_imported_where_they_are_used() -> None:
    heavy = [
        str(found)
        for found in all_imports()
        if found.module_level and found.target.split(".")[0] in LATE and row_of(found.source) >= TOP
    ]
    assert heavy == []
    assert [str(f) for f in all_imports() if f.module_level and f.target.split(".")[0] in LATE[:-2]] == []


def test_rich_is_for_the_reports() -> None:
    users = [found for found in all_imports() if found.target.split(".")[0] == "rich"]
    outside = [found for found in users if not found.source.startswith("bench.report.")]
    assert {found.source.rpartition(".")[0] for found in outside} <= {"bench.commands"}
    assert not any(found.module_level for found in outside)


def test_only_required_packages_are_imported() -> None:
    """Those of pyproject.toml with its extras and the standard library, nothing that merely happens to be installed."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [r for name, more in project["optional-dependencies"].items() if name != "dev" for r in more]
    required = {re.split(r"[^\w.-]", requirement)[0] for requirement in [*project["dependencies"], *extras]}
    modules = {
        module
        for module, names in packages_distributions().items()
        if required & {name.replace("_", "-").lower() for name in names}
    }
    # What a required package is built on and can't do without.
    modules |= {"omegaconf", "tokenizers", "huggingface_hub"}
    roots = {found.target.split(".")[0] for found in all_imports()}
    assert sorted(roots - modules - {"bench", *sys.stdlib_module_names}) == []


@pytest.mark.parametrize(
    ("where", "line", "expected"),
    [
        ("metrics/new.py", "from bench.pipeline import run", "bench.metrics.new:1 imports bench.pipeline"),
        ("metrics/new.py", "def f():\n    import bench.config", "bench.metrics.new:2 imports bench.config"),
        ("metrics/new.py", "from bench.checks import claims", "bench.metrics.new:1 imports bench.checks"),
        ("text.py", "from bench import models", "bench.text:1 imports bench.models"),
        ("text.py", "from bench.scorer import Scorer", None),
        ("metrics/new.py", "import bench.metrics.other\nfrom bench.models.encoder import Encoder", None),
        ("metrics/new.py", "if TYPE_CHECKING:\n    from bench.pipeline import Job", None),
    ],
)
def test_the_test_itself(tmp_path: Path, where: str, line: str, expected: str | None) -> None:
    path = tmp_path / where
    path.parent.mkdir(exist_ok=True)
    path.write_text(line)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("")
    assert misplaced(all_imports(tmp_path)) == ([expected] if expected else [])


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_command_line_loads_nothing_heavy() -> None:
    heavy = {*LATE, "numpy", "rich", "scipy", "rouge_score", "rouge_score_rs", "nltk", "jsonschema"}
    assert loaded_by("import bench.cli").isdisjoint(heavy)
    assert loaded_by("import bench; bench.pair('a'); bench.load; bench.run").isdisjoint(heavy)


def test_scorers_are_instant_to_import() -> None:
    """Every module of the lower house, all in one process, without any model's packages."""
    modules = sorted({f.source for f in all_imports() if f.source != "bench" and row_of(f.source) >= TOP})
    assert len(modules) > 30
    assert loaded_by("import " + ", ".join(modules)).isdisjoint(LATE)


def test_help_takes_less_than_half_a_second() -> None:
    """Of the processor: the clock would count what else a busy machine does."""
    best = 10.0
    for _ in range(5):
        before = os.times()
        done = subprocess.run([sys.executable, "-m", "bench", "--help"], capture_output=True, text=True, check=True)
        after = os.times()
        best = min(best, after.children_user + after.children_system - before.children_user - before.children_system)
        if best < 0.5:
            break
    assert "sumbench run" in done.stdout
    assert best < 0.5, f"{best:.2f} s"
