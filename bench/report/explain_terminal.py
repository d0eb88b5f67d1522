"""An explained run in the terminal: each summary with its claims coloured, then every flagged claim and why."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from bench.printable import printable
from bench.report.explain_claims import marked
from bench.report.explain_records import (
    LABELS,
    SIGNS,
    Evidence,
    Explained,
    Explanation,
    Judged,
    counted,
    kind_words,
    left_words,
)
from bench.report.width import say
from bench.types import Label, Span

COLOURS: dict[Label, str] = {
    "contradicted": "red",
    "unsupported": "yellow",
    "supported": "green",
    "unchecked": "bright_black",
}
_EVIDENCE = 2
"""Places shown for each check."""
_QUOTED = 320
"""Characters of evidence that are shown around its differing words."""


def show(explained: Explained, console: Console) -> None:
    """Print explained summaries. Texts are never read as markup, and signs that the console lacks are replaced."""
    say(line(f"run {explained.run_id}", console, "bold"), console)
    for told in (*explained.facts, *explained.trust):
        say(line(told, console, "dim"), console, lead="  ", soft=True)
    say(legend(console), console, lead="  ")
    for explanation in explained.explanations:
        console.print()
        show_one(explanation, console)
    if explained.left:
        console.print()
        say(line(f"… and {left_words(explained.left)}", console, "bold"), console, soft=True)


def show_one(explanation: Explanation, console: Console) -> None:
    """One summary: its claims in their text, then the flagged ones with reason and evidence."""
    head = line(explanation.system, console, "bold")
    role = "" if explanation.role == "candidate" else f", {explanation.role}"
    head.append(line(f" ({explanation.example_id}{role}) ", console, "dim"))
    head.append(counted(explanation))
    say(head, console, soft=True)
    for note in explanation.notes:
        say(line(f"not judged by {note}", console, "yellow"), console, lead="  ", soft=True)
    console.print()
    say(summary(explanation, console), console, lead="  ")
    for claim in explanation.claims:
        if claim.flagged:
            console.print()
            show_claim(explanation, claim, console)


def summary(explanation: Explanation, console: Console) -> Text:
    """The candidate with a sign before each claim, flagged ones with their number."""
    text = Text()
    for piece in explanation.pieces:
        claim = piece.claim
        if claim is None:
            text.append(line(explanation.candidate[piece.span.slice], console))
            continue
        number = str(claim.number) if claim.flagged else ""
        text.append(f"{sign(claim.label, console)}{number} ", style=f"bold {COLOURS[claim.label]}")
        text.append(stretch(explanation.candidate, piece.span, claim.marks, console, COLOURS[claim.label]))
    return text


def show_claim(explanation: Explanation, claim: Judged, console: Console) -> None:
    """One flagged claim: what it is accused of, by whom, and what the document says."""
    colour = COLOURS[claim.label]
    head = Text().append(f"{sign(claim.label, console)}{claim.number} {claim.label}", style=f"bold {colour}")
    if claim.kind:
        head.append(line(f" ({kind_words(claim.kind)})", console, colour))
    if claim.probability is not None:
        head.append(f"  probability of support {claim.probability:.2f}", style="dim")
    say(head, console, lead="  ")
    say(stretch(explanation.candidate, claim.span, claim.marks, console, flat=True), console, lead=" " * 5)
    if claim.reason and not claim.opinions:
        say(line(claim.reason, console), console, lead=" " * 5)
    told: set[Span] = set()
    for opinion in claim.opinions:
        if opinion.label == "supported":
            continue
        text = Text().append(line(f"{opinion.check}: ", console, COLOURS[opinion.label]))
        text.append(line(opinion.reason, console))
        say(text, console, lead=" " * 5)
        # Several checks often point at the same sentence: it is quoted once.
        for place in [place for place in opinion.evidence if place.around not in told][:_EVIDENCE]:
            told.add(place.around)
            whole = next(one for one in claim.evidence if one.around == place.around)
            say(quoted(explanation.document, whole, console), console, lead=" " * 7)
    if not told and claim.evidence:
        say(quoted(explanation.document, claim.evidence[0], console), console, lead=" " * 7)


def quoted(document: str, place: Evidence, console: Console) -> Text:
    """The document's sentence, cut around what differs."""
    around, dots = window(place), "..." if console.options.ascii_only else "…"
    text = Text().append("document: ", style="dim")
    text.append(f"{dots} " if around.start > place.around.start else "", style="dim")
    text.append(stretch(document, around, place.differs, console, flat=True))
    text.append(f" {dots}" if around.end < place.around.end else "", style="dim")
    return text


def window(place: Evidence) -> Span:
    """The part of the sentences that is shown: all where it is short, else what lies around the evidence.

    >>> window(Evidence(Span(0, 2000), (Span(900, 910),)))
    Span(start=745, end=1065)
    """
    around = place.around
    if around.end - around.start <= _QUOTED:
        return around
    centre = (place.differs or place.spans)[0]
    start = max(around.start, min((centre.start + centre.end - _QUOTED) // 2, centre.start))
    return Span(start, min(around.end, start + _QUOTED))


def stretch(
    text: str, span: Span, marks: Iterable[Span], console: Console, style: str = "", flat: bool = False
) -> Text:
    """A part of a text whose marked words are underlined, or in guillemets where there is no colour."""
    shown = Text()
    bare = console.color_system is None
    opening, closing = ("<<", ">>") if console.options.ascii_only else ("«", "»")
    for part, wrong in marked(text, span, marks):
        words = line(one_line(part) if flat else part, console, f"{style} bold underline".strip() if wrong else style)
        shown.append(opening if bare and wrong else "")
        shown.append(words)
        shown.append(closing if bare and wrong else "")
    return shown


def one_line(text: str) -> str:
    """Line breaks as spaces; other white space stays, since it may separate two parts."""
    return " ".join(text.splitlines()) if text.strip() else text.replace("\n", " ")


def legend(console: Console) -> Text:
    """What each sign means, and how differing words are shown."""
    text = Text()
    for label in LABELS:
        text.append(f"{sign(label, console)} {label}   ", style=COLOURS[label])
    if console.color_system is None:
        text.append("<<words>>" if console.options.ascii_only else "«words»")
    else:
        text.append("words", style="bold underline")
    text.append(" differ from the document", style="dim")
    return text


def sign(label: Label, console: Console) -> str:
    """The label's sign, as the console can write it."""
    pretty, plain = SIGNS[label]
    try:
        pretty.encode(console.encoding)
    except UnicodeEncodeError:
        return plain
    return pretty


def line(text: str, console: Console, style: str = "") -> Text:
    """Text without markup and control characters; signs that the console can't write become ``?``."""
    known = printable(text.replace("\r\n", "\n")).encode(console.encoding, "replace").decode(console.encoding)
    return Text(known, style)
