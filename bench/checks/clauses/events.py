"""Two clauses side by side: do they tell of one event, and do they tell the same of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bench.checks.clauses.antonyms import are_antonyms
from bench.checks.clauses.arcs import Clause, Thing, different, key, same
from bench.checks.clauses.polarity import Told

EVENT_RULES = "events-3"
"""Names the version of these rules, for signatures."""

NO_PAIRS: Mapping[int, int] = MappingProxyType({})
Kind = Literal["agrees", "negation", "modality", "antonym", "role"]

# Verbs that a text uses of many different events: they need more in common than others.
_LIGHT = frozenset("be have do get make take go say come give put want keep become see know think tell".split())
# Who meets is met.
_MUTUAL = frozenset("be become meet marry face fight play join equal match resemble divorce rival".split())
_HARD: frozenset[str] = frozenset({"past", "present", "unknown"})


_COPIED = 0.75
"""Share of the words of both clauses that are paired, from which one is taken for a copy of the other."""
_LEAST_PAIRED = 4
_AUXILIARIES = frozenset({"aux", "auxpass", "neg", "punct"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comparing a claim's clause with a clause of the document gave."""

    kind: Kind
    firm: bool
    """Whether the clauses share enough to be about one event for sure."""
    strength: float
    """0 to 1: how much of both clauses is shared; what the best outcome is chosen by."""
    ours: tuple[int, ...]
    """The words of the claim's clause that differ; the verb where nothing else does."""
    theirs: tuple[int, ...]
    """The words of the document's clause that differ."""


def compare(ours: Clause, theirs: Clause, pairs: Mapping[int, int] = NO_PAIRS) -> Outcome | None:
    """How the claim's clause stands to one of the document's; ``None`` where they may tell of different events.

    ``pairs``: words of the claim's sentence → the same words of the document's sentence, where it was aligned.

    >>> from bench.checks.clauses.arcs import clauses
    >>> from bench.language.article import Article
    >>> def one(text):
    ...     return clauses(Article(text))[-1]
    >>> [compare(one(claim), one("The mayor sued the paper on Friday.")).kind for claim in (
    ...     "The mayor did not sue the paper.", "The paper was sued by the mayor.")]
    ['negation', 'agrees']
    """
    opposite = ours.lemma != theirs.lemma and are_antonyms(ours.lemma, theirs.lemma)
    if ours.lemma != theirs.lemma and not opposite:
        return None
    shared = ours.content & theirs.content
    strength = 2 * len(shared) / max(1, len(ours.content) + len(theirs.content))
    copied = pairs.get(ours.verb) == theirs.verb and _copied(ours, theirs, pairs)
    agents, patients = _slot(ours.agents, theirs.agents), _slot(ours.patients, theirs.patients)
    if not copied and ("different" in (agents, patients) or "same" not in (agents, patients)):
        return None
    mine, other = ours.told, theirs.told
    verbs = (ours.verb,), (theirs.verb,)
    one_event = copied or _one_event(ours, theirs, shared)
    if opposite:
        nobody = not ours.patients and not theirs.patients and one_event
        if agents != "same" or not (patients == "same" or nobody) or not _comparable(mine, other):
            return None
        # One negation makes two opposites agree.
        return Outcome("antonym" if mine.negated == other.negated else "agrees", one_event, strength, *verbs)
    if mine.negated != other.negated:
        turned = {there: here for here, there in pairs.items()}
        really = _really(ours, theirs, mine, pairs) and _really(theirs, ours, other, turned)
        if not one_event or not really or not _comparable(mine, other):
            return None
        return Outcome("negation", True, strength, mine.negations or verbs[0], other.negations or verbs[1])
    if _hardened(mine, other):
        one_event = copied or (one_event and ours.lemma not in _LIGHT)
        return Outcome("modality", True, strength, verbs[0], (*other.hedges, theirs.verb)) if one_event else None
    if "different" not in (agents, patients):
        return Outcome("agrees", one_event, strength, *verbs)
    # Subject and object exchanged: the same words, but not the same told.
    crossed = _slot(ours.agents, theirs.patients), _slot(ours.patients, theirs.agents)
    if crossed != ("same", "same") or ours.lemma in _MUTUAL:
        return None
    here, there = (
        tuple(sorted(thing.head for thing in (*clause.agents, *clause.patients))) for clause in (ours, theirs)
    )
    return Outcome("role", True, strength, here, there)


def _copied(ours: Clause, theirs: Clause, pairs: Mapping[int, int]) -> bool:
    """Whether nearly all words of both clauses are each other's, and there are enough of them."""
    mine = [index for index in ours.whole if ours.words[index].dep not in _AUXILIARIES]
    whole, own = set(theirs.whole), [index for index in theirs.own if theirs.words[index].dep not in _AUXILIARIES]
    paired = [pairs[index] for index in mine if pairs.get(index) in whole]
    return (
        len(paired) >= min(_LEAST_PAIRED, len(ours.words) // 2)
        and len(paired) >= _COPIED * len(mine)
        and len(set(paired) & set(own)) >= _COPIED * len(own)
    )


def _really(one: Clause, other: Clause, said: Told, pairs: Mapping[int, int]) -> bool:
    """Whether a clause's negations are its own: not words that the other clause has too, or of a thing it hasn't."""
    for index in said.negations:
        there = pairs.get(index)
        if there is not None and there in other.whole:
            return False
        head = one.words[index].head
        of_noun = one.words[index].dep in ("det", "neg") and one.words[head].tag.startswith("NN")
        if of_noun and key(one.words[head]) not in other.content:
            return False
    return True


def _slot(ours: Sequence[Thing], theirs: Sequence[Thing]) -> Literal["same", "different", "unknown"]:
    """Whether what stands in one place of both clauses is the same."""
    if any(same(one, other) for one in ours for other in theirs):
        return "same"
    if ours and theirs and all(different(one, other) for one in ours for other in theirs):
        return "different"
    return "unknown"


def _one_event(ours: Clause, theirs: Clause, shared: frozenset[str]) -> bool:
    """Whether two clauses with one predicate share enough to be about one event."""
    needed = 3 if ours.lemma in _LIGHT else 2
    smaller = min(len(ours.content), len(theirs.content))
    return len(shared) >= needed and len(shared) >= 0.6 * smaller and len(shared) >= 0.5 * len(ours.content)


def _comparable(mine: Told, other: Told) -> bool:
    """Whether both are told in a mood in which one can be the denial of the other, and with the same limits."""
    if mine.limits != other.limits:
        return False
    return mine.mood == other.mood or {mine.mood, other.mood} <= _HARD


def _hardened(mine: Told, other: Told) -> bool:
    """Whether the claim tells as having happened what the document tells as possible, wanted or to come."""
    if mine.mood == "past":
        return other.mood in ("possible", "wished", "future")
    return mine.mood == "present" and other.mood == "possible"
