"""What stands around a summary is named, and no sentence of the news is taken for it; lists and tables have claims."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims import claims
from bench.claims.framing import FRAMING, parts
from bench.language.article import Article, article
from bench.text import sentence_spans, word_spans

SHARED = Path(__file__).parents[2] / ".." / "shared"

WHOLE = {
    "framing": [
        "Here is a concise summary of the passage:", "Sure!", "Certainly, here's a brief summary of the article:",
        "Here are the key points from the meeting:", "Below is a summary of the provided text.",
        "Summary of the article:",
        "Here's the article summarized in two sentences:", "In three sentences:", "The text covers three main topics:",
        "This summary captures the main points of the article.", "Word count: 54", "(52 words)",
        "The following is a summary of the conversation:",
    ],
    "closing offer": [
        "Let me know if you'd like more detail!", "I hope this helps.", "Feel free to ask for a shorter version.",
        "Would you like me to expand this summary?", "Please let me know if you need any further information.",
        "If you want more details, I can add them.", "I'm happy to adjust the summary.",
    ],
    "refusal": [
        "I'm sorry, but I can't summarize this text.", "As an AI language model, I cannot open links.",
        "I am unable to provide a summary of the article.", "I apologize for the confusion.",
        "Please provide the text of the article.", "It seems you did not provide the passage.",
        "There is no article provided.", "Unfortunately, I don't have access to the document.",
    ],
    "heading": ["Summary:", "**Key points:**", "**Background**", "Key Takeaways:",
        "TL;DR:", "Next steps:", "**Decisions:**"],
}  # fmt: skip

CLAIMS = [
    "Here is the mayor who opened the bridge.",
    "Sure enough, the river fell.",
    "The article statement was false.",
    "The document was signed in Geneva.",
    "The report covers forty years.",
    "The speaker was booed.",
    "The author won the prize in May.",
    "It also mentions that he wept.",
    "I'm sorry but I can't come on Friday.",
    "I hope the team wins.",
    "Let me know the score.",
    "Would you like a cup of tea?",
    "The summary trial ended on Monday.",
    "As an AI researcher, she built two robots.",
    "Please provide a form of identification.",
    "A. Smith won.",
    "5 people died.",
    "The 12 brigades left the town.",
    "I. Newton was here.",
    "**The mayor resigned.**",
    "Rita: I'll bring the cake.",
    "**Rita:** I'll bring the cake.",
]

OPENINGS = [
    ("Sure! Here's a summary of the article in two sentences: ", "The council met."),
    ("The passage discusses ", "the approval of a new bus route."),
    ("The article also explains that ", "the council met."),
    ("According to the passage, ", "the council met."),
    ("The author argues that ", "buses are cheap."),
    ("Overall, the text highlights how ", "the council met."),
    ("In the article, ", "the council met."),
    ("In summary, ", "the council met."),
    ("**Background:** ", "The council met."),
    ("**New Route Approval**: ", "The council met."),
    ("Key points: 1. ", "The council met."),
    ("The main idea is that ", "buses are cheap."),
    ("The text covers three topics: ", "the harbour, the school and the library."),
]

HOSTILE = [
    "Sure, " * 1000,
    "|" * 20_000,
    "- " * 20_000,
    "1. a\n" * 1000,
    "|-|\n" * 1000,
    "**a" * 9000,
    "the text " * 5000,
]

MARKERS = ["1. ", "6) ", "(2) ", "a) ", "(b) ", "iv) ", "- ", "* ", "• ", "– ", "> ", "1) - "]


def judged(text: str) -> list[str]:
    """The words of the claims proper."""
    return [text[claim.span.slice] for claim in article(text).of(claims) if claim.boilerplate is None]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WHOLE.items() for text in texts])
def test_framing_is_named(kind: str, text: str) -> None:
    assert {part.kind for part in parts(Article(text))} <= {kind, "framing"}
    assert kind in {part.kind for part in parts(Article(text))}
    assert all(claim.framing for claim in article(text).of(claims))


@pytest.mark.parametrize("text", CLAIMS)
def test_claims_are_no_framing(text: str) -> None:
    assert judged(text) == [text]


@pytest.mark.parametrize(("front", "claim"), OPENINGS)
def test_what_follows_framing_on_its_line_is_judged(front: str, claim: str) -> None:
    text = front + claim
    assert judged(text) == [claim]
    [last] = [found for found in article(text).of(claims) if found.boilerplate is None]
    assert text[last.sentence.slice] == claim


def test_framing_behind_a_claim_is_cut_off() -> None:
    assert judged("The mayor resigned, according to the article.") == ["The mayor resigned,"]
    assert judged("The vote is also mentioned in the passage.") == ["The vote"]
    assert judged("The mayor resigned, according to the police.") == ["The mayor resigned, according to the police."]


def test_it_is_the_article_only_after_the_article() -> None:
    text = "The article says that the mayor resigned. It also mentions that he wept."
    assert judged(text) == ["the mayor resigned.", "he wept."]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_is_no_word_of_a_claim(marker: str) -> None:
    assert judged(f"{marker}The council met.\n{marker}It was late") == ["The council met.", "It was late"]


def test_items_are_never_merged() -> None:
    text = "The council decided\na) to build a bridge\nb) to close the school\n- and to wait"
    assert judged(text) == ["The council decided", "to build a bridge", "to close the school", "and to wait"]


@pytest.mark.parametrize("mark", ["# ", "## ", "#### "])
def test_marked_headings_without_a_verb_are_headings(mark: str) -> None:
    assert judged(f"{mark}New Harwick Bus Route\nThe council met.") == ["The council met."]
    assert judged(f"{mark}Mayor resigns after a vote\nThe council met.") == [
        "Mayor resigns after a vote",
        "The council met.",
    ]
    assert judged("He wrote # rubber boats on a wall .") == ["He wrote # rubber boats on a wall ."]


def test_a_tables_row_is_a_claim_with_its_header() -> None:
    text = "It rose.\n"
    text += "| Item | 2022 |\n|:---|---:|\n| Acme Inc. | It fell. Then it rose |\n|  |  |\n| Profit | 3 |\nIt fell."
    assert judged(text) == ["It rose.", "Acme Inc. | It fell. Then it rose", "Profit | 3", "It fell."]
    headers = [text[claim.header.slice] for claim in article(text).of(claims) if claim.header]
    assert headers == ["Item | 2022"] * 2
    assert all(claim.span == claim.sentence for claim in article(text).of(claims) if claim.header)


def test_lines_with_pipes_are_no_table_without_a_rule() -> None:
    text = "Home | News | Sport\nThe mayor resigned on Monday."
    assert not any(claim.header for claim in article(text).of(claims))


def test_a_lone_marker_holds_no_claim() -> None:
    assert article("1.\n- \n2)").of(claims) == ()


def check_parts(text: str) -> None:
    """The parts are in order and apart, and lie in the text's sentences; what is left out is no claim's words."""
    found = [part.span for part in parts(Article(text))]
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[span.slice].strip() == text[span.slice] != "" for span in found)
    assert {part.kind for part in parts(Article(text))} & FRAMING <= FRAMING


@given(st.text(st.sampled_from("abI12.)(-*#|•:>\n \ud800“") | st.characters(), max_size=60))
def test_any_text_has_parts(text: str) -> None:
    check_parts(text)


@given(st.lists(st.sampled_from([*CLAIMS, *WHOLE["framing"], *(a + b for a, b in OPENINGS)]), max_size=5))
def test_parts_lose_no_word_but_markers(lines: list[str]) -> None:
    text = "\n".join(lines)
    check_parts(text)
    covered = sum(len(word_spans(text[part.span.slice])) for part in parts(Article(text)))
    assert len(word_spans(text)) - covered <= sum(line.startswith("Key points: 1.") for line in lines)


def test_plain_text_has_its_sentences_as_parts() -> None:
    text = "The river fell on Friday. The mayor opened the bridge.\n“Nobody was hurt,” she said."
    assert [part.span for part in parts(Article(text))] == sentence_spans(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    list(parts(Article(text)))
    assert time.process_time() - start < 30  # backtracking would take hours


def summaries(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield from (one["text"] for one in json.loads(line)["summaries"].values())


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("dialsummeval_even", 0, 0), ("summedits_ectsum", 0, 0), ("summedits_samsum", 0, 0), ("summedits_qmsumm", 20, 26)],
)
def test_framing_in_published_summaries(name: str, least: int, most: int) -> None:
    """In the meetings' summaries, “The document discusses …” opens 23 sentences; the others have no framing."""
    path = SHARED / "judgements" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip("the judgements are not here")
    texts = map(Article, set(summaries(path)))
    found = [text[part.span] for text in texts for part in parts(text) if part.kind in FRAMING]
    assert least <= len(found) <= most
    assert all(words.startswith("The document") for words in found)


def test_the_cases_of_framing() -> None:
    """Invented summaries as language models write them: nothing but what the document says is left to judge."""
    path = SHARED / "cases" / "consistency.jsonl"
    if not path.is_file():
        pytest.skip("the cases are not here")
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = {case["id"]: case["summaries"]["x"] for case in map(json.loads, lines)}
    assert judged(cases["intro-001"]) == [
        "The Harwick council approved a new bus route.",
        "It will link the hospital with the railway station.",
    ]
    assert judged(cases["meta-008"]) == ["the approval of a new bus route by the Harwick town council."]
    assert judged(cases["listhash-116"]) == ["The council approved a new bus route."]
    assert not any(words[0].isdigit() for words in judged(cases["numbered-004"]))
    assert [row.split(" | ")[0] for row in judged(cases["table-006"])] == ["Revenue", "Profit"]
