"""Who did it to whom, the other way round: the subject and the object of a verb change places."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bench.language.article import article
from bench.models.syntax import Word, children, subtree
from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.text import fold, sentence_spans
from bench.types import Span

KIND = "roles"

_MOST_WORDS = 8
# Verbs that say the same both ways, or hardly anything.
_SYMMETRIC = frozenset(
    "meet marry face play fight date divorce resemble equal join accompany draw tie share rival border differ hug kiss "
    "have be become include contain represent mean remain match follow oppose befriend neighbour neighbor wed "
    "cost weigh last take make do give get".split()
)
_NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_PRONOUNS = frozenset({"PRP", "PRP$", "WP", "WDT", "WP$", "EX"})
_PLURALS = frozenset({"NNS", "NNPS"})

Edits = list[tuple[Span, str]]


def swap_roles(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """Subject and object of one clause change places, also the two sides of a passive with “by”.

    Clauses between two names come before others. Not touched: pronouns, long phrases, verbs that say the same
    both ways (to meet), and clauses in which the verb would no longer agree with its subject.
    """
    homes = shuffled(sentence_spans(text), seed, KIND, text, spell=lambda span: str(span.start))
    # What is also written small is no name, whatever the tagger says of it at the beginning of a sentence.
    small = frozenset(word for word in re.findall(r"[^\W\d_]+", f"{text} {document}") if word.islower())
    found = [(home, named, edits) for home in homes for named, edits in swaps(text[home.slice], small)]
    if not found:
        return Skipped(KIND, "no clause whose subject and object can change places")
    home, _, edits = min(found, key=lambda item: not item[1])
    moved = [(Span(home.start + span.start, home.start + span.end), new) for span, new in edits]
    shown = " ↔ ".join(f"“{text[span.slice]}”" for span, _ in moved)
    return edit(KIND, text, moved, shown)


def swaps(sentence: str, small: Collection[str] = ()) -> list[tuple[bool, Edits]]:
    """For each clause that allows it, whether both sides are names, and the two edits.

    ``small``: words that are written without a capital inside of sentences; articles always are.

    >>> swaps("The committee criticised the ministry.")[0][1]
    [(Span(start=0, end=13), 'The ministry'), (Span(start=25, end=37), 'the committee')]
    """
    words = article(sentence).words
    found = []
    for verb in range(len(words)):
        sides = _sides(words, verb)
        if sides is None:
            continue
        subject, object_ = (_phrase(words, side) for side in sides)
        if subject is None or object_ is None or subject.end > object_.start:
            continue
        heads = [words[side] for side in sides]
        left, right = sentence[subject.slice], sentence[object_.slice]
        if fold(left) == fold(right) or not _agrees(words, verb, heads):
            continue
        named = all(head.tag in ("NNP", "NNPS") for head in heads)
        first = _first_word(words, subject)
        if subject.start == first_letter(sentence) and first is not None:
            left = left[0].lower() + left[1:] if loses_capital(first, small) else left
            right = right[0].upper() + right[1:]
        found.append((named, [(subject, right), (object_, left)]))
    return found


def _sides(words: tuple[Word, ...], verb: int) -> tuple[int, int] | None:
    """The heads of subject and object of a verb, as they stand in the text."""
    if not words[verb].tag.startswith("VB") or words[verb].lemma in _SYMMETRIC:
        return None
    below = children(words, verb)
    by_dep = {words[index].dep: index for index in reversed(below)}
    if "conj" in by_dep:
        return None  # the subject has another verb, which would get the wrong one
    if "nsubj" in by_dep and "dobj" in by_dep:
        return by_dep["nsubj"], by_dep["dobj"]
    if "nsubjpass" in by_dep and "agent" in by_dep:
        agents = [index for index in children(words, by_dep["agent"]) if words[index].dep == "pobj"]
        return (by_dep["nsubjpass"], agents[0]) if agents else None
    return None


def _phrase(words: tuple[Word, ...], head: int) -> Span | None:
    """The noun phrase around a head, if it is short, in one piece, and free of pronouns and clauses."""
    inside = subtree(words, head)
    whole = inside[-1] - inside[0] + 1 == len(inside) <= _MOST_WORDS
    if not whole or words[head].tag not in _NOUNS:
        return None
    chosen = [words[index] for index in inside]
    if any(word.tag in _PRONOUNS or word.tag.startswith("V") or word.dep in ("punct", "relcl") for word in chosen):
        return None
    return Span(chosen[0].start, chosen[-1].end)


def _agrees(words: tuple[Word, ...], verb: int, heads: Sequence[Word]) -> bool:
    """Whether the verb fits the new subject: both are singular or plural, or the verb shows neither."""
    plural = [
        head.tag in _PLURALS or any(words[index].dep == "conj" for index in children(words, words.index(head)))
        for head in heads
    ]
    finite = [words[verb], *(words[index] for index in children(words, verb) if words[index].dep in ("aux", "auxpass"))]
    shows = any(word.tag in ("VBZ", "VBP") or (word.tag == "VBD" and word.lemma == "be") for word in finite)
    return plural[0] == plural[1] or not shows


def _first_word(words: tuple[Word, ...], span: Span) -> Word | None:
    return next((word for word in words if word.start == span.start), None)


def first_letter(sentence: str) -> int:
    """Offset of the first letter or digit."""
    return next((index for index, char in enumerate(sentence) if char.isalnum()), 0)


def loses_capital(word: Word, small: Collection[str]) -> bool:
    """Whether a word that begins a sentence is written without a capital inside one."""
    return word.tag == "DT" or (word.text.lower() in small and word.tag not in ("NNP", "NNPS"))
