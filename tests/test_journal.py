"""The journal: nothing in it is computed twice, nothing foreign is taken, and no crash loses a finished cell."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import pipeline
from bench.journal import JOURNAL_FILE, Journal, cell_key, cell_of, line_of
from bench.record import line
from bench.types import Candidate, Example, Pair, Score, Seen, Span, Verdict

PAIR = Pair(Example("e", "A document.", ("A reference.",)), Candidate("e", "s", "A summary."))


def make_score(value: float = 0.5, status: str = "ok") -> Score:
    values = {"share": value} if status == "ok" else {}
    return Score("e", "s", "words", status, values, error=None if status == "ok" else "why")  # type: ignore[arg-type]


VERDICT = Verdict(Span(0, 9), "supported", 0.5, "why", (Span(2, 10),), marks=(Span(0, 1),))
FULL = replace(make_score(0.25), verdicts=(VERDICT,), seen=Seen(candidate=1.0))


def test_what_was_appended_is_there_again(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([("a", make_score(0.1)), ("b", make_score(0.2))])
        journal.append([("c", make_score(status="undefined"))])
    with Journal(tmp_path) as again:
        assert again.cells == journal.cells
        assert list(again.cells) == ["a", "b", "c"]


def test_it_is_on_the_disk_when_append_returns(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([("a", make_score())])
        assert (tmp_path / JOURNAL_FILE).read_bytes().endswith(b"\n")


def test_errors_are_tried_again_and_the_last_word_counts(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([("a", make_score(status="error"))])
    with Journal(tmp_path) as journal:
        assert journal.cells == {}
        journal.append([("a", make_score(0.3))])
    with Journal(tmp_path) as journal:
        assert journal.cells == {"a": make_score(0.3)}


@pytest.mark.parametrize("tail", [b'{"key": "z", "sco', b"\0\0\0", line_of("z", make_score()).encode()[:-1]])
def test_a_torn_tail_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / JOURNAL_FILE
    with Journal(tmp_path) as journal:
        journal.append([("a", make_score(0.1))])
    whole = path.read_bytes()
    path.write_bytes(whole + tail)
    with Journal(tmp_path) as journal:
        assert list(journal.cells) == ["a"]
        journal.append([("b", make_score(0.2))])
    assert path.read_bytes().startswith(whole)
    with Journal(tmp_path) as journal:
        assert list(journal.cells) == ["a", "b"]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"key": "z"}\n',
        b"[]\n",
        b"\xff\xfe\n",
        b"\n",
        b"\0\0\n",
        # As version 1 wrote it.
        (line({"key": "z", "score": make_score()}) + "\n").encode(),
        *(f'{{"sum":"{sha256(cell).hexdigest()[:16]}","cell":{cell.decode()}}}\n'.encode() for cell in
          (b"7", b"{}", b'{"key":"z"}', b'{"key":"z","score":{"example_id":"e"}}', b'{"key":"z","score":NaN}')),
    ],
)  # fmt: skip
def test_a_line_that_was_not_written_so_is_counted_and_costs_no_other(tmp_path: Path, bad: bytes) -> None:
    with Journal(tmp_path) as journal:
        journal.append([("a", make_score(0.1)), ("b", make_score(0.2))])
    path = tmp_path / JOURNAL_FILE
    head, *cells = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([head, cells[0], bad, cells[1]]))
    with Journal(tmp_path) as journal:
        assert journal.cells == {"a": make_score(0.1), "b": make_score(0.2)}
        assert journal.damaged == 1
        assert list(journal.warnings()) == ["journal.jsonl: 1 damaged lines; what they held was computed again"]


def test_any_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """Another digit, label or place would be as good a score as any; so would another key's."""
    good = line_of("a" * 64, FULL).encode()
    assert cell_of(good) == ("a" * 64, FULL)
    for place in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[place] ^= 1 << bit
            assert cell_of(bytes(bad)) is None


@pytest.mark.parametrize("bit", [0x01, 0x10])
def test_a_flipped_bit_changes_no_score_and_is_told(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, bit: int
) -> None:
    interrupt(tmp_path / "run", tiny, monkeypatch)
    path = tmp_path / "run" / JOURNAL_FILE
    data = bytearray(path.read_bytes())
    place = data.index(b'"share":0.', data.index(b'"share":0.') + 1) + len('"share":0.')
    data[place] ^= bit
    path.write_bytes(data)
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    undisturbed = pipeline.run(tiny.job(tmp_path / "other"))
    assert (folder / "scores.jsonl").read_bytes() == (undisturbed / "scores.jsonl").read_bytes()
    record = json.loads((folder / "run.json").read_text())
    assert record["warnings"] == ["journal.jsonl: 1 damaged lines; what they held was computed again"]
    assert record["provenance"]["cells_resumed"] == 23


