"""Who says it, judged: a candidate's quotations and indirect speech against the document's speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.checks.findings import Finding, one_line
from bench.checks.speech.alignment import plain_words
from bench.checks.speech.naming import Relation, general, same_speaker, same_words, span_of
from bench.checks.speech.saying import Said
from bench.checks.speech.speakers import Speaker, Speech, speech
from bench.checks.words.places import Aligned, align
from bench.checks.words.spelling import is_caseless
from bench.types import Span

_SHORT = 3
"""Quotations of fewer words may stand in several places: theirs must be quoted too."""
_ALIGNED = 0.7
"""Share of what is said that a sentence of the document must have, from which its speaker is compared."""
_AS_GOOD = 0.8
"""Other sentences with this share of the best one's score are looked at too."""
_NEAR = 60
"""Characters of a speaker and a word of saying that are shown as one place."""
_BACK = 2
"""Sentences before a pronoun's in which our speaker must not act, to be sure that it isn't meant."""
_WORDS = 4
"""Words that indirect speech must have to be looked for."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the document says of a candidate's attribution."""

    relation: Relation
    note: str
    """For a reader: who says it in the document, or why nothing can be said."""
    evidence: tuple[Span, ...] = ()
    """The document's words that name the speaker."""


def compare(document: str, candidate: str, said: Said, places: Sequence[Span]) -> Compared:
    """Whether the places of the document are said by the candidate's speaker.

    Several places: one by the same speaker is enough; all must be another's for ``other``.
    """
    ours, theirs = speech(candidate), speech(document)
    shown = " ".join(candidate[said.speaker.slice].split())
    caseless = is_caseless(document)
    us = ours.speaker(said, None if caseless else theirs.kinds)
    if us.naming.pronoun and not us.naming.name:
        return Compared("unclear", f"it isn't plain who “{shown}” is")
    for place in places:
        for them in theirs.enclosing(place):
            if not us.naming.pronoun and same_words(shown, document[them.speaker.slice]):
                return Compared("same", "", _evidence(them))
    if caseless:
        return Compared("unclear", "names can't be told from other words without capitals")
    if not us.naming.name and general(us.naming):
        return Compared("unclear", f"it isn't plain who “{shown}” is")
    found = [_one(theirs, place, us, ours) for place in places]
    for wanted in ("same", "unclear", "other"):
        chosen = next((compared for compared in found if compared.relation == wanted), None)
        if chosen:
            return chosen
    return Compared("unclear", "the document has no such place")


def _one(theirs: Speech, place: Span, us: Speaker, ours: Speech) -> Compared:
    """The same for one place."""
    sayers = [theirs.speaker(said) for said in theirs.enclosing(place)]
    # "Keller said she thought …": she is Keller, or isn't plain.
    plain = [them for them in sayers if not them.naming.pronoun or them.naming.name]
    sayers = plain or sayers
    if not sayers:
        return Compared("unclear", "the document doesn't say who says it in a way that can be read")
    relations = [_relation(us, them, theirs, ours) for them in sayers]
    # Of several, the one that the same words introduce: "according to", "said".
    verb = ours.text[us.said.verb.slice].lower()
    first = next((them for them in sayers if theirs.text[them.said.verb.slice].lower() == verb), sayers[0])
    shown = " ".join(theirs.text[first.said.speaker.slice].split())
    if first.how:
        shown += f" ({' '.join(key.title() for key in first.naming.name)})"
    evidence = _evidence(first.said)
    if "same" in relations:
        them = sayers[relations.index("same")]
        return Compared("same", "", _evidence(them.said))
    if "unclear" in relations or _nearby(theirs, place, first, us):
        return Compared(
            "unclear", f"“{shown}” says it in the document: it isn't plain whether that is the same", evidence
        )
    return Compared("other", shown, evidence)


def _evidence(said: Said) -> tuple[Span, ...]:
    """The words that name the speaker, with the word of saying where it stands near."""
    together = span_of(said)
    return (together,) if together.end - together.start <= _NEAR else (said.speaker, said.verb)


def _relation(us: Speaker, them: Speaker, theirs: Speech, ours: Speech) -> Relation:
    mine, other = us.naming, them.naming
    if mine.name and other.name:
        kinds = {**ours.kinds, **theirs.kinds}
        return same_speaker(mine, other, kinds, _linked(theirs, mine.name[-1], other.name[-1]))
    if not mine.name and not other.name:
        return "same" if mine.head and mine.head == other.head else "unclear"
    # An office on one side: who holds it, says the document.
    office, named = (mine, other) if other.name else (other, mine)
    if office.head in named.roles:
        return "same"
    holders = {keys[-1] for keys, _ in theirs.offices.get(office.head, ())}
    if named.name[-1] in holders:
        return "same"
    return "unclear"


