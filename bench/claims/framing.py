"""What language models write around a summary, and the layout that they give it: no claims, and no words of one.

Framing (``bench/data/english/framing.txt``) is a whole sentence ("I hope this helps!", "## Summary", a refusal), or
what stands in front of or behind what is said: "Here is a summary: …", "The passage discusses …". In doubt it is a
claim. Markers of lists and headings belong to no claim, a table's row is one claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from bench.claims.boilerplate import boilerplate_kind
from bench.language.article import Article, article
from bench.language.lexicon import patterns
from bench.text import fold, trim, word_spans
from bench.types import Span

FRAMING = frozenset({"framing", "closing offer", "refusal", "heading"})
"""The kinds of what stands around a summary."""

_LONGEST = 600
"""Characters; no longer sentence is framing as a whole."""
_HEADING_WORDS = 6
# 1. 6) (2) a) (b) iv) - • and Markdown's signs of headings and quotations; a number's own full stop is no marker.
_MARKER = re.compile(
    r"(?:(?:[-*+•‣◦▪●■–—·>]+|#{1,6})(?:\s+|\Z)|\d{1,2}\.(?:\s+(?=\D)|\Z)"
    r"|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})\)(?:\s*(?=[^\s\d.,;:])|\Z))+"
)
_ITEM = re.compile(r"\n(?=[ \t]*(?:[-*+•‣◦▪●■–]|\(?(?:\d{1,2}|[a-z])\))[ \t])")
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?)?[ \t\r]*")
_LABEL = re.compile(r"(\*\*|__)[^*_\n]{1,60}?(?::\1|\1 ?[:–—-])\s*")
_SIGNS = "#*_>:| \n\t"
_SPEAKER = re.compile(r"\b(?:i|we|my|our|me|us)\b")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence without its marker, a part of one, or a table's row."""

    span: Span
    kind: str | None
    """What kind of boilerplate or framing it is; ``None`` for what is judged."""
    header: Span | None = None
    """Of a table's row: the row that says what its cells are."""


def parts(whole: Article) -> Iterator[Part]:
    """What a text's claims are cut from, in order; markers, a table's header and its rule are left out.

    >>> text = Article("Here's a summary: 1. The article says that the bridge is open. I hope this helps!")
    >>> [(text[part.span], part.kind) for part in parts(text)]  # doctest: +NORMALIZE_WHITESPACE
    [("Here's a summary:", 'framing'), ('The article says that', 'framing'), ('the bridge is open.', None),
     ('I hope this helps!', 'closing offer')]
    """
    text = whole.text
    tables = list(_tables(text))
    rows = [row for table in tables for row in table.rows]
    told = False
    for sentence in whole.sentences:
        while rows and rows[0].span.start < sentence.start:
            yield rows.pop(0)
        if any(table.span.start <= sentence.start < table.span.end for table in tables):
            continue
        for item in _items(text, sentence):
            for part in _parts(text, item, told):
                told = told or part.kind == "framing"
                yield part
    yield from rows


@dataclass(frozen=True, slots=True)
class _Table:
    span: Span
    rows: tuple[Part, ...]


def _tables(text: str) -> Iterator[_Table]:
    """Tables of Markdown: a header, a rule (|---|---|) below it, and the rows that follow."""
    ends = [found.start() for found in re.finditer(r"\n|\Z", text)]
    lines = [Span(start, end) for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)]
    for number, (above, rule) in enumerate(pairwise(lines), start=2):
        if "|" in text[above.slice] and _RULE.fullmatch(text[rule.slice]) and (header := _cells(text, above)):
            below = list(takewhile(lambda line: "|" in text[line.slice], lines[number:]))
            rows = [Part(row, None, header) for line in below if (row := _cells(text, line))]
            yield _Table(Span(above.start, (below or [rule])[-1].end), tuple(rows))


