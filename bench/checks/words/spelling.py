"""How names are spelled: words of a text as names are compared, and when two are the same name.

Pure functions. English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench.checks.words.countries import LONGEST_PLACE, PLACES, UPPER_CASE_ONLY
from bench.text import fold, strip_accents
from bench.types import Span

WORD = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?|[^\W_]+(?:['’][^\W_]+)*")
_SAME = {"saint": "st", "mount": "mt", "fort": "ft"}
# These may be missing from, or stand within, the same name.
FILLERS = frozenset(
    "the a an of and for in on at al el bin ibn de la le du von van der den inc corp ltd plc co llc".split()
)
_LETTERS = (
    ("kh", "h"), ("zh", "z"), ("ts", "c"), ("tz", "c"), ("dh", "d"), ("gh", "g"), ("ph", "f"), ("th", "t"),
    ("sch", "sh"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("w", "v"), ("q", "k"), ("ck", "k"), ("x", "ks"),
    ("iy", "i"), ("yi", "i"), ("ij", "i"), ("y", "i"), ("j", "i"),
)  # fmt: skip
# A word after one of these may have its capital from the sentence that it begins.
_FIRST = re.compile(r"(?:^|[.!?:;\n\"“”‘’'`(\[–—-])\s*$")
_CAPITALS = 0.01
_VOWELS = frozenset("aeiou")
MIN_SKELETON, _MIN_VOWEL_CHANGE = 5, 7


@dataclass(frozen=True, slots=True)
class NameToken:
    """A word as names are compared: a place's forms (Russia, Russian, U.S.) are one token each."""

    key: str
    written: str
    start: int
    end: int
    capital: bool
    """Whether the text has it with a capital letter or digit first."""
    place: bool
    """Whether it is a country, nation or part of the world."""

    @property
    def span(self) -> Span:
        """Its characters in the text."""
        return Span(self.start, self.end)


def key(word: str) -> str:
    """What a word of a name is compared by: no case, accents, dots, possessive or plural.

    >>> [key(word) for word in ("Democrats'", "Xi’s", "U.N.", "Pérez", "Paris")]
    ['democrat', 'xi', 'un', 'perez', 'paris']
    """
    plain = _plain(word)
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        plain = plain[:-1]
    return _SAME.get(plain, plain)


def _plain(word: str) -> str:
    plain = strip_accents(fold(word)).replace(".", "")
    return plain.removesuffix("'s").replace("'", "")


def skeleton(word: str) -> str:
    """A spelling that transliterations of one name share.

    >>> skeleton("zelensky") == skeleton("zelenskyy") == skeleton("zelenskiy")
    True
    >>> skeleton("austria") == skeleton("australia")
    False
    """
    for letters, simple in _LETTERS:
        word = word.replace(letters, simple)
    return re.sub(r"(.)\1+", r"\1", word)


def same_name(a: str, b: str) -> bool:
    """Whether two keys are one name in two transliterations: same initial, and long enough to be sure.

    Only vowels may differ, at most two of them; consonants never.

    >>> same_name("mohamed", "muhammad"), same_name("slovakia", "slovenia"), same_name("iran", "iraq")
    (True, False, False)
    """
    return a == b or same_skeleton(skeleton(a), skeleton(b))


def same_skeleton(a: str, b: str) -> bool:
    """``same_name`` for two skeletons."""
    if a[:1] != b[:1] or len(a) != len(b) or len(a) < MIN_SKELETON:
        return False
    changed = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if not changed:
        return True
    return len(a) >= _MIN_VOWEL_CHANGE and len(changed) <= 2 and all({x, y} <= _VOWELS for x, y in changed)


def name_tokens(text: str, caseless: bool = False) -> list[NameToken]:
    """The words of a text, places merged; with ``caseless``, lower-case words may be places too.

    >>> [token.key for token in name_tokens("the United States’ and U.S. envoys, Russians")]
    ['the', 'united states', 'and', 'united states', 'envoy', 'russia']
    """
    spans = [match.span() for match in WORD.finditer(text)]
    plain = [_plain(text[start:end]) for start, end in spans]
    tokens: list[NameToken] = []
    index = 0
    while index < len(spans):
        start, end = spans[index]
        first = text[start]
        capital = not first.islower() and first.isalnum()
        size, place = _place(text, spans, plain, index) if capital or caseless else (0, "")
        if size:
            end = spans[index + size - 1][1]
        tokens.append(NameToken(place or key(text[start:end]), text[start:end], start, end, capital, bool(size)))
        index += max(1, size)
    return tokens


def _place(text: str, spans: Sequence[tuple[int, int]], plain: Sequence[str], index: int) -> tuple[int, str]:
    """Length in words and name of the place that begins at this word; length 0 if none does."""
    for size in range(min(LONGEST_PLACE, len(spans) - index), 0, -1):
        name = PLACES.get(tuple(plain[index : index + size]))
        if name is None:
            continue
        start, end = spans[index][0], spans[index + size - 1][1]
        if "\n" in text[start:end] or (plain[index] in UPPER_CASE_ONLY and not text[start:end].rstrip("s’'").isupper()):
            continue
        return size, name
    return 0, ""


def is_caseless(text: str) -> bool:
    """Whether capitals say nothing about a text: (almost) all letters inside its sentences are lower
    case, or all letters are upper case.

    >>> is_caseless("Putin visits china ."), is_caseless("PUTIN VISITS"), is_caseless("Today Putin visits China")
    (True, True, False)
    """
    inner = [
        match.group()
        for match in WORD.finditer(text)
        if not _FIRST.search(text[max(0, match.start() - 8) : match.start()])
    ]
    words = [word for word in inner if word[0].isalpha() and word.split("'")[0].split("’")[0] != "I"]
    upper = sum(word[0].isupper() for word in words)
    if words and upper < _CAPITALS * len(words):
        return True
    return not any(char.islower() for char in text) and sum(char.isalpha() for char in text) > 1