@pytest.mark.parametrize("written", ["1e999", "-1e999", "NaN", "9" * 400, "9" * 5000, "1" + "0" * 25])
def test_what_is_no_number_is_computed_again_and_told(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """Also where the line's sum is right."""
    interrupt(tmp_path / "run", tiny, monkeypatch)
    path = tmp_path / "run" / JOURNAL_FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, each in enumerate(lines) if '"share":' in each)
    cell = re.sub(r'("share":)[\d.]+', rf"\g<1>{written}", lines[place][len('{"sum":"0123456789abcdef","cell":') : -2])
    lines[place] = f'{{"sum":"{sha256(cell.encode()).hexdigest()[:16]}","cell":{cell}}}\n'
    path.write_text("".join(lines), encoding="utf-8")
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    undisturbed = pipeline.run(tiny.job(tmp_path / "other"))
    assert (folder / "scores.jsonl").read_bytes() == (undisturbed / "scores.jsonl").read_bytes()
    record = json.loads((folder / "run.json").read_text())
    assert record["warnings"] == ["journal.jsonl: 1 damaged lines; what they held was computed again"]


@pytest.mark.parametrize(
    "change",
    [
        {"scorer": "other"}, {"system": "other"}, {"status": "fine"}, {"values": {}}, {"values": {"share": True}},
        {"values": {"more": 1.0}}, {"values": {"share": "1"}}, {"seen": Seen(candidate=2.0)},
        {"verdicts": (replace(VERDICT, label="maybe"),)}, {"verdicts": (replace(VERDICT, claim=Span(0, 999)),)},
        {"verdicts": (replace(VERDICT, claim=Span(0.5, 2)),)}, {"verdicts": (replace(VERDICT, reason=""),)},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_read_back_is_held_to_the_contract(tmp_path: Path, tiny: SimpleNamespace, change: Any) -> None:
    """A line with a right sum and a wrong score: by another version, or by hand."""
    with Journal(tmp_path) as journal:
        journal.append([("good", FULL), ("bad", replace(FULL, **change))])
    with Journal(tmp_path) as journal:
        assert journal.find("good", tiny.Words(), PAIR) == FULL
        assert journal.find("bad", tiny.Words(), PAIR) is None
        assert journal.damaged == 1


@pytest.mark.parametrize("cut", range(1, 200, 7))
def test_cut_anywhere_what_is_left_is_whole(tmp_path: Path, cut: int) -> None:
    path = tmp_path / JOURNAL_FILE
    with Journal(tmp_path) as journal:
        journal.append([(key, make_score()) for key in "abc"])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines)[:-cut])
    left = sum(len(b"".join(lines[: n + 2])) <= sum(map(len, lines)) - cut for n in range(3))
    with Journal(tmp_path) as journal:
        assert list(journal.cells) == list("abc")[:left]


