from __future__ import annotations

from pathlib import Path

import pytest

from bench.errors import InputError
from bench.models import spacy_pipeline
from bench.models.spacy_pipeline import SpacyPipeline, load
from bench.models.syntax import parse_sentence

TEXT = "Maria Keller flew from Oslo to the United Nations in Geneva on Monday.\n\nShe met Tomás Ortega there."


def test_offsets_are_the_texts() -> None:
    parsed = load().parse(TEXT)
    assert [TEXT[t.start : t.end] for t in parsed.tokens][:4] == ["Maria", "Keller", "flew", "from"]
    assert "".join(TEXT[t.start : t.end] for t in parsed.tokens) == "".join(TEXT.split())
    found = {(TEXT[e.start : e.end], e.label) for e in parsed.entities}
    assert {("Maria Keller", "PERSON"), ("Oslo", "GPE"), ("Monday", "DATE")} <= found


def test_same_as_spacy_itself() -> None:
    spacy = pytest.importorskip("spacy")
    doc = spacy.load(spacy_pipeline.DEFAULT)(TEXT)
    parsed = load().parse(TEXT)
    assert [(e.start, e.end, e.label) for e in parsed.entities] == [
        (e.start_char, e.end_char, e.label_) for e in doc.ents
    ]
    assert [t.tag for t in parsed.tokens] == [t.tag_ for t in doc if not t.is_space]


def test_loaded_once_for_names_and_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    import spacy

    loads: list[str] = []
    real = spacy.load
    monkeypatch.setattr(spacy, "load", lambda name, **options: loads.append(name) or real(name, **options))
    load.cache_clear()
    load().parse(TEXT)
    assert parse_sentence("Maria Keller flew.")[-1].text == "."
    assert load() is load()
    assert loads == [spacy_pipeline.DEFAULT]


def test_long_texts_are_parsed_in_pieces_with_right_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    import spacy

    monkeypatch.setattr(spacy_pipeline, "_CHUNK", 60)
    text = "\n".join(f"Paragraph {number} tells of a long journey." for number in range(20)) + "x" * 150
    parsed = SpacyPipeline(spacy.blank("en"), "blank").parse(text)
    assert "".join(text[t.start : t.end] for t in parsed.tokens) == "".join(text.split())


def test_the_name_carries_the_version() -> None:
    assert load().name.startswith("en_core_web_sm")
    assert "-3.8.0" in load().name


@pytest.mark.parametrize("name", ["no_such_pipeline_anywhere", "/nowhere/at/all", ""])
def test_a_missing_pipeline_says_what_to_install(name: str) -> None:
    with pytest.raises(InputError, match="pip install"):
        load(name)


def test_a_folder_works_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(InputError, match="no tagger and no ner"):
        load(str(tmp_path / "blank"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="pip install"):
        load(str(tmp_path / "empty"))
    spacy.load(spacy_pipeline.DEFAULT).to_disk(tmp_path / "real")
    assert load(str(tmp_path / "real")).parse(TEXT) == load().parse(TEXT)


def test_empty_text() -> None:
    assert load().parse("").tokens == ()
    assert load().parse(" \n\t ").entities == ()


def test_a_package_that_is_no_pipeline_is_refused_without_importing_it(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "innocent").mkdir()
    (tmp_path / "innocent" / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InputError, match="innocent"):
        load("innocent")
    assert not (tmp_path / "ran").exists()
