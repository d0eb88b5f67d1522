"""BERTScore (Zhang et al., ICLR 2020): greedy matching of contextual token embeddings, over the whole text."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite, log
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bench.errors import InputError
from bench.paths import user_path
from bench.scorer import Scorer, Undefined, signature
from bench.types import Pair, Score, Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.models.encoder import Encoded, Encoder, LongText

_VERSION = 2
_BLOCK = 2048  # rows of the similarity matrix held at once: two books can be compared in little memory
_CELLS = 1 << 26  # and cells: fewer rows where the other text is very long
_PAIRS = 64  # pairs whose embeddings are held at once
Values = tuple[float, float, float]


def greedy_match(
    candidate: NDArray[np.float32],
    reference: NDArray[np.float32],
    candidate_weights: NDArray[np.float64],
    reference_weights: NDArray[np.float64],
) -> Values:
    """Precision, recall and F1 of two token sequences (Zhang et al. 2020, section 3).

    ``candidate`` is (m, d), ``reference`` (n, d), rows of unit length; the weights are (m,) and (n,), with a
    sum above 0. Every token is matched with the most similar token of the other side, those of weight 0 included;
    a side's value is the weighted mean of its tokens' cosines, -1 to 1. F1 is NaN where precision + recall is 0.

    >>> import numpy as np
    >>> one, two = np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)[:1]
    >>> precision, recall, f1 = greedy_match(one, two, np.ones(2), np.ones(1))
    >>> precision, recall, round(f1, 4)
    (0.5, 1.0, 0.6667)
    """
    import numpy as np

    best_of_candidate = np.empty(len(candidate), dtype=np.float32)
    best_of_reference = np.full(len(reference), -np.inf, dtype=np.float32)
    rows = max(1, min(_BLOCK, _CELLS // len(reference)))
    for start in range(0, len(candidate), rows):
        cosines = candidate[start : start + rows] @ reference.T
        best_of_candidate[start : start + rows] = cosines.max(axis=1)
        np.maximum(best_of_reference, cosines.max(axis=0), out=best_of_reference)
    precision = float(best_of_candidate @ candidate_weights / candidate_weights.sum())
    recall = float(best_of_reference @ reference_weights / reference_weights.sum())
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else float("nan")


@dataclass(frozen=True, slots=True)
class Idf:
    """Inverse document frequency of word pieces, as bert-score computes it: log((N + 1) / (count + 1))."""

    documents: int
    counts: Mapping[int, int]

    @classmethod
    def of(cls, documents: Iterable[Iterable[int]]) -> Idf:
        """Count in how many documents (given as token ids) every id occurs.

        >>> Idf.of([[1, 2, 2], [1]]).weight(1), round(Idf.of([[1, 2, 2], [1]]).weight(2), 4)
        (0.0, 0.4055)
        """
        counts: Counter[int] = Counter()
        number = 0
        for ids in documents:
            counts.update(set(ids))
            number += 1
        return cls(number, counts)

    def weight(self, token: int) -> float:
        """The weight of a token id; the greatest one for an id that occurs in no document."""
        return log((self.documents + 1) / (self.counts.get(token, 0) + 1))

    @property
    def digest(self) -> str:
        """Eight hex digits that tell one corpus's weights from another's."""
        spelled = repr((self.documents, sorted(self.counts.items())))
        return sha256(spelled.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A text ready for matching: its rows and weights, special tokens included."""

    rows: NDArray[np.float32]
    weights: NDArray[np.float64]
    known: bool
    """Whether the model knows any of the word pieces."""
    total: int
    seen: float


