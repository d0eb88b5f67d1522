"""Of what kind a run's texts are, as far as it can be told and changes what a probability means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bench.checks.words.copying import copied_share, grams_of
from bench.language.article import article
from bench.language.turns import turns
from bench.text import words
from bench.types import Pair

_COPIES = 0.6
"""Share of word pairs and triples from which summaries are copies."""
_MOST = 100
"""Documents that are looked at."""

KINDS: Mapping[str, str] = {"dialogues": "dialogues", "copies": "documents whose summaries copy most of their words"}
"""Kind of text → what a reader calls it."""


def text_kinds(pairs: Sequence[Pair]) -> Mapping[str, tuple[int, int]]:
    """Kind → how many documents are of it, of how many: of the first ``100`` documents, in the pairs' order.

    >>> from bench.types import Candidate, Example
    >>> chat = Example("c", "Ida: hi, is it late?\\nBen: no, it is four", ("",))
    >>> text_kinds([Pair(chat, Candidate("c", "x", "It is four o'clock."))])
    {'dialogues': (1, 1), 'copies': (0, 1)}
    """
    candidates: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        candidates[pair.example.document].append(pair.candidate.text)
    seen = list(candidates)[:_MOST]
    dialogues = sum(bool(article(document).of(turns)) for document in seen)
    copies = sum(_copied(document, candidates[document]) >= _COPIES for document in seen)
    return {"dialogues": (dialogues, len(seen)), "copies": (copies, len(seen))}


def _copied(document: str, candidates: Sequence[str]) -> float:
    """Share that three quarters of the candidates copy at least: floors and ceilings among them copy all."""
    grams = grams_of(document)
    shares = sorted(copied_share(found, 0, len(found), grams) for text in candidates if (found := words(text)))
    return shares[(len(shares) - 1) // 4] if shares else 0.0
