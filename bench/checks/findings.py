"""What the factual-consistency checks share: findings → one verdict a claim → a check's values.

A check looks for things it can judge in the candidate's sentences (names, numbers, quotations): each gives
a ``Finding``, which belongs to the claim that holds its words. The worst finding decides the claim's label; a
claim with none is ``unchecked``, never a silent pass.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.claims import Claim, claims
from bench.language.article import Article, article
from bench.models.languages import latin
from bench.scorer import Scorer, Undefined
from bench.types import ErrorKind, Label, Pair, Score, Seen, Span, Verdict

HIGHER_IS_BETTER: Mapping[str, bool | None] = {
    "claims": None,
    "supported": None,
    "unsupported": False,
    "contradicted": False,
    "unchecked": None,
    "supported_share": True,
}
"""Every value a check can give, and which direction is better."""

HEADLINE = ("supported_share", "unsupported", "contradicted")
"""The values of a check that a table shows first."""

_WORST_FIRST: tuple[Label, ...] = ("contradicted", "unsupported", "supported", "unchecked")
_MAX_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a claim that was judged: a name, a number, a quotation."""

    label: Label
    reason: str
    """A short phrase for a reader; the phrases of a claim are joined with semicolons."""
    where: Span
    """The words of the candidate that were judged."""
    evidence: tuple[Span, ...] = ()
    """Places in the document, best first."""
    score: float | None = None
    """Degree of support, 0 to 1; ``None``: 1 when supported, else 0."""
    kind: ErrorKind | None = None
    """What is wrong, where something is."""


def claim_values(verdicts: Sequence[Verdict]) -> tuple[dict[str, float], str | None]:
    """Counts of the labels and the supported share of the judged claims.

    Returns the values and, when nothing was judged, the reason why ``supported_share`` is absent.

    >>> claim_values([Verdict(Span(0, 5), "supported", 1.0, "found"), Verdict(Span(6, 9), "unchecked", None, "none")])
    ({'claims': 2.0, 'supported': 1.0, 'unsupported': 0.0, 'contradicted': 0.0, 'unchecked': 1.0, \
'supported_share': 1.0}, None)
    """
    counts = Counter(verdict.label for verdict in verdicts)
    values = {"claims": float(len(verdicts))}
    for label in ("supported", "unsupported", "contradicted", "unchecked"):
        values[label] = float(counts[label])
    judged = len(verdicts) - counts["unchecked"]
    if not judged:
        return values, "supported_share is absent: no claim has anything that this check can judge"
    values["supported_share"] = counts["supported"] / judged
    return values, None


def one_line(text: str, limit: int = 120) -> str:
    """The text on one line, cut in the middle when longer than ``limit`` characters.

    >>> one_line("no\\n limits")
    'no limits'
    """
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    half = (limit - 3) // 2
    return f"{flat[:half].rstrip()} … {flat[-half:].lstrip()}"


def claim_verdict(claim: Span, findings: Sequence[Finding], nothing: str) -> Verdict:
    """One verdict for a claim: the worst finding's label and kind, the reasons of all that share the blame.

    ``nothing`` is the reason when there is no finding. Findings that are ``unchecked`` count only
    when there is no other. The score is the mean over the judged findings.

    >>> found = Finding("supported", "“Xi”", Span(0, 2), (Span(3, 5),))
    >>> missing = Finding("unsupported", "“Xinhua” is not in the document", Span(4, 9), kind="entity")
    >>> verdict = claim_verdict(Span(0, 9), [found, missing], "no names")
    >>> verdict.label, verdict.kind, verdict.marks
    ('unsupported', 'entity', (Span(start=4, end=9),))
    """
    judged = [finding for finding in findings if finding.label != "unchecked"]
    if not judged:
        reasons = _distinct(finding.reason for finding in findings)
        return Verdict(claim, "unchecked", None, "; ".join(reasons) or nothing)
    label = min((finding.label for finding in judged), key=_WORST_FIRST.index)
    ranked = sorted(judged, key=lambda finding: _WORST_FIRST.index(finding.label))
    # An unsupported claim rests on what is missing, not on the names that were found beside it.
    blamed = [finding for finding in ranked if label == "supported" or finding.label != "supported"]
    reason = "; ".join(_distinct(finding.reason for finding in blamed))
    if label == "supported":
        reason = "in the document: " + ", ".join(_distinct(finding.reason for finding in blamed))
    scores = [finding.score if finding.score is not None else float(finding.label == "supported") for finding in judged]
    evidence = tuple(dict.fromkeys(span for finding in blamed for span in finding.evidence))[:_MAX_EVIDENCE]
    wrong = [] if label == "supported" else blamed
    return Verdict(
        claim,
        label,
        # Sums in a fixed order: the findings may come in any.
        sum(sorted(scores)) / len(scores),
        reason,
        evidence,
        next((finding.kind for finding in wrong if finding.kind), None),
        tuple(sorted({finding.where for finding in wrong}, key=lambda span: (span.start, span.end))),
    )


