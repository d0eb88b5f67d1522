"""Annotations: read back by the rules of GitHub's runner, whatever the texts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.commands.compare import publish
from bench.comparing.comparison import Comparison, Gate
from bench.config.gate import CompareSettings
from bench.report.comparison_content import flat
from bench.report.github import annotate, command, silence


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: split at ``::``, properties at ``,`` and ``=``, then unescaped."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    properties = dict(part.split("=", 1) for part in rest.split(",") if part)

    def unescape(text: str, signs: tuple[str, ...]) -> str:
        for sign in signs:
            text = text.replace(f"%{ord(sign):02X}", sign)
        return text.replace("%25", "%")

    return (
        name,
        {key: unescape(value, ("\r", "\n", ":", ",")) for key, value in properties.items()},
        unescape(data, ("\r", "\n")),
    )


def test_the_verdict_comes_first_then_what_moved_it(ordinary: Comparison) -> None:
    read_back = [read(line) for line in annotate(ordinary, "results/baselines/main.json").splitlines()]
    assert [(name, properties["title"]) for name, properties, _ in read_back] == [
        ("error", "sumbench: regressed"),
        ("error", "bart rouge.rouge1_f1"),
        *[("error", "sumbench")] * 5,
        ("warning", "bart rouge.rouge2_f1"),
    ]
    assert {properties["file"] for _, properties, _ in read_back} == {"results/baselines/main.json"}
    messages = [message for *_, message in read_back]
    assert messages[0].startswith("1 of 5 values is worse than main by more than its margin")
    assert "-0.0341 [-0.0502, -0.0180]" in messages[1]
    assert messages[2:7] == [
        "regressed: numbers newly flags 1 claim (0 let through, 1 mended)",
        "regressed: 1 claim is newly contradicted, over all checks (0 let through)",
        "missing: system oracle",
        "missing: example e9",
        "not comparable: bertscore: layer was 5, is 6",
    ]


def test_without_a_file_there_is_none(ordinary: Comparison) -> None:
    assert "file=" not in annotate(ordinary)


@pytest.mark.parametrize(
    ("outcome", "fails", "levels"),
    [
        ("pass", False, ["notice"]),
        ("improved", False, ["notice"]),
        ("inconclusive", False, ["warning", "warning"]),
        ("inconclusive", True, ["error", "error"]),
    ],
)
def test_levels(
    made: Callable[..., Comparison], changed: Callable[..., object], outcome: str, fails: bool, levels: list[str]
) -> None:
    comparison = made(differences=(changed(outcome),), gate=Gate(margins={}, fail_on_inconclusive=fails))
    assert [read(line)[0] for line in annotate(comparison).splitlines()] == levels


def test_no_more_than_github_shows(made: Callable[..., Comparison]) -> None:
    lines = annotate(made(missing=tuple(f"example {i}" for i in range(100)))).splitlines()
    assert len(lines) == 10
    assert read(lines[-1])[2] == "… and 92 more"


def test_hostile_texts_stay_in_their_line(nasty_comparison: Comparison) -> None:
    for line in annotate(nasty_comparison).splitlines():
        assert re.match("::(error|warning) title=", line)
        _, properties, message = read(line)
        assert set(properties) == {"title"}
        assert re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", message + properties["title"]) is None


@given(title=st.text(min_size=1, max_size=60), message=st.text(max_size=60))
def test_read_back_as_it_was_written(title: str, message: str) -> None:
    name, properties, data = read(command("error", title, message))
    assert name == "error"
    assert properties == ({"title": flat(title)} if flat(title) else {})
    assert data == flat(message)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_comparison(comparisons: st.SearchStrategy[Comparison], data: st.DataObject) -> None:
    comparison = data.draw(comparisons)
    lines = annotate(comparison).split("\n")
    assert lines.pop() == ""
    levels = [read(line)[0] for line in lines]
    assert ("error" in levels) == (comparison.exit_code != 0)
    assert max(levels.count(level) for level in levels) <= 10


def test_nothing_between_is_a_command(ordinary: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """What candidates wrote is printed where GitHub reads no commands; the annotations go to the other stream."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    comparison = replace(ordinary, notes=("::error::mine",))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        publish(comparison, CompareSettings(ordinary.gate, False, "terminal", {}, Path("results")))
    before, after = silence(comparison)
    text = out.getvalue()
    assert text.startswith(before)
    inside, _, outside = text.removeprefix(before).partition(after)
    assert "::error::mine" in inside
    assert outside == ""
    assert err.getvalue() == annotate(comparison)
    assert after.strip(":\n") not in inside


def test_a_format_for_machines_stays_whole(ordinary: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.report.comparison import as_json

    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        publish(ordinary, CompareSettings(ordinary.gate, False, "json", {}, Path("results")))
    assert (out.getvalue(), err.getvalue()) == (as_json(ordinary), annotate(ordinary))


def test_the_word_that_ends_the_silence_depends_on_all(ordinary: Comparison, nasty_comparison: Comparison) -> None:
    words = {silence(c)[1] for c in (ordinary, replace(ordinary, notes=("x",)), nasty_comparison)}
    assert len(words) == 3
    assert silence(ordinary) == silence(replace(ordinary))
