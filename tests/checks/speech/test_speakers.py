"""Who says what: found, looked up where plain, compared with the document; never guessed."""

from __future__ import annotations

import pytest

from bench.checks.quotes import Quotes
from bench.checks.speech.saying import said_in
from bench.checks.speech.speakers import speech
from bench.models.syntax import parse_sentence
from bench.types import Candidate, Example, Pair, Verdict

DOCUMENT = """Mayor Anna Keller opened the bridge in Bonn. "We will repair every school before the winter," she said.

Her rival Peter Brandt called the plan "reckless and far too dear". He said that nobody had asked the fishermen.

"The harbour will be dredged," said Maria Lopez, a spokeswoman for the Harbour Board, adding that work would begin soon.

The police warned that the old road would stay closed for nine weeks.
"""


def all_verdicts(candidate: str, document: str = DOCUMENT, *, speakers: bool = True) -> tuple[Verdict, ...]:
    pair = Pair(Example("e", document, (document,)), Candidate("e", "s", candidate))
    return Quotes(speakers=speakers).score([pair])[0].verdicts


def blamed(candidate: str, document: str = DOCUMENT) -> list[Verdict]:
    return [
        verdict for verdict in all_verdicts(candidate, document) if verdict.label in ("contradicted", "unsupported")
    ]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("“We are ready,” Keller said in Bonn.", [("said", "Keller")]),
        ('"This is wrong," said the board\'s chief Maria Lopez.', [("said", "the board's chief Maria Lopez")]),
        ("The plan, according to Brandt, was sound.", [("according", "Brandt")]),
        ("It was described by Keller as “bad”.", [("described", "Keller")]),
        ("Keller’s statement that the board is ready was welcomed.", [("statement", "Keller")]),
        ("Mr. Brandt was told by Lopez that this is so.", [("told", "Lopez")]),
        ("Keller said it was late, adding that they would go on.", [("said", "Keller"), ("adding", "Keller")]),
        ("The bridge was opened on Friday.", []),
        ("He was told that it was late.", []),
    ],
)
def test_verbs_of_saying_have_their_speakers(sentence: str, found: list[tuple[str, str]]) -> None:
    said = said_in(parse_sentence(sentence))
    assert [(sentence[s.verb.slice], sentence[s.speaker.slice]) for s in said] == found


def test_a_quotation_goes_on_in_the_next_sentence() -> None:
    text = "“We are ready,” Anna Keller said on Monday. “We will not wait.”"
    spoken = speech(text)
    said = spoken.of(spoken.quotations[1])
    assert said is not None
    assert text[said.speaker.slice] == "Anna Keller"


def test_pronouns_and_offices_are_looked_up_only_where_plain() -> None:
    plain = speech("Anna Keller opened the bridge. She said it was late. The mayor said so too.")
    assert plain.speaker(plain.said(1)[0]).naming.name == ("anna", "keller")
    open_ = speech("Anna Keller met Maria Lopez. She said it was late.")
    assert open_.speaker(open_.said(1)[0]).naming.name == ()
    office = speech("Mayor Anna Keller opened it. Peter Brandt came. The mayor said it was late.")
    assert office.speaker(office.said(2)[0]).naming.name == ("anna", "keller")
    two = speech("Mayor Anna Keller opened it. Mayor Peter Brandt came. The mayor said it was late.")
    assert two.speaker(two.said(2)[0]).naming.name == ()


@pytest.mark.parametrize(
    ("candidate", "original"),
    [
        ("“The harbour will be dredged,” Peter Brandt said.", "Maria Lopez"),
        ("Maria Lopez called the plan “reckless and far too dear”.", "Peter Brandt"),
        ("Maria Lopez said that nobody had asked the fishermen.", "He"),
        ("According to Peter Brandt, work would begin soon.", "Maria Lopez"),
        ("Peter Brandt came. He said “the harbour will be dredged”.", "Maria Lopez"),
    ],
)
def test_another_speaker_is_contradicted_with_the_document_s(candidate: str, original: str) -> None:
    (verdict,) = blamed(candidate)
    assert (verdict.label, verdict.kind) == ("contradicted", "attribution")
    assert original in DOCUMENT[verdict.evidence[0].slice]
    assert candidate[verdict.marks[0].slice] in ("Maria Lopez", "Peter Brandt", "He")
    assert not [v for v in all_verdicts(candidate, speakers=False) if v.label == "contradicted"]


