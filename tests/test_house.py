"""Rules of the house that hold for files rather than for functions."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shlex
import tomllib
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

import bench
from bench.catalogue import GROUPS, options
from bench.config import compose_run
from bench.config.gate import GateSchema

GIVEN_BY_HAND = {"parser"}
"""Arguments for use as a library: a loaded model, which no YAML can hold."""
HOME = Path(__file__).parents[1]
CONFIGS = sorted(path for group in GROUPS for path in (HOME / "conf" / group).glob("*.yaml"))
BUILT = [path for path in CONFIGS if path.parent.name not in ("experiment", "gates")]
SOURCES = sorted((HOME / "bench").rglob("*.py"))
TEXTS = sorted(
    path
    for pattern in (
        "*",
        "bench/**/*",
        "conf/**/*",
        "tests/**/*",
        "docs/**/*",
        "benchmarks/**/*",
        "results/*",
        ".ci/*",
        "results/baselines/*",
    )
    for path in HOME.glob(pattern)
    # .git: in a linked worktree a file of git's own, which names where the repository is.
    if path.is_file() and path.suffix != ".pyc" and path.name != ".git" and not path.name.startswith(".coverage")
)
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8")


# In pieces, so that this file doesn't find itself.
@pytest.mark.parametrize(
    "words",
    [
        ("/wo", "rk/"), ("/ro", "ot/"), ("/fa", "rm/"), ("index", "-url"), ("py", "pi.org"),
        ("files.python", "hosted"), ("huggingface", ".co/"),
    ],
)  # fmt: skip
def test_no_file_names_this_machine_or_a_registry(words: tuple[str, str]) -> None:
    needle = "".join(words).encode()
    assert len(TEXTS) > 100
    assert [str(path.relative_to(HOME)) for path in TEXTS if needle in path.read_bytes()] == []


def dangers(source: str) -> list[str]:
    """Unpickling, code from a model or a string, and shells, in one Python file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            unsafe = {"pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
            found += [name for name in names if name.split(".")[0] in unsafe]
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("eval", "exec", "os.system", "os.popen", "torch.load", "yaml.load", "yaml.unsafe_load"):
                found.append(called)
        pairs: list[tuple[Any, ast.expr]] = []
        if isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        if isinstance(node, ast.Dict):
            pairs = [(getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)]
        for key, value in pairs:
            if key in ("shell", "trust_remote_code") and getattr(value, "value", None) is not False:
                found.append(f"{key}=True")
    return found


def test_the_search_for_dangers_finds_them() -> None:
    source = (
        "import pickle\nrun(x, shell=True)\nload(**{'trust_remote_code': yes})\neval('1')\nmodel.eval()\ntorch.load(f)"
    )
    assert sorted(dangers(source)) == ["eval", "pickle", "shell=True", "torch.load", "trust_remote_code=True"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOME)))
def test_nothing_is_unpickled_and_no_foreign_code_is_run(path: Path) -> None:
    assert dangers(path.read_text(encoding="utf-8")) == []


READERS = [path for path in SOURCES if path.relative_to(HOME / "bench").parts[0] in ("checks", "claims", "language")]
KEPT = {"patterns", "word_list", "word_lists", "word_table", "word_groups", "sections", "forms", "lexicon_hash"}
KEPT |= {"first_names", "word_key", "_spelled"}
"""What those may cache: files of the lexicon, and what follows from a single word. A text is kept as an article."""


def loose(source: str) -> list[str]:
    """Functions that are given a document and a candidate as two strings."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    given = {
        node.name: {ast.unparse(each) for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        for node in functions
    }
    return [name for name, arguments in given.items() if {"document: str", "candidate: str"} <= arguments]


def cached(source: str) -> list[str]:
    """Functions whose results are kept by their arguments, and module-level dictionaries that keep them by hand."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    decorated = [
        node.name
        for node in functions
        if re.search(r"\b(lru_)?cache\b", str([ast.unparse(d) for d in node.decorator_list]))
    ]
    return decorated + re.findall(r"^(\w+): .*OrderedDict", source, re.MULTILINE)


def test_the_search_for_loose_texts_and_caches_finds_them() -> None:
    assert loose("def f(document: str, x: int, *, candidate: str): ...\ndef g(candidate: str): ...") == ["f"]
    source = "@lru_cache(maxsize=2)\ndef f(x): ...\n@cache\ndef g(x): ...\n@cached_property\ndef h(x): ...\n"
    assert cached(source + "_known: OrderedDict[str, int] = OrderedDict()") == ["f", "g", "_known"]


