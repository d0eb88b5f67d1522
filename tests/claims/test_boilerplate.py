"""What is no claim is named, and no sentence of the news is taken for it."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.claims.boilerplate import boilerplate_kind
from bench.models.syntax import parse_sentence
from bench.text import sentence_spans, word_spans

JUDGEMENTS = Path(__file__).parents[2] / ".." / "shared" / "judgements"

KINDS = {
    "navigation": [
        "Back to top", "Back to top button2", "Read more", "Read more »", "READ MORE", "Click here to see the gallery.",
        "Scroll down for video .", "Skip to main content", "Continue reading the main story", "Related articles",
        "Home > World > Asia", "Next page", "Leave a comment", "12 comments",
    ],
    "share buttons": ["Share this", "Share on Facebook", "Facebook Twitter WhatsApp Email", "Share", "Copy link"],
    "advertisement": ["Advertisement", "ADVERTISEMENT", "Sponsored content"],
    "timestamp": [
        "Updated 3:04 PM", "Updated 3:04 PM EDT, May 16, 2024", "Published: 12:41 EST", "May 16, 2024", "2024-05-16",
        "Last updated on 16 May 2024 at 12:41", "3 hours ago", "5 min read", "Thursday, 16 May 2024, 09:12 GMT",
    ],
    "photo credit": [
        "Getty Images", "Photo: Getty Images", "Photo credit: Ann Example", "AP Photo/Ann Example",
        "Ann Example/Getty Images", "Image copyright Reuters", "(Ann Example / AFP)",
    ],
    "byline": [
        "By Ann Example", "By ANN EXAMPLE", "By Ann Example and Bo Sample, Daily Example", "By Reuters",
        "Ann Example and Bo Sample contributed to this report.", "(With inputs from ANI)",
        "Reporting by Ann Example; editing by Bo Sample", "By Associated Press",
    ],
    "dateline": ["BEIJING (AP) —", "LONDON, May 16 (Reuters) -", "London, England (CNN) --"],
    "site name": ["CNN", "Reuters", "example.com", "The Associated Press"],
    "copyright notice": [
        "© 2024 The Example Company.", "Copyright 2024 Example. All rights reserved.",
        "This material may not be published, broadcast, rewritten or redistributed.",
    ],
    "licence notice": [
        "Sunny Theme License is not validated, go to the options to validate it.",
        "This text is licensed under a Creative Commons Attribution licence.",
    ],
    "subscription call": [
        "Subscribe now", "Sign up for our daily newsletter", "Already a subscriber? Log in", "Follow us on Twitter",
        "Get the latest news in your inbox", "Download our free app", "Subscribe to get the best news in your inbox.",
    ],
    "cookie notice": ["We use cookies to improve this page.", "Accept all cookies", "Cookie policy"],
    "legal notice": ["Terms of use", "Privacy policy", "By continuing to use this page, you agree to its terms."],
}  # fmt: skip

CLAIMS = [
    "Back to the top of the league went the club on Sunday.",
    "Shares fell nine percent.",
    "Share prices on both markets fell on Friday.",
    "Read more than nine books a year and you will live longer.",
    "By Friday the river had fallen.",
    "By Ann Example's own account, nobody was there.",
    "Updated rules for pilots came into force in May.",
    "The photo was taken by Getty Images in 2014.",
    "Subscribers to the newsletter doubled in a year.",
    "The court said that cookies may be set only with consent.",
    "Reuters reported the strike first.",
    "He won.",
    "May opened the talks.",
    "He sold all rights to the film.",
    "The licence of the theatre was not renewed.",
    "Search teams found the boat.",
    "Comments by the minister angered the union.",
    "London (Reuters) - The river had fallen.",
    "The advertisement was withdrawn.",
    "Facebook and Twitter took down the accounts.",
    "The men met at 3:04 PM on May 16, 2024.",
]


@pytest.mark.parametrize(("kind", "sentence"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_boilerplate_is_named(kind: str, sentence: str) -> None:
    assert boilerplate_kind(sentence) == kind


@pytest.mark.parametrize("sentence", CLAIMS)
def test_claims_are_not_boilerplate(sentence: str) -> None:
    assert boilerplate_kind(sentence) is None


def test_sentences_of_news_are_claims() -> None:
    """The choosing half's documents, on which the rules were looked over: 30 of 2,603 sentences are boilerplate."""
    if not JUDGEMENTS.is_dir():
        pytest.skip("the human judgements aren't here")
    found, total = [], 0
    for name in ("summeval.jsonl", "qags_cnn.jsonl"):
        for line in (JUDGEMENTS / name).read_text(encoding="utf-8").splitlines():
            document = json.loads(line)["document"]
            if int(hashlib.sha256(document.encode()).hexdigest(), 16) % 2:
                continue
            sentences = [document[span.slice] for span in sentence_spans(document)]
            total += len(sentences)
            found += [sentence for sentence in sentences if boilerplate_kind(sentence)]
    assert 0 < len(found) / total < 0.02
    long = [
        sentence
        for sentence in found
        if len(word_spans(sentence)) > 8 and any(w.tag in {"VBD", "VBZ", "VBP", "MD"} for w in parse_sentence(sentence))
    ]
    # Credits of those who helped to report, and a link to another article.
    assert [each for each in long if "contributed to this report" not in each and "READ MORE" not in each] == []


@given(st.text(max_size=60), st.sampled_from([text for texts in KINDS.values() for text in texts]))
def test_any_text_has_an_answer_and_white_space_does_not_count(noise: str, text: str) -> None:
    assert boilerplate_kind(noise) is None or boilerplate_kind(noise) in KINDS
    assert boilerplate_kind("  ".join(text.split(" "))) == boilerplate_kind(text)


@pytest.mark.parametrize(
    "text",
    [
        "updated " + "1:00 on " * 60 + "x", "updated cet published " * 18, "A. " * 130, "1 " * 190 + "may",
        "a, " * 130 + "!", "facebook, " * 39 + "!", "By " + "Aa, " * 90 + "x", "photo: " + "a" * 390 + "=",
        "photo " * 60 + "!", "share this " * 35 + "?!", "home > a > " * 35 + "=",
    ],
)  # fmt: skip
def test_near_misses_take_no_time(text: str) -> None:
    start = time.process_time()
    assert boilerplate_kind(text) is None
    assert time.process_time() - start < 5  # backtracking would take minutes


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Gallery: Ten harbours that never sleep", "teaser"),
        ("Read more: Why the ferry was late", "teaser"),
        ("This article goes on below the ad.", "navigation"),
        ("Scroll up to the top of this page", "navigation"),
        ("Get our morning briefing delivered to your inbox every day", "subscription call"),
    ],
)
def test_links_and_calls_of_other_wordings(sentence: str, kind: str) -> None:
    assert boilerplate_kind(sentence) == kind


def test_a_colon_alone_makes_no_teaser() -> None:
    for claim in ("The plan is explained: taxes will fall.", "Berg had one wish: a gallery in Oslo."):
        assert boilerplate_kind(claim) is None
