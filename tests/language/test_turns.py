"""Turns: who says what, in dialogues as people write them down, and none in prose."""

from __future__ import annotations

import pytest

from bench.language.article import Article
from bench.language.turns import turns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ida: hi\nTobias: hello there\nIda: bye", [("Ida", "hi"), ("Tobias", "hello there"), ("Ida", "bye")]),
        ("Ida: Hi. . Tobias: Any milk? . Ida: Yes! ",
         [("Ida", "Hi. ."), ("Tobias", "Any milk? ."), ("Ida", "Yes!")]),
        ("Professor A: So.\nProfessor B : Well, at 10:30 then.",
         [("Professor A", "So."), ("Professor B", "Well, at 10:30 then.")]),
        ("The mayor said: no. The firm said: yes.", []),
        ("There is one question: who pays?", []),
        ("", []),
    ],
)  # fmt: skip
def test_turns_have_their_speakers(text: str, expected: list[tuple[str, str]]) -> None:
    article = Article(text)
    assert [(turn.speaker, article[turn.said]) for turn in turns(article)] == expected