class BERTScore(Scorer):
    """BERTScore's precision, recall and F1, each -1 to 1 before rescaling (in practice 0 to 1).

    Defined as in the ``bert-score`` package: its layer numbers, its special tokens (they have no weight but can be
    matched), its idf, its baselines; equal to it within 1e-5 for every text that it doesn't cut. Of longer texts
    ``bert-score`` sees only the beginning; ``long_text="window"`` sees all of them, ``"truncate"`` does as it does,
    and ``Score.seen`` says what share was seen. Where ``bert-score`` gives 0 to an empty text, there is no value here
    unless ``empty="zero"`` (for reproducing its numbers; ``Score.error`` tells it);
    nor is there one for a text of which the model knows no word piece: all unknown pieces look alike to it, so that
    ``bert-score`` finds any two such texts the same. Unknown pieces of other texts are matched, but not ``seen``.

    The values of a pair don't depend on the batch; on a CPU they are the same bits (see ``Encoder``).
    """

    higher_is_better = {"precision": True, "recall": True, "f1": True}
    headline = ("precision", "recall", "f1")

    def __init__(
        self,
        *,
        name: str = "bertscore",
        encoder: Encoder | None = None,
        long_text: LongText = "window",
        references: Literal["max", "mean"] = "max",
        idf: bool = False,
        rescale: bool | str = False,
        language: str = "en",
        empty: Literal["undefined", "zero"] = "undefined",
    ) -> None:
        if encoder is None:
            from bench.models.encoder import minilm

            encoder = minilm()
        if long_text not in ("window", "truncate"):
            raise InputError(f"bertscore.long_text={long_text!r}: choose window or truncate")
        if references not in ("max", "mean"):
            raise InputError(f"bertscore.references={references!r}: choose max or mean")
        if empty not in ("undefined", "zero"):
            raise InputError(f"bertscore.empty={empty!r}: choose undefined or zero")
        self.name, self.encoder, self.long_text, self.references = name, encoder, long_text, references
        self.empty = empty
        self._wants_idf, self._idf = idf, None
        self._baseline: Values | None = None
        if rescale:
            given = isinstance(rescale, str)
            path = user_path(str(rescale), "bertscore.rescale") if given else shipped_baseline(encoder.name, language)
            self._baseline = read_baseline(path, encoder.layer)

    _idf: Idf | None

    def prepare(self, pairs: Iterable[Pair]) -> None:
        """Given all pairs of the run before any is scored; with ``idf``, its weights come from their references.

        Every reference of every example counts once, as in one call of bert-score with all examples of one system.
        """
        if self._wants_idf:
            examples = {pair.example.id: pair.example for pair in pairs}
            texts = (text for example in examples.values() for text in example.references)
            self._idf = Idf.of(self.encoder.token_ids(text, self.long_text) for text in texts)

    def signature(self) -> str:
        """Model and hash of its weights, layer, long texts, references, idf corpus, baseline."""
        rescale = sha256(repr(self._baseline).encode()).hexdigest()[:8] if self._baseline else False
        return signature(
            "bertscore",
            version=_VERSION,
            **self.encoder.signature_parts(),
            long_text=f"{self.long_text}-{self.encoder.limit}",
            references=self.references,
            idf=f"references-{self._corpus.digest}" if self._wants_idf else False,
            rescale=rescale,
            **({} if self.empty == "undefined" else {"empty": self.empty}),
        )

    def details(self) -> Mapping[str, str]:
        """Device, dtype and batches of the encoder."""
        return self.encoder.details()

    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        """Score pairs; every distinct text is encoded once."""
        scores = []
        for start in range(0, len(pairs), _PAIRS):
            chunk = pairs[start : start + _PAIRS]
            texts = dict.fromkeys(text for p in chunk for text in (p.candidate.text, *p.example.references))
            encoded = self.encoder.encode(list(texts), long_text=self.long_text)
            tokens = {text: self._tokens(found) for text, found in zip(texts, encoded, strict=True)}
            for pair in chunk:
                try:
                    scores.append(self._score(pair, tokens))
                except Undefined as reason:
                    scores.append(self.undefined(pair, str(reason)))
        return scores

    def _score(self, pair: Pair, tokens: Mapping[str, _Tokens]) -> Score:
        import numpy as np

        candidate = tokens[pair.candidate.text]
        given = [tokens[text] for text in pair.example.references if tokens[text].total]
        if not candidate.total or not given:
            whose = "no reference has" if candidate.total else "the candidate has no"
            if self.empty == "zero" and pair.example.references:
                # As bert-score does, before it rescales.
                return self.ok(pair, self._rescaled(np.zeros(3)), absent=f"{whose} word pieces: counted as 0")
            raise Undefined(f"{whose} word pieces")
        total = sum(reference.total for reference in given)
        seen = Seen(candidate.seen, sum(r.seen * r.total for r in given) / total)
        references = [reference for reference in given if reference.known]
        if not candidate.known or not references:
            whose = "any reference" if candidate.known else "the candidate"
            return self.undefined(pair, f"{self.encoder.name} knows no word piece of {whose}", seen)
        weighted = [reference for reference in references if reference.weights.any()]
        if not weighted or not candidate.weights.any():
            which = "candidate" if weighted else "references"
            if self._wants_idf:
                raise Undefined(
                    f"every word piece of the {which} has idf weight 0: it is in every reference of the run"
                )
            raise Undefined(f"nothing is in the {which} but separators of the model, which have no weight")
        each = np.array([greedy_match(candidate.rows, r.rows, candidate.weights, r.weights) for r in weighted])
        empty = len(pair.example.references) - len(given) if self.empty == "zero" else 0
        each = np.concatenate([each, np.zeros((empty, 3))])
        # bert-score takes the best precision, the best recall and the best F1, of whichever reference each.
        values = each.max(axis=0) if self.references == "max" else each.mean(axis=0)
        finite = self._rescaled(values)
        if not finite:
            return self.undefined(pair, f"{self.encoder.name} gives embeddings that aren't numbers", seen)
        lost = len(given) - len(references)
        notes = [f"{lost} of {len(given)} references left out: {self.encoder.name} knows no word piece of them"] * (
            lost > 0
        )
        of = f"{empty} of {len(pair.example.references)} references"
        notes += [f"{of} {'has' if empty == 1 else 'have'} no word pieces: counted as 0"] * (empty > 0)
        notes += ["precision and recall sum to 0, so there is no F1"] * (len(finite) < len(values))
        return self.ok(pair, finite, seen=seen, absent="; ".join(notes) or None)

    def _rescaled(self, values: NDArray[np.float64]) -> dict[str, float]:
        """The values that are numbers, by name, moved to the scale of the baseline if there is one."""
        import numpy as np

        if self._baseline:
            values = (values - self._baseline) / (1 - np.array(self._baseline))
        return {key: float(v) for key, v in zip(self.higher_is_better, values, strict=True) if isfinite(v)}

    def _tokens(self, encoded: Encoded) -> _Tokens:
        import numpy as np

        layer, ids = self.encoder.layer, [*encoded.ids.tolist(), *encoded.special_ids.tolist()]
        if self._wants_idf:
            weights = [self._corpus.weight(token) for token in ids]
        else:
            weights = [0.0 if token in self.encoder.ignored_ids else 1.0 for token in ids]
        rows = np.concatenate([encoded.embeddings[layer], encoded.specials[layer]])
        weight = np.array(weights, dtype=np.float64)
        return _Tokens(rows, weight, bool(encoded.known.any()), encoded.total, encoded.seen)

    @property
    def _corpus(self) -> Idf:
        if self._idf is None:
            raise InputError("bertscore.idf=true weighs word pieces by the run's references: call prepare(pairs) first")
        return self._idf


