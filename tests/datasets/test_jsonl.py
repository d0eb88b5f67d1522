from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.jsonl import Jsonl
from bench.errors import InputError

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"
MANY = {"id": "a", "document": "Doc.", "references": ["Ref."], "summaries": {"x": "Sum x.", "y": "Sum y."}}
ONE = {"id": "a", "document": "Doc.", "references": ["Ref."], "system": "x", "summary": "Sum x."}


def write(path: Path, *lines: object) -> Path:
    """One line each: objects as JSON, texts and bytes as they are."""
    coded = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(coded))
    return path


def refusal(path: Path, *lines: object, **options: Any) -> str:
    """The message of the error that reading these lines must raise before the first example."""
    write(path, *lines)
    with pytest.raises(InputError) as caught:
        iter(Jsonl(path=path, **options))
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.jsonl"


# --- what is read


def test_the_date_is_the_documents_in_both_forms(file: Path) -> None:
    write(file, MANY | {"date": "2024-05-16"})
    assert next(iter(Jsonl(path=file))).metadata == {"date": "2024-05-16"}
    write(file, ONE | {"day": "2024-05-16T09:30"}, ONE | {"system": "y", "day": "2024-05-16T09:30"})
    [example] = Jsonl(path=file, fields={"date": "day"})
    assert example.metadata == {"date": "2024-05-16T09:30"}
    assert [candidate.metadata for candidate in example.candidates] == [{}, {}]
    assert "field 'date' differs" in refusal(file, ONE | {"date": "2024-05-16"}, ONE | {"system": "y"})


@pytest.mark.parametrize("date", ["16 May 2024", "2024-02-30", 20240516, ["2024-05-16"]])
def test_a_date_of_another_spelling_is_warned_of(file: Path, date: object) -> None:
    write(file, ONE | {"date": date})
    dataset = Jsonl(path=file)
    [example] = dataset
    assert example.metadata == {"date": date}
    [warning] = dataset.warnings()
    assert "line 1" in warning
    assert "2024-05-16" in warning


def test_all_summaries_a_line(file: Path) -> None:
    rated = {"text": "Sum z.", "human": {"fluency": 4, "relevance": 2.5, "skipped": None}, "model": "m"}
    write(file, MANY | {"summaries": {"x": "Sum x.", "z": rated}, "title": "T"}, MANY | {"id": 7})
    dataset = Jsonl(path=file)
    first, second = dataset
    assert (first.id, first.document, first.references, first.metadata) == ("a", "Doc.", ("Ref.",), {"title": "T"})
    assert [(c.example_id, c.system, c.text, c.metadata) for c in first.candidates] == [
        ("a", "x", "Sum x.", {}),
        ("a", "z", "Sum z.", {"human": {"fluency": 4.0, "relevance": 2.5}, "model": "m"}),
    ]
    assert isinstance(first.candidates[1].metadata["human"]["fluency"], float)
    assert second.id == "7"
    assert dataset.warnings() == ()


def test_one_candidate_a_line_gathers_lines_of_one_id(file: Path) -> None:
    write(
        file,
        ONE | {"human": {"fluency": 1}, "temperature": 0.5},
        ONE | {"id": "b", "document": "Other."},
        ONE | {"system": "y", "summary": {"text": "Sum y.", "human": {"fluency": 2}}},
    )
    first, second = Jsonl(path=file)
    assert [(c.system, c.text, c.metadata) for c in first.candidates] == [
        ("x", "Sum x.", {"human": {"fluency": 1.0}, "temperature": 0.5}),
        ("y", "Sum y.", {"human": {"fluency": 2.0}}),
    ]
    assert first.metadata == {}
    assert (second.id, second.document, len(second.candidates)) == ("b", "Other.", 1)


def test_the_answers_behind_a_score(file: Path) -> None:
    """One list is one unit; several lists are as many; null is an answer that was not asked for."""
    rated = {"text": "Sum.", "human": {"f": 2}, "ratings": {"f": [1, None, 3.5], "g": [[1, 0], [None, 1]]}}
    ((many,), (one,)) = (
        next(iter(Jsonl(path=write(file, line)))).candidates
        for line in (
            MANY | {"summaries": {"x": rated}},
            ONE | {"summary": "Sum.", **{k: rated[k] for k in ("human", "ratings")}},
        )
    )
    assert many == one
    assert many.metadata == {
        "human": {"f": 2.0},
        "ratings": {"f": [[1.0, None, 3.5]], "g": [[1.0, 0.0], [None, 1.0]]},
    }
    line = MANY | {"summaries": {"x": {"text": "Sum.", "workers": {"f": [1]}}}}
    (example,) = Jsonl(path=write(file, line), fields={"ratings": "workers"})
    assert example.candidates[0].metadata == {"ratings": {"f": [[1.0]]}}


