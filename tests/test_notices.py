"""What a reader is told before trusting the numbers: a line a kind, however many examples it concerns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra

from bench.cli import OK, main
from bench.notices import foreign_texts, gathered, notices
from bench.types import Candidate, Example, Pair, Score

FAST = ("metrics=[rouge,rouge_hf]", "checks=[]", "systems=[candidates]", "dataset=jsonl", "resamples=100")


def warnings_of(folder: Path, lines: Sequence[dict[str, object]], *words: str) -> list[str]:
    path = folder / "data.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    GlobalHydra.instance().clear()
    assert main(["run", *FAST, f"dataset.path={path}", f"run_dir={folder / 'out'}", *words]) == OK
    return list(json.loads((folder / "out/run.json").read_text(encoding="utf-8"))["warnings"])


def example(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": f"e{number:03}", "document": "One two three.", "references": ["One two."],
        "summaries": {"full": "One two.", "mostly": "One three."}, **changes,
    }  # fmt: skip


def test_two_hundred_empty_candidates_are_one_warning(tmp_path: Path) -> None:
    lines = [example(n, summaries={"full": "One two.", "void": ""}) for n in range(200)]
    [warning] = warnings_of(tmp_path, lines, "dataset.on_empty=undefined")
    assert warning == "200 of 400 candidates are empty: e000/void, e001/void, e002/void and 197 more"


def test_candidates_that_are_missing_are_one_warning(tmp_path: Path) -> None:
    lines = [example(n, summaries={"full": "One."} | ({"half": "Two."} if n % 2 else {})) for n in range(200)]
    [warning] = warnings_of(tmp_path, lines)
    assert warning == "100 (example, system) cells have no candidate; they count as undefined"


def test_two_hundred_odd_dates_are_one_warning(tmp_path: Path) -> None:
    [warning] = warnings_of(tmp_path, [example(n, date=f"{n + 1} May 2024") for n in range(200)])
    assert "data.jsonl, line 1: the date" in warning
    assert warning.endswith("(and 199 more like it)")


def test_an_undefined_cell_of_another_cause_is_still_told(tmp_path: Path) -> None:
    lines = [example(n, summaries={"full": "…", "void": ""}) for n in range(3)]
    empty, *others = warnings_of(tmp_path, lines, "dataset.on_empty=undefined")
    assert empty.startswith("3 of 6 candidates are empty")
    assert any(line.startswith("rouge: 3 of 6 cells undefined") for line in others)


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["f/a: left out .x: hidden, or not .txt.", "f/b: left out .x: hidden, or not .txt."], 1),
        (["a.jsonl, line 3: sentence 2 has no 'x'.", "a.jsonl, line 30: sentence 5 has no 'y'."], 1),
        (["a.jsonl, line 3: sentence 2 has no 'x'.", "a.jsonl, line 3: sentence 2 is long."], 2),
        (["no document: 3", "no candidate: 3"], 2),
        ([], 0),
    ],
)
def test_warnings_of_a_kind_differ_only_in_place_names_and_numbers(lines: list[str], kinds: int) -> None:
    found = list(gathered(lines))
    assert len(found) == kinds
    assert all(line.startswith(tuple(lines)) for line in found)


def test_what_was_told_is_not_told_again() -> None:
    scores = [Score(name, "s", "x", "undefined", error="it is empty") for name in "ab"]
    assert list(notices(scores, notes=True, told={("a", "s"), ("b", "s")})) == []
    assert list(notices(scores, notes=True, told={("a", "s")})) == ["1 of 2 cells undefined; b/s: it is empty"]
    failed = [Score("a", "s", "x", "error", error="it broke")]
    assert len(list(notices(failed, notes=True, told={("a", "s")}))) == 1, "a failure is always told"


def test_texts_in_other_languages_are_one_line() -> None:
    french = "Trois élus ont voté contre le projet en raison de son coût."
    english = "Three councillors voted against the plan because of its cost."
    pairs = [
        Pair(Example(id_, document, (document,)), Candidate(id_, system, text))
        for id_, document in (("a", english), ("b", french), ("c", "習近平訪問北京"))
        for system, text in (("x", english), ("y", french))
    ]
    assert list(foreign_texts(pairs, ["names", "numbers"])) == [
        "2 of 3 documents and 3 of 6 candidates are not in English, all that names, numbers can read: "
        "left unchecked there (the first: document b is in French)"
    ]
    assert list(foreign_texts(pairs[:1], ["names"])) == []
    assert list(foreign_texts(pairs, [])) == []


def test_a_run_tells_of_other_languages_once(tmp_path: Path) -> None:
    french = "Trois élus ont voté contre le projet en raison de son coût."
    lines = [example(n, document=french) for n in range(3)]
    [warning] = warnings_of(tmp_path, lines, "checks=[numbers,quotes]")
    assert warning == (
        "3 of 3 documents are not in English, all that numbers, quotes can read: left unchecked there "
        "(the first: document e000 is in French)"
    )
