"""Names that hold commands and escapes, through every command and format: nothing that is read acts on them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench import pipeline
from bench.cli import BAD_INPUT, OK, main
from bench.types import Candidate, Example

MARKS = "\x1b[2J\x9b\u202e\u2066\u200b\ufeff\x07"
ID = f"=e1\n::error::id\n##[error]id {MARKS}"
SYSTEM = f"@sys\n::error::system\n##vso[task.complete]{MARKS}"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
RUN = ["dataset=jsonl", "dataset.path=DATA", "metrics=[rouge]", "checks=[]", "systems=[candidates]"]
GATED = "+gates.new_claims.found=0"
WORKING = [
    ["report", "RUN"],
    ["report", "RUN", "format=markdown"],
    ["explain", "RUN"],
    ["explain", "RUN", "format=markdown"],
    ["explain", "RUN", "format=html"],
    ["explain", "RUN", "output=out.html"],
    ["explain", "RUN", "--system", f"{SYSTEM}0"],
    ["compare", "RUN", "OTHER", GATED],
    ["compare", "RUN", "OTHER", GATED, "format=markdown"],
    ["compare", "RUN", "OTHER", GATED, "format=junit"],
    ["compare", "RUN", "OTHER", GATED, "format=json"],
    ["compare", "RUN", "OTHER", GATED, "outputs.markdown=o.md", "outputs.junit=o.xml", "outputs.json=o.json"],
    *(
        ["compare", "RUN", "--systems", "--pairs", f"--format={f}"]
        for f in ("terminal", "markdown", "latex", "csv", "json")
    ),
    ["baseline", "save", "main", "RUN"],
    ["baseline", "diff", "main", "RUN", GATED],
    ["baseline", "list"],
    ["history", "results_dir=RESULTS"],
    ["history", "results_dir=RESULTS", "html=history.html", "system=*"],
    *(["meta", "run=RUN", "resamples=100", f"format={f}"] for f in ("terminal", "markdown", "latex", "csv", "json")),
    ["list"],
    ["run", *RUN, "run_dir=o"],
    ["run", "-m", *RUN, "metrics.rouge.use_stemmer=true,false"],
    ["selfcheck", *RUN[:4], "base=document-lead", "kinds=[number,negation]"],
]
REFUSED = [
    ["run", *RUN[:1], "dataset.path=TWICE", *RUN[2:]],
    ["explain", "RUN", "--system", f"no{SYSTEM}"],
    ["selfcheck", "run=RUN"],
    [f"no such {SYSTEM}"],
    ["report", f"{ID}"],
    ["report", f"--{SYSTEM}"],
    ["compare", f"{SYSTEM}", "OTHER"],
    ["run", f"limit={SYSTEM}"],
    ["run", "metrics=[rouge]", "checks=[]", f"{SYSTEM}=1"],
    ["gate", "main", f"gates.alpha={SYSTEM}"],
    ["meta", f"run={SYSTEM}"],
    ["selfcheck", f"base={SYSTEM}"],
]


@pytest.fixture(scope="module")
def house(tiny: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs and a baseline whose texts and names are hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, word in (("one", "Talks"), ("two", "Leaders not")):
        examples = [
            Example(
                f"{ID}{n}",
                f"Talks ended {n}. {MARKS}\n::error::document",
                (f"Talks ended. {MARKS}",),
                tuple(
                    Candidate(
                        f"{ID}{n}",
                        f"{SYSTEM}{s}",
                        f"{word} ended {s}{n} there. {MARKS}\n::error::text",
                        {"human": {f"-good\n::error::human{MARKS}": float(n + s)}},
                    )
                    for s in range(2)
                ),
            )
            for n in range(6)
        ]
        words = tiny.Words(name=f"+words\n::error::scorer{MARKS}")
        pipeline.run(tiny.job(folder / name, dataset=examples, metrics=[words], results_dir=folder / "results"))
    record = json.loads((folder / "two/run.json").read_text(encoding="utf-8"))
    record["run_id"] = f"two\n::error::run{MARKS}"
    record["warnings"] = [f"a warning\n::error::warning {MARKS}"]
    (folder / "two/run.json").write_text(json.dumps(record), encoding="utf-8")
    line = {
        "id": ID,
        "document": f"Talks ended. {MARKS}\n::error::document",
        "references": ["Talks ended."],
        "summaries": {SYSTEM: f"Talks ended. {MARKS}"},
    }
    (folder / "data.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (folder / "twice.jsonl").write_text((json.dumps(line) + "\n") * 2, encoding="utf-8")
    return folder


def harmless(text: str, what: object) -> None:
    assert STEERS.findall(text) == [], what
    assert [line for line in text.split("\n") if re.match(r"[ \t]*::", line)] == [], what
    assert "##[" not in text, what
    assert "##vso[" not in text, what


@pytest.mark.parametrize(
    "words", [*WORKING, *REFUSED], ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode()
)
def test_nothing_that_is_printed_or_written_steers(
    words: list[str], house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    if words[:2] in (["baseline", "diff"], ["baseline", "list"], ["gate", "main"]):
        assert main(["baseline", "save", "main", str(house / "two")]) == OK
        capfd.readouterr()
    GlobalHydra.instance().clear()
    places = {"RUN": house / "one", "OTHER": house / "two", "RESULTS": house / "results"}
    places |= {"DATA": house / "data.jsonl", "TWICE": house / "twice.jsonl"}
    code = main(
        [re.sub("RUN|OTHER|RESULTS|DATA|TWICE", lambda found: str(places[found.group()]), word) for word in words]
    )
    out, err = capfd.readouterr()
    assert (code == BAD_INPUT) == (words in REFUSED), err
    assert out or err
    harmless(out, words)
    harmless(err, words)
    for path in tmp_path.rglob("*.*"):
        # What a run or a baseline keeps is data: every text as it is.
        if not {"baselines", "o", "runs", "sweeps"} & set(path.parts):
            harmless(path.read_text(encoding="utf-8"), path)


def test_json_gives_every_name_back(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(house / "one"), "--systems", "--format=json"]) == 0
    names = {standing["system"] for standing in json.loads(capfd.readouterr().out)["rankings"][0]["standings"]}
    assert names == {f"{SYSTEM}0", f"{SYSTEM}1"}


def test_no_cell_of_a_csv_is_a_formula(house: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(house / "one"), "--systems", "--pairs", "--format=csv"]) == 0
    rows = list(csv.reader(io.StringIO(capfd.readouterr().out)))
    assert any(cell.startswith("'@sys") for row in rows for cell in row)
    assert any(cell.startswith("'+words") for row in rows for cell in row)
    for cell in (cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))):
        float(cell)


def test_our_own_commands_are_commands(
    house: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The control: annotations are the only lines that a build server acts on."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    main(["compare", str(house / "one"), str(house / "two"), GATED])
    out, err = capfd.readouterr()
    commands = [line for line in (out + err).split("\n") if re.match(r"[ \t]*::", line)]
    assert commands
    assert all(
        re.match(r"::(error|warning|notice) (file=\S+,)?title=|::(stop-commands::)?[0-9a-f]{64}", c) for c in commands
    )