@pytest.mark.parametrize(
    ("ratings", "says"),
    [
        ([1], "'summaries.x.ratings' must be an object"),
        ({"f": 1}, "'summaries.x.ratings.f' must be a list of answers, or a list of such lists, not a number"),
        ({"f": []}, "'summaries.x.ratings.f' must be a list of answers"),
        ({"f": [[1], 2]}, "'summaries.x.ratings.f[1]' must be a list of answers, not a number"),
        ({"f": [[1], ["yes"]]}, "'summaries.x.ratings.f[1][0]' must be a number or null, not a text"),
        ({"f": [1, True]}, "'summaries.x.ratings.f[1]' must be a number or null, not true or false"),
    ],
)
def test_answers_that_are_none(file: Path, ratings: object, says: str) -> None:
    message = refusal(file, MANY, MANY | {"id": "b", "summaries": {"x": {"text": "s", "ratings": ratings}}})
    assert message.startswith(f"{file}, line 2: ")
    assert says in message


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    many = write(tmp_path / "many.jsonl", MANY)
    one = write(tmp_path / "one.jsonl", ONE, ONE | {"system": "y", "summary": "Sum y."})
    assert list(Jsonl(path=many)) == list(Jsonl(path=one))


def test_fields_of_other_names(file: Path) -> None:
    line = {"key": "a", "article": "Doc.", "highlights": "Ref.", "outputs": {"x": {"out": "S.", "expert": {"f": 1}}}}
    names = {"id": "key", "document": "article", "references": "highlights", "summaries": "outputs"}
    (example,) = Jsonl(path=write(file, line), fields=names | {"text": "out", "human": "expert"})
    assert (example.id, example.document, example.references) == ("a", "Doc.", ("Ref.",))
    assert [(c.text, c.metadata) for c in example.candidates] == [("S.", {"human": {"f": 1.0}})]
    assert example.metadata == {}


def test_document_as_reference_needs_no_references(file: Path) -> None:
    without = {key: value for key, value in MANY.items() if key != "references"}
    write(file, MANY, without | {"id": "b"}, MANY | {"id": "c", "references": []})
    assert [example.references for example in Jsonl(path=file, reference="document")] == [("Doc.",)] * 3


def test_lists_globs_and_gzip(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "b.jsonl", MANY | {"id": "b"})
    write(tmp_path / "a.jsonl", MANY | {"id": "a"})
    write(tmp_path / "deep" / "d[1].jsonl", MANY | {"id": "d"})
    (tmp_path / "z.jsonl.gz").write_bytes(gzip.compress(json.dumps(MANY | {"id": "z"}).encode()))

    def ids(path: Any) -> list[str]:
        return [example.id for example in Jsonl(path=path)]

    assert ids(str(tmp_path / "*.jsonl")) == ["a", "b"]
    assert ids([str(tmp_path / "b.jsonl"), tmp_path / "*.jsonl*"]) == ["b", "a", "z"], "each file once"
    assert ids(str(tmp_path / "**" / "*.jsonl")) == ["a", "b", "d"]
    assert ids(str(tmp_path / "deep" / "d[1].jsonl")) == ["d"], "an existing file is not a pattern"


def test_lines_of_one_id_may_be_in_different_files(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", ONE)
    write(tmp_path / "y.jsonl", ONE | {"system": "y"})
    (example,) = Jsonl(path=str(tmp_path / "*.jsonl"))
    assert [c.system for c in example.candidates] == ["x", "y"]


def test_texts_are_kept_and_only_line_feeds_end_lines(file: Path) -> None:
    text = "one\u2028two\u2029three\x85four\x1cfive\x0csix\rseven\n eight "
    line = json.dumps(MANY | {"document": text + "\r\n", "id": "é\u2028"}, ensure_ascii=False)
    write(file, "\ufeff" + line + "\r", "", " \t\r", json.dumps(MANY), "")
    first, second = Jsonl(path=file)
    assert first.document == text + "\n"
    assert (first.id, second.id) == ("é\u2028", "a")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip), min_size=3, max_size=3))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    document, reference, summary = texts
    line = {"id": "a", "document": document, "references": [reference], "summaries": {"x": summary}}
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    for ascii_only in (True, False):
        (example,) = Jsonl(path=write(path, json.dumps(line, ensure_ascii=ascii_only)))
        got = [example.document, *example.references, example.candidates[0].text]
        assert got == [text.replace("\r\n", "\n") for text in texts]


