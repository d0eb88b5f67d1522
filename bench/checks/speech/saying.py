"""Who says something in a sentence: its verbs of saying, each with its speaker. English only.

Pure functions over one parsed sentence; offsets are characters in that sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.models.syntax import Word, children, subtree
from bench.types import Span

SPEECH_RULES = "1"
"""Version of the rules in this file; part of the signature of what depends on them."""

_REPORTING = frozenset(
    "say tell add explain claim announce warn insist argue admit note write tweet state reply respond ask declare "
    "confirm deny suggest report reveal stress predict recall promise pledge vow urge demand joke complain comment "
    "remark testify conclude acknowledge estimate believe think maintain assert emphasize emphasise underline "
    "reiterate repeat allege concede continue observe shout yell cry post caution boast quip recount answer put".split()
)
"""Verbs whose clause is what somebody says."""
_CALLING = frozenset(
    "call describe label brand dub hail praise condemn denounce slam blast criticise criticize refer welcome "
    "dismiss characterise characterize".split()
)
"""Verbs that may quote a word or two of what somebody said."""
_NOUNS = frozenset(
    "statement claim warning remark comment word call description pledge promise tweet speech message announcement "
    "assertion allegation suggestion view opinion argument prediction admission post interview letter".split()
)
_CONTRAST = frozenset({"while", "whereas", "although", "though", "but"})
_HEARD = frozenset({"tell", "ask", "warn", "urge", "reply"})
_SUBJECTS = frozenset({"nsubj", "csubj", "expl"})
_INVERTED = frozenset({"dobj", "npadvmod", "attr", "oprd", "dep"})
_RELATIVE = frozenset({"who", "which", "that"})
# Parts of a name or description; what else hangs on its head (relative clauses, additions) only tells more.
_CLAUSES = frozenset({"relcl", "acl", "ccomp", "conj", "parataxis", "advcl"})
_JOINING = frozenset({"HYPH", ".", "``", "''"})
_PARTICLES = frozenset("von van der den de del della di da bin ibn al el".split())
_MARKS = frozenset({"``", "''", ",", ":", "."})
_CORE = frozenset({"compound", "amod", "det", "poss", "case", "nmod", "nummod", "quantmod", "flat", "advmod"})


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody says something."""

    verb: Span
    """The word of saying: "said", "according", "statement"."""
    speaker: Span
    """The words that name the speaker: "French President Hollande", "he", "the mayor"."""
    wide: Span
    """The same with what is said of the speaker: ", a spokesman for the Kremlin,"."""
    scope: tuple[Span, ...]
    """Words that hang on the word of saying, without the speaker: what is said lies among them."""
    reporting: bool
    """Whether what is said is a clause (he said that …), rather than a word or two (he called it …)."""
    proper: tuple[Span, ...]
    """The proper nouns among the words of ``wide``, one span a word."""
    head: str
    """Lemma of the word that ``speaker`` hangs on, lower case."""
    tag: str
    """Its tag: PRP for a pronoun, NNP for a name."""
    heard: tuple[Span, ...] = ()
    """To whom it is said: told *reporters*."""


