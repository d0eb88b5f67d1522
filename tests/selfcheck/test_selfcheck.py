"""The self-check: what is damaged, what is counted, against counts made by hand and by brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from scipy import stats

from bench import pipeline
from bench.errors import InputError
from bench.perturb.kinds import KINDS
from bench.record import read_inputs, read_scores
from bench.report.selfcheck import as_json, rows
from bench.scorer import Scorer, Undefined, signature
from bench.selfcheck.check import read_selfcheck
from bench.selfcheck.claims import touches
from bench.selfcheck.damaged import BASE, LEAD, PREFIX, REFERENCE, Damaged, choose_base
from bench.selfcheck.records import SelfCheck, wilson
from bench.text import sentence_spans, words
from bench.types import Candidate, Example, Pair, Score, Span, Verdict

TEXTS = {
    "bridge": (
        "Maria Keller opened a bridge in Rotterdam. It cost 45 million euros. Thomas Brandt designed it in Hamburg.",
        "Maria Keller opened a bridge. It cost 45 million euros. It stands in Rotterdam.",
        "A bridge in Rotterdam was opened by Maria Keller.",
    ),
    "ban": (
        "The city of Leeds banned cars on 3 May. Helen Morris signed the order. Peter Walsh sued the council.",
        "Leeds banned cars. Helen Morris signed the order.",
        "Peter Walsh sued the council of Leeds over its ban on cars.",
    ),
    "frog": (
        "Maria Rojas found a frog in Chile. It lives at 3,400 metres. The University of Santiago paid for it.",
        "Maria Rojas found a frog in Chile at 3,400 metres.",
        "A frog was found in Chile.",
    ),
}


def make_texts(references: int = 2) -> list[Example]:
    """With 0 references the document is the only one."""
    return [
        Example(name, document, rest[:references] or (document,), (Candidate(name, "mine", f"{rest[0]} It rained."),))
        for name, (document, *rest) in TEXTS.items()
        for rest in [tuple(rest)]
    ]


class Length(Scorer):
    """Characters (more is better), the same turned, and a value that texts with a digit lack."""

    name = "length"
    higher_is_better: ClassVar[Mapping[str, bool | None]] = {
        "long": True, "short": False, "plain": True, "constant": True, "words": None,
    }  # fmt: skip
    headline = ("long",)

    def signature(self) -> str:
        return signature("length", version=1)

    def score_pair(self, pair: Pair) -> Score:
        text = pair.candidate.text
        if not text:
            raise Undefined("empty")
        values = {"long": len(text), "short": len(text), "constant": 1.0, "words": len(words(text))}
        if not any(char.isdigit() for char in text):
            values["plain"] = len(text)
        return self.ok(pair, values)


class Known(Scorer):
    """A sentence with a word that the document lacks is unsupported; with "not" contradicted; "It …" unchecked."""

    name = "known"
    higher_is_better: ClassVar[Mapping[str, bool | None]] = {"unsupported": False}

    def signature(self) -> str:
        return signature("known", version=1)

    def score_pair(self, pair: Pair) -> Score:
        text, verdicts = pair.candidate.text, []
        known = set(words(pair.example.document))
        for claim in sentence_spans(text):
            mine = set(words(text[claim.slice]))
            label = "contradicted" if "not" in mine else "supported" if mine <= known else "unsupported"
            label = "unchecked" if text[claim.slice].startswith("It ") else label
            verdicts.append(Verdict(claim, label, None, "as it is"))  # type: ignore[arg-type]
        return self.ok(pair, {"unsupported": sum(v.label == "unsupported" for v in verdicts)}, verdicts)


@pytest.fixture
def checked(tmp_path: Path, tiny: SimpleNamespace) -> tuple[SelfCheck, Path]:
    folder = run_over(tmp_path / "run", tiny, make_texts())
    return read_selfcheck(folder), folder


def run_over(
    folder: Path, tiny: SimpleNamespace, examples: Sequence[Example], *, base: str = "auto", seed: int = 0,
    checks: Sequence[Scorer] = (),
) -> Path:  # fmt: skip
    kinds = list(KINDS)
    job = tiny.job(
        folder,
        dataset=Damaged(tiny.Listed(examples), base=base, kinds=kinds, seed=seed),
        systems=[tiny.Given()],
        metrics=[Length()],
        checks=[Known(), *checks],
        config={"confidence": 0.95, "selfcheck": {"base": base, "kinds": kinds, "seed": seed}},
    )
    return pipeline.run(job)


def test_responses_are_what_counting_by_hand_gives(checked: tuple[SelfCheck, Path]) -> None:
    found, folder = checked
    values = {(s.example_id, s.system): s.values for s in read_scores(folder) if s.scorer == "length"}
    directions = {"long": 1, "short": -1, "plain": 1, "constant": 1}
    mine = [response for response in found.responses if response.scorer == "length"]
    assert len(mine) == len(directions) * len(KINDS)
    for response in mine:
        both = [
            (values[name, BASE], values[name, PREFIX + response.kind])
            for name in TEXTS
            if (name, PREFIX + response.kind) in values
        ]
        both = [(a[response.value], b[response.value]) for a, b in both if response.value in a and response.value in b]
        signed = [directions[response.value] * (b - a) for a, b in both]
        assert response.worse.of == len(both)
        assert response.worse.count == sum(change < 0 for change in signed)
        assert response.same == sum(change == 0 for change in signed)
        assert response.better == sum(change > 0 for change in signed)
        if both:
            assert response.mean_change == pytest.approx(sum(b - a for a, b in both) / len(both))
        else:
            assert response.mean_change is response.worse.share is response.worse.low is None
        assert response.headline is (response.value == "long")


def test_directions_and_values_without_one(checked: tuple[SelfCheck, Path]) -> None:
    found, _ = checked
    of = {(r.value, r.kind): r for r in found.responses if r.scorer == "length"}
    assert of["long", "drop"].worse.share == 1.0
    assert of["short", "drop"].worse.share == 0.0
    assert of["short", "repeat"].worse.share == 1.0
    assert {of["constant", kind].same for kind in KINDS} <= {0, 1, 2, 3}
    assert all(of["constant", kind].worse.count == 0 for kind in KINDS)
    assert found.undirected == ("length.words",)
    # Two of the three bases have a number, and then no "plain".
    assert of["plain", "shuffle"].worse.of < of["long", "shuffle"].worse.of


def test_how_often_each_kind_applied(checked: tuple[SelfCheck, Path]) -> None:
    found, folder = checked
    lines = list(read_inputs(folder))
    for kind in found.kinds:
        assert kind.tried == 3
        assert kind.applied == sum(PREFIX + kind.kind in line["candidates"] for line in lines)
        assert kind.applied + sum(kind.skipped.values()) == 3
    # One base has a single sentence.
    assert {kind.kind: kind.applied for kind in found.kinds}["shuffle"] == 2
    assert not any("no candidate" in note or "not applied" in note for note in found.notes)


def test_a_damaged_claim_turns(checked: tuple[SelfCheck, Path]) -> None:
    found, _ = checked
    turned = {turned.kind: turned for turned in found.turned}
    assert set(turned) == {kind for kind in KINDS if KINDS[kind].plants}
    # Whatever is added has a word that the document lacks; a swap inside the document never has one.
    for kind in ("new-entity", "foreign", "boilerplate", "quote"):
        assert turned[kind].turned.share == 1.0, kind
    assert turned["boilerplate"].contradicted == 0
    assert turned["entity"].turned.count == 0
    # "did not design": both a new word and "not"; the gravest label counts.
    assert turned["negation"].contradicted == turned["negation"].turned.count > 0
    # "It cost 45 million" → unchecked, whatever the number.
    assert turned["number"].unchecked >= 1
    applied = {kind.kind: kind.applied for kind in found.kinds}
    for one in found.turned:
        assert one.already == one.missing == 0
        assert one.turned.of == applied[one.kind], "what a check can't judge counts as not turned"


def test_what_was_flagged_before_is_left_out(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = [
        replace(example, references=(f"{example.references[0][:-1]} yesterday.", *example.references[1:]))
        for example in make_texts()
        if example.id == "frog"
    ] + [make_texts()[1]]
    found = read_selfcheck(run_over(tmp_path / "run", tiny, examples, base=REFERENCE))
    number = next(turned for turned in found.turned if turned.kind == "number")
    assert (number.already, number.turned.of) == (1, 0)
    assert number.turned.share is None
    # A pasted sentence was not there before, so it can't have been flagged.
    assert next(turned for turned in found.turned if turned.kind == "foreign").turned.of == 2
    [every, copied] = found.untouched
    assert (every.flagged.count, every.flagged.of) == (1, 3)
    assert copied.flagged.of == 3


def test_all_checks_together(tmp_path: Path, tiny: SimpleNamespace) -> None:
    class Sees(Known):
        """Flags only what was negated."""

        name = "sees"

        def score_pair(self, pair: Pair) -> Score:
            score = super().score_pair(pair)
            kept = [replace(v, label="supported") if v.label == "unsupported" else v for v in score.verdicts]
            return replace(score, scorer="sees", verdicts=tuple(kept))

    found = read_selfcheck(run_over(tmp_path / "run", tiny, make_texts(), checks=[Sees()]))
    of = {(turned.check, turned.kind): turned.turned.count for turned in found.turned}
    for kind in {kind for _, kind in of}:
        assert of["any", kind] == max(of["known", kind], of["sees", kind])
    assert of["sees", "foreign"] == 0 < of["known", "foreign"]


def test_untouched_sentences(checked: tuple[SelfCheck, Path]) -> None:
    found, folder = checked
    base = [line["candidates"][BASE]["text"] for line in read_inputs(folder)]
    [every, copied] = found.untouched
    assert every.flagged.of == sum(len(sentence_spans(text)) for text in base)
    assert 0 < copied.flagged.of < every.flagged.of
    assert every.unchecked == 2
    assert every.flagged.count == 0


def test_the_same_every_time_and_in_any_order(tmp_path: Path, tiny: SimpleNamespace) -> None:
    first = read_selfcheck(run_over(tmp_path / "one", tiny, make_texts()))
    again = read_selfcheck(run_over(tmp_path / "two", tiny, make_texts()[::-1]))
    assert as_json(first).replace(first.run_id, "") == as_json(again).replace(again.run_id, "")
    for name in ("scores.jsonl", "inputs.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    other = read_selfcheck(run_over(tmp_path / "three", tiny, make_texts(), seed=5))
    assert list(rows(other)) != list(rows(first))


def test_the_base_and_what_it_is_compared_with(tiny: SimpleNamespace) -> None:
    examples = make_texts()
    assert choose_base(examples, "auto") == REFERENCE
    assert choose_base([*examples, *make_texts(1)], "auto") == LEAD
    for base, text, references in (
        ("reference", TEXTS["ban"][1], (TEXTS["ban"][2],)),
        ("document-lead", TEXTS["ban"][0], TEXTS["ban"][1:]),
        ("mine", TEXTS["ban"][1] + " It rained.", TEXTS["ban"][1:]),
    ):
        example = list(Damaged(tiny.Listed(examples), base=base))[1]
        assert example.candidates[0].text == text
        assert example.references == references
        assert example.candidates[0].metadata["from"] == base
    with pytest.raises(InputError, match=r"base=thine: example 'bridge' has no summary by that system \(there: mine"):
        list(Damaged(tiny.Listed(examples), base="thine"))


def test_a_reference_that_is_compared_with_itself_is_said(tiny: SimpleNamespace) -> None:
    alone = Damaged(tiny.Listed(make_texts(1)), base=REFERENCE)
    example, *_ = alone
    assert example.references == (example.candidates[0].text,)
    assert any("compared with itself" in line for line in alone.warnings())
    own = Damaged(tiny.Listed(make_texts(0)))
    list(own)
    assert any("their own reference" in line for line in own.warnings())
    several = Damaged(tiny.Listed(make_texts()))
    list(several)
    assert not any(line.startswith("base:") for line in several.warnings())


def test_foreign_material_comes_from_other_documents_only(tiny: SimpleNamespace) -> None:
    twins = [make_texts()[0], replace(make_texts()[0], id="twin", candidates=())]
    for example in Damaged(tiny.Listed(twins)):
        systems = {candidate.system for candidate in example.candidates}
        assert systems.isdisjoint({PREFIX + "foreign", PREFIX + "new-entity"})
        assert set(example.candidates[0].metadata["skipped"]) >= {"foreign", "new-entity"}


def test_another_run_is_no_self_check(tmp_path: Path, tiny: SimpleNamespace) -> None:
    folder = pipeline.run(tiny.job(tmp_path / "run"))
    with pytest.raises(InputError, match="not a run of sumbench selfcheck"):
        read_selfcheck(folder)


@pytest.mark.parametrize(("count", "of"), [(0, 7), (7, 7), (3, 10), (97, 100), (1, 1)])
def test_wilson_is_scipys(count: int, of: int) -> None:
    found = wilson(count, of, 0.9)
    expected = stats.binomtest(count, of).proportion_ci(0.9, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(
    ("place", "expected"), [((0, 5), True), ((9, 12), True), ((10, 12), False), ((10, 10), True), ((11, 11), False)]
)
def test_a_claim_touches_a_place(place: tuple[int, int], expected: bool) -> None:
    assert touches(Span(0, 10), Span(*place)) is expected
