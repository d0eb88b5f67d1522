"""Other languages are told by name, English never is one: nor are names, chats, headlines and lower-case tokens."""

from __future__ import annotations

import json
import lzma
from io import BytesIO
from pathlib import Path

import numpy as np
import py3langid
import pytest

from bench.language.lexicon import word_table
from bench.models import languages
from bench.models.languages import foreign_language, identifier_name

FOREIGN: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "languages.json").read_text(encoding="utf-8")
)
SHARED = Path(__file__).parents[2] / ".." / "shared"

ENGLISH = [
    "Storm hits coast",
    "Hendrik van der Meulen was baptised in Leeuwarden.",
    "Virtus Salernum F.C. trains beside the Stadio Miramare in Rimini.",
    "Kylian Mbappé, Antoine Griezmann, Ousmane Dembélé and Kingsley Coman scored.",
    "Mia: hey, how r u?\nBen: gr8 thx lol, brb\nMia: kk cu l8r xoxo",
    "the mayor ines palgrave opened the bridge on monday . 300 people came .",
    "-LRB- cnn -RRB- dortmund v bayern : lewandowski , müller , götze",
    "| Item | 2022 | 2023 |\n|---|---|---|\n| Revenue | 40 million euros | 52 million euros |",
    "612.4 m, 0.45, 0.38, 7 %, 12/05/2024, 2001 -- 07",
    "The Académie française met in Paris; the Conseil d'État and the Cour des comptes did not.",
    "He said “Ich bin ein Berliner” and left the city hall on Monday.",
    "",
]


@pytest.mark.parametrize("language", FOREIGN)
def test_sentences_of_other_languages_are_told(language: str) -> None:
    assert {foreign_language(text) for text in FOREIGN[language]} == {language}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_not_another_language(text: str) -> None:
    assert foreign_language(text) is None


def test_few_letters_are_no_language() -> None:
    assert foreign_language("Trois élus ont voté contre.") is None


def test_text_that_no_encoding_holds_is_read() -> None:
    assert foreign_language("\ud800 Trois élus ont voté contre le projet en raison de son coût.") == "French"


def test_the_model_holds_arrays_and_no_pickles() -> None:
    [path] = (Path(py3langid.__file__).parent / "data").iterdir()
    with lzma.open(path) as packed, np.load(BytesIO(packed.read()), allow_pickle=False) as model:
        assert all(not model[name].dtype.hasobject for name in model.files)
        codes = set(model["classes"].tolist())
    assert set(word_table("languages")) <= codes
    assert {*languages._ENGLISH, languages._NO_LANGUAGE} <= codes


def test_its_name_is_recorded() -> None:
    assert identifier_name() == "py3langid-0.4.0"


def texts(name: str) -> set[str]:
    found = set()
    for line in (SHARED / "judgements" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        example = json.loads(line)
        found |= {example["document"], *(one["text"] for one in example["summaries"].values())}
    return found


@pytest.mark.parametrize("name", ["qags_cnn", "dialsummeval_even", "summedits_samsum", "summedits_ectsum"])
def test_no_false_alarm_in_published_texts(name: str) -> None:
    if not (SHARED / "judgements" / f"{name}.jsonl").is_file():
        pytest.skip("the judgements are not here")
    assert [text for text in texts(name) if foreign_language(text)] == []