def _distinct(phrases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrases))


def texts(pair: Pair) -> tuple[Article, Article]:
    """The document and the candidate."""
    return article(pair.example.document, pair.example.metadata), article(pair.candidate.text)


def claims_of(pair: Pair) -> tuple[Claim, ...]:
    """The candidate's claims; raises Undefined when it has none, or the document is empty."""
    if not pair.example.document.strip():
        raise Undefined("the document is empty")
    found = article(pair.candidate.text).of(claims)
    if not found:
        raise Undefined("the candidate holds no claim" if pair.candidate.text.strip() else "the candidate is empty")
    return found


class FindingsCheck(Scorer):
    """A check that judges each claim of a candidate by what it finds in it.

    A subclass implements ``findings``. What isn't English, and boilerplate, is ``unchecked``.
    """

    language = "English"
    higher_is_better = HIGHER_IS_BETTER
    headline = HEADLINE
    nothing = "nothing to judge in this claim"
    """The reason given for a claim without findings."""

    @abstractmethod
    def findings(self, document: Article, candidate: Article, sentences: Sequence[Span]) -> Iterable[Finding]:
        """What is found in these sentences of the candidate, in any order.

        Each finding's ``where`` lies in one of the sentences; the offsets of the evidence are the document's.
        """

    def score_pair(self, pair: Pair) -> Score:
        """One verdict a claim and the values that follow from them."""
        claims = claims_of(pair)
        skip = {claim.span: reason for claim in claims if (reason := why_not(pair, claim))}
        # A sentence is read whole: one with a clause that can't be judged still has the others.
        sentences = list(dict.fromkeys(claim.sentence for claim in claims if claim.span not in skip))
        found: dict[Span, list[Finding]] = {claim.span: [] for claim in claims}
        starts = [claim.span.start for claim in claims]
        for finding in self.findings(*texts(pair), sentences) if sentences else ():
            found[claims[max(0, bisect_right(starts, finding.where.start) - 1)].span].append(finding)
        verdicts = [
            Verdict(claim.span, "unchecked", None, skip[claim.span])
            if claim.span in skip
            else claim_verdict(claim.span, found[claim.span], self.nothing)
            for claim in claims
        ]
        values, absent = claim_values(verdicts)
        return self.ok(pair, values, verdicts, Seen(candidate=1.0, document=1.0), absent)


def why_not(pair: Pair, claim: Claim) -> str | None:
    """Why a check that reads English leaves a claim alone; ``None`` where it doesn't."""
    boilerplate = f"{claim.boilerplate}: boilerplate, no claim about the world" if claim.boilerplate else None
    return unread(pair, claim) or boilerplate


def unread(pair: Pair, claim: Claim) -> str | None:
    """Why a check that reads English, and judges boilerplate, leaves a claim alone; ``None`` where it doesn't."""
    document, text = texts(pair)
    if written := document.not_english:
        return f"the document is {written}: this check reads English"
    if not latin(text[claim.span]):
        return "not in Latin script: this check reads English"
    if text.latin and text.language:
        return f"the candidate is in {text.language}: this check reads English"
    return f"{claim.boilerplate}: it stands around the summary, no claim about the world" if claim.framing else None
