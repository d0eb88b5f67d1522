"""Countries, nations and parts of the world: the English words that mean the same place or people.

Ours, by hand: ``bench/data/english/places.txt``.
"""

from __future__ import annotations

from bench.language.lexicon import text_lines


def _forms() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for line in text_lines("places"):
        name, _, others = line.partition(":")
        for form in [name, *others.split(",")]:
            words = tuple(word.removesuffix("'s").replace("'", "") for word in form.replace("-", " ").split())
            found[words] = name
            last = words[-1]
            if len(words) <= 2 and not last.endswith(("s", "ese", "ish", "ch", "men")):
                found[(*words[:-1], last + "s")] = name
    return found


PLACES = _forms()
"""Words of a form (lower case, without accents, dots and hyphens; plurals too) → the place's name."""

LONGEST_PLACE = max(map(len, PLACES))
"""Words of the longest form."""

UPPER_CASE_ONLY = frozenset({"us", "uk", "eu", "usa", "uae", "prc", "drc", "dprk", "ussr"})
"""Abbreviations that are other words, or nothing, in lower case."""
