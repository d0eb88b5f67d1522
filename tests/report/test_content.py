"""What a report says of a small run: nothing left out, nothing made up."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench import pipeline
from bench.errors import InputError
from bench.record import read_record
from bench.report.basis import Basis, basis
from bench.report.content import (
    basis_notes,
    best_of,
    build_report,
    gravity,
    plural,
    show_aggregate,
    show_number,
    show_signed,
    worst_offenders,
)
from bench.report.markdown import markdown
from bench.report.terminal import show
from bench.types import Aggregate, Candidate, Example, Score, Span, Verdict

ROW = Aggregate("s", "m", "x", 0.5, 0.25, 0.75, 4, 4, True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: SimpleNamespace) -> Path:
    examples = tiny.examples()
    copied = Candidate("e0", "alpha", examples[0].document.split(". ")[0] + ".")
    examples[0] = replace(examples[0], candidates=(copied, examples[0].candidates[1]))
    examples[1] = replace(examples[1], candidates=(examples[1].candidates[0], Candidate("e1", "beta", "")))
    return pipeline.run(tiny.job(tmp_path_factory.mktemp("report") / "run", dataset=examples, overrides=("limit=4",)))


def test_every_scorer_has_a_table_with_its_headline_and_recipe(folder: Path) -> None:
    report, record = build_report(folder), read_record(folder)
    assert [table.title for table in report.tables] == ["words", "found", "claims"]
    assert [table.columns for table in report.tables[:2]] == [("share", "count"), ("unsupported",)]
    assert [table.caption for table in report.tables[:2]] == ["words|version:1", "found|version:1"]
    for table in report.tables:
        assert [(row.system, row.note) for row in table.rows] == [("alpha", ""), ("beta", ""), ("first", "floor")]
    for table in report.tables[:2]:
        for row in table.rows:
            for value, cell in zip(table.columns, row.cells, strict=True):
                [found] = [
                    a for a in record.aggregates if (a.system, a.scorer, a.value) == (row.system, table.title, value)
                ]
                assert cell.text == show_aggregate(found)


def test_the_best_is_marked_among_candidates_only(folder: Path) -> None:
    report, record = build_report(folder), read_record(folder)
    means = {(a.system, a.value): a.mean for a in record.aggregates}
    # The floor copies the document: it holds the best values of all, and isn't marked.
    assert means["first", "share"] == 1.0 > max(means["alpha", "share"], means["beta", "share"])
    assert means["first", "unsupported"] == 0.0
    for table, value in ((report.tables[0], "share"), (report.tables[1], "unsupported")):
        marked = {row.system for row in table.rows if row.cells[table.columns.index(value)].best}
        pick = max if value == "share" else min
        assert marked == {pick(("alpha", "beta"), key=lambda system: means[system, value])}
    assert not any(row.cells[1].best for row in report.tables[0].rows), "of a count neither direction is better"
    assert not any(cell.best for row in report.tables[2].rows for cell in row.cells)


def test_a_floor_as_good_as_the_best_candidate_is_not_marked(tmp_path: Path, tiny: SimpleNamespace) -> None:
    examples = [
        replace(e, candidates=(Candidate(e.id, "alpha", e.document.split(". ")[0] + "."), e.candidates[1]))
        for e in tiny.examples()
    ]
    table = build_report(pipeline.run(tiny.job(tmp_path / "run", dataset=examples))).tables[0]
    cells = {row.system: row.cells[0] for row in table.rows}
    assert cells["alpha"].text == cells["first"].text
    assert (cells["alpha"].best, cells["beta"].best, cells["first"].best) == (True, False, False)


@pytest.mark.parametrize(
    ("means", "better", "best"),
    [
        ([0.1, 0.3], True, [1]),
        ([0.1, 0.3], False, [0]),
        ([0.1, 0.3], None, []),
        ([0.3, 0.3], True, []),
        ([0.3] * 4, True, []),  # all of them are no best
        ([0.3], True, []),
        ([], True, []),
        ([None, None], True, []),
        ([None, 0.1, 0.3], True, [2]),
        ([0.1, 0.1, 0.3, 0.3], True, [2, 3]),
        ([0.1, 0.3, 0.3], True, []),  # what most of them reach is no distinction
        ([0.1 + 0.2, 0.3, 0.1, 0.2], True, [0, 1]),  # rounding is no difference
        ([0.12345, 0.12345 - 1e-15, 0.1, 0.1], True, [0, 1]),  # though one reads 0.1235, the other 0.1234
        ([0.50001, 0.50002, 0.1, 0.2], True, [0, 1]),  # who reads the same number twice sees it marked twice
    ],
)
def test_the_best_of_several_means(means: list[float | None], better: bool | None, best: list[int]) -> None:
    assert sorted(best_of(means, better)) == best


@given(st.lists(st.none() | st.floats(-1e3, 1e3), max_size=8), st.booleans())
def test_no_mean_is_better_than_the_best_and_none_reads_like_it(means: list[float | None], better: bool) -> None:
    best, there = best_of(means, better), [mean for mean in means if mean is not None]
    for mean in (mean for place, mean in enumerate(means) if mean is not None and place not in best):
        for top in best:
            assert show_number(mean) != show_number(means[top] or 0.0)
            assert (mean < (means[top] or 0.0)) == better
    assert 2 * len(best) <= len(there)
    apart = all(abs(a - b) > 1e-9 and show_number(a) != show_number(b) for a, b in combinations(there, 2))
    assert len(best) == 1 or len(there) < 2 or not apart


@pytest.mark.parametrize(
    ("case", "best", "note"),
    [
        ("partial", set(), "no best: the candidates have different examples, and share none of 2"),
        ("empties2", set(), "no best: the candidates have different examples, and share 1 of 10"),
        ("e60", {"good"}, "best: by the 15 of 60 examples that all candidates have"),
    ],
)
def test_the_best_is_chosen_by_shared_examples_only(
    case: str, best: set[str], note: str, runs_with_gaps: Mapping[str, Path]
) -> None:
    """``e60``: the system that skips the hard examples has the higher mean, and loses on every example of both."""
    report = build_report(runs_with_gaps[case])
    [table] = report.tables
    for column in range(len(table.columns)):
        assert {row.system for row in table.rows if row.cells[column].best} == best
    assert table.notes == (note,)
    assert note in markdown(report)
    console = Console(file=io.StringIO(), width=100)
    show(report, console)
    assert note in console.file.getvalue()  # type: ignore[attr-defined]


def test_columns_with_other_gaps_are_told_apart() -> None:
    some, none, all_of_them = Basis({"a": 1.0}, 3, 4, False), Basis({}, 0, 4, False), Basis({"a": 1.0}, 3, 4, True)
    assert list(basis_notes({"x": some, "y": none, "z": all_of_them})) == [
        "best of x: by the 3 of 4 examples that all candidates have",
        "no best of y: the candidates have different examples, and share none of 4",
    ]


def test_the_same_examples_need_no_note() -> None:
    """Where every candidate lacks the same ones, the means shown are the means compared."""
    numbers = {"e1": {"a": 1.0, "b": 2.0}}
    assert basis(numbers, ["a", "b"], 9) == Basis({"a": 1.0, "b": 2.0}, 1, 9, alike=True)
    assert basis({}, ["a", "b"], 9) == Basis({}, 0, 9, alike=True)


def test_numbers_come_with_their_interval_and_what_they_rest_on() -> None:
    assert show_aggregate(ROW) == "0.5000 [0.2500, 0.7500]"
    assert show_aggregate(replace(ROW, n_ok=3)) == "0.5000 [0.2500, 0.7500] (3/4)"
    assert show_aggregate(replace(ROW, n_ok=1, ci_low=None, ci_high=None)) == "0.5000 (1/4)"
    assert show_aggregate(replace(ROW, n_ok=1, n_total=1, ci_low=None, ci_high=None)) == "0.5000"
    assert show_aggregate(replace(ROW, mean=None, n_ok=0, ci_low=None, ci_high=None)) == "– (0/4)"
    assert show_aggregate(replace(ROW, mean=0.0, ci_low=0.0, ci_high=0.0)) == "0 [0, 0]"


@given(st.floats(-1e9, 1e9))
def test_shown_numbers_are_near_the_number(number: float) -> None:
    text = show_number(number)
    assert "e" not in text
    assert abs(float(text) - number) <= (5.0001e-5 if abs(number) < 1 else 5.0001e-3 if abs(number) < 100 else 0.0501)


@given(st.floats(-1e-3, 1e-3) | st.floats(-1e9, 1e9))
def test_zero_has_no_sign(number: float) -> None:
    """A number with its sign says which side of zero it lies on, or that it can't be seen."""
    for text in (show_number(number), show_signed(number)):
        assert not text.startswith(("-", "+")) or float(text) != 0.0
        assert float(text) == 0.0 or (float(text) > 0.0) == (number > 0.0)
    assert show_signed(number).startswith("+") == (float(show_number(number)) > 0.0)


