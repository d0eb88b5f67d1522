"""An explained run as one self-contained page: summary left, document right, a claim's evidence lights up.

The page holds its texts as JSON, already cut into the parts that may light up, so that its script needs
no offsets (JavaScript counts characters otherwise) and only ever writes text, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bench.printable import printable
from bench.report.explain_claims import marked
from bench.report.explain_records import LABELS, SIGNS, Evidence, Explained, Explanation, Judged, kind_words, left_words
from bench.report.explain_terminal import window
from bench.types import Span

_INSIDE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)  # fmt: skip
"""What could end a script element, or a line in one, and the same for JSON."""


def page(explained: Explained) -> str:
    """The whole page."""
    from jinja2 import Environment, StrictUndefined

    def show(value: Any) -> Any:
        return printable(value) if type(value) is str else value

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=show,
    )
    source = files("bench.data").joinpath("explain.html").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        run_id=explained.run_id,
        facts=explained.facts,
        trust=explained.trust,
        left=left_words(explained.left),
        labels=[(label, SIGNS[label][0], meaning) for label, meaning in LABELS.items()],
        data=script_json(data(explained)),
        style_hash=digest(source, "style"),
        script_hash=digest(source, "script"),
    )


def digest(source: str, tag: str) -> str:
    """The Content Security Policy's name for the one inline script or style: nothing else may run."""
    [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def script_json(value: Any) -> str:
    """JSON that can't end the script element it stands in.

    >>> script_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_INSIDE)


def display(text: str) -> str:
    """A text as it is shown, character by character: no control characters, plain line breaks.

    >>> display("a\\r\\nb\\x1b")
    'a \\nb␛'
    """
    return printable(text.replace("\r\n", " \n"))


@dataclass(frozen=True, slots=True)
class Parts:
    """A document cut wherever something begins or ends that may light up."""

    text: str
    edges: tuple[int, ...]
    """Ascending offsets, the first 0 and the last the length."""

    @property
    def texts(self) -> list[str]:
        """The parts; joined, they are the document."""
        return [self.text[a:b] for a, b in zip(self.edges, self.edges[1:], strict=False)]

    def numbers(self, span: Span) -> tuple[int, int]:
        """The first part of a span and the one after its last."""
        return bisect_left(self.edges, span.start), bisect_left(self.edges, span.end)


def parts(document: str, places: Iterable[Evidence]) -> Parts:
    """Cut a document at all edges of these places.

    >>> parts("He came on Friday.", [Evidence(Span(0, 18), (Span(11, 17),))]).texts
    ['He came on ', 'Friday', '.']
    """
    edges = {0, len(document)}
    for place in places:
        for span in (place.around, *place.spans, *place.differs):
            edges |= {span.start, span.end}
    return Parts(display(document), tuple(sorted(edges)))


def data(explained: Explained) -> dict[str, Any]:
    """All that the page's script needs."""
    by_example: dict[str, list[Explanation]] = {}
    for one in explained.explanations:
        by_example.setdefault(one.example_id, []).append(one)
    documents = [
        parts(ones[0].document, (place for one in ones for claim in one.claims for place in claim.evidence))
        for ones in by_example.values()
    ]
    number_of = {example: number for number, example in enumerate(by_example)}
    return {
        "signs": {label: SIGNS[label][0] for label in LABELS},
        "documents": [document.texts for document in documents],
        "items": [
            item(one, number_of[one.example_id], documents[number_of[one.example_id]]) for one in explained.explanations
        ],
    }


def item(one: Explanation, number: int, document: Parts) -> dict[str, Any]:
    """One summary: its pieces in order, and its claims."""
    text = display(one.candidate)
    return {
        "system": printable(one.system),
        "role": one.role,
        "example": printable(one.example_id),
        "document": number,
        "counts": one.counts,
        "notes": [printable(note) for note in one.notes],
        "pieces": [
            {
                "claim": piece.claim.number if piece.claim else 0,
                "parts": marked(text, piece.span, piece.claim.marks if piece.claim else ()),
            }
            for piece in one.pieces
        ],
        "claims": [claim_data(claim, document) for claim in one.claims],
    }


def claim_data(claim: Judged, document: Parts) -> dict[str, Any]:
    """One claim: its verdict, who says what, and which parts of the document light up."""
    number_of = {place.around: number for number, place in enumerate(claim.evidence, start=1)}
    return {
        "number": claim.number,
        "label": claim.label,
        "kind": printable(kind_words(claim.kind)),
        "probability": claim.probability,
        "reason": printable(claim.reason),
        "opinions": [
            {
                "check": printable(opinion.check),
                "label": opinion.label,
                "kind": printable(kind_words(opinion.kind)),
                "reason": printable(opinion.reason),
                "places": [number_of[place.around] for place in opinion.evidence],
            }
            for opinion in claim.opinions
        ],
        "silent": [[printable(check), printable(reason)] for check, reason in claim.silent],
        "places": [place_data(place, document) for place in claim.evidence],
    }


def place_data(place: Evidence, document: Parts) -> dict[str, Any]:
    """One piece of evidence: numbers of the document's parts, and the quotation that is shown beside the claim."""
    around = window(place)
    return {
        "around": document.numbers(place.around),
        "spans": [document.numbers(span) for span in place.spans],
        "differs": [document.numbers(span) for span in place.differs],
        "quote": dotted(marked(document.text, around, place.differs), around, place.around),
    }


def dotted(quote: Sequence[tuple[str, bool]], shown: Span, whole: Span) -> list[tuple[str, bool]]:
    """A quotation with dots where it is cut."""
    before = [("… ", False)] if shown.start > whole.start else []
    after = [(" …", False)] if shown.end < whole.end else []
    return [*before, *quote, *after]
