"""What calibrating to labels gained, as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from bench.meta.calibrate import Figures, Refit
from bench.report.tables import Entry, Line, Sheet, as_markdown, show_sheet

if TYPE_CHECKING:
    from rich.console import Console

_ROWS: Mapping[str, Callable[[Figures], float]] = {
    "log loss": lambda each: each.log_loss,
    "calibration error": lambda each: each.calibration_error,
    "AUC": lambda each: each.auc,
    "balanced accuracy of the flags": lambda each: each.balanced_accuracy,
    "consistent summaries flagged": lambda each: each.false_alarms,
    "inconsistent summaries missed": lambda each: each.missed,
}


def sheet(fitted: Refit) -> Sheet:
    """The figures before and after."""
    lines = tuple(
        Line(name, tuple(Entry(f"{value(each):.3f}") for each in (fitted.before, fitted.after)))
        for name, value in _ROWS.items()
    )
    caption = (
        f"{fitted.summaries} summaries of {fitted.documents} documents, {fitted.consistent} consistent. "
        "Fitted to yours: each summary by a fit without its document. A summary's probability is the product of its "
        f"claims'; it is flagged where one of them is: by a rule, or below {fitted.begun.threshold} as shipped, "
        f"{fitted.calibration.threshold} in the new file. {verdict(fitted)}"
    )
    return Sheet("Calibration", "", ("as shipped", "fitted to yours"), lines, caption)


def verdict(fitted: Refit) -> str:
    """Whether the new one is worth using."""
    gained = fitted.before.log_loss - fitted.after.log_loss
    if gained > 0:
        return f"Gained: {gained:.3f} nats of log loss a summary on documents that the fit hadn't seen."
    return f"Nothing gained ({-gained:.3f} nats more on documents that the fit hadn't seen): keep what you have."


def markdown(fitted: Refit) -> str:
    """The table as Markdown."""
    return "\n".join(as_markdown(sheet(fitted))) + "\n"


def as_json(fitted: Refit) -> str:
    """Everything, as JSON."""
    return json.dumps(asdict(fitted), indent=2, ensure_ascii=False) + "\n"


def show(fitted: Refit, console: Console) -> None:
    """The table in a terminal."""
    show_sheet(sheet(fitted), console)


RENDERERS: Mapping[str, Callable[[Refit], str]] = {"markdown": markdown, "json": as_json}
