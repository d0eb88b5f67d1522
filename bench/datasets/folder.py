"""A folder of ``.txt`` files: one is the document, the others are its candidate summaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from bench.datasets.reading import is_text, listing, nearest, newlines
from bench.errors import InputError
from bench.paths import user_path
from bench.reading import read_text
from bench.types import Candidate, Dataset, Example


class Folder(Dataset):
    r"""Reads ``root``: the file named ``reference`` is document and only reference, every other a candidate.

    A folder of ``.txt`` files is one example, and its id is the folder's name; a folder of
    sub-folders has one example in each, and its id is the sub-folder's name. A candidate's system
    is its file's name without ``.txt``. Hidden entries, and files with other suffixes, are left out and
    named in ``warnings()``. Texts are kept as they are in the file, except that ``\r\n`` becomes ``\n``
    and a byte order mark is dropped. Order: by name.
    """

    name = "folder"

    def __init__(self, *, root: str | Path, reference: str, on_empty: Literal["error", "undefined"] = "error") -> None:
        if on_empty not in ("error", "undefined"):
            raise InputError(f"dataset.on_empty is {on_empty!r}; it must be 'error' or 'undefined'.")
        if not str(reference).strip():
            raise InputError("dataset.reference is empty; name the file that is document and reference.")
        self._root = user_path(root, "dataset.root")
        self._reference = str(reference)
        self._on_empty = on_empty
        self._warnings: list[str] = []

    def __iter__(self) -> Iterator[Example]:
        """Every example, once all of them have been read; raises InputError before the first one."""
        self._warnings = []
        files, folders = self._entries(self._root)
        if files or not folders:
            return iter([self._example(self._root, files, folders)])
        return iter([self._example(folder, *self._entries(folder)) for folder in folders])

    def warnings(self) -> Sequence[str]:
        """What the last iteration left out or let through."""
        return tuple(self._warnings)

    def _entries(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """The texts and the sub-folders of a folder, each sorted by name."""
        try:
            entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        except FileNotFoundError:
            raise InputError(f"{folder}: no such folder. Set dataset.root to a folder of .txt files.") from None
        except NotADirectoryError:
            raise InputError(f"{folder}: is a file. Set dataset.root to the folder that holds it.") from None
        except OSError as error:
            raise InputError(f"{folder}: can't be read ({error.strerror or error}).") from None
        shown = [entry for entry in entries if not entry.name.startswith(".")]
        folders = [entry for entry in shown if entry.is_dir()]
        files = [entry for entry in shown if entry.suffix.lower() == ".txt" and not entry.is_dir()]
        if left_out := [ascii(entry.name)[1:-1] for entry in entries if entry not in files and entry not in folders]:
            self._warnings.append(f"{folder}: left out {listing(left_out)}: hidden, or not .txt.")
        for entry in (*files, *folders):
            if not is_text(entry.name):
                raise InputError(f"{folder}: the name {entry.name!a} isn't UTF-8. Rename it.")
        return files, folders

    def _example(self, folder: Path, files: Sequence[Path], folders: Sequence[Path]) -> Example:
        if not files:
            raise InputError(f"{folder}: holds no .txt file. Put the document and its summaries there.")
        if folders:
            raise InputError(
                f"{folder}: holds both .txt files and sub-folders ({listing(f.name for f in folders)}). "
                "Use either the files of one example, or one sub-folder an example."
            )
        by_stem: dict[str, Path] = {}
        for file in files:
            if (twin := by_stem.setdefault(file.stem, file)) != file:
                raise InputError(f"{folder}: {twin.name} and {file.name} would be the same system. Rename one.")
        wanted = self._reference.removesuffix(".txt")
        # A file may be called "a.txt.txt": its stem is taken before the shortened name.
        stem = self._reference if self._reference in by_stem else wanted
        if stem not in by_stem:
            hint = nearest(wanted, by_stem) or f" The folder has {listing(by_stem)}."
            raise InputError(f"{folder}: no reference file {wanted}.txt (dataset.reference).{hint}")
        document = newlines(read_text(by_stem[stem]))
        if not document.strip():
            raise InputError(f"{by_stem[stem]}: the reference is empty; there is nothing to score against.")
        if len(by_stem) == 1:
            raise InputError(f"{folder}: no candidates; only the reference {by_stem[stem].name} is there.")
        id_ = folder.resolve().name or "root"
        candidates = (self._candidate(id_, name, file) for name, file in by_stem.items() if name != stem)
        return Example(id=id_, document=document, references=(document,), candidates=tuple(candidates))

    def _candidate(self, id_: str, system: str, file: Path) -> Candidate:
        text = newlines(read_text(file))
        if not text.strip() and self._on_empty == "error":
            raise InputError(f"{file}: the candidate is empty. Remove it, or set dataset.on_empty=undefined.")
        return Candidate(example_id=id_, system=system, text=text)
