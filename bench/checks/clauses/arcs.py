"""Who did what to whom: the clauses of a parsed English sentence as plain records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bench.checks.clauses.polarity import Told, told
from bench.checks.quantities.units import MONTHS, WEEKDAYS
from bench.checks.words.places import word_key
from bench.language.article import Article
from bench.models.syntax import Word, subtree

ARC_RULES = "arcs-1"
"""Names the version of these rules, for signatures."""

_NO_PREDICATE = frozenset("aux auxpass amod compound punct prep case nmod advmod mark".split())
_SUBJECTS = ("nsubj", "csubj")
_OBJECTS = ("dobj", "attr", "acomp", "oprd")
_PRONOUNS = frozenset({"PRP", "PRP$", "WP", "WP$", "WDT", "EX", "DT"})
_RELATIVES = frozenset({"WP", "WDT"})
# What belongs to a noun phrase proper: no relative clauses, no prepositional phrases.
_CORE = frozenset("compound amod nmod poss nummod appos det quantmod flat".split())
_AWAY = frozenset({"from"})
_CONTENT = ("NN", "VB", "JJ", "CD", "RB", "FW")
_EMPTY = frozenset("be have do not n't also then just now so very 's say".split())


@dataclass(frozen=True, slots=True)
class Thing:
    """Someone or something that takes part in what a clause tells."""

    head: int
    """Index of its head word in the sentence."""
    key: str
    """The head word, inflection aside."""
    modifiers: frozenset[str]
    """The other content words of the noun phrase itself."""
    apposed: frozenset[str]
    """Head words of what stands in apposition to it."""
    proper: bool
    """Whether its head is written as a name."""
    pronoun: bool


@dataclass(frozen=True)
class Clause:
    """One predicate with its arguments, a passive turned round. Indices are of the sentence's words."""

    words: tuple[Word, ...]
    verb: int
    lemma: str
    """Of the verb, with its particle: ``bring``, ``bring on``."""
    agents: tuple[Thing, ...]
    """Subject of an active verb, by-phrase of a passive one."""
    patients: tuple[Thing, ...]
    """Objects and complements of an active verb, subject of a passive one."""
    content: frozenset[str]
    """Keys of all content words that belong to this clause and to no clause inside it, the verb left out."""
    own: tuple[int, ...]
    """Indices of the words that belong to this clause, the verb included, in order."""
    whole: tuple[int, ...]
    """Indices of all words that hang on the verb, clauses inside included, in order."""

    @cached_property
    def told(self) -> Told:
        """How it is told; negations that cancel out are none.

        >>> for text in ("Anna did not sign it.", "Anna did not fail to sign it.", "Anna may sign it."):
        ...     clause = clauses(Article(text))[-1]
        ...     clause.told.negated, clause.told.mood
        (True, 'past')
        (False, 'past')
        (False, 'possible')
        """
        return told(self.words, self.verb, [thing.head for thing in (*self.agents, *self.patients)])

    @property
    def start(self) -> int:
        """Offset of its first word in the sentence."""
        return self.words[self.own[0]].start

    @property
    def end(self) -> int:
        """Offset after its last word in the sentence."""
        return self.words[self.own[-1]].end


def key(word: Word) -> str:
    """A word without case and inflection, the same whatever the tagger takes it for.

    >>> key(Word("Parties", 0, 7, "NNPS", "nsubj", "Parties", 0)), key(Word("party", 0, 5, "NN", "nsubj", "party", 0))
    ('party', 'party')
    """
    return word_key(word.text.strip(".'’"))


def same(one: Thing, other: Thing) -> bool:
    """Whether two things of different sentences are plainly one: the same head word, and no other first name.

    >>> words = [Word(text, 0, 1, "NNP", "nsubj", text, 0) for text in ("Smith", "Jones")]
    >>> smith, anna, john = (Thing(0, "smith", frozenset(names), frozenset(), True, False) for names in ((), ("anna",),
    ...     ("john",)))
    >>> same(smith, anna), same(anna, john)
    (True, False)
    """
    if one.pronoun or other.pronoun:
        return False
    if one.key != other.key and one.key not in other.apposed and other.key not in one.apposed:
        return False
    apart = one.proper and other.proper and one.modifiers and other.modifiers
    return not (apart and not one.modifiers & other.modifiers)