def _linked(speech_: Speech, a: str, b: str) -> bool:
    """Whether a text has both words in one sentence."""
    homes = [{speech_.home(token.start) for token in speech_.tokens if token.key == wanted} for wanted in (a, b)]
    return bool(homes[0] & homes[1])


def _nearby(theirs: Speech, place: Span, first: Speaker, us: Speaker) -> bool:
    """Whether our speaker is named where a wrong parse, or a wrong antecedent, would have missed that."""
    if not us.naming.name:
        return False
    index, name = theirs.home(first.said.verb.start), us.naming.name[-1]
    if first.how:
        return any(theirs.acts(i, name) for i in range(max(0, index - _BACK), index + 1))
    low, high = theirs.sentences[index].start, first.said.verb.end
    return not theirs.quoted(place) and any(token.key == name and low <= token.start < high for token in theirs.tokens)


def quoted(document: str, candidate: str, span: Span, places: Sequence[Span]) -> tuple[str, Finding | None]:
    """What is to be said of a quotation's speaker: a note for its reason, and a finding where it is another's."""
    said = speech(candidate).of(span)
    if said is None:
        return "", None
    if len(plain_words(candidate[span.slice])[0]) < _SHORT:
        places = [place for place in places if speech(document).quoted(place)]
    shown = one_line(candidate[said.speaker.slice], 60)
    if not places:
        return f"speaker “{shown}” unchecked", None
    found = compare(document, candidate, said, places)
    if found.relation == "same":
        return f"said by “{shown}” there too", None
    if found.relation == "unclear":
        return f"speaker unchecked: {found.note}", None
    return "", _blame(said, shown, f"“{one_line(candidate[span.slice], 80)}”", found)


def indirect(document: str, candidate: str, sentences: Sequence[Span]) -> Iterator[Finding]:
    """Findings for what somebody is said to have said, without quotation marks."""
    ours, theirs = speech(candidate), speech(document)
    for sentence in sentences:
        for said in ours.said(ours.home(sentence.start)):
            if not said.reporting:
                continue
            content = _content(ours, said)
            if content is None or len(plain_words(candidate[content.slice])[0]) < _WORDS:
                continue
            yield _reported(document, candidate, theirs, said, content)


def _reported(document: str, candidate: str, theirs: Speech, said: Said, content: Span) -> Finding:
    shown = one_line(candidate[said.speaker.slice], 60)
    aligned = align(document, candidate, content)
    best = [found for found in aligned if found.score >= max(_ALIGNED, _AS_GOOD * aligned[0].score)]
    if not best:
        return Finding("unchecked", f"what “{shown}” says is not said so in one sentence of the document", said.speaker)
    found = compare(document, candidate, said, [_middle(theirs, each) for each in best])
    if found.relation == "same":
        return Finding("supported", f"“{shown}” says it there too", said.speaker, found.evidence, best[0].score)
    if found.relation == "unclear":
        return Finding("unchecked", f"speaker “{shown}” unchecked: {found.note}", said.speaker)
    return _blame(said, shown, f"“{one_line(candidate[content.slice], 80)}”", found)


def _blame(said: Said, shown: str, what: str, found: Compared) -> Finding:
    by = one_line(found.note, 80)
    reason = f"another speaker: “{shown}” says {what} here, in the document it is “{by}”"
    return Finding("contradicted", reason, said.speaker, found.evidence, 0.0, "attribution")


def _content(ours: Speech, said: Said) -> Span | None:
    """The longest stretch of what is said, outside of quotations; ``None`` where a quotation is most of it."""
    if not said.scope:
        return None
    content = max(said.scope, key=lambda part: part.end - part.start)
    inside = sum(max(0, min(quote.end, content.end) - max(quote.start, content.start)) for quote in ours.quotations)
    return content if 2 * inside < content.end - content.start else None


def _middle(theirs: Speech, aligned: Aligned) -> Span:
    """A word of the document's sentence that stands in the middle of those found: its speaker is asked for."""
    spans = sorted((there for _, there in aligned.pairs), key=lambda span: span.start)
    inside = [
        span for span in spans if not any(_holds(span_of(said), span) for said in theirs.said(theirs.home(span.start)))
    ]
    chosen = inside or spans
    return chosen[len(chosen) // 2] if chosen else aligned.sentence


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
