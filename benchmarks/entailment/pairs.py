"""Premises and claims for training the shipped entailment model; ``train.py`` beside this file reads them.

``python benchmarks/entailment/pairs.py PAIRS.jsonl`` reads ``../shared/training`` and ``../shared/judgements``. A line
is one pair: ``premise``, ``claim``, ``supported`` (0 or 1), ``weight``, ``source``, and for SummEdits its ``domain``.

- ``mnli``, ``fever``, ``cg2c``: as their authors labelled them; FEVER's text is freed of its tokeniser's spaces, long
  texts are cut to a premise as the check cuts them.
- ``verbatim``: sentences of these texts, whole or shortened at a comma: what a text says, it entails.
- ``damage``: supported claims after one of the self-check's damages; the words of opposites are left out, so that the
  self-check doesn't measure the model by them.
- ``removed``: supported claims beside the rest of their text, without the two sentences that share most words.
- ``foreign``: sentences of another text.
- ``summedits``: claims of the four shared domains. A claim of a consistent summary is supported. Of an inconsistent
  one those claims aren't that no consistent summary of the document has and that hold a word which the most similar
  consistent summary lacks; where several do, each counts less.
- ``summedits-damage``: claims of the consistent ones after a damage.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from bench.checks.entail import LAYERS
from bench.checks.entailment.premise import Unit, compose, units
from bench.checks.words.content_words import ContentWords, content_words
from bench.claims import claims
from bench.language.article import article
from bench.models.encoder import minilm
from bench.perturb import additions, antonyms
from bench.perturb.damage import Perturbed
from bench.perturb.kinds import KINDS
from bench.types import Span

SHARED = Path(__file__).parents[3] / "shared"
DOMAINS = ("ectsum", "samsum", "qmsumm", "sales_email")
DAMAGES = [
    kind
    for kind in KINDS.values()
    if kind.plants and kind.name not in (antonyms.KIND, additions.QUOTE, additions.FOREIGN, additions.BOILERPLATE)
]
ENCODER = minilm(device="cpu")
WORD = re.compile(r"\w+")


@lru_cache(maxsize=400)
def read(text: str) -> tuple[Sequence[Unit], ContentWords]:
    """A text's units and content words."""
    [encoded] = ENCODER.encode([text], layers=LAYERS)
    vectors = {layer: encoded.embeddings[layer] for layer in LAYERS}
    return units(text, ENCODER.pieces), content_words(text, encoded.spans, vectors, LAYERS)


def premises(document: str, text: str, spans: Sequence[Span], budget: int) -> list[str]:
    """What the check would read each of these claims of a text beside."""
    parts, words = read(document)
    content = read(text)[1]
    found = []
    for span in spans:
        mine = content.within(span)
        chosen = compose(content.vectors[mine.start : mine.stop], words, parts, budget)
        found.append(" ".join(parts[number].text for number in chosen))
    return found


def by_words(document: str, claim: str, budget: int, draw: random.Random) -> str:
    """The same for short texts, by shared words alone: much faster."""
    parts = units(document, ENCODER.pieces)
    mine = {word for word in WORD.findall(claim.lower()) if len(word) > 2}
    order = sorted(
        range(len(parts)), key=lambda n: draw.random() / 2 - len(mine & set(WORD.findall(parts[n].text.lower())))
    )
    chosen: list[int] = []
    for number in order:
        if not chosen or sum(parts[n].size for n in [*chosen, number]) <= budget:
            chosen.append(number)
    return " ".join(parts[number].text for number in sorted(chosen))


def rejoined(text: str) -> str:
    """Tokenised text as people write it: “did n't go , he said” → “didn't go, he said”."""
    text = text.replace("``", '"').replace("''", '"').replace("-LRB-", "(").replace("-RRB-", ")").replace(" -- ", "–")
    text = re.sub(r" ([,.;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$£]) ", r"\1", text)
    return re.sub(r" (n't|'s|'re|'ve|'ll|'d|'m|')\b", r"\1", text)


def pair(
    premise: str, claim: str, supported: int, source: str, weight: float = 1.0, domain: str = ""
) -> dict[str, Any]:
    """One line."""
    return {
        "premise": premise, "claim": " ".join(claim.split()), "supported": supported, "source": source,
        "weight": weight, "domain": domain,
    }  # fmt: skip


def annotated(draw: random.Random) -> Iterator[dict[str, Any]]:
    """MNLI, FEVER and CG2C as they are."""
    for line in lines("training/mnli"):
        yield pair(line["document"], line["claim"], line["supported"], "mnli")
    for line in lines("training/fever"):
        text = rejoined(line["document"]) if draw.random() < 0.8 else line["document"]
        premise = by_words(text, line["claim"], draw.randint(60, 130), draw)
        yield pair(premise, line["claim"], line["supported"], "fever")
    for line in lines("training/cg2c_doc"):
        whole = [Span(0, len(line["claim"]))]
        for _ in range(2):
            [premise] = premises(line["document"], line["claim"], whole, draw.randint(90, 140))
            yield pair(premise, line["claim"], line["supported"], "cg2c")


def bases(draw: random.Random) -> Iterator[tuple[str, str, str]]:
    """What is damaged: a text, a claim that it supports, and its source."""
    for line in lines("training/fever"):
        text = rejoined(line["document"])
        if line["supported"] and draw.random() < 0.35:
            yield text, line["claim"], "fever"
        if draw.random() < 0.12:
            yield text, draw.choice(units(text, ENCODER.pieces)).text, "verbatim"
    texts = dict.fromkeys(line["document"] for line in lines("training/cg2c_doc"))
    for line in lines("training/cg2c_doc"):
        if line["supported"]:
            yield line["document"], line["claim"], "cg2c"
    for text in texts:
        sentences = [unit.text for unit in units(text, ENCODER.pieces) if 6 <= len(unit.text.split()) <= 45]
        for sentence in draw.sample(sentences, min(2, len(sentences))):
            yield text, shortened(sentence, draw), "verbatim"


