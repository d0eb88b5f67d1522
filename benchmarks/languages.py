"""How often English texts are taken for another language, and others for English.

    python benchmarks/languages.py [FOLDER ...]

Reads every document, summary, reference and claim of the folders' ``.jsonl`` files (all English; by default
``../shared/judgements`` and ``../shared/training``), and the sentences of ``tests/fixtures/languages.json``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.models.languages import foreign_language

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_DOCUMENTS, _OTHERS = ("document", "article"), ("references", "claim", "summaries", "summary_sentences")


def strings(value: object) -> Iterator[str]:
    """The texts inside a value: itself, or those of its items; of a mapping, its summary's text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        own = value.get("text", value.get("sentence"))
        yield from strings(own if own is not None else list(value.values()))


def texts(path: Path, fields: tuple[str, ...]) -> list[str]:
    """The different texts in these fields of a file, in order."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return sorted({text for line in lines for field in fields for text in strings(line.get(field))})


def main() -> None:
    """Print a table of the English texts, and a line on the others."""
    folders = [Path(folder) for folder in sys.argv[1:]] or [SHARED / "judgements", SHARED / "training"]
    print("| English texts | documents | taken for others | summaries, claims | taken for others | ms a text |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    foreign_language("The model is loaded before the clock starts.")
    for path in sorted(path for folder in folders for path in folder.glob("*.jsonl")):
        cells, start, number = [], time.process_time(), 0
        for fields in (_DOCUMENTS, _OTHERS):
            found = texts(path, fields)
            number += len(found)
            cells += [len(found), sum(foreign_language(text) is not None for text in found)]
        seconds = time.process_time() - start
        print(f"| {path.stem} | {' | '.join(map(str, cells))} | {1000 * seconds / max(1, number):.1f} |", flush=True)
    others = json.loads((ROOT / "tests" / "fixtures" / "languages.json").read_text(encoding="utf-8"))
    told = [foreign_language(text) == language for language, texts in others.items() for text in texts]
    print(f"\n{sum(told)} of {len(told)} sentences in {len(others)} other languages are told by name")


if __name__ == "__main__":
    main()