def test_append_needs_an_open_journal(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not open"):
        Journal(tmp_path).append([("a", make_score())])


def test_a_key_changes_with_all_that_can_move_the_score(tiny: SimpleNamespace) -> None:
    words, key = tiny.Words(), cell_key(tiny.Words(), "recipe", PAIR)
    fewer = tiny.Words()
    fewer.higher_is_better = {"share": True}
    example, candidate = PAIR.example, PAIR.candidate
    others = [
        cell_key(tiny.Words(name="other"), "recipe", PAIR),
        cell_key(words, "another recipe", PAIR),
        cell_key(fewer, "recipe", PAIR),
        *(
            cell_key(words, "recipe", Pair(changed, candidate))
            for changed in (
                replace(example, id="f"),
                replace(example, document="A document"),
                replace(example, references=("A reference",)),
                replace(example, references=("A reference.", "")),
                replace(example, document="A document.A", references=(" reference.",)),
            )
        ),
        cell_key(words, "recipe", Pair(example, replace(candidate, text="A summary"))),
        cell_key(words, "recipe", Pair(example, replace(candidate, system="t"))),
    ]
    assert len({key, *others}) == 1 + len(others)
    assert key == cell_key(tiny.Words(), "recipe", Pair(replace(example, metadata={"a": 1}), candidate))


def test_nothing_is_computed_twice(tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is stopped after each chunk, again and again, asks for each cell once."""
    monkeypatch.setattr(pipeline, "_CHUNK", 1)
    asked = []
    folder = tmp_path / "run"
    for _ in range(20):
        words = tiny.Words()

        def stop_early(done: int, total: int, words: object = words) -> None:
            if words.asked:  # type: ignore[attr-defined]
                raise KeyboardInterrupt

        with contextlib.suppress(pipeline.Interrupted):
            pipeline.run(tiny.job(folder, metrics=[words]), stop_early)
        asked += words.asked
        if (folder / "run.json").exists():
            break
    assert len(asked) == len(set(asked)) == 12
    assert not (folder / JOURNAL_FILE).exists()
    undisturbed = pipeline.run(tiny.job(tmp_path / "other"))
    assert (folder / "scores.jsonl").read_bytes() == (undisturbed / "scores.jsonl").read_bytes()


def interrupt(folder: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Leave a journal with all cells behind, but no finished run."""

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "aggregate", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            pipeline.run(tiny.job(folder, **changes))


def test_only_the_same_recipe_and_texts_are_taken(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(tmp_path / "run", tiny, monkeypatch)
    examples = tiny.examples()
    examples[1] = replace(examples[1], references=(examples[1].references[0] + " more",))
    words = tiny.Words()
    folder = pipeline.run(tiny.job(tmp_path / "run", dataset=examples, metrics=[words]))
    assert {example for example, _ in words.asked} == {"e1"}
    record = json.loads((folder / "run.json").read_text())
    assert record["provenance"]["cells_resumed"] == 18

    interrupt(tmp_path / "other", tiny, monkeypatch)
    newer = tiny.Words(version=2)
    folder = pipeline.run(tiny.job(tmp_path / "other", metrics=[newer]))
    assert len(newer.asked) == 12
    assert json.loads((folder / "run.json").read_text())["provenance"]["cells_resumed"] == 12


def test_cells_with_other_values_are_not_taken(
    tmp_path: Path, tiny: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ROUGE's signature doesn't name its types: a journal with fewer of them must not fill in for more."""
    from bench.metrics.rouge import Rouge

    interrupt(tmp_path / "run", tiny, monkeypatch, metrics=[Rouge(types=("rouge1",))])
    folder = pipeline.run(tiny.job(tmp_path / "run", metrics=[Rouge(types=("rouge1", "rouge2"))]))
    aggregates = json.loads((folder / "run.json").read_text())["aggregates"]
    assert {(a["value"], a["n_ok"]) for a in aggregates if a["scorer"] == "rouge"} == {
        (f"rouge{n}_{measure}", 4) for n in (1, 2) for measure in ("precision", "recall", "f1")
    }


SCRIPT = '''
import signal, sys, time
from pathlib import Path
from bench import pipeline
from bench.scorer import Scorer, signature
from bench.types import Candidate, Dataset, Example, System

# A shell's background job has it ignored, and so would this process.
signal.signal(signal.SIGINT, signal.default_int_handler)

class Slow(Scorer):
    """A length, slowly."""
    name = "slow"
    higher_is_better = {"length": None, "noise": True}
    def signature(self):
        return signature("slow", version=1)
    def score_pair(self, pair):
        time.sleep(float(sys.argv[2]))
        with open(sys.argv[3], "a") as file:
            file.write(f"{pair.example.id}\\n")
        n = len(pair.candidate.text)
        return self.ok(pair, {"length": n, "noise": (n * 7919 % 101) / 101})

class Thirty(Dataset):
    def __iter__(self):
        return (Example(f"{i:02}", f"Document {i}.", ("r",)) for i in range(30))

class Given(System):
    role = "candidate"
    def summarize(self, example):
        yield Candidate(example.id, "s", "é“x” " * len(example.id) + example.id)

pipeline._CHUNK = 2
job = pipeline.Job(
    dataset=Thirty(), systems=[Given()], metrics=[Slow()], checks=[], run_dir=Path(sys.argv[1]), resamples=100
)
try:
    pipeline.run(job)
except pipeline.Interrupted as stop:
    print(stop)
    raise SystemExit(130)
'''


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "SIGINT"])
def test_a_stopped_process_is_taken_up_with_the_same_bytes(tmp_path: Path, stop: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    folder, whole, calls = tmp_path / "run", tmp_path / "whole", tmp_path / "calls"

    def arguments(run: Path, seconds: str, log: Path) -> list[str]:
        return [sys.executable, str(script), str(run), seconds, str(log)]

    process = subprocess.Popen(arguments(folder, "0.05", calls), stdout=subprocess.PIPE, text=True)
    journal = folder / JOURNAL_FILE
    deadline = time.monotonic() + 120
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 6):
        assert process.poll() is None, "it ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, stop)
    printed, _ = process.communicate(timeout=120)
    if stop == signal.SIGINT:
        assert process.returncode == 130
        assert printed.startswith("stopped after ")
        assert printed.endswith("of 30 cells\n")
    else:
        assert process.returncode == -signal.SIGKILL
    assert not (folder / "run.json").exists()
    assert not (folder / "scores.jsonl").exists()
    kept = journal.read_bytes().count(b"\n") - 1  # the first line is no cell
    assert 6 <= kept < 30

    subprocess.run(arguments(folder, "0", calls), check=True)
    subprocess.run(arguments(whole, "0", tmp_path / "unused"), check=True)
    assert (folder / "scores.jsonl").read_bytes() == (whole / "scores.jsonl").read_bytes()
    assert json.loads((folder / "run.json").read_text())["provenance"]["cells_resumed"] == kept
    computed = calls.read_text().split()
    assert set(computed) == {f"{i:02}" for i in range(30)}
    assert len(computed) - 30 < 2 + 1, "only the chunk that was torn is computed again"
    assert not journal.exists()
    assert not list(folder.glob("*.tmp"))


def test_two_runs_cannot_write_in_one_folder(tmp_path):
    from bench.errors import InputError

    with Journal(tmp_path), pytest.raises(InputError, match="another run"), Journal(tmp_path):
        pass
    with Journal(tmp_path):
        pass
