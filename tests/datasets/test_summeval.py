from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.cli import OK, main
from bench.datasets.summeval import DIMENSIONS, SummEval
from bench.errors import InputError
from bench.meta.scoretable import from_run

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"


def annotation(coherence: Any = 1, consistency: Any = 5, fluency: Any = 5, relevance: Any = 2) -> dict[str, Any]:
    return dict(zip(DIMENSIONS, (coherence, consistency, fluency, relevance), strict=True))


LINE: dict[str, Any] = {
    "id": "dm-test-a",
    "decoded": "A summary .",
    "expert_annotations": [annotation(1), annotation(2), annotation(1, relevance=4)],
    "turker_annotations": [annotation(3), annotation(5), annotation(4), annotation(4), annotation(5)],
    "references": ["The original.", "Another.", "A third."],
    "model_id": "M11",
    "filepath": "cnndm/dailymail/stories/a.story",
}
PAIRED = LINE | {"text": "The article."}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model_annotations.aligned.jsonl"


def write_summeval(path: Path, *lines: object) -> Path:
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
    return path


def refusal(path: Path, *lines: object, **options: Any) -> str:
    write_summeval(path, *lines)
    with pytest.raises(InputError) as caught:
        iter(SummEval(path=path, **options))
    return str(caught.value)


def test_paired_lines_are_gathered_by_article(file: Path) -> None:
    second = PAIRED | {"model_id": "M13", "decoded": "Another summary .", "metric_scores_1": {"rouge": 0.1}}
    write_summeval(file, PAIRED, PAIRED | {"id": "dm-test-b", "text": "Other."}, second)
    first, other = SummEval(path=file)
    assert (first.id, first.document, first.references) == ("dm-test-a", "The article.", tuple(LINE["references"]))
    assert first.metadata == {"filepath": "cnndm/dailymail/stories/a.story"}
    assert [(c.system, c.text) for c in first.candidates] == [("M11", "A summary ."), ("M13", "Another summary .")]
    assert first.candidates[1].metadata["metric_scores_1"] == {"rouge": 0.1}
    assert (other.id, other.document, len(other.candidates)) == ("dm-test-b", "Other.", 1)


def test_human_scores_are_the_mean_of_the_annotators_asked_for(file: Path) -> None:
    write_summeval(file, PAIRED)
    (experts,), (turkers,) = ([e.candidates[0].metadata for e in SummEval(path=file, annotators=who)]
                              for who in ("experts", "turkers"))  # fmt: skip
    assert experts["human"] == pytest.approx({"coherence": 4 / 3, "consistency": 5, "fluency": 5, "relevance": 8 / 3})
    assert experts["ratings"]["coherence"] == [[1.0, 2.0, 1.0]]
    assert turkers["human"] == pytest.approx({"coherence": 4.2, "consistency": 5, "fluency": 5, "relevance": 2})
    assert turkers["ratings"]["coherence"] == [[3.0, 5.0, 4.0, 4.0, 5.0]]


def test_an_answer_that_was_not_given_counts_for_nothing(file: Path) -> None:
    answers = [annotation(1, fluency=None), annotation(None, fluency=None), annotation(4, fluency=None)]
    (example,) = SummEval(path=write_summeval(file, PAIRED | {"expert_annotations": answers}))
    metadata = example.candidates[0].metadata
    assert metadata["human"] == {"coherence": 2.5, "consistency": 5.0, "relevance": 2.0}
    assert metadata["ratings"]["coherence"] == [[1.0, None, 4.0]]
    assert metadata["ratings"]["fluency"] == [[None, None, None]]


def test_references(file: Path) -> None:
    write_summeval(file, PAIRED)
    found = {
        kind: next(iter(SummEval(path=file, reference=kind))).references for kind in ("given", "original", "document")
    }
    assert found == {
        "given": ("The original.", "Another.", "A third."),
        "original": ("The original.",),
        "document": ("The article.",),
    }


@pytest.mark.parametrize("where", ["cnndm/dailymail/stories", "dailymail/stories", "stories", "."])
def test_stories_are_paired_as_the_authors_do(file: Path, tmp_path: Path, where: str) -> None:
    """Every line stripped, empty ones dropped, joined by a space; nothing from the first highlight on."""
    folder = tmp_path / "root" / where
    folder.mkdir(parents=True)
    story = "\n First line .\r\n\nSecond line .  \n\n@highlight\n\nA point\n\n@highlight\n\nAnother\n"
    (folder / "a.story").write_bytes(story.encode())
    (example,) = SummEval(path=write_summeval(file, LINE), stories=tmp_path / "root")
    assert example.document == "First line . Second line ."