@pytest.mark.skipif(not JUDGEMENTS.is_dir(), reason="the human judgements are not beside the checkout")
def test_the_real_judgements() -> None:
    examples = list(Jsonl(path=JUDGEMENTS / "summeval.jsonl"))
    assert len(examples) == 100
    assert {len(example.candidates) for example in examples} == {16}
    assert {len(example.references) for example in examples} == {11}
    ratings = {tuple(sorted(c.metadata["human"])) for example in examples for c in example.candidates}
    assert ratings == {("coherence", "consistency", "fluency", "relevance")}
    with pytest.raises(InputError, match=r"line 1: field 'references' holds no reference.*dataset\.reference=document"):
        iter(Jsonl(path=JUDGEMENTS / "qags_cnn.jsonl"))
    assert len(list(Jsonl(path=JUDGEMENTS / "qags_cnn.jsonl", reference="document"))) == 235


# --- what is refused


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"id": "b", "document": ', "malformed JSON at character 25"),
        ("{'id': 1}", "malformed JSON at character 2"),
        ('{"id": "b"} {"id": "c"}', "malformed JSON at character 13: Extra data"),
        ("[1, 2]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ("[" * 100_000, "malformed JSON"),
        ('{"id": NaN}', "malformed JSON: NaN is not a JSON number (field id); leave it out, or write null"),
        ('{"id": -Infinity}', "malformed JSON: -Infinity is not a JSON number"),
        ('{"id": 1e999}', "malformed JSON: the number 1e999… is too large"),
        ('{"id": ' + "9" * 400 + "}", "is too large"),
        ('{"summaries": {"x": "1", "x": "2"}}', "duplicate key 'x'"),
        (MANY | {"id": "b", "document": "half \ud83d"}, "field 'document' holds half a surrogate pair"),
        ({k: v for k, v in MANY.items() if k != "id"}, "missing field 'id'"),
        (
            {"docment" if k == "document" else k: v for k, v in MANY.items()},
            "missing field 'document'. Did you mean 'docment'? Without its document",
        ),
        (
            {k: v for k, v in MANY.items() if k != "references"},
            "missing field 'references'. To score against the document itself, set dataset.reference=document.",
        ),
        (MANY | {"references": []}, "'references' holds no reference. To score against the document itself"),
        (MANY | {"references": None}, "'references' holds no reference"),
        (MANY | {"references": {"a": "b"}}, "'references' must be a list of texts, not an object"),
        (MANY | {"references": ["Ref.", 3]}, "'references[1]' must be a text, not a number"),
        (MANY | {"references": ["Ref.", " \n"]}, "'references[1]' is empty"),
        (MANY | {"references": ""}, "'references' is empty"),
        (MANY | {"id": True}, "'id' must be a text or a whole number, not true or false"),
        (MANY | {"id": 1.5}, "'id' must be a text or a whole number, not a number"),
        (MANY | {"id": ""}, "'id' is empty"),
        (MANY | {"document": ["Doc."]}, "'document' must be a text, not a list"),
        (MANY | {"document": None}, "'document' must be a text, not null"),
        (MANY | {"document": " "}, "'document' is empty"),
        (MANY | {"id": "b", "summaries": []}, "'summaries' must be an object {system: summary, ...}, not a list"),
        (MANY | {"id": "b", "summaries": {}}, "'summaries' holds no candidates"),
        (MANY | {"id": "b", "summaries": {"": "s"}}, "a system without a name"),
        (MANY | {"id": "b", "summaries": {"x": None}}, "'summaries.x' must be a text or an object"),
        (MANY | {"id": "b", "summaries": {"x": ""}}, "'summaries.x': the candidate of 'x' is empty"),
        (MANY | {"id": "b", "summaries": {"x": {"text": "\n"}}}, "'summaries.x.text': the candidate of 'x' is empty"),
        (MANY | {"id": "b", "summaries": {"x": {"txt": "s"}}}, "'summaries.x.text'. Did you mean 'txt'?"),
        (
            MANY | {"id": "b", "summaries": {"x": {"text": "s", "human": 4}}},
            "'summaries.x.human' must be an object {dimension: number, ...}, not a number",
        ),
        (
            MANY | {"id": "b", "summaries": {"x": {"text": "s", "human": {"fluency": "4"}}}},
            "'summaries.x.human.fluency' must be a number or null, not a text",
        ),
        (
            MANY | {"id": "b", "summaries": {"x": {"text": "s", "human": {"fluency": True}}}},
            "'summaries.x.human.fluency' must be a number or null, not true or false",
        ),
        (MANY | {"id": "b", "summary": "s"}, "has both 'summaries' and 'summary'"),
        (MANY, "duplicate id 'a'"),
        (
            {k: v for k, v in ONE.items() if k != "system"},
            "missing field 'summaries'. Did you mean 'summary'? ({file}, line 1 made this the form with all summaries",
        ),
    ],
)
def test_bad_second_line(file: Path, line: object, says: str) -> None:
    """Every message names file and line, counts blank lines, and comes before the first example."""
    message = refusal(file, MANY, "", line)
    assert message.startswith(f"{file}, line 3: ")
    assert says.replace("{file}", str(file)) in message


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (ONE | {"system": "y", "document": "Another."}, "field 'document' differs from that of {file}, line 1"),
        (
            ONE | {"system": "y", "references": ["Ref.", "More."]},
            "field 'references' differs from that of {file}, line",
        ),
        (ONE, "duplicate: {file}, line 1 has id 'a' and system 'x' already"),
        (ONE | {"system": 3.5}, "'system' must be a text or a whole number"),
        (ONE | {"system": "y", "summary": ""}, "'summary': the candidate of 'y' is empty"),
        (ONE | {"system": "y", "human": [1]}, "'human' must be an object"),
        (
            ONE | {"system": "y", "human": {"f": 1}, "summary": {"text": "s", "human": {"f": 2}}},
            "'human' is given both in the line and in its summary",
        ),
        ({k: v for k, v in ONE.items() if k != "document"}, "missing field 'document'. Without its document"),
        ({k: v for k, v in ONE.items() if k != "references"}, "set dataset.reference=document"),
        (
            {k: v for k, v in ONE.items() if k != "system"},
            "missing field 'system'. ({file}, line 1 made this the form with one candidate a line.)",
        ),
    ],
)
def test_bad_second_candidate(file: Path, line: object, says: str) -> None:
    message = refusal(file, ONE, line)
    assert message.startswith(f"{file}, line 2: ")
    assert says.replace("{file}", str(file)) in message


