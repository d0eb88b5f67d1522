"""Whether a clause is told as a fact: negated or not, and as having happened, planned or merely possible. English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.language.lexicon import word_lists
from bench.models.syntax import Word

POLARITY_RULES = "polarity-2"
"""Names the version of these rules, for signatures."""

Mood = Literal["past", "present", "future", "possible", "wished", "would", "unknown"]
"""How a clause is told: as having happened (past), as going on or general (present), as to come (will, plans to,
expected to), as possible (may, could, if), as wanted or tried (asked to, tried to), with “would” (possible, polite, or
to come as seen from the past: “he would win that fight”), or not to be told."""

_WORDS = word_lists("polarity")
_NOT = _WORDS["not"]
_NONE = _WORDS["none"]
# These deny nearly, partly or something else: nothing is concluded from them.
_HALF = _WORDS["half"]
_PARTLY = _WORDS["partly"]
"""Of a noun phrase: who denies something of all doesn't deny it of some."""
_DENYING = _WORDS["denying"]
"""Governors of a verb that say it did not happen."""
_PLANNING = _WORDS["planning"]
_WISHING = _WORDS["wishing"]
_SAME = _WORDS["same"]
"""Governors that leave things as they are: who managed to go went, who didn't manage to go didn't."""
_MODALS: dict[str, Mood] = {
    "will": "future", "wo": "future", "'ll": "future", "’ll": "future", "shall": "future", "sha": "future",
    "may": "possible", "might": "possible", "could": "possible", "should": "possible",
    "would": "would", "'d": "would", "’d": "would", "ought": "possible", "must": "possible",
    "can": "possible", "ca": "possible",
}  # fmt: skip
_PERHAPS = _WORDS["perhaps"]
_CONDITIONS = _WORDS["conditions"]
_LINKS = frozenset({"xcomp", "ccomp", "pcomp", "advcl", "acl", "prep", "conj", "dobj", "acomp", "attr", "pobj"})


@dataclass(frozen=True, slots=True)
class Told:
    """How one clause is told."""

    negated: bool
    mood: Mood
    negations: tuple[int, ...]
    """Indices of the words that negate, in order."""
    hedges: tuple[int, ...]
    """Indices of the words that make it future, possible or wished, in order."""
    limits: frozenset[str]
    """Words that change what is denied: hardly, only, until, always; clauses that differ in them aren't compared."""


def told(words: tuple[Word, ...], verb: int, things: Iterable[int]) -> Told:
    """How the clause of a verb is told, of which ``things`` are the agents and patients; two negations are none."""
    return _Reader(words).read(verb, things)


