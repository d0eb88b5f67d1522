"""Lines of JSON Lines files: strict JSON objects whose fields are read with errors that name their place."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bench.datasets.reading import is_text, nearest, newlines
from bench.errors import InputError
from bench.paths import user_path
from bench.reading import raw_decode, read_text


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a file."""

    place: str
    """File and line, counted from 1, for error messages."""
    values: Mapping[str, Any]
    """The object as it is in the file."""
    names: Mapping[str, str]
    """What each of our fields is called in the file."""
    renaming: bool = True
    """Whether ``dataset.fields`` can say so; not for a published form, whose names are fixed."""

    def has(self, field: str) -> bool:
        """Whether the line has the field."""
        return self.names[field] in self.values

    def get(self, field: str, why: str = "") -> Any:
        """The field's value as it is; raises InputError if there is none. ``why`` ends its message."""
        if self.has(field):
            return self.values[self.names[field]]
        hint = nearest(self.names[field], self.values)
        rename = f" If the file calls it something else, set dataset.fields.{field}." if self.renaming else ""
        raise InputError(f"{self.place}: missing field {self.names[field]!r}.{hint}{why}{rename}")

    def name(self, field: str, why: str = "") -> str:
        """A field that identifies something: a text that isn't empty, or a whole number."""
        value = self.get(field, why)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            self.refuse(self.names[field], "a text or a whole number", value)
        if not value.strip():
            raise InputError(f"{self.place}: field {self.names[field]!r} is empty.")
        return value

    def text(self, field: str, why: str = "") -> str:
        """A field that holds a text with something in it."""
        return self.filled(self.names[field], self.get(field, why))

    def filled(self, where: str, value: Any) -> str:
        """The value as a text with something in it; ``where`` names it in error messages."""
        if not isinstance(value, str):
            self.refuse(where, "a text", value)
        if not value.strip():
            raise InputError(f"{self.place}: field {where!r} is empty.")
        return newlines(value)

    def refuse(self, where: str, wanted: str, value: object) -> NoReturn:
        """Raise InputError for a value of the wrong type."""
        kind = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
        raise InputError(f"{self.place}: field {where!r} must be {wanted}, not {kind.get(type(value), 'a number')}.")


def find_files(patterns: Sequence[str | Path]) -> list[Path]:
    """The files of paths and glob patterns (``**`` too), each once; a pattern's files sorted by name."""
    if not patterns:
        raise InputError("dataset.path is empty; give a file, a list of files or a glob pattern.")
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = user_path(pattern, "dataset.path")
        # A file may have brackets in its name, so what exists is never taken for a pattern.
        if glob.has_magic(str(path)) and not path.exists():
            matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
            files = [match for match in matches if not match.is_dir()]
            if not files:
                raise InputError(f"{pattern}: no file matches this pattern (dataset.path).")
        elif path.is_dir():
            texts = any(path.glob("*.txt")) and not any(path.glob("*.jsonl"))
            ways = f"dataset=folder dataset.root='{pattern}' dataset.reference=NAME"
            lines = f"dataset.path='{pattern}/*.jsonl'"
            raise InputError(f"{pattern}: is a folder. For its files, set {ways if texts else lines}.")
        else:
            files = [path]
        found.update(dict.fromkeys(files))
    return list(found)


def read_lines(path: Path, names: Mapping[str, str], *, renaming: bool = True) -> Iterator[Line]:
    r"""The objects of a file, one a line. Only ``\n`` ends a line; blank lines are skipped.

    Stricter than Python's own reader: no NaN or Infinity, no number too large for a float, no key
    twice in an object, no half of a surrogate pair (it could not be written again).
    """
    empty = first = True
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip(" \t\r"):
            continue
        empty = False
        place = f"{path}, line {number}"
        start = _after_blanks(line, 0)
        value, end = _parse(line, place, start, _other_form(path, line) if first else _ONE_A_LINE)
        first = False
        if line[(after := _after_blanks(line, end)) :]:
            raise InputError(f"{place}: malformed JSON at character {after + 1}: Extra data.{_ONE_A_LINE}")
        yield Line(place, value, names, renaming)
    if empty:
        raise InputError(f"{path}: is empty; one JSON object a line is needed.")


def read_array(path: Path, names: Mapping[str, str]) -> Iterator[Line]:
    """The objects of a file that is one JSON array of them, as strictly as ``read_lines``.

    The place of an object is the line on which it begins. The names are fixed: nothing can rename them.
    """
    text = read_text(path)
    position = _after_blanks(text, 0)
    if text[position : position + 1] != "[":
        raise InputError(f"{path}: not a JSON array; one list of objects is needed: [{{...}}, {{...}}].")
    number, counted, mark = 1, 0, ","
    while mark == ",":
        position = _after_blanks(text, position + 1)
        number, counted = number + text.count("\n", counted, position), position
        place = f"{path}, line {number}"
        if text[position : position + 1] == "]" and "{" not in text[:position]:
            raise InputError(f"{path}: is empty; a list of objects is needed.")
        value, position = _parse(text, place, position)
        yield Line(place, value, names, renaming=False)
        position = _after_blanks(text, position)
        mark = text[position : position + 1]
    if mark != "]":
        raise InputError(f"{place}: after this object, a comma or the end of the list is missing. Is the file whole?")
    if rest := text[position + 1 :].strip():
        raise InputError(f"{path}: something follows the end of the list: {rest[:20]!r}.")


def _parse(text: str, place: str, start: int, hint: str = "") -> tuple[dict[str, Any], int]:
    """The object at ``start`` of a text, and where it ends; ``hint`` ends the message when it isn't JSON."""
    try:
        value, end = raw_decode(text, start)
    except json.JSONDecodeError as error:
        where = f"at character {error.colno}" if error.lineno == 1 else f"on line {error.lineno}"
        raise InputError(f"{place}: malformed JSON {where}: {error.msg}.{hint}") from None
    except ValueError as error:
        raise InputError(f"{place}: malformed JSON: {error}.") from None
    if not isinstance(value, dict):
        raise InputError(f"{place}: not a JSON object: {{...}}.{hint}")
    # Only an escape can bring half a pair in: the file itself is UTF-8.
    if text.find("\\u", start, end) >= 0:
        for key, part in value.items():
            if not is_text(json.dumps([key, part], ensure_ascii=False)):
                raise InputError(f"{place}: field {key!a} holds half a surrogate pair, which isn't text.")
    return value, end


def _other_form(path: Path, line: str) -> str:
    """What to do with a file of another form, judged by its name and first line."""
    made = path.with_suffix(".jsonl").name
    if line.lstrip().startswith("["):
        code = f"import json; [print(json.dumps(each)) for each in json.load(open('{path}'))]"
        return f' A JSON list isn\'t JSON Lines; to make them: python -c "{code}" > {made}'
    if path.suffix.lower() in (".csv", ".tsv") or ("{" not in line and re.search(r"\w[,;\t]\w", line)):
        tabs = r", sep='\t'" if path.suffix.lower() == ".tsv" else ""
        code = f"import pandas; pandas.read_csv('{path}'{tabs}).to_json('{made}', orient='records', lines=True)"
        return (
            f' A table isn\'t JSON Lines; to make them: python -c "{code}" and, for other names than ours, '
            "dataset.fields.document=…"
        )
    return _ONE_A_LINE


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position


_BLANKS = re.compile(r"[ \t\r\n]*")
_ONE_A_LINE = " Each line must be one whole JSON object."
