"""The commands as they are typed: what they do, what they print, how they exit."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from bench import __version__
from bench.cli import BAD_INPUT, COMMANDS, OK, STOPPED, main
from bench.metrics.rouge import Rouge

Command = Callable[..., tuple[int, str, str]]
FAST = ("metrics=[rouge]", "checks=[]")
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def sumbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls the command in an empty folder; gives its exit code, output and messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        code = main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def runs() -> list[Path]:
    return sorted(path.parent for path in Path("results/runs").glob("*/run.json"))


def read(folder: Path | str) -> dict:
    return json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))


def write_folder(root: Path, **texts: str) -> Path:
    root.mkdir(parents=True)
    for name, text in texts.items():
        (root / f"{name}.txt").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_help_names_every_command(sumbench: Command, words: tuple[str, ...]) -> None:
    code, out, err = sumbench(*words)
    assert (code, err) == (OK, "")
    assert all(f"sumbench {command}" in out for command in COMMANDS)


@pytest.mark.parametrize("command", ["", *(c for c in COMMANDS if c != "run"), "compare --systems", "baseline diff"])
def test_help_fits_eighty_columns(sumbench: Command, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer a terminal breaks within words; the help of ``run`` is Hydra's own."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = sumbench(*command.split(), "--help")
    assert code == OK
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_help_loads_nothing_heavy() -> None:
    code = """if True:
        import sys
        from bench.cli import main
        main(["--help"])
        print(*{"hydra", "omegaconf", "rich", "numpy", "torch", "pandas", "spacy"} & set(sys.modules), file=sys.stderr)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr.strip()) == (OK, "")


def test_version(sumbench: Command) -> None:
    assert sumbench("--version") == (OK, f"sumbench {__version__}\n", "")


@pytest.mark.parametrize(("typed", "meant"), [("rnu", "run"), ("reprot", "report"), ("lst", "list")])
def test_an_unknown_command_names_the_nearest(sumbench: Command, typed: str, meant: str) -> None:
    code, out, err = sumbench(typed)
    assert (code, out) == (BAD_INPUT, "")
    assert repr(typed) in err
    assert f"did you mean {meant!r}?" in err


def test_run_writes_a_run_and_shows_it(sumbench: Command) -> None:
    code, out, err = sumbench("run", *FAST)
    assert (code, err.strip()) == (OK, "")
    (folder,) = runs()
    assert {path.name for path in folder.iterdir()} == {
        "run.json", "scores.jsonl", "inputs.jsonl", "config.yaml", "overrides.yaml",
    }  # fmt: skip
    record = read(folder)
    assert record["status"] == "finished"
    assert record["run_id"] == folder.name
    assert record["overrides"] == list(FAST)
    assert list(record["signatures"]) == ["rouge"]
    assert record["signatures"]["rouge"] in out
    assert str(folder) in out
    roles = record["systems"]
    assert sorted(roles.values()).count("candidate") >= 5
    assert {"floor", "ceiling"} <= set(roles.values())
    assert all(system in out for system in roles)
    assert "bench.metrics.rouge.Rouge" in (folder / "config.yaml").read_text(encoding="utf-8")
    assert json.loads((folder / "overrides.yaml").read_text(encoding="utf-8")) == list(FAST)


def test_the_same_inputs_give_the_same_bytes(sumbench: Command) -> None:
    for name in ("a", "b"):
        assert sumbench("run", *FAST, f"run_dir={name}")[0] == OK
    assert Path("a/scores.jsonl").read_bytes() == Path("b/scores.jsonl").read_bytes()
    assert Path("a/inputs.jsonl").read_bytes() == Path("b/inputs.jsonl").read_bytes()


def test_run_dir_gets_the_files_and_results_a_pointer_to_them(sumbench: Command, tmp_path: Path) -> None:
    code, _, _ = sumbench("run", *FAST, "run_dir=out/x")
    assert code == OK
    assert (tmp_path / "out/x/run.json").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"out", "results"}
    [pointer] = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert pointer.parent == tmp_path / "results/runs"
    assert "out/x" in pointer.read_text(encoding="utf-8")


def test_results_dir(sumbench: Command) -> None:
    assert sumbench("run", *FAST, "results_dir=elsewhere")[0] == OK
    assert len(list(Path("elsewhere/runs").glob("*/run.json"))) == 1
    assert not Path("results").exists()


