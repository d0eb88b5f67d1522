from __future__ import annotations

from pathlib import Path

import pytest

from bench.datasets.folder import Folder
from bench.errors import InputError

SEEDS = Path(__file__).parents[2] / ".." / "shared" / "seeds"


def write(folder: Path, **texts: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in texts.items():
        (folder / f"{stem}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def refusal(root: Path, reference: str = "ref", **options: str) -> str:
    """The message of the error that reading must raise before the first example."""
    with pytest.raises(InputError) as caught:
        iter(Folder(root=root, reference=reference, **options))
    return str(caught.value)


@pytest.mark.parametrize("reference", ["ref", "ref.txt"])
def test_flat_folder_is_one_example_named_like_the_folder(tmp_path: Path, reference: str) -> None:
    root = write(tmp_path / "talks", ref="The document.", zeta="Last.", alpha="First.")
    dataset = Folder(root=str(root), reference=reference)
    (example,) = dataset
    assert example.id == "talks"
    assert example.document == "The document."
    assert example.references == ("The document.",)
    assert [(c.example_id, c.system, c.text) for c in example.candidates] == [
        ("talks", "alpha", "First."),
        ("talks", "zeta", "Last."),
    ]
    assert dataset.warnings() == ()


def test_a_relative_root_still_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path / "here", ref="d", a="s"))
    assert [example.id for example in Folder(root=".", reference="ref")] == ["here"]


def test_sub_folders_are_examples_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path / "b", ref="Doc b.", x="x of b")
    write(tmp_path / "a", ref="Doc a.", x="x of a", y="y of a")
    first, second = Folder(root=tmp_path, reference="ref")
    assert (first.id, first.document, len(first.candidates)) == ("a", "Doc a.", 2)
    assert (second.id, second.document, len(second.candidates)) == ("b", "Doc b.", 1)


def test_texts_are_kept_except_for_crlf_and_byte_order_mark(tmp_path: Path) -> None:
    document = "\ufeffOne\r\ntwo\rthree\u2028four\n\n ".encode()
    (example,) = Folder(root=write(tmp_path, ref=document, a="  “naïve” \n"), reference="ref")
    assert example.document == "One\ntwo\rthree\u2028four\n\n "
    assert example.candidates[0].text == "  “naïve” \n"


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    write(tmp_path, ref="d", a="s")
    for name in (".DS_Store", ".hidden.txt", "notes.md"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    dataset = Folder(root=tmp_path, reference="ref")
    (example,) = dataset
    assert [c.system for c in example.candidates] == ["a"]
    (warning,) = dataset.warnings()
    assert str(tmp_path) in warning
    for name in (".DS_Store", ".hidden.txt", "notes.md", ".git"):
        assert name in warning
    list(dataset)
    assert len(dataset.warnings()) == 1, "a second reading must not repeat the first one's warnings"


def test_upper_case_suffix_is_a_text_too(tmp_path: Path) -> None:
    write(tmp_path, ref="d")
    (tmp_path / "a.TXT").write_text("s", encoding="utf-8")
    (example,) = Folder(root=tmp_path, reference="ref")
    assert [c.system for c in example.candidates] == ["a"]
    (tmp_path / "a.txt").write_text("t", encoding="utf-8")
    if len(list(tmp_path.iterdir())) == 3:  # the file system tells upper case from lower
        assert "a.TXT and a.txt would be the same system" in refusal(tmp_path)


def test_empty_candidate_is_an_error_or_let_through(tmp_path: Path) -> None:
    write(tmp_path, ref="d", a=" \n")
    assert f"{tmp_path / 'a.txt'}: the candidate is empty" in (message := refusal(tmp_path))
    assert "dataset.on_empty=undefined" in message
    dataset = Folder(root=tmp_path, reference="ref", on_empty="undefined")
    (example,) = dataset
    assert example.candidates[0].text == " \n"
    assert dataset.warnings() == (), "the run tells all empty candidates, of whatever source, in one line"


def test_wrong_reference_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, reference="d", other="s")
    assert "no reference file referense.txt (dataset.reference). Did you mean 'reference'?" in refusal(
        tmp_path, "referense"
    )
    assert "The folder has other, reference." in refusal(tmp_path, "zzz")


def test_sub_folder_without_the_reference_is_named(tmp_path: Path) -> None:
    write(tmp_path / "one", ref="d", a="s")
    write(tmp_path / "two", a="s")
    assert f"{tmp_path / 'two'}: no reference file ref.txt" in refusal(tmp_path)


def test_files_beside_folders_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ref="d", a="s")
    write(tmp_path / "sub", ref="d", a="s")
    assert "holds both .txt files and sub-folders (sub)" in refusal(tmp_path)


@pytest.mark.parametrize("empty", ["", " \r\n\t"])
def test_empty_reference_is_refused_whatever_on_empty_says(tmp_path: Path, empty: str) -> None:
    write(tmp_path, ref=empty, a="s")
    assert f"{tmp_path / 'ref.txt'}: the reference is empty" in refusal(tmp_path, on_empty="undefined")


def test_other_bad_folders(tmp_path: Path) -> None:
    assert f"{tmp_path / 'none'}: no such folder" in refusal(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert f"{tmp_path / 'empty'}: holds no .txt file" in refusal(tmp_path / "empty")
    write(tmp_path / "alone", ref="d")
    assert "no candidates; only the reference ref.txt" in refusal(tmp_path / "alone")
    assert "is a file" in refusal(tmp_path / "alone" / "ref.txt")
    write(tmp_path / "bytes", ref="d", a="naïve\nca".encode() + b"f\xe9 noir")
    assert f"{tmp_path / 'bytes' / 'a.txt'}, line 2: not UTF-8: byte 0xe9 at byte offset 10" in refusal(
        tmp_path / "bytes"
    )
    write(tmp_path / "link", ref="d")
    (tmp_path / "link" / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert "gone.txt: no such file" in refusal(tmp_path / "link")


def test_bad_options() -> None:
    with pytest.raises(InputError, match=r"dataset\.on_empty is 'skip'"):
        Folder(root=".", reference="a", on_empty="skip")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"dataset\.reference is empty"):
        Folder(root=".", reference=" ")


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real articles are not beside the checkout")
def test_the_real_articles() -> None:
    dataset = Folder(root=SEEDS, reference="004_da9cfcc6f38e46e9")
    (example,) = dataset
    assert example.id == "seeds"
    assert example.document.encode() == (SEEDS / "004_da9cfcc6f38e46e9.txt").read_bytes()
    assert [c.system[:3] for c in example.candidates] == ["000", "001", "002", "003"]
    assert dataset.warnings() == ()
