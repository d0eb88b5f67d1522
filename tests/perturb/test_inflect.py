"""Forms of verbs, against the lemmatizer that we did not write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.models.syntax import parse_sentence
from bench.perturb.inflect import _IRREGULAR, gerund, participle, past, third

REGULAR = (
    "sign plan carry close admit visit offer stop play stay fix agree die panic refer occur control open travel cook "
    "enjoy try rob prefer ship patrol beg hope cry echo pass wash march rush tax buzz"
).split()


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("sign", "signed signed signs signing"),
        ("plan", "planned planned plans planning"),
        ("carry", "carried carried carries carrying"),
        ("close", "closed closed closes closing"),
        ("write", "wrote written writes writing"),
        ("begin", "began begun begins beginning"),
        ("agree", "agreed agreed agrees agreeing"),
        ("refer", "referred referred refers referring"),
        ("offer", "offered offered offers offering"),
        ("have", "had had has having"),
        ("play", "played played plays playing"),
    ],
)
def test_forms(base: str, forms: str) -> None:
    assert [past(base), participle(base), third(base), gerund(base)] == forms.split()


# Forms that are also those of another verb, or that the model doesn't know as verbs.
UNKNOWN = frozenset("wind bear lay cling forecast hope swim".split())


@pytest.mark.parametrize("base", sorted({*_IRREGULAR, *REGULAR} - UNKNOWN))
def test_the_lemmatizer_leads_back(base: str) -> None:
    sentences = [f"They {past(base)} it yesterday.", f"They have {participle(base)} it.", f"She is {gerund(base)} it."]
    back = [base in [word.lemma.lower() for word in parse_sentence(sentence)] for sentence in sentences]
    assert sum(back) >= 2, back


@pytest.mark.parametrize("base", ["be", "lie", "can", "Sign", "x", "re-sign", ""])
def test_no_form_where_it_is_not_sure(base: str) -> None:
    assert past(base) is None


@given(st.from_regex(r"[a-z]{3,8}", fullmatch=True))
def test_any_verb_gets_forms_with_the_right_ends(base: str) -> None:
    form = past(base)
    assert form is None or base in _IRREGULAR or form.endswith("ed")
    assert gerund(base).endswith("ing")
    assert third(base).endswith("s")
