"""Which sentences of the document a claim comes from, by token embeddings, and which part comes from nowhere.

No training and no entailment: a claim is supported when its content words, two by two, find a match near each
other in the document (``bench.links``). Subtle errors (one changed name, a negation, swapped roles) move the
score but seldom the label; the other checks look for those. Short passives may be flagged for their order.

Everything was chosen on one half of the articles of SummEval (Fabbri et al., TACL 2021) and QAGS-CNN (Wang et
al., ACL 2020): those whose text has an even SHA-256.

- Layers, window and ``worst``: by QAGS-CNN's sentences (AUC), SummEval's consistency, and the next point's AUC.
- Threshold: by balanced accuracy between restatements (sentences of summaries that SummEval's experts found fully
  consistent, with under half of their trigrams in the article) and sentences of the articles held out from
  them (same topic, said nowhere else), each article counting once. At 0.58 it is .91 on that half and .89 on
  the other one (.85 of 95 restatements kept, .94 of 1,131 held-out sentences flagged).
- Not by QAGS-CNN's own labels: its unfactual sentences are copies with a small error. At 0.58 balanced accuracy
  is .56 on that half and .55 on the other (.99 of the factual sentences kept, .11 of the others flagged); at 0.8
  it would be .77 and .76, but only one restatement in eight would be kept. The errors show in the score: AUC
  .85 and .84.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of, latin
from bench.errors import InputError
from bench.links import Links, cover, find_links, pool_words, support_score
from bench.scorer import Scorer, Undefined, signature
from bench.text import SENTENCE_RULES, fold, sentence_spans, word_spans
from bench.types import Pair, Score, Seen, Span, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.models.encoder import Encoded, Encoder

_VERSION = 1
_CHOSEN_FOR = "all-MiniLM-L6-v2"
_CHARACTERS = 200_000  # of text encoded at once: bounds the memory
_MOST_EVIDENCE = 3
_LEAST_GAIN = 0.05
_MOST_NAMED = 5

# Words that say little about where a claim comes from. Negations are not among them.
_STOP_WORDS = frozenset(
    "a an the this that these those such each every either both all any some other another "
    "i me my mine myself we us our ours ourselves you your yours he him his himself she her hers herself "
    "it its itself they them their theirs themselves who whom whose which what one "
    "and or but so yet if then than as because while although though when where why how whether "
    "at by for from in into of off on onto out over to up upon with within about above across after against along "
    "among around before behind below between beyond down during near since through throughout toward towards "
    "under until via per am is are was were be been being has have had having do does did doing done "
    "will would shall should can could may might must also just very too only own same more most there here "
    "it's he's she's that's there's what's who's let's i'm i've i'd i'll we're we've we'd we'll you're you've "
    "you'd you'll they're they've they'd they'll he'd he'll she'd she'll it'll ll re ve".split()
)


@dataclass(frozen=True, slots=True)
class _Text:
    """What is compared of a text: its content words, with their embeddings."""

    sentences: Sequence[Span]
    """The sentences that have a content word."""
    words: Sequence[Span]
    """The content words that the encoder knows, in order."""
    vectors: NDArray[np.float32]
    """(words, layers × d): rows of unit length; their products are the layers' mean cosine."""
    starts: NDArray[np.int64]
    """(sentences,): the position of each sentence's first content word."""
    seen: float

    def part(self, sentence: int) -> slice:
        """The positions of a sentence's content words."""
        ends = [*self.starts[1:], len(self.words)]
        return slice(int(self.starts[sentence]), int(ends[sentence]))


