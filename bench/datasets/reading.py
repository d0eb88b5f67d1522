"""Words for error messages, and the small things that readers of text share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that ends an error message: the known name that looks most like this one, if any does.

    >>> nearest("docment", ["id", "document"])
    " Did you mean 'document'?"
    >>> nearest("xyz", ["id", "document"])
    ''
    """
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def listing(names: Iterable[str], most: int = 5) -> str:
    """Names for a message, the long tail counted.

    >>> listing(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def newlines(text: str) -> str:
    r"""The text with ``\r\n`` as ``\n``, otherwise untouched; every offset refers to this form.

    >>> newlines("one\r\ntwo\rthree\u2028four")
    'one\ntwo\rthree\u2028four'
    """
    return text.replace("\r\n", "\n")


def is_text(value: str) -> bool:
    r"""Whether a string can be written as UTF-8: it can't when it holds half a surrogate pair.

    >>> is_text("naïve 🙂"), is_text("\ud83d")
    (True, False)
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
