"""What a comparison finds: each way in which a run can differ from its baseline, with its verdict and exit code."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from bench import pipeline
from bench.comparing.compare import compare, signature_difference
from bench.comparing.comparison import Comparison, ContradictionGate, Gate, Margin
from bench.comparing.matching import match_examples
from bench.comparing.snapshot import Cell, Claim, ExampleHash, Snapshot, claim_hash, from_run
from bench.errors import InputError
from bench.metrics.rouge import Rouge
from bench.record import ScorerRecord
from bench.types import Candidate, Example, Label

MARGINS = {"rouge.*": Margin(0.01), "facts.share": Margin(0.03), "errors.*": Margin(0.1)}
GATE = Gate(margins=MARGINS, new_claims={"facts": 0}, resamples=10_000)
SCORERS = {
    "rouge": ScorerRecord("metric", ("f1",), {"f1": True, "recall": True, "length": None}),
    "errors": ScorerRecord("metric", (), {"rate": False}),
    "facts": ScorerRecord("check", ("share",), {"share": True, "claims": None}),
}
FALSE = "Nine plans were signed."


def claim(text: str, start: int = 0, label: Literal["unsupported", "contradicted"] = "unsupported") -> Claim:
    return Claim(claim_hash(text), label, start, start + len(text), "nine is not there", text, ("Eight plans",))


def made(count: int = 12, **changes: Any) -> Snapshot:
    """A snapshot of two candidates and a floor; the first example of alpha has one flagged claim."""
    rng = random.Random(3)
    cells = {}
    for index in range(count):
        for system in ("alpha", "beta", "first"):
            example = f"e{index:02}"
            f1 = rng.uniform(0.3, 0.5)
            cells[example, system, "rouge"] = Cell("ok", {"f1": f1, "recall": f1 + 0.1, "length": 10.0})
            cells[example, system, "errors"] = Cell("ok", {"rate": rng.uniform(0, 3)})
            flagged = (claim(FALSE),) if (index, system) == (0, "alpha") else ()
            cells[example, system, "facts"] = Cell("ok", {"share": 1.0 - len(flagged) / 2, "claims": 2.0}, flagged)
    parts: dict[str, Any] = {
        "name": "main",
        "run_id": "one",
        "commit": "abc",
        "signatures": {"rouge": "rouge|v:1|stemmer:yes", "errors": "errors|v:1", "facts": "facts|v:1|model:mini@0a1b"},
        "scorers": SCORERS,
        "systems": {"alpha": "candidate", "beta": "candidate", "first": "floor"},
        "examples": {f"e{index:02}": ExampleHash(f"content {index}", f"document {index}") for index in range(count)},
        "cells": cells,
        "texts": {key[:2]: "its summary" for key in cells},
    }
    return Snapshot(**{**parts, **changes})


def moved(snapshot: Snapshot, change: Callable[[tuple[str, str, str], Cell], Cell | None]) -> Snapshot:
    """The snapshot with every cell changed; ``None`` takes it out."""
    changed = {key: change(key, cell) for key, cell in snapshot.cells.items()}
    return replace(snapshot, name="now", cells={key: cell for key, cell in changed.items() if cell is not None})


def with_cell(place: tuple[str, str, str], cell: Cell | None) -> Snapshot:
    return moved(made(), lambda key, old: cell if key == place else old)


def shifted(scorer: str, value: str, by: float, system: str = "alpha", noise: float = 0.0, count: int = 12) -> Snapshot:
    rng = random.Random(4)

    def change(key: tuple[str, str, str], cell: Cell) -> Cell:
        if key[1:] != (system, scorer):
            return cell
        return replace(cell, values={**cell.values, value: cell.values[value] + by + noise * rng.gauss(0, 1)})

    return moved(made(count), change)


def without_example(snapshot: Snapshot, example: str) -> Snapshot:
    return replace(
        snapshot,
        examples={name: hashes for name, hashes in snapshot.examples.items() if name != example},
        cells={key: cell for key, cell in snapshot.cells.items() if key[0] != example},
    )


def outcomes(found: Comparison) -> set[str]:
    return {difference.outcome for difference in found.differences}


def check(found: Comparison, outcome: str, exit_code: int) -> None:
    assert (found.outcome, found.exit_code) == (outcome, exit_code), found


def test_identical_runs_pass() -> None:
    found = compare(made(), made(), GATE)
    check(found, "pass", 0)
    assert {difference.difference for difference in found.differences} == {0.0}
    gated = {(d.system, d.scorer, d.value) for d in found.differences}
    values = [("rouge", "f1"), ("rouge", "recall"), ("errors", "rate"), ("facts", "share")]
    assert gated == {(system, *value) for system in ("alpha", "beta") for value in values}
    assert (found.missing, found.not_comparable, found.claims) == ((), (), ())
    assert (found.baseline, found.run, found.gate) == ("main", "main", GATE)


def test_a_worse_value() -> None:
    found = compare(made(), shifted("rouge", "f1", -0.05, noise=0.01), GATE)
    check(found, "regressed", 1)
    (worse,) = [difference for difference in found.differences if difference.outcome == "regressed"]
    assert (worse.system, worse.scorer, worse.value) == ("alpha", "rouge", "f1")
    assert -0.065 < worse.low < worse.difference < worse.high < -0.035


def test_a_better_value() -> None:
    check(compare(made(), shifted("rouge", "f1", 0.05, noise=0.01), GATE), "improved", 0)


def test_lower_is_better() -> None:
    check(compare(made(), shifted("errors", "rate", 0.5, noise=0.1), GATE), "regressed", 1)
    found = compare(made(), shifted("errors", "rate", -0.5, noise=0.1), GATE)
    check(found, "improved", 0)
    (better,) = [difference for difference in found.differences if difference.outcome == "improved"]
    assert better.low < better.difference < better.high < 0


def test_inconclusive_says_what_would_be_enough() -> None:
    run = shifted("rouge", "f1", 0.0, noise=0.1)
    found = compare(made(), run, GATE)
    check(found, "inconclusive", 0)
    (open_,) = [difference for difference in found.differences if difference.outcome == "inconclusive"]
    assert open_.detectable > 0.1
    assert open_.needed > 100
    check(compare(made(), run, replace(GATE, fail_on_inconclusive=True)), "inconclusive", 4)


def test_few_documents_have_a_tolerance() -> None:
    found = compare(made(1), shifted("rouge", "f1", -0.02, count=1), GATE)
    check(found, "regressed", 1)
    assert {difference.method for difference in found.differences} == {"tolerance"}
    check(compare(made(1), shifted("rouge", "f1", -0.009, count=1), GATE), "pass", 0)


def test_a_deleted_example_is_missing_by_name() -> None:
    found = compare(made(), without_example(made(), "e07"), GATE)
    check(found, "missing", 1)
    assert found.missing == ("example e07",)
    assert {difference.n for difference in found.differences} == {11}


def test_common_only() -> None:
    run = without_example(made(13), "e07")
    found = compare(made(), run, GATE, common_only=True)
    check(found, "pass", 0)
    assert found.common_only
    assert found.notes[0] == "only the 11 examples that both have were compared, 2 set aside"
    changed = replace(run, examples={**run.examples, "e03": ExampleHash("other", "other")})
    assert compare(made(), changed, GATE, common_only=True).not_comparable == ()
    foreign = replace(made(), examples={name: ExampleHash(f"x{name}", "x") for name in made().examples})
    with pytest.raises(InputError, match="share no example"):
        compare(made(), foreign, GATE, common_only=True)


def test_a_dropped_metric_system_or_value() -> None:
    base = made()
    scorers = {name: record for name, record in SCORERS.items() if name != "rouge"}
    dropped = moved(replace(base, scorers=scorers), lambda key, cell: None if key[2] == "rouge" else cell)
    found = compare(base, dropped, GATE)
    check(found, "missing", 1)
    assert found.missing == ("scorer rouge",)

    systems = {name: role for name, role in base.systems.items() if name != "beta"}
    found = compare(base, replace(base, systems=systems), GATE)
    check(found, "missing", 1)
    assert found.missing == ("system beta",)
    check(compare(base, replace(base, systems=systems), replace(GATE, systems=("al*",))), "pass", 0)

    record = replace(SCORERS["rouge"], higher_is_better={"f1": True, "length": None})
    found = compare(base, replace(base, scorers={**SCORERS, "rouge": record}), GATE)
    check(found, "missing", 1)
    assert found.missing == ("value rouge.recall",)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (Cell("error", {}, (), "out of memory"), "out of memory"),
        (Cell("undefined", {}, (), "the candidate is empty"), "the candidate is empty"),
        (None, "no such cell"),
    ],
)
def test_a_cell_that_is_no_longer_ok(cell: Cell | None, reason: str) -> None:
    found = compare(made(), with_cell(("e05", "beta", "rouge"), cell), GATE)
    check(found, "missing", 1)
    assert found.missing == (f"rouge of beta: f1 of example e05 ({reason}), and 2 more",)
    # What was never there can't be missing.
    check(compare(with_cell(("e05", "beta", "rouge"), cell), made(), GATE), "pass", 0)


def test_nothing_left_to_judge_is_a_note() -> None:
    """A summary without numbers isn't a failure of the check on numbers; a check that judges none anywhere is."""
    unjudged = Cell("ok", {"claims": 2.0}, (), "no claim to judge")
    found = compare(made(), with_cell(("e05", "beta", "facts"), unjudged), GATE)
    check(found, "pass", 0)
    assert "facts.share of beta: nothing left to judge in 1 of 12 examples" in found.notes
    strict = replace(GATE, fail_on_change=True)
    assert compare(made(), with_cell(("e05", "beta", "facts"), unjudged), strict).exit_code == 1
    blind = moved(made(), lambda key, cell: unjudged if key[1:] == ("beta", "facts") else cell)
    found = compare(made(), blind, GATE)
    check(found, "missing", 1)
    assert found.missing == ("facts of beta: share of example e00 (no claim to judge), and 11 more",)


