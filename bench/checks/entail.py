"""Whether the document says each claim, by the small entailment model that ships with sumbench.

A claim is read beside the part of the document that says most of it (``bench.checks.entailment.premise``); one pass
of the model gives the probability that it follows from there. What it was trained on, how well it agrees with people
on which kind of text, and where it does no better than counting copied words, stands in docs/consistency.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.checks.entailment.premise import Unit, compose, units
from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of, why_not
from bench.checks.words.content_words import ContentWords, content_words
from bench.claims import claim_rules
from bench.errors import InputError
from bench.paths import user_path
from bench.scorer import Scorer, Undefined, signature
from bench.types import Pair, Score, Seen, Span, Verdict

if TYPE_CHECKING:
    from bench.models.encoder import Encoder

_VERSION = 1
LAYERS = (0, 4)
"""Of the encoder, whose similarities choose the premise: those that ``support`` compares, computed once for both."""
_LEAST_PREMISE = 100
"""Word pieces that a part of a sentence may have with the name of who speaks."""
_TOGETHER = 64
"""Pairs whose claims the model reads together."""


@dataclass(frozen=True, slots=True)
class _Text:
    content: ContentWords
    units: Sequence[Unit]
    """Of a document; none of a candidate."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A claim beside its premise, both as word pieces."""

    premise: tuple[int, ...]
    claim: tuple[int, ...]
    evidence: tuple[Span, ...]


class Entail(Scorer):
    """The probability that the document entails each claim, by the shipped model.

    ``Verdict.score`` is that probability (0 to 1). From ``threshold`` on a claim is ``supported``, below it
    ``unsupported``; the evidence is the premise that the model read. ``values.entail`` is the mean over the judged
    claims, ``values.weakest`` the least probable claim's. The premise has at most ``premise_tokens`` word pieces.
    Boilerplate, claims in other scripts and claims longer than ``claim_tokens`` word pieces are ``unchecked``.
    """

    higher_is_better = {**HIGHER_IS_BETTER, "entail": True, "weakest": True}
    headline = ("entail", "weakest", "supported_share", "unsupported")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        premise_tokens: int = 110,
        claim_tokens: int = 128,
        adapter: str | None = None,
        name: str = "entail",
    ) -> None:
        from bench.models.adapter import ADAPTER, adapted
        from bench.models.encoder import minilm

        if not 0 < threshold <= 1:
            raise InputError(f"checks.{name}.threshold must be above 0 and at most 1, not {threshold}")
        self.model = adapted(ADAPTER if adapter is None else user_path(adapter))
        if premise_tokens < _LEAST_PREMISE or not 1 <= claim_tokens <= self.model.room - premise_tokens:
            raise InputError(
                f"checks.{name}: premise_tokens must be at least {_LEAST_PREMISE} and claim_tokens at least 1, "
                f"together at most {self.model.room}, not {premise_tokens} and {claim_tokens}"
            )
        self.name = name
        self._threshold, self._budget, self._longest = threshold, premise_tokens, claim_tokens
        self._encoder: Encoder = minilm(device="cpu")
        self._encoder.announce(LAYERS)

    def signature(self) -> str:
        """Model and adapter, how the premise is composed, threshold, and what a claim is."""
        return signature(
            "entail",
            version=_VERSION,
            **self.model.signature_parts(),
            premise=self._budget,
            longest=self._longest,
            threshold=self._threshold,
            claims=claim_rules(),
        )

    def details(self) -> Mapping[str, str]:
        """The device and the like."""
        return self.model.details()

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score every pair; each distinct text is encoded once, each distinct question asked once."""
        return [
            score for start in range(0, len(pairs), _TOGETHER) for score in self._some(pairs[start : start + _TOGETHER])
        ]

    def _some(self, pairs: Sequence[Pair]) -> Iterator[Score]:
        plans: list[tuple[Pair, Mapping[Span, _Question | str] | str]] = []
        documents: dict[str, _Text] = {}
        for pair in pairs:
            try:
                plans.append((pair, self._plan(pair, documents)))
            except Undefined as reason:
                plans.append((pair, str(reason)))
        asked = [
            one for _, plan in plans if not isinstance(plan, str) for one in plan.values() if not isinstance(one, str)
        ]
        answers = iter(self.model.probabilities([(one.premise, one.claim) for one in asked])[:, 0].tolist())
        for pair, plan in plans:
            if isinstance(plan, str):
                yield self.undefined(pair, plan)
            else:
                yield self._score(
                    pair,
                    [
                        Verdict(claim, "unchecked", None, one)
                        if isinstance(one, str)
                        else self._verdict(claim, one, next(answers))
                        for claim, one in plan.items()
                    ],
                )

    def _plan(self, pair: Pair, documents: dict[str, _Text]) -> Mapping[Span, _Question | str]:
        """For each claim the question to ask, or the reason why there is none."""
        claims, text, document = claims_of(pair), pair.candidate.text, pair.example.document
        if document not in documents:
            documents[document] = self._read(document, divided=True)
        known, mine = documents[document], self._read(text, divided=False).content
        if not known.units:
            raise Undefined("the document has no words")
        plan: dict[Span, _Question | str] = {}
        for claim in claims:
            ids = self.model.pieces(" ".join(text[claim.span.slice].split()))[0]
            if reason := why_not(pair, claim):
                plan[claim.span] = reason
            elif not any(char.isalnum() for char in text[claim.span.slice]):
                plan[claim.span] = "no words in this claim"
            elif len(ids) > self._longest:
                plan[claim.span] = f"{len(ids)} word pieces: longer than the {self._longest} that are read as one claim"
            else:
                words = mine.within(claim.span)
                chosen = compose(mine.vectors[words.start : words.stop], known.content, known.units, self._budget)
                premise = " ".join(known.units[number].text for number in chosen)
                evidence = tuple(known.units[number].span for number in chosen)
                plan[claim.span] = _Question(self.model.pieces(premise)[0], ids, evidence)
        return plan

    def _read(self, text: str, *, divided: bool) -> _Text:
        [encoded] = self._encoder.encode([text], layers=LAYERS)
        content = content_words(text, encoded.spans, {layer: encoded.embeddings[layer] for layer in LAYERS}, LAYERS)
        return _Text(content, units(text, self._encoder.pieces) if divided else ())

    def _verdict(self, claim: Span, question: _Question, answer: float) -> Verdict:
        if answer >= self._threshold:
            return Verdict(claim, "supported", answer, f"entailed by the document: {answer:.2f}", question.evidence)
        reason = f"the document’s nearest part doesn’t entail it: {answer:.2f}"
        return Verdict(claim, "unsupported", answer, reason, question.evidence, "unsupported")

    def _score(self, pair: Pair, verdicts: Sequence[Verdict]) -> Score:
        values, absent = claim_values(verdicts)
        scores = [verdict.score for verdict in verdicts if verdict.score is not None]
        if scores:
            values["entail"], values["weakest"] = sum(scores) / len(scores), min(scores)
        else:
            absent = "entail, weakest and supported_share are absent: no claim can be judged"
        return self.ok(pair, values, verdicts, Seen(candidate=1.0, document=1.0), absent)