def shortened(sentence: str, draw: random.Random) -> str:
    """The sentence, or a part of it that it entails as well: without its last part, or one between two commas."""
    if draw.random() > 0.35 or "," not in sentence:
        return sentence
    return sentence[: sentence.rindex(",")] + "." if draw.random() < 0.5 else re.sub(r",[^,]*,", " ", sentence, count=1)


def made(draw: random.Random) -> Iterator[dict[str, Any]]:
    """Verbatim sentences, damaged claims, claims without their evidence, and foreign ones."""
    found = list(bases(draw))
    others = list(dict.fromkeys(text for text, _, source in found if source == "cg2c"))[:40]
    draw.shuffle(found)
    for text, claim, source in found:
        budget = draw.randint(70, 135)
        if source == "cg2c":
            [premise] = premises(text, claim, [Span(0, len(claim))], budget)
        else:
            premise = by_words(text, claim, budget, draw)
        yield pair(premise, claim, 1, source)
        for one in damages(claim, text, draw.choice(others), 1 if source == "fever" else 2, draw):
            yield pair(premise, one.text, 0, f"damage-{one.kind}")
        if draw.random() < 0.15 and (rest := without_evidence(text, claim, budget, draw)):
            yield pair(rest, claim, 0, "removed", 0.7)
        if source == "verbatim" and draw.random() < 0.3:
            other, foreign, _ = draw.choice(found)
            if other != text:
                yield pair(by_words(text, foreign, budget, draw), foreign, 0, "foreign", 0.7)


def without_evidence(text: str, claim: str, budget: int, draw: random.Random) -> str:
    """What is left of a text without the two units that share most words with the claim; empty where too little is."""
    parts = units(text, ENCODER.pieces)
    mine = {word for word in WORD.findall(claim.lower()) if len(word) > 3}
    order = sorted(range(len(parts)), key=lambda n: -len(mine & set(WORD.findall(parts[n].text.lower()))))
    if sum(part.size for part in parts) <= 80 or len(claim.split()) < 6:
        return ""
    rest, kept, room = draw.sample(order[2:], len(order[2:])), [], budget
    for number in rest:
        if parts[number].size <= room:
            kept.append(number)
            room -= parts[number].size
    return " ".join(parts[number].text for number in sorted(kept))


def summedits(draw: random.Random) -> Iterator[dict[str, Any]]:
    """The claims of SummEdits' summaries, labelled by their summaries and these's siblings, and damaged."""
    for domain in DOMAINS:
        for line in lines(f"judgements/summedits_{domain}"):
            summaries = [(one["text"], bool(one["human"]["consistent"])) for one in line["summaries"].values()]
            good = [text for text, consistent in summaries if consistent]
            known = {plain(text[claim.span.slice]) for text in good for claim in article(text).of(claims)}
            for text, consistent in summaries:
                spans = [claim.span for claim in article(text).of(claims)]
                beside = dict(zip(spans, premises(line["document"], text, spans, draw.randint(90, 120)), strict=True))
                labels = dict.fromkeys(spans, (1, 1.0)) if consistent else blamed(text, spans, good, known)
                for span, (supported, weight) in labels.items():
                    yield pair(beside[span], text[span.slice], supported, "summedits", weight, domain)
                if consistent:
                    for span, premise in beside.items():
                        for one in damages(text[span.slice], premise, line["document"], 1, draw):
                            yield pair(premise, one.text, 0, "summedits-damage", 0.8, domain)


def damages(claim: str, text: str, other: str, most: int, draw: random.Random) -> list[Perturbed]:
    """The claim after one damage each, of kinds drawn at random; at most so many."""
    tried = (kind.perturb(claim, text, (other,), draw.randint(0, 10**6)) for kind in draw.sample(DAMAGES, len(DAMAGES)))
    return list(islice((one for one in tried if isinstance(one, Perturbed)), most))


def blamed(text: str, spans: Sequence[Span], good: Sequence[str], known: set[str]) -> Mapping[Span, tuple[int, float]]:
    """Label and weight of the claims of an inconsistent summary; none of those of which nothing can be said."""
    fresh = [span for span in spans if plain(text[span.slice]) not in known]
    if not fresh:
        return {}
    mine = plain(text).split()
    nearest = max(
        good, key=lambda one: SequenceMatcher(None, plain(one).split(), mine, autojunk=False).ratio(), default=""
    )
    theirs = set(plain(nearest).split())
    changed = [span for span in fresh if set(plain(text[span.slice]).split()) - theirs] or fresh
    weight = 1.0 if len(changed) == 1 else 0.6
    return dict.fromkeys(changed, (0, weight)) | {span: (1, 0.3) for span in spans if span not in fresh}


def plain(text: str) -> str:
    """The words alone, small."""
    return " ".join(WORD.findall(text.lower()))


@lru_cache(maxsize=8)
def lines(name: str) -> list[dict[str, Any]]:
    """The objects of a shared JSONL file."""
    return [json.loads(line) for line in (SHARED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Write all pairs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pairs", type=Path, help="the file to write")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with options.pairs.open("w", encoding="utf-8") as file:
        for part in (annotated, made, summedits):
            for one in part(draw):
                file.write(json.dumps(one, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
