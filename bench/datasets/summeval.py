"""SummEval as its authors publish it: 1,600 summaries of 100 articles, each judged by experts and turkers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from bench.datasets.judged import Answers
from bench.datasets.lines import Line, read_lines
from bench.errors import InputError
from bench.paths import user_path
from bench.reading import read_text
from bench.types import Candidate, Dataset, Example

Annotators = Literal["experts", "turkers"]
Reference = Literal["given", "original", "document"]
DIMENSIONS = ("coherence", "consistency", "fluency", "relevance")
"""What every annotator answers for every summary, from 1 (worst) to 5."""

_FIELDS = ("id", "model_id", "decoded", "references", "expert_annotations", "turker_annotations", "filepath", "text")
_NAMES = {field: field for field in _FIELDS}


class SummEval(Dataset):
    """Reads ``model_annotations.aligned.paired.jsonl``, or ``….aligned.jsonl`` with ``stories``.

    One summary a line: ``id``, ``model_id`` (the system), ``decoded`` (the summary), ``references`` (the
    original one, then ten by crowd workers), ``expert_annotations`` (three) and ``turker_annotations``
    (five), each ``{"coherence", "consistency", "fluency", "relevance"}``. The aligned form lacks the
    articles; the paired form, made by the authors' ``pair_data.py``, has them as ``text``. ``stories`` is
    the folder that holds the CNN/DailyMail stories, in which each line's ``filepath`` is looked up; a
    story is paired as the authors do: what stands before its first ``@highlight``, as one line.

    A summary's human score is the mean over the ``annotators`` chosen, ``experts`` or ``turkers``; their
    answers are its ``ratings``. Answers of the others are left out, and the lines' other fields go to the
    metadata. ``reference``: ``given`` (all), ``original`` (the first), or ``document``.

    Source: Fabbri et al., SummEval: Re-evaluating Summarization Evaluation, TACL 2021, sections 3 and 4.
    """

    name = "summeval"

    def __init__(
        self,
        *,
        path: str | Path,
        stories: str | Path | None = None,
        annotators: Annotators = "experts",
        reference: Reference = "given",
        on_empty: Literal["error", "undefined"] = "error",
    ) -> None:
        for option, value, choices in (
            ("annotators", annotators, get_args(Annotators)),
            ("reference", reference, get_args(Reference)),
            ("on_empty", on_empty, ("error", "undefined")),
        ):
            if value not in choices:
                raise InputError(f"dataset.{option} is {value!r}; it must be one of {', '.join(choices)}.")
        self._path = user_path(path, "dataset.path")
        self._stories = None if stories is None else user_path(stories, "dataset.stories")
        self._annotations = "expert_annotations" if annotators == "experts" else "turker_annotations"
        self._reference = reference
        self._on_empty = on_empty

    def __iter__(self) -> Iterator[Example]:
        """Every article with its summaries, in the order of its first line; InputError before the first one."""
        examples: dict[str, Example] = {}
        places: dict[tuple[str, ...], str] = {}  # where an id, and an id and system, were first seen
        for line in read_lines(self._path, _NAMES, renaming=False):
            new = self._example(line)
            [candidate] = new.candidates
            if earlier := places.get((new.id, candidate.system)):
                raise InputError(f"{line.place}: duplicate: {earlier} has {candidate.system!r} of {new.id!r} already.")
            places[new.id, candidate.system] = line.place
            known = examples.setdefault(new.id, new)
            there = places.setdefault((new.id,), line.place)
            if known is new:
                continue
            if (known.document, known.references) != (new.document, new.references):
                article = f"the article of {new.id!r} differs from that"
                differs = (
                    article if known.document != new.document else f"the references of {new.id!r} differ from those"
                )
                raise InputError(f"{line.place}: {differs} in {there}.")
            examples[new.id] = replace(known, candidates=(*known.candidates, candidate))
        return iter(examples.values())

    def _example(self, line: Line) -> Example:
        """The article of a line with the line's one summary."""
        id_, system = line.name("id"), line.name("model_id")
        document = self._document(line)
        ratings = {dimension: [self._answers(line, dimension)] for dimension in DIMENSIONS}
        metadata: dict[str, Any] = {
            **{key: value for key, value in line.values.items() if key not in _FIELDS},
            "human": {
                dimension: sum(given) / len(given)
                for dimension, [answers] in ratings.items()
                if (given := [answer for answer in answers if answer is not None])
            },
            "ratings": ratings,
        }
        candidate = Candidate(id_, system, self._summary(line, system), metadata)
        about = {"filepath": line.values["filepath"]} if line.has("filepath") else {}
        return Example(id_, document, self._references(line, document), (candidate,), about)

    def _document(self, line: Line) -> str:
        if line.has("text"):
            return line.text("text")
        if self._stories is None:
            raise InputError(
                f"{line.place}: has no article (field 'text'): SummEval is published without them. Set dataset.stories "
                "to the folder that holds the CNN/DailyMail stories (cnndm/…), or pair the file with its authors' "
                "pair_data.py."
            )
        name = line.text("filepath")
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts:
            raise InputError(f"{line.place}: field 'filepath' must stay inside dataset.stories, not {name!r}.")
        # The folder may be the one above "cnndm", or any one on the way down to the file.
        tries = [self._stories.joinpath(*parts[first:]) for first in range(len(parts))]
        story = next((path for path in tries if path.is_file()), None)
        if story is None:
            raise InputError(f"{line.place}: no story {name} in {self._stories} (dataset.stories).")
        article = read_text(story).partition("@highlight")[0]
        if not (document := " ".join(part for row in article.split("\n") if (part := row.strip()))):
            raise InputError(f"{story}: holds no article before its first @highlight; {line.place} needs it.")
        return document

    def _references(self, line: Line, document: str) -> tuple[str, ...]:
        if self._reference == "document":
            return (document,)
        given = line.get("references")
        if not isinstance(given, list) or not given:
            line.refuse("references", "a list of texts", given)
        if self._reference == "original":
            return (line.filled("references[0]", given[0]),)
        return tuple(line.filled(f"references[{index}]", text) for index, text in enumerate(given))

    def _summary(self, line: Line, system: str) -> str:
        summary = line.get("decoded")
        if isinstance(summary, str) and not summary.strip():
            if self._on_empty == "error":
                raise InputError(
                    f"{line.place}: the summary of {system!r} is empty. Remove it, or set dataset.on_empty=undefined."
                )
            return summary
        return line.text("decoded")

    def _answers(self, line: Line, dimension: str) -> Answers:
        """What each annotator said about the summary."""
        given = line.get(self._annotations)
        if not isinstance(given, list) or not given:
            line.refuse(self._annotations, "a list of annotations", given)
        answers: Answers = []
        for index, annotation in enumerate(given):
            where = f"{self._annotations}[{index}]"
            if not isinstance(annotation, dict):
                line.refuse(where, "an object {dimension: number, ...}", annotation)
            if dimension not in annotation:
                raise InputError(f"{line.place}: missing field '{where}.{dimension}'; null means that it wasn't asked.")
            answer = annotation[dimension]
            if isinstance(answer, bool) or not isinstance(answer, int | float | None):
                line.refuse(f"{where}.{dimension}", "a number or null", answer)
            answers.append(None if answer is None else float(answer))
        return answers
