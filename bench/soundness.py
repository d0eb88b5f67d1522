"""What a score may hold, whoever gives it: a scorer, a plugin, or a line of a file that may be damaged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, cast, get_args

from bench.types import Label, Span, Status

LARGEST = 2**53
"""The largest whole number up to which a float holds each: no count is larger."""
_MOST = float(LARGEST)
_STATUSES, _LABELS = get_args(Status), get_args(Label)


def is_number(value: object) -> bool:
    """Whether something can stand for a value: a finite float, or a whole number of at most ``LARGEST``.

    >>> [is_number(value) for value in (0.5, 3, True, "3", None, float("nan"), 10**400)]
    [True, True, False, False, False, False, False]
    """
    return (isinstance(value, float) and isfinite(value)) or (type(value) is int and abs(value) <= LARGEST)


def is_share(value: object) -> bool:
    """Whether something can stand for a share: ``None``, or a number from 0 to 1."""
    return value is None or (is_number(value) and 0 <= cast(float, value) <= 1)


def check_score(data: Mapping[str, Any]) -> None:
    """Raise ValueError, with the field, where the JSON object of a Score holds what no Score does.

    Also KeyError, TypeError or AttributeError where it has another shape.
    """
    for name in ("example_id", "system", "scorer"):
        if not isinstance(data[name], str):
            raise ValueError(f"{name} is {_short(data[name])}, no text")
    for name, value in data["values"].items():
        # What nearly every value is, first: files have millions.
        if not (type(value) is float and -_MOST < value < _MOST) and not is_number(value):
            raise ValueError(f"values.{name} is {_short(value)}, no finite number, or a whole one beyond 2^53")
    for part, share in data["seen"].items():
        if not is_share(share):
            raise ValueError(f"seen.{part} is {_short(share)}, no share from 0 to 1")
    if data["status"] not in _STATUSES:
        raise ValueError(f"status is {_short(data['status'])}, none of {', '.join(_STATUSES)}")
    for place, verdict in enumerate(data["verdicts"]):
        if not (type(share := verdict["score"]) is float and 0 <= share <= 1) and not is_share(share):
            raise ValueError(f"verdicts[{place}].score is {_short(share)}, no share from 0 to 1")
        if verdict["label"] not in _LABELS:
            raise ValueError(f"verdicts[{place}].label is {_short(verdict['label'])}, none of {', '.join(_LABELS)}")


def read_span(data: Mapping[str, Any]) -> Span:
    """A Span from its JSON object; ValueError where its ends are no places of a text."""
    start, end = data["start"], data["end"]
    if not (type(start) is type(end) is int and end <= LARGEST):
        raise ValueError(f"a span from {_short(start)} to {_short(end)}")
    return Span(start, end)


def _short(value: object) -> str:
    """A value of a file, for a message."""
    shown = json.dumps(value)
    return shown if len(shown) <= 20 else f"{shown[:20]}…"
