"""Texts of others are shown, and steer nothing: no terminal, no build server."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bench.printable import no_commands, one_line, printable

ANY = st.text(st.characters(codec=None))
HOSTILE = st.text(st.sampled_from("\x1b\x07\r\n\t\x85\x9b\u200b\u200c\u200d\u200e\u2028\u202e\u2066\ufeff\u00ad ab:#["))


@given(ANY | HOSTILE)
def test_printable_steers_nothing(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    shown.encode("utf-8")
    assert all(char.isprintable() or char in "\n\t" or ord(char) >= 0xA0 for char in shown)
    # The categories of Unicode say what has no width and no sign: controls, surrogates, formats.
    left = [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]
    assert left == []
    assert not set(shown) & set("\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\ufeff")


@given(ANY)
def test_what_has_a_sign_of_its_own_stays(text: str) -> None:
    """Except selectors of variants, which Python counts as printable, though they show nothing."""
    kept = [(a, b) for a, b in zip(text, printable(text), strict=True) if a.isprintable()]
    assert all(a == b for a, b in kept if "VARIATION SELECTOR" not in unicodedata.name(a, ""))


def test_joiners_stay_where_they_are_spelling() -> None:
    for text in ("می‌خواهم", "क्‍ष", "👩‍🔬", "❤️‍🔥"):
        assert printable(text) == text
    assert printable("sys\u200dtem\u200cx") == "sys�tem�x"
    assert printable("\u200dsystem") == "�system"


@given(ANY | HOSTILE)
def test_one_line_is_one(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(HOSTILE)
def test_no_line_is_a_command(text: str) -> None:
    """GitHub's runner skips blanks before ``::`` and finds ``##[`` anywhere in a line."""
    inert = no_commands(text)
    assert inert.replace("\\", "") == text
    assert not any(re.match(r"[ \t]*::", line) for line in inert.split("\n"))
    assert "##[" not in inert
