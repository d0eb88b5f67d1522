"""From verdicts to claims: pure functions over one summary's texts and its checks' scores.

The claims are those of the ``consistency`` scorer, whose verdict is then the claim's. A run without it
gets the worst of its checks' labels, as in the report. Checks that cut a text differently meet in the
smallest claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from bench.aggregate import worst
from bench.errors import InputError
from bench.record import INPUTS_FILE, SCORES_FILE
from bench.report.explain_records import FLAGGED, LABELS, Evidence, Explanation, Judged, Opinion
from bench.text import fold, sentence_spans, word_spans
from bench.types import Role, Score, Span, Verdict

COMBINED = "consistency"
"""The scorer whose verdict is the claim's."""

_GRAVEST_FIRST = tuple(LABELS)
_PINNED = 6
"""Evidence of so few words, within a longer sentence, is itself what differs."""
_GAP = 6
"""So many words in a row may differ between two texts that say nearly the same."""
_EDGE = 2
"""As many before the first and after the last word that they share."""
_ALIKE = 0.6
"""Share of the shorter text's words that two texts must have in common, in order, to be compared word by word."""
_MOST_COMPARED = 200_000
"""Words of the one times words of the other: longer texts aren't compared word by word."""


def explain(scores: Sequence[Score], *, candidate: str, document: str, names: tuple[str, str, Role]) -> Explanation:
    """One summary's explanation from its checks' scores; InputError when a span lies outside of its text."""
    example_id, system, role = names
    verdicts = [(score.scorer, verdict) for score in scores for verdict in score.verdicts]
    for check, verdict in verdicts:
        inside = max((span.end for span in (verdict.claim, *verdict.marks)), default=0) <= len(candidate)
        if not inside or any(span.end > len(document) for span in verdict.evidence):
            raise InputError(
                f"{SCORES_FILE} and {INPUTS_FILE} are not of one run: a verdict of {check} on {system} ({example_id}) "
                "points behind the end of its text"
            )
    spans = units(candidate, verdicts)
    given: list[list[tuple[str, Verdict]]] = [[] for _ in spans]
    for check, verdict in verdicts:
        for index in concerned(verdict, spans):
            given[index].append((check, verdict))
    claims = tuple(
        judge(number, span, mine, candidate, document)
        for number, (span, mine) in enumerate(zip(spans, given, strict=True), start=1)
    )
    notes = tuple(f"{score.scorer}: {score.error or score.status}" for score in scores if not score.verdicts)
    return Explanation(example_id, system, role, candidate, document, claims, notes)


def units(text: str, verdicts: Sequence[tuple[str, Verdict]]) -> list[Span]:
    """The smallest claims, in order and without overlap; the combined verdict's come first.

    What a longer claim has besides the smaller ones in it becomes a claim of its own where it holds a word.
    """
    combined = {verdict.claim for check, verdict in verdicts if check == COMBINED}
    every = {verdict.claim for _, verdict in verdicts if verdict.claim.start < verdict.claim.end}
    taken: list[Span] = []
    for span in sorted(every, key=lambda span: (span not in combined, span.end - span.start, span.start)):
        rest = remainder(span, taken)
        # Signs left over at the seams of two ways to cut a text are no claims.
        taken += [part for part in rest if part == span or word_spans(text[part.slice])]
        taken.sort(key=lambda span: span.start)
    return taken


def remainder(span: Span, taken: Sequence[Span]) -> list[Span]:
    """What is left of a span without those taken (ordered, apart).

    >>> remainder(Span(0, 9), [Span(2, 4), Span(8, 12)])
    [Span(start=0, end=2), Span(start=4, end=8)]
    """
    parts: list[Span] = []
    at = span.start
    for other in taken:
        if other.end <= at or other.start >= span.end:
            continue
        if at < other.start:
            parts.append(Span(at, other.start))
        at = other.end
    if at < span.end:
        parts.append(Span(at, span.end))
    return parts


def concerned(verdict: Verdict, spans: Sequence[Span]) -> list[int]:
    """The claims that a verdict speaks about: those it covers, and only those with its marks where it has some."""
    covered = [index for index, span in enumerate(spans) if overlap(verdict.claim, span)]
    marked = [index for index in covered if any(overlap(mark, spans[index]) for mark in verdict.marks)]
    return marked or covered


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end


