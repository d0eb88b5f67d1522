"""ROUGE (Lin 2004), equal to ``rouge-score`` 0.1.2 to the last bit wherever that package has the option."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from typing import Any, Literal, get_args

from bench.errors import InputError, MissingExtra
from bench.metrics.tokens import UNICODE_TOKENS, unicode_details, unicode_tokens
from bench.scorer import Scorer, signature
from bench.text import SENTENCE_RULES, sentences
from bench.types import Pair, Score, Seen

TYPES = (*(f"rouge{n}" for n in range(1, 10)), "rougeL", "rougeLsum")
"""Every type that ``rouge-score`` knows."""
MEASURES = ("precision", "recall", "f1")

SentenceRule = Literal["rules", "newline", "spaced-period"]
ReferenceRule = Literal["max", "max-rouge1", "mean"]
TokenRule = Literal["rouge", "unicode"]
BackendName = Literal["auto", "rouge-score-rs", "rouge-score"]

# Precision, recall and F1, in the order of MEASURES.
_Triple = tuple[float, float, float]
_F1 = MEASURES.index("f1")
_SPACED_PERIOD = re.compile(r" \. |\n")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_KEPT = re.compile(r"[a-z0-9'’]+")


@dataclass(frozen=True)
class Backend:
    """What does the counting: two packages that give the same numbers."""

    distribution: str
    tokenize: Callable[[str], list[str]]
    """ROUGE's tokens of a text: runs of a-z and 0-9 in the lower-cased text, stemmed if asked for."""
    score_batch: Callable[[Sequence[str], Sequence[str]], list[dict[str, _Triple]]]
    """Targets and predictions, already tokens separated by spaces and sentences by newlines."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One text, tokenized once a batch."""

    tokens: str
    """Tokens separated by spaces, sentences by newlines."""
    count: int
    words: int
    """Words of the text before the tokenizer."""
    kept: int
    """Words of which the tokenizer kept every letter and digit."""
    lost: str | None
    """Why there is no token, where there is none."""


