"""How fully the document says each claim, where, and which of the claim's words come from nowhere.

No training and no entailment: a claim is supported when its content words, two by two, find a match near each
other in the document (``bench.links``). Its score counts besides how much of it is
copied (``bench.checks.words.copying``). Subtle errors (one changed name, a negation, swapped roles) move the score
but seldom the label; the other checks look for those.

Everything was chosen on one half of the articles of SummEval (Fabbri et al., TACL 2021) and QAGS-CNN (Wang et
al., ACL 2020): those whose text has an even SHA-256. ``benchmarks/support_choice.py`` prints the figures, but those
called a trial's.

- Layers, window and ``turned``: by QAGS-CNN's sentences and summaries, SummEval's consistency, and the last
  point's accuracy.
- The score: links alone have Pearson .68 with QAGS-CNN's summaries and Spearman .36 with SummEval's consistency on
  that half, with the copied third .73 and .38; on the other one .62 and .42, and .67 and .45. In a
  trial, more parts with fitted weights (order, gaps, longest copy, best match of a word) did no better.
- Copying has no say in the label, because what is said in other words is in the document too: in a
  trial on that half, between restatements with under a quarter of their trigrams in the article and held-out
  sentences (see below), it took the AUC from .86 to .83. Nor does a single odd word decide it: ``worst`` is 3.
- Threshold: by balanced accuracy between restatements (claims of summaries that SummEval's experts found fully
  consistent, with under half of their trigrams in the article) and sentences of the articles held out from them
  (same topic, said nowhere else), each article counting once. At 0.59 it is .90 on that half and .88 on the other
  one (.84 of 106 restatements kept, .92 of 407 held-out claims flagged; none of 2,307 claims that copy half of their
  trigrams or more is flagged, and all of the 407 are against another article).
- Not by QAGS-CNN's own labels: its unfactual sentences are copies with a small error, which shows in the score:
  AUC .869 on that half and .855 on the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_256
from typing import TYPE_CHECKING

from bench.checks.findings import HIGHER_IS_BETTER, claim_values, claims_of, unread
from bench.checks.words.content_words import ContentWords, content_words
from bench.checks.words.copying import copied_share, grams_of
from bench.claims import Claim, claim_rules
from bench.errors import InputError
from bench.links import Links, cover, find_links, link_score, owned
from bench.models.languages import latin
from bench.scorer import Scorer, Undefined, signature
from bench.text import fold, word_spans
from bench.types import Label, Pair, Score, Seen, Span, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.checks.words.copying import Gram
    from bench.models.encoder import Encoded, Encoder

_VERSION = 4
_CHOSEN_FOR = "all-MiniLM-L6-v2"
_CHARACTERS = 200_000  # of text encoded at once: bounds the memory
_MOST_EVIDENCE = 3
_LEAST_GAIN = 0.05
_MOST_NAMED = 5
_WORST = 1  # links that weigh half of a claim's graded score
# Of a supported claim, what is said of its wording: the share copied from which it is the document's own, and to which
# it is the summary's.
_WORD_FOR_WORD, _REWORDED = 0.9, 0.1


@dataclass(frozen=True, slots=True)
class _Text:
    """What is compared of a text."""

    content: ContentWords
    grams: frozenset[Gram]
    """The word sequences of a document; none of a candidate."""
    seen: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the candidate that has content words, aligned with the document."""

    words: Sequence[Span]
    folded: Sequence[str]
    content: range
    """Positions of its content words among the candidate's."""
    links: Links


