"""ROUGE (Lin 2004), equal to ``rouge-score`` 0.1.2 to the last bit wherever that package has the option."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from itertools import chain
from typing import Any, Literal, get_args

from bench.errors import InputError, MissingExtra
from bench.metrics.lcs import Triple, rouge_l, rouge_lsum
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
EmptyRule = Literal["undefined", "zero"]
BackendName = Literal["auto", "rouge-score-rs", "rouge-score"]

_Job = tuple[str, str]  # a reference and a candidate
_F1 = MEASURES.index("f1")
_SPACED_PERIOD = re.compile(r" \. |\n")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_KEPT = re.compile(r"[a-z0-9'’]+")
_CELLS = 1 << 24  # of a table that a backend may fill: 64 MB, or two sentences of 4,096 words


@dataclass(frozen=True)
class Backend:
    """What does the counting: two packages that give the same numbers."""

    distribution: str
    tokenize: Callable[[str], list[str]]
    """ROUGE's tokens of a text: runs of a-z and 0-9 in the lower-cased text, stemmed if asked for."""
    score_batch: Callable[[Sequence[str], Sequence[str], Sequence[str]], list[dict[str, Triple]]]
    """Types, targets and predictions, these already tokens separated by spaces and sentences by newlines."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One text, tokenized once a batch."""

    tokens: str
    """Tokens separated by spaces, sentences by newlines."""
    count: int
    longest: int
    """Tokens of the longest sentence."""
    words: int
    """Words of the text before the tokenizer."""
    kept: int
    """Words of which the tokenizer kept every letter and digit."""
    lost: str | None
    """Why there is no token, where there is none."""

    @property
    def lines(self) -> list[list[str]]:
        """Sentences of tokens."""
        return [line.split(" ") for line in self.tokens.split("\n")]


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
            torchmetrics did before 1.6), ``mean`` averages each value over the references.
        tokenizer: ``rouge`` keeps a-z and 0-9 only; ``unicode`` keeps letters and digits of every
            script (``bench.metrics.tokens.unicode_tokens``; the same tokens for ASCII text), and
            stems words of a-z and 0-9 alone.
        empty: what a text without tokens is worth: ``undefined`` (no value, with the reason), or ``zero``, as
            rouge-score and all that build on it have it. ``zero`` is for reproducing their numbers: it holds
            for candidates, references and n-grams that a text is too short for, and ``Score.error`` tells it.
        backend: ``rouge-score-rs`` or ``rouge-score``, with equal numbers; ``auto`` takes the
            first where it is installed, because it is about a hundred times as fast.
        name: the name in the record.

    ``seen`` is the share of words of which the tokenizer kept every letter and digit. Without a
    token in the candidate or in every reference the score is undefined. A reference without a
    token among others is left out, and ``Score.error`` says so. Where neither text has an n-gram
    of the size in question, the value is absent. Longest common subsequences of very long texts
    are computed here (``bench.metrics.lcs``): the backends would take all memory for them.
    Raises InputError for a bad argument.

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
        empty: EmptyRule = "undefined",
        backend: BackendName = "auto",
        name: str = "rouge",
    ) -> None:
        self.name = name
        self.types = _checked_types(types)
        self.use_stemmer = use_stemmer
        self.sentences = _one_of("sentences", sentences, SentenceRule)
        self.references = _one_of("references", references, ReferenceRule)
        self.tokenizer = _one_of("tokenizer", tokenizer, TokenRule)
        self.empty = _one_of("empty", empty, EmptyRule)
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
            **({} if self.empty == "undefined" else {"empty": self.empty}),
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
        return _load_backend(self.backend_name, use_stemmer=self.use_stemmer)

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
            if self.empty == "zero" or (texts[reference].count and texts[pair.candidate.text].count)
        )
        counted = self._count(list(jobs), texts)
        return [self._record(pair, texts, counted) for pair in pairs]

    def _count(self, jobs: Sequence[_Job], texts: Mapping[str, _Text]) -> dict[_Job, Mapping[str, Triple]]:
        """Every type's values for each reference and candidate: the backend's, and of long texts our own."""
        # max-rouge1 chooses by ROUGE-1 even where it isn't asked for.
        wanted = dict.fromkeys([*self.types, *(["rouge1"] if self.references == "max-rouge1" else [])])
        groups: dict[tuple[str, ...], list[_Job]] = {}
        for job in jobs:
            reference, candidate = (texts[text] for text in job)
            small = tuple(kind for kind in wanted if _cells(kind, reference, candidate) <= _CELLS)
            groups.setdefault(small, []).append(job)
        counted: dict[_Job, Mapping[str, Triple]] = {}
        for small, group in groups.items():
            targets, predictions = ([texts[job[side]].tokens for job in group] for side in (0, 1))
            results = self.backend.score_batch(small, targets, predictions) if small else [{} for _ in group]
            for job, result in zip(group, results, strict=True):
                large = (kind for kind in wanted if kind not in small)
                counted[job] = {**result, **{kind: _own(kind, *(texts[text] for text in job)) for kind in large}}
        return counted

    def _record(self, pair: Pair, texts: Mapping[str, _Text], counted: Mapping[_Job, Mapping[str, Triple]]) -> Score:
        candidate = texts[pair.candidate.text]
        references = [texts[reference] for reference in pair.example.references]
        seen = Seen(candidate=_share([candidate]), reference=_share(references))
        of = f" of {len(references)}" if len(references) > 1 else ""
        lost = [f"reference {n}{of} {text.lost}" for n, text in enumerate(references, 1) if text.lost]
        zero = bool(self.empty == "zero" and references)
        if candidate.lost and not zero:
            return self.undefined(pair, f"the candidate {candidate.lost}", seen)
        if len(lost) == len(references) and not zero:
            return self.undefined(pair, "; ".join(lost) or "the example has no reference", seen)
        results = [counted[key] for ref in pair.example.references if (key := (ref, pair.candidate.text)) in counted]
        values: dict[str, float] = {}
        notes = [f"the candidate {candidate.lost}: counted as 0"] if candidate.lost else []
        notes += [f"{reason}: {'counted as 0' if zero else 'left out'}" for reason in lost]
        for kind in self.types:
            size = int(kind[-1]) if kind[-1].isdigit() else 1
            if max(candidate.count, *(text.count for text in references)) < size:
                notes.append(f"no {kind}: neither text has {size} words in a row" + (", counted as 0" if zero else ""))
                if not zero:
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
        counts = [len(tokens) for tokens in lines]
        lost = None if lines else _why_lost(text, words)
        return _Text(joined, sum(counts), max(counts, default=0), len(words), kept, lost)

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


