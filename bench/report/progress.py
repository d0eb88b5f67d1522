"""How far a run is: a bar for people, a line every half minute for logs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

_AFTER = 1.0
"""Seconds before a bar appears: what is faster needs none."""
_EVERY = 30.0
"""Seconds between two lines of a log."""


class ProgressBar:
    """Shows finished and all cells with their rate: as a bar on a terminal, in lines elsewhere and in CI.

    Args:
        console: where they go.
        clock: seconds that only grow.
        every: seconds between two lines; they come on time however long a scorer takes.
    """

    def __init__(
        self, console: Console, *, clock: Callable[[], float] = time.perf_counter, every: float = _EVERY
    ) -> None:
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
        self._console = console
        self._task: TaskID | None = None
        self._clock, self._every = clock, every
        self._start = clock()
        self._scoring: float | None = None
        self._cells = (0, 0)
        self._over = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> ProgressBar:
        if not self.shown:
            self._thread = Thread(target=self._tell, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._task is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` cells are finished, and show it on a terminal."""
        self._cells = done, total
        now = self._clock()
        if self._scoring is None:
            self._scoring = now
        elapsed = now - self._start
        if not self.shown or elapsed < _AFTER:
            return
        rate = f"{done / elapsed:.1f} cells/s"
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("score", total=total, rate=rate)
        self._bar.update(self._task, completed=done, rate=rate)

    def line(self) -> str:
        """How far it is, as a line of a log: cells, the time that took, and what is left at this rate."""
        done, total = self._cells
        now = self._clock()
        since = f"after {duration(now - self._start)}"
        if self._scoring is None:
            return f"reading texts and loading models, {since}"
        share = f"{done:,} of {total:,} cells ({100 * done // max(total, 1)} %) {since}"
        if done in (0, total):
            return share
        return f"{share}, about {duration((now - self._scoring) * (total - done) / done)} left"

    def _tell(self) -> None:
        while not self._over.wait(self._every):
            print(f"sumbench: {self.line()}", file=self._console.file, flush=True)


def duration(seconds: float) -> str:
    """Seconds for people, in two units at most.

    >>> duration(9.4), duration(75), duration(7_260)
    ('9 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
