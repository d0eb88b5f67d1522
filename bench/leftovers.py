"""What a generator left in its texts: special tokens, marks for line breaks, invisible characters.

They are no words, but scorers count them as words or break words at them. A run tells which stand where; with
``clean`` it takes them out before anything is scored, which every signature then says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bench.scorer import signature
from bench.types import Dataset, Example, Pair

_LEFTOVER_RULES = "leftovers-1"
"""Version of the rules below; belongs into the signature of every number of cleaned texts."""

_BLANKS = r"[^\S\n]*"
_TOKENS = (
    r"</?s>|(?i:<(?:pad|unk|eos|bos|sep|cls|mask|start_of_turn|end_of_turn|extra_id_\d+)>)"
    r"|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS)\]|\[/?INST\]|<</?SYS>>|<[|｜][^<>|｜\s]{1,40}[|｜]>"
)
# A backslash and an n: no path (C:\new) and no formula (\nabla), so a small letter follows only after a full stop
# or a new line.
_BREAKS = r"<[nq]>|<S_SEP>|(?<!\\)(?<!\b[A-Za-z]:)\\(?:r\\)?n(?![a-z])|(?<=[.!?\"'”’)\]\n])\\(?:r\\)?n"
# A zero-width space parts words in Thai, Lao, Burmese and Khmer; joiners and directions have their work outside of
# Latin words, and no work inside of them.
_PARTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_INVISIBLE = (
    rf"[\u00ad\u180e\u2060\ufeff]|(?<![{_PARTED}])\u200b(?![{_PARTED}])"
    r"|(?<=[A-Za-z0-9])[\u200c-\u200f\u202a-\u202e\u2066-\u2069](?=[A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of leftover."""

    name: str
    pattern: re.Pattern[str]
    taken: re.Pattern[str]
    """What is taken out: leftovers in a row, and the blanks behind them."""
    instead: str
    """What stands there then."""

    def take_out(self, text: str) -> str:
        """The text without this kind; no second blank is put beside one."""
        return self.taken.sub(lambda found: "" if self.instead == " " and _open(found) else self.instead, text)


def _open(found: re.Match[str]) -> bool:
    return found.start() == 0 or found.string[found.start() - 1].isspace()


KINDS = (
    Kind("special tokens", re.compile(_TOKENS), re.compile(f"(?:(?:{_TOKENS}){_BLANKS})+"), " "),
    Kind("marks for line breaks", re.compile(_BREAKS), re.compile(f"(?:{_BREAKS}){_BLANKS}"), "\n"),
    Kind("invisible characters", re.compile(_INVISIBLE), re.compile(_INVISIBLE), ""),
)


def clean(text: str) -> str:
    r"""The text without leftovers; one without any comes back as it is, to the last blank.

    >>> clean("<pad> Talks ended.<n>Taxes rise.</s>"), clean("bud\u00adget"), clean(r"It fell.\nIt rose. C:\new")
    ('Talks ended.\nTaxes rise.', 'budget', 'It fell.\nIt rose. C:\\new')
    """
    found = text
    # What is taken out may join what stood around it to another one.
    while any(kind.pattern.search(found) for kind in KINDS):
        for kind in KINDS:
            found = kind.take_out(found)
    return text if found == text else found.strip()


def clean_example(example: Example) -> Example:
    """The example with clean texts: document, references and candidates."""
    return replace(
        example,
        document=clean(example.document),
        references=tuple(map(clean, example.references)),
        candidates=tuple(replace(one, text=clean(one.text)) for one in example.candidates),
    )


def clean_pair(pair: Pair) -> Pair:
    """The pair with a clean candidate: systems may write leftovers too."""
    return replace(pair, candidate=replace(pair.candidate, text=clean(pair.candidate.text)))


def recipe(of_scorer: str, cleaned: bool) -> str:
    """A scorer's signature with what was done to the texts before it saw them.

    >>> recipe("rouge|version:1", True)
    'rouge|version:1|clean:leftovers-1'
    """
    return signature(of_scorer, clean=_LEFTOVER_RULES) if cleaned else of_scorer


@dataclass(frozen=True, slots=True)
class Cleaned(Dataset):
    """A dataset whose texts are cleaned as they are read."""

    dataset: Dataset

    def __iter__(self) -> Iterator[Example]:
        return map(clean_example, self.dataset)

    def warnings(self) -> Sequence[str]:
        """The dataset's own."""
        return self.dataset.warnings()


@dataclass(slots=True)
class _Found:
    """Where one kind of leftover stands."""

    first: str = ""
    places: dict[str, list[str]] = field(default_factory=dict)
    """Which texts → where each one is from."""


def tell(examples: Sequence[Example], pairs: Iterable[Pair], *, cleaned: bool) -> Iterator[str]:
    """A line for each kind of leftover in the texts as they were given: which, in how many, where first."""
    found: dict[str, _Found] = {}
    for which, place, text in _texts(examples, pairs):
        for kind in KINDS:
            if match := kind.pattern.search(text):
                one = found.setdefault(kind.name, _Found())
                one.first = one.first or _shown(match.group())
                one.places.setdefault(which, []).append(place)
    for kind in KINDS:
        if kind.name in found:
            one = found[kind.name]
            counts = ", ".join(
                f"{len(places)} {which}{'s' * (len(places) > 1)} (first: {places[0]})"
                for which, places in one.places.items()
            )
            done = "were taken out" if cleaned else "are scored as they stand; clean=true takes them out"
            yield f"{kind.name} such as {one.first} in {counts}: they {done}"


def _texts(examples: Sequence[Example], pairs: Iterable[Pair]) -> Iterator[tuple[str, str, str]]:
    scored = {(pair.example.id, pair.candidate.system): pair.candidate.text for pair in pairs}
    for example in examples:
        # As the dataset gave them: those of the pairs may be clean already.
        given = {(example.id, one.system): one.text for one in example.candidates}
        scored |= {place: text for place, text in given.items() if place in scored}
    for (id_, system), text in scored.items():
        yield "candidate", f"{id_}/{system}", text
    for example in examples:
        for reference in example.references:
            yield "reference", example.id, reference
        yield "document", example.id, example.document


def _shown(found: str) -> str:
    """A leftover for a reader: invisible characters by their names."""
    if found.isascii() or not all(unicodedata.category(char) == "Cf" for char in found):
        return f"“{found}”"
    return " ".join(f"U+{ord(char):04X} ({unicodedata.name(char, 'unnamed').lower()})" for char in found)
