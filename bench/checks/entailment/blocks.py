"""How a document is divided into the pieces that an entailment model reads: pure functions over offsets.

Nothing is left out: every word of the document stands in a block, and what is too long for the model is cut into
overlapping windows, not cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bench.errors import InputError
from bench.language.article import Article
from bench.models.windows import windows
from bench.text import paragraph_spans, trim
from bench.types import Span

GRANULARITIES = ("sentence", "2sents", "paragraph")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")

Pieces = Callable[[str], tuple[Sequence[int], Sequence[tuple[int, int]]]]
"""Text → vocabulary ids and character offsets of its word pieces."""


def readable(text: str) -> bool:
    """Whether there is a letter or a digit in it: a row of dots says nothing."""
    return any(char.isalnum() for char in text)


def sentences_of(document: Article) -> list[Span]:
    """The document's sentences that have words, short ones too."""
    return [span for span in document.sentences if readable(document[span])]


def units(document: Article, granularity: str) -> list[Span]:
    """The blocks of SummaC (Laban et al. 2022, section 3.1), in order.

    ``sentence``: each sentence; ``2sents``: each sentence with the next one, and the last one alone;
    ``paragraph``: what empty lines part, or lines where there is no empty one.

    >>> [span.start for span in units(Article("One. Two. Three."), "2sents")]
    [0, 5, 10]
    """
    sentences = document.of(sentences_of)
    if granularity == "sentence":
        return sentences
    if granularity == "2sents":
        return [Span(one.start, sentences[min(i + 1, len(sentences) - 1)].end) for i, one in enumerate(sentences)]
    if granularity != "paragraph":
        raise InputError(f"granularity={granularity!r}: choose one of {', '.join(GRANULARITIES)}")
    return [span for span in _paragraphs(document.text) if readable(document[span])]


def _paragraphs(document: str) -> Iterator[Span]:
    if not _EMPTY_LINE.search(document.strip()):
        yield from paragraph_spans(document)
        return
    start = 0
    for gap in [*_EMPTY_LINE.finditer(document), None]:
        span = trim(document, start, gap.start() if gap else len(document))
        if span:
            yield span
        start = gap.end() if gap else start


def chunks(sizes: Sequence[int], capacity: int, overlap: int) -> list[tuple[int, int]]:
    """Runs of whole sentences of at most ``capacity`` word pieces, as (first, after the last).

    Each run takes as many sentences as fit (Tang et al. 2024, as in their code), and begins with up to ``overlap``
    of the sentences that the run before ends with. A sentence longer than ``capacity`` is a run of its own.

    >>> chunks([4, 4, 4, 4], capacity=8, overlap=1)
    [(0, 2), (1, 3), (2, 4)]
    """
    runs: list[tuple[int, int]] = []
    end = 0
    while end < len(sizes):
        start = max(runs[-1][0] + 1, end - overlap) if runs else 0
        start = min(start, end)
        while start < end and sum(sizes[start : end + 1]) > capacity:
            start += 1
        total, end = sum(sizes[start : end + 1]), end + 1
        while end < len(sizes) and total + sizes[end] <= capacity:
            total, end = total + sizes[end], end + 1
        runs.append((start, end))
    return runs


def fit(document: str, span: Span, capacity: int, pieces: Pieces) -> list[Span]:
    """The span itself, or, where it has more than ``capacity`` word pieces, windows that overlap by half or more.

    Each of the windows has at most ``capacity`` word pieces when it is read alone; together they hold all of it.
    """
    if len(pieces(flat(document[span.slice]))[0]) <= capacity:
        return [span]
    text = document[span.slice]
    offsets = [(start, end) for start, end in pieces(text)[1] if text[start:end].strip()]
    size = min(capacity, len(offsets))
    while True:
        found = []
        for window in windows(len(offsets), size):
            part = trim(document, span.start + offsets[window.start][0], span.start + offsets[window.end - 1][1])
            if part:
                found.append(part)
        # A window read alone may have a piece more than in its place.
        if size == 1 or all(len(pieces(flat(document[part.slice]))[0]) <= capacity for part in found):
            return list(dict.fromkeys(found))
        size -= max(1, size // 16)


def flat(text: str) -> str:
    """The text as a model is given it: one line a paragraph, single spaces.

    >>> flat("One  two\\nthree.\\n\\nFour.")
    'One two three.\\nFour.'
    """
    return "\n".join(" ".join(text[span.slice].split()) for span in paragraph_spans(text))
