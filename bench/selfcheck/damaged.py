"""A dataset whose candidates are one good summary a document, and that summary made worse in every way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from bench.errors import InputError
from bench.perturb.damage import Perturbed, Skipped
from bench.perturb.kinds import KINDS
from bench.text import sentences
from bench.types import Candidate, Dataset, Example

BASE, PREFIX = "base", "damage:"
"""Names of the systems: the good summary, and ``damage:KIND``."""
AUTO, REFERENCE, LEAD = "auto", "reference", "document-lead"
_LEAD_SENTENCES = 3


class Damaged(Dataset):
    """The examples of a dataset with the candidates ``base`` and ``damage:KIND``.

    ``base`` says which summary is taken to be good: ``reference`` (the first one; the others remain as
    references, so that it isn't compared with itself), ``document-lead`` (the document's first three
    sentences, true by construction) or a system of the dataset. ``auto`` is ``reference`` where every example
    has at least two, else ``document-lead``.

    ``Candidate.metadata`` of ``base`` has ``from`` (which base) and ``skipped`` (kind → why it can't be applied);
    that of a damaged one has ``damage``: ``kind``, ``note`` and ``changes`` as in ``bench.perturb.damage``.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        base: str = AUTO,
        kinds: Sequence[str] = tuple(KINDS),
        seed: int = 0,
        limit: int | None = None,
    ) -> None:
        self._dataset, self._base, self._kinds, self._seed, self._limit = dataset, base, tuple(kinds), seed, limit
        self._warnings: list[str] = []

    def __iter__(self) -> Iterator[Example]:
        """Every example, damaged; the whole dataset is read first, as foreign material comes from all of it."""
        examples = list(islice(self._dataset, self._limit))
        base = choose_base(examples, self._base)
        self._warnings = [*_base_notes(examples, base)]
        documents = list(dict.fromkeys(example.document for example in examples))
        skipped: Counter[tuple[str, str]] = Counter()
        for example in examples:
            others = [document for document in documents if document != example.document]
            good = _with_base(example, base)
            damaged, why = damage(good, others, self._kinds, self._seed)
            skipped.update(why.items())
            first = Candidate(example.id, BASE, good.candidates[0].text, {"from": base, "skipped": why})
            yield replace(good, candidates=(first, *damaged))
        self._warnings += [
            f"{kind}: not applied to {n} of {len(examples)}: {why}" for (kind, why), n in sorted(skipped.items())
        ]

    def warnings(self) -> Sequence[str]:
        """What the last iteration has to say: of the dataset, the base, and what couldn't be damaged."""
        return (*self._dataset.warnings(), *self._warnings)


def choose_base(examples: Sequence[Example], wanted: str) -> str:
    """What the base is for all examples; InputError for a system that some example lacks."""
    if wanted == AUTO:
        return REFERENCE if all(len(example.references) > 1 for example in examples) else LEAD
    if wanted in (REFERENCE, LEAD):
        return wanted
    for example in examples:
        systems = [candidate.system for candidate in example.candidates]
        if wanted not in systems:
            there = ", ".join(systems) or "none"
            raise InputError(
                f"base={wanted}: example {example.id!r} has no summary by that system (there: {there}); choose "
                f"one that all have, {REFERENCE}, {LEAD} or {AUTO}"
            )
    return wanted


def _base_notes(examples: Sequence[Example], base: str) -> Iterator[str]:
    """What one has to know of this base to read the table."""
    alone = sum(len(example.references) == 1 for example in examples)
    if base == REFERENCE and alone:
        yield (
            f"base: {alone} of {len(examples)} documents have one reference, which is compared with itself: every "
            "change lowers an overlap with it, so read how much, not how often"
        )
    copied = sum(example.references == (example.document,) for example in examples)
    if base == LEAD and copied:
        yield (
            f"base: {copied} of {len(examples)} documents are their own reference, of which the base is a part: "
            "every new word lowers an overlap with it"
        )


def _with_base(example: Example, base: str) -> Example:
    """The example with its good summary as the only candidate, and the references that remain."""
    references = example.references
    if base == REFERENCE:
        text, references = references[0], references[1:] or references
    elif base == LEAD:
        text = " ".join(" ".join(sentence.split()) for sentence in sentences(example.document)[:_LEAD_SENTENCES])
    else:
        text = next(candidate.text for candidate in example.candidates if candidate.system == base)
    return replace(example, references=references, candidates=(Candidate(example.id, BASE, text),))


def damage(
    example: Example, others: Sequence[str], kinds: Sequence[str], seed: int
) -> tuple[list[Candidate], Mapping[str, str]]:
    """The base made worse in each way, and why some ways don't apply."""
    base = example.candidates[0].text
    candidates, skipped = [], {}
    for kind in kinds:
        outcome = KINDS[kind].perturb(base, example.document, others, seed)
        if isinstance(outcome, Skipped):
            skipped[kind] = outcome.reason
        else:
            candidates.append(Candidate(example.id, PREFIX + kind, outcome.text, {"damage": described(outcome)}))
    return candidates, skipped


def described(outcome: Perturbed) -> dict[str, Any]:
    """A perturbation as plain values: its text is the candidate's."""
    changes = [
        {
            "before": [change.before.start, change.before.end],
            "after": [change.after.start, change.after.end],
            "was": change.was,
            "now": change.now,
        }
        for change in outcome.changes
    ]
    return {"kind": outcome.kind, "note": outcome.note, "changes": changes}
