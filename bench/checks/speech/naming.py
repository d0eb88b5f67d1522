"""What a speaker is called, and whether two are the same: names, institutions, offices. English only.

Pure functions. When in doubt, nothing is said: two that may be one are ``unclear``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bench.checks.speech.saying import Said
from bench.checks.words.context import STOP_WORDS
from bench.checks.words.spelling import FILLERS, NameToken, name_tokens, same_name
from bench.types import Span

# A word before, on the same line and without a mark that may end a sentence.
_INSIDE = re.compile(r"[^\W_]['’,]?[^\S\n]+$")

_INSTITUTIONS = frozenset(
    "department ministry commission council committee agency office bureau university institute association federation "
    "union board party bank army navy parliament senate congress court police foundation company corporation".split()
)
_MISSPELT = 0.75
"""Likeness of two words (0 to 1) from which one may be a misspelling of the other: that is for another check."""
# Fillers that stand before a name or between two, never within one: "Keller of Bonn", "the Kremlin".
_OPENERS = frozenset("the a an of and for in on at".split())

Relation = Literal["same", "other", "unclear"]

TITLES = frozenset(
    "president vice mr mrs ms miss mx dr sir dame lord lady king queen prince princess pope senator sen representative "
    "rep congressman congresswoman governor gov general gen colonel col captain capt lieutenant lt sergeant sgt "
    "commander admiral judge justice professor prof minister chancellor secretary director chairman chairwoman chair "
    "chief coach manager officer detective inspector superintendent constable deputy former ex acting mayor premier "
    "emperor sheikh ayatollah imam rabbi reverend rev bishop archbishop cardinal ambassador spokesman spokeswoman "
    "spokesperson attorney leader prime foreign interior defense defence finance ceo hon dad mum mother father "
    "striker midfielder defender goalkeeper forward winger star actor actress singer author executive owner "
    "analyst expert lawyer doctor trainer boss teacher".split()
)
"""Words that say what somebody is, and may stand before a name."""
_GENERAL = frozenset("official source critic expert observer witness people friend family company team group man woman "
                     "statement report study one other police court government".split())  # fmt: skip
"""Heads that many may hide behind, so that no one person can be found for them."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a text calls a speaker."""

    name: tuple[str, ...] = ()
    """Keys of the name's words (see ``spelling.key``), titles left out; empty where there is none."""
    around: frozenset[str] = frozenset()
    """Keys of the other names in the description: what somebody speaks for, or with."""
    roles: frozenset[str] = frozenset()
    """What somebody is called: "mayor", "spokesman"."""
    head: str = ""
    """The word that the description hangs on, where there is no name."""
    pronoun: str = ""
    """The pronoun, where it is one, in lower case."""


def naming(text: str, said: Said, known: Mapping[str, str] | None = None) -> Naming:
    """What a text calls the speaker; the spans of ``said`` are the text's.

    ``known``: keys of names' words that another text has, to what they name: they are names here too,
    persons even in lower case.

    >>> from bench.checks.speech.saying import said_in
    >>> from bench.models.syntax import parse_sentence
    >>> text = "Mayor Anna Keller, a member of the Greens, said so."
    >>> found = naming(text, said_in(parse_sentence(text))[0])
    >>> found.name, sorted(found.around), sorted(found.roles)
    (('anna', 'keller'), ['green'], ['mayor', 'member'])
    """
    written = text[said.speaker.slice]
    if said.tag.startswith(("PRP", "WP", "DT", "EX")):
        return Naming(pronoun=written.lower())
    proper = {span.start for span in said.proper}
    wide = [(token, said.wide.start + token.start) for token in name_tokens(text[said.wide.slice]) if token.key != "s"]

    def named(token: NameToken, start: int) -> bool:
        # The tagger misses names; a capital inside a sentence doesn't.
        kind = (known or {}).get(token.key)
        if kind == "PERSON" or (kind and token.capital):
            return token.key not in TITLES | FILLERS
        sure = start in proper or _INSIDE.search(text, max(0, start - 4), start) is not None
        return token.capital and sure and token.key not in TITLES | FILLERS and text[start].isalpha()

    core: list[str] = []
    for token, start in reversed([item for item in wide if said.speaker.start <= item[1] < said.speaker.end]):
        if core and token.key in FILLERS and token.key not in _OPENERS:
            continue
        if not named(token, start):
            break
        core.insert(0, token.key)
    others = {token.key for token, start in wide if named(token, start) or token.place}
    roles = {token.key for token, start in wide if token.key in TITLES or not (token.capital or start in proper)}
    return Naming(
        name=tuple(core),
        around=frozenset(others) - set(core),
        roles=frozenset(roles) - STOP_WORDS,
        head="" if core else said.head,
    )


