"""Long sentences → clauses: where a sentence may be cut into pieces that can be judged one by one.

Cuts are made where the parse and the words agree, else not: a piece too many costs more than a long claim.
Cut are coordinated clauses with a verb of their own (a shared subject is enough), adverbial clauses with a
subject of their own, and what trails behind a comma and adds a claim: relative clauses, participles,
"particularly …", "including …", "with … rising", descriptions. Reported speech stays with its speaker;
a condition stays with what it conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.language.article import Article
from bench.models.spacy_pipeline import load
from bench.models.syntax import Word, children, subtree
from bench.text import word_spans
from bench.types import Span

SHORTEST_SENTENCE = 12
"""A sentence with fewer words stays whole."""
LEAST_CONTENT = 3
"""Nouns, main verbs, adjectives, adverbs and numbers that every piece must have."""

_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
_CONTENT = ("NN", "VB", "JJ", "RB", "CD")
# Clauses that say something of their own, and those that do so only behind a comma.
_MARKS = frozenset("while although though whereas because after before".split())
_COMMA_MARKS = _MARKS | frozenset({"as", "since", "when", "where"})
_RELATIVE = frozenset({"WDT", "WP", "WP$", "WRB"})
_ADDING = frozenset("including particularly especially notably".split())
_SPEECH = frozenset(
    "say tell claim announce report add state argue believe think suggest warn insist explain confirm deny reveal "
    "admit write note declare stress emphasize emphasise estimate expect hope allege accuse acknowledge assert vow "
    "predict promise pledge tweet mention know show find ask urge describe".split()
)
_COMPLEMENTS = frozenset("dobj attr acomp prep xcomp ccomp dative oprd agent advmod npadvmod prt advcl".split())
_UNITS = frozenset("second minute hour day week month year decade moment time".split())
_STATES = frozenset({"age", "leave"})
"""", aged 12, …" and ", left, …" say who is meant or where in a picture."""
_LONGEST_TAIL = 8
"""Words and signs of "…, a spokesman for the police said." at the end of a sentence."""
_SIGNS = frozenset({"punct", "cc", "dep", ""})


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place where a piece may begin, and the one word whose arc may cross it."""

    place: int
    """Index of the first word behind the cut."""
    anchor: int
    """Index of the verb, or of what else heads the clause, on whichever side of the cut."""


def pieces(sentence: Article, protected: Sequence[Span] = ()) -> tuple[Span, ...]:
    """The pieces of one sentence, in order; they cover it without overlap, white space aside.

    ``protected``: stretches that are never cut, such as quotations; parentheses and names never are.

    >>> text = Article("Xi met Putin in Beijing on Thursday, and the two leaders signed a joint statement on trade.")
    >>> [text[piece] for piece in pieces(text)]
    ['Xi met Putin in Beijing on Thursday,', 'and the two leaders signed a joint statement on trade.']
    """
    text = sentence.text
    if len(word_spans(text)) < SHORTEST_SENTENCE or not _is_clause(words := sentence.words) or _attributed(words):
        return (Span(0, len(text)),)
    by_word = ([rule(words, index, word) for rule in _RULES] for index, word in enumerate(words))
    found = (next(filter(None, rules), None) for rules in by_word)
    cuts = {cut.place: cut for cut in found if cut and _allowed(text, words, cut.place, protected)}
    accepted: list[int] = []
    # From the right: what an accepted cut has taken off no longer hangs on anything.
    for place in sorted(cuts, reverse=True):
        end = accepted[-1] if accepted else len(words)
        if _parts_cleanly(words, cuts[place], end) and _content(words[place:end]) >= LEAST_CONTENT:
            accepted.append(place)
    while accepted and _content(words[: accepted[-1]]) < LEAST_CONTENT:
        accepted.pop()
    names = sentence.tagged(load()).entities if accepted else ()
    starts = sorted(words[place].start for place in accepted)
    bounds = [0, *(start for start in starts if not any(n.start < start < n.end for n in names)), len(text)]
    return tuple(Span(start, start + len(text[start:end].rstrip())) for start, end in pairwise(bounds))