def test_agreement_of_references_matters_only_where_they_are_used(file: Path) -> None:
    write(file, ONE, ONE | {"system": "y", "references": ["Other."]})
    (example,) = Jsonl(path=file, reference="document")
    assert len(example.candidates) == 2


def test_first_line_without_summaries(file: Path) -> None:
    message = refusal(file, {"id": "a", "document": "d", "references": ["r"], "sumaries": {}})
    assert f"{file}, line 1: no candidates: missing field 'summaries'" in message
    assert "Did you mean 'sumaries'?" in message


def test_empty_candidates_are_let_through(file: Path) -> None:
    write(file, MANY | {"summaries": {"x": " ", "y": {"text": "", "human": {"f": 1}}}})
    dataset = Jsonl(path=file, on_empty="undefined")
    (example,) = dataset
    assert [c.text for c in example.candidates] == [" ", ""]
    assert dataset.warnings() == (), "the run tells all empty candidates, of whatever source, in one line"
    assert "'document' is empty" in refusal(file, MANY | {"document": ""}, on_empty="undefined")


def test_not_utf8(file: Path) -> None:
    message = refusal(file, MANY, '{"id": "é'.encode() + b'\xff"}')
    offset = len(json.dumps(MANY)) + 1 + len('{"id": "é'.encode())
    assert f"{file}, line 2: not UTF-8: byte 0xff at byte offset {offset} " in message


@pytest.mark.parametrize("content", ["", "\n \n\t\r\n", "\ufeff"])
def test_empty_file(file: Path, content: str) -> None:
    assert refusal(file, content) == f"{file}: is empty; one JSON object a line is needed."


def test_bad_paths(tmp_path: Path) -> None:
    write(tmp_path / "data.jsonl", MANY)
    for path, says in {
        str(tmp_path / "date.jsonl"): "no such file. Did you mean 'data.jsonl'?",
        str(tmp_path / "*.json"): "no file matches this pattern",
        str(tmp_path): "is a folder. For its files, set dataset.path=",
    }.items():
        with pytest.raises(InputError) as caught:
            iter(Jsonl(path=path))
        assert str(caught.value).startswith(f"{path}: ")
        assert says in str(caught.value)
    with pytest.raises(InputError, match=r"dataset\.path is empty"):
        iter(Jsonl(path=[]))


