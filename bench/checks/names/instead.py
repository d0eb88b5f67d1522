"""A name that the document has, but not in this role: what the document has in its place.

From words alone: a claim's sentence is laid beside the document's sentences that it may come from; where the words
around the name bracket another name of its kind, the document has that one. That a name stands far from what is
said of it is no sign: on judged summaries such flags were right no more often than any.

The thresholds were chosen on the choosing half of SummEval's documents (references and cased summaries
against the same with one name swapped); the other half is reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.checks.names.counterparts import Slot, counterparts
from bench.checks.names.mentions import Mention
from bench.checks.words.places import Beside, DocumentIndex
from bench.language.article import Article
from bench.models.spacy_pipeline import Parser
from bench.types import Span

_MOST = 4
"""Sentences of the document that a claim is laid beside."""
_FADE = 0.9
"""What a context word counts for with each word that it is farther from the name."""
_CONTEXT = 0.3
"""Least share of the context that a sentence must have to say anything about the name."""
_TIGHT_CONTEXT = 0.4
_COPIED = 0.9
"""Share of the context from which a sentence counts as copied but for the name: its type no longer matters."""
_CLOSE = 1
"""Sentences around the name's places that may hold its context."""
_OWN_LEAD = 0.4
"""How much more of the context than the name's own sentences a sentence must have to settle its place alone."""

_FIRST = re.compile(r"\b[Ii]\b")


@dataclass(frozen=True, slots=True)
class Instead:
    """What the document has where the claim has a name."""

    sentence: Span
    """The sentence of the document that has most of what the claim says around the name."""
    name: Span
    """Another name in the name's place there."""


def instead(beside: Beside, mention: Mention, places: Sequence[Span], parser: Parser) -> Instead | None:
    """What the document has in a name's place; ``None`` where it may well have the name itself.

    ``places``: everywhere the document has the name, or a part that may stand for it.
    """
    document, index = beside.document, beside.index
    inside = [n for n, word in enumerate(beside.words) if mention.span.start <= word.start < mention.span.end]
    if not inside:
        return None
    label = mention.label or ("NORP" if any(token.place for token in mention.tokens) else None)
    slot = Slot(mention.text, beside.words, inside[0], inside[-1], label)
    weights = _context(index, slot)
    if not weights:
        return None
    homes = {document.sentence_at(place.start) for place in places}
    here, around = shares(index, weights, 0), shares(index, weights, _CLOSE)
    own, close = (max((each[home] for home in homes), default=0.0) for each in (here, around))
    for aligned in beside.best(_MOST):
        home = document.sentence_at(aligned.sentence.start)
        # What is said of the name where it stands is at least as near: no other sentence overrules it.
        if home in homes or here[home] < _CONTEXT or here[home] <= own:
            continue
        addressed = False
        for other, tight in counterparts(document, slot, aligned, parser, here[home] >= _COPIED):
            least = own if tight else close
            if not _says_who(document, aligned.sentence, other):
                addressed = True
                continue
            leads = here[home] >= least or here[home] - own >= _OWN_LEAD
            if leads and here[home] >= (_TIGHT_CONTEXT if tight else _CONTEXT):
                return Instead(aligned.sentence, other)
        if addressed:
            # The best place says it of somebody whom it doesn't name: no worse one says who that is.
            return None
    return None


def _says_who(document: Article, sentence: Span, name: Span) -> bool:
    """Whether a name says who is meant: one that opens a turn of a dialogue does so only where the speaker says "I"."""
    before, behind = document.text[: name.start].rstrip(" \t"), document.text[name.end :].lstrip(" \t")
    opens = before[-1:] in {"", "\n"} and behind[:1] == ":"
    return not opens or _FIRST.search(document.text[name.end : sentence.end]) is not None


def _context(index: DocumentIndex, slot: Slot) -> dict[str, float]:
    """The content words around a name, with what they count for."""
    weights: dict[str, float] = {}
    for n, word in enumerate(slot.words):
        if not word.small and not slot.first <= n <= slot.last:
            distance = slot.first - n if n < slot.first else n - slot.last
            weights[word.key] = max(weights.get(word.key, 0.0), index.weight(word) * _FADE**distance)
    return weights


def shares(index: DocumentIndex, weights: dict[str, float], reach: int) -> list[float]:
    """For each sentence of the document, the share of the weighted words in it or ``reach`` sentences around.

    >>> index = DocumentIndex(Article("Anna ran. Peter slept. Anna slept."))
    >>> shares(index, {"anna": 3.0, "peter": 1.0}, 0), shares(index, {"anna": 3.0, "peter": 1.0}, 1)
    ([0.75, 0.25, 0.75], [1.0, 1.0, 1.0])
    """
    found = [0.0] * len(index.words)
    for key, weight in weights.items():
        near = {n for home in index.homes.get(key, ()) for n in range(home - reach, home + reach + 1)}
        for n in near:
            if 0 <= n < len(found):
                found[n] += weight
    total = sum(weights.values())
    return [round(share / total, 9) for share in found]
