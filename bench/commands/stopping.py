"""SIGTERM, which a cancelled CI job and a preempted batch job get before they are killed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def terminated_like_stopped() -> Iterator[list[int]]:
    """Let SIGTERM end what happens inside as Ctrl-C does; the list then isn't empty.

    Whoever has another idea of it (a parent that ignores it, a program that sumbench runs in) keeps it.
    """
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield received
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield received
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
