"""The files of English compile, say what they mean, and have a hash that follows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.claims.framing import FRAMING
from bench.language import lexicon
from bench.language.lexicon import lexicon_hash, patterns


@pytest.fixture
def english(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(lexicon, "_FILES", tmp_path)
    patterns.cache_clear()
    lexicon_hash.cache_clear()
    yield tmp_path
    patterns.cache_clear()
    lexicon_hash.cache_clear()


def test_sections_parts_and_comments(english: Path) -> None:
    (english / "greetings.txt").write_text(
        "# a comment\n"
        "[parts]\nwho = (?:<man>|Ada)\nman = Bo\n\n[hello, whole]\nhello <who>\nhi\n\n[bye, opening]\nbye, \n"
    )
    found = patterns("greetings")
    assert set(found) == {"whole", "opening"}
    assert [bool(found["whole"]["hello"].fullmatch(text)) for text in ("hello Bo", "hello Ada", "hi", "hello")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert found["opening"]["bye"].match("bye, Ada").end() == len("bye, ")


def test_a_part_that_is_not_there_is_an_error(english: Path) -> None:
    (english / "greetings.txt").write_text("[hello, whole]\nhello <whom>\n")
    with pytest.raises(KeyError):
        patterns("greetings")


def test_the_hash_follows_every_file(english: Path) -> None:
    hashes = [lexicon_hash()]
    for name, words in [("a.txt", "x"), ("a.txt", "y"), ("b.txt", "y")]:
        (english / name).write_text(words)
        lexicon_hash.cache_clear()
        hashes.append(lexicon_hash())
    assert len(set(hashes)) == 4
    (english / "notes.md").write_text("not English")
    lexicon_hash.cache_clear()
    assert lexicon_hash() == hashes[-1]


def test_words_and_tables(english: Path) -> None:
    (english / "small.txt").write_text("# of our own\none two\n\nthree two\n")
    assert lexicon.word_list("small") == {"one", "two", "three"}
    assert lexicon.word_table("small") == {"one": "two", "three": "two"}


def test_the_kinds_of_framing_are_the_files() -> None:
    assert {kind for kinds in patterns("framing").values() for kind in kinds} == FRAMING
    assert not FRAMING & {kind for kinds in patterns("boilerplate").values() for kind in kinds}
