"""What a perturbation gives: the damaged text with what was changed, or why it can't be applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.types import Span


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch of the text that was replaced, inserted (``was`` is empty) or removed (``now`` is empty)."""

    before: Span
    """In the original text."""
    after: Span
    """In the damaged text."""
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Perturbed:
    """A damaged text. Outside of the changes it is the original, character by character."""

    kind: str
    text: str
    changes: tuple[Change, ...]
    """In the order of the text, at least one."""
    note: str
    """One line for a reader."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The damage can't be done to this text."""

    kind: str
    reason: str


Perturbation = Callable[[str, str, Sequence[str], int], Perturbed | Skipped]
"""``(text, document, others, seed)``."""


def edit(kind: str, text: str, edits: Iterable[tuple[Span, str]], note: str) -> Perturbed:
    """Replace some spans that don't overlap; an empty span inserts, an empty text removes.

    >>> edit("number", "Two came.", [(Span(0, 3), "Five")], "two → five").text
    'Five came.'
    """
    pieces: list[str] = []
    changes: list[Change] = []
    position = length = 0
    for span, new in sorted(edits, key=lambda item: (item[0].start, item[0].end)):
        if span.start < position:
            raise ValueError(f"edits overlap at {span.start}")
        pieces += [text[position : span.start], new]
        start = length + span.start - position
        changes.append(Change(span, Span(start, start + len(new)), text[span.slice], new))
        position, length = span.end, start + len(new)
    damaged = "".join([*pieces, text[position:]])
    if damaged == text:
        raise ValueError("the edits change nothing")
    return Perturbed(kind, damaged, tuple(changes), note)
