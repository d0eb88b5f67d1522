"""The script that says which rules earn their place: its counts, shares and intervals, on judgements made up here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from scipy import stats


@pytest.fixture(scope="module")
def rules(benchmark: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark("rules")


def test_a_run_is_read_into_flags_and_judgements(rules: ModuleType, tmp_path: Path) -> None:
    line = {
        "id": "1",
        "document": "The town bought 12 cars in May.",
        "summaries": {
            "s00": {"text": "The town bought 13 cars in May.", "human": {"consistent": 0.0}},
            "s01": {"text": "The town bought 12 cars in May.", "human": {"consistent": 1.0}},
        },
    }
    (tmp_path / "file.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    judged = rules.JudgedSet("cars", "file", "consistent", 1)
    wrong, right = rules.read(judged, tmp_path, tmp_path / "run", ["numbers"], None)
    assert (wrong.inconsistent, wrong.rules) == (True, {("numbers", "contradicted", "number")})
    assert (right.inconsistent, right.rules) == (False, frozenset())
    assert rules.base_rates([wrong, right]) == {"cars": 0.5}


def test_shares_have_the_base_rate_beside_them(rules: ModuleType) -> None:
    sharp, blunt = ("numbers", "contradicted", "number"), ("support", "unsupported", "unsupported")
    summaries = [
        rules.Summary(
            "set",
            f"set/{document}",
            inconsistent,
            frozenset({blunt, sharp} if inconsistent and document < 9 else {blunt}),
        )
        for document in range(20)
        for inconsistent in (True, False)
    ]
    _, _, everything, *rows = rules.table(summaries)
    assert "| 0.50 of 40 |" in everything
    first, second = ([cell.strip() for cell in row.strip("| ").split("|")] for row in rows)
    assert (first[:4], first[-2:]) == ([*sharp, "9/9*"], ["0.50", "yes"])
    assert (second[:4], second[-2:]) == ([*blunt, "20/40"], ["0.50", "no"])
    # All of nine documents: the lower end is that of Clopper and Pearson.
    low = stats.beta.ppf(0.025, 9, 1)
    assert first[4] == f"1.00 [{low:.2f}, 1.00] of 9"


def test_one_document_shows_nothing(rules: ModuleType) -> None:
    summaries = [
        rules.Summary("set", "set/1", True, frozenset({("quotes", "contradicted", "quote")})) for _ in range(9)
    ]
    assert list(rules.table(summaries))[-1].endswith("| 9/9 | 1.00 of 9 | 1.00 | no |")
