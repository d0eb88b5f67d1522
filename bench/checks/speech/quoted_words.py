"""Where a document has the words of a quotation: in parts, in another order, in the same place. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.checks.speech.alignment import Alignment, WordIndex, plain_words
from bench.checks.words.context import STOP_WORDS, surroundings
from bench.checks.words.places import Beside
from bench.language.article import Article
from bench.models.syntax import lemma
from bench.types import Span

SHORT = 4
"""A quotation of up to this many words may be compared by the words around it."""

_OMISSION = re.compile(r"\[[^\]]*\]|\(\s*(?:\.\s?){3}\)|(?:\.\s?){3,}|…")
# Parts of one quotation that stand farther apart than this are not one quotation.
_PARTS_WITHIN = 100
# Other words that may stand between those of a quotation in another order.
_SLACK = 3
_SHARED_CONTEXT = 0.5
# Words that go with who is speaking, and forms of "be" that go with them.
_PERSONS = frozenset(
    "i me my mine we us our ours you your he him his she her hers they them their theirs it its "
    "am is are was were been be has have had s d".split()
)
_PRESENT = {"would": "will", "could": "can", "might": "may", "should": "shall"}


def whole(index: WordIndex, found: Alignment, wanted: int) -> Span:
    """The aligned words, with those at the ends of the document's quotation for which ours has others."""
    span = index.span(found.start, found.end)
    quote = index.document.quote_around(span)
    start, end, missing = found.start, found.end, wanted - (found.end - found.start)
    if quote is None:
        return span
    while missing > 0 and start > 0 and index.spans[start - 1].start >= quote.start:
        start, missing = start - 1, missing - 1
    while missing > 0 and end < len(index.spans) and index.spans[end].end <= quote.end:
        end, missing = end + 1, missing - 1
    return index.span(start, end)


def shifted(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether only person and tense are other, as in indirect speech.

    >>> shifted("i will be there".split(), "he would be there".split()), shifted(["i", "will"], ["he", "may"])
    (True, False)
    """

    def rest(words: Sequence[str]) -> list[str]:
        return [lemma(_PRESENT.get(word, word)) for word in words if word not in _PERSONS]

    return rest(ours) == rest(theirs)


def inflected(index: WordIndex, words: Sequence[str]) -> Span | None:
    """The first place that has these words in other forms, in the same order.

    >>> inflected(WordIndex(Article("They dream of Falcao.")), ["dreams", "of", "falcao"])
    Span(start=5, end=20)
    """
    wanted = [lemma(word) for word in words]
    last = len(index.bases) - len(wanted)
    starts = (start for start in range(last + 1) if index.bases[start : start + len(wanted)] == wanted)
    start = next(starts, None)
    return None if start is None else index.span(start, start + len(wanted))


def reordered(index: WordIndex, words: Sequence[str]) -> Span | None:
    """The first place that has all the content words, in any form and order, with few others between them."""
    keys = {lemma(word) for word in words if word not in STOP_WORDS}
    if len(keys) < 2:
        return None
    places = {key: [place for place, other in enumerate(index.bases) if other == key] for key in keys}
    if not all(places.values()):
        return None
    width = len(words) + _SLACK
    for anchor in min(places.values(), key=len):
        near = [min(found, key=lambda place: (abs(place - anchor), place)) for found in places.values()]
        if max(near) - min(near) < width:
            return index.span(min(near), max(near) + 1)
    return None


def parts(text: str, start: int, end: int) -> list[Span]:
    """The stretches of ``text[start:end]`` between ellipses and bracketed insertions."""
    found, position = [], start
    for match in _OMISSION.finditer(text, start, end):
        found.append(Span(position, match.start()))
        position = match.end()
    return [*found, Span(position, end)]


def in_order(index: WordIndex, sought: Sequence[Sequence[str]]) -> list[int] | None:
    """Word indices where the parts occur one after the other; places inside quotations first."""
    options = [index.find(part) for part in sought]
    if not all(options):
        return None

    def rank(place: int) -> tuple[bool, int]:
        span = index.span(place, place + len(sought[0]))
        return index.document.quote_around(span) is None, place

    for first in sorted(options[0], key=rank):
        places = [first]
        for previous, option in zip(sought, options[1:], strict=False):
            low = places[-1] + len(previous)
            following = next((place for place in option if low <= place <= low + _PARTS_WITHIN), None)
            if following is None:
                break
            places.append(following)
        if len(places) == len(sought):
            return places
    return None


def _short_quotations(document: Article) -> list[tuple[Span, set[str]]]:
    """The short quotations of a document, each with the content words around it in its sentence."""
    return [
        (quote.span, surroundings(document.text, quote.span, home))
        for quote in document.quotations
        if len(plain_words(document[quote.span])[0]) <= SHORT
        for home in [document.sentences[max(0, document.sentence_at(quote.span.start))]]
    ]


def same_context(beside: Beside, part: Span) -> Span | None:
    """The short quotation of the document that stands among the same words as this one."""
    ours = surroundings(beside.candidate.text, part, beside.sentence)
    best: tuple[float, Span] | None = None
    for quote, theirs in beside.document.of(_short_quotations):
        shared = len(ours & theirs)
        share = shared / max(1, min(len(ours), len(theirs)))
        if shared >= 2 and share >= _SHARED_CONTEXT and (best is None or share > best[0]):
            best = share, quote
    return best[1] if best else None
