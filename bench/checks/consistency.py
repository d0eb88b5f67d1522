"""One verdict a claim, from those of all checks, with the probability that people call the claim supported.

Rules come first: what one of them contradicts is contradicted; else what one finds unsupported is unsupported. Where
none does, a claim below one threshold of the probability is unsupported, too; else what the check that reads all of a
claim's words supports is supported, and any other claim unchecked, however probable. The probability is a logistic
regression on what that check says (``support``) and on the rules' gravest label; its weights, and on what they were
fitted, stand in a JSON file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

from bench.checks.calibration import CALIBRATION, FLAGS, RULED, Calibration, grades, gravest, read_calibration, rulings
from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of
from bench.checks.textkinds import KINDS, text_kinds
from bench.claims import claim_rules
from bench.errors import InputError
from bench.paths import user_path
from bench.scorer import Scorer, signature
from bench.types import ErrorKind, Pair, Score, Seen, Span, Verdict

_VERSION = 3
_TELLING_FIRST: tuple[ErrorKind, ...] = (
    "quote", "attribution", "role", "comparison", "negation", "antonym", "quantifier", "modality", "date", "number",
    "entity", "boilerplate", "unsupported",
)  # fmt: skip
"""Kinds of errors, those that say most first: who said or did it, before a name that another error brought along."""
_MAX_EVIDENCE = 8
_LEAST = 1e-6
"""Of a probability, before its logarithm is taken."""


class Consistency(Scorer):
    """Supported, unsupported, contradicted or unchecked: what all ``checks`` together say of each claim.

    A claim's kind of error, marks and evidence are those of the checks that share the blame, the gravest first.
    ``Verdict.score`` is the probability that people call the claim supported, by the weights of the ``calibration``
    file; a claim that nothing supports or flags is unchecked and has one, too.
    ``values.consistency`` is the geometric mean of the claims' probabilities, ``values.flawless`` their product: the
    probability that all are supported. ``boilerplate`` counts the claims that are boilerplate.
    """

    higher_is_better = {**HIGHER_IS_BETTER, "consistency": True, "flawless": True, "boilerplate": False}
    headline = ("consistency", "supported_share", "unsupported", "contradicted")
    needs_all = False

    def __init__(
        self,
        *,
        checks: Sequence[str] = ("entities", "numbers", "quotes", "relations", "support"),
        calibration: str | None = None,
        name: str = "consistency",
    ) -> None:
        if not checks:
            raise InputError(f"checks.{name}.checks must name at least one check")
        self.name = name
        self.needs = tuple(dict.fromkeys(checks))
        path = CALIBRATION if calibration is None else user_path(calibration, f"checks.{name}.calibration")
        self._calibration, self._hash = read_calibration(path)
        self._parts: Mapping[str, Scorer] = {}
        self._texts: Mapping[str, tuple[int, int]] = {}

    def attach(self, scorers: Mapping[str, Scorer]) -> None:
        """Take note of which of the checks the run has."""
        self._parts = {check: scorers[check] for check in self.needs if check in scorers}

    @property
    def calibration(self) -> Calibration | None:
        """The calibration; ``None`` where the run lacks a check whose scores it reads."""
        return self._calibration if set(self._calibration.graders) <= set(self._parts) else None

    def prepare(self, pairs: Sequence[Pair]) -> None:
        """Look at what kind of texts they are: on some the probability is known to be off."""
        if any(kind in self._calibration.about for kind in KINDS):
            self._texts = text_kinds(pairs)

    def signature(self) -> str:
        """The checks that are combined, the version of the rule, the calibration, and what a claim is.

        ``recipes`` is a hash of the signatures of the checks that are there.
        """
        recipes = [part.signature() for part in self._parts.values()]
        missing = [check for check in self.needs if check not in self._parts]
        return signature(
            "consistency",
            version=_VERSION,
            checks="+".join(self.needs),
            **({"missing": "+".join(missing)} if missing else {}),
            recipes=hashlib.sha256("\n".join(recipes).encode()).hexdigest()[:12],
            calibration=self._hash if self.calibration else "none",
            claims=claim_rules(),
        )

    def details(self) -> Mapping[str, str]:
        """To what the probability was fitted, its threshold, and how well it agrees with people."""
        used = self.calibration
        if used is None:
            return {}
        about = {f"probability_{name}": said for name, said in used.about.items() if name not in KINDS}
        return {**about, "probability_threshold": str(used.threshold)}

    def warnings(self) -> Sequence[str]:
        """Which checks the run lacks; that the probability belongs to other recipes, or isn't calibrated, if so."""
        missing = [check for check in self.needs if check not in self._parts]
        found = [f"without {', '.join(missing)}, which this run doesn't have"] if missing else []
        if used := self.calibration:
            others = [name for name, recipe in used.recipes.items() if self._parts[name].signature() != recipe]
            others += [name for name in self._parts if name not in (*used.graders, *used.rules)]
            if others:
                found.append(
                    f"the probability was calibrated for other settings, or without them, of {', '.join(others)}: with "
                    "these it ranks claims, but is no probability, and its threshold and figures don't hold; "
                    "sumbench calibrate fits it to labels of yours"
                )
            found += [
                f"flawless isn't calibrated for {KINDS[kind]} ({many} of {of} documents): it was off by "
                f"{used.about[kind]} where it was tried on such; sumbench calibrate fits it to labels of yours"
                for kind, (many, of) in self._texts.items()
                if kind in used.about and 0 < of <= 2 * many
            ]
        return found

    def combine(self, pair: Pair, scores: Mapping[str, Score]) -> Score:
        """One verdict a claim and the values that follow from them."""
        claims = claims_of(pair)
        said = {check: {verdict.claim: verdict for verdict in score.verdicts} for check, score in scores.items()}
        used = self.calibration
        verdicts = [
            combined(
                claim.span,
                {check: verdicts[claim.span] for check, verdicts in said.items() if claim.span in verdicts},
                used,
                boilerplate=bool(claim.boilerplate),
            )
            for claim in claims
        ]
        values, absent = claim_values(verdicts)
        values["boilerplate"] = float(sum(claim.boilerplate is not None for claim in claims))
        known = [verdict.score for verdict in verdicts if verdict.score is not None]
        if known:
            logs = math.fsum(math.log(max(score, _LEAST)) for score in known)
            values["consistency"], values["flawless"] = math.exp(logs / len(known)), math.exp(logs)
        else:
            needed = " and ".join(self._calibration.graders)
            reason = f"consistency and flawless are absent: no claim has a score of {needed}"
            absent = f"{absent}; {reason}" if absent else reason
        failed = [f"{check}: {score.error}" for check, score in scores.items() if score.status != "ok"]
        notes = "; ".join([*([absent] if absent else []), *failed])
        return self.ok(pair, values, verdicts, Seen(candidate=1.0, document=1.0), notes or None)


