from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.checks.quotes import Quotes
from bench.checks.speech.alignment import WordIndex, plain_words
from bench.errors import InputError
from bench.language.article import Article
from bench.quotations import quotations
from bench.types import Candidate, Example, Pair, Score, Verdict

DOCUMENT = """The mayor opened the "bridge of hopes" on Friday, which the city calls its largest gift.

"We will repair every school before the winter, and we will not raise a single tax," she told the council.

Critics called the plan reckless. Her deputy said the costs were "entirely under control" and that nobody had asked him.
"The harbour will be dredged," he said. "Work begins in the spring and ends when the ships come back."
"""


def quote_score(candidate: str, document: str = DOCUMENT) -> Score:
    return Quotes().score([Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))])[0]


def only_verdict(candidate: str, document: str = DOCUMENT) -> Verdict:
    """The verdict of the one claim in which there is something to judge."""
    (verdict,) = [v for v in quote_score(candidate, document).verdicts if v.label != "unchecked"]
    return verdict


def shown(text: str) -> list[str]:
    return [text[quotation.span.slice] for quotation in quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said “no limits” twice.", ["no limits"]),
        ('He said "no limits" twice.', ["no limits"]),
        ("He said «no limits» twice.", ["no limits"]),
        ("He said ``no limits'' twice.", ["no limits"]),
        ("He said `` no limits '' twice .", ["no limits"]),
        ("He said ` no limits ' twice .", ["no limits"]),
        ("He said ‘no limits’ twice.", ["no limits"]),
        ("He said 'no limits' twice.", ["no limits"]),
        ("He said „no limits“ twice.", ["no limits"]),
        ("The workers' rights and the boys’ club: it's theirs.", []),
        ("Rock 'n' roll of the '90s and '80s.", []),
        ("‘It’s the boys’ club,’ he said.", ["It’s the boys’ club,"]),
        ("\"He called it 'mad' twice,\" she said.", ["He called it 'mad' twice,"]),
        ("'He called it \"mad\" twice,' she said.", ['He called it "mad" twice,']),
        ("long-term sustainable “peace “.", ["peace"]),
        ("in “many sectors.”Putin also “agreed”", ["many sectors.", "agreed"]),
        ('A 27" screen and a 6\'2" man.', []),
        ("“We agree. We sign.\n“We go,” he said.", ["We agree. We sign.", "We go,"]),
        ("“We agree. He left.\nHe came back.", ["We agree."]),
        ("'It 's late and I do n't care , ' he said .", ["It 's late and I do n't care ,"]),
        ("Brazil 's future is uncertain . ' I 'll go , ' he said .", ["I 'll go ,"]),
        ("the players ' union ' s view of Xi ' s plan", []),
        ("it won the ' ultimate prize ' . It 's ok , she said .", ["ultimate prize"]),
        ('said "yes" and "no"', ["yes", "no"]),
        ("We agree,” he said.", []),
        ("“” and “ ” and ‘’", []),
        ("", []),
    ],
)
def test_quotations_are_found(text: str, found: list[str]) -> None:
    assert shown(text) == found


def test_an_unclosed_quotation_says_so() -> None:
    assert [q.closed for q in quotations("“We agree. He left.\nHe came “back”.")] == [False, True]


@given(st.text(alphabet="ab c.,'\"“”‘’«»`\n-", max_size=60))
def test_quotations_never_overlap_and_stay_inside(text: str) -> None:
    end = 0
    for quotation in quotations(text):
        assert end <= quotation.span.start < quotation.span.end <= len(text)
        assert "\n" not in text[quotation.span.slice] or text[quotation.span.slice].strip()
        end = quotation.span.end


@given(
    st.lists(st.sampled_from("a b c d".split()), max_size=40),
    st.lists(st.sampled_from("a b c".split()), min_size=1, max_size=4),
)
def test_find_equals_brute_force(words: list[str], sought: list[str]) -> None:
    expected = [i for i in range(len(words) - len(sought) + 1) if words[i : i + len(sought)] == sought]
    assert WordIndex(Article(" ".join(words))).find(sought) == expected


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_changed_stretch_is_aligned_where_it_came_from(seed: int) -> None:
    chance = random.Random(seed)
    words = [f"w{chance.randrange(400)}" for _ in range(300)]
    start = chance.randrange(0, 280)
    taken = words[start : start + 12]
    taken[chance.randrange(1, 11)] = "changed"
    found = WordIndex(Article(" ".join(words))).align(taken)
    assert found is not None
    # Brute force over all windows of the same length.
    best = max(SequenceMatcher(None, taken, words[i : i + 12], autojunk=False).ratio() for i in range(len(words) - 11))
    assert found.similarity >= best - 1e-9
    assert (found.start, found.end) == (start, start + 12)


def test_the_index_slices_to_its_words() -> None:
    index = WordIndex(Article(DOCUMENT))
    (place,) = index.find(["the", "harbor", "will"])
    assert DOCUMENT[index.span(place, place + 3).slice] == "The harbour will"
    assert plain_words("The U.S. paid $5")[0] == plain_words("the US paid $ 5")[0]


@pytest.mark.parametrize(
    "candidate",
    [
        'She said "we will not raise a single tax".',
        "She said ‘WE WILL NOT\u00a0raise a single tax.’",
        "The “bridge of hopes” is open.",
        "She promised to “repair every school … and … not raise a single tax”.",
        "She promised to “repair every school [in town] before the winter”.",
        "“Work begins in the spring and ends",
        "Critics called it ‘reckless’.",
    ],
)
def test_exact_quotations_are_supported(candidate: str) -> None:
    verdict = only_verdict(candidate)
    assert (verdict.label, verdict.score) == ("supported", 1.0)
    assert verdict.evidence


