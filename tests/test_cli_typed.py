"""What a person types: each mistake is answered by one line that says what to type instead."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main
from bench.vocabulary import ROOTS, flat, vocabulary

Command = Callable[..., tuple[int, str, str]]
LINE = {"id": "a", "document": "One two.", "references": ["One."], "system": "s", "summary": "Two."}
FAST = ("metrics=[rouge]", "checks=[]", "systems=[candidates]", "resamples=100")


@pytest.fixture
def sumbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls the command in a folder with data of several forms."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("d.jsonl", "a b.jsonl", "lines/d.jsonl"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(json.dumps(LINE) + "\n", encoding="utf-8")
    Path("texts").mkdir()
    Path("texts/story.txt").write_text("One.", encoding="utf-8")
    Path("d.csv").write_text("id,document\na,One two.\n", encoding="utf-8")
    Path("d.json").write_text(json.dumps([LINE]), encoding="utf-8")

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        code = main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


SAYS = {
    # A setting that looks like a flag, or isn't typed with =.
    "run --limit 3": "type limit=3",
    "run --limit=3": "type limit=3",
    "run -limit 3": "type limit=3",
    "run –limit 3": "type limit=3",
    "run limit:3": "type limit=3",
    "run limit:=3": "type limit=3",
    "run limit==3": "type limit=3",
    "run limit = 3": "type limit=3",
    "run limit= 3": "type limit=3",
    "run limit =3": "type limit=3",
    "run limit 3": "type limit=3",
    "run “limit=3”": 'type "limit=3"',
    "run --run_dir x": "type run_dir=x",
    "run --run-dir=x": "type run_dir=x",
    "run --no-store-texts": "type store_texts=false",
    "run --metrics rouge": "type 'metrics=[rouge]'",
    "gate main --limit 3": "type limit=3",
    "gate main --fail-on-inconclusive": "type gates.fail_on_inconclusive=true",
    "compare a b format = markdown": "type format=markdown",
    "baseline diff a b --alpha .01": "type gates.alpha=.01",
    "meta --level system": "type level=system",
    "meta level:system": "type level=system",
    "selfcheck --base reference": "type base=reference",
    # Flags.
    "run --config_dir .": "did you mean --config-dir?",
    "run --multi seed=1,2": "did you mean --multirun?",
    "run -v": "there is no flag -v; sumbench run --help shows them all",
    "gate main -m seed=1,2": "type sumbench run -m …",
    # Lists and groups.
    "run metrics=[rouge, bertscore]": "type 'metrics=[rouge,bertscore]'",
    "run metrics=[rouge bertscore]": "type 'metrics=[rouge,bertscore]'",
    "run metrics=[rouge": "type 'metrics=[rouge]'",
    "run metrics=rouge": "type 'metrics=[rouge]'",
    "run metrics=rouge,bertscore": "type 'metrics=[rouge,bertscore]'",
    "run metrics=none": "type 'metrics=[]'",
    "run checks=": "type 'checks=[]'",
    "run metrics=[Rouge]": "did you mean 'rouge'?",
    "run dataset=[sample]": "type dataset=sample",
    "run dataset=JSONL": "did you mean 'jsonl'?",
    "run rouge": "type 'metrics=[rouge]'",
    "run smoke": "type experiment=smoke",
    "run plugins=mine": "type 'plugins=[mine]'",
    "selfcheck kinds=number": "type 'kinds=[number]'",
    "meta scores=d.csv human=a, b": "type 'human=[a,b]'",
    "run +experiment=smoke": "type experiment=smoke",
    "run +limit=3": "type limit=3",
    "run limit=1,2": "type sumbench run -m limit=1,2 for a sweep",
    # Files.
    "run d.jsonl": "type dataset=jsonl dataset.path=d.jsonl",
    "run texts": "type dataset=folder dataset.root=texts dataset.reference=",
    "run dataset=d.jsonl": "type dataset=jsonl dataset.path=d.jsonl",
    "run dataset=texts/": "type dataset=folder dataset.root=texts/ dataset.reference=",
    "run dataset=lines/": "type dataset=jsonl 'dataset.path=lines/*.jsonl'",
    "run dataset=jsonl dataset.path=a b.jsonl": "type 'dataset.path=a b.jsonl'",
    "run dataset=jsonl dataset.path=lines": "dataset.path='lines/*.jsonl'",
    "run dataset=jsonl dataset.path=texts": "dataset=folder dataset.root='texts' dataset.reference=",
    "run dataset=jsonl dataset.path=d.csv": "pandas.read_csv('d.csv').to_json('d.jsonl', orient='records', lines=True)",
    "run dataset=jsonl dataset.path=d.json": "json.load(open('d.json'))",
    "run dataset=jsonl dataset.path=a(b).jsonl": "'dataset.path=\"a(b).jsonl\"'",
    "meta d.csv": "type scores=d.csv",
    # Names.
    "run dataset.path=d.jsonl": "it goes with dataset=frank, dataset=jsonl",
    "run path=d.jsonl": "did you mean 'dataset.path'?",
    "run encoder.name=x": "it goes with encoder=huggingface",
    "run metrics.rouge_hf.use_stemmer=true": "it goes with 'metrics=[rouge_hf]'",
    "run use_stemmer=true": "did you mean 'metrics.rouge.use_stemmer'?",
    "run LIMIT=3": "did you mean 'limit'?",
    "run results-dir=x": "did you mean 'results_dir'?",
    "compare a b markdown=x": "did you mean 'outputs.markdown'?",
    "compare a b limit=3": "it is a setting of a run",
    "run limit=all": "it must be a whole number; for none, type limit=null",
    "run seed=x": "it must be a whole number",
    "run store_texts=perhaps": "it must be true or false",
    # Hydra's own.
    "run hydra.run.dir=x": "use run_dir=",
    "run hydra.job.chdir=true": "use run_dir=",
    "run hydra.output_subdir=x": "use run_dir=",
    "run ~hydra.run": "nothing of Hydra's own",
    "run -m hydra.sweep.dir=x seed=1,2": "use run_dir=",
    "run hydra.mode=MULTIRUN seed=1": "use run -m",
    "gate main hydra.run.dir=x": "use run_dir=",
    "compare a b hydra.run.dir=x": "use run_dir=",
    "meta hydra.run.dir=x": "use run_dir=",
    "selfcheck hydra.run.dir=x": "use run_dir=",
    # Commands.
    "rnu": "did you mean 'run'?",
    "run.": "did you mean 'run'?",
    "Run": "did you mean 'run'?",
    "--run": "did you mean 'run'?",
    "limit=3": "type sumbench run limit=3",
    "--limit 3": "type sumbench run --limit 3",
    "version": "did you mean '--version'?",
}


@pytest.mark.parametrize("line", SAYS)
def test_a_mistake_is_answered_by_what_to_type(line: str, sumbench: Command) -> None:
    code, out, err = sumbench(*shlex.split(line))
    assert (code, out) == (BAD_INPUT, "")
    assert err.startswith("sumbench: ")
    assert len(err.splitlines()) == 1
    assert SAYS[line] in err


USAGE = {
    "report x --fromat markdown": "did you mean --format markdown?",
    "report x format = markdown": "no blanks around '='",
    "list --config_dir x": "did you mean --config-dir x?",
    "history last:3": "did you mean --last 3?",
    "explain x --sytem a": "did you mean --system a?",
    "compare x --systems --valu rouge": "did you mean --value rouge?",
    "gate": "required: BASELINE\n",
    "gate experiment=smoke": "required: BASELINE\n",
    "compare a": "required: RUN\n",
}


@pytest.mark.parametrize("line", USAGE)
def test_a_flag_is_answered_by_the_usage_and_the_nearest(line: str, sumbench: Command) -> None:
    code, out, err = sumbench(*shlex.split(line))
    assert (code, out) == (BAD_INPUT, "")
    assert err.startswith("usage: sumbench ")
    assert USAGE[line] in err


@pytest.mark.parametrize(
    "words",
    [
        ("run", *FAST),
        ("run", "limit=1", "metrics=[rouge, rouge_hf]", *FAST[1:]),
        ("run", "--config-dir", ".", *FAST),
        ("run", "--config-dir=.", *FAST),
        ("run", *FAST, "dataset=jsonl", "dataset.path=a b.jsonl"),
        ("run", *FAST, "dataset=jsonl", "dataset.path=[d.jsonl]"),
        ("run", *FAST, "++limit=1"),
        ("run", "metrics=[rouge,rouge_hf]", "~metrics.rouge", *FAST[1:]),
        ("run", "experiment=smoke", "--cfg", "job"),
        ("run", *FAST, "hydra.searchpath=[]"),
    ],
)
def test_what_is_right_is_let_through(words: tuple[str, ...], sumbench: Command) -> None:
    """The control of the tests above."""
    code, _, err = sumbench(*words)
    assert (code, err) == (OK, "")


def test_names_may_stand_behind_settings(sumbench: Command) -> None:
    assert sumbench("run", *FAST, "run_dir=x")[0] == OK
    code, out, err = sumbench("gate", *FAST, "x")
    assert (code, err) == (OK, "")
    assert out.startswith("pass")


def test_help_for_a_command(sumbench: Command) -> None:
    assert sumbench("help", "report") == sumbench("report", "--help")


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        (("--config-dir", ".", "seed=1,2"), 2),
        (("seed=range(1,4)",), 3),
        (("seed=1,2", "seed=3,4,5"), 3),
        (("seed=choice(1,2)", "hydra.searchpath=[]"), 2),
        (("results_dir=a b", "seed=1,2"), 2),
        (("experiment=glob(smok*)", "seed=1,2", "metrics=[rouge]"), 2),
    ],
)
def test_a_sweep_takes_what_hydra_takes(words: tuple[str, ...], cells: int, sumbench: Command) -> None:
    code, out, err = sumbench("run", "-m", *FAST, *words)
    assert (code, err) == (OK, "")
    assert f"{cells} of {cells} cells done" in out


def test_a_file_may_not_send_hydras_output_elsewhere(sumbench: Command) -> None:
    Path("conf/experiment").mkdir(parents=True)
    text = "# @package _global_\nhydra: {job: {chdir: true}}\n"
    Path("conf/experiment/away.yaml").write_text(text, encoding="utf-8")
    code, out, err = sumbench("run", "--config-dir", "conf", "experiment=away", *FAST)
    assert (code, out) == (BAD_INPUT, "")
    assert "hydra.job.chdir" in err
    assert "use run_dir=" in err


@pytest.mark.parametrize("command", ROOTS)
def test_the_vocabulary_is_that_of_the_composed_configuration(command: str) -> None:
    from omegaconf import OmegaConf

    from bench.config import compose_run
    from bench.config.gate import compose_compare
    from bench.config.meta import compose_meta
    from bench.config.selfcheck import _compose

    composers = {"run": compose_run, "compare": compose_compare, "meta": compose_meta, "selfcheck": _compose}
    for root in ROOTS[command]:
        composed = dict(flat(OmegaConf.to_container(composers[root](())), ""))  # type: ignore[arg-type,operator]
        systems = ("systems.",) if command == "selfcheck" else ()
        names = {name for name in composed if not name.startswith(systems)}
        assert names - set(vocabulary(command).names()) == set()


def test_a_file_of_aliases_is_not_followed_for_ever(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: 1, y: 2}"] + [
        f"a{n}: &a{n} {{{', '.join(f'k{k}: *a{n - 1}' for k in range(9))}}}" for n in range(1, 12)
    ]
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/bomb.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert len(vocabulary("run", [tmp_path]).names()) < 30_000
