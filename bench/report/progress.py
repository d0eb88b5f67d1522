"""A progress bar for people; silence for logs."""

from __future__ import annotations

import os
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_AFTER = 1.0
"""Seconds before a bar appears: what is faster needs none."""


class ProgressBar:
    """Shows finished and all cells with their rate, on a terminal only and not in CI."""

    def __init__(self, console: Console) -> None:
        self.shown = console.is_terminal and not os.environ.get("CI")
        self._bar = Progress(
            TextColumn("scoring"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._start = time.perf_counter()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` cells are finished."""
        elapsed = time.perf_counter() - self._start
        if not self.shown or elapsed < _AFTER:
            return
        rate = f"{done / elapsed:.1f} cells/s"
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("score", total=total, rate=rate)
        self._bar.update(self._task, completed=done, rate=rate)
