"""An explained run as Markdown for a pull request: counts on top, each summary's flagged claims folded below."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from bench.printable import printable
from bench.report.comparison_markdown import LIMIT, fitting, shares, shown
from bench.report.content import plural
from bench.report.explain_claims import marked
from bench.report.explain_records import (
    FLAGGED,
    LABELS,
    SIGNS,
    Explained,
    Explanation,
    Judged,
    counted,
    kind_words,
    left_words,
)
from bench.report.explain_terminal import window
from bench.types import Span

_RESERVE = 1_000
"""Characters kept back for the lines that say what was cut."""
_LINES = 500
"""The same within one summary."""
_NAME = 80
"""Characters of a name that are shown."""
_ROWS = 50
"""Summaries in the table of counts."""
HEAD = ("| | claim | why | the document |", "| --- | --- | --- | --- |")


def markdown(explained: Explained) -> str:
    """The whole as one comment of less than ``LIMIT`` characters; texts of users are escaped."""
    text = "\n".join(top(explained)) + "\n"
    # Each takes its heading and the lines that say what was cut of it.
    heads = [head(one) + " " * _LINES for one in explained.explanations]
    shown_ones = explained.explanations[: fitting(heads, LIMIT // 3)]
    flagged = [[row(one, claim) for claim in one.claims if claim.flagged] for one in shown_ones]
    others = [[other(one, claim) for claim in one.claims if not claim.flagged] for one in shown_ones]
    # What is flagged comes first, in all summaries; the other claims take what room it leaves.
    room = LIMIT - _RESERVE - len(text) - sum(map(len, heads[: len(shown_ones)]))
    first = shares([sum(len(item) + 1 for item in items) for items in flagged], max(0, room))
    second = shares([sum(len(item) + 1 for item in items) for items in others], max(0, room - sum(first)))
    for parts in zip(shown_ones, flagged, others, first, second, strict=True):
        text += "\n".join(folded(*parts)) + "\n"
    if cut := len(explained.explanations) - len(shown_ones):
        text += f"\n… and {plural(cut, 'summary', 'summaries')} more, cut to fit a comment; a page shows them all.\n"
    return text


def top(explained: Explained) -> Iterator[str]:
    """How many claims are flagged, where they come from, and a table of counts."""
    claims = [claim for one in explained.explanations for claim in one.claims]
    flagged = sum(claim.flagged for claim in claims)
    yield f"### sumbench explain: {flagged} of {plural(len(claims), 'claim')} flagged"
    yield ""
    yield f"Run {shown(explained.run_id)}."
    yield ""
    yield from (f"- {shown(line)}" for line in explained.trust)
    yield ""
    yield "| system | example | " + " | ".join(f"{SIGNS[label][0]} {label}" for label in LABELS) + " |"
    yield "| --- | --- |" + " ---: |" * len(LABELS)
    for one in explained.explanations[:_ROWS]:
        numbers = " | ".join(map(str, one.counts.values()))
        yield f"| {shown(one.system, _NAME)} | {shown(one.example_id, _NAME)} | {numbers} |"
    yield ""
    if len(explained.explanations) > _ROWS:
        yield f"… and {len(explained.explanations) - _ROWS} rows more."
        yield ""
    if explained.left:
        yield f"… and {left_words(explained.left)}."
        yield ""


def head(one: Explanation) -> str:
    """The line that unfolds a summary; it stands in HTML, where Markdown's escapes don't hold."""
    return f"<details><summary>{in_html(one.system)} ({in_html(one.example_id)}): {counted(one)}</summary>"


def folded(one: Explanation, flagged: list[str], others: list[str], room: int, rest: int) -> Iterator[str]:
    """One summary: its flagged claims as a table, the others as a list folded in it."""
    yield head(one)
    yield ""
    for note in one.notes:
        yield f"Not judged by {shown(note)}."
        yield ""
    if kept := flagged[: fitting(flagged, room)]:
        yield from (*HEAD, *kept, "")
    if len(kept) < len(flagged):
        yield f"… and {plural(len(flagged) - len(kept), 'more flagged claim')}, cut to fit a comment."
        yield ""
    if kept := others[: fitting(others, rest)]:
        yield f"<details><summary>the {plural(len(kept), 'claim')} that no check flags</summary>"
        yield from ("", *kept, "", "</details>", "")
    if len(kept) < len(others):
        yield f"… and {len(others) - len(kept)} more claims that no check flags, cut to fit a comment."
        yield ""
    yield "</details>"
    yield ""


def row(one: Explanation, claim: Judged) -> str:
    """A flagged claim as a line of the table: its wrong words and what differs in the document are bold."""
    kind = f" ({shown(kind_words(claim.kind), _NAME)})" if claim.kind else ""
    trusted = f", {claim.probability:.2f}" if claim.probability is not None else ""
    blamed = [opinion for opinion in claim.opinions if opinion.label in FLAGGED]
    why = [f"{shown(opinion.check, _NAME)}: {shown(opinion.reason)}" for opinion in blamed] or [shown(claim.reason)]
    place = claim.evidence[0] if claim.evidence else None
    cells = (
        f"{SIGNS[claim.label][0]} {claim.number} {claim.label}{kind}{trusted}",
        stressed(one.candidate, claim.span, claim.marks),
        "<br>".join(why),
        stressed(one.document, window(place), place.differs) if place else "–",
    )
    return f"| {' | '.join(cells)} |"


def other(one: Explanation, claim: Judged) -> str:
    """A claim that isn't flagged, as a list item."""
    kind = f" ({shown(kind_words(claim.kind), _NAME)})" if claim.kind else ""
    return f"- {SIGNS[claim.label][0]} {claim.label}{kind}: {shown(one.candidate[claim.span.slice])}"


def stressed(text: str, span: Span, marks: Iterable[Span]) -> str:
    """A stretch of a text with its marked words bold; a long one is cut where nothing is marked."""
    parts = []
    for part, wrong in marked(text, span, marks):
        words = shown(part)
        # White space at the ends is lost in escaping, and separates the parts.
        before, after = " " * part[:1].isspace(), " " * part[-1:].isspace()
        parts.append(
            f"{before}<b>{words}</b>{after}" if wrong and words else f"{before}{words}{after}" if words else " "
        )
    return "".join(parts).strip()


def in_html(text: str) -> str:
    """A name within a line of HTML; it calls nobody's attention there either."""
    flat = printable(" ".join(text.split()))
    cut = flat if len(flat) <= _NAME else flat[:_NAME] + " …"
    return html.escape(cut, quote=False).replace("@", "@<!-- -->").replace("#", "#<!-- -->")
