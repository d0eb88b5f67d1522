"""Long sentences are cut where a claim of its own begins, and nowhere else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims.split import pieces
from bench.language.article import Article
from bench.types import Span

# "|" marks where our own sentences are cut.
CUT = [
    "The minister signed the treaty in Geneva on Friday, | and the union called a general strike for Monday.",
    "The company opened nine shops in Norway last year | and closed its oldest factory in Bergen.",
    "The mayor opened the new bridge on Sunday, | but the river flooded the old town the next day.",
    "Although the party lost nine seats in the south, | its leader refused to leave office on Monday.",
    "The court released the banker from prison in May | because the witness had changed her statement.",
    "The match was stopped in the second half | after a storm flooded the pitch near the northern goal.",
    "The talks ended on Friday without a result, | while fighting continued in the northern provinces.",
    "Officials raised concerns about the fleet's movements in the region, | particularly regarding Iceland.",
    "The festival will show forty films from nine countries, | including three thrillers from Denmark.",
    "The engineer sold the patent to a rival firm, | which had tried to copy the pump for years.",
    "The senator visited the flooded village on Tuesday, | marking her first trip since the election in June.",
    "The island depends increasingly on imports of grain, | with droughts ruining most of the harvest in the south.",
    "The bank raised its rates to nine percent; | the currency lost a tenth of its value within hours.",
]

WHOLE = [
    # Short, or nothing that is a claim of its own.
    "Xi met Putin, and they talked.",
    "The old bridge over the river was built of granite, oak and iron by nine hundred workers in 1874.",
    # Reported speech stays with its speaker.
    "The minister said that the treaty was dead and the union would call a general strike on Monday.",
    "The treaty was signed in Geneva on Friday, but the union called a strike for Monday, officials said.",
    "The court released the banker in May and the witness changed her statement, according to two newspapers.",
    "According to the police, the driver left the road in the dark and hit a tree near the old mill.",
    # Conditions and comparisons are half a claim without what they belong to.
    "The union will call a general strike for Monday if the minister signs the treaty in Geneva on Friday.",
    "The pitch was much wetter in the second half of the match than the referee had thought it would be.",
    # What is denied is not cut from the denial.
    "The mayor did not leave office because the party had lost nine seats in the south of the country.",
    # Names with an "and", and a time rather than an account.
    "The new contract was awarded by the department to Marks and Spencer and Johnson and Johnson on Friday.",
    "The banker was released from the prison in the north only hours after the witness had left the town.",
    # Two verbs, one thing done.
    "A guard in a red uniform slipped and fell on a wet cover in front of hundreds of tourists.",
    # No main verb: a headline, a list.
    "New hope for the flooded villages of the north, including Upper Marsh and the nine farms around it",
]


def parts(marked: str) -> tuple[str, list[str]]:
    return marked.replace("| ", ""), marked.split(" | ")


@pytest.mark.parametrize("marked", CUT)
def test_claims_of_their_own_are_cut_off(marked: str) -> None:
    sentence, expected = parts(marked)
    assert [sentence[piece.slice] for piece in pieces(Article(sentence))] == expected


@pytest.mark.parametrize("sentence", WHOLE)
def test_what_is_in_doubt_stays_whole(sentence: str) -> None:
    assert pieces(Article(sentence)) == (Span(0, len(sentence)),)


def test_nothing_is_cut_inside_what_is_protected() -> None:
    sentence, (first, _) = parts(CUT[0])
    cut = len(first) + 1
    assert len(pieces(Article(sentence), [Span(cut - 5, cut + 5)])) == 1
    # A stretch that ends or begins at the cut isn't cut.
    assert len(pieces(Article(sentence), [Span(0, cut), Span(cut, len(sentence))])) == 2


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[", "]"), ("(", ""), ("", ")")])
def test_nothing_is_cut_inside_brackets(opening: str, closing: str) -> None:
    marked = CUT[2].replace("| but", "BUT").removesuffix(".")
    sentence = f"{opening}{marked.replace('BUT', 'but')}{closing}."
    assert len(pieces(Article(sentence))) == 1


@given(st.text(max_size=80), st.sampled_from(CUT), st.text(alphabet="“”\"'()[] ,;\n\t\ud800\u3000é", max_size=12))
def test_pieces_tile_any_sentence(noise: str, marked: str, signs: str) -> None:
    sentence = (parts(marked)[0][:-1] + signs + noise).strip()
    found = pieces(Article(sentence))
    assert (found[0].start, found[-1].end) == (0, len(sentence))
    for before, after in pairwise(found):
        assert before.end < after.start
        assert sentence[before.end : after.start].isspace()
    assert all(not sentence[piece.start].isspace() and not sentence[piece.end - 1].isspace() for piece in found)
    assert pieces(Article(sentence)) == found


@given(st.lists(st.sampled_from([parts(marked)[1] for marked in CUT]), min_size=2, max_size=3))
def test_every_piece_has_enough_to_be_judged(several: list[list[str]]) -> None:
    sentence = "; ".join(" ".join(cut)[:-1] for cut in several) + "."
    for piece in pieces(Article(sentence)):
        assert len([word for word in sentence[piece.slice].split() if len(word) > 2]) >= 3