def test_missing_cells_show(folder: Path) -> None:
    beta = build_report(folder).tables[0].rows[1]
    assert all(cell.text.endswith("(3/4)") for cell in beta.cells)
    assert "1 of 12 candidates are empty: e1/beta" in build_report(folder).warnings


def test_facts_say_where_the_numbers_come_from(folder: Path) -> None:
    facts = build_report(folder).facts
    assert facts[0] == "4 examples, 2 candidate systems, 1 floor and ceiling"
    assert facts[1].startswith("sumbench ")
    assert "overrides: limit=4" in facts
    assert facts[-1] == f"files: {folder}"


def test_claims_are_counted(folder: Path) -> None:
    report, record = build_report(folder), read_record(folder)
    table = report.tables[2]
    assert table.columns == ("claims", "supported", "flagged", "unchecked", "found")
    for row in table.rows:
        [count] = [c for c in record.claims if (c.system, c.scorer) == (row.system, "any")]
        flagged = str(count.unsupported + count.contradicted)
        expected = [str(count.claims), str(count.supported), flagged, str(count.unchecked), flagged]
        assert [cell.text for cell in row.cells] == expected


def test_offenders_have_their_texts(folder: Path, tiny: SimpleNamespace) -> None:
    report = build_report(folder, offenders_per_system=2)
    documents = {example.id: example.document for example in tiny.examples()}
    assert report.offenders
    assert {offender.system for offender in report.offenders} <= {"alpha", "beta"}, "floors and ceilings aren't blamed"
    for offender in report.offenders:
        [finding] = offender.findings
        assert finding.check == "found"
        assert finding.label != "supported"
        assert all(evidence in documents[offender.example_id] for evidence in finding.evidence)
    all_of_them = build_report(folder, offenders_per_system=10_000)
    assert all_of_them.offenders_left == 0
    assert len(all_of_them.offenders) == len(report.offenders) + report.offenders_left
    for system in ("alpha", "beta"):
        mine = [offender for offender in report.offenders if offender.system == system]
        assert mine == [o for o in all_of_them.offenders if o.system == system][: len(mine)]
    assert build_report(folder, offenders_per_system=0).offenders == ()


