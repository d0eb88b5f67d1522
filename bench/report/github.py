"""A comparison as annotations of a GitHub build."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.comparison import Comparison


def annotations(comparison: Comparison) -> str:
    """Workflow commands, one a line."""
    return "" if comparison.exit_code == 0 else f"::error title=sumbench::{comparison.outcome}\n"
