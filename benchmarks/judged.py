"""The sets of judged summaries that benchmarks read, each with what people call consistent in it.

SummEval and QAGS-CNN are read in their even half (by SHA-256 of the document): the odd one is for reporting.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench
from bench.api import Run
from bench.meta.scoretable import half
from bench.text import words

JUDGEMENTS = Path(__file__).parents[2] / "shared" / "judgements"


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One file of judgements, and what makes a summary in it consistent."""

    name: str
    file: str
    """Its name without ``.jsonl``."""
    dimension: str
    consistent: float
    """The judgement from which a summary is consistent."""
    halved: bool = False
    """Whether only its even half is for choosing."""
    edited: bool = False
    """Whether its summaries have a word or two changed; else they stand as systems wrote them."""
    fits: bool = True
    """Whether what ships may be fitted to it."""

    def lines(self, folder: Path = JUDGEMENTS, part: str | None = None) -> list[dict[str, Any]]:
        """Its documents with their summaries; of a part (``even``, ``odd``) alone, or of the one for choosing."""
        part = part or ("even" if self.halved else None)
        text = (folder / f"{self.file}.jsonl").read_text(encoding="utf-8")
        return [line for line in map(json.loads, text.splitlines()) if part in (None, half(line["document"]))]

    def right(self, summary: dict[str, Any]) -> bool:
        """Whether people call it consistent."""
        return bool(summary["human"][self.dimension] >= self.consistent)


SETS = (
    JudgedSet("earnings calls, edited", "summedits_ectsum", "consistent", 1, edited=True),
    JudgedSet("meetings, edited", "summedits_qmsumm", "consistent", 1, edited=True),
    JudgedSet("sales mails, edited", "summedits_sales_email", "consistent", 1, edited=True),
    JudgedSet("chats, edited", "summedits_samsum", "consistent", 1, edited=True),
    JudgedSet("chats, systems", "dialsummeval_even", "consistency", 4, fits=False),
    JudgedSet("news, systems (SummEval)", "summeval", "consistency", 5, halved=True),
    JudgedSet("news, systems (QAGS-CNN)", "qags_cnn", "fact", 1, halved=True),
)


def missing(folder: Path) -> list[str]:
    """The files that a folder of judgements lacks."""
    return [f"{one.file}.jsonl" for one in SETS if not (folder / f"{one.file}.jsonl").is_file()]


def scored(lines: Sequence[dict[str, Any]], run_dir: Path, *settings: str) -> Run:
    """A run of the checks over these documents' summaries; one that is there already is used."""
    if not (run_dir / "run.json").exists():
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            data = ("dataset=jsonl", f"dataset.path={file.name}", "dataset.reference=document", "metrics=[]")
            bench.run(*data, "systems=[candidates]", *settings, f"run_dir={run_dir}")
    return bench.load(run_dir)


def summaries(lines: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """(document's line, system, summary)."""
    for line in lines:
        for system, summary in line["summaries"].items():
            yield line, system, summary


def copied(document: str, summary: str) -> float:
    """The share (0 to 1) of the summary's word trigrams that the document has; NaN of one without any."""
    mine, theirs = (_trigrams(text) for text in (summary, document))
    known = set(theirs)
    return sum(gram in known for gram in mine) / len(mine) if mine else float("nan")


def _trigrams(text: str) -> list[tuple[str, str, str]]:
    found = words(text)
    return list(zip(found, found[1:], found[2:], strict=False))