def verdict(start: int, label: str, score: float | None = None) -> Verdict:
    return Verdict(Span(start, start + 1), label, score, "why")  # type: ignore[arg-type]


def test_the_gravest_come_first() -> None:
    """More checks that flag it, then contradicted before unsupported, then the least support."""
    text = "abcdefgh"
    bad, worse, good = "unsupported", "contradicted", "supported"
    checks = {
        "one": {
            "a": (bad, 0.4), "b": (bad, 0.1), "c": (worse, 0.9), "d": (bad, None), "e": (bad, None),
            "f": (good, 1.0), "g": ("unchecked", None), "h": (bad, 0.0),
        },
        "two": {"a": (good, 0.3), "d": (bad, None), "e": (worse, 0.9), "h": (good, 0.9)},
    }  # fmt: skip
    scores = [
        Score("e", "s", check, "ok", {"n": 1.0}, tuple(verdict(text.index(c), *judged) for c, judged in by.items()))
        for check, by in checks.items()
    ]
    inputs = [{"id": "e", "document": "doc", "candidates": {"s": {"text": text}}}]
    shown, left = worst_offenders(scores, inputs, {"s": "candidate"}, most=10)
    assert "".join(offender.claim for offender in shown) == "edchba"
    assert left == 0
    shown, left = worst_offenders(scores, inputs, {"s": "candidate"}, most=2)
    assert ("".join(offender.claim for offender in shown), left) == ("ed", 4)
    assert [finding.check for finding in shown[0].findings] == ["one", "two"]
    assert worst_offenders(scores, inputs, {"s": "floor"}, most=2) == ([], 0)


def test_what_only_the_combination_flags_is_shown_and_nothing_twice() -> None:
    text, document = "ab", "doc"
    both = [
        Score("e", "s", "one", "ok", {"unsupported": 1}, (verdict(0, "contradicted"), verdict(1, "unchecked"))),
        Score("e", "s", "all", "ok", {"unsupported": 2}, (verdict(0, "contradicted"), verdict(1, "unsupported"))),
    ]
    inputs = [{"id": "e", "document": document, "candidates": {"s": {"text": text}}}]
    shown, _ = worst_offenders(both, inputs, {"s": "candidate"}, 10, ["all"])
    assert {one.claim: [finding.check for finding in one.findings] for one in shown} == {"a": ["one"], "b": ["all"]}


def test_gravity_orders_as_it_says() -> None:
    flagged = [verdict(0, "contradicted", 0.2), verdict(0, "unsupported")]
    assert gravity(flagged, flagged) == (-2, -1, 0.2)
    assert gravity(flagged[1:], flagged[1:]) == (-1, 0, 1.0)


def test_without_texts_there_is_a_report_all_the_same(tmp_path: Path, tiny: SimpleNamespace, folder: Path) -> None:
    bare = build_report(pipeline.run(tiny.job(tmp_path / "run", store_texts=False)))
    whole = build_report(pipeline.run(tiny.job(tmp_path / "whole")))
    assert bare.offenders == ()
    assert bare.tables == whole.tables


def test_without_checks_there_are_no_claims(tmp_path: Path, tiny: SimpleNamespace) -> None:
    report = build_report(pipeline.run(tiny.job(tmp_path / "run", checks=[])))
    assert [table.title for table in report.tables] == ["words"]
    assert report.offenders == ()


def test_no_run_no_report(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished run here"):
        build_report(tmp_path)


def test_a_report_changes_nothing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    build_report(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert json.loads(before["run.json"])["schema_version"] == 2


def test_plural() -> None:
    assert [plural(n, "example") for n in (0, 1, 2)] == ["0 examples", "1 example", "2 examples"]


def test_an_example_with_an_odd_id(tmp_path: Path, tiny: SimpleNamespace) -> None:
    example = Example("odd/é\n1", "One two.", ("One two.",), (Candidate("odd/é\n1", "s", "Three four."),))
    [offender] = build_report(pipeline.run(tiny.job(tmp_path / "run", dataset=[example]))).offenders
    assert (offender.example_id, offender.claim) == ("odd/é\n1", "Three four.")
