"""What the factual-consistency checks share: findings → one verdict a sentence → a check's values.

A check looks for things it can judge in each sentence of the candidate (names, numbers, quotations):
each gives a ``Finding``. The worst finding decides the sentence's label; a sentence with none is
``unchecked``, never a silent pass.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.scorer import Scorer, Undefined
from bench.text import sentence_spans
from bench.types import Label, Pair, Score, Seen, Span, Verdict

HIGHER_IS_BETTER: Mapping[str, bool | None] = {
    "sentences": None,
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
_LATIN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a sentence that was judged: a name, a number, a quotation."""

    label: Label
    reason: str
    """A short phrase for a reader; the phrases of a sentence are joined with semicolons."""
    evidence: tuple[Span, ...] = ()
    """Places in the document, best first."""
    score: float | None = None
    """Degree of support, 0 to 1; ``None``: 1 when supported, else 0."""


def claim_values(verdicts: Sequence[Verdict]) -> tuple[dict[str, float], str | None]:
    """Counts of the labels and the supported share of the judged sentences.

    Returns the values and, when nothing was judged, the reason why ``supported_share`` is absent.

    >>> claim_values([Verdict(Span(0, 5), "supported", 1.0, "found"), Verdict(Span(6, 9), "unchecked", None, "none")])
    ({'sentences': 2.0, 'supported': 1.0, 'unsupported': 0.0, 'contradicted': 0.0, 'unchecked': 1.0, \
'supported_share': 1.0}, None)
    """
    counts = Counter(verdict.label for verdict in verdicts)
    values = {"sentences": float(len(verdicts))}
    for label in ("supported", "unsupported", "contradicted", "unchecked"):
        values[label] = float(counts[label])
    judged = len(verdicts) - counts["unchecked"]
    if not judged:
        return values, "supported_share is absent: no sentence has anything that this check can judge"
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


def sentence_verdict(claim: Span, findings: Sequence[Finding], nothing: str) -> Verdict:
    """One verdict for a sentence: the worst finding's label, the reasons of all that share the blame.

    ``nothing`` is the reason when there is no finding. Findings that are ``unchecked`` count only
    when there is no other. The score is the mean over the judged findings.

    >>> found = Finding("supported", "“Xi”", (Span(3, 5),))
    >>> missing = Finding("unsupported", "“Xinhua” is not in the document")
    >>> sentence_verdict(Span(0, 9), [found, missing], "no names").label
    'unsupported'
    """
    judged = [finding for finding in findings if finding.label != "unchecked"]
    if not judged:
        reasons = _distinct(finding.reason for finding in findings)
        return Verdict(claim, "unchecked", None, "; ".join(reasons) or nothing)
    label = min((finding.label for finding in judged), key=_WORST_FIRST.index)
    ranked = sorted(judged, key=lambda finding: _WORST_FIRST.index(finding.label))
    # An unsupported sentence rests on what is missing, not on the names that were found beside it.
    blamed = [finding for finding in ranked if label == "supported" or finding.label != "supported"]
    if label == "supported":
        reason = "in the document: " + ", ".join(_distinct(finding.reason for finding in blamed))
    else:
        reason = "; ".join(_distinct(finding.reason for finding in blamed))
    scores = [finding.score if finding.score is not None else float(finding.label == "supported") for finding in judged]
    evidence = tuple(dict.fromkeys(span for finding in blamed for span in finding.evidence))[:_MAX_EVIDENCE]
    return Verdict(claim, label, sum(scores) / len(scores), reason, evidence)


def _distinct(phrases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrases))


def latin(text: str) -> bool:
    """Whether at least half of the letters are Latin; a text without letters passes.

    >>> latin("Xi Jinping (习近平)"), latin("习近平访问北京")
    (True, False)
    """
    letters = [char for char in text if char.isalpha()]
    # Below U+0250 are all Latin letters of European languages; U+1E00..1EFF holds the Vietnamese ones.
    inside = sum(char < "\u0250" or "\u1e00" <= char <= "\u1eff" for char in letters)
    return inside >= _LATIN_SHARE * len(letters)


def claims_of(pair: Pair) -> list[Span]:
    """The candidate's sentences; raises Undefined when the candidate or the document is empty."""
    if not pair.example.document.strip():
        raise Undefined("the document is empty")
    claims = sentence_spans(pair.candidate.text)
    if not claims:
        raise Undefined("the candidate is empty")
    return claims


class SentenceCheck(Scorer):
    """A check that judges each sentence of a candidate by what it finds in it.

    A subclass implements ``findings``; sentences that aren't in Latin script are ``unchecked``.
    """

    higher_is_better = HIGHER_IS_BETTER
    headline = HEADLINE
    nothing = "nothing to judge in this sentence"
    """The reason given for a sentence without findings."""

    @abstractmethod
    def findings(self, document: str, candidate: str, claims: Sequence[Span]) -> Sequence[Sequence[Finding]]:
        """The findings of each claim, in order; all offsets in the evidence are the document's."""

    def score_pair(self, pair: Pair) -> Score:
        """One verdict a sentence and the values that follow from them."""
        document, candidate = pair.example.document, pair.candidate.text
        claims = claims_of(pair)
        if latin(document):
            skip = [
                None if latin(candidate[claim.slice]) else "not in Latin script: this check reads English"
                for claim in claims
            ]
        else:
            skip = ["the document is not in Latin script: this check reads English"] * len(claims)
        readable = [claim for claim, reason in zip(claims, skip, strict=True) if reason is None]
        found = iter(self.findings(document, candidate, readable) if readable else ())
        verdicts = [
            sentence_verdict(claim, next(found), self.nothing)
            if reason is None
            else Verdict(claim, "unchecked", None, reason)
            for claim, reason in zip(claims, skip, strict=True)
        ]
        values, absent = claim_values(verdicts)
        return self.ok(pair, values, verdicts, Seen(candidate=1.0, document=1.0), absent)
