"""Capitals given back to a text that has none, from the document it was written from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from bench.checks.words.spelling import is_caseless
from bench.language.article import Article
from bench.text import fold

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")


def recased(text: str, document: Article) -> str | None:
    """The text with the capitals that its words have inside the document's sentences; offsets stay.

    ``None`` where there is nothing to learn from: the document has no capitals either. A word that the document
    doesn't have, or has with a capital only where a sentence begins, keeps its small letter.

    >>> recased("merson met bbc reporters .", Article("On Sunday Merson met the BBC. Reporters came."))
    'Merson met BBC reporters .'
    >>> recased("merson met bbc reporters .", Article("on sunday merson met the bbc.")) is None
    True
    """
    forms = document.of(_forms)
    if not forms:
        return None
    folded = fold(text)
    return _WORD.sub(lambda match: forms.get(folded[match.start() : match.end()], match.group()), text)


def _forms(document: Article) -> dict[str, str]:
    """Words that the document mostly writes with a capital inside its sentences → how."""
    if is_caseless(document.text):
        return {}
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in document.sentences:
        begun = False
        for match in _WORD.finditer(document.text, sentence.start, sentence.end):
            opening = document.text[match.start() - 1 : match.start()] in tuple("\"'“‘(")
            if begun and not opening:
                written[fold(match.group())][match.group()] += 1
            begun = True
    found = {}
    for word, counts in written.items():
        form, number = max(counts.items(), key=lambda item: (item[1], item[0]))
        if form[0].isupper() and 2 * number > sum(counts.values()) and len(form) == len(word):
            found[word] = form
    return found