def test_without_articles(file: Path, tmp_path: Path) -> None:
    message = refusal(file, PAIRED, LINE)
    assert message.startswith(f"{file}, line 2: has no article (field 'text')")
    assert "dataset.stories" in message
    assert "pair_data.py" in message
    assert "no story cnndm/dailymail/stories/a.story in" in refusal(file, LINE, stories=tmp_path)
    (tmp_path / "a.story").write_text("\n@highlight\n\nOnly a point\n")
    assert "holds no article before its first @highlight" in refusal(file, LINE, stories=tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("../a.story", str(tmp_path / "a.story"), "b/../../a.story"):
        assert "must stay inside dataset.stories" in refusal(file, LINE | {"filepath": name}, stories=tmp_path / "sub")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({k: v for k, v in PAIRED.items() if k != "model_id"}, "missing field 'model_id'."),
        ({k: v for k, v in PAIRED.items() if k != "expert_annotations"}, "missing field 'expert_annotations'."),
        (PAIRED, "duplicate: {file}, line 1 has 'M11' of 'dm-test-a' already"),
        (
            PAIRED | {"model_id": "M2", "text": "Changed."},
            "the article of 'dm-test-a' differs from that in {file}, line 1",
        ),
        (
            PAIRED | {"model_id": "M2", "references": ["R."]},
            "the references of 'dm-test-a' differ from those in {file}, line 1",
        ),
        (PAIRED | {"id": "b", "references": []}, "field 'references' must be a list of texts"),
        (PAIRED | {"id": "b", "references": ["R.", " "]}, "field 'references[1]' is empty"),
        (PAIRED | {"id": "b", "decoded": " "}, "the summary of 'M11' is empty"),
        (PAIRED | {"id": "b", "decoded": ["A."]}, "field 'decoded' must be a text, not a list"),
        (PAIRED | {"id": "b", "expert_annotations": []}, "field 'expert_annotations' must be a list of annotations"),
        (PAIRED | {"id": "b", "expert_annotations": [3]}, "field 'expert_annotations[0]' must be an object"),
        (
            PAIRED | {"id": "b", "expert_annotations": [annotation(), annotation(consistency="5")]},
            "field 'expert_annotations[1].consistency' must be a number or null, not a text",
        ),
        (
            PAIRED | {"id": "b", "expert_annotations": [{"coherence": 1}]},
            "missing field 'expert_annotations[0].consistency'",
        ),
        ("{broken\n", "malformed JSON"),
    ],
)
def test_bad_lines_are_named(file: Path, line: object, says: str) -> None:
    message = refusal(file, PAIRED, "\n", line)
    assert message.startswith(f"{file}, line 3: ")
    assert says.replace("{file}", str(file)) in message
    assert "dataset.fields" not in message, "the names of a published form are fixed"


def test_an_empty_summary_may_be_let_through(file: Path) -> None:
    dataset = SummEval(path=write_summeval(file, PAIRED | {"decoded": ""}), on_empty="undefined")
    (example,) = dataset
    assert example.candidates[0].text == ""


@pytest.mark.parametrize("option", ["annotators", "reference", "on_empty"])
def test_options(option: str) -> None:
    with pytest.raises(InputError, match=f"dataset.{option} is 'everyone'"):
        SummEval(path="x", **{option: "everyone"})


def test_the_released_means_are_means_of_three_whole_answers() -> None:
    """What BARTScore released as human scores is what this reader makes of three experts."""
    path = JUDGEMENTS / "summeval.jsonl"
    if not path.exists():
        pytest.skip("no shared judgements here")
    examples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    means = [
        score for each in examples for summary in each["summaries"].values() for score in summary["human"].values()
    ]
    assert len(means) == 100 * 16 * len(DIMENSIONS)
    assert max(abs(3 * mean - round(3 * mean)) for mean in means) < 1e-6
    assert {len(each["references"]) for each in examples} == {11}


def test_a_run_of_it_becomes_a_table(file: Path, tmp_path: Path) -> None:
    write_summeval(file, PAIRED, PAIRED | {"model_id": "M2", "decoded": "The article ."}, PAIRED | {"id": "b"})
    words = ("run", "dataset=summeval", f"dataset.path={file}", "dataset.annotators=turkers", "systems=[candidates]")
    assert main([*words, "metrics=[rouge]", "checks=[]", f"run_dir={tmp_path / 'run'}"]) == OK
    table = from_run(tmp_path / "run")
    rows = list(zip(table.documents.tolist(), table.systems.tolist(), strict=True))
    # Both ids have the same article: one cluster, named by its first example.
    assert sorted(rows) == [("b", "M11"), ("b", "M11"), ("b", "M2")]
    assert table.humans["coherence"].tolist() == pytest.approx([4.2] * 3)
    assert {name: answers.shape for name, answers in table.ratings.items()} == dict.fromkeys(DIMENSIONS, (3, 5))
    assert "rouge.rouge1_f1" in table.metrics
