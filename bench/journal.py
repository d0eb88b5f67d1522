"""Append-only store of finished cells: what is in it survives any crash, and is never computed again.

It is what marks a folder as an unfinished run of ours, and its lock keeps others out. The first line
is always the same; then comes one line a cell: ``{"sum": …, "cell": {"key": …, "score": …}}``. The key
is a hash of everything that can move the score, so that a journal of another configuration or other
texts can't be mistaken for this one; the sum is a hash of the cell's bytes, so that a bit that has
flipped on the disk is noticed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench.errors import InputError
from bench.files import append, append_to, create, lock, make_folder, remove, tidy, told
from bench.record import (
    ERRORS_FILE,
    JOURNAL_FILE,
    RUN_FILE,
    RUN_FILES,
    example_hash,
    line,
    read_record,
    text_hash,
)
from bench.scorer import Scorer
from bench.scoring import problems
from bench.typed_json import from_line
from bench.types import Pair, Score

HEAD = line({"sumbench": "journal of an unfinished run", "version": 2}) + "\n"
"""The first line. Journals of version 1 had none, and no sums: they are not taken up."""
_LINE = re.compile(rb'\{"sum":"([0-9a-f]{16})","cell":(.*)\}\n', re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeptCell:
    """What a line of the journal holds beside its sum."""

    key: str
    score: Score


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


class Journal:
    """The journal of one run's folder, opened for reading back and appending; nobody else writes there meanwhile.

    A last line torn by a crash is cut off; a damaged one is counted, and its cell computed again.
    Cells that ended in an error are not taken back: they are tried again.

    InputError for a folder that can't be written, that another run writes in, or that holds a file
    of a run's names without being an unfinished run of ours. Nothing in such a folder is touched.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cells: dict[str, Score] = {}
        self.reused = 0
        """Cells that were taken from it instead of computed."""
        self.damaged = 0
        """Lines that didn't hold what had been written."""
        self._file: int | None = None

    def __enter__(self) -> Journal:
        with told(f"run_dir={self.folder}: can't write there"):
            self._file = take(self.folder)
            try:
                self._read(self._file)
            except BaseException:
                self.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def find(self, key: str, scorer: Scorer, pair: Pair) -> Score | None:
        """A cell's score, where it is there and holds what such a score may hold."""
        score = self.cells.get(key)
        if score and any(problems(scorer, pair, score)):
            self.damaged += 1
            del self.cells[key]
            return None
        return score

    def append(self, cells: Iterable[tuple[str, Score]]) -> None:
        """Keep cells; they are on the disk when this returns."""
        if self._file is None:
            raise ValueError("the journal is not open")
        kept = list(cells)
        with told(f"run_dir={self.folder}: can't write there"):
            append(self._file, "".join(map(line_of, *zip(*kept, strict=True))) if kept else "")
        self.cells.update(kept)

    def log(self, failures: Iterable[str]) -> None:
        """Add tracebacks to the folder's ``errors.log``, of this and of earlier tries; no file where there are none."""
        if text := "".join(failures):
            with told(f"run_dir={self.folder}: can't write there"):
                append_to(self.folder / ERRORS_FILE, text)

    def remove(self) -> None:
        """Delete the file: its cells are in the finished scores."""
        if os.name == "nt":
            self.close()  # what is open can't be deleted there
        with told(f"run_dir={self.folder}: can't write there"):
            remove(self.folder / JOURNAL_FILE)

    def close(self) -> None:
        """Let others into the folder."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def warnings(self) -> Iterator[str]:
        """What a reader of the run should know of it."""
        if self.damaged:
            yield f"{JOURNAL_FILE}: {self.damaged} damaged lines; what they held was computed again"

    def _read(self, file: int) -> None:
        whole = len(HEAD)
        with open(file, "rb", closefd=False) as lines:
            lines.seek(whole)
            for raw in lines:
                if not raw.endswith(b"\n"):
                    break
                whole += len(raw)
                cell = cell_of(raw)
                if cell is None:
                    self.damaged += 1
                elif cell[1].status != "error":
                    self.cells[cell[0]] = cell[1]
        if whole != os.fstat(file).st_size:
            os.ftruncate(file, whole)


def line_of(key: str, score: Score) -> str:
    """A cell's line in the journal, with its sum."""
    cell = line(KeptCell(key, score))
    return f'{{"sum":"{_sum(cell.encode())}","cell":{cell}}}\n'


def cell_of(raw: bytes) -> tuple[str, Score] | None:
    """The key and score of a line; ``None`` for one that isn't as it was written."""
    found = _LINE.fullmatch(raw)
    if not found or found[1].decode() != _sum(found[2]):
        return None
    try:
        cell = from_line(found[2], KeptCell)
    except ValueError:
        return None
    return cell.key, cell.score


def _sum(cell: bytes) -> str:
    return hashlib.sha256(cell).hexdigest()[:16]


def take(folder: Path) -> int:
    """Make a run's folder, or take up an unfinished one (see ``Journal``); returns the open journal, locked."""
    make_folder(folder)
    refuse_foreign(folder)
    path = folder / JOURNAL_FILE
    busy = InputError(f"run_dir={folder}: another run is writing there right now")
    if not path.exists():
        with suppress(FileExistsError):
            create(path, [HEAD])
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        raise busy from None
    try:
        if lock(file) is False or not path.exists() or not os.path.samestat(os.fstat(file), path.stat()):
            raise busy
        # Again, now that nobody else writes here.
        refuse_foreign(folder)
        if (folder / RUN_FILE).exists():
            read_record(folder)
            # It was killed just before its end, or has ended while we came; what the journal holds is in its scores.
            remove(path)
            raise finished(folder)
    except BaseException:
        os.close(file)
        raise
    return file


def refuse_foreign(folder: Path) -> None:
    """InputError when a folder holds a file of a run's names, and isn't an unfinished run of ours."""
    tidy(folder)  # what killed runs left goes also where nothing more is written
    there = [name for name in RUN_FILES if os.path.lexists(folder / name)]
    for name in there:
        if (folder / name).is_symlink():
            raise InputError(f"run_dir={folder}: {name} is a symbolic link there; name another folder, or remove it")
    if not there or is_unfinished(folder):
        return
    if RUN_FILE in there:
        raise finished(folder)
    raise InputError(
        f"run_dir={folder}: {there[0]} is there already, and isn't of an unfinished run that this sumbench could go on "
        "with; name another folder, or remove it"
    )


def is_unfinished(folder: Path) -> bool:
    """Whether a folder holds the journal of a run of ours that hasn't come to its end."""
    path = folder / JOURNAL_FILE
    if not (path.exists() and stat.S_ISREG(path.lstat().st_mode)):
        return False
    with path.open("rb") as file:
        return file.read(len(HEAD)) == HEAD.encode()


def finished(folder: Path) -> InputError:
    """The refusal of a folder that has a record."""
    return InputError(f"run_dir={folder}: a finished run is already there; name another folder or remove it")