def same_speaker(ours: Naming, theirs: Naming, kinds: Mapping[str, str], linked: bool) -> Relation:
    """Whether two named speakers are one, as far as their names say.

    ``kinds``: for keys of names' words, what they name: "PERSON", "ORG"; ``linked``: whether the document
    has both names in one sentence. A spokesperson speaks for the institution; a place may speak for anybody.

    >>> keller, smith, people = Naming(("anna", "keller")), Naming(("smith",)), {"keller": "PERSON", "smith": "PERSON"}
    >>> same_speaker(keller, Naming(("keller",)), {}, False), same_speaker(keller, smith, {}, False)
    ('same', 'unclear')
    >>> same_speaker(keller, smith, people, True)
    'other'
    >>> same_speaker(Naming(("kremlin",)), Naming(("peskov",), frozenset({"kremlin"})), {"peskov": "PERSON"}, True)
    'same'
    """
    if not ours.name or not theirs.name:
        return "unclear"
    a, b = ours.name, theirs.name
    types = {_type(ours, kinds), _type(theirs, kinds)}
    if within(a, theirs.around) or within(b, ours.around):
        return "unclear" if types == {"PERSON"} else "same"
    if _alike(a[-1], b[-1]):
        different = len(a) > 1 and len(b) > 1 and not any(_alike(x, y) or x[0] == y[0] for x in a[:-1] for y in b[:-1])
        return "unclear" if different else "same"
    if (len(a) == 1 or len(b) == 1) and (within(a, b) or _initials(a) == b[-1] or _initials(b) == a[-1]):
        return "same"
    if a[-1][0] == b[-1][0] and SequenceMatcher(None, a[-1], b[-1]).ratio() >= _MISSPELT:
        return "unclear"
    if types == {"PERSON"} or (types == {"COUNTRY"} and a != b):
        return "other"
    if linked or within(a, b) or not types <= {"PERSON", "ORG"}:
        return "unclear"
    return "other"


def same_words(ours: str, theirs: str) -> bool:
    """Whether two descriptions end in the same word and share all those of the shorter one, whatever their case.

    >>> same_words("the zoo", "Zoo visitor"), same_words("carragher", "Jamie Carragher"), same_words("he", "she")
    (False, True, False)
    """
    a, b = ([token.key for token in name_tokens(text) if token.key not in STOP_WORDS] for text in (ours, theirs))
    if not a or not b or a[-1] != b[-1]:
        return False
    return set(a) <= set(b) or set(b) <= set(a)


def _type(called: Naming, kinds: Mapping[str, str]) -> str:
    """What a name names; who has a title is a person, and some words name institutions only."""
    if called.name[-1] in _INSTITUTIONS:
        return "ORG"
    return "PERSON" if called.roles & TITLES else kinds.get(called.name[-1], "")


def general(naming_: Naming) -> bool:
    """Whether many may hide behind the description: officials, police, a source."""
    return not naming_.name and (naming_.head in _GENERAL or not naming_.roles)


def within(name: Iterable[str], others: Collection[str]) -> bool:
    """Whether any word of a name is among others."""
    return any(_alike(word, other) for word in name for other in others)


def _alike(a: str, b: str) -> bool:
    return a == b or same_name(a, b)


def _initials(name: tuple[str, ...]) -> str:
    return "".join(word[0] for word in name) if len(name) > 1 else "\x00"


def span_of(said: Said) -> Span:
    """From the speaker to the word of saying, whichever comes first."""
    return Span(min(said.speaker.start, said.verb.start), max(said.speaker.end, said.verb.end))
