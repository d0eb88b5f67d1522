"""Calibrating to labels: what was put in is found again, and the figures are those of summaries not fitted to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

from bench.checks.calibration import Calibration, calibration_json, log_odds, read_calibration
from bench.cli import main
from bench.errors import InputError
from bench.meta.calibrate import LabelledSummary, bags, best_threshold, doubted, figures, refit, subset
from bench.statistics.calibration import log_probabilities
from bench.types import Label, Span, Verdict

NAMES = ("support", "contradicted", "unsupported")
SHIPPED = Calibration(
    0.5,
    {"support": 1.5, "contradicted": -2.0, "unsupported": -1.0},
    0.4,
    {"support": "recipe"},
    ("numbers",),
    {"fitted_to": "x"},
)


def claim(score: float | None, label: Label = "unchecked") -> dict[str, Verdict]:
    return {
        "support": Verdict(Span(0, 3), "supported", score, "there"),
        "numbers": Verdict(Span(0, 3), label, None, "as said"),
    }


def labelled(count: int, shift: float, factor: float, seed: int = 0) -> list[LabelledSummary]:
    """Summaries whose claims are true as often as the shipped odds say, times the factor, with the shift."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(count):
        scores = draw.uniform(0.05, 0.95, 3)
        labels: list[Label] = [("unchecked", "contradicted")[int(draw.random() < 0.2)] for _ in scores]  # type: ignore[misc]
        odds = [
            0.5 + 1.5 * log_odds(s) - 2.0 * (label == "contradicted") for s, label in zip(scores, labels, strict=True)
        ]
        right = [draw.random() < 1 / (1 + np.exp(-shift - factor * each)) for each in odds]
        claims = tuple(claim(float(s), label) for s, label in zip(scores, labels, strict=True))
        made.append(LabelledSummary(f"document {number // 2}", all(right), claims))
    return made


def test_the_shift_and_the_factor_are_found_again() -> None:
    found = refit(labelled(6000, 1.0, 0.6), SHIPPED, "mine")
    weights = found.calibration.weights
    assert found.calibration.intercept == pytest.approx(0.6 * 0.5 + 1.0, abs=0.15)
    assert weights["support"] == pytest.approx(0.6 * 1.5, abs=0.1)
    assert weights["contradicted"] == pytest.approx(0.6 * -2.0, abs=0.15)
    assert found.calibration.recipes == SHIPPED.recipes
    assert found.after.log_loss < found.before.log_loss
    assert found.after.calibration_error < 0.02 < found.before.calibration_error
    assert (found.summaries, found.documents) == (6000, 3000)


def test_few_labels_move_it_little() -> None:
    found = refit(labelled(24, 3.0, 1.0), SHIPPED, "mine")
    assert SHIPPED.intercept < found.calibration.intercept < 3.4


def test_the_figures_are_scikit_learns() -> None:
    found, kept = bags(labelled(200, 0.0, 1.0), NAMES)
    assert len(kept) == 200
    weights = np.array([0.5, 1.5, -2.0, -1.0])
    logs = log_probabilities(found, weights)
    flagged = doubted(found, NAMES, weights, 0.4)
    shown = figures(found, logs, flagged)
    assert shown.log_loss == pytest.approx(log_loss(found.labels, np.exp(logs)))
    assert shown.auc == pytest.approx(roc_auc_score(found.labels, logs))
    assert shown.balanced_accuracy == pytest.approx(balanced_accuracy_score(found.labels, ~flagged))
    assert shown.false_alarms == pytest.approx(flagged[found.labels == 1].mean())
    assert shown.missed == pytest.approx((~flagged)[found.labels == 0].mean())


def test_a_summary_is_flagged_by_a_rule_or_by_its_least_probable_claim() -> None:
    summaries = [
        LabelledSummary("a", True, (claim(0.9), claim(0.9, "contradicted"))),
        LabelledSummary("b", True, (claim(0.9), claim(0.1))),
        LabelledSummary("c", True, (claim(0.9), claim(None))),
        LabelledSummary("d", True, (claim(None),)),
    ]
    found, kept = bags(summaries, NAMES)
    assert [summary.document for summary in kept] == ["a", "b", "c"], "of d nothing is known"
    assert doubted(found, NAMES, np.array([0.5, 1.5, -2.0, -1.0]), 0.4).tolist() == [True, True, False]
    assert doubted(found, NAMES, np.array([0.5, 1.5, -2.0, -1.0]), 0.0).tolist() == [True, False, False]
    part = subset(found, np.array([False, True, True]))
    assert part.owners.tolist() == [0, 0, 1]
    assert part.features.tolist() == found.features[2:].tolist()


