"""Whatever a document says is in the document: each check, each sentence, no false alarm.

Also what all three checks promise: batches and their order change nothing, and all offsets are real.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from bench.checks.entities import Entities
from bench.checks.findings import FindingsCheck
from bench.checks.numbers import Numbers
from bench.checks.quotes import Quotes
from bench.checks.relations import Relations
from bench.text import sentence_spans
from bench.types import Candidate, Example, Pair

SHARED = Path(__file__).parents[2] / ".." / "shared"
CHECKS = [Entities, Numbers, Quotes, Relations]


def judgement_documents(limit: int) -> list[str]:
    """Documents of the choosing half, spread over both sets."""
    documents = []
    for name in ("summeval", "qags_cnn"):
        path = SHARED / "judgements" / f"{name}.jsonl"
        if not path.exists():
            pytest.skip("the judgements are not there")
        with path.open(encoding="utf-8") as lines:
            found = [json.loads(line)["document"] for line in lines]
        chosen = [d for d in found if int(hashlib.sha256(d.encode()).hexdigest(), 16) % 2 == 0]
        documents += chosen[:: max(1, len(chosen) // limit)][:limit]
    return documents


def seed_texts() -> list[str]:
    paths = sorted((SHARED / "seeds").glob("*.txt"))
    if not paths:
        pytest.skip("the seeds are not there")
    return [path.read_text(encoding="utf-8") for path in paths]


def pair_of(document: str, candidate: str, system: str = "s") -> Pair:
    return Pair(Example("e", document, (document,)), Candidate("e", system, candidate))


@pytest.mark.parametrize("check_class", CHECKS)
def test_a_document_supports_each_of_its_sentences(check_class: type[FindingsCheck]) -> None:
    check = check_class()
    judged = 0
    for document in [*judgement_documents(5), *seed_texts()]:
        alone = [document[span.slice] for span in sentence_spans(document)]
        for candidate in (document, *alone[::2]):
            (score,) = check.score([pair_of(document, candidate)])
            for verdict in score.verdicts:
                assert verdict.label in ("supported", "unchecked"), (candidate[verdict.claim.slice], verdict.reason)
                judged += verdict.label == "supported"
                assert all(document[span.slice].strip() for span in verdict.evidence)
    assert judged > 30


@pytest.mark.parametrize("check_class", CHECKS)
def test_batches_and_their_order_change_nothing(check_class: type[FindingsCheck]) -> None:
    *candidates, document = seed_texts()
    pairs = [pair_of(document, text, str(number)) for number, text in enumerate(candidates)]
    together = check_class().score(pairs)
    assert check_class().score(pairs[::-1])[::-1] == together
    assert [check_class().score([pair])[0] for pair in pairs] == together


@pytest.mark.parametrize("check_class", CHECKS)
def test_a_long_document_is_no_trouble(
    check_class: type[FindingsCheck], linear: Callable[[Callable[[int], object], int, int], None]
) -> None:
    check, number = check_class(), count()

    def judge(size: int) -> None:
        words = [f"Person{each % 700} paid ${each} for “item {each} of {each % 90}”." for each in range(size)]
        # Another text each time: none is read already.
        document = " ".join([f"Day {next(number)} began.", *words])
        claim = "Person650 paid $999999 for “item 12 of nothing at all” to Lena Fischer."
        (score,) = check.score([pair_of(document, claim)])
        # No clause of this document is about the same event: relations has nothing to compare.
        wrong = ("unchecked",) if check_class is Relations else ("unsupported", "contradicted")
        assert score.verdicts[0].label in wrong

    linear(judge, 300, 1800)