class Support(Scorer):
    """For each sentence of the candidate, the document's sentences that say the same, and how fully.

    A sentence's score (0 to 1) is the mean of its links' support, averaged with the mean of its ``worst`` links
    (see ``bench.links``); from ``threshold`` on it is ``supported``. The evidence carries the links that reach
    the threshold; an unsupported sentence has evidence for its matched part only, and the reason
    names the words that match nothing. ``values.support`` is the mean over the judged sentences.
    The whole document is seen. Sentences that are not in Latin script are ``unchecked``.
    """

    higher_is_better = {**HIGHER_IS_BETTER, "support": True}
    headline = ("support", "supported_share", "unsupported")

    def __init__(
        self,
        *,
        encoder: Encoder | None = None,
        layers: Sequence[int] = (0, 4),
        window: int = 3,
        worst: int = 3,
        threshold: float = 0.58,
        name: str = "support",
    ) -> None:
        if not 0 < threshold <= 1:
            raise InputError(f"checks.{name}.threshold must be above 0 and at most 1, not {threshold}")
        if window < 1 or worst < 1 or not layers:
            raise InputError(f"checks.{name}: window and worst must be at least 1, and layers name at least one layer")
        if encoder is None:
            from bench.models.encoder import minilm

            encoder = minilm()
        self.name = name
        self._encoder, self._layers = encoder, tuple(sorted({int(layer) for layer in layers}))
        self._window, self._worst, self._threshold = window, worst, threshold
        encoder.announce(self._layers)

    def signature(self) -> str:
        """Model and weights, layers, window, number of worst links, threshold and sentence splitter."""
        parts = {key: part for key, part in self._encoder.signature_parts().items() if key != "layer"}
        return signature(
            "support",
            version=_VERSION,
            **parts,
            layers="+".join(map(str, self._layers)),
            window=self._window,
            worst=self._worst,
            threshold=self._threshold,
            sentences=SENTENCE_RULES,
        )

    def details(self) -> Mapping[str, str]:
        """The encoder's device and the like."""
        return self._encoder.details()

    def warnings(self) -> Sequence[str]:
        """That the threshold belongs to another encoder, if so."""
        if self._encoder.name == _CHOSEN_FOR:
            return ()
        return (
            f"{self.name}: the threshold of {self._threshold} was chosen for {_CHOSEN_FOR}; "
            f"with {self._encoder.name} the labels mean little until you choose another",
        )

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score every pair; each distinct text is encoded once."""
        scores = []
        for chunk in _chunks(pairs):
            texts = list(dict.fromkeys(text for pair in chunk for text in _both(pair) if text.strip()))
            encoded = self._encoder.encode(texts, layers=self._layers)
            known = {text: self._text(text, one) for text, one in zip(texts, encoded, strict=True)}
            for pair in chunk:
                try:
                    scores.append(self._score(pair, known))
                except Undefined as reason:
                    scores.append(self.undefined(pair, str(reason)))
        return scores

    def _score(self, pair: Pair, known: Mapping[str, _Text]) -> Score:
        claims = [claim.span for claim in claims_of(pair)]
        document, candidate = known[pair.example.document], known[pair.candidate.text]
        seen = Seen(candidate=candidate.seen, document=document.seen)
        judged = {claim: number for number, claim in enumerate(candidate.sentences)}
        readable = latin(pair.example.document)
        if readable and not document.words:
            raise Undefined("the document has no content words")
        verdicts = []
        for claim in claims:
            if not readable:
                reason = "the document is not in Latin script: this check reads English"
            elif not latin(pair.candidate.text[claim.slice]):
                reason = "not in Latin script: this check reads English"
            elif claim not in judged:
                reason = "no content words in this sentence"
            else:
                verdicts.append(self._verdict(pair.candidate.text, claim, candidate, judged[claim], document))
                continue
            verdicts.append(Verdict(claim, "unchecked", None, reason))
        values, absent = claim_values(verdicts)
        scores = [verdict.score for verdict in verdicts if verdict.score is not None]
        if scores:
            values["support"] = sum(scores) / len(scores)
        else:
            absent = "support and supported_share are absent: no sentence has anything that this check can judge"
        return self.ok(pair, values, verdicts, seen, absent)

    def _verdict(self, text: str, claim: Span, candidate: _Text, number: int, document: _Text) -> Verdict:
        part = candidate.part(number)
        links = find_links(candidate.vectors[part], document.vectors, document.starts, self._window)
        score = support_score(links.best, self._worst)
        supported = score >= self._threshold
        matched = links.best >= self._threshold
        evidence = cover(links.by_sentence[matched], most=_MOST_EVIDENCE, least=_LEAST_GAIN)
        weak = self._weak([text[word.slice] for word in candidate.words[part]], links)
        if supported:
            reason = "in the document" + (f"; weakest: {weak}" if weak else "")
        else:
            reason = f"the document has no match for {weak}"
        return Verdict(
            claim,
            "supported" if supported else "unsupported",
            score,
            reason,
            tuple(document.sentences[sentence] for sentence in evidence),
        )

    def _weak(self, words: Sequence[str], links: Links) -> str:
        """The words that match nothing, and those pairs of the worst links that stand nowhere together."""
        lowest = links.words.argsort(kind="stable")[:_MOST_NAMED]
        alone = {int(word) for word in lowest if links.words[word] < self._threshold}
        named = {word: f"“{words[word]}”" for word in alone}
        for link in links.best.argsort(kind="stable")[: self._worst]:
            if links.best[link] < self._threshold and not alone & {link, link + 1}:
                named[int(link)] = f"“{words[link]} … {words[link + 1]}” together"
        return ", ".join(dict.fromkeys(named[place] for place in sorted(named)))

    def _text(self, text: str, encoded: Encoded) -> _Text:
        spans = [span for span in word_spans(text) if _content(fold(text[span.slice]))]
        offsets = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
        pooled = [pool_words(encoded.spans, encoded.embeddings[layer], offsets) for layer in self._layers]
        known = np.logical_and.reduce([mask for _, mask in pooled])
        vectors = np.concatenate([vectors[known] for vectors, _ in pooled], axis=1)
        vectors /= np.float32(len(pooled) ** 0.5)
        sentences = sentence_spans(text)
        # Every word lies in a sentence: the last one that begins at or before it.
        owners = np.searchsorted([span.start for span in sentences], offsets[known, 0], side="right") - 1
        numbers, starts = np.unique(owners, return_index=True)
        return _Text(
            sentences=[sentences[number] for number in numbers],
            words=[span for span, one in zip(spans, known, strict=True) if one],
            vectors=vectors,
            starts=starts.astype(np.int64),
            seen=encoded.seen,
        )


def _content(word: str) -> bool:
    """Whether a folded word says something: no stop word, and no single letter such as the U of U.S."""
    return word not in _STOP_WORDS and (len(word) > 1 or not word.isascii() or word.isdigit())


def _both(pair: Pair) -> tuple[str, str]:
    return pair.example.document, pair.candidate.text


def _chunks(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """The pairs in order, in groups whose distinct texts have about ``_CHARACTERS`` characters or less."""
    chunk: list[Pair] = []
    texts: set[str] = set()
    for pair in pairs:
        both = texts.union(_both(pair))
        if chunk and sum(map(len, both)) > _CHARACTERS:
            yield chunk
            chunk, both = [], set(_both(pair))
        chunk.append(pair)
        texts = both
    if chunk:
        yield chunk