def said_in(words: Sequence[Word]) -> tuple[Said, ...]:
    """All that is said in a parsed sentence, in the order of the words of saying.

    >>> from bench.models.syntax import parse_sentence
    >>> text = "The talks went well, said Anna Keller, a spokeswoman for the city, adding that they go on."
    >>> [(text[s.verb.slice], text[s.speaker.slice]) for s in said_in(parse_sentence(text))]
    [('said', 'Anna Keller'), ('adding', 'Anna Keller')]
    """
    parsed = tuple(words)
    found = []
    for index, word in enumerate(parsed):
        lemma = word.lemma.lower()
        if word.text.lower() == "according":
            speaker, scope = _according(parsed, index), list(range(len(parsed)))
        elif word.tag.startswith("VB") and lemma in _REPORTING | _CALLING:
            speaker, scope = _subject(parsed, index), subtree(parsed, index)
        elif word.tag.startswith("NN") and lemma in _NOUNS:
            owners = [child for child in children(parsed, index) if parsed[child].dep == "poss"]
            speaker, scope = (owners[0] if owners else None), subtree(parsed, parsed[index].head)
        else:
            continue
        if speaker is None or speaker == index or _unlikely(parsed, index, speaker):
            continue
        reporting = word.tag.startswith("NN") or word.text.lower() == "according"
        if lemma in _REPORTING:
            reporting = any(parsed[child].dep == "ccomp" for child in children(parsed, index))
            # "The plan, Xi said, was good": what is said hangs above.
            if not reporting and word.dep in {"parataxis", "dep"}:
                reporting, scope = True, list(range(len(parsed)))
        found.append(_said(parsed, index, speaker, scope, reporting))
    return tuple(found)


def _others(words: tuple[Word, ...], verb: int, scope: Sequence[int]) -> set[int]:
    """Words of clauses in which somebody else speaks beside this one: "…, while the board denied that …"."""
    found: set[int] = set()
    for index in scope:
        word = words[index]
        if index != verb and word.dep == "advcl" and word.lemma.lower() in _REPORTING:
            below = [words[child] for child in children(words, index)]
            contrast = any(child.dep == "mark" and child.text.lower() in _CONTRAST for child in below)
            if contrast and any(child.dep in _SUBJECTS for child in below):
                found.update(subtree(words, index))
    return found if verb not in found else set()


def _unlikely(words: tuple[Word, ...], verb: int, speaker: int) -> bool:
    """Whether a name stands right before the verb that the parse gives to somebody farther off.

    So in captions that run into a sentence without a full stop: "Keller scores a goal Smith insisted …".
    """
    before = words[verb - 1] if verb else words[verb]
    return before.tag in {"NNP", "NNPS"} and verb - 1 not in _wide(words, speaker)


def _said(words: tuple[Word, ...], verb: int, speaker: int, scope: Sequence[int], reporting: bool) -> Said:
    wide = _wide(words, speaker)
    named = [child for child in wide if words[child].dep == "appos" and words[child].head == speaker]
    # "Her rival Anna Keller": the name is an addition to the description.
    if words[speaker].tag in {"NN", "JJ"} and named and words[named[0]].tag == "NNP":
        speaker = named[0]
    core = _core(words, speaker)
    hears = words[verb].lemma.lower() in _HEARD
    heard = [c for c in children(words, verb) if hears and words[c].dep in {"dobj", "dative"} and c != speaker]
    others = _others(words, verb, scope)
    inside = [i for i in scope if i != verb and i not in core and i not in wide and i not in others]
    return Said(
        verb=Span(words[verb].start, words[verb].end),
        speaker=_span(words, core),
        wide=_span(words, wide),
        scope=_runs(words, inside),
        proper=tuple(Span(words[i].start, words[i].end) for i in wide if words[i].tag in {"NNP", "NNPS"}),
        head=words[speaker].lemma.lower(),
        tag=words[speaker].tag,
        reporting=reporting,
        heard=tuple(_span(words, _core(words, child)) for child in heard),
    )


def _subject(words: tuple[Word, ...], verb: int) -> int | None:
    """The head word of who does it; ``None`` where the parse doesn't say."""
    seen: set[int] = set()
    while verb not in seen:
        seen.add(verb)
        below = children(words, verb)
        # "He is said to …", "she was told that …": the subject hears; who says it is behind "by".
        if any(words[child].dep in {"nsubjpass", "auxpass"} for child in below):
            return _agent(words, verb)
        for child in below:
            if words[child].dep in _SUBJECTS:
                return _relative(words, verb, child)
        if (behind := _inverted(words, verb, below)) is not None:
            return behind
        word = words[verb]
        if word.dep in {"acl"}:
            if word.tag == "VBN":
                return _agent(words, verb)
            return word.head
        if word.dep == "relcl":
            return word.head
        if word.dep not in {"conj", "advcl", "xcomp", "pcomp", "prep", "dep", "parataxis"}:
            return None
        verb = word.head
        while words[verb].dep in {"prep", "agent", "mark"} and words[verb].head != verb:
            verb = words[verb].head
        if not words[verb].tag.startswith(("VB", "MD")):
            return None
    return None