class _Reader:
    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self.negations: list[int] = []
        self.hedges: list[int] = []
        self.limits: set[str] = set()

    def read(self, verb: int, things: Iterable[int]) -> Told:
        self._negations_at(verb)
        for thing in things:
            self._negations_of_noun(thing)
        mood = self._mood(verb)
        self._denied(verb)
        negated = len(self.negations) % 2 == 1
        marks = tuple(sorted(self.negations)), tuple(sorted(self.hedges))
        return Told(negated, mood, *marks, frozenset(self.limits))

    def _below(self, head: int) -> Iterator[tuple[int, str, Word]]:
        for index, word in enumerate(self.words):
            if word.head == head and index != head:
                yield index, word.text.lower(), word

    def _add(self, index: int) -> None:
        if index not in self.negations:
            self.negations.append(index)

    def _negations_at(self, verb: int) -> None:
        """Negations of a verb, of its auxiliaries, and of the adjective or noun that it ascribes."""
        auxiliaries = [index for index, _, word in self._below(verb) if word.dep in ("aux", "auxpass")]
        for index, text, word in self._below(verb):
            # "Will not today accuse": the parser hangs the "not" on the adverb.
            adverb = word.dep in ("advmod", "npadvmod") and auxiliaries and auxiliaries[0] < index < verb
            if adverb or word.dep in ("aux", "auxpass", "acomp", "attr"):
                for deeper, below, _ in self._below(index):
                    if below in _NOT and (not adverb or deeper > auxiliaries[0]):
                        self._negation(deeper)
            if text in _NOT:
                self._negation(index)
            elif (text in _NONE and word.dep in ("cc", "preconj", "advmod", "det")) or (
                text == "longer" and any(below == "no" for _, below, _ in self._below(index))
            ):
                self._add(index)
            elif text == "yet" and self.negations:
                continue
            elif text in _HALF and word.dep in ("advmod", "prep", "mark", "cc", "neg"):
                self.limits.add(text)
        if self.words[verb].dep == "conj":
            self.limits |= {text for _, text, _ in self._below(self.words[verb].head)} & {"nor", "neither"}

    def _negation(self, index: int) -> None:
        """A word that negates, unless it goes with one that makes something else of it: not only, not until."""
        following = self.words[index + 1].text.lower() if index + 1 < len(self.words) else ""
        if following in _HALF or (index and self.words[index - 1].text.lower() in ("if", "whether", "or")):
            self.limits.add(following)
        self._add(index)

    def _negations_of_noun(self, head: int) -> None:
        if self.words[head].text.lower() in _NONE:
            self._add(head)
        for index, text, word in self._below(head):
            if text in _NONE and word.dep in ("det", "neg", "preconj", "cc"):
                # "World No 1" denies nothing.
                if not any(other.tag == "CD" for other in self.words[index + 1 : index + 2]):
                    self._add(index)
            elif text in _PARTLY:
                self.limits.add(text)

    def _mood(self, verb: int) -> Mood:
        """The verb's own mood, or that of what it hangs on."""
        seen = set()
        while verb not in seen:
            seen.add(verb)
            word = self.words[verb]
            below = list(self._below(verb))
            if found := self._own_mood(verb, below):
                return found
            head = self.words[word.head]
            if word.dep == "ROOT" or word.head == verb or word.dep not in _LINKS:
                return "unknown"
            lemma = head.lemma.lower()
            if word.dep == "conj":
                verb = word.head
                if head.tag != word.tag:
                    return "unknown"
                # "Did not come and see": one "not" for both; "did not come but see" is another matter.
                self._negations_at(verb)
                self.limits |= {text for _, text, _ in self._below(verb)} & {"but"}
                continue
            to = any(text == "to" and other.dep == "aux" for _, text, other in below)
            infinitive = to or (word.tag == "VBG" and word.dep != "advcl")
            if not infinitive:
                # "The man arrested on Friday" was arrested; "leaving" and the like have no time of their own.
                return "past" if word.dep == "acl" and word.tag == "VBN" else "unknown"
            if word.dep == "pcomp" and lemma in ("without", "from"):
                if lemma == "without":
                    self._add(word.head)
                verb = word.head if lemma == "from" else head.head
                if lemma == "from":
                    verb = head.head
                    if self.words[verb].lemma.lower() not in _DENYING:
                        return "unknown"
                    self._add(verb)
                    self._negations_at(verb)
                continue
            if word.dep == "advcl" or (head.tag in ("IN", "TO", "RB") and not (to and lemma == "about")):
                return "unknown"
            if lemma in _DENYING:
                self._add(word.head)
            elif lemma in _PLANNING or lemma in _WISHING:
                self.hedges.append(word.head)
                self._negations_at(word.head)
                if not head.tag.startswith("VB"):  # "made no attempt to"
                    self._negations_at(head.head)
                return "future" if lemma in _PLANNING else "wished"
            elif lemma not in _SAME and not (lemma == "be" and word.dep == "xcomp"):
                return "unknown"
            verb = word.head
            self._negations_at(verb)
            if not self.words[verb].tag.startswith("VB"):
                verb = self.words[verb].head
                self._negations_at(verb)
        return "unknown"

    def _denied(self, verb: int) -> None:
        """What someone denied, told in a clause of its own: “denied that he had met her”."""
        word = self.words[verb]
        head = self.words[word.head]
        if word.dep == "ccomp" and head.lemma.lower() == "deny" and word.head not in self.negations:
            self._add(word.head)
            self._negations_at(word.head)

    def _own_mood(self, verb: int, below: list[tuple[int, str, Word]]) -> Mood | None:
        """What the verb's form and its auxiliaries say; ``None`` for forms that say nothing by themselves."""
        word = self.words[verb]
        for index, text, other in below:
            if text in _CONDITIONS and other.dep in ("mark", "advmod"):
                self.hedges.append(index)
                return "possible"
        for index, text, other in below:
            if other.dep == "aux" and text in _MODALS and other.tag == "MD":
                self.hedges.append(index)
                # "Said that he would resign" is a plan.
                return "future" if _MODALS[text] == "would" and word.dep == "ccomp" else _MODALS[text]
            if other.dep == "advmod" and text in _PERHAPS:
                self.hedges.append(index)
                return "possible"
        return _tense(word, [other for _, _, other in below if other.dep in ("aux", "auxpass")])


def _tense(word: Word, auxiliaries: Sequence[Word]) -> Mood | None:
    """What a verb's form and its auxiliaries say by themselves."""
    forms = {(other.lemma.lower(), other.tag) for other in auxiliaries}
    if any(other.text.lower() == "to" for other in auxiliaries):
        return None
    if any(tag == "VBD" for _, tag in forms) or ("have", "VBP") in forms or ("have", "VBZ") in forms:
        return "past"
    if any(tag in ("VBZ", "VBP") for _, tag in forms):
        return "present"
    if word.tag == "VBD":
        return "past"
    if word.tag in ("VBZ", "VBP"):
        return "present"
    return None
