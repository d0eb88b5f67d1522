"""The shipped sample: one news article and five candidates, with a gold label for every sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Literal, get_args

from bench.types import Candidate, Dataset, Example

GoldError = Literal[
    "entity",  # a person, place or organisation in the place of the article's
    "number",  # a count, amount, percentage or duration that isn't the article's
    "date",  # a day, month or year that isn't the article's
    "negation",  # "not" dropped or added
    "attribution",  # a statement or action of the article, given to somebody else
    "invented_quote",  # a quotation of which the article has no trace
    "altered_quote",  # a quotation of the article in other words
    "unsupported",  # any other claim that the article doesn't make
    "boilerplate",  # text of the site, not of the story
]
GOLD_ERRORS: tuple[str, ...] = get_args(GoldError)
"""Every kind of error in the gold labels."""


class Sample(Dataset):
    """One article on the Beijing summit of May 2024, and five candidates of the kinds that one meets.

    Everything in it was written for sumbench, quotations and experts included. The document is also
    the only reference. A paragraph is a line, with an empty line between two paragraphs.

    ``Candidate.metadata`` has ``description`` and ``gold``: one label a sentence of the candidate,
    in order, ``{"start", "end", "supported", "error", "note"}``. ``text[start:end]`` is the sentence
    (the same ones that ``bench.text.sentence_spans`` gives), ``supported`` says whether the document
    supports all of it, ``error`` is ``None`` or the first of ``GOLD_ERRORS`` that fits, and ``note``
    (or ``None``) is what the document says instead.

    >>> [example] = Sample()
    >>> [candidate.system for candidate in example.candidates]
    ['faithful', 'scraped', 'other_outlet', 'wire_rewrite', 'planted_errors']
    >>> label = example.candidates[4].metadata["gold"][1]
    >>> example.candidates[4].text[label["start"] : label["end"]]
    'The Russian leader is on a three-day state visit to China.'
    >>> label["supported"], label["error"], label["note"]
    (False, 'number', 'A two-day state visit.')
    """

    name = "sample"

    def __iter__(self) -> Iterator[Example]:
        """The one example."""
        data = json.loads(files("bench.data").joinpath("sample.json").read_text(encoding="utf-8"))
        document = "\n\n".join(data["document"])
        yield Example(
            id=data["id"],
            document=document,
            references=(document,),
            candidates=tuple(_candidate(data["id"], entry) for entry in data["candidates"]),
            metadata={key: data[key] for key in ("title", "date", "license", "notice")},
        )


def _candidate(example_id: str, entry: Mapping[str, Any]) -> Candidate:
    """Join a candidate's sentences, and turn their labels into labels of spans."""
    paragraphs, gold, end = [], [], 0
    for sentences in entry["paragraphs"]:
        for sentence in sentences:
            start, end = end, end + len(sentence["text"])
            gold.append({"start": start, "end": end, **{key: sentence[key] for key in ("supported", "error", "note")}})
            end += 1  # the space after the sentence
        end += 1  # with it, the empty line after the paragraph
        paragraphs.append(" ".join(sentence["text"] for sentence in sentences))
    metadata = {"description": entry["description"], "gold": gold}
    return Candidate(example_id=example_id, system=entry["system"], text="\n\n".join(paragraphs), metadata=metadata)
