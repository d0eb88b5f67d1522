"""What a stretch of text is about: its content words, so that two places can be compared."""

from __future__ import annotations

from bench.language.lexicon import word_lists
from bench.text import words
from bench.types import Span

_PREFIX = 5
STOP_WORDS = word_lists("function_words")["of a place"]
"""Words of English too common to say what a place is about."""


def stem(word: str) -> str:
    """A crude stem: the first five letters, so that relation, relations and relationship are one.

    >>> stem("relationship") == stem("relations")
    True
    """
    return word[:_PREFIX]


def content_words(text: str) -> set[str]:
    """Stems of the words that say what a text is about: no stop words, no digits.

    >>> sorted(content_words("The growing relations between China and Russia in 2022"))
    ['china', 'growi', 'relat', 'russi']
    """
    return {
        stem(word)
        for raw in words(text)
        if (word := raw.removesuffix("'s")) not in STOP_WORDS and len(word) > 1 and not word[0].isdigit()
    }


def surroundings(text: str, place: Span, home: Span, width: int = 60) -> set[str]:
    """Content words within ``width`` characters of a place, inside its home, it excluded.

    >>> sorted(surroundings("They signed a “no limits” pact in Beijing.", Span(15, 24), Span(0, 42)))
    ['beiji', 'pact', 'signe']
    """
    before = text[max(home.start, place.start - width) : place.start]
    after = text[place.end : min(home.end, place.end + width)]
    # A word that the window cuts in two would be a different word.
    if place.start - width > home.start:
        before = before.partition(" ")[2]
    if place.end + width < home.end:
        after = after.rpartition(" ")[0]
    return content_words(before) | content_words(after)
