from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.datasets.jsonl import Jsonl
from bench.datasets.qags import Qags
from bench.errors import InputError

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"


def sentence(text: str, *answers: str) -> dict[str, Any]:
    return {"sentence": text, "responses": [{"worker_id": n, "response": answer} for n, answer in enumerate(answers)]}


def write_qags(path: Path, *sentences: object) -> Path:
    """One line an article; each is given as its list of sentences."""
    lines = [
        each if isinstance(each, str) else json.dumps({"article": "Doc.", "summary_sentences": each})
        for each in sentences
    ]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mturk.jsonl"


def test_majority_of_each_sentence_and_share_of_sentences(file: Path) -> None:
    write_qags(
        file,
        [
            sentence("One.", "yes", "no", "yes"),
            sentence(" Two. ", "no", "no", "yes"),
            sentence("Three.", "yes", "yes", "yes"),
        ],
        [sentence("None.", "no", "no", "no")],
    )
    first, second = Qags(path=file)
    assert (first.id, first.document, first.references) == ("0", "Doc.", ("Doc.",))
    (candidate,) = first.candidates
    assert (candidate.example_id, candidate.system, candidate.text) == ("0", "system", "One. Two. Three.")
    assert candidate.metadata["human"] == pytest.approx({"factual": 2 / 3})
    assert candidate.metadata["ratings"] == {"factual": [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]]}
    assert second.id == "1"
    assert second.candidates[0].metadata["human"] == {"factual": 0.0}
    assert [e.candidates[0].system for e in Qags(path=file, system="bart")] == ["bart", "bart"]


def test_a_tie_is_no_majority(file: Path) -> None:
    write_qags(
        file,
        [sentence("One.", "yes"), sentence("Two.", "yes", "no")],
        [sentence("One.", "yes", "no", "no", "yes", "yes")],
    )
    dataset = Qags(path=file)
    tied, clear = dataset
    assert tied.candidates[0].metadata["human"] == {}
    assert tied.candidates[0].metadata["ratings"] == {"factual": [[1.0], [1.0, 0.0]]}
    assert clear.candidates[0].metadata["human"] == {"factual": 1.0}
    assert dataset.warnings() == (f"{file}, line 1: sentence 2 has as many yes as no; the summary has no human score.",)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ([], "field 'summary_sentences' must be a list of sentences"),
        (["One."], "field 'summary_sentences[0]' must be an object with 'sentence' and 'responses'"),
        ([sentence("One.", "yes"), sentence(" ", "yes")], "field 'summary_sentences[1].sentence' is empty"),
        ([sentence("One.")], "field 'summary_sentences[0].responses' must be a list of responses"),
        ([sentence("One.", "yes", "Yes")], "field 'summary_sentences[0].responses[1].response' must be 'yes' or 'no'"),
        ('{"article": "Doc."}', "missing field 'summary_sentences'."),
        ('{"article": "", "summary_sentences": []}', "field 'article' is empty"),
    ],
)  # fmt: skip
def test_bad_lines_are_named(file: Path, line: object, says: str) -> None:
    write_qags(file, [sentence("One.", "yes")], line)
    with pytest.raises(InputError) as caught:
        iter(Qags(path=file))
    assert str(caught.value).startswith(f"{file}, line 2: ")
    assert says in str(caught.value)


def test_a_system_needs_a_name() -> None:
    with pytest.raises(InputError, match=r"dataset\.system is empty"):
        Qags(path="x", system=" ")


def test_released_shares_are_reproduced() -> None:
    """BARTScore's form of the same file carries shares that we did not compute."""
    original, released = JUDGEMENTS / "qags_cnn_original.jsonl", JUDGEMENTS / "qags_cnn.jsonl"
    if not (original.exists() and released.exists()):
        pytest.skip("no shared judgements here")
    dataset = Qags(path=original)
    mine = list(dataset)
    theirs = list(Jsonl(path=released, reference="document"))
    assert len(mine) == len(theirs) == 235
    assert [example.id for example in mine] == [example.id for example in theirs]
    assert [example.candidates[0].metadata["human"]["factual"] for example in mine] == pytest.approx(
        [example.candidates[0].metadata["human"]["fact"] for example in theirs], abs=1e-12
    )
    assert dataset.warnings() == ()
    # The same summaries: they differ in case of nothing but the spaces of a tokenizer.
    for one, other in zip(mine, theirs, strict=True):
        assert "".join(one.candidates[0].text.split()) == "".join(other.candidates[0].text.split())
