"""What support's options were chosen on, and how it does on the other half: the figures of its docstring.

    python benchmarks/support_choice.py even [--try worst=3 --try turned=0 …]
    python benchmarks/support_choice.py odd

Articles whose text has an even SHA-256 are for choosing, the odd ones for reporting. Prints a few lines for the options
as they are and for each ``--try``; "links alone" is the score without the copied share.

- QAGS-CNN: Pearson with the share of factual sentences of a summary, with its bootstrap interval over articles, and
  AUC of the sentences. SummEval: Spearman with consistency, an article's 16 summaries at a time, then the mean.
- Restatements: claims of summaries that SummEval's experts found fully consistent, of sentences with under half
  of their word triples in the article. Held out: up to eight sentences of each SummEval article,
  against the article without them, where the rest has at most half of their word triples. Each article
  counts once. Foreign: the same sentences against another article. Copies: claims of consistent summaries, of
  sentences with half of their triples or more.
"""

from __future__ import annotations

import argparse
import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.checks.support import Support
from bench.checks.words.content_words import is_content
from bench.checks.words.copying import copied_share, grams_of
from bench.datasets.qags import DIMENSION, Qags
from bench.meta.scoretable import half
from bench.models.encoder import minilm
from bench.statistics.accuracy import roc_auc
from bench.statistics.correlation import pearson, spearman
from bench.text import sentence_spans, words
from bench.types import Candidate, Example, Pair, Score

JUDGEMENTS = Path(__file__).parents[2] / "shared" / "judgements"
HELD_OUT = 8
EXTRACTIVE = 0.5
RESAMPLES = 2000
LEAST_CONTENT = 3
KINDS = ("qags", "restated", "held out", "foreign", "copied")


@dataclass(frozen=True, slots=True)
class Graded:
    """What the check says of one claim."""

    start: int
    score: float
    links: float
    """The score without the copied share."""
    supported: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One claim, and where it comes from."""

    kind: str
    """One of ``KINDS``."""
    article: int
    sentence: int
    graded: Graded
    label: float = 0.0
    """Of QAGS: the share of annotators who find the sentence factual."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary's value and its human score."""

    article: int
    score: float
    links: float
    human: float


def triples(sentence: str, document: str) -> float:
    """The share of a sentence's word triples that a document has, 0 where it has none."""
    grams, its = grams_of(document), words(sentence)
    found = [tuple(its[start : start + 3]) in grams for start in range(len(its) - 2)]
    return sum(found) / len(found) if found else 0.0


def pair(document: str, text: str) -> Pair:
    """One pair."""
    return Pair(Example("e", document, ()), Candidate("e", "s", text))


def claim_links(score: Score, document: str, text: str) -> Iterator[Graded]:
    """Every judged claim."""
    grams = grams_of(document)
    for verdict in score.verdicts:
        if verdict.score is None:
            continue
        span = next(one for one in sentence_spans(text) if one.start <= verdict.claim.start < one.end)
        before = len(words(text[span.start : verdict.claim.start]))
        copied = copied_share(words(text[span.slice]), before, before + len(words(text[verdict.claim.slice])), grams)
        links = (3 * verdict.score - copied) / 2
        yield Graded(verdict.claim.start, verdict.score, links, verdict.label == "supported")


def qags(checks: Sequence[Support], path: Path, side: str) -> Iterator[tuple[int, list[Found], list[Summary]]]:
    """The claims and summaries of QAGS; one article after the other, so that each is encoded once for all checks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for article, (example, line) in enumerate(zip(Qags(path=path), lines, strict=True)):
        if half(example.document) != side:
            continue
        answers = example.candidates[0].metadata["ratings"][DIMENSION]
        factual = [sum(one) / len(one) for one in answers]
        human = float(np.mean([share > 0.5 for share in factual]))
        for number, check in enumerate(checks):
            (score,) = check.score([Pair(example, example.candidates[0])])
            claims = list(claim_links(score, example.document, example.candidates[0].text))
            found, place = [], 0
            for index, sentence in enumerate(json.loads(line)["summary_sentences"]):
                end = place + len(sentence["sentence"].strip()) + 1
                mine = [claim for claim in claims if place <= claim.start < end]
                found += [Found("qags", article, index, graded, factual[index]) for graded in mine]
                place = end
            yield number, found, [summary(article, score, human)]


def summary(article: int, score: Score, human: float) -> Summary:
    """A summary's value, with and without the copied share."""
    support, copied = (score.values.get(name, np.nan) for name in ("support", "copied"))
    return Summary(article, support, (3 * support - copied) / 2, human)