class Rouge(Scorer):
    """Overlap of a candidate with its references: n-grams, and longest common subsequences.

    Values: ``<type>_precision``, ``<type>_recall`` and ``<type>_f1`` (0 to 1) for every type, in
    the order given. Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004),
    sections 2 (ROUGE-N), 3.1 (rougeL: the texts as one sequence each) and 3.2 (rougeLsum: by
    sentence), as ``rouge-score`` 0.1.2 implements them.

    Arguments:
        types: any of ``rouge1`` to ``rouge9``, ``rougeL``, ``rougeLsum``.
        use_stemmer: NLTK's Porter stemmer for words of more than three letters.
        sentences: where rougeLsum splits: ``rules`` (``bench.text.sentence_spans``; right for
            articles with several sentences a line), ``newline`` (as rouge-score does), or
            ``spaced-period`` (at " . " and newlines, for texts that come tokenized).
        references: with several, ``max`` takes for each type the reference with the best F1 (as
            rouge-score does), ``max-rouge1`` for all types the one with the best ROUGE-1 F1 (as
            torchmetrics does), ``mean`` averages each value over the references.
        tokenizer: ``rouge`` keeps a-z and 0-9 only; ``unicode`` keeps letters and digits of every
            script (``bench.metrics.tokens.unicode_tokens``; the same tokens for ASCII text), and
            stems words of a-z and 0-9 alone.
        backend: ``rouge-score-rs`` or ``rouge-score``, with equal numbers; ``auto`` takes the
            first where it is installed, because it is about a hundred times as fast.
        name: the name in the record.

    ``seen`` is the share of words of which the tokenizer kept every letter and digit. Without a
    token in the candidate or in every reference the score is undefined. A reference without a
    token among others is left out, and ``Score.error`` says so. Where neither text has an n-gram
    of the size in question, the value is absent. Raises InputError for a bad argument.

    >>> from bench.types import Candidate, Example, Pair
    >>> example = Example("1", "", references=("The cat sat on the mat.",))
    >>> score, = Rouge(types=("rouge1",)).score([Pair(example, Candidate("1", "me", "The cats sat."))])
    >>> score.values
    {'rouge1_precision': 1.0, 'rouge1_recall': 0.5, 'rouge1_f1': 0.6666666666666666}
    """

    higher_is_better = {f"{kind}_{m}": True for kind in TYPES for m in MEASURES}

    def __init__(
        self,
        *,
        types: Sequence[str] = ("rouge1", "rouge2", "rougeL", "rougeLsum"),
        use_stemmer: bool = True,
        sentences: SentenceRule = "rules",
        references: ReferenceRule = "max",
        tokenizer: TokenRule = "rouge",
        backend: BackendName = "auto",
        name: str = "rouge",
    ) -> None:
        self.name = name
        self.types = _checked_types(types)
        self.use_stemmer = use_stemmer
        self.sentences = _one_of("sentences", sentences, SentenceRule)
        self.references = _one_of("references", references, ReferenceRule)
        self.tokenizer = _one_of("tokenizer", tokenizer, TokenRule)
        self.backend_name = _one_of("backend", backend, BackendName)
        # Only what this instance computes: a declared value that never comes counts as missing.
        self.higher_is_better = {f"{kind}_{measure}": True for kind in self.types for measure in MEASURES}
        self.headline = tuple(f"{kind}_f1" for kind in self.types)

    def signature(self) -> str:
        """Without ``types`` (they don't move one another's numbers) and backend (proven equal by tests)."""
        return signature(
            "rouge",
            version=1,
            implementation="rouge-score-0.1.2",
            stemmer="porter" if self.use_stemmer else "none",
            tokenizer="rouge" if self.tokenizer == "rouge" else UNICODE_TOKENS,
            sentences=SENTENCE_RULES if self.sentences == "rules" else self.sentences,
            references=self.references,
        )

    def details(self) -> Mapping[str, str]:
        """The package that counted, and the character tables where they are used."""
        backend = {"backend": f"{self.backend.distribution} {version(self.backend.distribution)}"}
        return backend | (unicode_details() if self.tokenizer == "unicode" else {})

    def warnings(self) -> Sequence[str]:
        """Says so where the slow backend stands in for the fast one."""
        if self.backend_name == "auto" and self.backend.distribution != "rouge-score-rs":
            return ("rouge-score-rs can't be imported: rouge-score computes the same numbers, a hundred times slower",)
        return ()

    @cached_property
    def backend(self) -> Backend:
        """The package in use; loaded when first needed."""
        # max-rouge1 chooses by ROUGE-1 even where it isn't asked for.
        types = list(dict.fromkeys([*self.types, "rouge1"])) if self.references == "max-rouge1" else list(self.types)
        return load_backend(self.backend_name, types, use_stemmer=self.use_stemmer)

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score every pair; each distinct text is tokenized once, each distinct pair of texts counted once."""
        texts = {
            text: self._read(text)
            for text in dict.fromkeys(t for pair in pairs for t in (pair.candidate.text, *pair.example.references))
        }
        jobs = dict.fromkeys(
            (reference, pair.candidate.text)
            for pair in pairs
            for reference in pair.example.references
            if texts[reference].count and texts[pair.candidate.text].count
        )
        targets = [texts[reference].tokens for reference, _ in jobs]
        results = self.backend.score_batch(targets, [texts[candidate].tokens for _, candidate in jobs])
        counted = dict(zip(jobs, results, strict=True))
        return [self._record(pair, texts, counted) for pair in pairs]

    def _record(self, pair: Pair, texts: Mapping[str, _Text], counted: Mapping[Any, Mapping[str, _Triple]]) -> Score:
        candidate = texts[pair.candidate.text]
        references = [texts[reference] for reference in pair.example.references]
        seen = Seen(candidate=_share([candidate]), reference=_share(references))
        of = f" of {len(references)}" if len(references) > 1 else ""
        lost = [f"reference {n}{of} {text.lost}" for n, text in enumerate(references, 1) if text.lost]
        if candidate.lost:
            return self.undefined(pair, f"the candidate {candidate.lost}", seen)
        if len(lost) == len(references):
            return self.undefined(pair, "; ".join(lost) or "the example has no reference", seen)
        results = [counted[key] for ref in pair.example.references if (key := (ref, pair.candidate.text)) in counted]
        values: dict[str, float] = {}
        notes = [f"{reason}: left out" for reason in lost]
        for kind in self.types:
            size = int(kind[-1]) if kind[-1].isdigit() else 1
            if max(candidate.count, *(text.count for text in references)) < size:
                notes.append(f"no {kind}: neither text has {size} words in a row")
                continue
            merged = _merge(results, kind, self.references)
            values |= {f"{kind}_{measure}": value for measure, value in zip(MEASURES, merged, strict=True)}
        if not values:
            return self.undefined(pair, "; ".join(notes), seen)
        return self.ok(pair, values, seen=seen, absent="; ".join(notes) or None)

    def _read(self, text: str) -> _Text:
        tokenize = self._unicode_tokens if self.tokenizer == "unicode" else self.backend.tokenize
        lines = [tokens for part in self._parts(text) if (tokens := tokenize(part))]
        words = _WORD.findall(text)
        complete = self.tokenizer == "unicode" or text.isascii()
        kept = len(words) if complete else sum(_KEPT.fullmatch(word.lower()) is not None for word in words)
        joined = "\n".join(" ".join(tokens) for tokens in lines)
        return _Text(joined, sum(map(len, lines)), len(words), kept, None if lines else _why_lost(text, words))

    def _parts(self, text: str) -> list[str]:
        """The sentences that rougeLsum compares; other types don't depend on the split."""
        if "rougeLsum" not in self.types:
            return [text]
        if self.sentences == "rules":
            return sentences(text)
        return _SPACED_PERIOD.split(text) if self.sentences == "spaced-period" else text.split("\n")

    def _unicode_tokens(self, text: str) -> list[str]:
        """Tokens of any script, stemmed where ROUGE would, spelt in a-z and 0-9 for the backend.

        The first letter keeps the two kinds apart, so that no two tokens share a spelling.
        """
        stem = self._stem if self.use_stemmer else str
        return ["a" + stem(token) if token.isascii() else "u" + token.encode().hex() for token in unicode_tokens(text)]

    def _stem(self, token: str) -> str:
        return _stemmed(self.backend, token)


