"""Our sentence splitter on hard cases, beside other packages' where they are installed.

The cases lie in ``tests/fixtures/sentences``: the rules were chosen on one half, the other is held out. A case counts
where every sentence comes out as it should. To compare: ``pip install sentencex nupunkt pysbd``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.text import sentences

CASES = Path(__file__).parents[1] / "tests" / "fixtures" / "sentences"
HALVES = ("chosen", "held_out")
LANGUAGES: Mapping[str, str] = {
    "amharic": "am", "arabic": "ar", "armenian": "hy", "burmese": "my", "chinese": "zh", "dutch": "nl", "french": "fr",
    "german": "de", "greek": "el", "hindi": "hi", "japanese": "ja", "khmer": "km", "russian": "ru", "spanish": "es",
    "thai": "th", "urdu": "ur",
}  # fmt: skip
"""Kinds of cases that are languages; all others are English."""

Splitter = Callable[[str, str], list[str]]
"""From a text and its language's code to its sentences."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the sentences that it has."""

    kind: str
    text: str
    sentences: tuple[str, ...]

    @property
    def language(self) -> str:
        """ISO 639-1 code."""
        return LANGUAGES.get(self.kind, "en")


def cases(half: str) -> Iterator[Case]:
    """The cases of one half; in the file "‖" stands where a sentence ends and "⏎" for a line break."""
    for line in (CASES / f"{half}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, _, marked = line.replace("⏎", "\n").partition(": ")
            yield Case(kind, marked.replace("‖", ""), tuple(part.strip() for part in marked.split("‖")))


def right(splitter: Splitter, case: Case) -> bool:
    """Whether all sentences are as they should be, white space around them aside."""
    found = (sentence.strip() for sentence in splitter(case.text, case.language))
    return tuple(filter(None, found)) == case.sentences


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Ours, and those of the packages that are installed."""
    yield "sumbench", lambda text, _: sentences(text)
    for package in ("sentencex", "nupunkt", "pysbd"):
        try:
            module = importlib.import_module(package)
            yield f"{package} {version(package)}", _splitter(package, module)
        except (ImportError, PackageNotFoundError):
            print(f"{package} is not installed: left out")


def _splitter(package: str, module: Any) -> Splitter:
    if package == "sentencex":
        return lambda text, language: list(module.segment(language, text))
    if package == "nupunkt":
        return lambda text, _: list(module.sent_tokenize(text))
    known = module.languages.LANGUAGE_CODES
    return lambda text, code: list(
        module.Segmenter(language=code if code in known else "en", clean=False).segment(text)
    )


def main() -> None:
    """Print the table."""
    print(
        "| splitter | " + " | ".join(f"{half.replace('_', ' ')}: English | other languages" for half in HALVES) + " |"
    )
    print("| --- |" + " ---: |" * 2 * len(HALVES))
    for name, splitter in splitters():
        cells = []
        for half in HALVES:
            for english in (True, False):
                inside = [case for case in cases(half) if (case.language == "en") == english]
                cells.append(f"{sum(right(splitter, case) for case in inside)} of {len(inside)}")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
