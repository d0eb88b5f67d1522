"""FRANK as its authors publish it: human factuality and the scores of metrics, without the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from bench.datasets.judged import JudgedSummary
from bench.datasets.lines import Line, read_array
from bench.datasets.reading import listing
from bench.errors import InputError
from bench.paths import user_path
from bench.types import Dataset, Example

GROUPS = ("split", "dataset")
_KEYS = ("hash", "model_name", *GROUPS)
_TOTAL = "Factuality"
_NAMES = {field: field for field in (*_KEYS, _TOTAL)}
_METRICS = "baseline_factuality_metrics_outputs.json"


class Frank(Dataset):
    """Reads ``human_annotations.json`` and ``baseline_factuality_metrics_outputs.json``.

    Both are lists of objects, one a summary, told apart by ``hash`` (the article) and ``model_name``.
    In the first, ``Factuality`` and the types of errors are human scores from 0 to 1: shares of sentences
    without an error, so higher is better. The ``Flip_…`` fields are the authors' ablations (Factuality
    with one type's labels turned); ``flipped=true`` reads them too. In the second, every number is a
    metric's score; ``null`` is missing. ``split`` and ``dataset`` are groups.

    There are no texts, so nothing can be scored: ``sumbench meta`` reads the scores, and iterating is an
    InputError. ``path`` is the first file or the folder with it (its name ends in ``human_annotations.json``).
    ``metrics`` may be left out when the second file lies beside the first: under its published name, or
    named like the first with ``metric_outputs`` for ``human_annotations``.

    Source: Pagnoni, Balachandran and Tsvetkov, Understanding Factuality in Abstractive Summarization
    with FRANK, NAACL 2021, sections 4 and 5.
    """

    name = "frank"

    def __init__(self, *, path: str | Path, metrics: str | Path | None = None, flipped: bool = False) -> None:
        self._path = user_path(path, "dataset.path")
        self._metrics = None if metrics is None else user_path(metrics, "dataset.metrics")
        self._flipped = flipped
        self._warnings: list[str] = []

    def __iter__(self) -> Iterator[Example]:
        """Raises InputError: FRANK's two files hold no texts."""
        self._refuse()

    def judged(self) -> Iterator[JudgedSummary]:
        """Every summary that both files have, in the order of the annotations."""
        path = _annotations(self._path)
        outputs = self._metrics or _outputs(path)
        annotations, metrics = _by_summary(path), _by_summary(outputs)
        self._warnings = []
        for mine, others, what in (
            (annotations, metrics, "metric scores"),
            (metrics, annotations, "human annotations"),
        ):
            if alone := [line.place for key, line in mine.items() if key not in others]:
                self._warnings.append(f"left out for want of {what}: {len(alone)} ({listing(alone, most=3)})")
        shared = [key for key in annotations if key in metrics]
        if not shared:
            raise InputError(f"{path} and {outputs} have no summary (hash, model_name) in common.")
        humans = self._numbers(path, [annotations[key] for key in shared], required=_TOTAL)
        scores = self._numbers(outputs, [metrics[key] for key in shared])
        return iter(
            [
                _row(annotations[key], metrics[key], scored, judged)
                for key, judged, scored in zip(shared, humans, scores, strict=True)
            ]
        )

    def warnings(self) -> Sequence[str]:
        """What the last reading left out."""
        return tuple(self._warnings)

    def _numbers(self, path: Path, lines: Sequence[Line], required: str = "") -> list[dict[str, float]]:
        """The numbers of each line; fields that hold texts or lists throughout are left out and told."""
        fields = dict.fromkeys(field for line in lines for field in line.values if field not in _KEYS)
        flipped = [] if self._flipped else [field for field in fields if field.startswith("Flip_")]
        other = [field for field in fields if all(_holds_no_number(line.values.get(field)) for line in lines)]
        other = [field for field in other if field not in (*flipped, required)]
        for left_out, why in ((flipped, "set dataset.flipped=true to read them"), (other, "no numbers")):
            if left_out:
                self._warnings.append(f"{path.name}: left out {listing(left_out)} ({why})")
        read = [field for field in fields if field not in (*flipped, *other)]
        for line in lines if required else ():
            line.get(required)
        return [{field: _number(line, field) for field in read if field in line.values} for line in lines]

    def _refuse(self) -> NoReturn:
        raise InputError(
            f"{self._path}: FRANK's annotations hold no texts, so there is nothing to score. "
            "Measure its metrics against its annotations with: sumbench meta dataset=frank dataset.path=…"
        )


def _annotations(path: Path) -> Path:
    """The file of annotations: the path itself, or the one in its folder."""
    if not path.is_dir():
        return path
    found = sorted(path.glob("*human_annotations.json"))
    if len(found) != 1:
        raise InputError(f"{path}: holds {len(found)} files *human_annotations.json. Set dataset.path to the file.")
    return found[0]


def _outputs(annotations: Path) -> Path:
    """The file of metric outputs beside the annotations."""
    names = [_METRICS]
    if "human_annotations" in annotations.name:
        names.append(annotations.name.replace("human_annotations", "metric_outputs"))
    for name in names:
        if (path := annotations.with_name(name)).is_file():
            return path
    raise InputError(f"{annotations}: no {' or '.join(names)} beside it. Set dataset.metrics to the metric outputs.")


def _by_summary(path: Path) -> Mapping[tuple[str, str], Line]:
    found: dict[tuple[str, str], Line] = {}
    for line in read_array(path, _NAMES):
        key = line.name("hash"), line.name("model_name")
        if twin := found.get(key):
            raise InputError(f"{line.place}: duplicate: {twin.place} has hash {key[0]!r} and model {key[1]!r} already.")
        found[key] = line
    return found


def _row(judged: Line, scored: Line, scores: Mapping[str, float], humans: Mapping[str, float]) -> JudgedSummary:
    groups = {name: judged.name(name) for name in GROUPS if judged.has(name)}
    for name, label in groups.items():
        if scored.has(name) and scored.name(name) != label:
            raise InputError(f"{scored.place}: {name} is {scored.name(name)!r}, but {label!r} in {judged.place}.")
    document = judged.name("hash")
    return JudgedSummary(judged.place, document, document, judged.name("model_name"), scores, humans, groups)


def _holds_no_number(value: object) -> bool:
    return value is None or isinstance(value, str | list | dict)


def _number(line: Line, field: str) -> float:
    value = line.values[field]
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        line.refuse(field, "a number or null", value)
    return float("nan") if value is None else float(value)