def _coordinated(words: tuple[Word, ...], index: int, word: Word) -> _Cut | None:
    """ ", and Y said …", " but did …": a finite verb joined to the main one."""
    head = word.head
    if word.dep != "conj" or head > index or not _finite(words, index) or not _finite(words, head):
        return None
    if not _main(words, head) or (_reports(words, head) and words[index].lemma not in _SPEECH):
        return None
    own_subject = _has_subject(words, index)
    said_of_it = any(words[i].dep in _COMPLEMENTS for i in children(words, head) if head < i < index)
    if not own_subject and not said_of_it:
        return None  # "slipped and fell on a cover" says one thing
    between = [i for i in children(words, head) if head < i < index and words[i].dep == "cc"]
    semicolon = [i for i in range(head, index) if words[i].text == ";"]
    if between:
        return _Cut(between[-1], index)
    if semicolon and own_subject:
        return _Cut(semicolon[-1] + 1, index)
    return None


def _beside(words: tuple[Word, ...], index: int, word: Word) -> _Cut | None:
    """ "X rose; Y fell": a clause beside the main one, with a semicolon between."""
    if word.dep not in {"ccomp", "parataxis"} or not _finite(words, index) or not _has_subject(words, index):
        return None
    first, last = sorted((index, word.head))
    semicolons = [i for i in range(first, last) if words[i].text == ";"]
    return _Cut(semicolons[-1] + 1, index) if semicolons and words[word.head].dep == "ROOT" else None


def _adverbial(words: tuple[Word, ...], index: int, word: Word) -> _Cut | None:
    """ "… because it rained", "While it rained, …": an adverbial clause with a subject of its own."""
    if word.dep != "advcl" or not _finite(words, index) or not _has_subject(words, index):
        return None
    if not _main(words, word.head) or not _finite(words, word.head):
        return None
    own = subtree(words, index)
    first = own[0]
    mark = words[first].text.lower()
    if words[first].head != index or words[first].dep not in {"mark", "advmod"}:
        return None
    if index < word.head:
        behind = own[-1] + 1
        comma = behind < len(words) and words[behind].text == ","
        return _Cut(behind + 1, index) if comma and first == 0 and mark in _COMMA_MARKS else None
    comma = words[first - 1].text == ","
    if mark not in (_COMMA_MARKS if comma else _MARKS):
        return None
    # "hours after …", "just before …": a time, not an account.
    if not comma and (words[first - 1].tag.startswith("RB") or words[first - 1].lemma.lower() in _UNITS):
        return None
    # "said it fell because …", "did not fall because …": it may belong to what is said or denied.
    doubtful = _reports(words, word.head) or any(words[i].dep == "neg" for i in children(words, word.head))
    if doubtful and not (comma and mark in {"while", "although", "though", "whereas"}):
        return None
    return _Cut(first, index)


def _trailing(words: tuple[Word, ...], index: int, word: Word) -> _Cut | None:
    """What stands behind a comma and adds a claim to what is said."""
    own = subtree(words, index)
    first = own[0]
    while first < index and words[first].dep == "punct":
        first += 1
    if first == 0 or words[first - 1].text != "," or word.head >= first or _reported(words, word.head):
        return None
    opening = {words[first].text.lower(), words[first].tag}
    inside = {words[i].tag for i in own}
    if word.dep == "relcl":
        second = words[first + 1].tag if first + 1 < len(words) else ""
        good = bool(opening & _RELATIVE) or (words[first].dep == "prep" and second in _RELATIVE)
    elif word.dep in {"acl", "advcl"}:
        good = word.tag in {"VBG", "VBN"} and not _has_subject(words, index) and not _finite(words, index)
        good = (
            good
            and not any(words[i].dep in {"mark", "aux"} for i in children(words, index))
            and word.lemma not in _STATES
        )
    elif word.dep == "prep":
        clause = words[first].text.lower() == "with" and bool(inside & {"VBG", "VBN"})
        good = bool(opening & _ADDING) or clause
    elif word.dep == "appos":
        good = bool(opening & {"a", "an"}) and any(words[i].dep in {"relcl", "acl"} for i in own)
    else:
        good = bool(opening & _ADDING) and word.dep in {"advmod", "pcomp", "npadvmod"}
    return _Cut(first, index) if good else None


_RULES = (_coordinated, _beside, _adverbial, _trailing)
"""Each says where, by the parse, a claim of its own begins; the first one that does counts."""


