"""Numbers, money, percentages, dates, times, ordinals and durations that the document doesn't have.

English only. What is compared are values, not spellings: $240 billion is 240 billion dollars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from bench.checks.agreement import agrees, covers, same_unit
from bench.checks.context import surroundings
from bench.checks.dates import Parts, complete
from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.quantities import QUANTITY_RULES, Quantity, quantities
from bench.claims import claim_rules
from bench.scorer import signature
from bench.text import sentence_spans
from bench.types import ErrorKind, Pair, Span

_VERSION = 1
_SPACED = re.compile(r"(?<![\w.,])\d+(?: [.,] \d+)+(?![\w])")
_NEAR_WORDS = 2
# Two of something may be counted up from the text without its saying so.
_COUNTABLE = 2


@dataclass(frozen=True, slots=True)
class _Placed:
    """A quantity of the document, its sentence, and the content words around it."""

    quantity: Quantity
    span: Span
    sentence: int
    around: frozenset[str]


class Numbers(FindingsCheck):
    """Every quantity of a sentence must be in the document, whatever its spelling.

    Values are compared by kind and unit, exactly or rounded as the candidate wrote them; a date agrees
    with a fuller one, and a number without a unit with any. Otherwise the sentence is ``contradicted``
    when the document has another value of the same kind and unit with at least two of the same content
    words around it (a count: of the same noun and one more), else ``unsupported``. Not judged: relative
    words (last year), “one”, two of something, names with digits, and what a number is attached to.
    """

    nothing = "no number or date in this claim"

    def __init__(self, *, name: str = "numbers") -> None:
        self.name = name

    def signature(self) -> str:
        """Version of the rules, of the reader of quantities, and of the sentence splitter."""
        return signature("numbers", version=_VERSION, quantities=QUANTITY_RULES, claims=claim_rules())

    def findings(self, pair: Pair, sentences: Sequence[Span]) -> Iterator[Finding]:
        """One finding a quantity."""
        document, candidate = pair.example.document, pair.candidate.text
        pool = _pool(document)
        for sentence in sentences:
            ours = quantities(candidate[sentence.slice])
            yield from (_judge(document, pool, candidate, sentence, q, ours) for q in ours if not q.vague)


@lru_cache(maxsize=16)
def _pool(document: str) -> tuple[_Placed, ...]:
    """The quantities of a document, sentence by sentence; the last few documents are kept."""
    placed = []
    for number, home in enumerate(sentence_spans(document)):
        for quantity in quantities(document[home.slice]):
            span = Span(home.start + quantity.span.start, home.start + quantity.span.end)
            around = surroundings(document, span.start, span.end, home.start, home.end)
            placed.append(_Placed(quantity, span, number, frozenset(around)))
    return (*placed, *_respaced(document))


def _respaced(document: str) -> list[_Placed]:
    """What tokenised text says with spaces inside its numbers (98 . 7 per cent), besides its plain reading."""
    found = []
    for number, match in enumerate(_SPACED.finditer(document)):
        low, high = max(0, match.start() - 60), min(len(document), match.end() + 60)
        joined = match.group().replace(" ", "")
        removed = len(match.group()) - len(joined)
        text = document[low : match.start()] + joined + document[match.end() : high]
        first, last = match.start() - low, match.start() - low + len(joined)
        for quantity in quantities(text):
            if quantity.span.start < last and first < quantity.span.end:
                span = Span(low + quantity.span.start, low + quantity.span.end + removed)
                around = surroundings(document, span.start, span.end, low, high)
                found.append(_Placed(quantity, span, -1 - number, frozenset(around)))
    return found


def _judge(
    document: str, pool: Sequence[_Placed], candidate: str, claim: Span, ours: Quantity, all_ours: Sequence[Quantity]
) -> Finding:
    shown = one_line(candidate[claim.slice][ours.span.slice], 60)
    # “75th anniversary” is a rank, and 75 years as well.
    readings = [ours, *(q for q in all_ours if q.vague and q.span == ours.span)]
    start, end = claim.start + ours.span.start, claim.start + ours.span.end
    where, kind = Span(start, end), _kind(ours)
    around = surroundings(candidate, start, end, claim.start, claim.end)
    hits = [placed for placed in pool if any(agrees(reading, placed.quantity) for reading in readings)]
    if found := _best(document, hits, ours, candidate[start:end], around) or _in_parts(pool, ours):
        theirs = one_line(document[found[0].slice], 60)
        same = theirs.casefold() == shown.casefold()
        return Finding("supported", shown if same else f"{shown} (“{theirs}”)", where, found, 1.0)
    if other := _instead(pool, ours, around):
        reason = (
            f"“{shown}” is not in the document, which has “{one_line(document[other.span.slice], 60)}” in this place"
        )
        return Finding("contradicted", reason, where, (other.span,), 0.0, kind)
    if ours.kind == "count" and ours.value == _COUNTABLE:
        return Finding("unchecked", f"“{shown}” may be counted up from the text", where)
    return Finding("unsupported", f"“{shown}” is not in the document", where, (), 0.0, kind)


def _kind(quantity: Quantity) -> ErrorKind:
    return "date" if quantity.kind == "date" else "number"


def _best(document: str, hits: list[_Placed], ours: Quantity, written: str, around: set[str]) -> tuple[Span, ...]:
    """Of the places that agree the one most like ours: in value, then in spelling, then in its context."""

    def unlike(placed: _Placed) -> tuple[bool, bool, bool, int]:
        theirs = placed.quantity
        respelled = document[placed.span.slice].casefold() != written.casefold()
        return not same_unit(ours, theirs), theirs.value != ours.value, respelled, -len(around & placed.around)

    return (min(hits, key=unlike).span,) if hits else ()


def _in_parts(pool: Sequence[_Placed], ours: Quantity) -> tuple[Span, ...]:
    """A date that the document gives in parts within two sentences, a pair as two numbers within one."""
    if ours.kind == "pair":
        wanted = set(ours.parts)
        counts = [p for p in pool if p.quantity.kind in ("count", "measure", "percent")]
        for first in counts:
            near = [p for p in counts if p.sentence == first.sentence and p.quantity.number in wanted]
            if {int(p.quantity.number) for p in near if p.quantity.number is not None} == wanted:
                return tuple(p.span for p in near[:2])
        return ()
    if ours.kind != "date" or sum(part is not None for part in ours.parts) < 2:
        return ()
    wanted_date = cast(Parts, ours.parts)
    dated = [p for p in pool if p.quantity.kind == "date" and _compatible(cast(Parts, p.quantity.parts), wanted_date)]
    for first in dated:
        # “In 2019. In October of that year”: the next sentence counts.
        near = [p for p in dated if p.sentence in (first.sentence, first.sentence + 1)]
        joined = tuple(
            next((p.quantity.parts[i] for p in near if p.quantity.parts[i] is not None), None) for i in range(4)
        )
        if covers(cast(Parts, joined), wanted_date):
            return tuple(p.span for p in near[:2])
    return ()


def _compatible(theirs: Parts, ours: Parts) -> bool:
    """Whether two dates share a part and differ in none."""
    pairs = [(a, b) for a, b in zip(complete(theirs), ours, strict=True) if a is not None and b is not None]
    return bool(pairs) and all(a == b for a, b in pairs)


def _instead(pool: Sequence[_Placed], ours: Quantity, around: set[str]) -> _Placed | None:
    """The document's other value of the same kind and unit that stands among the same words."""
    best: tuple[int, _Placed] | None = None
    for placed in pool:
        theirs = placed.quantity
        if theirs.vague or not _comparable(ours, theirs):
            continue
        shared = len(around & placed.around)
        if shared >= _NEAR_WORDS and (best is None or shared > best[0]):
            best = shared, placed
    return best[1] if best else None


def _comparable(ours: Quantity, theirs: Quantity) -> bool:
    if ours.kind == theirs.kind == "date":
        return [part is None for part in ours.parts] == [part is None for part in theirs.parts]
    if ours.kind in ("count", "ordinal"):
        return ours.kind == theirs.kind and bool(ours.nouns & theirs.nouns)
    return same_unit(ours, theirs)
