"""The names that a candidate mentions: a model's entities, and runs of proper nouns that it missed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.checks.words.spelling import FILLERS, NameToken, name_tokens
from bench.language.article import Article
from bench.language.lexicon import word_lists
from bench.models.spacy_pipeline import Parsed, Parser
from bench.types import Span

NAME_TYPES = frozenset("PERSON NORP ORG GPE LOC FAC EVENT PRODUCT WORK_OF_ART LAW LANGUAGE".split())
"""OntoNotes types that are names; the numeric and date types belong to the numbers check."""

_PROPER = frozenset({"NNP", "NNPS"})
TITLES = word_lists("names")["titles"]
"""Words that stand with a name and are no part of it."""
_OFFICE = re.compile(
    r"\b(?:Secretary|Minister|Ministry|Director|Chief|Leader|Speaker) (?:of|for) (?:the )?"
    r"(?:State|Defen[cs]e|Staff|House|Health|Education|Labor|Energy|Commerce|Finance|Justice|Agriculture)\b"
    r"|\b(?:Secretary|Attorney|Director|Surgeon|Solicitor)[- ]General\b"
)
_NO_NAMES = word_lists("names")["no names"]
_HEADLINE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the candidate, without titles, articles and lower-case words."""

    text: Article
    span: Span
    """The characters of its words, in the candidate."""
    tokens: tuple[NameToken, ...]
    """Its words, at least one."""
    whole: tuple[NameToken, ...]
    """Its words with all that stands between them."""
    label: str | None
    """The model's type; ``None`` for a run of proper nouns that it didn't take for a name."""
    headline: bool
    """Whether most words of its sentence are capitalised, so that a capital says little."""
    sure: bool = True
    """False for a word that may have its capital only because a sentence begins with it."""

    @property
    def written(self) -> str:
        """The name as the text has it, without the possessive."""
        return bare(self.text[self.span])


def bare(name: str) -> str:
    """A name for a reader: without the possessive.

    >>> bare("Xi’s")
    'Xi'
    """
    return name.removesuffix("'s").removesuffix("’s")


def mentions(article: Article, claims: Sequence[Span], parser: Parser) -> list[list[Mention]]:
    """The names in each claim, in order; the parser reads the whole text."""
    text, parsed = article.text, article.tagged(parser)
    words = name_tokens(text)
    masked = [Span(*match.span()) for match in _OFFICE.finditer(text)]
    entities = [(Span(e.start, e.end), e.label) for e in parsed.entities]
    named: list[tuple[Span, str | None]] = [(span, label) for span, label in entities if label in NAME_TYPES]
    candidates = sorted(named + _missed(text, parsed, [span for span, _ in entities]), key=lambda item: item[0].start)
    tags = {token.start: token.tag for token in parsed.tokens}
    found = []
    for claim in claims:
        inside = [word for word in words if claim.start <= word.start < claim.end]
        headline = _headline(text, claim, inside)
        here: list[Mention] = []
        for span, label in candidates:
            if span.start >= claim.end or span.end <= claim.start:
                continue
            touched = [word for word in inside if word.start < span.end and span.start < word.end]
            kept = _core(text, touched, masked, label)
            if not kept:
                continue
            opens = len(kept) == 1 and kept[0] is inside[0]
            # The first word of a heading is easily taken for a company.
            heading = label == "ORG" and not _ended(text, claim)
            tag = tags.get(kept[0].start)
            # A single capitalised word that begins a sentence is a name: an entity, and tagged like one.
            tagged = label is not None and (tag is None or tag in _PROPER or tag.startswith("JJ"))
            sure = not opens or (tagged and not heading)
            if not sure and tag not in _PROPER:
                continue
            name = Span(kept[0].start, kept[-1].end)
            whole = tuple(word for word in touched if name.start <= word.start < name.end)
            here.append(Mention(article, name, tuple(kept), whole, label, headline, sure))
        found.append(here)
    return found


def _missed(text: str, parsed: Parsed, taken: Sequence[Span]) -> list[tuple[Span, str | None]]:
    """Runs of capitalised proper nouns outside all entities."""
    runs: list[tuple[Span, str | None]] = []
    bounds = iter([*taken, Span(len(text), len(text))])
    entity = next(bounds)
    previous_end = -1
    for token in parsed.tokens:
        while entity.end <= token.start and entity.end < len(text):
            entity = next(bounds)
        if entity.start < token.end and token.start < entity.end:
            continue
        if token.tag not in _PROPER or not text[token.start].isupper():
            continue
        if runs and 0 <= token.start - previous_end <= 1 and "\n" not in text[previous_end : token.start]:
            runs[-1] = (Span(runs[-1][0].start, token.end), None)
        else:
            runs.append((Span(token.start, token.end), None))
        previous_end = token.end
    return runs


def _core(text: str, touched: Sequence[NameToken], masked: Sequence[Span], label: str | None) -> list[NameToken]:
    """The words that make the name: capitalised ones, without titles at the ends, fillers and initials."""

    def title(word: NameToken) -> bool:
        return word.key in TITLES or any(office.start <= word.start < office.end for office in masked)

    def kept(word: NameToken) -> bool:
        written = text[word.start : word.end]
        year = len(written) == 4 and written.isdigit()
        return word.capital and word.key not in _NO_NAMES and not year and word.key not in FILLERS

    words = [word for word in touched if kept(word)]
    while words and title(words[0]):
        # “King” alone may be a surname, if the model says that it is somebody.
        if label == "PERSON" and len(words) == 1 and not any(o.start <= words[0].start < o.end for o in masked):
            break
        words = words[1:]
    while len(words) > 1 and title(words[-1]):
        words = words[:-1]
    if not any(text[word.start].isalpha() for word in words):
        return []
    longer = [word for word in words if len(word.key) > 1]
    return longer or words


def _ended(text: str, claim: Span) -> bool:
    """Whether a claim ends with a full stop or the like."""
    return text[claim.slice].rstrip("\"'”’»)")[-1:] in tuple(".!?…")


def _headline(text: str, claim: Span, words: Sequence[NameToken]) -> bool:
    if _ended(text, claim):
        return False
    long = [word for word in words if word.end - word.start > 3 and text[word.start].isalpha()]
    return len(long) > 3 and sum(word.capital for word in long) >= _HEADLINE_SHARE * len(long)
