"""What a claim tells of one speaker, beside what another one says of himself. English.

A clause is another speaker's where half of its words stand in a turn of theirs that has an “I” or a “my”, and few in
any turn of the one whom it names. Counted on judged chats before it was written; ``make rules`` counts it again (kind
``role``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.checks.clauses.arcs import Clause, key
from bench.checks.clauses.nearcopies import denies_nothing
from bench.checks.words.places import word_key
from bench.language.article import Article
from bench.language.turns import Turn, turns
from bench.text import words

SPEAKER_RULES = "speakers-1"
"""Names the version of these rules, for signatures."""

_THEIRS, _OURS = 0.5, 0.34
"""Share of the clause's words that the other's turn must have, and that no turn of the one named may exceed."""
_LEAST = 2
_MYSELF = frozenset("i i'm i'll i've i'd im my me".split())
_YOU = frozenset({"you", "u"})
_SAYING = frozenset({"say", "tell", "ask", "think"})


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn as it is compared."""

    turn: Turn
    words: Sequence[str]
    """Folded, in order."""
    keys: frozenset[str]


def _said(document: Article) -> list[_Said]:
    """The document's turns with their words."""
    found = []
    for turn in document.of(turns):
        spoken = [word.lower().replace("’", "'") for word in words(document[turn.said])]
        found.append(_Said(turn, spoken, frozenset(map(word_key, spoken))))
    return found


def another_speaker(clause: Clause, document: Article) -> Turn | None:
    """The turn of another speaker whose own doing a clause tells of the speaker that it names.

    >>> from bench.checks.clauses.arcs import clauses
    >>> document = Article("Chen: I cannot come on Friday.\\nOrla: Then we meet on Monday.")
    >>> found = [another_speaker(clauses(Article(f"{who} will come on Friday."))[0], document)
    ...     for who in ("Orla", "Chen")]
    >>> [turn and turn.speaker for turn in found]
    ['Chen', None]
    """
    said = document.of(_said)
    if not said or len(clause.agents) != 1:
        return None
    named = clause.words[clause.agents[0].head].text.lower()
    speakers = {one.turn.speaker for one in said if named in one.turn.names}
    verb = key(clause.words[clause.verb])
    told = (clause.content | {verb}) - {word_key(name) for one in said for name in one.turn.names} - {"s"}
    if len(speakers) != 1 or len(told) < _LEAST or verb in _SAYING:
        return None
    own = [one for one in said if one.turn.speaker in speakers]
    if max(len(told & one.keys) for one in own) > _OURS * len(told):
        return None
    others = [one for one in said if one.turn.speaker not in speakers]
    best = max(others, key=lambda one: (len(told & one.keys), not _MYSELF.isdisjoint(one.words)))
    if len(told & best.keys) < _THEIRS * len(told) or named in best.words or _MYSELF.isdisjoint(best.words):
        return None
    denied = clause.told.negated and denies_nothing(document[best.turn.said])
    return None if denied or _asked(best, verb) else best.turn


def _asked(said: _Said, verb: str) -> bool:
    """Whether the turn says it of “you”: did you leave, can you send."""
    return any(
        word_key(word) == verb and not _YOU.isdisjoint(said.words[max(0, place - 2) : place])
        for place, word in enumerate(said.words)
    )
