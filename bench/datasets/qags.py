"""QAGS as its authors publish it: every sentence of a summary judged by three crowd workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.datasets.judged import Answers
from bench.datasets.lines import Line, read_lines
from bench.errors import InputError
from bench.paths import user_path
from bench.types import Candidate, Dataset, Example

DIMENSION = "factual"
_NAMES = {field: field for field in ("article", "summary_sentences")}
_ANSWERS = {"yes": 1.0, "no": 0.0}


class Qags(Dataset):
    """Reads ``mturk_cnndm.jsonl`` or ``mturk_xsum.jsonl``: one article and its summary a line.

    A line is ``{"article", "summary_sentences": [{"sentence", "responses": [{"worker_id", "response"}]}]}``;
    a response is ``yes`` (the article supports the sentence) or ``no``. The summary is its sentences, joined
    by one space. Its human score ``factual`` is the share of sentences for which more than half of the
    answers are yes (0 to 1); its ratings are one unit a sentence, 1 for yes, in the order of the file.
    A summary with a tied sentence has no majority there, so no score, and ``warnings()`` says so.

    The article is document and only reference. An example's id is its line's number, counted from 0;
    the authors don't name the system: ``system`` does.

    Source: Wang, Cho and Lewis, Asking and Answering Questions to Evaluate the Factual Consistency of
    Summaries, ACL 2020, section 4.
    """

    name = "qags"

    def __init__(self, *, path: str | Path, system: str = "system") -> None:
        if not str(system).strip():
            raise InputError("dataset.system is empty; give the system that wrote the summaries a name.")
        self._path = user_path(path, "dataset.path")
        self._system = str(system)
        self._warnings: list[str] = []

    def __iter__(self) -> Iterator[Example]:
        """Every article with its one summary; raises InputError before the first one."""
        self._warnings = []
        lines = read_lines(self._path, _NAMES, renaming=False)
        return iter([self._example(str(index), line) for index, line in enumerate(lines)])

    def warnings(self) -> Sequence[str]:
        """What the last iteration could not score."""
        return tuple(self._warnings)

    def _example(self, id_: str, line: Line) -> Example:
        document = line.text("article")
        given = line.get("summary_sentences")
        if not isinstance(given, list) or not given:
            line.refuse("summary_sentences", "a list of sentences", given)
        sentences, units = [], []
        for index, entry in enumerate(given):
            where = f"summary_sentences[{index}]"
            if not isinstance(entry, dict) or not {"sentence", "responses"} <= entry.keys():
                line.refuse(where, "an object with 'sentence' and 'responses'", entry)
            sentences.append(line.filled(f"{where}.sentence", entry["sentence"]).strip())
            units.append(self._answers(line, f"{where}.responses", entry["responses"]))
        human = {}
        majorities = [sum(answer or 0.0 for answer in answers) / len(answers) for answers in units]
        if 0.5 in majorities:
            tied = majorities.index(0.5) + 1
            self._warnings.append(
                f"{line.place}: sentence {tied} has as many yes as no; the summary has no human score."
            )
        else:
            human[DIMENSION] = sum(share > 0.5 for share in majorities) / len(majorities)
        metadata = {"human": human, "ratings": {DIMENSION: units}}
        return Example(id_, document, (document,), (Candidate(id_, self._system, " ".join(sentences), metadata),))

    def _answers(self, line: Line, where: str, responses: object) -> Answers:
        """The annotators' answers on one sentence as 1 (yes) or 0 (no)."""
        if not isinstance(responses, list) or not responses:
            line.refuse(where, "a list of responses", responses)
        answers: Answers = []
        for index, entry in enumerate(responses):
            response = entry.get("response") if isinstance(entry, dict) else None
            if not isinstance(response, str) or response not in _ANSWERS:
                raise InputError(f"{line.place}: field '{where}[{index}].response' must be 'yes' or 'no'.")
            answers.append(_ANSWERS[response])
        return answers
