"""How often `quotes` sees that a document's sentence is given to another speaker, and how often it cries wolf.

From each sentence of SummEval's documents in which a named person says something, the name is taken out and
that of another person of the same document put in. Rules were chosen on the choosing half of the documents.

    python benchmarks/speaker_swaps.py ../shared/judgements/summeval.jsonl
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.checks.quotes import Quotes
from bench.checks.speech.speakers import speech
from bench.perturb.draw import shuffled
from bench.perturb.entities import differ, find_names
from bench.types import Candidate, Example, Pair, Verdict

_LONGEST_NAME = 3


def swaps(document: str) -> Iterator[tuple[str, str, str]]:
    """Kind of speech, a sentence of the document, and the same with another speaker."""
    spoken = speech(document)
    people = [name for name in find_names(document) if name.type == "PERSON"]
    for index, home in enumerate(spoken.sentences):
        text = document[home.slice]
        quoted = any(quote.start < home.end and home.start < quote.end for quote in spoken.quotations)
        for said in spoken.said(index)[:1]:
            inside = [n for n in people if said.speaker.start <= n.span.start and n.span.end <= said.speaker.end]
            if not inside or not (quoted or said.reporting):
                continue
            old = inside[-1]
            size = len(old.text.split())
            others = {n.text for n in people if differ(n.text, text) and len(n.text.split()) <= _LONGEST_NAME}
            fitting = sorted(shuffled(others, 0, text), key=lambda name: abs(len(name.split()) - size))
            if fitting:
                start, end = old.span.start - home.start, old.span.end - home.start
                yield "quoted" if quoted else "indirect", text, text[:start] + fitting[0] + text[end:]


def verdicts(document: str, text: str) -> tuple[Verdict, ...]:
    """What `quotes` says of a text."""
    return Quotes().score([Pair(Example("e", document, (document,)), Candidate("e", "s", text))])[0].verdicts


def measure(documents: list[str]) -> Counter[tuple[str, str]]:
    """(kind of speech, what) → how many: swapped, caught, and untouched ones that were flagged."""
    tally: Counter[tuple[str, str]] = Counter()
    for document in documents:
        for kind, text, swapped in swaps(document):
            caught = any(v.kind == "attribution" for v in verdicts(document, swapped))
            alarm = any(v.label in ("unsupported", "contradicted") for v in verdicts(document, text))
            tally.update({(kind, "swapped"): 1, (kind, "caught"): int(caught), (kind, "false alarms"): int(alarm)})
    return tally


def main() -> None:
    """Print the table for both halves."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        documents = list(dict.fromkeys(json.loads(line)["document"] for line in lines))
    print("| half | speech | swapped | caught | false alarms on the untouched |\n| --- | --- | ---: | ---: | ---: |")
    for half, name in enumerate(("choosing", "reported")):
        mine = [d for d in documents if int(hashlib.sha256(d.encode()).hexdigest(), 16) % 2 == half]
        tally = measure(mine)
        for kind in ("quoted", "indirect"):
            counts = " | ".join(str(tally[kind, what]) for what in ("swapped", "caught", "false alarms"))
            print(f"| {name} | {kind} | {counts} |")


if __name__ == "__main__":
    main()