def _load_backend(which: BackendName, *, use_stemmer: bool) -> Backend:
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
            tokenizer = fast_tokenizers.DefaultTokenizer(use_stemmer)
            return Backend("rouge-score-rs", tokenizer.tokenize, partial(_together, fast_scorer.RougeScorer))
    scorer = importlib.import_module("rouge_score.rouge_scorer").RougeScorer
    tokenizer = importlib.import_module("rouge_score.tokenizers").DefaultTokenizer(use_stemmer)
    return Backend("rouge-score", tokenizer.tokenize, partial(_one_by_one, scorer))


def _together(
    scorer: Any, types: Sequence[str], targets: Sequence[str], predictions: Sequence[str]
) -> list[dict[str, Triple]]:
    found: list[dict[str, Triple]] = scorer(list(types)).score_batch(targets, predictions)
    return found


def _one_by_one(
    scorer: Any, types: Sequence[str], targets: Sequence[str], predictions: Sequence[str]
) -> list[dict[str, Triple]]:
    one = scorer(list(types))
    return [one.score(target, prediction) for target, prediction in zip(targets, predictions, strict=True)]


def _cells(kind: str, reference: _Text, candidate: _Text) -> int:
    """Size of the largest table that a type needs; 0 for n-grams."""
    if kind == "rougeL":
        return reference.count * candidate.count
    return reference.longest * candidate.longest if kind == "rougeLsum" else 0


def _own(kind: str, reference: _Text, candidate: _Text) -> Triple:
    if kind == "rougeLsum":
        return rouge_lsum(reference.lines, candidate.lines)
    return rouge_l(*(list(chain.from_iterable(text.lines)) for text in (reference, candidate)))


def _why_lost(text: str, words: Sequence[str]) -> str:
    if words:
        return "has no letters a-z or digits 0-9; ROUGE's tokenizer keeps no others (tokenizer=unicode does)"
    return "has no letters or digits" if text.strip() else "is empty"


@lru_cache(maxsize=65536)
def _stemmed(backend: Backend, token: str) -> str:
    return "".join(backend.tokenize(token))


def _merge(results: Sequence[Mapping[str, Triple]], kind: str, rule: str) -> Sequence[float]:
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
