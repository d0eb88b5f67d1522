from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bench.errors import InputError
from bench.reading import read_text


def test_plain_and_zipped_give_the_same_text(tmp_path: Path) -> None:
    data = "\ufeffnaïve\r\n\ufeff二\u2028".encode()
    (tmp_path / "a.txt").write_bytes(data)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(data))
    assert read_text(tmp_path / "a.txt") == read_text(tmp_path / "a.txt.gz") == "naïve\r\n\ufeff二\u2028"


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"text" * 100, mtime=0)[:-5], b"no" + gzip.compress(b"text", mtime=0), b"text"],
    ids=["cut", "foreign bytes first", "not gzip"],
)
def test_damaged_gzip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(InputError, match=r"a\.gz: not a whole gzip file"):
        read_text(tmp_path / "a.gz")


def test_flipped_bytes_inside_gzip(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(bytes(range(256)) * 4))
    for position in range(12, len(data) - 8, 7):
        data[position] ^= 0xFF
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(InputError, match="not a whole gzip file"):
        read_text(tmp_path / "a.gz")


def test_missing_file_names_the_nearest_or_the_missing_folder(tmp_path: Path) -> None:
    (tmp_path / "summaries.jsonl").touch()
    with pytest.raises(InputError, match=r"summary\.jsonl: no such file\. Did you mean 'summaries\.jsonl'\?"):
        read_text(tmp_path / "summary.jsonl")
    with pytest.raises(InputError, match=r"The folder .*none doesn't exist"):
        read_text(tmp_path / "none" / "a.jsonl")


def test_folder_instead_of_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_text(tmp_path)
