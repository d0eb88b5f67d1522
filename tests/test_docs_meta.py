"""The tables of docs/meta.md are printed by the commands above them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import OK, main
from bench.config.meta import MetaSchema, split_words
from bench.meta.labels import read_beside

HOME = Path(__file__).parents[1]
PAGE = (HOME / "docs" / "meta.md").read_text(encoding="utf-8")
STEPS = [
    (shlex.split(block.group(1).replace("\\\n", " ")), block.group(2))
    for block in re.finditer(r"^```sh\n(.*?)^```$(.*?)(?=^```sh|^#|\Z)", PAGE, re.DOTALL | re.MULTILINE)
]


def tables(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("|", "_"))]


def test_the_page_has_steps_with_tables() -> None:
    assert len(STEPS) >= 5
    assert all(words[:2] == ["sumbench", "meta"] and len(tables(text)) > 2 for words, text in STEPS)


@pytest.mark.slow
@pytest.mark.parametrize(("words", "text"), STEPS, ids=range(len(STEPS)))
def test_a_table_is_printed_by_its_command(
    words: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if any("bertscore" in word for word in words):
        pytest.skip("takes minutes on a small machine")
    if not (HOME / ".." / "shared" / "judgements").is_dir():
        pytest.skip("the human judgements are not beside the checkout")
    monkeypatch.chdir(HOME)
    GlobalHydra.instance().clear()
    scored = [] if "dataset=frank" in words else [f"run_dir={tmp_path / 'run'}"]
    assert main([*words[1:], *scored]) == OK
    printed = set(capsys.readouterr().out.splitlines())
    assert [line for line in tables(text) if line not in printed] == []


def test_every_setting_that_is_described_exists() -> None:
    described = {
        name.split(".")[0].split("=")[0]
        for row in re.findall(r"^\| (`[^|]+) \|", PAGE, re.MULTILINE)
        for name in re.findall(r"`([\w.=]+)`", row)
    }
    assert len(described) > 8
    assert described <= set(MetaSchema.__dataclass_fields__)


@pytest.mark.parametrize("command", re.findall(r"^sumbench meta .*", PAGE, re.MULTILINE))
def test_a_command_that_is_shown_has_settings_that_exist(command: str) -> None:
    split_words(shlex.split(command, comments=True)[2:])


def test_published_figures_are_well_formed() -> None:
    files = sorted((HOME / "docs" / "published").glob("*.csv"))
    assert sum(len(read_beside(path)) for path in files) == 12 + 3 + 4 + 1
