"""A meta-evaluation as one CSV table for further work: a line a number, unrounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.meta.records import MEAN, Meta
from bench.record import to_json
from bench.report.csv_table import csv_table
from bench.report.meta_words import method_words

CSV_COLUMNS = (
    "part", "level", "statistic", "metric", "human", "value", "low", "high", "resampled", "used", "left_out",
    "best", "p_best", "compared_with", "p", "p_adjusted", "note",
)  # fmt: skip


def as_csv(meta: Meta) -> str:
    """One line a number, unrounded; an empty cell is a missing value and ``note`` says why."""
    return csv_table(CSV_COLUMNS, ({key: spell(value) for key, value in row.items()} for row in csv_rows(meta)))


def csv_rows(meta: Meta) -> Iterator[dict[str, Any]]:
    """The rows of the CSV, by kind of statistic."""
    for c in meta.correlations:
        row = to_json(c)
        yield {
            **{key: row[key] for key in CSV_COLUMNS if key in row},
            "statistic": c.coefficient,
            "note": c.reason,
        }
    for d in meta.differences:
        yield {
            "part": d.part, "level": d.level, "statistic": f"difference of {d.coefficient}, {method_words(d)}",
            "metric": d.first, "compared_with": d.second, "human": d.human, "value": d.difference, "low": d.low,
            "high": d.high, "p": d.p,
            "p_adjusted": d.p_adjusted,
        }  # fmt: skip
    for a in meta.pairwise:
        yield {
            "part": a.part, "level": a.level, "statistic": "pairwise accuracy", "metric": a.metric, "human": a.human,
            "value": a.accuracy, "low": a.low, "high": a.high, "used": a.agree + a.disagree + a.tied_metric,
            "left_out": a.tied_human + a.tied_both, "best": a.best,
            "note": f"{a.agree} agree, {a.disagree} disagree, tied by the metric {a.tied_metric}, by people "
            f"{a.tied_human}, by both {a.tied_both}",
        }  # fmt: skip
    for k in meta.classifications:
        common = {"part": k.part, "metric": k.metric, "human": k.human}
        yield {
            **common, "statistic": "auc", "value": k.auc, "low": k.auc_low, "high": k.auc_high, "best": k.best_auc,
            "note": k.reason,
        }  # fmt: skip
        chosen = f"threshold {k.threshold!r} chosen on {k.chosen_on}, tested on {k.tested_on}"
        yield {
            **common,
            "statistic": "balanced accuracy",
            "value": k.balanced_accuracy,
            "low": k.low,
            "high": k.high,
            "best": k.best,
            "note": k.reason if k.threshold is None else chosen,
        }
    for e in meta.decisions:
        yield {
            "part": e.set, "statistic": f"{e.measure}, {e.thresholds} threshold", "metric": e.metric, "human": e.human,
            "value": e.value, "low": e.low, "high": e.high, "resampled": "documents" if e.low is not None else None,
            "used": e.summaries, "left_out": e.left_out, "best": e.best, "p_best": e.p_best,
            "note": e.reason or ("" if e.threshold is None else f"threshold {e.threshold!r}"),
        }  # fmt: skip
    for t in meta.decision_tests:
        yield {
            "part": MEAN, "statistic": f"difference of {t.measure}, {t.thresholds} threshold", "metric": t.first,
            "compared_with": t.second, "human": t.human, "value": t.difference, "low": t.low, "high": t.high,
            "p": t.p, "p_adjusted": t.p_adjusted,
        }  # fmt: skip
    for g in meta.agreement:
        yield {
            "statistic": f"krippendorff alpha ({g.scale})", "human": g.human, "value": g.alpha, "low": g.low,
            "high": g.high, "used": g.units,
        }  # fmt: skip
    for b in meta.beside:
        yield {
            "level": b.level, "statistic": f"published {b.coefficient}", "metric": b.metric, "human": b.human,
            "value": b.published, "note": b.source,
        }  # fmt: skip
    for s in meta.skipped:
        yield {"part": s.part, "statistic": s.what, "note": s.reason}


def spell(value: Any) -> Any:
    """A CSV cell: empty for what is missing, digits enough to get the same number back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else value
