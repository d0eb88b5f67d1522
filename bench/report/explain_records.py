"""The records of ``sumbench explain``, and the words and signs that its outputs share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.report.content import plural
from bench.types import Label, Role, Span

LABELS: Mapping[Label, str] = {
    "contradicted": "the document says something else",
    "unsupported": "the document does not say it",
    "supported": "the document says it",
    "unchecked": "nothing speaks against it, but nothing supports all of it",
}
"""Each label with what it means, from the gravest to the least."""

SIGNS: Mapping[Label, tuple[str, str]] = {
    "contradicted": ("✘", "x"),
    "unsupported": ("!", "!"),
    "supported": ("✔", "+"),
    "unchecked": ("?", "?"),
}
"""Each label's sign, and the one for a console that can't write it."""

KINDS: Mapping[str, str] = {
    "entity": "name",
    "number": "number",
    "date": "date",
    "quote": "quotation",
    "attribution": "speaker",
    "negation": "negation",
    "role": "who did what",
    "modality": "how certain",
    "antonym": "opposite",
    "quantifier": "how many of them",
    "comparison": "which is more",
    "unsupported": "not in the document",
    "boilerplate": "boilerplate",
}
"""The kinds of error in a reader's words."""

FLAGGED = ("contradicted", "unsupported")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the document that a check points at."""

    around: Span
    """The sentences that hold what it points at."""
    spans: tuple[Span, ...]
    """What it points at, in order, without overlap."""
    differs: tuple[Span, ...] = ()
    """The document's words that stand where the claim has others."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one check says about a claim."""

    check: str
    label: Label
    kind: str | None
    score: float | None
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One claim of a candidate with all that is said about it."""

    number: int
    """From 1, in the candidate's order."""
    span: Span
    label: Label
    kind: str | None
    probability: float | None
    """That the document supports it, 0 to 1; ``None`` where nothing combines the checks."""
    reason: str
    """Of the combined verdict; empty where there is none."""
    marks: tuple[Span, ...]
    """The candidate's words that are wrong, in order, without overlap."""
    opinions: tuple[Opinion, ...]
    """Of the checks that judged it, the gravest first."""
    silent: tuple[tuple[str, str], ...]
    """The checks that had nothing to judge in it, each with why."""
    evidence: tuple[Evidence, ...]
    """All places that the checks point at, each sentence once, best first."""

    @property
    def flagged(self) -> bool:
        """Whether it is unsupported or contradicted."""
        return self.label in FLAGGED


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the candidate: a claim, or the text between two claims."""

    span: Span
    claim: Judged | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One summary, explained."""

    example_id: str
    system: str
    role: Role
    candidate: str
    document: str
    claims: tuple[Judged, ...]
    notes: tuple[str, ...]
    """Which checks gave no verdicts, and why."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The whole candidate in order: joined, the pieces are the text."""
        found: list[Piece] = []
        at = 0
        for claim in self.claims:
            if at < claim.span.start:
                found.append(Piece(Span(at, claim.span.start), None))
            found.append(Piece(claim.span, claim))
            at = claim.span.end
        if at < len(self.candidate):
            found.append(Piece(Span(at, len(self.candidate)), None))
        return tuple(found)

    @property
    def counts(self) -> dict[Label, int]:
        """Claims by label, the gravest first; labels without a claim too."""
        labels = [claim.label for claim in self.claims]
        return {label: labels.count(label) for label in LABELS}


@dataclass(frozen=True, slots=True)
class Explained:
    """Some summaries of a run, ready to be laid out."""

    run_id: str
    facts: tuple[str, ...]
    trust: tuple[str, ...]
    """How the verdicts came about and how far they can be trusted."""
    explanations: tuple[Explanation, ...]
    left: int
    """Summaries that were asked for but are more than the limit."""


def counted(explanation: Explanation) -> str:
    """The claims by label in words.

    >>> counted(Explanation("e", "s", "candidate", "", "", (), ()))
    'no claims'
    """
    told = [f"{count} {label}" for label, count in explanation.counts.items() if count]
    return ", ".join(told) or "no claims"


def kind_words(kind: str | None) -> str:
    """A kind of error in a reader's words; empty where it has none."""
    return KINDS.get(kind, kind) if kind else ""


def left_words(left: int) -> str:
    """How many summaries aren't shown, and how to see them; empty where all are."""
    how = "choose with --system and --example, or raise --limit"
    return f"{plural(left, 'more summary', 'more summaries')} not shown: {how}" if left else ""
