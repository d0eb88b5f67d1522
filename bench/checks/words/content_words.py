"""The words of a text that say something, with their embeddings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.links import pool_words
from bench.text import fold, sentence_spans, word_spans
from bench.types import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Words that say little about where a claim comes from. Negations are not among them.
_STOP_WORDS = frozenset(
    "a an the this that these those such each every either both all any some other another "
    "i me my mine myself we us our ours ourselves you your yours he him his himself she her hers herself "
    "it its itself they them their theirs themselves who whom whose which what one "
    "and or but so yet if then than as because while whereas although though unless when where why how whether "
    "however therefore thus hence moreover furthermore besides "
    "at by for from in into of off on onto out over to up upon with within about above across after against along "
    "among around before behind below between beyond down during near since through throughout toward towards "
    "under until via per despite amid am is are was were be been being has have had having do does did doing done "
    "will would shall should can could may might must also just very too only own same more most there here "
    "it's he's she's that's there's what's who's let's i'm i've i'd i'll we're we've we'd we'll you're you've "
    "you'd you'll they're they've they'd they'll he'd he'll she'd she'll it'll ll re ve".split()
)


@dataclass(frozen=True, slots=True)
class ContentWords:
    """A text's content words."""

    words: Sequence[Span]
    """Those that the encoder knows, in order."""
    vectors: NDArray[np.float32]
    """(words, layers × d): rows of unit length; their products are the layers' mean cosine."""
    sentences: Sequence[Span]
    """The sentences that have a content word."""
    starts: NDArray[np.int64]
    """(sentences,): the position of each sentence's first content word."""

    def within(self, span: Span) -> range:
        """The positions of the content words that begin in a span."""
        return range(
            bisect_left(self.words, span.start, key=lambda word: word.start),
            bisect_left(self.words, span.end, key=lambda word: word.start),
        )


def content_words(
    text: str, pieces: NDArray[np.int64], embeddings: Mapping[int, NDArray[np.float32]], layers: Sequence[int]
) -> ContentWords:
    """A text's content words, from the character offsets (p, 2) and embeddings (layer → (p, d)) of its word pieces."""
    spans = [span for span in word_spans(text) if is_content(fold(text[span.slice]))]
    offsets = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
    pooled = [pool_words(pieces, embeddings[layer], offsets) for layer in layers]
    known = np.logical_and.reduce([mask for _, mask in pooled])
    vectors = np.concatenate([vectors[known] for vectors, _ in pooled], axis=1)
    vectors /= np.float32(len(pooled) ** 0.5)
    sentences = sentence_spans(text)
    # Every word lies in a sentence: the last one that begins at or before it.
    owners = np.searchsorted([span.start for span in sentences], offsets[known, 0], side="right") - 1
    numbers, starts = np.unique(owners, return_index=True)
    return ContentWords(
        words=[span for span, one in zip(spans, known, strict=True) if one],
        vectors=vectors,
        sentences=[sentences[number] for number in numbers],
        starts=starts.astype(np.int64),
    )


def is_content(word: str) -> bool:
    """Whether a folded word says something: no stop word, and no single letter such as the U of U.S.

    >>> [word for word in "the u s said 7 not so".split() if is_content(word)]
    ['said', '7', 'not']
    """
    return word not in _STOP_WORDS and (len(word) > 1 or not word.isascii() or word.isdigit())