def test_truncated_gzip(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(MANY).encode())[:-9])
    with pytest.raises(InputError, match=r"data\.jsonl\.gz: not a whole gzip file"):
        iter(Jsonl(path=path))


def test_bad_options() -> None:
    with pytest.raises(InputError, match=r"dataset\.fields: unknown field 'documnet'\. Did you mean 'document'\?"):
        Jsonl(path="x", fields={"documnet": "article"})
    with pytest.raises(InputError, match=r"dataset\.reference is '004'; for jsonl it must be"):
        Jsonl(path="x", reference="004")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"dataset\.on_empty is 'skip'"):
        Jsonl(path="x", on_empty="skip")  # type: ignore[arg-type]


# --- summaries that are only numbered, and several files


def numbered_lines() -> list[dict[str, Any]]:
    """As SummEdits: each document has a number of edited summaries, which no system wrote."""
    return [
        {"id": f"d{n}", "document": f"Document {n}.", "references": ["Ref."], "set": "edits",
         "summaries": {f"s{k:02}": {"text": f"Edit {k}.", "human": {"good": k % 2}} for k in range(count)}}
        for n, count in enumerate((3, 1, 40))
    ]  # fmt: skip


def test_numbered_summaries_are_examples_of_their_own(file: Path) -> None:
    found = list(Jsonl(path=write(file, *numbered_lines()), numbered=True))
    assert [example.id for example in found] == [
        "d0/s00", "d0/s01", "d0/s02", "d1", *(f"d2/s{k:02}" for k in range(40)),
    ]  # fmt: skip
    assert {candidate.system for example in found for candidate in example.candidates} == {"summaries"}
    assert all(len(example.candidates) == 1 for example in found)
    assert all(example.candidates[0].example_id == example.id for example in found)
    assert [example.document for example in found[:4]] == ["Document 0."] * 3 + ["Document 1."]
    assert found[2].candidates[0].text == "Edit 2."
    assert found[2].candidates[0].metadata == {"human": {"good": 0.0}}
    assert found[2].metadata == {"set": "edits"}


def test_numbered_lines_need_no_system(file: Path) -> None:
    lines = [{"id": id_, "document": f"Doc {id_}.", "summary": f"Claim {n}.", "human": {"label": n % 2}}
             for n, id_ in enumerate("aabac")]  # fmt: skip
    options = {"numbered": True, "reference": "document"}
    found = list(Jsonl(path=write(file, *lines), **options))  # type: ignore[arg-type]
    assert [(e.id, e.candidates[0].text) for e in found] == [
        ("a/1", "Claim 0."), ("a/2", "Claim 1."), ("a/3", "Claim 3."), ("b", "Claim 2."), ("c", "Claim 4."),
    ]  # fmt: skip
    assert "missing field 'system'" in refusal(file, *lines, reference="document")


def test_names_that_only_number_are_told(file: Path) -> None:
    dataset = Jsonl(path=write(file, *numbered_lines()))
    list(dataset)
    [warning] = dataset.warnings()
    assert "s00, s01 and 38 more" in warning
    assert "dataset.numbered=true" in warning
    # Systems that every document has, or that have names, are systems.
    for summaries in ({"M0": "A.", "M1": "B."}, {"T5": "A.", "BART": "B."}):
        whole = Jsonl(path=write(file, *({**MANY, "id": id_, "summaries": summaries} for id_ in "ab")))
        list(whole)
        assert whole.warnings() == ()
    named = [{**MANY, "id": "a", "summaries": {"T5": "A."}}, {**MANY, "id": "b", "summaries": {"BART": "B."}}]
    lacking = Jsonl(path=write(file, *named))
    list(lacking)
    assert lacking.warnings() == ()


def test_each_example_says_which_of_several_files_it_is_from(tmp_path: Path) -> None:
    one, two = (write(tmp_path / f"{name}.jsonl", {**MANY, "id": name}) for name in ("x", "y"))
    assert [example.metadata for example in Jsonl(path=[one, two])] == [{"file": "x"}, {"file": "y"}]
    assert [example.metadata for example in Jsonl(path=one)] == [{}]
    write(two, {**MANY, "id": "y", "file": "mine"})
    assert [example.metadata for example in Jsonl(path=[one, two])] == [{"file": "x"}, {"file": "mine"}]
