"""The outputs of a comparison, all made from the one Comparison object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bench.record import page, to_json

if TYPE_CHECKING:
    from rich.console import Console

    from bench.comparison import Comparison

SCHEMA_VERSION = 1


def show(comparison: Comparison, console: Console) -> None:
    """Print a comparison."""
    from rich.text import Text

    console.print(Text(f"{comparison.outcome}: {comparison.run} against {comparison.baseline}"))


def as_json(comparison: Comparison) -> str:
    """The whole comparison as strict JSON (``bench/data/comparison.schema.json``)."""
    return page({"schema_version": SCHEMA_VERSION, **to_json(comparison)})


RENDERERS: Mapping[str, Callable[[Comparison], str]] = {
    "json": as_json,
    "markdown": as_json,
    "junit": as_json,
}
