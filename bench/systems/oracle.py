"""Oracle: the document's sentences that match the references best, a ceiling for extraction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from bench.systems.extract import check_size, document_sentences, extract
from bench.types import Candidate, Example, Role, System

Gram = tuple[str, ...]


class Oracle(System):
    """Up to ``k`` sentences, chosen one by one: each time the one that raises ROUGE most, while one does.

    ROUGE is here the mean of ROUGE-1 and ROUGE-2 F1, each its maximum over the references, as rouge-score
    computes them with stemming for the chosen sentences in the document's order. Greedy choice is the usual
    way to label sentences for extraction (Nallapati, Zhai and Zhou, SummaRuNNer, AAAI 2017, "Extractive
    Training"). It need not find the best set of ``k`` sentences, so a system can come out above it.

    ROUGE's tokenizer keeps a to z and 0 to 9 only. Where no sentence shares a token with a
    reference (Thai, Chinese, Arabic) the summary is empty and ``warnings()`` says so.
    """

    role: Role = "ceiling"

    def __init__(self, *, k: int = 3, name: str | None = None) -> None:
        check_size("oracle", k)
        self.k = k
        self.name = name or f"oracle-{k}"
        self._tokenize: Callable[[str], list[str]] | None = None
        self._empty: dict[str, None] = {}

    def summarize(self, example: Example) -> Iterator[Candidate]:
        """One candidate."""
        if self._tokenize is None:
            self._tokenize = _rouge_tokenizer()
        every = document_sentences(example.document)
        chosen = greedy(
            [self._tokenize(sentence) for sentence in every],
            [self._tokenize(reference) for reference in example.references],
            self.k,
        )
        if not chosen:
            self._empty[example.id] = None
        yield extract(example, self.name, every, chosen)

    def warnings(self) -> Sequence[str]:
        """The examples whose summary is empty, if there are any."""
        if not self._empty:
            return ()
        ids = list(self._empty)
        shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        return (f"{self.name}: empty, because no sentence shares a ROUGE token with a reference: {shown}.",)


def greedy(sentences: Sequence[Sequence[str]], references: Sequence[Sequence[str]], k: int) -> list[int]:
    """Numbers of the chosen sentences, in the order of the document; all texts are lists of tokens.

    Of sentences that raise the score alike, the first is chosen. Scores are compared as exact
    fractions, so that rounding never decides.

    >>> greedy([["a", "b"], ["c"], ["a", "b", "x"]], [["c", "a", "b"]], k=2)
    [0, 1]
    """
    single = [_Overlap(reference, sentences, 1) for reference in references]
    double = [_Overlap(reference, sentences, 2) for reference in references]
    chosen: list[int] = []
    best, length = Fraction(0), 0
    while len(chosen) < k:
        winner: int | None = None
        for number, sentence in enumerate(sentences):
            if number in chosen or not sentence:
                continue
            joints = _joints(sentences, chosen, number)
            size = length + len(sentence)
            score = max((one.f1(number, (), size) for one in single), default=Fraction(0))
            score += max((two.f1(number, joints, size - 1) for two in double), default=Fraction(0))
            if score > best:
                best, winner = score, number
        if winner is None:
            break
        for overlap in single:
            overlap.take(winner, ())
        for overlap in double:
            overlap.take(winner, _joints(sentences, chosen, winner))
        chosen = sorted([*chosen, winner])
        length += len(sentences[winner])
    return chosen


class _Overlap:
    """How many n-grams the chosen sentences share with one reference, kept up to date as they are added.

    Only n-grams of the reference are counted: no other can ever match.
    """

    def __init__(self, reference: Sequence[str], sentences: Sequence[Sequence[str]], n: int) -> None:
        self._reference = Counter(_grams(reference, n))
        self._length = max(0, len(reference) - n + 1)
        self._sentences = [Counter(g for g in _grams(tokens, n) if g in self._reference) for tokens in sentences]
        self._chosen: Counter[Gram] = Counter()
        self._matches = 0

    def f1(self, number: int, joints: Iterable[tuple[Gram, int]], length: int) -> Fraction:
        """F1 if a sentence were added; ``length`` is the number of n-grams that the text would have.

        With ``m`` matches it is 2m / (n-grams of the text + n-grams of the reference), which is
        the harmonic mean of m / text and m / reference.
        """
        total = length + self._length
        return Fraction(2 * self._matched(self._change(number, joints)), total) if total else Fraction(0)

    def take(self, number: int, joints: Iterable[tuple[Gram, int]]) -> None:
        """Add a sentence."""
        change = self._change(number, joints)
        self._matches = self._matched(change)
        for gram, count in change.items():
            self._chosen[gram] += count

    def _change(self, number: int, joints: Iterable[tuple[Gram, int]]) -> Mapping[Gram, int]:
        """By how much each n-gram's count changes when a sentence is added."""
        change = self._sentences[number].copy()
        for gram, count in joints:
            if gram in self._reference:
                change[gram] += count
        return change

    def _matched(self, change: Mapping[Gram, int]) -> int:
        matches = self._matches
        for gram, count in change.items():
            there, wanted = self._chosen[gram], self._reference[gram]
            matches += min(there + count, wanted) - min(there, wanted)
        return matches


def _joints(sentences: Sequence[Sequence[str]], chosen: Sequence[int], number: int) -> list[tuple[Gram, int]]:
    """The bigrams across sentence ends that come (1) and go (-1) when a sentence is added.

    rouge-score reads a text as one row of tokens, so the last token of a sentence and the first of the next
    are a bigram too. ``chosen`` is sorted and holds no sentence without tokens.
    """
    before = [sentences[other][-1] for other in chosen if other < number][-1:]
    after = [sentences[other][0] for other in chosen if other > number][:1]
    first, last = sentences[number][0], sentences[number][-1]
    come = [*((token, first) for token in before), *((last, token) for token in after)]
    gone = [(left, right) for left in before for right in after]
    return [*((gram, 1) for gram in come), *((gram, -1) for gram in gone)]


def _grams(tokens: Sequence[str], n: int) -> Iterator[Gram]:
    return zip(*(tokens[start:] for start in range(n)), strict=False)


def _rouge_tokenizer() -> Callable[[str], list[str]]:
    from rouge_score.tokenizers import DefaultTokenizer

    tokenizer = DefaultTokenizer(use_stemmer=True)

    def tokenize(text: str) -> list[str]:
        return list(tokenizer.tokenize(text))

    return tokenize
