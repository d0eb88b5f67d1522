"""Append-only store of finished cells: what is in it survives any crash, and is never computed again.

One line a cell: ``{"key": …, "score": …}``. The key is a hash of everything that can move the
score, so that a journal of another configuration or other texts can't be mistaken for this one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO

from bench.errors import InputError
from bench.record import example_hash, line, score_from_json, text_hash
from bench.scorer import Scorer
from bench.types import Pair, Score

JOURNAL_FILE = "journal.jsonl"


def cell_key(scorer: Scorer, recipe: str, pair: Pair) -> str:
    """Hash of a cell's recipe (the scorer's signature), of the values it asks for and of its texts."""
    return text_hash(
        scorer.name,
        recipe,
        # Two settings may share a recipe and still differ in which values they compute.
        "\n".join(sorted(scorer.higher_is_better)),
        pair.example.id,
        example_hash(pair.example),
        pair.candidate.system,
        pair.candidate.text,
    )


def lock(file: IO[str]) -> None:
    """Keep other processes from the file until it is closed or this one ends; OSError when one has it.

    On systems without ``fcntl`` (Windows) there is no lock.
    """
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """The journal of one run's folder, opened for reading back and appending.

    A last line torn by a crash is cut off. Cells that ended in an error are not taken back:
    they are tried again.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_FILE
        self.cells: dict[str, Score] = {}
        self.reused = 0
        """Cells that were taken from it instead of computed."""
        self._file: IO[str] | None = None

    def __enter__(self) -> Journal:
        self._file = self.path.open("a", encoding="utf-8", newline="\n")
        try:
            lock(self._file)
        except OSError:
            self._file.close()
            raise InputError(f"run_dir={self.path.parent}: another run is writing there right now") from None
        self._read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def append(self, cells: Iterable[tuple[str, Score]]) -> None:
        """Keep cells; they are on the disk when this returns."""
        if self._file is None:
            raise ValueError("the journal is not open")
        for key, score in cells:
            self.cells[key] = score
            self._file.write(line({"key": key, "score": score}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def remove(self) -> None:
        """Delete the file: its cells are in the finished scores."""
        if self._file:
            self._file.close()
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        if not self.path.exists():
            return
        whole = 0
        with self.path.open("rb") as file:
            for raw in file:
                try:
                    if not raw.endswith(b"\n"):
                        break
                    data = json.loads(raw.decode("utf-8"))
                    key, score = data["key"], score_from_json(data["score"])
                except (ValueError, KeyError, TypeError, AttributeError):
                    break
                whole += len(raw)
                if score.status != "error":
                    self.cells[key] = score
        if whole != self.path.stat().st_size:
            os.truncate(self.path, whole)