def test_new_things_are_noted() -> None:
    run = made(
        13,
        systems={**made().systems, "gamma": "candidate"},
        scorers={**SCORERS, "extra": ScorerRecord("metric", (), {"x": True})},
    )
    found = compare(made(), run, GATE)
    check(found, "pass", 0)
    assert found.notes[:3] == (
        "new examples, not compared: e12",
        "new systems, not compared: gamma",
        "new scorers, not compared: extra",
    )


@pytest.mark.parametrize(
    ("scorer", "signature", "said"),
    [
        ("rouge", "rouge|v:1|stemmer:no", "rouge: stemmer was yes, is no"),
        ("facts", "facts|v:1|model:mini@ffff", "facts: model was mini@0a1b, is mini@ffff"),
        ("facts", "facts|v:1", "facts: model was mini@0a1b, is absent"),
    ],
)
def test_another_recipe_is_not_comparable(scorer: str, signature: str, said: str) -> None:
    # Even where the numbers are far worse: they mean something else.
    run = shifted("rouge", "f1", -0.3) if scorer == "rouge" else made()
    found = compare(made(), replace(run, signatures={**run.signatures, scorer: signature}), GATE)
    check(found, "not comparable", 3)
    assert found.not_comparable == (said,)
    foreign = [difference for difference in found.differences if difference.scorer == scorer]
    assert {difference.outcome for difference in foreign} == {"not comparable"}
    assert {difference.difference for difference in foreign} == {None}
    assert {d.outcome for d in found.differences if d.scorer != scorer} == {"pass"}