class Support(Scorer):
    """For each claim of the candidate, the document's sentences that say the same, and how fully.

    A claim is ``supported`` when the mean of its links' support, averaged with that of its ``worst`` links, reaches
    ``threshold`` (see ``bench.links``), else ``unchecked`` with its score: people write what is right in other words
    too, so nothing is flagged but boilerplate that the document lacks (``unsupported``). A clause has the link to the
    words before it. Its score (0 to 1) is the mean of three: all links, the very worst one, and the share of the
    claim that is copied. Words and links count as matched from ``threshold`` on: the evidence carries them, and of a
    claim that isn't supported the reason names, and ``marks`` points at, those that match nothing.
    ``values.support`` is the mean over the claims with a score, ``values.copied`` that of their copied share,
    ``values.supported_share`` the share of them that are supported.
    The whole document is seen; words that the encoder doesn't know match the same word alone.
    What isn't English, and framing, is ``unchecked``; other boilerplate is judged.
    """

    language = "English"
    higher_is_better = {**HIGHER_IS_BETTER, "support": True, "copied": None}
    headline = ("support", "supported_share", "copied")

    def __init__(
        self,
        *,
        encoder: Encoder | None = None,
        layers: Sequence[int] = (0, 4),
        window: int = 3,
        turned: float = 0.9,
        worst: int = 3,
        threshold: float = 0.59,
        name: str = "support",
    ) -> None:
        if not 0 < threshold <= 1:
            raise InputError(f"checks.{name}.threshold must be above 0 and at most 1, not {threshold}")
        if not 0 <= turned <= 1:
            raise InputError(f"checks.{name}.turned must be from 0 to 1, not {turned}")
        if window < 1 or worst < 1 or not layers:
            raise InputError(f"checks.{name}: window and worst must be at least 1, and layers name at least one layer")
        if encoder is None:
            from bench.models.encoder import minilm

            encoder = minilm()
        self.name = name
        self._encoder, self._layers = encoder, tuple(sorted({int(layer) for layer in layers}))
        self._window, self._turned, self._worst, self._threshold = window, turned, worst, threshold
        encoder.announce(self._layers)

    def signature(self) -> str:
        """Model and weights, layers, the options that shape the score, threshold and what a claim is."""
        parts = {key: part for key, part in self._encoder.signature_parts().items() if key != "layer"}
        return signature(
            "support",
            version=_VERSION,
            **parts,
            layers="+".join(map(str, self._layers)),
            window=self._window,
            turned=self._turned,
            worst=self._worst,
            threshold=self._threshold,
            claims=claim_rules(),
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
            documents = {pair.example.document for pair in chunk}
            texts = list(dict.fromkeys(text for pair in chunk for text in _both(pair) if text.strip()))
            known = {}
            for text, one in zip(texts, self._encoder.encode(texts, layers=self._layers), strict=True):
                content = content_words(text, one.spans, _embeddings(text, one, self._layers), self._layers)
                known[text] = _Text(content, grams_of(text) if text in documents else frozenset(), one.seen)
            for pair in chunk:
                try:
                    scores.append(self._score(pair, known))
                except Undefined as reason:
                    scores.append(self.undefined(pair, str(reason)))
        return scores

    def _score(self, pair: Pair, known: Mapping[str, _Text]) -> Score:
        claims, text = claims_of(pair), pair.candidate.text
        document, candidate = known[pair.example.document], known[text]
        if latin(pair.example.document) and not document.content.words:
            raise Undefined("the document has no content words")
        verdicts, shares = [], []
        sentences: dict[Span, _Sentence] = {}
        for claim in claims:
            reason = unread(pair, claim)
            if reason is None and not candidate.content.within(claim.span):
                reason = "no content words in this claim"
            if reason is None:
                if claim.sentence not in sentences:
                    sentences[claim.sentence] = self._sentence(text, claim.sentence, candidate.content, document)
                verdict, copied = self._verdict(text, claim, sentences[claim.sentence], candidate.content, document)
                verdicts.append(verdict)
                shares.append(copied)
                continue
            verdicts.append(Verdict(claim.span, "unchecked", None, reason))
        values, absent = claim_values(verdicts)
        scores = [verdict.score for verdict in verdicts if verdict.score is not None]
        if scores:
            values["support"] = sum(scores) / len(scores)
            values["copied"] = sum(shares) / len(shares)
            values["supported_share"], absent = values["supported"] / len(scores), None
        else:
            absent = "support, copied and supported_share are absent: no claim has anything that this check can judge"
        return self.ok(pair, values, verdicts, Seen(candidate=candidate.seen, document=document.seen), absent)

    def _sentence(self, text: str, sentence: Span, content: ContentWords, document: _Text) -> _Sentence:
        words = [
            Span(sentence.start + word.start, sentence.start + word.end) for word in word_spans(text[sentence.slice])
        ]
        part, other = content.within(sentence), document.content
        vectors = content.vectors[part.start : part.stop]
        links = find_links(vectors, other.vectors, other.starts, self._window, self._turned)
        return _Sentence(words, [fold(text[word.slice]) for word in words], part, links)

    def _verdict(
        self, text: str, claim: Claim, sentence: _Sentence, content: ContentWords, document: _Text
    ) -> tuple[Verdict, float]:
        """The verdict on a claim and the share of it that is copied."""
        mine = content.within(claim.span)
        begin, end = mine.start - sentence.content.start, mine.stop - sentence.content.start
        links = owned(begin, end)
        best = sentence.links.best[links]
        inside = [number for number, word in enumerate(sentence.words) if _begins(word, claim.span)]
        copied = copied_share(sentence.folded, inside[0], inside[-1] + 1, document.grams)
        supported = link_score(best, self._worst) >= self._threshold
        evidence = cover(sentence.links.by_sentence[links][best >= self._threshold], _MOST_EVIDENCE, _LEAST_GAIN)
        alone = [begin + int(word) for word in (sentence.links.words[begin:end] < self._threshold).nonzero()[0]]
        apart = self._apart(best, links.start, alone)
        words = content.words[sentence.content.start : sentence.content.stop]
        weak = self._weak(text, words, sentence.links, alone, apart)
        marked = alone or [word for link in apart for word in (link, link + 1) if begin <= word < end]
        # Few words in common is no error: other checks say what is wrong, this one where to look.
        label: Label = "supported" if supported else "unsupported" if claim.boilerplate else "unchecked"
        verdict = Verdict(
            claim.span,
            label,
            (2 * link_score(best, _WORST) + copied) / 3,
            _reason(weak, copied) if supported else f"the document has no match for {weak}",
            tuple(document.content.sentences[number] for number in evidence),
            "boilerplate" if label == "unsupported" else None,
            () if supported else tuple(words[word] for word in sorted(set(marked))),
        )
        return verdict, copied

    def _apart(self, best: NDArray[np.float32], first: int, alone: Sequence[int]) -> list[int]:
        """The unmatched links of a claim, the worst first, whose words both stand in the document."""
        order = [first + int(link) for link in best.argsort(kind="stable") if best[link] < self._threshold]
        return [link for link in order if not {link, link + 1} & set(alone)]

    def _weak(self, text: str, words: Sequence[Span], links: Links, alone: Sequence[int], apart: Sequence[int]) -> str:
        """The words that match nothing, and those pairs that stand nowhere together, in the claim's order."""
        lowest = sorted(alone, key=lambda word: float(links.words[word]))[:_MOST_NAMED]
        named = {word: f"“{text[words[word].slice]}”" for word in lowest}
        for link in apart[: _MOST_NAMED - len(named)]:
            named[link] = f"“{text[words[link].slice]} … {text[words[link + 1].slice]}” together"
        return ", ".join(dict.fromkeys(named[place] for place in sorted(named)))


def _embeddings(text: str, encoded: Encoded, layers: Sequence[int]) -> Mapping[int, NDArray[np.float32]]:
    """Layer → (p, d). Unknown word pieces all look alike to the encoder; here they stand for their letters."""
    if encoded.known.all():
        return encoded.embeddings
    found = {layer: encoded.embeddings[layer].copy() for layer in layers}
    for place in (~encoded.known).nonzero()[0]:
        start, end = encoded.spans[place]
        for rows in found.values():
            rows[place] = _spelled(text[start:end], rows.shape[1])
    return found


def _spelled(word: str, size: int) -> NDArray[np.float32]:
    """A unit vector of a word's letters: its cosine is 1 with the same word's, and near 0 with any other's."""
    import numpy as np

    digest = shake_256(fold(word).encode(errors="surrogatepass")).digest(-(-size // 8))
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))[:size]
    return (2 * bits.astype(np.float32) - 1) / np.float32(size**0.5)


def _reason(weak: str, copied: float) -> str:
    """Of a supported claim."""
    if copied >= _WORD_FOR_WORD:
        said = "in the document, word for word"
    elif copied < _REWORDED:
        said = "in the document, in other words"
    else:
        said = "in the document"
    return said + (f"; weakest: {weak}" if weak else "")


def _begins(word: Span, claim: Span) -> bool:
    return claim.start <= word.start < claim.end


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
