"""Who says what in a dialogue: its turns, by the labels that they begin with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.language.article import Article
from bench.text import words
from bench.types import Span

# "Anna: …" at the start of a line, or of a sentence where the turns stand on one line.
_LABEL = re.compile(
    r"(?:^|(?<=[.!?)\]…] )|(?<=[.!?] \. ))[^\S\n]*(?P<who>[^\W\d_][^\n:.!?]{0,30}?)[^\S\n]?:(?=\s)", re.MULTILINE
)
_HEAD = 0.1
"""Share of the text that may stand before the first turn."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says at a time."""

    speaker: str
    """As the text has the label."""
    said: Span
    """Without the label."""

    @property
    def names(self) -> frozenset[str]:
        """The words of the label, folded."""
        return frozenset(word.lower() for word in words(self.speaker))


def turns(text: Article) -> Sequence[Turn]:
    """The turns of a dialogue, in order; none of a text that isn't one: without two speakers,
    without a label on two turns where they don't stand on lines of their own, or with a long head.

    >>> text = Article("Chen: I cannot come. Sorry!\\nOrla: Then we meet on Monday.")
    >>> [(turn.speaker, text[turn.said]) for turn in text.of(turns)]
    [('Chen', 'I cannot come. Sorry!'), ('Orla', 'Then we meet on Monday.')]
    >>> turns(Article("The mayor said: no. The firm said: yes."))
    []
    """
    labels = list(_LABEL.finditer(text.text))
    speakers = {label["who"] for label in labels}
    # "The mayor said: no. The firm said: yes." is prose.
    once = len(speakers) == len(labels) and any(text.text[: label.start()].rstrip(" ")[-1:] not in ("", "\n")
                                                for label in labels)  # fmt: skip
    if len(speakers) < 2 or once or labels[0].start() > _HEAD * len(text.text):
        return []
    ends = [*(label.start() for _, label in pairwise(labels)), len(text.text)]
    return [Turn(label["who"], _stripped(text.text, label.end(), end)) for label, end in zip(labels, ends, strict=True)]


def _stripped(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
