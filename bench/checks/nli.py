"""What an entailment model says of each claim: does some part of the document entail it, or contradict it?

Two published recipes. ``summac`` (zero-shot SummaC; Laban et al., TACL 2022): every block of the document with every
claim; the highest entailment over the blocks minus the highest contradiction, as in the authors' code.
``minicheck`` (Tang et al., EMNLP 2024): runs of whole sentences with every claim; the highest support over the runs.
Unlike the authors' code, nothing is dropped or cut: no sentence is too short, no document too long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from bench.checks.entailment.blocks import GRANULARITIES, chunks, fit, flat, readable, sentences_of, units
from bench.checks.entailment.entailed import Block, Question, Rule
from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of
from bench.claims import Claim, claim_rules
from bench.errors import InputError
from bench.language.article import Article, article
from bench.models.presets import Layout, Recipe, find_preset
from bench.scorer import Scorer, Undefined, signature
from bench.text import SENTENCE_RULES
from bench.types import Pair, Score, Seen, Span, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.models.entailment import Entailment

_VERSION = 1
_TOGETHER = 2048  # inputs that are computed together: enough to fill a GPU's batches
_STEP = 32  # claims of nearly the same length share the blocks of a document


@dataclass(slots=True)
class _Plan:
    """One pair: its claims, and the question or the reason that there is none, for each hypothesis."""

    pair: Pair
    claims: Sequence[Claim]
    questions: dict[Span, Question]
    reasons: dict[Span, str]
    unread: int
    """Characters of claims that are too long for the model."""


class NLI(Scorer):
    """Entailment of each claim by the document, by a model of your choice (see ``docs/nli.md``).

    ``Verdict.score`` is the highest probability of entailment over the document's blocks; from ``threshold`` on a claim
    is supported. If none entails it and one contradicts it with ``contradiction`` or more, it is contradicted (never
    with a model that has two labels), else unsupported. The evidence is the best block's best sentences.
    ``values.nli`` is the mean of the recipe's score over the hypotheses: -1 to 1 for ``summac`` (0 to 1 without
    ``subtract_contradiction``, or with two labels), 0 to 1 for ``minicheck``.
    """

    higher_is_better = {**HIGHER_IS_BETTER, "nli": True}
    headline = ("nli", "supported_share", "unsupported", "contradicted")

    def __init__(
        self,
        *,
        model: str,
        recipe: Recipe | None = None,
        granularity: str = "sentence",
        subtract_contradiction: bool = True,
        chunk_tokens: int = 400,
        overlap: int = 1,
        hypothesis: str = "claim",
        labels: Sequence[str] | None = None,
        layout: Layout | None = None,
        threshold: float = 0.5,
        contradiction: float = 0.5,
        device: str = "auto",
        dtype: str = "float32",
        batch_tokens: int = 16384,
        name: str = "nli",
    ) -> None:
        from bench.models.entailment import entailment

        self._preset = find_preset(model)
        self._recipe: Recipe = recipe or (self._preset.recipe if self._preset else "summac")
        _choose(name, "recipe", self._recipe, get_args(Recipe))
        _choose(name, "granularity", granularity, GRANULARITIES)
        _choose(name, "hypothesis", hypothesis, ("claim", "sentence"))
        _choose(name, "layout", layout or "pair", get_args(Layout))
        if not (0 < threshold <= 1 and 0 < contradiction <= 1):
            raise InputError(f"checks.{name}: threshold and contradiction must be above 0 and at most 1")
        if chunk_tokens < 1 or overlap < 0:
            raise InputError(f"checks.{name}: chunk_tokens must be at least 1 and overlap at least 0")
        self.name = name
        self._rule = Rule(threshold, contradiction, subtract_contradiction and self._recipe == "summac")
        self._granularity, self._subtract = granularity, subtract_contradiction
        self._chunk_tokens, self._overlap, self._hypothesis = chunk_tokens, overlap, hypothesis
        self.model: Entailment = entailment(
            model=model, labels=labels, layout=layout, device=device, dtype=dtype, batch_tokens=batch_tokens,
            option=f"checks.{name}",
        )  # fmt: skip

    def signature(self) -> str:
        """Model, weights, labels, layout and limit; recipe with its options; thresholds; claims and sentences."""
        if self._recipe == "summac":
            recipe: dict[str, object] = {"blocks": self._granularity, "subtract_contradiction": self._subtract}
        else:
            recipe = {"chunk_tokens": self._chunk_tokens, "overlap": self._overlap}
        return signature(
            "nli",
            version=_VERSION,
            **self.model.signature_parts(),
            recipe=self._recipe,
            **recipe,
            hypothesis=self._hypothesis,
            threshold=self._rule.threshold,
            contradiction=self._rule.contradiction,
            claims=claim_rules(),
            sentences=SENTENCE_RULES,
        )

    def details(self) -> Mapping[str, str]:
        """Device, dtype, batch; the preset's licence."""
        preset = {"licence": self._preset.licence} if self._preset else {}
        return {**self.model.details(), **preset}

    def warnings(self) -> Sequence[str]:
        """What the labels can't tell, and whose thresholds these are."""
        found = []
        published = self._preset is not None and self._preset.calibrated and self._recipe == self._preset.recipe
        if not (published and self._rule.threshold == 0.5):
            found.append(
                f"the thresholds ({self._rule.threshold}, {self._rule.contradiction}) aren't calibrated "
                f"for {self.model.name}; choose your own on annotated claims before you trust the labels"
            )
        if self.model.labels.contradiction is None:
            found.append(f"{self.model.name} has two labels: nothing is ever called contradicted")
        if self._preset and self._preset.labels != self.model.labels.order:
            found.append(
                f"the labels are taken as {self.model.labels}, but the published {self.model.name} has "
                f"{'+'.join(self._preset.labels)}"
            )
        return found

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score every pair; a document is divided once, and its inputs are computed with those of other pairs."""
        scores = []
        for group in self._groups(pairs):
            questions = [q for plan in group if isinstance(plan, _Plan) for q in plan.questions.values()]
            for question, answers in zip(questions, self._ask([(q.ids, q.blocks) for q in questions]), strict=True):
                question.answers = answers
                question.inside = self._inside(question)
            asked = [q for q in questions if q.inside]
            for question, answers in zip(asked, self._ask([(q.ids, q.inside) for q in asked]), strict=True):
                question.inside_answers = answers
            scores += [self._score(plan) if isinstance(plan, _Plan) else plan for plan in group]
        return scores

    def _groups(self, pairs: Sequence[Pair]) -> Iterator[list[_Plan | Score]]:
        group: list[_Plan | Score] = []
        size = 0
        for pair in pairs:
            try:
                plan = self._plan(pair)
            except Undefined as reason:
                group.append(self.undefined(pair, str(reason)))
                continue
            group.append(plan)
            size += sum(len(question.blocks) for question in plan.questions.values())
            if size >= _TOGETHER:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _plan(self, pair: Pair) -> _Plan:
        claims = claims_of(pair)
        document = article(pair.example.document)
        if not document.of(sentences_of):
            raise Undefined("the document has no words")
        questions: dict[Span, Question] = {}
        reasons: dict[Span, str] = {}
        unread = 0
        for claim in claims:
            span = self._asked(claim)
            if claim.boilerplate:
                reasons[claim.span] = f"{claim.boilerplate}: boilerplate, no claim about the world"
                continue
            if span in questions:
                continue
            text = pair.candidate.text[span.slice]
            ids = self.model.pieces(flat(text))[0] if readable(text) else ()
            if not ids or not readable(pair.candidate.text[claim.span.slice]):
                reasons[claim.span] = "no words in this claim"
            elif len(ids) > self._longest:
                unread += claim.span.end - claim.span.start
                reasons[claim.span] = (
                    f"{len(ids)} word pieces, but {self.model.name} can judge claims of at most {self._longest} "
                    "beside a part of the document; nothing is cut, so this one isn't judged"
                )
            else:
                questions[span] = Question(document, ids, self._blocks(document, len(ids)))
                if not questions[span].blocks:
                    raise Undefined(f"the document has no word pieces for {self.model.name}")
        return _Plan(pair, claims, questions, reasons, unread)

    @property
    def _longest(self) -> int:
        """Word pieces of the longest claim that is judged: half the room is the document's."""
        return self.model.room // 2

    def _asked(self, claim: Claim) -> Span:
        return claim.span if self._hypothesis == "claim" else claim.sentence

    def _blocks(self, document: Article, claim_size: int) -> tuple[Block, ...]:
        """The blocks that fit into the model beside a claim of so many word pieces."""
        reserved = min(-(-claim_size // _STEP) * _STEP, self._longest)
        capacity = self.model.room - reserved
        if self._recipe == "minicheck":
            capacity = min(capacity, self._chunk_tokens)
        return document.of(self._divided, capacity)

    def _divided(self, document: Article, capacity: int) -> tuple[Block, ...]:
        sentences = document.of(sentences_of)
        if self._recipe == "summac":
            spans = units(document, self._granularity)
        else:
            sizes = [len(self._ids(document, sentence)) for sentence in sentences]
            runs = chunks(sizes, capacity, self._overlap)
            spans = [Span(sentences[first].start, sentences[after - 1].end) for first, after in runs]
        parts = (part for span in spans for part in fit(document.text, span, capacity, self.model.pieces))
        return tuple(Block(part, ids) for part in parts if (ids := self._ids(document, part)))

    def _ids(self, document: Article, span: Span) -> tuple[int, ...]:
        return self.model.pieces(flat(document[span]))[0]

    def _ask(self, questions: Sequence[tuple[tuple[int, ...], Sequence[Block]]]) -> Iterator[NDArray[np.float64]]:
        answers = self.model.probabilities([(block.ids, ids) for ids, blocks in questions for block in blocks])
        start = 0
        for _, blocks in questions:
            yield answers[start : start + len(blocks)]
            start += len(blocks)

    def _inside(self, question: Question) -> tuple[Block, ...]:
        """The sentences of the block that the verdict rests on, where it has several."""
        whole, document = self._rule.resting(question).span, question.document
        sentences = [s for s in document.of(sentences_of) if whole.start <= s.start and s.end <= whole.end]
        if len(sentences) < 2:
            return ()
        found = (Block(sentence, self._ids(document, sentence)) for sentence in sentences)
        return tuple(block for block in found if len(block.ids) + len(question.ids) <= self.model.room)

    def _score(self, plan: _Plan) -> Score:
        verdicts = [
            Verdict(claim.span, "unchecked", None, plan.reasons[claim.span])
            if claim.span in plan.reasons
            else self._rule.verdict(claim.span, plan.questions[self._asked(claim)], self.model.name)
            for claim in plan.claims
        ]
        values, absent = claim_values(verdicts)
        answers = [question.answers for question in plan.questions.values()]
        scores = [self._rule.score(one) for one in answers if self._rule.label(one) != "unchecked"]
        if scores:
            values["nli"] = sum(scores) / len(scores)
        else:
            absent = "nli and supported_share are absent: no claim could be judged"
        total = sum(claim.span.end - claim.span.start for claim in plan.claims)
        return self.ok(plan.pair, values, verdicts, Seen(candidate=1 - plan.unread / total, document=1.0), absent)


def _choose(check: str, option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InputError(f"checks.{check}.{option}={value!r}: choose one of {', '.join(allowed)}")
