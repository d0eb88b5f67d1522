"""The outputs of a comparison, all made from the one Comparison object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bench.record import page, to_json
from bench.report.comparison_content import verdict
from bench.report.comparison_markdown import markdown
from bench.report.comparison_terminal import show
from bench.report.junit import junit

if TYPE_CHECKING:
    from bench.comparing.comparison import Comparison

__all__ = ["RENDERERS", "SCHEMA_VERSION", "as_json", "show"]

SCHEMA_VERSION = 1


def as_json(comparison: Comparison) -> str:
    """The whole comparison as strict JSON; its schema is ``bench/data/comparison.schema.json``."""
    return page({"schema_version": SCHEMA_VERSION, "verdict": verdict(comparison), **to_json(comparison)})


RENDERERS: Mapping[str, Callable[[Comparison], str]] = {"markdown": markdown, "junit": junit, "json": as_json}
"""Format to function."""
