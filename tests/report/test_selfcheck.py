"""The layouts of a self-check: every number shown, nothing claimed that wasn't counted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from bench.report.selfcheck import COLUMNS, as_csv, as_json, change, facts, markdown, percent, rows, sheets, show
from bench.selfcheck.records import KindCount, Response, SelfCheck, Share, Turned, Untouched, wilson

NONE = Share(0, 0, None, None, None)


def make_check() -> SelfCheck:
    kinds = (
        KindCount("number", "a number changed", True, 12, 10, {"no number": 2}),
        KindCount("shuffle", "sentences in another order", False, 12, 12, {}),
    )
    responses = (
        Response("rouge", "f1", True, "number", wilson(9, 10), 1, 0, -0.0234),
        Response("rouge", "f1", True, "shuffle", wilson(0, 12), 12, 0, 0.0),
        Response("rouge", "recall", False, "number", wilson(3, 4), 0, 1, -1e-6),
        Response("rouge", "recall", False, "shuffle", NONE, 0, 0, None),
    )
    turned = (Turned("<b>", "number", wilson(8, 9), 5, 1, 1, 0), Turned("any", "number", wilson(2, 3), 0, 0, 7, 0))
    untouched = tuple(
        Untouched(check, extractive, Share(1, 40, 0.025, 0.0, 0.07) if not extractive else NONE, 4)
        for check in ("<b>", "any")
        for extractive in (False, True)
    )
    return SelfCheck(
        "id", 12, "reference", 0, 0.95, kinds, responses, turned, untouched, ("lengths.words",), {}, ("a <note>",)
    )


def test_shares_marks_and_dashes() -> None:
    facts_table, form, size, claims, still = sheets(make_check(), headline=False, intervals=False)
    assert facts_table.columns == ("number",)
    assert form.columns == ("shuffle",)
    cells = {line.name: line.entries[0] for line in facts_table.lines}
    assert cells["documents damaged"].text == "10"
    assert (cells["rouge.f1"].text, cells["rouge.f1"].best, cells["rouge.f1"].mark) == ("90", True, "")
    # 3 of 4 is more than half, but its interval is not; 4 is fewer than half of 10.
    assert (cells["rouge.recall"].text, cells["rouge.recall"].best, cells["rouge.recall"].mark) == ("75", False, "°")
    assert [line.entries[0].text for line in form.lines] == ["12", "0", "–"]
    assert [entry.text for entry in size.lines[0].entries] == ["-0.023", "0"]
    assert [entry.text for entry in size.lines[1].entries] == ["±0.000", "–"]
    assert [(line.name, line.entries[0].text, line.entries[0].mark) for line in claims.lines] == [
        ("<b>", "89", ""), ("any", "67", "°"),
    ]  # fmt: skip
    assert [entry.text for entry in still.lines[0].entries] == ["40", "4", "1", "2 [0, 7]", "0", "0", "–"]


def test_headlines_only() -> None:
    for sheet in list(sheets(make_check(), headline=True, intervals=False))[:3]:
        assert [line.name for line in sheet.lines if "." in line.name] == ["rouge.f1"]


def test_markdown_has_intervals_and_escapes() -> None:
    text = markdown(make_check())
    assert "**90 \\[60, 98\\]**" in text
    assert "\\<b\\>" in text
    assert "a \\<note\\>" in text
    assert "<" not in text.replace("\\<", "")


def test_an_interval_is_not_narrower_than_it_is() -> None:
    """1 of 100 has the interval .2 to 5 per cent: its lower end is rounded to 0, unlike a share that is not 0."""
    found = replace(make_check(), responses=(Response("rouge", "f1", True, "number", wilson(1, 100), 99, 0, -0.1),))
    found = replace(found, kinds=found.kinds[:1])
    sheet, *_ = sheets(found, headline=True, intervals=True)
    assert sheet.lines[1].entries[0].text == "1 [0, 5]"


def test_the_terminal_shows_everything() -> None:
    console = Console(record=True, width=120, file=io.StringIO())
    show(make_check(), console)
    text = console.export_text()
    for word in ("number: a number changed; 10 of 12 (2 × no number)", "90 *", "a <note>", "lengths.words", "<b>"):
        assert word in text


def test_csv_and_json_have_every_value(validator: Callable[[str], Any]) -> None:
    found = make_check()
    table = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert len(table) == 4 + 2 + 4
    assert tuple(table[0]) == COLUMNS
    assert {row["table"] for row in table} == {"values", "claims", "untouched"}
    assert float(table[0]["share"]) == 0.9
    assert (table[3]["share"], table[3]["mean_change"], table[3]["counted"]) == ("", "", "0")
    assert all(set(row) <= set(COLUMNS) for row in rows(found))
    data = json.loads(as_json(found))
    validator("selfcheck").validate(data)
    assert not validator("selfcheck").is_valid({**data, "kinds": [{**data["kinds"][0], "tried": None}]})
    assert data["schema_version"] == 1
    assert len(data["responses"]) == 4
    assert data["responses"][3]["worse"]["share"] is None


def test_no_checks_no_tables_of_claims() -> None:
    bare = replace(make_check(), turned=(), untouched=(), undirected=())
    assert len(list(sheets(bare, headline=True, intervals=True))) == 3
    assert not any("no direction" in fact for fact in facts(bare))
    nothing = replace(bare, responses=())
    assert list(sheets(nothing, headline=True, intervals=True)) == []


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0"), (1e-9, "1"), (0.496, "50"), (0.994, "99"), (0.999, "99"), (1.0, "100")]
)
def test_all_and_none_are_only_said_of_all_and_none(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.0, "0"), (-0.0, "0"), (0.0004, "±0.000"), (-0.5, "-0.500"), (2.0, "+2.000")]
)
def test_changes_have_a_sign(value: float | None, shown: str) -> None:
    assert change(value) == shown
