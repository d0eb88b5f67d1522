"""The small cases that showed faults: no number is flagged where none is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def test_numbers_and_quotations_flag_no_clean_case(tmp_path: Path, benchmark: Callable[[str], ModuleType]) -> None:
    script = benchmark("cases")
    if not script.CASES.is_file():
        pytest.skip("the cases are not there")
    found = script.flags(script.CASES, tmp_path / "run", ["numbers", "quotes"])
    cases = [json.loads(line) for line in script.CASES.read_text(encoding="utf-8").splitlines()]
    clean = {case["id"] for case in cases if case["want"] == "clean" and script.wrong(case, found.get(case["id"], ()))}
    assert clean == set()
    flagged = {case for case, said in found.items() if said}
    assert {"finance-bad-041", "round-036", "sci-079", "rival2-138", "unitlost-124"} <= flagged
