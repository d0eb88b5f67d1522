"""Words of any script, for metrics that count or compare them: pure functions over strings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bench.text import fold

UNICODE_TOKENS = "unicode-1"
"""Version of the rules below; belongs into the signature of every number that depends on them.

Python's character tables aren't in it: Unicode guarantees that characters once assigned keep their
normal forms, and new ones are rare in summaries. Their version goes into the details instead, so
that two Python versions stay comparable.
"""

# Scripts that put no spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
_SPACELESS = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_JOINERS = "\u200c\u200d"


def unicode_details() -> dict[str, str]:
    """The version of Python's character tables, for the provenance."""
    return {"unicode": unicodedata.unidata_version}


def unicode_tokens(text: str) -> list[str]:
    """Runs of letters and digits of any script, folded; ROUGE's tokens where the text is ASCII.

    The text is normalised (NFKC) and case-folded. A token is a run of letters and digits with
    their combining marks. Scripts without spaces between words (Chinese, Japanese, Thai, Lao,
    Burmese, Khmer) give one token a character with its marks, as is usual for them.

    >>> unicode_tokens("Don't ask Müller: 75 中国人")
    ['don', 't', 'ask', 'müller', '75', '中', '国', '人']
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _pattern(_marks(folded), "").findall(folded)


def unicode_words(text: str) -> list[str]:
    """Words as people count them: like ``unicode_tokens``, but apostrophes inside a word are kept.

    Case and the style of quotation marks are folded as by ``bench.text.fold``.

    >>> unicode_words("Don’t ask Xi's aides: 中国")
    ["don't", 'ask', "xi's", 'aides', '中', '国']
    """
    normal = unicodedata.normalize("NFKC", text)
    # Words first: folding would turn other quotation marks into apostrophes.
    found = _pattern(_marks(normal), "['’]").findall(normal)
    return fold("\n".join(found)).split("\n") if found else []


def _marks(text: str) -> str:
    """The combining marks and joiners that occur in the text; none in most."""
    if text.isascii():
        return ""
    found = {char for char in set(text) if unicodedata.category(char).startswith("M") or char in _JOINERS}
    return "".join(sorted(found))


@lru_cache(maxsize=256)
def _pattern(marks: str, inner: str) -> re.Pattern[str]:
    """A regular expression for one token; ``inner`` may stand between two parts of a word."""
    tail = f"[{re.escape(marks)}]*" if marks else ""
    single = rf"(?:(?=[^\W_])[{_SPACELESS}]{tail})"
    run = rf"(?:[^\W_{_SPACELESS}]{tail})+"
    return re.compile(rf"{single}|{run}(?:{inner}{run})*" if inner else rf"{single}|{run}")