def test_a_folder_of_texts(sumbench: Command, tmp_path: Path) -> None:
    write_folder(tmp_path / "texts", story="The cat sat on the mat.", mine="The cats sat.", yours="A dog.")
    code, _, _ = sumbench(
        "run", "dataset=folder", "dataset.root=texts", "dataset.reference=story", *FAST, "systems=[candidates]",
        "run_dir=out",
    )  # fmt: skip
    assert code == OK
    means = {(a["system"], a["value"]): a["mean"] for a in read("out")["aggregates"]}
    # Three words of three, and three of the six of the reference.
    assert means["mine", "rouge1_precision"] == 1.0
    assert means["mine", "rouge1_recall"] == 0.5
    assert means["yours", "rouge1_f1"] == 0.0


def test_json_lines_with_a_limit(sumbench: Command) -> None:
    lines = [
        {"id": f"e{n}", "document": "One two three.", "references": ["One two."], "system": "s", "summary": "One."}
        for n in range(5)
    ]
    Path("data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, out, _ = sumbench("run", "dataset=jsonl", "dataset.path=data.jsonl", *FAST, "limit=2", "run_dir=out")
    assert code == OK
    assert read("out")["examples"] == 2
    assert "limit=2" in out, "a run of a part says so"


def test_the_seeds_get_the_published_rouge(sumbench: Command) -> None:
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the seeds are not beside this checkout")
    code, _, _ = sumbench(
        "run", "dataset=folder", f"dataset.root={SHARED / 'seeds'}", "dataset.reference=004_da9cfcc6f38e46e9", *FAST,
        "run_dir=out",
    )  # fmt: skip
    assert code == OK
    means = {(a["system"][:3], a["value"]): a["mean"] for a in read("out")["aggregates"]}
    wanted = {
        ("000", "rouge1_precision"): 0.9056, ("000", "rouge1_recall"): 0.3504, ("000", "rouge1_f1"): 0.5053,
        ("000", "rouge2_f1"): 0.2851, ("000", "rougeL_f1"): 0.3758,
        ("001", "rouge1_f1"): 0.8632, ("002", "rouge1_f1"): 0.3763, ("003", "rouge1_f1"): 0.5811,
    }  # fmt: skip
    assert {key: round(means[key], 4) for key in wanted} == wanted


def test_judgements_as_the_manual_has_it(sumbench: Command) -> None:
    if not (path := SHARED / "judgements" / "summeval.jsonl").exists():
        pytest.skip("the judgements are not beside this checkout")
    code, _, _ = sumbench("run", "dataset=jsonl", f"dataset.path={path}", *FAST, "limit=3", "run_dir=out")
    assert code == OK
    assert read("out")["examples"] == 3


def test_a_sweep_is_one_run_a_value(sumbench: Command) -> None:
    code, out, _ = sumbench("run", "-m", "metrics.rouge.use_stemmer=true,false", *FAST)
    assert code == OK
    signatures = {read(folder)["signatures"]["rouge"] for folder in runs()}
    assert len(signatures) == 2
    assert all(signature in out for signature in signatures)
    assert {"stemmer:porter" in signature for signature in signatures} == {True, False}


def test_a_metric_can_be_taken_away(sumbench: Command) -> None:
    code, _, _ = sumbench("run", "metrics=[rouge,rouge_hf]", "~metrics.rouge", "checks=[]", "run_dir=out")
    assert code == OK
    assert list(read("out")["signatures"]) == ["rouge_hf"]


def test_cfg_shows_the_default_job_and_runs_nothing(sumbench: Command, tmp_path: Path) -> None:
    code, out, _ = sumbench("run", "--cfg", "job")
    assert code == OK
    shown = OmegaConf.create(out)
    assert list(shown.metrics) == ["rouge", "bertscore", "extractiveness"]
    assert list(shown.checks) == ["entities", "numbers", "quotes", "relations", "support", "consistency"]
    assert list(shown.systems) == ["candidates", "lead", "oracle"]
    assert shown.dataset._target_ == "bench.datasets.sample.Sample"
    assert not list(tmp_path.iterdir())


def test_help_of_run_lists_the_options_and_runs_nothing(sumbench: Command, tmp_path: Path) -> None:
    code, out, _ = sumbench("run", "--help")
    assert code == OK
    assert "metrics: bertscore, extractiveness" in out
    assert "dataset: folder" in out
    assert not list(tmp_path.iterdir())


def test_report_shows_a_run_again_however_it_is_named(sumbench: Command) -> None:
    shown = sumbench("run", *FAST)[1]
    (folder,) = runs()
    for name in (str(folder), folder.name, folder.name[:-2], "LATEST", f"{folder}/run.json"):
        assert sumbench("report", name) == (OK, shown, ""), name


def test_latest_is_the_newest_run(sumbench: Command) -> None:
    for old in ("20200101T000000-aaaaaa", "20210101T000000-aaaaaa"):
        assert sumbench("run", *FAST, f"run_dir=results/runs/{old}", "systems=[candidates]")[0] == OK
    assert sumbench("run", *FAST, "systems=[lead]")[0] == OK
    assert "lead-3" in sumbench("report", "LATEST")[1]


def test_report_as_markdown(sumbench: Command) -> None:
    sumbench("run", *FAST, "run_dir=out")
    code, out, _ = sumbench("report", "out", "format=markdown")
    assert code == OK
    assert sumbench("report", "out", "--format", "markdown")[1] == out
    best = max(
        (a for a in read("out")["aggregates"] if a["value"] == "rouge1_f1" and read("out")["systems"][a["system"]] ==
         "candidate"), key=lambda aggregate: aggregate["mean"],
    )  # fmt: skip
    rows = [row for row in out.splitlines() if row.startswith("|")]
    assert any(best["system"] in row and f"{best['mean']:.4f}" in row for row in rows)
    assert any(re.fullmatch(r"\|[ :|-]+\|", row) for row in rows)


@pytest.mark.parametrize("name", ["nothing", "LATEST", "empty"])
def test_report_of_no_run_is_bad_input(sumbench: Command, name: str) -> None:
    Path("empty").mkdir()
    code, out, err = sumbench("report", name)
    assert (code, out) == (BAD_INPUT, "")
    assert name in err


def test_report_refuses_what_it_does_not_know(sumbench: Command) -> None:
    for words in ((), ("x", "format=pdf"), ("x", "y"), ("x", "--wurst", "3")):
        code, out, err = sumbench("report", *words)
        assert (code, out) == (BAD_INPUT, "")
        assert "usage: sumbench report" in err


def test_list_refuses_a_config_folder_that_is_not_there(sumbench: Command) -> None:
    message = "sumbench: --config-dir nowhere: there is no such folder\n"
    assert sumbench("list", "--config-dir", "nowhere") == (BAD_INPUT, "", message)


def test_list_shows_every_option_with_its_line(sumbench: Command) -> None:
    code, out, _ = sumbench("list")
    assert code == OK
    flat = " ".join(out.split())
    conf = Path(__file__).parents[1] / "conf"
    for path in conf.glob("*/*.yaml"):
        assert re.search(rf"^ +{path.stem}\s+(ready|needs)", out, re.MULTILINE), path
    assert "folder needs dataset.root=…, dataset.reference=… A folder of .txt files" in flat
    assert re.search(r"sample\s+ready\s+The shipped sample", out)


def test_an_interrupted_run_is_taken_up_by_the_command_it_prints(
    sumbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        {"id": f"e{n:03}", "document": f"One two {n}.", "references": ["One two."], "system": "s", "summary": "One."}
        for n in range(300)
    ]
    Path("data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    words = ("run", "dataset=jsonl", "dataset.path=data.jsonl", *FAST, "systems=[candidates]")
    assert sumbench(*words, "run_dir=whole")[0] == OK

    original, calls = Rouge.score, []

    def stop(self: Rouge, pairs: list) -> list:
        calls.append(len(pairs))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(self, pairs)

    with monkeypatch.context() as patch:
        patch.setattr(Rouge, "score", stop)
        code, out, err = sumbench(*words)
    assert (code, out) == (STOPPED, "")
    assert not runs(), "a run that was stopped doesn't look finished"
    again = shlex.split(err.rsplit("To go on: ", 1)[1])
    assert again[0] == "sumbench"
    code, _, _ = sumbench(*again[1:])
    assert code == OK
    (folder,) = runs()
    assert read(folder)["provenance"]["cells_resumed"] == calls[0] > 0
    assert (folder / "scores.jsonl").read_bytes() == Path("whole/scores.jsonl").read_bytes()


def test_python_m_bench_is_the_same_command(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bench", "run", *FAST, "run_dir=out"]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    # On a busy machine a line says how far it is.
    said = [line for line in done.stderr.splitlines() if not re.fullmatch(r"sumbench: .* after \d+ (s|min).*", line)]
    assert (done.returncode, said) == (OK, [])
    assert (tmp_path / "out/run.json").exists()
    assert "rouge1_f1" in done.stdout
    assert "\x1b" not in done.stdout, "no colours where there is no terminal"
    done = subprocess.run([*words[:4], "limit=0"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
