"""The disk: whole files or none, what killed processes left is gone, one writer at a time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import files, record
from bench.errors import InputError


def crash(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "disk full")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("step", ["lines", "write", "fsync", "replace"])
def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.write_atomically(path, ["old\n"])

    def lines() -> Iterator[str]:
        yield "new\n"
        if step == "lines":
            crash()

    with monkeypatch.context() as patch:
        if step != "lines":
            patch.setattr(os, step, crash)
        with pytest.raises(OSError, match="disk full"):
            files.write_atomically(path, lines())
    assert path.read_text() == "old\n"
    assert names(tmp_path) == ["file"]
    files.write_atomically(path, ["new\n"])
    assert path.read_text() == "new\n"


def test_bytes_and_digest_are_those_of_the_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_BLOCK", 5)
    lines = ["a\n", "é“x”\n", "", "b" * 20 + "\n", record.line({"text": "a\ud800b"}) + "\n"]
    digest = files.write_atomically(tmp_path / "x", lines)
    written = (tmp_path / "x").read_bytes()
    assert written == "".join(lines).encode()
    assert json.loads(written.splitlines()[-1]) == {"text": "a\ud800b"}
    assert digest == files.digest_of(tmp_path / "x") == hashlib.sha256(written).hexdigest()


def test_what_the_disk_takes_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
    files.write_atomically(tmp_path / "x", ["0123456789\n"])
    assert (tmp_path / "x").read_text() == "0123456789\n"


def test_a_name_as_long_as_a_folder_can_hold(tmp_path: Path) -> None:
    files.write_atomically(tmp_path / ("x" * 255), ["a"])
    assert (tmp_path / ("x" * 255)).read_text() == "a"


KILLED = """
import os, sys
from pathlib import Path
from bench import files
def lines():
    yield "half"
    print("there", flush=True)
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), 9)
    sys.stdin.read()
files.write_atomically(Path(sys.argv[1]), lines())
"""


def test_leftovers_of_killed_processes_go_and_no_others(tmp_path: Path) -> None:
    """In a folder that is committed: ``git add`` would take them."""
    (tmp_path / ".sumbench-mine.tmp").write_text("a file of the user's")
    (tmp_path / ".main.json.123.tmp").write_text("likewise")
    command = [sys.executable, "-c", KILLED, str(tmp_path / "main.json")]
    assert subprocess.run([*command, "kill"], stdout=subprocess.PIPE).returncode == -9
    with subprocess.Popen([*command, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as alive:
        assert alive.stdout is not None
        assert alive.stdin is not None
        assert alive.stdout.readline() == b"there\n"
        assert len(names(tmp_path)) == 3, "the second one has removed what the first one left"
        files.write_atomically(tmp_path / "other.json", ["x"])
        assert len(names(tmp_path)) == 4, "what is being written stays"
        alive.stdin.close()
        assert alive.wait() == 0
    assert names(tmp_path) == [".main.json.123.tmp", ".sumbench-mine.tmp", "main.json", "other.json"]
    assert (tmp_path / "main.json").read_text() == "half"


def test_create_never_replaces(tmp_path: Path) -> None:
    files.create(tmp_path / "x", ["mine"])
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "x", ["another"])
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "link", ["another"])
    assert (tmp_path / "x").read_text() == "mine"
    assert names(tmp_path) == ["link", "x"]


def test_create_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    files.create(tmp_path / "x", ["mine"])
    with pytest.raises(FileExistsError):
        files.create(tmp_path / "x", ["another"])
    assert (tmp_path / "x").read_text() == "mine"
    assert names(tmp_path) == ["x"]


def test_folders_are_synced_after_each_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rename, a new name, a removal and a new folder last only when the folder that holds the name is synced."""
    done: list[str] = []
    fsync, replace, unlink, link, mkdir = os.fsync, os.replace, os.unlink, os.link, os.mkdir

    def spy(name: str, call: Any) -> Any:
        def spied(*arguments: Any, **options: Any) -> Any:
            done.append(name)
            return call(*arguments, **options)

        return spied

    def synced(handle: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{handle}').readlink().name[:9]}")
        fsync(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc here")
    monkeypatch.setattr(os, "fsync", synced)
    for name, call in (("replace", replace), ("unlink", unlink), ("link", link), ("mkdir", mkdir)):
        monkeypatch.setattr(os, name, spy(name, call))
    folder = tmp_path / "a" / "b"
    files.make_folder(folder)
    assert done == ["mkdir", "mkdir", "mkdir", f"sync {tmp_path.name[:9]}", "sync a"]
    done.clear()
    files.write_atomically(folder / "x", ["x"])
    assert done == ["sync .sumbench", "replace", "unlink", "sync b"]
    done.clear()
    files.create(folder / "y", ["y"])
    assert done == ["sync .sumbench", "link", "unlink", "sync b"]
    done.clear()
    files.remove(folder / "x")
    assert done == ["unlink", "sync b"]


def test_only_one(tmp_path: Path) -> None:
    with (
        files.only_one(tmp_path / "lock", "busy"),
        pytest.raises(InputError, match="busy"),
        files.only_one(tmp_path / "lock", "busy"),
    ):
        pass
    with files.only_one(tmp_path / "lock", "busy"):
        pass


def test_what_the_disk_refuses_is_one_line() -> None:
    with pytest.raises(InputError, match=r"^here: No space left on device$"), files.told("here"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_nothing_else_in_the_package_writes_files() -> None:
    """One way to write: every other place would have to think of all this again."""

    writes = re.compile(
        r"\.write_(text|bytes)\(|\bopen\([^)]*[\"'][rb]*[wax+]|os\.(replace|rename|truncate)\b|shutil|mkstemp"
    )
    found = {
        f"{path.name}:{number}"
        for path in Path(files.__file__).parent.rglob("*.py")
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if writes.search(text) and path.name != "files.py"
    }
    assert found == set()