def test_words_that_the_document_does_not_quote_are_told_apart() -> None:
    assert "not quoted in the document" in only_verdict("Critics called it ‘reckless’.").reason
    assert "not quoted in the document" not in only_verdict("It is “entirely under control”.").reason


@pytest.mark.parametrize(
    ("candidate", "original", "changed"),
    [
        (
            "“We will rebuild every school before the winter, and we will not raise a single tax,” she said.",
            "We will repair every school before the winter, and we will not raise a single tax",
            "[-repair-] {+rebuild+}",
        ),
        ("He said costs were “entirely in control”.", "entirely under control", "[-under-] {+in+}"),
        ("“The harbour will soon be dredged,” he said.", "The harbour will be dredged", "{+soon+}"),
        ("“Work begins in the spring and ends when ships come back.”", "Work begins in", "when [-the-] ships"),
        (
            "The mayor opened the “path of dreams” on Friday, which the city calls its largest gift.",
            "bridge of hopes",
            "[-bridge-] {+path+} of [-hopes-] {+dreams+}",
        ),
    ],
)
def test_altered_quotations_show_the_original(candidate: str, original: str, changed: str) -> None:
    verdict = only_verdict(candidate)
    assert verdict.label == "contradicted"
    assert original in DOCUMENT[verdict.evidence[0].slice]
    assert changed in verdict.reason


@pytest.mark.parametrize(
    "candidate",
    [
        "She said “the people of this city have waited long enough for justice”.",
        "He praised the “historic friendship”.",
        "“It is what it is,” he said.",
    ],
)
def test_invented_quotations_are_unsupported(candidate: str) -> None:
    verdict = only_verdict(candidate)
    assert verdict.label == "unsupported"
    assert verdict.score is not None
    assert verdict.score < 0.6


def test_parts_in_the_wrong_order_are_altered() -> None:
    verdict = only_verdict("She promised “not raise a single tax … repair every school”.")
    assert verdict.label == "contradicted"
    assert "order" in verdict.reason


def test_each_sentence_of_a_quotation_is_judged_on_its_part() -> None:
    score = quote_score("“The harbour will be dredged. We shall sail to the moon with golden oars,” he said. He left.")
    assert [verdict.label for verdict in score.verdicts] == ["supported", "unsupported", "unchecked"]
    assert score.values["supported_share"] == 0.5


def test_without_quotations_there_is_no_share() -> None:
    score = quote_score("He left. She stayed.")
    assert "supported_share" not in score.values
    assert score.error
    assert {verdict.reason for verdict in score.verdicts} == {Quotes.nothing}


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b", "“", "””””", "'" * 50, "«»" * 9, "习近平“无上限”", "\x00“a”\x00"]
)
def test_strange_text_is_no_exception(text: str) -> None:
    assert quote_score(text).status in ("ok", "undefined")
    assert quote_score("He said “yes”.", text).status in ("ok", "undefined")


def test_threshold_is_checked_and_signed() -> None:
    assert Quotes(altered=0.7).signature() != Quotes().signature()
    with pytest.raises(InputError, match="altered"):
        Quotes(altered=0)


@pytest.mark.parametrize(
    "candidate",
    [
        "She said `` we will not raise a single tax '' .",
        "` work begins in the spring and ends when the ships come back , ' he said .",
        "The schools , ' we will repair every school before the winter ' , she said .",
    ],
)
def test_tokenised_text_is_no_alarm(candidate: str) -> None:
    assert {v.label for v in quote_score(candidate).verdicts} <= {"supported", "unchecked"}


def test_contractions_and_spelling_are_no_alteration() -> None:
    document = "He said : \"I do n't know why we wo n't recognise the harbour workers .\" Then he left ."
    assert only_verdict("He said “I don’t know why we won’t recognize the harbor workers”.", document).score == 1.0


def test_only_the_wrong_words_are_marked() -> None:
    candidate = "“We will rebuild every school before the winter, and we will not raise a single tax,” she said."
    verdict = only_verdict(candidate)
    assert [candidate[mark.slice] for mark in verdict.marks] == ["rebuild"]
    left_out = "“We will repair every school before the winter, and we will raise a single tax,” she said."
    assert [left_out[mark.slice] for mark in only_verdict(left_out).marks] == ["will raise"]
    assert verdict.kind == only_verdict(left_out).kind == "quote"


def test_reordered_words_are_altered_where_the_document_quotes_them() -> None:
    said = only_verdict("He said the costs were “under control, entirely”.")
    assert (said.label, said.kind) == ("contradicted", "quote")
    document = "Many call the sect worshippers of the devil, and it has suffered."
    assert only_verdict("The sect of “devil worshippers” has suffered.", document).label == "supported"
    assert "another order" in only_verdict("The sect of “devil worshippers” has suffered.", document).reason


def test_indirect_speech_of_the_document_is_told() -> None:
    verdict = only_verdict("Her deputy said: “Nobody asked me.”")
    assert verdict.label == "supported"
    assert "not quoted" in verdict.reason


def test_an_unknown_title_is_a_name_that_is_missing() -> None:
    verdict = only_verdict("He was reading the novel “The Silver Lighthouse”.")
    assert (verdict.label, verdict.kind) == ("unsupported", "entity")


def test_scare_quotes_are_nobody_s_words() -> None:
    assert quote_score("The “real” work on the harbour begins.").verdicts[0].label == "unchecked"
    assert "nobody" in quote_score("The “real” work on the harbour begins.").verdicts[0].reason
    assert only_verdict("Her deputy called it “ludicrous”.").label == "unsupported"


def test_other_forms_of_a_few_words_are_told_not_blamed() -> None:
    verdict = only_verdict("The city opened its “bridges of hope”.")
    assert verdict.label == "supported"
    assert "other forms" in verdict.reason