def test_signatures_that_differ_in_no_part_still_differ() -> None:
    assert signature_difference("rouge|v:1", "bleu|v:1") == "signature was rouge|v:1, is bleu|v:1"
    assert signature_difference("a|x:1|y:2", "a|y:2|x:1") != ""


def test_the_same_id_with_another_content_is_not_comparable() -> None:
    run = made(examples={**made().examples, "e02": ExampleHash("another", "another")})
    found = compare(made(), run, GATE)
    check(found, "not comparable", 3)
    assert found.not_comparable == ("example e02: document or references differ",)
    assert {difference.n for difference in found.differences} == {11}


def test_examples_are_matched_by_content() -> None:
    """Other ids, in another order: the same comparison."""
    names = {name: f"x{(5 * index) % 12:02}" for index, name in enumerate(made().examples)}
    run = shifted("rouge", "f1", -0.03, noise=0.03)
    renamed = replace(
        run,
        examples={names[name]: hashes for name, hashes in reversed(run.examples.items())},
        cells={(names[example], *rest): cell for (example, *rest), cell in run.cells.items()},
        texts={(names[example], system): text for (example, system), text in run.texts.items()},
    )
    assert compare(made(), renamed, GATE) == compare(made(), run, GATE)


def test_duplicates_pair_one_by_one() -> None:
    def snapshot(**contents: str) -> Snapshot:
        return made(examples={name: ExampleHash(content, content) for name, content in contents.items()}, cells={})

    found = match_examples(snapshot(a="x", b="x", c="y"), snapshot(b="x", c="y", d="x", e="x"))
    # b keeps its id; a takes the first that is left.
    assert dict(found.shared) == {"a": "d", "b": "b", "c": "c"}
    assert (found.lacking, found.changed, found.new) == ((), (), ("e",))
    found = match_examples(snapshot(a="x", b="x"), snapshot(b="x"))
    assert (dict(found.shared), found.lacking) == ({"b": "b"}, ("a",))
    found = match_examples(snapshot(a="x", b="y"), snapshot(a="y", b="x"))
    assert (dict(found.shared), found.changed) == ({"a": "b", "b": "a"}, ())
    found = match_examples(snapshot(a="x", b="y"), snapshot(a="y"))
    assert (dict(found.shared), found.lacking) == ({"b": "a"}, ("a",))


