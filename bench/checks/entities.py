"""Names in a candidate that the document doesn't have, or has in another role.

English only: a small table of countries and peoples, English titles and offices, and an English spaCy pipeline
that finds the candidate's names. The document itself is searched word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench.checks.findings import Finding, FindingsCheck, one_line
from bench.checks.names.casing import recased
from bench.checks.names.index import NameIndex, initials
from bench.checks.names.instead import instead
from bench.checks.names.mentions import Mention, bare, mentions
from bench.checks.words.places import Beside
from bench.checks.words.spelling import WORD, NameToken, is_caseless, name_tokens
from bench.claims import claim_rules, claims
from bench.language.article import Article, article
from bench.language.lexicon import word_groups
from bench.models.spacy_pipeline import DEFAULT, Parser, load
from bench.scorer import signature
from bench.types import Span

_VERSION = 5
_RECASED = " (read with the document's capitals)"
_CASELESS = "the candidate has no capital letters: a name that the document doesn't have can't be told"
_BEGINS = re.compile(r"(?:^|[.!?:;\n\"“”‘’'`(–—])\s*$")
# Words that stand between two names rather than inside one.
_BETWEEN = frozenset({"in", "at", "on", "from", "and", "or", "with", "near"})
# Types of which one word may be an ordinary word elsewhere: only a capitalised occurrence counts.
_CAPITALISED = frozenset({"PERSON", "NORP", "GPE", "LOC", "LANGUAGE"})


class Entities(FindingsCheck):
    """Every name of a claim must be in the document (else ``unsupported``), and in this role (else ``contradicted``).

    The same name: a surname for a full name (not the other way round: a first name that the document
    doesn't give is new), a country's names, adjectives and abbreviations, an abbreviation for the words
    it stands for, transliterations of one name, with or without titles, articles, possessives, accents,
    hyphens and plurals. A capital is not its country. Names are found by the pipeline ``model`` (a
    package or a folder), and by runs of proper nouns that it didn't take for names.

    The role: what the document has in the name's place (``bench.checks.names.instead``). A candidate without capitals
    is read with the document's; names that the document doesn't have can't be told in it.
    """

    nothing = "no name in this claim"

    def __init__(self, *, model: str = DEFAULT, name: str = "entities", parser: Parser | None = None) -> None:
        self.name = name
        self._parser = parser or load(model)

    def signature(self) -> str:
        """Version of the rules, the sentence splitter, and the pipeline with its version."""
        return signature("entities", version=_VERSION, claims=claim_rules(), model=self._parser.name)

    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterator[Finding]:
        """One finding a name; ``unchecked`` for claims of which, without capitals, no name can be told."""
        text, caseless = candidate, is_caseless(candidate.text)
        if caseless and (written := recased(candidate.text, document)):
            text = article(written)
        for sentence, inside in zip(sentences, mentions(text, sentences, self._parser), strict=True):
            for mention in inside:
                if finding := self._judge(text.of(Beside, document, sentence), mention):
                    yield replace(finding, reason=finding.reason + _RECASED) if text.text != candidate.text else finding
        if caseless:
            starts = {claim.span.start: claim.span for claim in candidate.of(claims)}
            yield from (Finding("unchecked", _CASELESS, starts[start]) for start in sorted(starts))

    def _judge(self, beside: Beside, mention: Mention) -> Finding | None:
        """Look a name up in the document, and what the document has in its place."""
        document, index = beside.document, beside.document.of(NameIndex)
        if _common(index, mention):
            return None
        shown, where = one_line(mention.written, 60), mention.span
        found = find(index, mention)
        other = None
        if not mention.headline:
            other = instead(beside, mention, everywhere(index, mention, found), self._parser)
        if not mention.sure and not found and not other:
            return None
        if other:
            there = one_line(bare(document[other.name]), 60)
            known = "" if not found else "elsewhere "
            reason = f"“{shown}” is {known or 'not '}in the document, which has “{there}” in this place"
            return Finding("contradicted", reason, where, (other.name, other.sentence), 0.0, "entity")
        if found:
            return Finding("supported", shown, where, found, 1.0)
        small = [span for span in index.phrase(mention.tokens, gaps=False) if _casual(document, span)]
        if small:
            reason = (
                f"“{one_line(document[small[0]])}” stands in the document without capitals: it may be another thing"
            )
            return Finding("unchecked", reason, where, tuple(small[:1]))
        reason = f"“{shown}” is not in the document"
        if near := _nearest(index, mention):
            reason += f", which has {' and '.join(f'“{one_line(document[span], 60)}”' for span in near)}"
        return Finding("unsupported", reason, where, near, 0.0, "entity")


def _common(index: NameIndex, mention: Mention) -> bool:
    """Whether a single word has its capital from its place only: the document has it, but always small."""
    places = index.places(mention.tokens[0], capital=False) if len(mention.tokens) == 1 else ()
    begins = _BEGINS.search(mention.text.text[max(0, mention.span.start - 8) : mention.span.start])
    return bool(places and begins) and not any(index.tokens[place].capital for place in places)


def _casual(document: Article, place: Span) -> bool:
    """Whether what is written around a place has no capitals, whatever it names."""
    sentence = document.sentences[max(0, document.sentence_at(place.start))]
    start = document.text.rfind(":", sentence.start, place.start) + 1
    around = document.text[start or sentence.start : sentence.end]
    return not any(word[0].isupper() and word != "I" for word in WORD.findall(around))


def everywhere(index: NameIndex, mention: Mention, found: Sequence[Span]) -> tuple[Span, ...]:
    """All places where the document has the name, a word that may stand for it, or what it abbreviates."""
    places = list(found)
    first_name = len(mention.tokens) > 1 and mention.label == "PERSON"
    for token in mention.tokens[first_name:]:
        places += [index.tokens[n].span for n in index.places(token, capital=True)]
    if long := _spelled_out(index, mention):
        tokens = [token for token in index.tokens if long.start <= token.start < long.end and token.capital]
        places += index.phrase(tokens)
    return tuple(dict.fromkeys(places))


def find(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """Where the document has the name; empty if nowhere."""
    tokens, person = mention.tokens, mention.label == "PERSON" and not mention.headline
    if len({token.key for token in tokens}) == 1:
        capital = mention.label in _CAPITALISED and not mention.headline
        places = index.places(tokens[0], capital)
        spans = [index.tokens[place].span for place in places]
        return _alike(index, mention, spans) or _abbreviated(index, mention)
    spans = index.phrase(mention.whole, gaps=False) or index.phrase(tokens, person=person)
    if spans or person:
        return _alike(index, mention, spans) or _split(index, mention)
    if span := index.together(tokens):
        return (span,)
    if abbreviated := _abbreviated(index, mention):
        return abbreviated
    return _piecewise(index, mention) or _split(index, mention)


def _alike(index: NameIndex, mention: Mention, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The first place spelled as the candidate has it, or else the first."""
    same = (span for span in spans if bare(index.text[span.slice]) == mention.written)
    return tuple(span for span in [next(same, spans[0] if spans else None)] if span)


def _split(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """Several names that the model took for one: Great Hall in Beijing, Keller and Smith."""
    groups: list[list[NameToken]] = [[]]
    for token in mention.whole:
        if token.key in _BETWEEN and not token.capital:
            groups.append([])
        elif token in mention.tokens:
            groups[-1].append(token)
    groups = [group for group in groups if group]
    if len(groups) < 2:
        return ()
    found: list[Span] = []
    for group in groups:
        span = Span(group[0].start, group[-1].end)
        spans = find(index, replace(mention, span=span, tokens=tuple(group), whole=tuple(group), sure=True))
        if not spans:
            return ()
        found += spans
    return tuple(found)


def _piecewise(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """A name whose parts the document has apart: China-Russia, U.S. Navy for the Navy of the U.S.

    Also words that no model took for a name, and headlines, where each word is looked for alone.
    """
    tokens = list(mention.tokens)
    groups = [[token] for token in tokens]
    if mention.label is not None and not mention.headline and not all(token.place for token in tokens):
        if not tokens[0].place:
            return ()
        groups = [tokens[:1], tokens[1:]]
    found: list[Span] = []
    for group in groups:
        spans = index.phrase(group)
        if mention.label is not None and not mention.headline and not index.caseless:
            spans = [span for span in spans if not index.text[span.start].islower()]
        if not spans:
            return ()
        found.append(spans[0])
    return tuple(found)


def _abbreviated(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """The words that an abbreviation stands for, or the abbreviation of the words."""
    if mention.label == "PERSON" and len(mention.tokens) > 1:
        return ()
    single = len(mention.tokens) == 1
    span = _spelled_out(index, mention) if single else index.acronym(initials(mention.tokens))
    return (span,) if span else _short(index, mention)


def _short(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """Another form of the name, where no initials show it: the Fed, the Federal Reserve."""
    written = " ".join(WORD.findall(" ".join(token.written.lower() for token in mention.tokens)))
    forms = sorted(word_groups("short_names", " / ").get(written, ()))
    return tuple(span for form in forms for span in index.phrase(name_tokens(form, True), gaps=False)[:1])[:1]


def _spelled_out(index: NameIndex, mention: Mention) -> Span | None:
    """The words of which a name in capitals has the initials."""
    written = mention.written.replace(".", "")
    return index.initialisms.get(written.lower()) if written.isupper() else None


def _nearest(index: NameIndex, mention: Mention) -> tuple[Span, ...]:
    """Names of the document that a reader may want to compare: sharing a word, or spelled alike."""
    known = [token for token in mention.tokens if not token.place and index.places(token, capital=True)]
    if len(mention.tokens) > 1 and known:
        # A surname says more than a first name.
        fuller = [
            span for span in index.full_names(known[-1]) if " " in index.text[span.slice] or mention.label == "PERSON"
        ]
        return tuple(fuller[:2])
    if len(mention.tokens) > 1 and mention.label != "PERSON":
        return ()
    similar = [span for token in mention.tokens if not token.place and (span := index.similar(token))]
    return tuple(dict.fromkeys(similar))[:2]
