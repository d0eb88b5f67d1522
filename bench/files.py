"""The disk: a file is the old one or the whole new one, one process writes at a time, nothing stays of killed ones.

Everything that sumbench writes goes through here. What is written is on the disk when a function
returns: the file is synced before it takes its name, the folder after.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import InputError

_BEGIN, _END = ".sumbench-", ".tmp"
"""What a file is called until it is whole. Short, so that every name that a folder can hold can be written."""
_RANDOM = 8
"""Bytes between the two, as hex digits."""
_BLOCK = 1 << 20
"""Bytes gathered before they are written."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def write_atomically(path: Path, lines: Iterable[str]) -> str:
    """Write a file in one step, replacing what is there; returns the SHA-256 of its bytes, as 64 hex digits."""
    with _temporary(path.parent) as (temporary, file):
        digest = _fill(file, lines)
        temporary.replace(path)
    _sync_folder(path.parent)
    return digest


def create(path: Path, lines: Iterable[str]) -> None:
    """Write a file in one step where there is none; FileExistsError when there is one, which isn't touched."""
    with _temporary(path.parent) as (temporary, file):
        _fill(file, lines)
        try:
            path.hardlink_to(temporary)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # A file system without hard links (a memory stick, say): not safe from others, but still whole.
            if os.path.lexists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
            temporary.replace(path)
    _sync_folder(path.parent)


def append(file: int, text: str) -> None:
    """Write at the end of an open file; it is on the disk when this returns."""
    _write(file, text.encode("utf-8"))
    os.fsync(file)


def append_to(path: Path, text: str) -> None:
    """Write at the end of a file, which is made where there is none; no link is followed."""
    new = not os.path.lexists(path)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        append(file, text)
    finally:
        os.close(file)
    if new:
        _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Delete a file, for good."""
    path.unlink()
    _sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where there are none."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk; nothing to do where a system can't (Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems know no such thing, and say so.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
    finally:
        os.close(handle)


def lock(file: int) -> bool | None:
    """Keep other processes from an open file until it is closed or this one ends.

    False when another process has it; ``None`` where there are no locks (Windows, some network file systems).
    """
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextmanager
def only_one(path: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file; InputError with this message when another process does. The file stays: it is empty."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if lock(handle) is False:
            raise InputError(refusal)
        yield
    finally:
        os.close(handle)


@contextmanager
def told(what: str) -> Iterator[None]:
    """What the disk refuses (no space, no permission, a fault, a name it can't hold) as an InputError of one line."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{what}: {error.strerror or error}") from None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, int]]:
    """A new file in a folder under a name of ours, locked, gone at the end; those of killed processes go first."""
    tidy(folder)
    while True:
        path = folder / f"{_BEGIN}{secrets.token_hex(_RANDOM)}{_END}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        if lock(file) is not False and os.fstat(file).st_nlink:
            break
        os.close(file)  # another process took it for a leftover before it was locked
    try:
        yield path, file
    finally:
        os.close(file)
        with suppress(OSError):
            path.unlink()


def tidy(folder: Path) -> None:
    """Remove what killed processes left: what is locked by nobody, or has its own name already."""
    for path in folder.glob(f"{_BEGIN}{'?' * 2 * _RANDOM}{_END}"):
        with suppress(OSError):
            file = os.open(path, os.O_RDWR)
            try:
                if os.fstat(file).st_nlink > 1 or lock(file):
                    path.unlink()
            finally:
                os.close(file)


def _fill(file: int, lines: Iterable[str]) -> str:
    """Write lines as UTF-8 and sync; returns their SHA-256."""
    digest, block = hashlib.sha256(), bytearray()

    def flush() -> None:
        digest.update(block)
        _write(file, block)
        block.clear()

    for line in lines:
        block += line.encode("utf-8")
        if len(block) >= _BLOCK:
            flush()
    flush()
    os.fsync(file)
    return digest.hexdigest()


def _write(file: int, data: bytes | bytearray) -> None:
    done = 0
    while done < len(data):
        done += os.write(file, bytes(data[done:]) if done else data)
