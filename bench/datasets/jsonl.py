"""JSON Lines: one object a line, either an example with all its summaries or one candidate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bench.datasets.judged import NUMBERED, read_humans, read_ratings
from bench.datasets.lines import Line, find_files, read_lines
from bench.datasets.reading import listing, nearest, newlines
from bench.errors import InputError
from bench.types import Candidate, Dataset, Example

_FIELDS = ("id", "document", "date", "references", "summaries", "system", "summary", "text", "human", "ratings")

_SOURCES = ("id", "document", "date", "references")


class Jsonl(Dataset):
    r"""Reads one file, a list of files, or glob patterns; ``.gz`` files are unzipped.

    Two forms, told apart by the first line:

    - an example with its summaries:
      ``{"id", "document", "references": [text, ...], "summaries": {system: summary, ...}}``;
    - one candidate: ``{"id", "document", "references", "system", "summary", "human", "ratings"}``. Lines of the same
      id may stand anywhere and must agree on document and references.

    A summary is a text or an object ``{"text", "human": {dimension: number}, "ratings": {dimension: answers},
    ...}``; everything but the text goes to ``Candidate.metadata``. A human score of ``null`` was not given and
    is left out. The answers behind a score are a list, one an annotator, or a list of such lists, one a
    sentence; a ``null`` answer was not asked for. Other fields of a line go to the metadata of what the line
    describes: the example, or the candidate. A single reference may stand without its list. ``date`` is the
    document's (``2024-05-16``, a time may follow), from which checks count “yesterday”; lines of one id must
    agree on it.

    ``fields`` says what a field is called in the file (``{"document": "article"}``).
    ``reference``: ``given``, or ``document`` for the document as the only reference.
    ``numbered``: the names of a document's summaries only number them (``s00``, ``s01``; ``system`` may be left
    out of a line): no systems wrote them. Each becomes an example of its own, by one system, ``summaries``.
    ``on_empty``: ``error``, or ``undefined`` to let empty candidates through; their scores are undefined
    (or 0 with a metric's ``empty: zero``).

    Of several files, each example's metadata says which ``file`` it is from (its name without .jsonl).

    All files are read and checked before the first example comes out. Texts are kept as they are, except
    that ``\r\n`` becomes ``\n``. Blank lines are skipped.
    """

    name = "jsonl"

    def __init__(
        self,
        *,
        path: str | Path | Sequence[str | Path],
        fields: Mapping[str, str] | None = None,
        reference: Literal["given", "document"] = "given",
        numbered: bool = False,
        on_empty: Literal["error", "undefined"] = "error",
    ) -> None:
        if reference not in ("given", "document"):
            raise InputError(f"dataset.reference is {reference!r}; for jsonl it must be 'given' or 'document'.")
        if on_empty not in ("error", "undefined"):
            raise InputError(f"dataset.on_empty is {on_empty!r}; it must be 'error' or 'undefined'.")
        for key in fields or {}:
            if key not in _FIELDS:
                hint = nearest(key, _FIELDS) or f" It must be one of {listing(_FIELDS, most=len(_FIELDS))}."
                raise InputError(f"dataset.fields: unknown field {key!r}.{hint}")
        self._patterns = [path] if isinstance(path, str | Path) else list(path)
        self._names = {field: (fields or {}).get(field) or field for field in _FIELDS}
        self._reference = reference
        self._numbered = numbered
        self._on_empty = on_empty
        self._warnings: list[str] = []

    def __iter__(self) -> Iterator[Example]:
        """Every example, in the order of its first line; raises InputError before the first one."""
        self._warnings = []
        examples: dict[str, Example] = {}
        places: dict[tuple[str, ...], str] = {}  # where an id, and an id and system, were first seen
        first: Line | None = None
        many = False
        files = find_files(self._patterns)
        for path in files:
            label = {"file": path.name.removesuffix(".gz").removesuffix(".jsonl")} if len(files) > 1 else {}
            for line in read_lines(path, self._names):
                if first is None:
                    first, many = line, _holds_summaries(line)
                why = f" ({first.place} made this the form with {'all summaries' if many else 'one candidate'} a line.)"
                new = (
                    self._example_with_summaries(line, why)
                    if many
                    else self._example_with_candidate(line, why, examples)
                )
                new = replace(new, metadata={**label, **new.metadata})
                if known := examples.get(new.id):
                    if many:
                        raise InputError(f"{line.place}: duplicate id {new.id!r}; {places[new.id,]} has it already.")
                    new = self._join(known, new, line, places)
                examples[new.id] = new
                places.setdefault((new.id,), line.place)
                places[new.id, new.candidates[-1].system] = line.place
        if self._numbered:
            return (each for example in examples.values() for each in one_by_one(example))
        if why := _why_numbered([*examples.values()]):
            self._warnings.append(why)
        return iter(examples.values())

    def warnings(self) -> Sequence[str]:
        """What the last iteration let through."""
        return tuple(self._warnings)

    def _example_with_summaries(self, line: Line, why: str) -> Example:
        where = self._names["summaries"]
        summaries = line.get("summaries", why)
        for field in ("system", "summary"):
            if line.has(field):
                raise InputError(
                    f"{line.place}: has both {where!r} and {self._names[field]!r}; give all summaries of an "
                    "example, or one candidate a line."
                )
        id_ = line.name("id")
        document, references = self._sources(line, id_)
        if not isinstance(summaries, dict):
            line.refuse(where, "an object {system: summary, ...}", summaries)
        if not summaries:
            raise InputError(f"{line.place}: field {where!r} holds no candidates; remove the line or fill it.")
        if not all(system.strip() for system in summaries):
            raise InputError(f"{line.place}: field {where!r} holds a system without a name.")
        candidates = tuple(
            self._candidate(line, id_, system, f"{where}.{system}", summary) for system, summary in summaries.items()
        )
        return Example(id_, document, references, candidates, self._date(line) | self._others(line))

    def _example_with_candidate(self, line: Line, why: str, known: Mapping[str, Example]) -> Example:
        id_ = line.name("id")
        if self._numbered and not line.has("system"):
            system = str(1 + (len(known[id_].candidates) if id_ in known else 0))
        else:
            system = line.name("system", why)
        document, references = self._sources(line, id_)
        candidate = self._candidate(line, id_, system, self._names["summary"], line.get("summary", why))
        others = self._others(line)
        others |= self._judgements(line, "", others)
        if twice := sorted(others.keys() & candidate.metadata.keys()):
            raise InputError(f"{line.place}: {twice[0]!r} is given both in the line and in its summary; keep one.")
        candidate = replace(candidate, metadata={**others, **candidate.metadata})
        return Example(id_, document, references, (candidate,), self._date(line))

    def _sources(self, line: Line, id_: str) -> tuple[str, tuple[str, ...]]:
        """Document and references of a line."""
        document = line.text("document", f" Without its document, no candidate of {id_!r} can be checked.")
        if self._reference == "document":
            return document, (document,)
        where = self._names["references"]
        hint = "To score against the document itself, set dataset.reference=document."
        given = line.get("references", f" {hint}")
        if given is None or given == []:
            raise InputError(f"{line.place}: field {where!r} holds no reference. {hint}")
        if isinstance(given, str):
            return document, (line.filled(where, given),)
        if not isinstance(given, list):
            line.refuse(where, "a list of texts", given)
        return document, tuple(line.filled(f"{where}[{index}]", text) for index, text in enumerate(given))

    def _candidate(self, line: Line, id_: str, system: str, where: str, summary: Any) -> Candidate:
        """The candidate of a summary, which is a text or an object with a text."""
        metadata: dict[str, Any] = {}
        if isinstance(summary, dict):
            text_name = self._names["text"]
            if text_name not in summary:
                hint = nearest(text_name, summary)
                raise InputError(f"{line.place}: missing field '{where}.{text_name}'.{hint}")
            metadata = {key: value for key, value in summary.items() if key != text_name}
            metadata |= self._judgements(line, f"{where}.", metadata)
            where, summary = f"{where}.{text_name}", summary[text_name]
        if self._on_empty == "undefined" and isinstance(summary, str) and not summary.strip():
            return Candidate(id_, system, newlines(summary), metadata)
        if isinstance(summary, str) and not summary.strip():
            raise InputError(
                f"{line.place}: field {where!r}: the candidate of {system!r} is empty. Remove it, or set "
                "dataset.on_empty=undefined."
            )
        if not isinstance(summary, str):
            line.refuse(where, "a text or an object with a text", summary)
        return Candidate(id_, system, newlines(summary), metadata)

    def _judgements(self, line: Line, where: str, values: dict[str, Any]) -> dict[str, Any]:
        """The human scores and single answers among the values, taken out of them and checked."""
        readers = {"human": read_humans, "ratings": read_ratings}
        return {
            field: read(line, where + name, values.pop(name))
            for field, read in readers.items()
            if (name := self._names[field]) in values
        }

    def _date(self, line: Line) -> dict[str, Any]:
        """The document's date as the example's metadata; a line of another spelling is warned of."""
        given = line.values.get(self._names["date"])
        if given is None:
            return {}
        if not (isinstance(given, str) and _is_iso(given)):
            shown = json.dumps(given, ensure_ascii=False)
            self._warnings.append(f"{line.place}: the date {shown} isn't like 2024-05-16: no check can count from it.")
        return {"date": given}

    def _others(self, line: Line) -> dict[str, Any]:
        """The fields of a line that we have no use for."""
        used = {self._names[field] for field in (*_SOURCES, "summaries", "system", "summary")}
        return {key: value for key, value in line.values.items() if key not in used}

    def _join(self, known: Example, new: Example, line: Line, places: Mapping[tuple[str, ...], str]) -> Example:
        """The known example with the new one's candidate."""
        there, system = places[new.id,], new.candidates[0].system
        if earlier := places.get((new.id, system)):
            raise InputError(f"{line.place}: duplicate: {earlier} has id {new.id!r} and system {system!r} already.")
        for field in ("document", "references", "date"):
            ours, theirs = (getattr(each, field, each.metadata.get(field)) for each in (known, new))
            if ours != theirs:
                raise InputError(
                    f"{line.place}: field {self._names[field]!r} differs from that of {there}, which has the same id "
                    f"{new.id!r}. Lines of one id must agree on it; otherwise give them different ids."
                )
        return replace(known, candidates=known.candidates + new.candidates)


def one_by_one(example: Example) -> Iterator[Example]:
    """A document's numbered summaries, each as an example of its own; a sole one keeps the document's id."""
    for candidate in example.candidates:
        id_ = f"{example.id}/{candidate.system}" if len(example.candidates) > 1 else example.id
        yield replace(example, id=id_, candidates=(replace(candidate, example_id=id_, system=NUMBERED),))


def _why_numbered(examples: Sequence[Example]) -> str:
    """A warning where systems look as if they only numbered each document's summaries; empty otherwise.

    They do where all are called alike but for a number, and documents have different ones.
    """
    there = [{candidate.system for candidate in example.candidates} for example in examples]
    names = sorted(set().union(*there))
    if len({name.rstrip(_DIGITS) for name in names}) != 1 or any(name[-1] not in _DIGITS for name in names):
        return ""
    if all(mine == there[0] for mine in there):
        return ""
    return (
        f"the summaries are called {listing(names, most=2)}, and not every document has all of them: if these are no "
        "systems and only number a document's summaries, set dataset.numbered=true"
    )


_DIGITS = "0123456789"


def _is_iso(text: str) -> bool:
    """Whether a text begins with a day of the calendar as ISO 8601 writes it.

    >>> _is_iso("2024-05-16T09:30"), _is_iso("16 May 2024"), _is_iso("2024-02-30")
    (True, False, False)
    """
    try:
        date.fromisoformat(text.strip()[:10])
    except ValueError:
        return False
    return True


def _holds_summaries(first: Line) -> bool:
    """Whether the lines hold all summaries of an example (True) or one candidate (False), judged by the first."""
    if first.has("summaries"):
        return True
    if first.has("summary") or first.has("system"):
        return False
    many, one, system = (first.names[field] for field in ("summaries", "summary", "system"))
    hint = nearest(many, first.values) or nearest(one, first.values)
    raise InputError(
        f"{first.place}: no candidates: missing field {many!r}, or {system!r} and {one!r}.{hint} If the file calls "
        "them something else, set dataset.fields."
    )