def judge(number: int, span: Span, verdicts: Sequence[tuple[str, Verdict]], candidate: str, document: str) -> Judged:
    """One claim's record from the verdicts about it."""
    combined = next((verdict for check, verdict in verdicts if check == COMBINED), None)
    others = sorted(
        ((check, verdict) for check, verdict in verdicts if check != COMBINED),
        key=lambda pair: _GRAVEST_FIRST.index(pair[1].label),
    )
    if combined:
        label, kind, reason, probability = combined.label, combined.kind, combined.reason, combined.score
    else:
        label = worst(verdict.label for _, verdict in verdicts)  # type: ignore[assignment]
        kind = next((verdict.kind for _, verdict in others if verdict.kind and verdict.label == label), None)
        reason, probability = "", None
    wrong = label in FLAGGED
    claim = candidate[span.slice]
    # Where a check names the very words that differ, no comparison word by word is needed.
    pinned = any(
        span != sentences_around(document, span)
        for _, verdict in others
        if verdict.label in FLAGGED
        for span in verdict.evidence
    )
    by_words = wrong and not pinned
    opinions = tuple(opinion(check, verdict, claim, document, by_words) for check, verdict in others if says(verdict))
    blamed = [one for one in opinions if one.label in FLAGGED]
    # What other checks point at helps most where it differs from the claim.
    besides = sorted(
        (place for one in opinions if one.label not in FLAGGED for place in one.evidence),
        key=lambda place: not place.differs,
    )
    own = opinion(COMBINED, combined, claim, document, by_words).evidence if combined else ()
    evidence = distinct([*own, *(place for one in blamed for place in one.evidence), *besides])
    if not wrong:
        # Of a claim that holds, the sentence that most checks point at comes first.
        named = [place.around for one in opinions for place in one.evidence]
        evidence = tuple(sorted(evidence, key=lambda place: -named.count(place.around)))
    marks = [mark for _, verdict in verdicts if verdict.label in FLAGGED for mark in verdict.marks]
    return Judged(
        number=number,
        span=span,
        label=label,
        kind=kind,
        probability=probability,
        reason=reason,
        marks=merge(span, marks) if wrong else (),
        opinions=opinions,
        silent=tuple((check, verdict.reason) for check, verdict in others if not says(verdict)),
        evidence=evidence,
    )


def says(verdict: Verdict) -> bool:
    """Whether a check judged the claim, or knows what kind of text it is."""
    return verdict.label != "unchecked" or verdict.kind is not None


def opinion(check: str, verdict: Verdict, claim: str, document: str, by_words: bool) -> Opinion:
    """What a check says, with the sentences around its evidence, and what differs in them.

    ``by_words``: whether whole sentences are compared with the claim, too.
    """
    places = []
    for span in verdict.evidence:
        around = sentences_around(document, span)
        # A few words that a check pins down and doesn't blame are what it found to agree.
        compared = by_words if span == around else verdict.label in FLAGGED
        places.append(
            Evidence(around, (span,), differing(claim, document, span, around) if compared else ()),
        )
    return Opinion(check, verdict.label, verdict.kind, verdict.score, verdict.reason, distinct(places))


def distinct(places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each sentence once, in order, with all that is pointed at in it and all that differs."""
    found: dict[Span, Evidence] = {}
    for place in places:
        known = found.get(place.around, Evidence(place.around, ()))
        found[place.around] = Evidence(
            place.around,
            merge(place.around, [*known.spans, *place.spans]),
            merge(place.around, [*known.differs, *place.differs]),
        )
    return tuple(found.values())


def merge(within: Span, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans cut to one that holds them, in order, overlapping ones as one.

    >>> merge(Span(0, 9), [Span(5, 12), Span(1, 3), Span(2, 4)])
    (Span(start=1, end=4), Span(start=5, end=9))
    """
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        start, end = max(span.start, within.start), min(span.end, within.end)
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Span(start, end))
    return tuple(merged)


@lru_cache(maxsize=8)
def _sentences(document: str) -> tuple[Span, ...]:
    return tuple(sentence_spans(document))


def sentences_around(document: str, span: Span) -> Span:
    """From the beginning of the first sentence that a span touches to the end of the last one."""
    touched = [sentence for sentence in _sentences(document) if overlap(sentence, span)]
    return Span(min(touched[0].start, span.start), max(touched[-1].end, span.end)) if touched else span


def differing(claim: str, document: str, span: Span, around: Span) -> tuple[Span, ...]:
    """The words of the evidence that stand where the claim has others.

    >>> text = "He said they never walked away from the table at all. Rain fell."
    >>> [text[s.slice] for s in differing("They never ran away from the table.", text, Span(0, 53), Span(0, 53))]
    ['walked']
    """
    ours = [fold(claim[word.slice]) for word in word_spans(claim)]
    places = [Span(word.start + span.start, word.end + span.start) for word in word_spans(document[span.slice])]
    theirs = [fold(document[place.slice]) for place in places]
    if len(theirs) <= _PINNED and span != around:
        return (span,) if span.start < span.end else ()
    if len(ours) * len(theirs) > _MOST_COMPARED:
        return ()
    steps = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    shared = [index for index, step in enumerate(steps) if step[0] == "equal"]
    # Texts that share less are told in other words: a difference by words would mark nearly all.
    if sum(steps[index][2] - steps[index][1] for index in shared) < _ALIKE * min(len(ours), len(theirs)):
        return ()
    found = []
    for index, (tag, _, _, first, last) in enumerate(steps):
        inner = bool(shared) and shared[0] < index < shared[-1]
        # At the ends a longer difference is what the other sentence says besides.
        if (tag == "replace" or (tag == "insert" and inner)) and last - first <= (_GAP if inner else _EDGE):
            found.append(Span(places[first].start, places[last - 1].end))
    return tuple(found)


def marked(text: str, span: Span, marks: Iterable[Span]) -> list[tuple[str, bool]]:
    """A stretch of a text in parts, each with whether it is marked.

    >>> marked("a two-day visit", Span(2, 15), [Span(2, 9)])
    [('two-day', True), (' visit', False)]
    """
    parts: list[tuple[str, bool]] = []
    at = span.start
    for mark in merge(span, marks):
        parts += [(text[at : mark.start], False), (text[mark.slice], True)]
        at = mark.end
    return [(part, wrong) for part, wrong in [*parts, (text[at : span.end], False)] if part]