def summeval(checks: Sequence[Support], path: Path, side: str) -> Iterator[tuple[int, list[Found], list[Summary]]]:
    """The claims and summaries of SummEval, and its articles' own sentences."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if half(row["document"]) == side]
    for article, row in enumerate(rows):
        for number, check in enumerate(checks):
            yield number, *rated(check, article, row)
            yield number, list(own_sentences(check, article, row["document"], rows[article - 1]["document"])), []


def rated(check: Support, article: int, row: Mapping[str, Any]) -> tuple[list[Found], list[Summary]]:
    """The summaries of an article, and the claims of the fully consistent ones."""
    found, summaries = [], []
    document = row["document"]
    for system in row["summaries"].values():
        text, human = system["text"], system["human"]["consistency"]
        (score,) = check.score([pair(document, text)])
        summaries.append(summary(article, score, human))
        for graded in claim_links(score, document, text) if human == 5 else ():
            span = next(one for one in sentence_spans(text) if one.start <= graded.start < one.end)
            kind = "copied" if triples(text[span.slice], document) >= EXTRACTIVE else "restated"
            found.append(Found(kind, article, span.start, graded))
    return found, summaries


def own_sentences(check: Support, article: int, document: str, other: str) -> Iterator[Found]:
    """An article's sentences against the article without them, and against another article."""
    spans = [span for span in sentence_spans(document) if content(document[span.slice]) >= LEAST_CONTENT]
    for span in spans[:: -(-len(spans) // HELD_OUT)]:
        sentence = document[span.slice]
        rest = document[: span.start] + document[span.end :]
        if triples(sentence, rest) > EXTRACTIVE:
            continue
        for kind, against in (("held out", rest), ("foreign", other)):
            (score,) = check.score([pair(against, sentence)])
            for graded in claim_links(score, against, sentence):
                yield Found(kind, article, span.start, graded)


def content(sentence: str) -> int:
    """How many content words a sentence has."""
    return sum(map(is_content, words(sentence)))


def weights(found: Sequence[Found]) -> np.ndarray:
    """Each article counts once."""
    counts = Counter(one.article for one in found)
    return np.array([1 / counts[one.article] for one in found]) / max(1, len(counts))


def interval(of: Sequence[Summary], part: str) -> tuple[float, float, float]:
    """Pearson's r and its bootstrap interval over articles (QAGS has one summary an article)."""
    x, y = np.array([getattr(one, part) for one in of]), np.array([one.human for one in of])
    draws = np.random.default_rng(0).integers(0, len(x), (RESAMPLES, len(x)))
    low, high = np.nanquantile(pearson(x[draws], y[draws]), [0.025, 0.975])
    return float(pearson(x, y)), float(low), float(high)


def by_article(of: Sequence[Summary], part: str) -> float:
    """Spearman's rho within each article, then the mean."""
    groups: dict[int, list[Summary]] = {}
    for one in of:
        groups.setdefault(one.article, []).append(one)
    rhos = [
        float(spearman(np.array([getattr(one, part) for one in group]), np.array([one.human for one in group])))
        for group in groups.values()
    ]
    return float(np.nanmean(rhos))


def sentence_area(found: Sequence[Found], part: str) -> float:
    """AUC of QAGS's sentences, each the mean of its claims; an even split is no majority and left out."""
    groups: dict[tuple[int, int], list[Found]] = {}
    for one in found:
        groups.setdefault((one.article, one.sentence), []).append(one)
    kept = [group for group in groups.values() if group[0].label != 0.5]
    means = np.array([np.mean([getattr(one.graded, part) for one in group]) for group in kept])
    return float(roc_auc(means, np.array([float(group[0].label > 0.5) for group in kept])))


def report(name: str, claims: Sequence[Found], judged: Sequence[Summary], rated: Sequence[Summary]) -> None:
    """Print the figures of one set of options."""
    kinds = {kind: [one for one in claims if one.kind == kind] for kind in KINDS}
    for part, title in (("score", name), ("links", f"{name}, links alone")):
        r, low, high = interval(judged, part)
        print(
            f"{title:28s} QAGS-CNN {r:.3f} [{low:.3f}, {high:.3f}], sentences' AUC "
            f"{sentence_area(kinds['qags'], part):.3f}; SummEval {by_article(rated, part):.3f}"
        )
    above = {
        kind: float(weights(kinds[kind]) @ np.array([one.graded.supported for one in kinds[kind]])) for kind in KINDS
    }
    print(
        f"{'':28s} restatements kept {above['restated']:.3f} of {len(kinds['restated'])}, held-out flagged "
        f"{1 - above['held out']:.3f} of {len(kinds['held out'])}, balanced "
        f"{(1 + above['restated'] - above['held out']) / 2:.3f}; foreign flagged {1 - above['foreign']:.3f} of "
        f"{len(kinds['foreign'])}; copies flagged {1 - above['copied']:.4f} of {len(kinds['copied'])}",
        flush=True,
    )


def main() -> None:
    """Print the figures of one half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("half", choices=("even", "odd"))
    parser.add_argument("--try", action="append", default=[], dest="tried", metavar="OPTION=VALUE")
    options = parser.parse_args()
    encoder = minilm()
    settings = {"as it is": {}, **{tried: dict([tried.split("=")]) for tried in options.tried}}
    checks = [
        Support(encoder=encoder, **{key: ast.literal_eval(value) for key, value in setting.items()})
        for setting in settings.values()
    ]
    claims: list[list[Found]] = [[] for _ in checks]
    judged: list[list[Summary]] = [[] for _ in checks]
    rates: list[list[Summary]] = [[] for _ in checks]
    for read, path, summaries in ((qags, "qags_cnn_original.jsonl", judged), (summeval, "summeval.jsonl", rates)):
        for number, found, values in read(checks, JUDGEMENTS / path, options.half):
            claims[number] += found
            summaries[number] += values
    for number, name in enumerate(settings):
        report(name, claims[number], judged[number], rates[number])


if __name__ == "__main__":
    main()
