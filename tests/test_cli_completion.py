"""Tab completion: what is offered, in the shells themselves, quickly and without running anything."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.cli import BAD_INPUT, COMMANDS, OK, main
from bench.commands.completion import SCRIPTS, complete

OFFERS = {
    "sumbench ": {"run ", "gate ", "--help "},
    "sumbench r": {"run ", "report "},
    "sumbench report --f": {"--format "},
    "sumbench compare a b --": {"--common ", "--systems ", "--config-dir "},
    "sumbench baseline save x y --t": {"--texts "},
    "sumbench run --m": {"--multirun "},
    "sumbench run lim": {"limit="},
    "sumbench run +exp": {"+experiment="},
    "sumbench run dataset=": {"dataset=jsonl ", "dataset=folder "},
    "sumbench run dataset=jsonl dataset.p": {"dataset.path="},
    "sumbench run dataset.path=": {"dataset.path=data.jsonl", "dataset.path=texts/"},
    "sumbench run metrics=[rou": {"metrics=[rouge", "metrics=[rouge_hf"},
    "sumbench run 'metrics=[rouge,": {"'metrics=[rouge,bertscore"},
    "sumbench run metrics=[rouge": {"metrics=[rouge]"},
    "sumbench run metrics.rouge.use": {"metrics.rouge.use_stemmer="},
    "sumbench run store_texts=": {"store_texts=true ", "store_texts=false "},
    "sumbench run --config-dir mine 'metrics=[spec": {"'metrics=[special"},
    "sumbench gate main gates.fail_on_i": {"gates.fail_on_inconclusive="},
    "sumbench gate main gates=": {"gates=default ", "gates=exact "},
    "sumbench meta lev": {"level="},
    "sumbench selfcheck ki": {"kinds="},
    "sumbench explain te": {"texts/"},
    "sumbench run metrics=\\[rou": {"metrics=[rouge"},
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.jsonl").touch()
    (tmp_path / "texts").mkdir()
    (tmp_path / "mine/metrics").mkdir(parents=True)
    text = "# @package metrics.special\n# Ours.\n_target_: not.there.X\n"
    (tmp_path / "mine/metrics/special.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("line", OFFERS)
def test_what_is_offered(line: str, here: Path) -> None:
    found = complete(line, COMMANDS)
    assert OFFERS[line] - set(found) == set()
    last = line.rpartition(" ")[2].replace("\\", "")
    assert all(word.startswith(last) for word in found)


@pytest.mark.parametrize("line", ["sumbench nothing ", "sumbench run zzz", "", "sumbench run 'a b"])
def test_nothing_is_offered_where_nothing_fits(line: str, here: Path) -> None:
    assert [word for word in complete(line, COMMANDS) if not word.strip().startswith((*COMMANDS, "--"))] == []


def test_every_command_offers_its_flags(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        offered = {word.strip() for word in complete(f"sumbench {command} --", COMMANDS)}
        assert "--help" in offered
        assert main([command, "--help"]) == OK
        shown = capsys.readouterr().out
        assert [flag for flag in offered if flag not in shown and command not in ("run", "baseline", "compare")] == []


def test_completing_loads_and_runs_nothing(here: Path) -> None:
    code = """if True:
        import sys
        from bench.cli import main
        main(["--complete", "sumbench run --config-dir mine metrics=["])
        print(*{"hydra", "omegaconf", "rich", "numpy", "torch", "not"} & set(sys.modules), file=sys.stderr)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr.strip()) == (OK, "")
    assert "special" in done.stdout


def test_an_unknown_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--completion", "fish"]) == BAD_INPUT
    assert "bash, zsh" in capsys.readouterr().err


def command_on_path(folder: Path) -> dict[str, str]:
    """An environment in which ``sumbench`` is this checkout's."""
    (folder / "bin").mkdir()
    (folder / "bin/sumbench").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bench "$@"\n')
    (folder / "bin/sumbench").chmod(0o755)
    return {
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HOME": str(folder),
    }


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("sumbench rep", ["report "]),
        ("sumbench run dataset=json", ["jsonl "]),
        ("sumbench run lim", ["limit="]),
        ("sumbench run 'metrics=[rouge_hf", ["metrics=[rouge_hf", "metrics=[rouge_hf]"]),
    ],
)
def test_bash(line: str, wanted: list[str], here: Path) -> None:
    script = f"""
        eval "$(sumbench --completion bash)"
        complete -p sumbench >/dev/null || exit 9
        COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)}
        _sumbench
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=command_on_path(here), cwd=here, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n")[:-1] == wanted


TYPED = {
    "sumbench rep": "sumbench report ",
    "true; sumbench rep": "true; sumbench report ",
    "sumbench run dataset=json": "sumbench run dataset=jsonl ",
    "sumbench run dataset.path=da": "sumbench run dataset.path=data.jsonl",
    "sumbench run 'metrics=[bertsc": "sumbench run 'metrics=[bertscore",
}


@pytest.mark.parametrize("line", TYPED)
@pytest.mark.parametrize("shell", SCRIPTS)
def test_tab_in_a_shell(shell: str, line: str, here: Path) -> None:
    """The whole way: a terminal, the shell's own line editor, and the key."""
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    options = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[shell]
    environment = {**command_on_path(here), "PS1": "$ ", "TERM": "dumb"}
    leader, follower = os.openpty()
    with subprocess.Popen(
        [shell, *options], env=environment, cwd=here, stdin=follower, stdout=follower, stderr=follower,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            send(leader, f'eval "$(sumbench --completion {shell})"; echo re""ady\n', until="ready")
            send(leader, f"{line}\t", until=TYPED[line])
        finally:
            process.kill()
            os.close(leader)
            os.close(follower)


def send(terminal: int, keys: str, until: str) -> None:
    """Type keys and wait until a text is on the screen."""
    os.write(terminal, keys.encode())
    shown, end = "", time.monotonic() + 60
    while until not in shown:
        ready, *_ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        assert ready, f"{until!r} doesn't come: {shown!r}"
        shown += os.read(terminal, 65536).decode(errors="replace")


def test_there_is_a_script_for_each_shell() -> None:
    assert set(SCRIPTS) == {"bash", "zsh"}