def load_backend(which: BackendName, types: Sequence[str], *, use_stemmer: bool) -> Backend:
    """Import a package and set it up; raises MissingExtra if the one asked for can't be imported."""
    if which != "rouge-score":
        try:
            fast_scorer = importlib.import_module("rouge_score_rs.rouge_scorer")
            fast_tokenizers = importlib.import_module("rouge_score_rs.tokenizers")
        except ImportError as error:
            if which == "rouge-score-rs":
                raise MissingExtra(
                    f"metrics.rouge.backend=rouge-score-rs: the package can't be imported ({error}); "
                    "install rouge-score-rs, or set backend=rouge-score for the same numbers, slower"
                ) from error
        else:
            return Backend(
                distribution="rouge-score-rs",
                tokenize=fast_tokenizers.DefaultTokenizer(use_stemmer).tokenize,
                score_batch=fast_scorer.RougeScorer(list(types)).score_batch,
            )
    scorer = importlib.import_module("rouge_score.rouge_scorer").RougeScorer(list(types))
    tokenizer = importlib.import_module("rouge_score.tokenizers").DefaultTokenizer(use_stemmer)
    return Backend("rouge-score", tokenizer.tokenize, partial(_one_by_one, scorer))


def _one_by_one(scorer: Any, targets: Sequence[str], predictions: Sequence[str]) -> list[dict[str, _Triple]]:
    return [scorer.score(target, prediction) for target, prediction in zip(targets, predictions, strict=True)]


def _why_lost(text: str, words: Sequence[str]) -> str:
    if words:
        return "has no letters a-z or digits 0-9; ROUGE's tokenizer keeps no others (tokenizer=unicode does)"
    return "has no letters or digits" if text.strip() else "is empty"


@lru_cache(maxsize=65536)
def _stemmed(backend: Backend, token: str) -> str:
    return "".join(backend.tokenize(token))


def _merge(results: Sequence[Mapping[str, _Triple]], kind: str, rule: str) -> Sequence[float]:
    """One type's values over the references; of equally good references the first counts."""
    if rule == "mean":
        return [math.fsum(result[kind][i] for result in results) / len(results) for i in range(len(MEASURES))]
    chooser = "rouge1" if rule == "max-rouge1" else kind
    return max(results, key=lambda result: result[chooser][_F1])[kind]


def _share(texts: Sequence[_Text]) -> float | None:
    words = sum(text.words for text in texts)
    return sum(text.kept for text in texts) / words if words else None


def _checked_types(types: Sequence[str]) -> tuple[str, ...]:
    chosen = (types,) if isinstance(types, str) else tuple(types)
    unknown = [kind for kind in chosen if kind not in TYPES]
    if unknown or not chosen or len(set(chosen)) < len(chosen):
        problem = f"unknown {unknown[0]!r}" if unknown else "an entry occurs twice" if chosen else "the list is empty"
        raise InputError(f"rouge: types: {problem}; choose from {', '.join(TYPES)}")
    return chosen


def _one_of(argument: str, value: Any, allowed: Any) -> Any:
    if value not in get_args(allowed):
        raise InputError(f"rouge: {argument}={value!r} is not known; choose from {', '.join(get_args(allowed))}")
    return value
