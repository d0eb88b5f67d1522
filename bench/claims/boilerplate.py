"""Sentences that are no claims: navigation, notices, credits, bylines, times, calls to subscribe.

A rule (``bench/data/english/boilerplate.txt``) fits the whole sentence, or a wording that stands nowhere else: a claim
taken for boilerplate would not be judged at all, so what is in doubt is a claim. Looked over on the choosing half of
SummEval and QAGS.
"""

from __future__ import annotations

from bench.language.lexicon import patterns
from bench.text import fold

_LONGEST = 400
"""Characters; nothing longer is boilerplate."""
_AROUND = "()[]{}<>|·•*→»«›‹ -–—"


def boilerplate_kind(sentence: str) -> str | None:
    """What kind of boilerplate a sentence is, in plain words; ``None`` for a claim.

    >>> boilerplate_kind("Back to top button2"), boilerplate_kind("Updated 3:04 PM EDT, May 16, 2024")
    ('navigation', 'timestamp')
    >>> boilerplate_kind("Back to the top of the league went Chelsea on Sunday.")
    """
    if len(sentence) > _LONGEST:
        return None
    rules = patterns("boilerplate")
    plain = " ".join(sentence.split())
    written = plain.rstrip(". ")
    bare = fold(plain.strip(_AROUND).rstrip(".!…").strip(_AROUND))
    whole = (kind for kind, rule in rules["whole"].items() if rule.fullmatch(bare))
    anywhere = (kind for kind, rule in rules["anywhere"].items() if rule.search(fold(plain)))
    as_written = (kind for kind, rule in rules["written"].items() if rule.fullmatch(written))
    return next(whole, None) or next(anywhere, None) or next(as_written, None)