def test_claims_are_told_apart_by_their_words() -> None:
    new = claim("It cost “Ten” euros.", start=70, label="contradicted")
    same = claim("nine  plans were SIGNED.", start=40)
    run = with_cell(("e00", "alpha", "facts"), Cell("ok", {"share": 0.0, "claims": 2.0}, (same, new)))
    found = compare(made(), run, replace(GATE, margins={}))
    check(found, "regressed", 1)
    (change,) = found.claims
    assert (change.change, change.example_id, change.system, change.scorer) == ("new", "e00", "alpha", "facts")
    assert change.claim == new
    (gate,) = found.claim_gates
    assert (gate.scorer, gate.outcome, gate.new, gate.mended, gate.allowed) == ("facts", "regressed", 1, 0, 0)


def test_claims_let_through_or_only_shown() -> None:
    run = with_cell(("e03", "beta", "facts"), Cell("ok", {"share": 0.5, "claims": 2.0}, (claim(FALSE),)))
    gate = replace(GATE, margins={})
    check(compare(made(), run, gate), "regressed", 1)
    check(compare(made(), run, replace(gate, new_claims={"facts": 1})), "pass", 0)
    shown = compare(made(), run, replace(gate, margins={"rouge.*": Margin(0.01)}, new_claims={}))
    check(shown, "pass", 0)
    assert [(g.new, g.allowed) for g in shown.claim_gates] == [(1, None)]
    # A floor's claims aren't gated.
    floor = with_cell(("e03", "first", "facts"), Cell("ok", {"share": 0.5, "claims": 2.0}, (claim(FALSE),)))
    check(compare(made(), floor, gate), "pass", 0)


@pytest.mark.parametrize("checks", [("facts",), ("facts", "own")])
def test_new_contradictions_are_gated_whatever_check_finds_them(checks: tuple[str, ...]) -> None:
    """A plugin's check, no limit of its own: the claim counts once, and unsupported claims stay only shown."""
    gate = replace(GATE, new_claims={})

    def with_checks(snapshot: Snapshot, label: Label | None) -> Snapshot:
        claims = (claim("It shrank.", label=label),) if label else ()
        new = {("e03", "beta", check): Cell("ok", {"share": 0.5, "claims": 2.0}, claims) for check in checks}
        own = {(*key[:2], "own"): cell for key, cell in snapshot.cells.items() if key[2] == "facts"}
        return replace(
            snapshot,
            cells={**snapshot.cells, **(own if "own" in checks else {}), **new},
            scorers={**snapshot.scorers, **dict.fromkeys(checks, snapshot.scorers["facts"])},
            signatures={**snapshot.signatures, **dict.fromkeys(checks, "facts|version:1")},
        )

    clean, flagged, wrong = (with_checks(made(), label) for label in (None, "unsupported", "contradicted"))
    check(compare(clean, flagged, gate), "pass", 0)
    check(compare(wrong, wrong, gate), "pass", 0)
    check(compare(wrong, clean, gate), "pass", 0)
    for before, change in ((clean, "new"), (flagged, "contradicted")):
        found = compare(before, wrong, gate)
        check(found, "regressed", 1)
        assert found.contradictions == ContradictionGate("regressed", 1, 0)
        assert {(one.change, one.scorer) for one in found.claims} == {(change, name) for name in checks}
        for allowed in (1, None):
            found = compare(before, wrong, replace(gate, new_contradictions=allowed))
            check(found, "pass", 0)
            assert found.contradictions == ContradictionGate("pass", 1, allowed)


