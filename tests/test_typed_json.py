"""Records are their types: what another JSON holds is refused with its place, what older files hold still loads."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.comparing.baseline import Baseline
from bench.errors import InputError
from bench.record import line, read_scores
from bench.typed_json import from_line, typed
from bench.types import Score, Seen, Span, Verdict

VERDICT = Verdict(Span(0, 9), "unsupported", 0.5, "why", (Span(2, 10),), "number", (Span(0, 1),))
SCORE = Score("e", "s", "numbers", "ok", {"x": 0.5, "a.b[0]": 2.0}, (VERDICT, VERDICT), Seen(candidate=1.0))


def put(*steps: Any) -> Callable[[Any], None]:
    """Changes the value at a place, the last of ``steps``."""

    def change(data: Any) -> None:
        *places, last, value = steps
        for step in places:
            data = data[step]
        data[last] = value

    return change


def drop(*steps: Any) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        *places, last = steps
        for step in places:
            data = data[step]
        del data[last]

    return change


REFUSED = [
    (put("status", "fine"), 'status is "fine": none of ok, undefined, error'),
    (put("status", 7), "status is 7: expected `str`, got `int`"),
    (put("values", "x", "0.5"), 'values.x is "0.5": expected `number`, got `str`'),
    (put("values", "a.b[0]", None), "values.a.b[0] is null: expected `number`, got `null`"),
    (put("values", "x", True), "values.x is true: expected `number`, got `bool`"),
    (put("values", "x", 2**53 + 1), "values.x is 9007199254740993: expected `int` <= 9007199254740992"),
    (put("values", []), "values is []: expected `object`, got `array`"),
    (
        put("verdicts", 1, "label", "maybe"),
        'verdicts[1].label is "maybe": none of supported, unsupported, contradicted',
    ),
    (put("verdicts", 1, "kind", "typo"), 'verdicts[1].kind is "typo": none of entity, number'),
    (put("verdicts", 0, "score", 1.5), "verdicts[0].score is 1.5: expected `float` <= 1.0"),
    (put("verdicts", 0, "reason", ""), 'verdicts[0].reason is "": expected `str` of length >= 1'),
    (put("verdicts", 1, "claim", "start", 10), "verdicts[1].claim is {"),
    (put("verdicts", 1, "evidence", 0, "end", 9.5), "verdicts[1].evidence[0].end is 9.5: expected `int`, got `float`"),
    (put("verdicts", 1, "evidence", 0, [2, 3]), "verdicts[1].evidence[0] is [2, 3]: expected `object`, got `array`"),
    (put("seen", "eye", 1), "seen.eye: there is no such field"),
    (put("more", 1), "more: there is no such field"),
    (drop("values"), "values is missing"),
    (drop("verdicts", 1, "claim", "end"), "verdicts[1].claim.end is missing"),
    (put("more\ud83d", 1), "surrogates not allowed"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_what_no_score_holds_is_refused_with_its_place(
    tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    data = json.loads(line(SCORE))
    assert typed(data, Score) == SCORE
    change(data)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "scores.jsonl").write_text(f"{line(SCORE)}\n{json.dumps(data)}\n", encoding="utf-8")
    scores = read_scores(broken)
    assert next(scores) == SCORE
    with pytest.raises(InputError) as refused:
        next(scores)
    place = f"{broken / 'scores.jsonl'}, line 2: not a score: "
    assert str(refused.value).startswith(place)
    assert said in str(refused.value)
    assert str(refused.value).endswith("; copy the whole folder, or run again")
    with pytest.raises(ValueError) as also:
        typed(data, Score)
    assert str(refused.value) == f"{place}{also.value}; copy the whole folder, or run again"


def test_what_older_files_hold_loads() -> None:
    """Whole numbers without a point, and verdicts without what came later."""
    data = json.loads(line(SCORE))
    data["values"]["a.b[0]"] = 2
    data["seen"]["candidate"] = 1
    for verdict in data["verdicts"]:
        del verdict["kind"], verdict["marks"]
    read = from_line(json.dumps(data).encode(), Score)
    assert read.values == SCORE.values
    assert {type(value) for value in read.values.values()} == {float}
    assert (read.seen, read.verdicts[0].kind, read.verdicts[0].marks) == (SCORE.seen, None, ())
    assert typed(data, Score) == read


def test_the_place_is_found_below_mappings() -> None:
    scorer = {"kind": "metric", "headline": ["x"], "higher_is_better": {"x": True}}
    data: dict[str, Any] = {
        "schema_version": 1, "run_id": "r", "commit": None, "words": True, "signatures": {"a": "a|1"}, "cells": [],
        "scorers": {"a": scorer, "b": copy.deepcopy(scorer)}, "systems": {"s": "candidate"}, "examples": {},
    }  # fmt: skip
    typed(data, Baseline)
    data["scorers"]["b"]["higher_is_better"]["x"] = "yes"
    with pytest.raises(ValueError, match=r'^scorers\.b\.higher_is_better\.x is "yes": expected `bool \| null`'):
        typed(data, Baseline)
    data["scorers"]["b"] = {**scorer, "more": 1}
    with pytest.raises(ValueError, match=r"^scorers\.b\.more: there is no such field"):
        typed(data, Baseline)