def shipped_baseline(model: str, language: str) -> Path:
    """The file of baselines that bert-score ships for a model and a language; InputError where there is none."""
    import bert_score

    folder = Path(bert_score.__file__).parent / "rescale_baseline" / language
    for path in sorted(folder.rglob("*.tsv")):
        if path.stem == model:
            return path
    raise InputError(
        f"bertscore.rescale=true: bert-score ships no baseline for {model} in language {language!r}; "
        "give a file of your own (LAYER,P,R,F) as bertscore.rescale=PATH, or rescale=false"
    )


def read_baseline(path: Path, layer: int) -> Values:
    """Baseline precision, recall and F1 of a layer from a file in bert-score's form (header LAYER,P,R,F).

    Raises InputError, with the file and the line, for what can't be read, a layer that stands there twice, and
    values that aren't from -1 to below 1: they would turn the scale around or leave nothing of it.
    """
    where = f"bertscore.rescale={str(path)!r}"
    rows: dict[int, Values] = {}
    line = 1
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if file.read(1) == "\ufeff":
                raise InputError(f"{where}, line 1: begins with a byte order mark; save the file as UTF-8 without it")
            file.seek(0)
            table = csv.DictReader(file)
            for row in table:
                line = table.line_num
                number = int(row["LAYER"])
                if number in rows:
                    raise InputError(f"{where}, line {line}: layer {number} stands there twice; keep one of them")
                rows[number] = (float(row["P"]), float(row["R"]), float(row["F"]))
                if not all(-1 <= value < 1 for value in rows[number]):
                    raise InputError(f"{where}, line {line}: layer {number}: a baseline is from -1 to below 1")
    except OSError as error:
        raise InputError(f"{where} can't be read: {error.strerror}") from None
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise InputError(f"{where}, line {line}: no table with the columns LAYER,P,R,F: {error!r}") from None
    if layer not in rows:
        raise InputError(f"{where} has no row for layer {layer}")
    return rows[layer]
