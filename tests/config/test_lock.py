"""No configuration builds, or even imports, what it should not: the allow-list, and Hydra's own part.

Every refusal is proven by a module that leaves a mark when it is imported or called.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main
from bench.config import build_job, compose_run
from bench.config.targets import ROOMS, refuse_borrowed
from bench.errors import InputError

FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]")
MODULE = """\
from pathlib import Path

Path({mark!r}).write_text("imported")


def touch(*_, **__):
    Path({mark!r}).write_text("called")
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that exists once the module ``payload`` (on the path, also as ``parcel.payload``) was imported."""
    path, modules = tmp_path / "mark", tmp_path / "modules"
    (modules / "parcel").mkdir(parents=True)
    for file in ("payload.py", "parcel/__init__.py", "parcel/payload.py"):
        (modules / file).write_text(MODULE.format(mark=str(path)), encoding="utf-8")
    # monkeypatch.syspath_prepend would look into packages; a plain entry is what PYTHONPATH gives.
    monkeypatch.setattr(sys, "path", [str(modules), *sys.path])
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    yield path
    for name in ("payload", "parcel", "parcel.payload"):
        sys.modules.pop(name, None)


@pytest.fixture
def run_with(mark: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command with further configuration files, given as ``{"metrics/x": text}``."""

    def call(files: dict[str, str], *words: str) -> tuple[int, str, str]:
        for name, text in files.items():
            path = tmp_path / "further" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        GlobalHydra.instance().clear()
        further = ("--config-dir", str(tmp_path / "further")) if files else ()
        code = main(["run", *further, *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


METRIC = "# @package metrics.x\n_target_: bench.metrics.rouge.Rouge\n"
WAYS_IN = {
    "a metric": ({"metrics/x": "# @package metrics.x\n_target_: payload.touch\n"}, ["metrics=[x]"]),
    "a module in a package": ({"metrics/x": "# @package metrics.x\n_target_: parcel.payload.touch\n"}, ["metrics=[x]"]),
    "a check": ({"checks/x": "# @package checks.x\n_target_: payload.touch\n"}, ["checks=[x]"]),
    "a system": ({"systems/x": "# @package systems.x\n_target_: payload.touch\n"}, ["systems=[candidates,x]"]),
    "a dataset": ({"dataset/x": "# @package dataset\n_target_: payload.touch\n"}, ["dataset=x"]),
    "an encoder": ({"encoder/x": "# @package encoder\n_target_: payload.touch\n"}, ["encoder=x"]),
    "an override": ({}, ["metrics.rouge._target_=payload.touch"]),
    "an argument": ({"metrics/x": METRIC + "name: {_target_: payload.touch}\n"}, ["metrics=[x]"]),
    "deep in lists": (
        {"metrics/x": METRIC + "types: [rouge1, [[{a: [1, {_target_: payload.touch}]}]]]\n"}, ["metrics=[x]"],
    ),
    "positional arguments": ({"metrics/x": METRIC + "_args_: [{_target_: payload.touch}]\n"}, ["metrics=[x]"]),
    "_partial_": ({"metrics/x": METRIC + "name: {_target_: payload.touch, _partial_: true}\n"}, ["metrics=[x]"]),
    "oc.decode": (
        {"metrics/x": METRIC + "name: \"${oc.decode:'{_target_: payload.touch}'}\"\n"}, ["metrics=[x]"],
    ),
    "oc.create": ({"metrics/x": METRIC + 'name: "${oc.create:{_target_: payload.touch}}"\n'}, ["metrics=[x]"]),
    "an interpolated name": ({"metrics/x": '# @package metrics.x\n_target_: "${metrics.x.a}.touch"\na: payload\n'},
                             ["metrics=[x]"]),
    "an escaped interpolation": (
        {"metrics/x": METRIC + 'name: "\\\\${oc.create:{_target_: payload.touch}}"\n'}, ["metrics=[x]"],
    ),
    "an escaped interpolation in a list": (
        {"metrics/x": METRIC + 'types: ["\\\\${oc.create:{_target_: payload.touch}}"]\n'}, ["metrics=[x]"],
    ),
    "an allowed target before it": (
        {"metrics/x": METRIC + "name: {_target_: payload.touch}\n"}, ["metrics=[rouge,x]"],
    ),
    "plugins in a file": (
        {"experiment/e": "# @package _global_\nplugins: [payload]\n"
                         "metrics: {x: {_target_: payload.touch}}\n"}, ["experiment=e"],
    ),
    "plugins of another name": (
        {"experiment/e": "# @package _global_\nplugins: [payload]\nmetrics: {x: {_target_: payload.touch}}\n"},
        ["experiment=e", "plugins=[payloads]"],
    ),
    "plugins in a file's sweep": (
        {"experiment/e": "# @package _global_\nhydra: {mode: MULTIRUN, sweeper: {params: {plugins: '[payload]'}}}\n"
                         "metrics: {x: {_target_: payload.touch}}\n"}, ["experiment=e"],
    ),
    "Hydra's callbacks": (
        {"experiment/e": "# @package _global_\nhydra: {callbacks: {x: {_target_: payload.touch}}}\n"}, ["experiment=e"],
    ),
    "an option for Hydra's callbacks": (
        {"hydra/callbacks/e": "x: {_target_: payload.touch}\n"}, ["hydra/callbacks=e"],
    ),
    "Hydra's logging": (
        {"experiment/e": "# @package _global_\nhydra: {hydra_logging: {version: 1, root: {level: INFO}, "
                         "handlers: {h: {class: payload.touch}}}}\n"}, ["experiment=e"],
    ),
    "the job's logging": (
        {"experiment/e": "# @package _global_\nhydra: {job_logging: {version: 1, root: {level: INFO}, "
                         "formatters: {f: {(): payload.touch}}}}\n"}, ["experiment=e"],
    ),
    "an option for the job's logging": (
        {"hydra/job_logging/e": "version: 1\nroot: {level: INFO}\nformatters: {f: {(): payload.touch}}\n"},
        ["hydra/job_logging=e"],
    ),
    "Hydra's launcher": (
        {"experiment/e": "# @package _global_\nhydra: {mode: MULTIRUN, launcher: {x: {_target_: payload.touch}}}\n"},
        ["experiment=e"],
    ),
    "Hydra's sweeper": (
        {"experiment/e": "# @package _global_\nhydra: {mode: MULTIRUN, sweeper: {x: {_target_: payload.touch}}}\n"},
        ["experiment=e"],
    ),
    "a metric put into Hydra's part": (
        {"metrics/x": "x: {_target_: payload.touch}\n"}, ["+metrics@hydra.callbacks=x"],
    ),
    "something added to Hydra's part": ({}, ["+hydra.launcher.x._target_=payload.touch", "seed=1,2"]),
    "something forced into Hydra's part": ({}, ["++hydra.callbacks.x._target_=payload.touch"]),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS_IN)
def test_nothing_foreign_is_built_or_even_imported(way: str, run_with: Any, mark: Path, tmp_path: Path) -> None:
    files, words = WAYS_IN[way]
    code, out, err = run_with(files, *FAST, *words)
    assert not mark.exists(), f"{way}: the payload was {mark.read_text()}"
    assert code == BAD_INPUT
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "here" / "results").exists()


def test_the_mark_is_left_once_the_command_line_names_the_plugin(run_with: Any, mark: Path) -> None:
    """The control of the test above: with ``plugins=`` the same file is imported and called."""
    files, words = WAYS_IN["a metric"]
    code, _, err = run_with(files, *FAST, *words, "plugins=[payload]")
    assert mark.read_text() == "called"
    assert code == BAD_INPUT
    assert "payload.touch is not one of the metrics" in err


FOREIGN = [
    "os.system", "subprocess.run", "builtins.eval", "builtins.exec", "importlib.import_module", "os", "",
    "bench.cli.main", "bench.pipeline.run", "bench.config.build_job", "bench.scorer.Scorer", "benchmark.x.Y",
    "bench.metricsx.Y", "hydra.utils.instantiate", "hydra.utils.get_method", "functools.partial", ".os.system",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_targets_outside_of_the_rooms_are_refused(target: str) -> None:
    with pytest.raises(InputError, match="refused"):
        build_job(compose_run([*FAST, f"metrics.rouge._target_='{target}'"]), ())


def test_the_refusal_says_where_what_and_how_to_allow_it() -> None:
    with pytest.raises(InputError) as refused:
        build_job(compose_run([*FAST, "metrics.rouge._target_=mine.Metric"]), ())
    text = str(refused.value)
    assert text.startswith("metrics.rouge._target_=mine.Metric: refused")
    assert "plugins=[mine]" in text
    with pytest.raises(InputError) as refused:
        build_job(compose_run([*FAST, "metrics.rouge._target_=bench.cli.main"]), ())
    assert "plugins=" not in str(refused.value), "the whole of sumbench is not offered"


BORROWED = [
    "bench.metrics.rouge.partial", "bench.metrics.rouge.importlib", "bench.metrics.rouge.re.compile",
    "bench.metrics.rouge.Any", "bench.metrics.rouge.importlib.import_module", "bench.metrics.rouge.InputError",
    "bench.metrics.rouge", "bench.metrics.rouge.TYPES", "bench.metrics.rouge.Rouge.score", "bench.metrics..rouge",
    "bench.metrics.nothing.Here", "bench.metrics.rouge.Here", "bench.metrics.rouge.__builtins__.eval",
    "bench.metrics.rouge.__loader__", "bench.metrics.", "bench.metrics.rouge.Rouge.__init__.__globals__",
]  # fmt: skip


@pytest.mark.parametrize("target", BORROWED)
def test_what_a_room_only_borrows_is_refused(target: str) -> None:
    with pytest.raises(InputError, match=r"refused|can't be found"):
        build_job(compose_run([*FAST, f"metrics.rouge._target_={target}"]), ())


def test_every_callable_of_a_room_that_another_module_made_is_refused() -> None:
    """By brute force over every module of the rooms: only what is defined there passes."""
    package = Path(__file__).parents[2] / "bench"
    tried = passed = 0
    for room in ("datasets", "systems", "metrics", "checks", "models"):
        for path in sorted((package / room).glob("[a-z]*.py")):
            module = importlib.import_module(f"bench.{room}.{path.stem}")
            for name, value in vars(module).items():
                home = getattr(value, "__module__", None) or ""
                tried += 1
                try:
                    refuse_borrowed("x", f"{module.__name__}.{name}", ())
                except InputError:
                    continue
                passed += 1
                assert callable(value)
                assert f"{home}.".startswith(ROOMS)
    assert tried > passed > 10


def test_a_target_of_another_kind_is_refused() -> None:
    lead, rouge = "bench.systems.lead.Lead", "bench.metrics.rouge.Rouge"
    for change in (f"+metrics.x._target_={lead}", f"+checks.x._target_={lead}", f"dataset._target_={lead}",
                   f"+systems.x._target_={rouge}"):  # fmt: skip
        with pytest.raises(InputError, match=r"(Lead|Rouge) is not one of the"):
            build_job(compose_run([*FAST, change]), ())


@pytest.mark.parametrize(
    "change", ["_partial_=true", "_args_=[1]", "_recursive_=5", "_convert_=nothing", "_partial_=3", "wrong=1"]
)
def test_tricks_with_hydras_own_keys_end_in_a_message(change: str, run_with: Any) -> None:
    code, out, err = run_with({}, *FAST, f"+metrics.rouge.{change}")
    if change == "_convert_=nothing":
        # Hydra takes any word for the default; that builds the same metric.
        assert code == OK
    else:
        assert (code, out) == (BAD_INPUT, "")
        assert err.strip().startswith("sumbench: metrics.rouge: ")


def test_no_resolver_of_ours_runs_while_composing() -> None:
    """Resolvers are functions that any configuration can call; only those of OmegaConf and Hydra are known."""
    from omegaconf.basecontainer import BaseContainer

    compose_run(FAST)
    ours = {"now", "hydra", "python_version"}
    assert {name for name in BaseContainer._resolvers if not name.startswith("oc.")} <= ours


def test_rerun_from_a_pickle_is_refused(run_with: Any, tmp_path: Path) -> None:
    pickle = tmp_path / "config.pickle"
    pickle.write_bytes(b"")
    for words in (["--experimental-rerun", str(pickle)], [f"--experimental-rerun={pickle}"], ["--exp", str(pickle)]):
        code, _, err = run_with({}, *words)
        assert code == BAD_INPUT
        assert "refused" in err


def test_listing_imports_nothing(mark: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "further" / "metrics").mkdir(parents=True)
    for name, target in (("x", "payload.touch"), ("y", "parcel.payload.touch"), ("z", "sys.exit")):
        text = f"# @package metrics.{name}\n# Not ours.\n_target_: {target}\n"
        (tmp_path / "further" / "metrics" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["list", "--config-dir", str(tmp_path / "further")]) == OK
    assert capsys.readouterr().out.count("Not ours.") == 3
    assert not mark.exists()