def test_a_mended_claim() -> None:
    run = with_cell(("e00", "alpha", "facts"), Cell("ok", {"share": 1.0, "claims": 2.0}))
    found = compare(made(), run, GATE)
    assert found.exit_code == 0
    assert [(change.change, change.claim.text) for change in found.claims] == [("mended", FALSE)]
    assert [(gate.new, gate.mended, gate.outcome) for gate in found.claim_gates] == [(0, 1, "pass")]


def test_runs_without_texts_have_no_claims_to_compare() -> None:
    run = with_cell(("e03", "beta", "facts"), Cell("ok", {"share": 1.0, "claims": 2.0}, (claim(FALSE),)))
    found = compare(made(), replace(run, words=False), GATE)
    check(found, "pass", 0)
    assert found.claims == ()
    assert "claims were not compared: one of the runs kept no texts" in found.notes


def test_a_baseline_without_hashes_of_its_summaries_is_told() -> None:
    found = compare(replace(made(), texts={}), made(), GATE)
    check(found, "inconclusive", 0)
    told = "main holds no hashes of its summaries, so it isn't known which changed: save it again"
    assert told in found.notes
    assert told not in compare(made(), made(), GATE).notes


def test_a_pattern_that_names_no_system() -> None:
    with pytest.raises(InputError, match=r"no system 'gama\*'"):
        compare(made(), made(), replace(GATE, systems=("alpha", "gama*")))


def test_what_looks_at_nothing_is_no_pass() -> None:
    nothing = Gate(margins={}, new_contradictions=None)
    for gate in (nothing, replace(nothing, margins={"bleu.*": Margin(1)}, new_claims={"quotes": 0})):
        with pytest.raises(InputError, match="nothing in common that is gated"):
            compare(made(), made(), gate)
    # All values are there in name only.
    hollow = moved(made(), lambda key, cell: Cell("undefined", {}, (), "nothing"))
    with pytest.raises(InputError, match="nothing in common that is gated"):
        compare(hollow, hollow, replace(GATE, new_claims={}, new_contradictions=None))
    partly = moved(made(), lambda key, cell: Cell("undefined", {}, (), "nothing") if key[2] == "facts" else cell)
    found = compare(partly, partly, GATE)
    check(found, "pass", 0)
    assert "no example has it in both, so not compared: facts.share of alpha, facts.share of beta" in found.notes


def test_the_gravest_outcome_decides() -> None:
    run = without_example(shifted("rouge", "f1", -0.1, noise=0.01), "e00")
    found = compare(made(), replace(run, signatures={**run.signatures, "errors": "errors|v:2"}), GATE)
    check(found, "regressed", 1)
    assert found.missing
    assert found.not_comparable
    found = compare(made(), replace(without_example(made(), "e00"), signatures={**run.signatures, "errors": "x"}), GATE)
    check(found, "missing", 1)


def test_real_runs(tmp_path: Path, tiny: SimpleNamespace) -> None:
    """Through the pipeline: the same twice, with the stemmer flipped, an example gone, a document changed."""

    def run(name: str, **changes: Any) -> Snapshot:
        return from_run(pipeline.run(tiny.job(tmp_path / name, **{"metrics": [Rouge()], **changes})))

    gate = Gate(margins={"*": Margin(0.01)}, resamples=10_000)
    before = run("before")
    check(compare(before, run("again"), gate), "pass", 0)
    flipped = compare(before, run("flipped", metrics=[Rouge(use_stemmer=False)]), gate)
    check(flipped, "not comparable", 3)
    assert "stemmer" in flipped.not_comparable[0]
    gone = compare(before, run("gone", dataset=tiny.examples()[1:]), gate)
    check(gone, "missing", 1)
    assert gone.missing == ("example e0",)
    check(compare(before, run("none", metrics=[tiny.Words()]), gate), "missing", 1)
    first, *others = tiny.examples()
    edited = [replace(first, document=first.document + " More."), *others]
    check(compare(before, run("edited", dataset=edited), gate), "not comparable", 3)
    backwards = [Example(f"n{e.id}", e.document, e.references, tuple(
        Candidate(f"n{e.id}", c.system, c.text) for c in e.candidates)) for e in reversed(tiny.examples())]  # fmt: skip
    renamed = compare(before, run("renamed", dataset=backwards), gate)
    check(renamed, "pass", 0)
    assert {difference.difference for difference in renamed.differences} == {0.0}
