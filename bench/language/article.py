"""A text that is read once: what is derived of it is kept with it, for as long as it is in use.

The only cache that is keyed by a text is that of ``article``: candidates share documents, checks share both, and a
sentence read alone is an article, too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any, TypeVar, TypeVarTuple

from bench.models.languages import foreign_language, latin
from bench.models.spacy_pipeline import Parsed, Parser
from bench.models.syntax import Word, parse_sentence
from bench.quotations import Quotation, quotations
from bench.text import sentence_spans
from bench.types import Span

_KEPT = 300_000
"""Characters of the articles that are kept: those of a chunk of pairs, in most datasets."""

_T = TypeVar("_T")
_More = TypeVarTuple("_More")


class Article:
    """One text with what was read of it; every reading is made when it is first asked for, and once."""

    def __init__(self, text: str, metadata: Mapping[str, Any] | None = None) -> None:
        self.text = text
        self.metadata = metadata or {}
        """What the dataset knows of it: its date."""
        self._read: dict[tuple[Hashable, ...], Any] = {}

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def of(self, build: Callable[[Article, *_More], _T], *more: *_More) -> _T:
        """``build(self, *more)``, called once: how what lies in the rooms above is kept with the text.

        >>> def upper(text: Article) -> str:
        ...     return text.text.upper()
        >>> Article("Xi met Putin.").of(upper)
        'XI MET PUTIN.'
        """
        key: tuple[Hashable, ...] = (build, *more)
        if key not in self._read:
            self._read[key] = build(self, *more)
        found: _T = self._read[key]
        return found

    def alone(self, part: Span) -> Article:
        """A sentence as an article of its own: it is read the same wherever it stands."""
        return self.of(_alone, part)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Its sentences, in order."""
        return tuple(sentence_spans(self.text))

    def sentence_at(self, place: int) -> int:
        """Which sentence starts at or last before a character; -1 before the first one."""
        return bisect_right(self.sentences, place, key=lambda span: span.start) - 1

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """Its outermost quotations, in order."""
        return tuple(quotations(self.text))

    def quote_around(self, part: Span) -> Span | None:
        """The quotation that a stretch lies in, if any."""
        around = (q.span for q in self.quotations if q.span.start <= part.start and part.end <= q.span.end)
        return next(around, None)

    @cached_property
    def latin(self) -> bool:
        """Whether it is written in Latin script."""
        return latin(self.text)

    @cached_property
    def language(self) -> str | None:
        """The language that it is in, where that is plainly not English."""
        return foreign_language(self.text)

    @cached_property
    def not_english(self) -> str | None:
        """What it is written in, for a reader, where what reads English can't read it.

        >>> Article("习近平访问北京").not_english, Article("Le maire a ouvert le nouveau pont lundi.").not_english
        ('not in Latin script', 'in French')
        """
        if not self.latin:
            return "not in Latin script"
        return f"in {self.language}" if self.language else None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, parsed: of a sentence alone."""
        return parse_sentence(self.text)

    def tagged(self, parser: Parser) -> Parsed:
        """Its tagged words and its names, by a pipeline."""
        return self.of(_tagged, parser)


def _alone(text: Article, part: Span) -> Article:
    return article(text[part])


def _tagged(text: Article, parser: Parser) -> Parsed:
    return parser.parse(text.text)


_articles: OrderedDict[str, Article] = OrderedDict()


def article(text: str, metadata: Mapping[str, Any] | None = None) -> Article:
    """The article of a text: the same one again for the latest texts, unless other ``metadata`` come with it.

    >>> article("Xi met Putin.") is article("Xi met Putin.")
    True
    """
    found = _articles.get(text)
    if found is None or (metadata is not None and metadata != found.metadata):
        found = _articles[text] = Article(text, metadata)
        size = sum(map(len, _articles))
        while size > _KEPT and len(_articles) > 1:
            size -= len(_articles.popitem(last=False)[0])
    _articles.move_to_end(text)
    return found
