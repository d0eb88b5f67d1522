"""Leftovers of generation: told always, taken out when asked for, and then in every signature."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench
from bench.leftovers import KINDS, clean, tell
from bench.record import read_inputs
from bench.types import Candidate, Example, Pair

PIECES = st.sampled_from(
    ["</s>", "<s>", "<pad>", "<n>", "<q>", "[SEP]", "<|im_end|>", "\\n", "\u200b", "\u00ad", "\ufeff", "\u200d", "<",
     ">", "/", "s", "|", "\\", "n", "a", "B", ".", " ", "\n", "ก", "ن", "C:"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<pad> Talks ended.</s>", "Talks ended."),
        ("<s>Talks</s><s>ended.</s>", "Talks ended."),
        ("Talks ended.<|im_end|>\n<|im_start|>", "Talks ended."),
        ("Talks ended.<｜end▁of▁sentence｜>", "Talks ended."),
        ("[CLS] talks ended [SEP]", "talks ended"),
        ("Talks ended.<n>Taxes rise.<q>It rained.", "Talks ended.\nTaxes rise.\nIt rained."),
        (r"Talks ended.\nTaxes rise.\n\nit rained.", "Talks ended.\nTaxes rise.\n\nit rained."),
        ("bud\u00adget coun\u200bcil \ufeff", "budget council"),
        ("po\u200dli\u200ecy", "policy"),
    ],
)
def test_leftovers_are_taken_out(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "  Two blanks  stay. \n",
        r"Saved in C:\new\data, and \nabla f.",
        "x < s > y, a <b>bold</b> word, [sic] and <news>",
        "می\u200cخواهم",  # Persian needs its joiner
        "กา\u200bแฟ",  # Thai may mark where words part
        "👩\u200d👩\u200d👧",
        "naïve café",
    ],
)
def test_what_belongs_to_a_text_stays(text: str) -> None:
    assert clean(text) == text
    example = Example("e", text, (text,))
    assert not list(tell([example], [Pair(example, Candidate("e", "s", text))], cleaned=False))


@given(st.lists(PIECES, max_size=15).map("".join))
def test_clean_texts_are_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(kind.pattern.search(once) for kind in KINDS)


def test_one_line_a_kind_with_the_first_example() -> None:
    examples = [Example("1", "A document.</s>", ("A reference.",)), Example("2", "Another.", ("<q>", "x"))]
    pairs = [Pair(one, Candidate(one.id, "t5", f"<pad> {one.id}\u200b.")) for one in examples]
    assert list(tell(examples, pairs, cleaned=False)) == [
        "special tokens such as “<pad>” in 2 candidates (first: 1/t5), 1 document (first: 1): they are scored as they "
        "stand; clean=true takes them out",
        "marks for line breaks such as “<q>” in 1 reference (first: 2): they are scored as they stand; "
        "clean=true takes them out",
        "invisible characters such as U+200B (zero width space) in 2 candidates (first: 1/t5): they are scored as they "
        "stand; clean=true takes them out",
    ]


def test_a_run_tells_them_and_clean_is_in_every_signature(tmp_path: Path) -> None:
    line = {
        "id": "1",
        "document": "The council approved the new budget on Monday.<n>Taxes will rise.",
        "references": ["The council\u200b approved"],
        "summaries": {"soft": "bud\u00adget coun\u00adcil", "t5": "<pad> The council approved it.</s>"},
    }
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    words = (
        "dataset=jsonl",
        f"dataset.path={path}",
        "metrics=[rouge,lengths]",
        "checks=[numbers]",
        "systems=[candidates]",
    )
    raw = bench.run(*words, f"run_dir={tmp_path / 'raw'}")
    cleaned = bench.run(*words, f"run_dir={tmp_path / 'clean'}", "clean=true")
    told = [text for text in raw.record.warnings if text.endswith("clean=true takes them out")]
    assert [text.split(" such as ")[0] for text in told] == [kind.name for kind in KINDS]
    assert sum("they were taken out" in text for text in cleaned.record.warnings) == 3
    assert cleaned.record.signatures == {
        name: f"{text}|clean:leftovers-1" for name, text in raw.record.signatures.items()
    }
    # What is stored and shown is what was scored: spans point into it.
    [shown] = read_inputs(tmp_path / "clean")
    assert shown["document"] == "The council approved the new budget on Monday.\nTaxes will rise."
    assert shown["candidates"]["t5"]["text"] == "The council approved it."
    lengths = [{s.system: s.values["words"] for s in run.scores if s.scorer == "lengths"} for run in (raw, cleaned)]
    assert lengths == [{"soft": 4, "t5": 6}, {"soft": 2, "t5": 4}]
