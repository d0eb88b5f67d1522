"""A sentence that doesn't belong there: an invented quotation, another document's, or a page's own lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.perturb.entities import find_names
from bench.perturb.sentences import gap
from bench.text import sentence_spans, sentences, words
from bench.types import Span

QUOTE, FOREIGN, BOILERPLATE = "quote", "foreign", "boilerplate"

# Written for sumbench. They fit most news, so that the topic alone doesn't give them away.
_QUOTATIONS = (
    "We never expected anything like this",
    "It was the hardest decision that I ever had to make",
    "I would do it all again tomorrow",
    "Nobody asked us before it was too late",
    "This changes everything for my family",
    "We will not comment until the lawyers are done",
    "I warned them about it more than once",
    "There is still a long way to go",
)
_SAID = ("“{quotation},” said {speaker}.", "“{quotation},” {speaker} said.", "{speaker} said: “{quotation}.”")
_LINES = (
    "Sign up for our newsletter and never miss a story.",
    "Follow us on social media for all the latest updates.",
    "Scroll down for the video and more pictures.",
    "Read more about this and other stories on our home page.",
    "Subscribe now to continue reading without advertisements.",
    "All rights reserved; no part of this page may be reproduced.",
    "Share this page with your friends.",
    "Click here to return to the top of the page.",
)
_SHORTEST, _LONGEST = 6, 30
"""Words that a pasted sentence has."""
_LONG = 5
# A sentence that begins so says something only where it stands.
_POINTERS = frozenset("he she it they we i you this that these those his her its their there but and so yet".split())


def invent_quote(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """A quotation of ours, put into the mouth of a person whom the document names."""
    # Full names first, then others; each person once.
    people = {name.text for name in find_names(document) if name.type == "PERSON"}
    speakers = sorted(shuffled(people, seed, QUOTE, text), key=lambda name: " " not in name)
    if not speakers:
        return Skipped(QUOTE, "the document names no person who could have said it")
    known = " ".join(words(f"{text} {document}"))
    fresh = [line for line in _QUOTATIONS if " ".join(words(line)) not in known]
    if not fresh:
        return Skipped(QUOTE, "the document has all of our quotations")
    quotation, said = shuffled(fresh, seed, QUOTE, text)[0], shuffled(_SAID, seed, QUOTE, text)[0]
    sentence = said.format(quotation=quotation, speaker=speakers[0])
    return _insert(QUOTE, text, sentence, seed)


def paste_foreign(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:
    """A sentence of another document, most of whose longer words this document doesn't have."""
    known = set(words(f"{text} {document}"))
    for other in shuffled(others, seed, FOREIGN, text):
        for sentence in shuffled(_whole_sentences(other), seed, FOREIGN, text):
            long = {word for word in words(sentence) if len(word) >= _LONG}
            if 2 * len(long - known) > len(long):
                return _insert(FOREIGN, text, sentence, seed)
    return Skipped(FOREIGN, "no other document has a sentence to paste")


def add_boilerplate(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """A line such as pages have around their articles, behind the last sentence."""
    known = " ".join(words(f"{text} {document}"))
    fresh = [line for line in _LINES if " ".join(words(line)) not in known]
    if not fresh or not sentence_spans(text):
        return Skipped(BOILERPLATE, "no text to add to" if fresh else "the document has all of our lines")
    return _insert(BOILERPLATE, text, shuffled(fresh, seed, BOILERPLATE, text)[0], seed, last=True)


@lru_cache(maxsize=512)
def _whole_sentences(document: str) -> tuple[str, ...]:
    """Sentences that can stand alone: of usual length, on one line, with a capital and a full stop."""
    return tuple(
        sentence
        for sentence in sentences(document)
        if _SHORTEST <= len(words(sentence)) <= _LONGEST
        and sentence[0].isupper()
        and words(sentence)[0] not in _POINTERS
        and sentence[-1] == "."
        and not re.search(r"[\n\"“”]|(?:^|\s)['‘`]", sentence)
    )


def _insert(kind: str, text: str, sentence: str, seed: int, *, last: bool = False) -> Perturbed | Skipped:
    spans = sentence_spans(text)
    if not spans:
        return Skipped(kind, "no text to add to")
    after = spans[-1] if last else shuffled(spans, seed, kind, text, spell=lambda span: str(span.start))[0]
    # Tokenised texts have a space before the full stop.
    if text.rstrip().endswith(" .") and sentence.endswith(".") and not sentence.endswith(" ."):
        sentence = sentence[:-1] + " ."
    return edit(kind, text, [(Span(after.end, after.end), gap(text, spans) + sentence)], sentence)
