"""``sumbench explain`` as it is typed: formats, files, choices, errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import pipeline
from bench.cli import BAD_INPUT, OK, main

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "results"
    pipeline.run(tiny.job(folder / "runs" / "20260101T000000-aaaaaa"))
    return folder


@pytest.fixture
def explain(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words: str) -> tuple[int, str, str]:
        code = main(["explain", *words, "--results_dir", str(results)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


@pytest.mark.parametrize("run", ["LATEST", "20260101T", "20260101T000000-aaaaaa"])
def test_the_terminal_is_the_default(explain: Command, run: str) -> None:
    code, out, err = explain(run)
    assert (code, err) == (OK, "")
    assert "! unsupported" in out
    assert "[e0]" not in out
    assert all(f"{system} (e{number})" in out for system in ("alpha", "beta") for number in range(4))
    assert "first" not in out, "floors are shown when they are asked for"


def test_systems_and_examples_can_be_chosen(explain: Command) -> None:
    code, out, _ = explain("LATEST", "--system", "first", "--system=beta", "example=e1")
    assert code == OK
    assert "first (e1, floor)" in out
    assert "beta (e1)" in out
    assert "alpha (" not in out
    assert "(e0" not in out


def test_the_limit_is_said(explain: Command) -> None:
    code, out, _ = explain("LATEST", "--limit", "1")
    assert code == OK
    assert "7 more summaries not shown: choose with --system and --example, or raise --limit" in out
    assert explain("LATEST", "--limit", "0")[0] == BAD_INPUT


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.html", "<!doctype html>"), ("b.md", "### sumbench explain: "), ("c.txt", "run 2026"), ("new/d.HTM", "<!doct")],
)
def test_a_file_gets_the_format_of_its_ending(explain: Command, name: str, begins: str) -> None:
    code, out, err = explain("LATEST", "--output", name)
    assert (code, out, err) == (OK, f"explained: {name}\n", "")
    text = Path(name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "\x1b" not in text


def test_a_format_that_is_asked_for_wins(explain: Command) -> None:
    assert explain("LATEST", "--output", "a.txt", "--format", "markdown")[0] == OK
    assert Path("a.txt").read_text(encoding="utf-8").startswith("### sumbench explain")
    code, out, _ = explain("LATEST", "format=html")
    assert code == OK
    assert out.startswith("<!doctype html>")
    assert out.endswith("</html>\n")


def test_the_same_run_gives_the_same_page(explain: Command) -> None:
    assert explain("LATEST", "format=html") == explain("LATEST", "format=html")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("LATEST", "--system", "gamma"), "no system 'gamma' in this run; there is alpha, beta, first"),
        (("LATEST", "--example", "e9"), "no example 'e9' in this run; there is e0, e1, e2, e3"),
        (("nowhere",), "neither a folder nor a run"),
        (("LATEST", "--output", "."), "can't be written"),
    ],
)
def test_what_can_not_be_is_an_error_that_helps(explain: Command, words: tuple[str, ...], said: str) -> None:
    code, out, err = explain(*words)
    assert (code, out) == (BAD_INPUT, "")
    assert said in err


def test_a_run_without_checks_has_nothing_to_explain(explain: Command, tmp_path: Path, tiny: SimpleNamespace) -> None:
    pipeline.run(tiny.job(tmp_path / "plain", checks=[]))
    code, out, err = explain(str(tmp_path / "plain"))
    assert (code, out) == (BAD_INPUT, "")
    assert "no checks" in err


def test_a_run_that_kept_no_texts_says_so(explain: Command, tmp_path: Path, tiny: SimpleNamespace) -> None:
    pipeline.run(tiny.job(tmp_path / "hashes", store_texts=False))
    code, out, err = explain(str(tmp_path / "hashes"))
    assert (code, out) == (BAD_INPUT, "")
    assert "store_texts=true" in err