def combined(
    claim: Span, said: Mapping[str, Verdict], calibration: Calibration | None, *, boilerplate: bool
) -> Verdict:
    """One verdict from those of several checks on the same claim."""
    graders = calibration.graders if calibration else ()
    ruling = rulings(said, graders)
    label = gravest(verdict.label for verdict in ruling)
    graded = grades(said, graders)
    score = calibration.probability(graded, label) if calibration and graded is not None else None
    if label in FLAGS:
        blamed = sorted((one for one in ruling if one.label in FLAGS), key=lambda one: RULED.index(one.label))
    elif calibration and score is not None and score < calibration.threshold:
        label, blamed = "unsupported", [said[name] for name in graders]
    else:
        blamed = [one for one in said.values() if one.label == "supported"]
        whole = [] if score is None else [said[name] for name in graders]
        # A name or a number that is right says nothing of the rest: what reads all of the claim must support it.
        label = "supported" if any(one.label == "supported" for one in whole or blamed) else "unchecked"
        if label == "unchecked":
            blamed = whole
    wrong = label in FLAGS
    kind = min((verdict.kind for verdict in blamed if verdict.kind), key=_TELLING_FIRST.index, default=None)
    return Verdict(
        claim,
        label,
        score,
        "; ".join(dict.fromkeys(verdict.reason for verdict in blamed)) or _nothing(said),
        tuple(dict.fromkeys(span for verdict in blamed for span in verdict.evidence))[:_MAX_EVIDENCE],
        "boilerplate" if boilerplate and label != "supported" else (kind or "unsupported") if wrong else None,
        tuple(sorted({span for verdict in blamed for span in verdict.marks}, key=_place)) if wrong else (),
    )


def _nothing(said: Mapping[str, Verdict]) -> str:
    reasons = dict.fromkeys(verdict.reason for verdict in said.values())
    return "; ".join(reasons) or "none of the checks judged this claim"


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end
