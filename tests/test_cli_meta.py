"""``sumbench meta`` as it is typed: from a dataset, a finished run, a table, published scores."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import BAD_INPUT, OK, main
from bench.config import compose_run
from bench.config.meta import meta_job, split_words

Command = Callable[..., tuple[int, str, str]]
QUICK = ("resamples=100", "format=csv")
WORDS = "talks ended on friday in the old town after leaders signed nine plans for trade and peace".split()


@pytest.fixture
def sumbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls the command in an empty folder; gives its exit code, output and messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words: str) -> tuple[int, str, str]:
        GlobalHydra.instance().clear()
        code = main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """Summaries that take more or less of the reference, judged by how much, with the answers behind it."""
    lines = []
    for document in range(6):
        text = WORDS[document:] + WORDS[:document]
        summaries = {
            f"s{taken}": {
                "text": " ".join([*text[: 2 * taken + 1], *(["other"] * (3 * document % 5))]),
                "human": {"coverage": (taken + document) % 4 + taken, "label": float(taken > 2)},
                "ratings": {"coverage": [[taken, taken + (document % 2)]]},
            }
            for taken in range(1, 6)
        }
        lines.append({"id": f"d{document}", "document": " ".join(text), "references": [" ".join(text)],
                      "summaries": summaries})  # fmt: skip
    path = tmp_path / "judged.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def rows_of(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def from_dataset(*more: str) -> tuple[str, ...]:
    return ("meta", "dataset=jsonl", "dataset.path=judged.jsonl", "metrics=[rouge]", *more)


def test_from_a_dataset_and_again_from_its_run(sumbench: Command, judged: Path) -> None:
    code, first, err = sumbench(*from_dataset(*QUICK, "run_dir=out"))
    assert code == OK
    assert "sumbench meta run=out" in err
    record = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert list(record["signatures"]) == ["rouge"], "no checks unless asked for"
    assert set(record["systems"]) == {f"s{n}" for n in range(1, 6)}, "no floors and ceilings unless asked for"
    before = {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    code, again, err = sumbench("meta", "run=out", *QUICK)
    assert (code, err) == (OK, "")
    assert again == first, "the same bytes"
    assert {path: path.stat().st_mtime_ns for path in Path("out").iterdir()} == before, "nothing is scored again"
    rows = rows_of(first)
    assert {row["level"] for row in rows if row["statistic"] == "pearson"} == {"summary", "system", "pooled", "partial"}
    assert {row["statistic"] for row in rows} >= {
        "spearman", "kendall", "pairwise accuracy", "auc", "balanced accuracy", "krippendorff alpha (ordinal)",
    }  # fmt: skip
    assert len({row["metric"] for row in rows if row["metric"]}) == 12


def test_the_newest_run(sumbench: Command, judged: Path) -> None:
    assert sumbench(*from_dataset(*QUICK))[0] == OK
    code, out, _ = sumbench("meta", "run=LATEST", *QUICK, "level=pooled", "coefficient=pearson", "metric=*_f1")
    assert code == OK
    found = {(row["statistic"], row["level"]) for row in rows_of(out) if row["metric"] and row["level"]}
    assert ("pearson", "pooled") in found
    assert {level for _, level in found} == {"pooled"}
    assert {row["metric"] for row in rows_of(out) if row["statistic"] == "pearson"} == {
        "rouge.rouge1_f1", "rouge.rouge2_f1", "rouge.rougeL_f1", "rouge.rougeLsum_f1",
    }  # fmt: skip


def test_every_format_and_output(sumbench: Command, judged: Path) -> None:
    assert sumbench(*from_dataset(*QUICK, "run_dir=out"))[0] == OK
    less = ("meta", "run=out", "resamples=100", "metric=rouge.rouge1_*", "level=summary")
    printed = {form: sumbench(*less, f"format={form}")[1] for form in ("terminal", "markdown", "latex", "csv", "json")}
    assert "not computed" not in printed["terminal"]
    assert "Pearson, summary level" in printed["terminal"]
    assert printed["markdown"].startswith("# How the metrics agree with people")
    assert r"\toprule" in printed["latex"]
    assert json.loads(printed["json"])["metrics"] == [f"rouge.rouge1_{kind}" for kind in ("f1", "precision", "recall")]
    files = {form: f"files/meta.{form}" for form in ("markdown", "latex", "csv", "json")}
    code, _, _ = sumbench(*less, "format=csv", *(f"outputs.{form}={path}" for form, path in files.items()))
    assert code == OK
    for form, path in files.items():
        assert Path(path).read_text(encoding="utf-8") == printed[form]


def test_headlines(sumbench: Command, judged: Path) -> None:
    assert sumbench(*from_dataset(*QUICK, "run_dir=out"))[0] == OK
    _, out, _ = sumbench("meta", "run=out", "resamples=100", "headline=true", "format=json", "level=pooled")
    found = json.loads(out)
    assert all(metric.endswith("_f1") for metric in found["metrics"])
    assert any("8 values" in note for note in found["notes"])


def test_from_a_table(sumbench: Command, judged: Path) -> None:
    assert sumbench(*from_dataset(*QUICK, "run_dir=out"))[0] == OK
    scores: dict[tuple[str, str], dict] = {}
    for line in Path("out/scores.jsonl").read_text(encoding="utf-8").splitlines():
        score = json.loads(line)
        scores[score["example_id"], score["system"]] = score["values"]
    with Path("table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["document", "system", "rouge.rouge1_f1", "errors", "coverage", "human.label"])
        for line in judged.read_text(encoding="utf-8").splitlines():
            for system, summary in json.loads(line)["summaries"].items():
                key = (json.loads(line)["id"], system)
                score = scores[key]["rouge1_f1"]
                writer.writerow([*key, score, -score, summary["human"]["coverage"], summary["human"]["label"]])
    words = ("meta", "scores=table.csv", "human=coverage", "lower_is_better=errors", *QUICK, "compare=none")
    code, out, err = sumbench(*words)
    assert (code, err) == (OK, "")
    kinds = ("pearson", "spearman", "kendall")

    def numbers(text: str, metric: str) -> list[tuple[object, ...]]:
        # The last digit may depend on how many columns are computed at once.
        return [
            (*(row[key] for key in ("level", "statistic", "human")), row["value"] and round(float(row["value"]), 12))
            for row in rows_of(text)
            if row["statistic"] in kinds and row["metric"] == metric
        ]

    ours = numbers(out, "rouge.rouge1_f1")
    assert len(ours) == 2 * 11
    assert numbers(out, "errors") == ours, "the same with its sign turned"
    assert numbers(sumbench("meta", "run=out", *QUICK, "compare=none")[1], "rouge.rouge1_f1") == ours


def test_published_scores(sumbench: Command) -> None:
    humans, outputs = [], []
    for article in range(5):
        for system in ("a", "b", "c"):
            key = {"hash": f"h{article}", "model_name": system, "dataset": "x", "split": "test" if article else "valid"}
            humans.append({**key, "Factuality": float((article * len(outputs)) % 3 == 0)})
            outputs.append({**key, "Rouge 1": article + len(outputs) % 4, "Bleu": None if article == 1 else article})
    Path("human_annotations.json").write_text(json.dumps(humans), encoding="utf-8")
    Path("metric_outputs.json").write_text(json.dumps(outputs), encoding="utf-8")
    words = ("meta", "dataset=frank", "dataset.path=human_annotations.json")
    code, out, err = sumbench(*words, *QUICK, "by=[split]")
    assert (code, err) == (OK, "")
    assert not Path("results").exists(), "nothing is scored"
    assert {row["part"] for row in rows_of(out) if row["part"]} == {"all", "split: test", "split: valid"}
    [bleu] = [row for row in rows_of(out) if (row["metric"], row["statistic"], row["level"], row["part"])
              == ("Bleu", "pearson", "pooled", "all")]  # fmt: skip
    assert (bleu["used"], bleu["left_out"]) == ("12", "3")
    code, _, err = sumbench(*words, *QUICK, "metrics=[rouge]")
    assert code == BAD_INPUT
    assert "has scores of its own" in err


def test_figures_beside_ours(sumbench: Command, judged: Path) -> None:
    Path("figures.csv").write_text(
        "source,level,coefficient,metric,human,value\nA paper,pooled,pearson,rouge.rouge1_f1,coverage,0.5\n",
        encoding="utf-8",
    )
    code, out, _ = sumbench(*from_dataset("resamples=100", "format=markdown", "beside=figures.csv", "level=pooled"))
    assert code == OK
    assert "## Published beside ours: A paper" in out


def test_an_experiment_chooses_for_itself(sumbench: Command, judged: Path) -> None:
    code, out, _ = sumbench(
        "meta", "experiment=bartscore_rouge", "dataset=jsonl", "dataset.path=judged.jsonl", *QUICK, "run_dir=out"
    )
    assert code == OK
    assert {row["metric"].split(".")[0] for row in rows_of(out) if row["metric"]} == {"rouge_bartscore"}
    composed = compose_run(["experiment=bartscore_rouge"])
    assert (list(composed.systems), list(composed.metrics), list(composed.checks)) == (
        ["candidates"], ["rouge_bartscore"], [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no human judgements: name a finished run"),
        (("metrics=[rouge]",), "no human judgements: name a finished run"),
        (("run=gone",), "gone: neither a folder nor a run"),
        (("run=out", "metrics=[rouge]"), "nothing is scored with run=out"),
        (("scores=t.csv", "dataset=jsonl"), "nothing is scored with scores=t.csv"),
        (("run=out", "scores=t.csv"), "name two sources"),
        (("scores=gone.csv",), "gone.csv"),
        (("run=out", "human=x"), "it goes with scores=table.csv"),
        (("run=out", "lower_is_better=x"), "it goes with scores=table.csv"),
        (("run=out", "levle=summary"), "unknown setting 'levle'; did you mean 'level'?"),
        (("run=out", "level=sumary"), "did you mean 'summary'?"),
        (("run=out", "coefficient=[]"), "choose from pearson, spearman, kendall"),
        (("run=out", "format=html"), "choose from terminal, markdown, latex, csv, json"),
        (("run=out", "tests=ttest"), "tests=ttest"),
        (("run=out", "resample=all"), "choose from auto, documents, systems, both"),
        (("run=out", "resamples=5"), "must be between 100 and"),
        (("run=out", "confidence=95"), "must be between 0.5 and"),
        (("run=out", "seed=x"), "seed"),
        (("run=out", "level={a: b}"), "level={a"),
        (("run=out", "beside=gone.csv"), "gone.csv"),
        (("dataset=sample", "metrics=[rouge]"), "no candidate of this run has a human score"),
        (("dataset=jsonl", "dataset.path=gone.jsonl", "metrics=[rouge]"), "gone.jsonl"),
    ],
)
def test_what_cannot_be_is_refused(sumbench: Command, words: tuple[str, ...], message: str) -> None:
    code, out, err = sumbench("meta", *words)
    assert (code, out) == (BAD_INPUT, "")
    assert message in err


def test_levels_that_cannot_be_computed_are_told(sumbench: Command) -> None:
    lines = [{"id": f"e{n}", "document": " ".join(WORDS), "references": [" ".join(WORDS)],
              "summaries": {"only": {"text": " ".join(WORDS[: n + 2]), "human": {"fact": n % 3}}}}
             for n in range(6)]  # fmt: skip
    # One document each: the same text would be one cluster.
    for n, line in enumerate(lines):
        line["document"] += f" {n}"
    Path("judged.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, out, _ = sumbench(*from_dataset("resamples=100"))
    assert code == OK
    assert "not computed: summary level: no document has more than one judged summary" in " ".join(out.split())
    assert "not computed: system level: there is one system" in out
    assert "Correlation with fact, pooled" in out


def test_edits_that_no_system_wrote(sumbench: Command) -> None:
    """As SummEdits: no cross product of undefined cells, one row in the run, no level of systems."""
    lines = [
        {"id": f"d{n}", "document": " ".join(WORDS) + f" {n}", "references": [" ".join(WORDS)],
         "split": ("dev", "test")[n % 2],
         "summaries": {f"s{k:02}": {"text": " ".join([*WORDS[: k + 1], *["other"] * (k % 3)]), "human": {"good": k % 2}}
                       for k in range(2 + 2 * n)}}
        for n in range(6)
    ]  # fmt: skip
    Path("edits.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    words = ("meta", "dataset=jsonl", "dataset.path=edits.jsonl", "metrics=[rouge]", "resamples=100", "metric=*1_f1")
    code, out, _ = sumbench(*words, "dataset.numbered=true", "run_dir=out", "format=markdown", "by=[split]")
    assert code == OK
    record = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert record["systems"] == {"summaries": "candidate"}
    assert record["counts"]["rouge"] == {"ok": 42, "undefined": 0, "error": 0}
    assert record["warnings"] == []
    assert "42 summaries of 6 documents, only numbered" in out
    assert out.count("not computed: system level: the summaries are only numbered, there are no systems") == 1
    assert "chosen on split=dev, balanced accuracy on split=test" in out
    # Without being told so, the run says what to set; and a finished run can be evaluated so.
    code, _, _ = sumbench(*words, "run_dir=crossed")
    record = json.loads(Path("crossed/run.json").read_text(encoding="utf-8"))
    assert record["counts"]["rouge"]["undefined"] == 6 * 12 - 42
    assert any("set dataset.numbered=true" in warning for warning in record["warnings"])
    more = ("resamples=100", "metric=*1_f1", "format=csv")
    one, two = (sumbench("meta", *given, *more)[1] for given in (("run=crossed", "numbered=true"), ("run=out",)))
    numbers = [[(row["metric"], row["statistic"], row["value"]) for row in rows_of(each)] for each in (one, two)]
    assert sorted(numbers[0]) == sorted(numbers[1])


def test_the_defaults_are_those_of_the_file() -> None:
    job = meta_job([])
    assert job.settings.levels == ("summary", "system", "pooled", "partial")
    assert job.settings.coefficients == ("pearson", "spearman", "kendall")
    assert (job.settings.resamples, job.settings.confidence, job.settings.compare) == (1000, 0.95, "best")
    assert (job.settings.tests, job.groups) == ((), ("split", "dataset", "file"))


def test_words_find_their_owner() -> None:
    words = ["+metrics.rouge.name=x", "~checks.quotes", "metric=a", "outputs.csv=x", "dataset@dataset=jsonl", "seed=2"]
    run, meta = split_words(words)
    assert run == ["+metrics.rouge.name=x", "~checks.quotes", "dataset@dataset=jsonl", "seed=2"]
    assert meta == ["metric=a", "outputs.csv=x", "seed=2"]


def test_the_protocol_over_several_runs(sumbench: Command) -> None:
    """Each run a set: the same as one run over their files, each a set by its file."""
    for shift, name in enumerate(("one", "two")):
        lines = [
            {"id": f"{name}{n}", "document": f"{name} {n} {' '.join(WORDS)}", "references": [" ".join(WORDS)],
             "split": ("dev", "test")[n % 2],
             "summaries": {f"s{k}": {"text": " ".join(WORDS[: 2 * k + shift]), "human": {"good": int(k + n % 3 > 3)}}
                           for k in range(1, 6)}}
            for n in range(8)
        ]  # fmt: skip
        Path(f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    score = ("run", "dataset=jsonl", "metrics=[rouge]", "checks=[]", "systems=[candidates]", "resamples=100")
    for name in ("one", "two"):
        assert sumbench(*score, f"dataset.path={name}.jsonl", f"run_dir={name}")[0] == OK
    assert sumbench(*score, "dataset.path=[one.jsonl,two.jsonl]", "run_dir=both")[0] == OK
    summac = ("protocol=summac", "resamples=100", "format=csv")
    (code, apart, _), (_, together, _) = (sumbench("meta", f"run={run}", *summac) for run in ("[one,two]", "both"))
    assert code == OK
    assert apart == together
    assert "f1, one threshold" in apart
    _, parts, _ = sumbench("meta", "run=[one,two]", "by=[run]", "resamples=0", "compare=none", "format=csv")
    assert {row["part"] for row in rows_of(parts)} >= {"run: one", "run: two"}
    code, _, err = sumbench("meta", "run=[one,three]", *summac)
    assert (code, "three" in err) == (BAD_INPUT, True)