@pytest.mark.parametrize(
    "candidate",
    [
        "“The harbour will be dredged,” Lopez said.",
        "“The harbour will be dredged,” said the Harbour Board.",
        "“The harbour will be dredged,” a spokeswoman said.",
        "Brandt said the plan was “reckless and far too dear”.",
        "Keller promised to “repair every school before the winter”.",
        "Anna Keller said: “We will repair every school before the winter.”",
        "Lopez added that work would begin soon.",
        "Police warned that the old road would stay closed for nine weeks.",
        "The old road would stay closed for nine weeks, officials said.",
    ],
)
def test_the_same_speaker_is_no_error(candidate: str) -> None:
    assert not blamed(candidate)


@pytest.mark.parametrize(
    "candidate",
    ["They said “the harbour will be dredged”.", "Bonn said that the old road would stay closed for nine weeks."],
)
def test_where_it_is_not_plain_the_reason_says_unchecked(candidate: str) -> None:
    assert not blamed(candidate)
    assert any("unchecked" in verdict.reason for verdict in all_verdicts(candidate))


def test_without_capitals_nobody_is_blamed() -> None:
    lower = DOCUMENT.lower()
    assert not blamed("“the harbour will be dredged,” peter brandt said.", lower)
    assert not blamed("“The harbour will be dredged,” Peter Brandt said.", lower)


def test_a_speaker_of_two_places_is_right_in_either() -> None:
    document = 'Anna Keller said: "We will not wait any longer." "We will not wait any longer," said Peter Brandt.'
    for speaker in ("Keller", "Brandt"):
        assert not blamed(f"{speaker} said “we will not wait any longer”.", document)
    assert blamed("Maria Lopez said “we will not wait any longer”.", document + " Maria Lopez left.")


def test_beside_each_other_each_speaks_for_itself() -> None:
    document = "Anna Keller said that the bridge was late, while Peter Brandt denied that the harbour would be closed."
    assert not blamed("Brandt denied that the harbour would be closed.", document)
    (verdict,) = blamed("Maria Lopez denied that the harbour would be closed.", document + " Maria Lopez left.")
    assert document[verdict.evidence[0].slice] == "Peter Brandt denied"


def test_he_said_is_the_one_who_spoke_before() -> None:
    document = "Standing beside Maria Lopez, Peter Brandt said he was glad. “We never left the table,” he said."
    assert not blamed("“We never left the table,” said Brandt.", document)
    (verdict,) = blamed("“We never left the table,” Maria Lopez said.", document)
    assert "(Peter Brandt)" in verdict.reason


def test_institutions_and_offices() -> None:
    document = (
        "The Harbour Ministry warned that the bridge may fall. Mayor Anna Keller warned that the road was closed."
    )
    assert not blamed("The mayor warned that the road was closed.", document)
    assert not blamed("A ministry warned that the bridge may fall.", document)
    (verdict,) = blamed("The School Department warned that the bridge may fall.", document)
    assert document[verdict.evidence[0].slice] == "The Harbour Ministry warned"


def test_a_name_right_before_the_verb_is_not_passed_over() -> None:
    """A caption without a full stop: the parse takes its subject for the speaker."""
    document = "Ross Keller scores a goal at the old park Martin Brandt insisted Keller was within his rights to shoot."
    assert not blamed("Martin Brandt insisted that Keller was within his rights to shoot.", document)


def test_a_misspelt_name_is_not_another_speaker() -> None:
    assert not [v for v in blamed("Lopes said: “The harbour will be dredged.”") if v.kind == "attribution"]
    assert not [v for v in blamed("“The harbour will be dredged,” Maria Lopaz said.") if v.kind == "attribution"]
