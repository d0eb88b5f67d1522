"""Sentences in another order, left out, or said again."""

from __future__ import annotations

from collections.abc import Sequence

from bench.perturb.damage import Perturbed, Skipped, edit
from bench.perturb.draw import shuffled
from bench.text import sentence_spans
from bench.types import Span

SHUFFLE, DROP, REPEAT = "shuffle", "drop", "repeat"
COPIES = 2
"""How often ``repeat`` says a sentence again."""


def shuffle_sentences(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """The same sentences in another order; what stands between them stays."""
    spans = sentence_spans(text)
    if len({text[span.slice] for span in spans}) < 2:
        return Skipped(SHUFFLE, "fewer than two different sentences")
    order = shuffled(spans, seed, SHUFFLE, text, spell=lambda span: str(span.start))
    while [text[span.slice] for span in order] == [text[span.slice] for span in spans]:
        order = [*order[1:], order[0]]
    numbers = " ".join(str(spans.index(span) + 1) for span in order)
    # A sentence that keeps its place is no change.
    edits = [
        (span, text[new.slice]) for span, new in zip(spans, order, strict=True) if text[span.slice] != text[new.slice]
    ]
    return edit(SHUFFLE, text, edits, f"sentences in the order {numbers}")


def drop_half(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """Half of the sentences (rounded down) are left out, with the white space behind each."""
    spans = sentence_spans(text)
    if len(spans) < 2:
        return Skipped(DROP, "fewer than two sentences")
    dropped = shuffled(range(len(spans)), seed, DROP, text)[: len(spans) // 2]
    last = max(set(range(len(spans))) - set(dropped))
    edits = []
    for number in sorted(dropped):
        # Behind the last sentence that stays, the gap before a sentence goes with it, else the one behind.
        gone = Span(spans[number - 1].end, spans[number].end) if number > last else None
        edits.append((gone or Span(spans[number].start, spans[number + 1].start), ""))
    count = f"{len(dropped)} of {len(spans)}"
    return edit(DROP, text, edits, f"{count} sentences left out")


def repeat_sentence(text: str, document: str, others: Sequence[str], seed: int) -> Perturbed | Skipped:  # noqa: ARG001
    """One sentence is said again, ``COPIES`` times, right behind itself."""
    spans = sentence_spans(text)
    if not spans:
        return Skipped(REPEAT, "no sentence")
    chosen = shuffled(spans, seed, REPEAT, text, spell=lambda span: str(span.start))[0]
    copies = COPIES * (gap(text, spans) + text[chosen.slice])
    return edit(REPEAT, text, [(Span(chosen.end, chosen.end), copies)], f"a sentence {COPIES + 1} times in a row")


def gap(text: str, spans: Sequence[Span]) -> str:
    """What stands between two sentences of this text: the first gap, or a space where there is none."""
    between = text[spans[0].end : spans[1].start] if len(spans) > 1 else ""
    return between or " "
