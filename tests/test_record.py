"""Records: there and back, strict JSON, schemas, whole files or none."""

from __future__ import annotations

import copy
import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bench import pipeline, record
from bench.report.explain_records import kind_words
from bench.typed_json import from_line, typed
from bench.types import Candidate, Example, Score, Seen, Span, Verdict

SCHEMAS = Path(record.__file__).parent / "data"
SCORE_SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "score.schema.json").read_text(encoding="utf-8")))
RUN_SCHEMA = Draft202012Validator(json.loads((SCHEMAS / "run.schema.json").read_text(encoding="utf-8")))

TEXT = st.text(st.characters(codec=None))  # half surrogate pairs too
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SHARE = st.none() | st.floats(0, 1)
SPANS = st.tuples(st.integers(0, 9999), st.integers(0, 9999)).map(sorted).map(lambda ends: Span(*ends))
VERDICTS = st.builds(
    Verdict,
    claim=SPANS,
    label=st.sampled_from(["supported", "unsupported", "contradicted", "unchecked"]),
    score=SHARE,
    reason=st.text(min_size=1),
    evidence=st.lists(SPANS, max_size=3).map(tuple),
)
NAMES = {"example_id": TEXT, "system": TEXT, "scorer": TEXT, "seen": st.builds(Seen, SHARE, SHARE, SHARE)}
OK = st.builds(
    Score,
    **NAMES,
    status=st.just("ok"),
    values=st.dictionaries(TEXT, NUMBER, min_size=1, max_size=4),
    verdicts=st.lists(VERDICTS, max_size=3).map(tuple),
    error=st.none() | TEXT,
)
BAD = st.builds(Score, **NAMES, status=st.sampled_from(["undefined", "error"]), error=st.text(min_size=1))


def same_text(text: str) -> bool:
    """Two halves of a surrogate pair side by side are one character to any reader of JSON."""
    return json.loads(json.dumps(text)) == text


@given(OK | BAD)
def test_a_score_there_and_back(score: Score) -> None:
    text = record.line(score)
    assert "\n" not in text
    data = json.loads(text.encode("utf-8"))
    SCORE_SCHEMA.validate(data)
    if all(map(same_text, [score.example_id, score.system, score.scorer, score.error or "", *score.values])):
        assert from_line(text.encode("utf-8"), Score) == score == typed(data, Score)
    assert record.line(typed(data, Score)) == text or not same_text(text)


@given(NUMBER)
def test_numbers_are_not_rounded(number: float) -> None:
    back = json.loads(record.line(number))
    assert math.copysign(1, back) == math.copysign(1, number)
    assert back == number


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    score = Score("e", "s", "x", "ok", {"v": number})
    for write in (record.line, record.page):
        with pytest.raises(ValueError, match="JSON compliant"):
            write(score)


@pytest.mark.parametrize(("kind", "words"), [("attribution", "speaker"), ("role", "who did what")])
def test_kinds_that_no_check_gives_any_more_still_load_and_have_words(kind: Any, words: str) -> None:
    verdict = Verdict(Span(0, 9), "contradicted", 0.0, "another speaker", (Span(2, 4),), kind, (Span(0, 4),))
    score = Score("e", "s", "quotes", "ok", {"claims": 1.0}, (verdict,), Seen(candidate=1.0, document=1.0))
    line = json.loads(record.line(score))
    SCORE_SCHEMA.validate(line)
    assert typed(line, Score) == score
    assert kind_words(kind) == words


def test_line_is_canonical() -> None:
    assert record.line({"b": 1, "a": {"d": ("é", None), "c": True}}) == '{"a":{"c":true,"d":["é",null]},"b":1}'
    assert record.line({"b": 1, "a": 2}) == record.line({"a": 2, "b": 1})


# Whole runs


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    job = tiny.job(tmp_path_factory.mktemp("record") / "run", config={"seed": 0}, overrides=("seed=0",))
    return pipeline.run(job)


