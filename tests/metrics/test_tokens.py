"""Words of any script against Python's own notions and rouge-score-rs's independent tokenizers."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score_rs.tokenizers import CharacterTokenizer, UnicodeTokenizer

from bench.metrics.tokens import unicode_tokens, unicode_words
from bench.text import words


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_tokens_are_rouges(text):
    assert unicode_tokens(text) == re.findall("[a-z0-9]+", text.lower())


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_words_are_those_of_bench_text(text):
    assert unicode_words(text) == words(text)


@given(st.text())
def test_no_letter_or_digit_is_lost(text):
    def kept(string: str) -> list[str]:
        # Normalising can reorder marks and compose letters; letters and digits stay in order.
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", string).casefold())
        return [char for char in folded if char.isalnum()]

    assert [char for token in unicode_tokens(text) for char in token if char.isalnum()] == kept(text)


@pytest.mark.parametrize(
    "text",
    [
        "Правительство объявило новые меры",
        "Η κυβέρνηση ανακοίνωσε",
        "भारत की सरकार ने कहा",
        "قالت الحكومة أمس",
        "Straße ÜBER Zürich",
    ],
)
def test_spaced_scripts_split_at_unicode_word_boundaries(text):
    assert unicode_tokens(text) == UnicodeTokenizer().tokenize(text)
    assert len(unicode_tokens(text)) == len(text.split())


@pytest.mark.parametrize("text", ["今天天气很好", "ภาษาไทยน้ำดี", "ひらがなカタカナ", "ພາສາລາວ"])
def test_spaceless_scripts_split_into_characters(text):
    assert unicode_tokens(text) == CharacterTokenizer().tokenize(text)


def test_mixed_scripts():
    assert unicode_tokens("GDP增长5.2%") == ["gdp", "增", "长", "5", "2"]
    assert unicode_words("Putin’s 中国 visit") == ["putin's", "中", "国", "visit"]