def test_the_threshold_is_the_best_of_all_hundredths() -> None:
    found, _ = bags(labelled(300, 0.0, 1.0), NAMES)
    weights = np.array([0.5, 1.5, -2.0, -1.0])
    chosen = best_threshold([found], NAMES, weights)
    scores = {
        n / 100: balanced_accuracy_score(found.labels, ~doubted(found, NAMES, weights, n / 100)) for n in range(100)
    }
    assert scores[chosen] == max(scores.values())
    assert all(scores[lower] < scores[chosen] for lower in scores if lower < chosen)


@pytest.mark.parametrize(
    ("summaries", "said"),
    [
        (labelled(10, 0.0, 1.0), "at least 20 and both kinds"),
        ([LabelledSummary(str(n), True, (claim(0.9),)) for n in range(30)], "both kinds"),
        ([LabelledSummary("one", n < 15, (claim(0.9),)) for n in range(30)], "one document"),
        ([LabelledSummary(str(n), n > 0, (claim(0.9),)) for n in range(30)], "of more of them"),
    ],
)
def test_labels_that_say_nothing_are_refused(summaries: list[LabelledSummary], said: str) -> None:
    with pytest.raises(InputError, match=said):
        refit(summaries, SHIPPED, "mine")


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(calibration_json(SHIPPED), encoding="utf-8")
    read, digest = read_calibration(path)
    assert read == SHIPPED
    assert len(digest) == 12


@pytest.mark.parametrize("text", ["", "[]", "{}", "3", '{"intercept": 0, "weights": 3}'])
def test_what_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="calibration"):
        read_calibration(path)
    path.write_text(calibration_json(SHIPPED).replace("0.5", "NaN"), encoding="utf-8")
    with pytest.raises(InputError, match=r"NaN is not a JSON number \(field intercept"):
        read_calibration(path)
    path.write_text(calibration_json(SHIPPED).replace("0.4", "1.4"), encoding="utf-8")
    with pytest.raises(InputError, match=r"threshold is 1.4: expected `float` <= 1.0"):
        read_calibration(path)


def test_from_a_data_set_to_a_file_that_a_run_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    towns = "Oslo Bergen Lund Turku Aarhus Odense Malmo Tampere Narvik Bodo Molde Hamar".split()
    lines = [
        {
            "id": town, "references": [], "document": f"The mayor of {town} opened the new bridge. It cost 30 million.",
            "summaries": {
                "good": {"text": f"The mayor of {town} opened the bridge.", "human": {"right": 1}},
                "bad": {"text": "Farmers have protested against the price of milk.", "human": {"right": 0}},
            },
        }
        for town in towns
    ]  # fmt: skip
    data = "it's my, own {data}.jsonl"
    Path(data).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main(["calibrate", data, "human=right", "output=mine.json", "format=markdown"]) == 0
    out, err = capsys.readouterr()
    assert "24 summaries of 12 documents, 12 consistent" in out
    assert "| AUC | 1.000 | 1.000 |" in out
    assert "checks.consistency.calibration=mine.json" in err
    assert main(["calibrate", "LATEST", "human=right", "format=json"]) == 0
    again = json.loads(capsys.readouterr().out)
    made, _ = read_calibration(Path("mine.json"))
    assert again["calibration"]["threshold"] == made.threshold
    assert main(["calibrate", "LATEST", "human=wrong"]) == 2
    assert "it has right" in capsys.readouterr().err
    Path("notes.txt").write_text("mine", encoding="utf-8")
    assert main(["calibrate", "LATEST", "human=right", "output=notes.txt"]) == 2
    assert Path("notes.txt").read_text(encoding="utf-8") == "mine"
