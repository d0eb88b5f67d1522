"""SIGTERM ends a command as Ctrl-C does: what is done is kept, and a line says how to go on."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.commands.stopping import terminated_like_stopped
from bench.record import read_record

PLUGIN = """
import time
from pathlib import Path
from bench.scorer import Scorer, signature

class Slow(Scorer):
    name = "slow"
    higher_is_better = {"length": None}
    def signature(self):
        return signature("slow", version=1)
    def score_pair(self, pair):
        if Path("quick").exists():
            return self.ok(pair, {"length": len(pair.candidate.text)})
        time.sleep(0.005)
        return self.ok(pair, {"length": len(pair.candidate.text)})
"""


def slow_job(folder: Path) -> list[str]:
    """The words of a command that scores 2,000 cells slowly, and the files that it needs."""
    (folder / "slowly.py").write_text(PLUGIN)
    rows = [{"id": f"e{n:04}", "document": "One two.", "system": "s", "summary": f"One {n}."} for n in range(2000)]
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ["run", "dataset=jsonl", "dataset.path=data.jsonl", "dataset.reference=document", "plugins=[slowly]",
             "metrics=[]", "+metrics.slow._target_=slowly.Slow", "checks=[]", "systems=[candidates]"]  # fmt: skip


def wait_for_journal(folder: Path, process: subprocess.Popen[str]) -> Path:
    """The journal, once it has more than 64 lines."""
    journal, deadline = folder / "out" / "journal.jsonl", time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 64):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return journal


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_run_goes_on_as_the_line_says(tmp_path: Path, stop: signal.Signals, code: int) -> None:
    words = slow_job(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *words, "run_dir=out"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell's background job ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    journal = wait_for_journal(tmp_path, process)
    process.send_signal(stop)
    out, error = process.communicate(timeout=300)
    assert process.returncode == code
    assert out == ""
    last = error.strip().splitlines()[-1]
    assert " cells; they are kept. To go on: sumbench run " in last
    assert not (tmp_path / "out" / "run.json").exists()
    kept = journal.read_bytes().count(b"\n") - 1
    (tmp_path / "quick").touch()
    again = shlex.split(last.rsplit("To go on: ", 1)[1])[1:]
    subprocess.run([sys.executable, "-m", "bench", *again], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert read_record(tmp_path / "out").provenance["cells_resumed"] == kept >= 64


def test_a_program_that_calls_the_command_ends_with_it(tmp_path: Path) -> None:
    """One that runs tests, say: were the signal only the command's, it would go on, one result being 143."""
    words = slow_job(tmp_path)
    program = f"from bench.cli import main; main({[*words, 'run_dir=out']!r}); print('went on')"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    wait_for_journal(tmp_path, process)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=300) == ("", None)
    assert process.returncode == -signal.SIGTERM


def test_who_has_another_idea_of_it_keeps_it() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with terminated_like_stopped() as received:
            signal.raise_signal(signal.SIGTERM)
        assert received == []
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with pytest.raises(KeyboardInterrupt), terminated_like_stopped() as received:
            signal.raise_signal(signal.SIGTERM)
        assert received == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
