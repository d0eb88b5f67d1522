"""The records: frozen, slotted, and spans that can't be wrong."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import types
from bench.types import Span

RECORDS = [thing for thing in vars(types).values() if dataclasses.is_dataclass(thing)]


@given(st.text(), st.data())
def test_a_span_is_a_slice(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert text[Span(start, end).slice] == text[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3), (-2, -1)])
def test_a_span_that_no_text_has_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"{start}..{end}"):
        Span(start, end)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_and_slotted(record: type) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(record)


def test_the_design_names_the_records() -> None:
    assert {record.__name__ for record in RECORDS} == {
        "Aggregate", "Candidate", "Example", "Limits", "Pair", "Score", "Seen", "Span", "Verdict",
    }  # fmt: skip
    assert [field.name for field in dataclasses.fields(types.Score)] == [
        "example_id", "system", "scorer", "status", "values", "verdicts", "seen", "error",
    ]  # fmt: skip