def _relative(words: tuple[Word, ...], verb: int, subject: int) -> int | None:
    if words[subject].text.lower() in _RELATIVE:
        return words[verb].head if words[verb].dep == "relcl" else None
    return subject


def _agent(words: tuple[Word, ...], verb: int) -> int | None:
    for child in children(words, verb):
        if words[child].text.lower() == "by":
            objects = [index for index in children(words, child) if words[index].dep == "pobj"]
            return objects[0] if objects else None
    return None


def _inverted(words: tuple[Word, ...], verb: int, below: Sequence[int]) -> int | None:
    """Who stands right behind the verb after a quotation: “…,” said Keller."""
    before = words[verb - 1] if verb else None
    if before is None or not (before.text in {",", "?", "!", "."} or before.tag in {"''", "``"}):
        return None
    behind = [child for child in below if child > verb and words[child].dep in _INVERTED]
    if behind and words[behind[0]].tag.startswith(("NN", "PRP")):
        first = _core(words, behind[0])[0]
        return behind[0] if first == verb + 1 else None
    return None


def _according(words: tuple[Word, ...], index: int) -> int | None:
    for child in children(words, index):
        if words[child].text.lower() == "to":
            objects = [place for place in children(words, child) if words[place].dep == "pobj"]
            return objects[0] if objects else None
    return None


def _core(words: tuple[Word, ...], head: int) -> list[int]:
    """Indices of the words of the name or description itself, next to one another."""
    inside = {head}
    for index in range(head - 1, -1, -1):
        word = words[index]
        hangs = word.head in inside and (word.dep in _CORE or word.tag in _JOINING)
        carries = any(words[other].dep in _CORE and words[other].head == index for other in inside)
        if not (hangs or carries or (index and word.tag in {"POS", *_JOINING})):
            break
        inside.add(index)
    last = head
    while last + 1 < len(words) and words[last + 1].dep in {"flat", "compound"} and words[last + 1].head in inside:
        last += 1
        inside.add(last)
    # "Anna van der Berg", cut by the parse.
    while last + 2 < len(words) and words[last].tag == "NNP" and words[last + 1].text.lower() in _PARTICLES:
        while last + 2 < len(words) and words[last + 1].text.lower() in _PARTICLES:
            last += 1
            inside.add(last)
        last += 1
        inside.add(last)
    chosen = sorted(inside)
    while words[chosen[0]].tag in _MARKS and len(chosen) > 1:
        chosen = chosen[1:]
    return chosen


def _wide(words: tuple[Word, ...], head: int) -> list[int]:
    """The same with its additions, but without clauses that hang on it, nor what hangs on a verb taken for a noun."""
    core = _core(words, head)
    inside, waiting = set(core), [head]
    while waiting:
        for child in children(words, waiting.pop()):
            another = words[child].dep == "conj" and words[child].tag.startswith("NN")
            if child not in inside and (another or words[child].dep not in _CLAUSES):
                waiting.append(child)
                inside.add(child)
    first, last = core[0], core[-1]
    while first - 1 in inside and words[first - 1].tag not in _MARKS:
        first -= 1
    while last + 1 in inside:
        last += 1
    return list(range(first, last + 1))


def _span(words: Sequence[Word], indices: Sequence[int]) -> Span:
    return Span(words[indices[0]].start, words[indices[-1]].end)


def _runs(words: Sequence[Word], indices: Sequence[int]) -> tuple[Span, ...]:
    """Neighbouring words as one span each."""
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return tuple(Span(words[first].start, words[last].end) for first, last in runs)