def test_a_run_there_and_back(run_dir: Path) -> None:
    read = record.read_record(run_dir)
    text = (run_dir / "run.json").read_text(encoding="utf-8")
    assert record.page(read) == text
    assert json.loads(text)["schema_version"] == record.SCHEMA_VERSION == read.schema_version
    assert read.files == {
        name: hashlib.sha256((run_dir / name).read_bytes()).hexdigest() for name in ("inputs.jsonl", "scores.jsonl")
    }
    assert list(read.systems) == ["alpha", "beta", "first"]
    assert list(read.scorers) == ["words", "found"], "the order of the run, not of the alphabet"
    lines = (run_dir / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    assert [record.line(score) for score in record.read_scores(run_dir)] == lines
    assert len(lines) == 4 * 3 * 2


def test_inputs_hold_the_texts_and_their_hashes(run_dir: Path, tiny: SimpleNamespace) -> None:
    for line, example in zip(record.read_inputs(run_dir), tiny.examples(), strict=True):
        assert (line["id"], line["document"], tuple(line["references"])) == (
            example.id,
            example.document,
            example.references,
        )
        assert line["hash"] == record.example_hash(example)
        assert list(line["candidates"]) == ["alpha", "beta", "first"]
        assert line["candidates"]["beta"]["text"] == example.candidates[1].text


def test_inputs_without_texts_hold_hashes_only() -> None:
    example = Example("e", "Secret document.", ("Secret reference.",), metadata={"title": "Secret"})
    candidate = Candidate("e", "s", "Secret summary.", {"note": "Secret"})
    line = record.line(record.input_to_json(example, [candidate], texts=False))
    assert "Secret" not in line
    assert record.text_hash("Secret summary.") in line


def test_text_hash_tells_where_texts_end() -> None:
    hashes = {record.text_hash(*texts) for texts in [("ab",), ("a", "b"), ("", "ab"), ("ab", ""), ("a", "b", ""), ()]}
    assert len(hashes) == 6
    assert record.example_hash(Example("1", "d", ("r",))) == record.example_hash(Example("2", "d", ("r",)))


# Schemas


def broken_scores() -> list[tuple[str, Callable[[dict[str, Any]], Any]]]:
    def put(**fields: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda data: data.update(fields)

    def verdict(**fields: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda data: data["verdicts"][0].update(fields)

    return [
        *((f"without {key}", lambda data, key=key: data.pop(key)) for key in
          ("example_id", "system", "scorer", "status", "values", "verdicts", "seen", "error")),
        ("another key", put(more=1)),
        ("status", put(status="fine")),
        ("text as a value", put(values={"x": "1"})),
        ("null as a value", put(values={"x": None})),
        ("ok without values", put(values={})),
        ("undefined with values", put(status="undefined", error="why")),
        ("undefined without a reason", put(status="undefined", values={}, error=None)),
        ("error with an empty reason", put(status="error", values={}, error="")),
        ("seen over 1", put(seen={"candidate": 1.5, "reference": None, "document": None})),
        ("seen without a part", put(seen={"candidate": 1.0})),
        ("label", verdict(label="maybe")),
        ("degree", verdict(score=2)),
        ("no reason", verdict(reason="")),
        ("span", verdict(claim={"start": -1, "end": 2})),
        ("half a span", verdict(claim={"start": 1})),
        ("span of floats", verdict(claim={"start": 0.5, "end": 2})),
        ("evidence", verdict(evidence=[[0, 1]])),
    ]  # fmt: skip


@pytest.mark.parametrize("mutate", [pytest.param(change, id=name) for name, change in broken_scores()])
def test_the_score_schema_refuses(run_dir: Path, mutate: Callable[[dict[str, Any]], Any]) -> None:
    data = json.loads((run_dir / "scores.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert data["verdicts"]
    SCORE_SCHEMA.validate(data)
    mutate(data)
    assert not SCORE_SCHEMA.is_valid(data)


def test_the_run_schema_refuses_any_field_missing_or_added(run_dir: Path) -> None:
    data = json.loads((run_dir / "run.json").read_text(encoding="utf-8"))
    RUN_SCHEMA.validate(data)
    places = [(), ("provenance",), ("scorers", "words"), ("counts", "words"), ("aggregates", 0), ("claims", 0)]
    for place in places:
        for key in [*at(data, place), "more"]:
            changed = copy.deepcopy(data)
            node = at(changed, place)
            if key == "more":
                node["more"] = 1
            else:
                del node[key]
            assert not RUN_SCHEMA.is_valid(changed), (place, key)
            if key != "more":
                changed = copy.deepcopy(data)
                at(changed, place)[key] = b"neither text nor number"
                # The configuration's own settings are anybody's.
                assert not RUN_SCHEMA.is_valid(changed), (place, key)


def at(data: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        data = data[key]
    return data