def _cells(text: str, row: Span) -> Span | None:
    """A row without the lines around it; ``None`` for one without words."""
    start, end = row.start, row.end
    while start < end and text[start] in " \t|":
        start += 1
    while end > start and text[end - 1] in " \t|\r":
        end -= 1
    return Span(start, end) if word_spans(text[start:end]) else None


def _items(text: str, sentence: Span) -> Iterator[Span]:
    """The items of a list that the sentences' rules took for one sentence."""
    cuts = [sentence.start + found.end() for found in _ITEM.finditer(text[sentence.slice])]
    for start, end in zip([sentence.start, *cuts], [*cuts, sentence.end], strict=True):
        if span := trim(text, start, end):
            yield span


def _parts(text: str, item: Span, told: bool) -> Iterator[Part]:
    """A sentence without its markers, cut behind the framing in front of it and before that behind it."""
    headline = text[item.start] == "#" and _alone(text, item)
    while True:
        marker = _MARKER.match(text, item.start, item.end)
        rest = trim(text, marker.end() if marker else item.start, item.end)
        if rest is None or (marker and not word_spans(text[rest.slice])):
            return
        written = text[rest.slice]
        words = re.sub(r"\s", " ", fold(written))
        if kind := boilerplate_kind(written) or _whole(written, words, headline):
            yield Part(rest, kind)
            return
        kind, length = _opening(written, words, told)
        front, behind = trim(text, rest.start, rest.start + length), trim(text, rest.start + length, rest.end)
        if kind is None or front is None or behind is None or not word_spans(text[behind.slice]):
            break
        yield Part(front, kind)
        item = behind
    length = _closing(words)
    if length and (front := trim(text, rest.start, rest.end - length)):
        yield Part(front, None)
        yield Part(Span(rest.end - length, rest.end), "framing")
    else:
        yield Part(rest, None)


def _alone(text: str, item: Span) -> bool:
    """Whether it has a line to itself."""
    before, behind = text[: item.start].rstrip(" \t"), text[item.end :].lstrip(" \t\r")
    return before[-1:] in {"", "\n"} and behind[:1] in {"", "\n"}


def _whole(written: str, words: str, headline: bool) -> str | None:
    """The kind of framing that a whole sentence is."""
    if len(words) > _LONGEST:
        return None
    inner = words.strip(_SIGNS)
    bare = inner.rstrip(".!…:").strip(_SIGNS)
    for kind, rule in patterns("framing")["whole"].items():
        if rule.fullmatch(bare) or rule.fullmatch(inner):
            return kind
    bold = words.startswith(("**", "__")) and words.endswith(words[:2])
    set_off = headline or bold or words.endswith((":", ":**", ":__"))
    return "heading" if set_off and _is_title(written.strip(_SIGNS)) else None


def _opening(written: str, words: str, told: bool) -> tuple[str | None, int]:
    """The kind of framing that a sentence opens with, and its length; ``told``: framing went before."""
    rules = patterns("framing")
    for kind, rule in [*rules["opening"].items(), *(rules["opening again"].items() if told else ())]:
        if found := rule.match(words):
            return kind, found.end()
    label = _LABEL.match(words)
    # "**Rita:** I'll bring it" says who speaks.
    if label and not _SPEAKER.search(words[label.end() :]) and _is_title(written[: label.end()].strip(_SIGNS + "–—-")):
        return "heading", label.end()
    return None, 0


def _closing(words: str) -> int:
    """The length of the framing that a sentence ends with."""
    for rule in patterns("framing")["closing"].values():
        for found in rule.finditer(words):
            if found.end() == len(words):
                return len(found[0].lstrip(" ,"))
    return 0


def _is_title(words: str) -> bool:
    """Whether words that are set off only say what the text is about: a few, none of them a finite verb."""
    if not words or len(word_spans(words)) > _HEADING_WORDS:
        return False
    return not any(word.tag in {"VBD", "VBZ", "VBP", "MD"} for word in article(words).words)