def test_a_text_is_read_once() -> None:
    assert len(READERS) > 50
    sources = {path: path.read_text(encoding="utf-8") for path in READERS}
    assert {path.name: found for path, source in sources.items() if (found := loose(source))} == {}
    assert {name for source in sources.values() for name in cached(source)} == KEPT | {"_articles"}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_config_says_where_it_belongs_and_what_it_is(path: Path) -> None:
    group = path.parent.name
    whole = {"dataset": "dataset", "encoder": "encoder", "gates": "gates", "experiment": "_global_"}
    package = whole.get(group, f"{group}.{path.stem}")
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == f"# @package {package}"
    assert re.match(r"# \w.{10,}", second)


def test_list_shows_the_description_of_every_config() -> None:
    shown = {(option.group, option.name): option.about for option in options()}
    assert set(shown) == {(path.parent.name, path.stem) for path in CONFIGS}
    for path in CONFIGS:
        second = path.read_text(encoding="utf-8").splitlines()[1]
        assert shown[path.parent.name, path.stem] == second.removeprefix("# ")


@pytest.mark.parametrize("path", sorted((HOME / "conf" / "gates").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_gate_holds_every_rule(path: Path) -> None:
    config = OmegaConf.load(path)
    assert isinstance(config, DictConfig)
    assert list(config) == [item.name for item in fields(GateSchema)], "the same names in the same order"


@pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_config_holds_the_arguments_of_what_it_builds(path: Path) -> None:
    config = OmegaConf.load(path)
    assert isinstance(config, DictConfig)
    module, _, name = str(config.pop("_target_")).rpartition(".")
    parameters = inspect.signature(getattr(import_module(module), name)).parameters
    assert list(config) == [key for key in parameters if key not in GIVEN_BY_HAND], "the same names in the same order"
    assert {parameter.kind for parameter in parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}
    # A further file for the same class (a preset of ROUGE) is there to differ.
    preset = path.stem not in (module.rpartition(".")[2], name)
    for key, parameter in parameters.items():
        if key in GIVEN_BY_HAND:
            assert parameter.default is None
            continue
        if OmegaConf.is_interpolation(config, key):
            continue
        assert OmegaConf.is_missing(config, key) == (parameter.default is parameter.empty), key
        if preset or OmegaConf.is_missing(config, key):
            continue
        value = OmegaConf.to_container(config)[key]  # type: ignore[index,call-overload]
        default = list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default
        if isinstance(value, dict) and default is None:
            assert all(field == called for field, called in value.items()), "written out, but nothing renamed"
        elif isinstance(value, list) and default is None:
            assert value == []
        else:
            assert (value, type(value)) == (default, type(default)), key
    if "name" in parameters and path.parent.name in ("metrics", "checks"):
        assert config.name == path.stem


def test_the_papers_of_the_project_are_there() -> None:
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".pre-commit-config.yaml"):
        assert len(text(name)) > 200, name
    assert "Apache License" in text("LICENSE")
    assert "Version 2.0" in text("LICENSE")
    assert re.search(rf"^## (Unreleased|{re.escape(bench.__version__)})", text("CHANGELOG.md"), re.MULTILINE)
    assert PROJECT["version"] == bench.__version__
    assert os.access(HOME / ".ci" / "run", os.X_OK)
    repositories = re.findall(r"repo: *(\S+)", text(".pre-commit-config.yaml"))
    assert set(repositories) == {"local"}


def test_the_first_screen_says_how_to_run_and_test() -> None:
    screen = "\n".join(text("README.md").splitlines()[:40])
    assert re.search(r"^make run\b", screen, re.MULTILINE)
    assert re.search(r"^make test\b", screen, re.MULTILINE)


def test_make_has_its_targets_with_a_line_each() -> None:
    described = set(re.findall(r"^([a-z-]+):.*## \w", text("Makefile"), re.MULTILINE))
    assert {"help", "run", "test", "check", "bench"} <= described


def test_every_dependency_is_pinned() -> None:
    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    pinned = {normal(line.split("==")[0]) for line in text("constraints.txt").splitlines() if "==" in line}
    wanted = [
        *PROJECT["dependencies"],
        *(each for extra in PROJECT["optional-dependencies"].values() for each in extra),
    ]
    names = {normal(re.match(r"[\w.-]+", each)[0]) for each in wanted}  # type: ignore[index]
    assert names - pinned == set()


COMMANDS = [
    line.split("  #")[0].strip()
    for name in ("README.md", "CONTRIBUTING.md", "bench/cli.py")
    for line in text(name).splitlines()
    if re.match(r" *sumbench run(?! OVERRIDE| \[)", line)
]


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_that_we_show_compose(command: str) -> None:
    words = shlex.split(re.split(r" {3,}", command)[0])[2:]
    overrides = [word for word in words if (not word.startswith("-") and "=" in word) or word.startswith("~")]
    if "-m" in words:
        overrides = [re.sub(r"=([^,\[]+),.*", r"=\1", word) for word in overrides]
    if "--config-dir" in words:
        return  # the example of the README, which tests/test_plugins.py runs
    compose_run(overrides)