def different(one: Thing, other: Thing) -> bool:
    """Whether two things share no word at all, and neither is a pronoun."""
    if one.pronoun or other.pronoun:
        return False
    return not _all_keys(one) & _all_keys(other)


def _all_keys(thing: Thing) -> frozenset[str]:
    return thing.modifiers | thing.apposed | {thing.key}


def clauses(sentence: Article) -> tuple[Clause, ...]:
    """The clauses of a sentence alone, in the order of their verbs.

    >>> [clause] = clauses(Article("The treaty was signed by the president."))
    >>> clause.lemma, [thing.key for thing in clause.agents], [thing.key for thing in clause.patients]
    ('sign', ['president'], ['treaty'])
    """
    return tuple(_Sentence(sentence.words).clauses())


def is_predicate(word: Word) -> bool:
    """Whether a word is a verb that tells something, not an auxiliary or a mere modifier."""
    return word.tag.startswith("VB") and word.dep not in _NO_PREDICATE and any(char.isalpha() for char in word.text)


class _Sentence:
    """A parsed sentence with its tree turned round, so that going down is quick."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self.below: list[list[int]] = [[] for _ in words]
        for index, word in enumerate(words):
            if word.head != index:
                self.below[word.head].append(index)
        self.verbs = [index for index, word in enumerate(words) if is_predicate(word)]

    def clauses(self) -> Iterator[Clause]:
        for verb in self.verbs:
            own = tuple(sorted(self._own(verb)))
            agents, patients = self._roles(verb)
            taking_part = [*agents, *patients, *self._obliques(verb)]
            content = {key(self.words[index]) for index in own if index != verb and self._says(index)}
            for thing in taking_part:
                content |= {name for name in _all_keys(thing) if not thing.pronoun}
            yield Clause(
                words=self.words,
                verb=verb,
                lemma=self._lemma(verb),
                agents=agents,
                patients=patients,
                content=frozenset(content - _EMPTY),
                own=own,
                whole=tuple(subtree(self.words, verb)),
            )

    def _lemma(self, verb: int) -> str:
        particles = [self.words[index].text.lower() for index in self.below[verb] if self.words[index].dep == "prt"]
        return " ".join([self.words[verb].lemma.lower(), *particles])

    def _says(self, index: int) -> bool:
        word = self.words[index]
        return word.tag.startswith(_CONTENT) and word.tag not in ("WRB",) and word.dep not in ("aux", "auxpass", "neg")

    def _own(self, verb: int) -> set[int]:
        """The words that hang on a verb, without those of the clauses inside."""
        found, waiting = {verb}, [verb]
        while waiting:
            for index in self.below[waiting.pop()]:
                if index not in found and not is_predicate(self.words[index]) and self.words[index].dep != "punct":
                    found.add(index)
                    waiting.append(index)
        return found

    def _passive(self, verb: int) -> bool:
        deps = {self.words[index].dep for index in self.below[verb]}
        reduced = self.words[verb].dep in ("acl", "relcl") and self.words[verb].tag == "VBN" and "aux" not in deps
        return reduced or bool(deps & {"nsubjpass", "csubjpass", "agent", "auxpass"})

    def _roles(self, verb: int) -> tuple[tuple[Thing, ...], tuple[Thing, ...]]:
        """Agents and patients; a verb without a subject borrows one."""
        words, below, passive = self.words, self.below[verb], self._passive(verb)
        subjects = [index for index in below if words[index].dep.removesuffix("pass") in _SUBJECTS]
        objects = [index for index in below if words[index].dep in _OBJECTS]
        by = [index for up in below if words[up].dep == "agent" for index in self._objects_of(up)]
        # "Rovers beat United 2-0": the score makes the parser take the names for adverbs.
        names = [index for index in below if words[index].dep == "npadvmod" and self._names_someone(index)]
        if not passive:
            subjects = subjects or [index for index in names if index < verb][-1:]
            objects = objects or [index for index in names if index > verb][:1]
        subjects = subjects or self._lent(verb)
        if passive:
            return self._things(by), self._things([*subjects, *objects])
        return self._things(subjects), self._things(objects)

    def _names_someone(self, index: int) -> bool:
        word = self.words[index]
        return word.tag.startswith("NNP") and word.text.lower() not in WEEKDAYS and word.text.lower() not in MONTHS

    def _objects_of(self, preposition: int) -> list[int]:
        return [index for index in self.below[preposition] if self.words[index].dep == "pobj"]

    def _lent(self, verb: int) -> list[int]:
        """The subject of a verb that has none itself."""
        words, seen, prepositions = self.words, {verb}, set()
        word = words[verb]
        if word.dep in ("acl", "relcl"):
            # "The man arrested by police", "the man leaving": not "the plan to leave".
            return [word.head] if word.tag in ("VBN", "VBG", "VBD") else []
        while words[verb].dep in ("conj", "xcomp", "advcl", "pcomp", "ccomp", "prep") and words[verb].head not in seen:
            kind, verb = words[verb].dep, words[verb].head
            seen.add(verb)
            if not is_predicate(words[verb]):
                prepositions.add(words[verb].text.lower())
                continue
            objects = [index for index in self.below[verb] if words[index].dep == "dobj"]
            if objects and (kind == "xcomp" or prepositions & _AWAY):
                return objects  # "forced the minister to leave", "kept him from leaving"
            below = [index for index in self.below[verb] if words[index].dep in ("nsubj", "nsubjpass")]
            if below:
                # "Was arrested and charged": the one who was arrested; "was arrested and escaped" too.
                return below
            if words[verb].dep in ("acl", "relcl"):
                return [words[verb].head]
        return []

    def _obliques(self, verb: int) -> tuple[Thing, ...]:
        """The objects of its prepositions, and to whom it is done."""
        found: list[int] = []
        for index in self.below[verb]:
            if self.words[index].dep in ("prep", "dative"):
                found += self._objects_of(index) or ([index] if self.words[index].dep == "dative" else [])
        return self._things(found)

    def _things(self, heads: Iterable[int]) -> tuple[Thing, ...]:
        found: list[Thing] = []
        for head in heads:
            if self.words[head].dep in ("csubj", "csubjpass") or is_predicate(self.words[head]):
                continue
            if self.words[head].tag in _RELATIVES:
                head = self._antecedent(head)
            found += [self._thing(index) for index in self._coordinated(head)]
        return tuple(dict.fromkeys(found))

    def _antecedent(self, relative: int) -> int:
        """What “who” or “which” stands for: the noun that its clause hangs on."""
        verb = self.words[relative].head
        while self.words[verb].dep == "conj":
            verb = self.words[verb].head
        return self.words[verb].head if self.words[verb].dep == "relcl" else relative

    def _coordinated(self, head: int) -> list[int]:
        found = [head]
        for index in found:
            found += [below for below in self.below[index] if self.words[below].dep == "conj" and below not in found
                      and not is_predicate(self.words[below])]  # fmt: skip
        return found

    def _thing(self, head: int) -> Thing:
        core: list[int] = []
        waiting = [head]
        apposed = set()
        while waiting:
            for index in self.below[waiting.pop()]:
                if self.words[index].dep in _CORE and index not in core:
                    core.append(index)
                    waiting.append(index)
                    if self.words[index].dep == "appos":
                        apposed.add(key(self.words[index]))
        word = self.words[head]
        modifiers = {key(self.words[index]) for index in core if self.words[index].tag.startswith(("NN", "JJ"))}
        return Thing(
            head=head,
            key=key(word),
            modifiers=frozenset(modifiers),
            apposed=frozenset(apposed),
            proper=word.tag.startswith("NNP"),
            pronoun=word.tag in _PRONOUNS,
        )
