"""Forms of English verbs: the irregular ones by a list, the others by rule."""

from __future__ import annotations

import re

from bench.language.lexicon import sections, word_lists

_IRREGULAR = {
    base: (past, participle) for base, past, participle in map(str.split, sections("planted/verb_forms")["irregular"])
}
_LAST_STRESSED = word_lists("planted/verb_forms")["last stressed"]
"""Verbs of more than one syllable that double their last letter, as “plan” does."""
# Lie and light have two pasts, can and may no infinitive: no past is given.
_UNSURE = word_lists("planted/verb_forms")["unsure"]
_ONE_SYLLABLE = re.compile(r"(?:[^aeiou]|qu)*[aeiou][bdfgklmnprtvz]")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")


def past(base: str) -> str | None:
    """The past tense of a verb, or ``None`` where it isn't sure.

    >>> [past(verb) for verb in ("sign", "plan", "carry", "close", "go", "admit", "visit", "be")]
    ['signed', 'planned', 'carried', 'closed', 'went', 'admitted', 'visited', None]
    """
    if not re.fullmatch(r"[a-z]{2,}", base) or base in _UNSURE:
        return None
    return _IRREGULAR[base][0] if base in _IRREGULAR else _with_ed(base)


def participle(base: str) -> str | None:
    """The past participle of a verb, or ``None`` where it isn't sure.

    >>> [participle(verb) for verb in ("sign", "go", "win", "panic")]
    ['signed', 'gone', 'won', 'panicked']
    """
    return _IRREGULAR[base][1] if base in _IRREGULAR else past(base)


def third(base: str) -> str:
    """The third person of the present.

    >>> [third(verb) for verb in ("sign", "carry", "reach", "go", "buy")]
    ['signs', 'carries', 'reaches', 'goes', 'buys']
    """
    if base == "have":
        return "has"
    if _CONSONANT_Y.search(base):
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def gerund(base: str) -> str:
    """The form in -ing.

    >>> [gerund(verb) for verb in ("sign", "plan", "close", "agree", "lie", "begin")]
    ['signing', 'planning', 'closing', 'agreeing', 'lying', 'beginning']
    """
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) and base != "be":
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def _with_ed(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    return base[:-1] + "ied" if _CONSONANT_Y.search(base) else _doubled(base) + "ed"


def _doubled(base: str) -> str:
    if base.endswith("c"):
        return base + "k"
    return base + base[-1] if base in _LAST_STRESSED or _ONE_SYLLABLE.fullmatch(base) else base
