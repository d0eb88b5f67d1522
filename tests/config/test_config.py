"""What a configuration builds, what it may hold, and how refusals read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hydra.core.global_hydra import GlobalHydra
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from bench.catalogue import GROUPS
from bench.cli import BAD_INPUT, main
from bench.config import RunSchema, build_job, compose_run, explain, nearest
from bench.config.targets import targets
from bench.errors import InputError
from bench.metrics.rouge import Rouge

CONF = Path(__file__).parents[2] / "conf"
FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]")


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the command, which must refuse with exit code 2 and one line, and leave nothing; gives the line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")

    def call(*words: str) -> str:
        GlobalHydra.instance().clear()
        code = main(["run", *words])
        out, err = capsys.readouterr()
        assert (code, out) == (BAD_INPUT, "")
        assert len(err.strip().splitlines()) == 1
        assert not list(tmp_path.glob("results/**/*"))
        return err.strip()

    return call


NODES = st.recursive(
    st.one_of(st.none(), st.integers(), st.sampled_from(["a", "_target_", "os.system"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["_target_", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(NODES)
def test_every_target_is_found_however_deep(node: Any) -> None:
    # As a key, "_target_" is followed by a colon in JSON; as a value it is not.
    assert len(list(targets(node))) == json.dumps(node).count('"_target_":')


def test_where_a_target_was_found_reads_like_an_override() -> None:
    node = {"metrics": {"x": {"list": [{"_target_": "a.B"}]}}}
    assert list(targets(node)) == [("metrics.x.list[0]", "a.B")]


def test_plugins_count_when_they_are_typed() -> None:
    words = [*FAST, "plugins=[tests_nothing,b]"]
    assert build_job(compose_run(words), words).config["plugins"] == ["tests_nothing", "b"]
    with pytest.raises(InputError, match="must be named on the command line"):
        build_job(compose_run(words), FAST)
    with pytest.raises(InputError, match="must be named on the command line"):
        build_job(compose_run(words), words, typed=FAST)


def test_schema_and_file_agree() -> None:
    file = OmegaConf.load(CONF / "run.yaml")
    assert isinstance(file, type(OmegaConf.create()))
    schema = {item.name: item for item in fields(RunSchema)}
    named = {key for key in file if key not in ("defaults", "hydra")}
    groups = {next(iter(entry)) for entry in file.defaults if not isinstance(entry, str)}
    assert named | (groups & set(GROUPS)) - {"experiment"} == set(schema)
    for key in named:
        default = schema[key].default_factory() if key == "plugins" else schema[key].default  # type: ignore[misc]
        assert file[key] == default, key


# Hydra's ~group empties a group, which is what it says; a run needs no check, system or encoder.
@pytest.mark.parametrize("name", sorted({item.name for item in fields(RunSchema)} - {"checks", "systems", "encoder"}))
def test_no_setting_can_be_deleted_silently(name: str, refused: Callable[..., str]) -> None:
    assert name in refused(*FAST, f"~{name}")


def test_an_experiment_without_its_package_is_not_ignored(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment/e.yaml").write_text("limit: 1\n", encoding="utf-8")
    assert "_global_" in refused("--config-dir", str(tmp_path), *FAST, "experiment=e")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("limti=3", "limit"), ("metrics.rouge.use_stemer=true", "metrics.rouge.use_stemmer"), ("sed=1", "seed"),
        ("rundir=x", "run_dir"), ("metrics=[roug]", "rouge"), ("dataset=sampel", "sample"), ("+limti=3", "limit"),
        ("checks=[quote]", "quotes"), ("systems=[leed]", "lead"), ("~metrics.roge", "metrics.rouge"),
        ("encoder=minlm", "minilm"),
    ],
)  # fmt: skip
def test_a_wrong_name_gets_the_nearest_right_one(typed: str, meant: str, refused: Callable[..., str]) -> None:
    assert f"did you mean {meant!r}?" in refused(*FAST, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "limit=abc", "seed=x", "confidence=high", "resamples=1.5", "store_texts=perhaps", "plugins=5", "run_dir=[a]",
        "confidence=3", "resamples=1", "limit=0", "limit=-1", "metrics=null", "dataset=null", "metrics=5",
        "metrics.rouge=5", "metrics.rouge.use_stemmer=maybe", "metrics.rouge.use_stemmer=1", "metrics.rouge.name=5",
        "metrics.rouge.name=null", "metrics.rouge.types=[rouge0]", "metrics=[rouge", "a", "dataset=[sample,jsonl]",
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_clear_message(typed: str, refused: Callable[..., str]) -> None:
    assert typed.split("=")[0].split(".")[-1] in refused(*FAST, typed)


def test_arguments_are_held_to_their_annotations(refused: Callable[..., str]) -> None:
    lead = ("metrics=[rouge]", "checks=[]", "systems=[lead]")
    assert refused(*lead, "systems.lead.k=2.5").endswith("systems.lead.k=2.5: it must be a whole number")
    assert refused(*lead, "systems.lead.k=true").endswith("it must be a whole number")
    assert refused(*lead, "systems.lead.name=5").endswith("systems.lead.name=5: it must be a text or null")


def test_special_characters_need_quotes(refused: Callable[..., str]) -> None:
    assert """'run_dir="~/x"'""" in refused(*FAST, "run_dir=~/x"), "as it is to be typed"


MANY = ("metrics", "checks", "systems")
REQUIRED = [
    # Several checks may stand side by side, each under its own name.
    (path, f"{path.parent.name}{f'.{path.stem}' if path.parent.name in MANY else ''}.{line.split(':')[0]}")
    for path in sorted(CONF.glob("*/*.yaml"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line.split("#")[0].rstrip().endswith("???")
]


@pytest.mark.parametrize(("path", "name"), REQUIRED, ids=lambda value: getattr(value, "stem", value))
def test_a_missing_value_is_asked_for_by_its_whole_name(path: Path, name: str) -> None:
    group, option = path.parent.name, path.stem
    others = [f"{wanted}=x" for which, wanted in REQUIRED if which == path and wanted != name]
    metrics = ["metrics=[bertscore]", "checks=[]"] if group == "encoder" else FAST
    with pytest.raises(InputError, match=rf"^{name} is needed: add {name}=… to the command line$"):
        build_job(compose_run([*metrics, f"{group}={option}", *others]), ())


def test_what_is_built_is_what_was_asked_for() -> None:
    job = build_job(compose_run([*FAST, "metrics.rouge.use_stemmer=false", "limit=3", 'run_dir="~/x"']), ["a=b"])
    (rouge,) = job.metrics
    assert isinstance(rouge, Rouge)
    assert not rouge.use_stemmer
    assert (job.limit, job.overrides, list(job.checks)) == (3, ("a=b",), [])
    assert job.run_dir == Path.home() / "x"
    assert not {"run_dir", "results_dir"} & set(job.config), "where the files went isn't what was computed"
    assert job.config["metrics"]["rouge"]["use_stemmer"] is False
    json.dumps(job.config, allow_nan=False)


def test_nothing_to_do_is_said() -> None:
    with pytest.raises(InputError, match="nothing to do"):
        build_job(compose_run(["metrics=[]", "checks=[]"]), ())


def test_nearest_lists_a_few_names_and_is_silent_about_many() -> None:
    assert nearest("zzz", ["rouge", "lengths"]) == "; there are: lengths, rouge"
    assert nearest("zzz", [f"name{n}" for n in range(21)]) == ""
    assert nearest("zzz", []) == ""


def test_explain_falls_back_on_the_first_line() -> None:
    assert explain(RuntimeError("\n  one \n two")) == "one"
    assert explain(RuntimeError()) == "RuntimeError"


def test_the_default_configuration_composes() -> None:
    assert compose_run(())
