"""Which language a text is in, by py3langid: its model lies in its wheel, a ZIP of NumPy arrays without pickles.

Conservative: short texts, names, numbers, chats and headlines count as English. Over the texts of
``../shared/judgements`` and ``../shared/training``, all English, ``benchmarks/languages.py`` counts the mistakes.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bench.errors import InputError
from bench.language.lexicon import word_list, word_table
from bench.text import words

_MISSING = "telling languages needs py3langid, which is not installed: pip install py3langid"
_ENGLISH = ("en", "pcm")
"""Nigerian Pidgin is what many an English sentence with names and dates is taken for."""
_NO_LANGUAGE = "zxx"
_LEAST_LETTERS = 30
_LEAST_SURE = 0.5
_MOST_ENGLISH = 0.01
"""Probability that it is English after all."""
_LATIN_SHARE = 0.5
_ENGLISH_SHARE = 0.1
"""Share of the words that are common English ones."""


def foreign_language(text: str) -> str | None:
    """The English name of the language of a text that is plainly not English, else ``None``.

    >>> foreign_language("Trois élus ont voté contre le projet en raison de son coût.")
    'French'
    >>> foreign_language("Three councillors voted against the plan because of its cost.")
    >>> foreign_language("Hendrik van der Meulen, Leeuwarden")
    """
    if sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        return None
    likely: dict[str, float] = dict(_identifier().rank(text))
    code = max(likely, key=likely.__getitem__)
    sure = likely[code] >= _LEAST_SURE and sum(likely[one] for one in _ENGLISH) <= _MOST_ENGLISH
    if not sure or code in (*_ENGLISH, _NO_LANGUAGE) or _has_english(text):
        return None
    return word_table("languages").get(code, f"“{code}”")


def latin(text: str) -> bool:
    """Whether at least half of the letters are Latin; a text without letters passes.

    >>> latin("Xi Jinping (习近平)"), latin("习近平访问北京")
    (True, False)
    """
    letters = [char for char in text if char.isalpha()]
    # Below U+0250 are all Latin letters of European languages; U+1E00..1EFF holds the Vietnamese ones.
    inside = sum(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in letters)
    return inside >= _LATIN_SHARE * len(letters)


def _has_english(text: str) -> bool:
    """Whether so many words are English that the rest are names in another language."""
    found, common = words(text), word_list("common")
    return sum(word in common for word in found) >= _ENGLISH_SHARE * len(found)


def identifier_name() -> str:
    """Name and version of the identifier and its model, for what is recorded."""
    try:
        return f"py3langid-{version('py3langid')}"
    except PackageNotFoundError:
        raise InputError(_MISSING) from None


@cache
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise InputError(_MISSING) from error
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