def _is_clause(words: tuple[Word, ...]) -> bool:
    """Whether the sentence has one main verb with a subject; a headline or a heap of phrases has none."""
    roots = [index for index, word in enumerate(words) if word.dep == "ROOT" and not word.text.isspace()]
    return len(roots) == 1 and _finite(words, roots[0]) and _has_subject(words, roots[0])


def _attributed(words: tuple[Word, ...]) -> bool:
    """Whether all is said to be somebody's words: "according to …", "…, officials said." Cut, that would be lost."""
    texts = [word.text.lower() for word in words]
    if ("according", "to") in pairwise(texts):
        return True
    commas = [index for index, text in enumerate(texts) if text == ","]
    tail = range(commas[-1] + 1, len(words)) if commas else range(0)
    # Behind a closing quotation mark, the words are the quotation's anyway.
    quoted = bool(commas) and any(mark in words[commas[-1] - 1].text + words[commas[-1]].text for mark in "\"'”’")
    verbs = [index for index in tail if _finite(words, index)]
    return not quoted and len(verbs) == 1 and words[verbs[0]].lemma in _SPEECH and len(tail) <= _LONGEST_TAIL


def _finite(words: tuple[Word, ...], index: int) -> bool:
    """Whether the word is a finite verb, or has a finite auxiliary of its own."""
    if words[index].tag in _FINITE and words[index].dep not in {"aux", "auxpass"}:
        return True
    return words[index].tag.startswith("VB") and any(
        words[i].dep in {"aux", "auxpass"} and words[i].tag in _FINITE for i in children(words, index)
    )


def _has_subject(words: tuple[Word, ...], index: int) -> bool:
    return any(words[i].dep in _SUBJECTS for i in children(words, index))


def _main(words: tuple[Word, ...], index: int) -> bool:
    """Whether the word is the sentence's root, or joined to it as an equal."""
    while words[index].dep == "conj" and words[words[index].head].tag.startswith("VB"):
        index = words[index].head
    return words[index].dep == "ROOT"


def _reports(words: tuple[Word, ...], index: int) -> bool:
    """Whether something is said, thought or asked behind this verb, so that what follows may be part of it."""
    behind = {words[i].dep for i in children(words, index) if i > index}
    return "ccomp" in behind or (words[index].lemma in _SPEECH and not behind & {"dobj", "xcomp"})


def _reported(words: tuple[Word, ...], index: int) -> bool:
    """Whether the word is part of what somebody says or thinks."""
    while words[index].head != index:
        if words[index].dep == "ccomp":
            return True
        index = words[index].head
    return False


def _parts_cleanly(words: tuple[Word, ...], cut: _Cut, end: int) -> bool:
    """Whether no arc but the anchor's, and those of signs and conjunctions, crosses the cut."""
    for index in range(end):
        head, signs = words[index].head, words[index].dep in _SIGNS
        if head >= end or index == cut.anchor or signs:
            continue
        if (index < cut.place) != (head < cut.place):
            return False
    return True


def _content(words: Sequence[Word]) -> int:
    return sum(
        word.tag.startswith(_CONTENT) and word.dep not in {"aux", "auxpass", "neg"} and word.text[:1].isalnum()
        for word in words
    )


def _allowed(sentence: str, words: tuple[Word, ...], place: int, protected: Sequence[Span]) -> bool:
    """Whether the text itself allows a cut before this word: behind white space, outside quotes and brackets."""
    if not 0 < place < len(words):
        return False
    start = words[place].start
    before = sentence[:start].rstrip()
    if not sentence[start - 1].isspace() or not before:
        return False
    if before.rstrip(",")[-1:].isdigit() and sentence[start].isdigit():
        return False
    return not any(zone.start < start < zone.end for zone in (*protected, *_brackets(sentence)))


def _brackets(sentence: str) -> list[Span]:
    """What stands in brackets; one that isn't closed, or not opened, reaches to the sentence's end or start."""
    pairs = {")": "(", "]": "[", "}": "{"}
    open_at: list[int] = []
    zones = []
    for index, char in enumerate(sentence):
        if char in pairs.values():
            open_at.append(index)
        elif char in pairs:
            zones.append(Span(open_at.pop() if open_at else 0, index + 1))
    return zones + [Span(start, len(sentence)) for start in open_at[:1]]
