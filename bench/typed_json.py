"""Records are their types: frozen dataclasses say what their JSON may hold, msgspec reads it so and writes the schemas.

Stricter than msgspec is with dataclasses: an object has all fields of its type and no other. A field that may be
missing says so (``bench.types.OPTIONAL``), and what a type doesn't say (``Limits``) stands beside it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields, is_dataclass
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bench.reading import strict_json
from bench.soundness import LARGEST
from bench.types import OPTIONAL

if TYPE_CHECKING:
    import msgspec

T = TypeVar("T")

_PLACE = re.compile(r"(?s)(.*) - at `\$\.?(.*)`")
_FIELD = re.compile(r"(?s)Object (?:(missing required)|contains unknown) field `(.*)`")
_ANY = "..."
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")
"""A step of msgspec's path to what is wrong: a field, a place in a list, or ``[...]`` for any key of a mapping."""


def typed(data: Any, kind: type[T]) -> T:
    """A record of a type from its JSON value; ValueError, with the field, where it is none.

    >>> from bench.types import Seen
    >>> typed({"candidate": 1, "reference": None, "document": 0.5}, Seen)
    Seen(candidate=1.0, reference=None, document=0.5)
    >>> typed({"candidate": "1", "reference": None, "document": 0.5}, Seen)
    Traceback (most recent call last):
    ValueError: candidate is "1": expected `float | null`, got `str`
    """
    import msgspec

    try:
        msgspec.convert(data, closed(kind))  # type: ignore[arg-type]
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise ValueError(_told(data, kind, str(error))) from None


def from_line(raw: bytes, kind: type[T]) -> T:
    """A record of a type from its line; ValueError, with the field, where it is none, or not strict JSON."""
    import msgspec

    strict, plain = _decoders(kind)  # type: ignore[arg-type]
    try:
        strict.decode(raw)
        record: T = plain.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # Read once more, slowly, by what tells the place.
        return typed(strict_json(raw.decode("utf-8")), kind)
    return record


@cache
def _decoders(kind: Any) -> tuple[Any, Any]:
    import msgspec

    return msgspec.json.Decoder(closed(kind)), msgspec.json.Decoder(kind)


@cache
def closed(kind: Any, *, reading: bool = True) -> type[msgspec.Struct]:
    """A dataclass as a msgspec.Struct whose fields all have to be there, and no others.

    ``reading``: whole numbers that no float holds are refused where a number may stand (no count is so large).
    """
    import msgspec

    hints = get_type_hints(kind, include_extras=True)
    members: list[Any] = []
    for field in fields(kind):
        hint = closed_hint(hints[field.name], reading=reading)
        optional = field.metadata == OPTIONAL
        members.append((field.name, hint | msgspec.UnsetType, msgspec.UNSET) if optional else (field.name, hint))
    return msgspec.defstruct(
        kind.__name__,
        members,
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": kind.__doc__.partition("\n")[0]},
    )


def closed_hint(hint: Any, *, reading: bool) -> Any:
    """A type with all dataclasses in it closed, and ``Limits`` in msgspec's words."""
    import msgspec

    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return closed(hint, reading=reading)  # type: ignore[arg-type]
    if hint is float and reading:
        return Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)] | float
    if origin is Annotated:
        names = {"least": "ge", "most": "le", "shortest": "min_length", "pattern": "pattern"}
        limits = {names[name]: limit for name, limit in asdict(hint.__metadata__[0]).items() if limit is not None}
        return Annotated[arguments[0], msgspec.Meta(**limits)]
    if origin in (Union, UnionType):
        return reduce(or_, [closed_hint(each, reading=reading) for each in arguments])
    if origin is None or origin is Literal:
        return hint
    return origin[tuple(closed_hint(each, reading=reading) for each in arguments)]


def _told(data: Any, kind: type, message: str) -> str:
    """What is wrong, after the name of the field and its value."""
    found = _PLACE.fullmatch(message)
    what, path = (found[1], found[2]) if found else (message, "")
    place, node, hint = "", data, kind
    for name, index in _STEP.findall(path):
        hint = _without_none(hint)
        if name:
            step, hint = name, get_type_hints(hint, include_extras=True)[name]
        elif index == _ANY:
            hint = get_args(hint)[1]
            step = next((key for key, item in node.items() if not _fits(item, hint)), None)
            if step is None:
                break
        else:
            step, hint = int(index), get_args(hint)[0]
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
        node = node[step]
    if missing := _FIELD.fullmatch(what):
        return f"{place}.{missing[2]}".lstrip(".") + (" is missing" if missing[1] else ": there is no such field")
    if what.startswith("Invalid enum value"):
        what = f"none of {', '.join(map(str, get_args(_without_none(hint))))}"
    what = f"{what[:1].lower()}{what[1:]}".replace("int | float", "number")
    return f"{place or 'it'} is {_short(node)}: {what}"


def _without_none(hint: Any) -> Any:
    """A type without the ``None`` and the limits that are allowed beside it."""
    while get_origin(hint) in (Annotated, Union, UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    return hint


def _fits(item: Any, hint: Any) -> bool:
    import msgspec

    try:
        msgspec.convert(item, closed_hint(hint, reading=True))
        msgspec.convert(item, hint)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return False
    return True


def _short(value: object) -> str:
    """A value of a file, for a message."""
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 20 else f"{shown[:20]}…"
