"""How a premise and a claim become one input: the special tokens around them, as the tokenizer sets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.errors import InputError
from bench.models.presets import Layout

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The special tokens around a premise and a claim, and the segments (token types) if the model has them."""

    before: Ids
    between: Ids
    after: Ids
    segments: tuple[int, int] | None
    """Token type of the premise's part (its closing special token included) and of the claim's part."""

    @property
    def size(self) -> int:
        """Number of special tokens."""
        return len(self.before) + len(self.between) + len(self.after)

    def fill(self, premise: Ids, claim: Ids) -> Ids:
        """The whole input."""
        return self.before + premise + self.between + claim + self.after

    def types(self, premise: Ids, claim: Ids) -> list[int]:
        """The token type of each piece of the whole input."""
        first, second = self.segments or (0, 0)
        closing = self.between[:1]
        head = len(self.before) + len(premise) + len(closing)
        return [first] * head + [second] * (self.size + len(premise) + len(claim) - head)


def read_template(tokenizer: Any, layout: Layout, name: str) -> Template:
    """What the tokenizer puts around two texts, found out on a probe; InputError where it can't be told."""
    first = tuple(tokenizer("a", add_special_tokens=False)["input_ids"])
    second = tuple(tokenizer("b", add_special_tokens=False)["input_ids"])
    if layout == "joined":
        alone = tokenizer("a")
        between = (tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.sep_token_id,)
        start = _find(tuple(alone["input_ids"]), first)
        if start is None or between[0] is None:
            raise InputError(f"{name}: its tokenizer has no token to put between premise and claim; use layout: pair")
        full = tuple(alone["input_ids"])
        types = (0, 0) if "token_type_ids" in alone else None
        return Template(full[:start], between, full[start + len(first) :], types)
    both = tokenizer("a", "b")
    full = tuple(both["input_ids"])
    start = _find(full, first)
    then = None if start is None else _find(full[start + len(first) :], second)
    if start is None or then is None:
        raise InputError(f"{name}: its tokenizer ({type(tokenizer).__name__}) doesn't join two texts in a known way")
    middle = start + len(first)
    segments = both.get("token_type_ids")
    template = Template(
        full[:start],
        full[middle : middle + then],
        full[middle + then + len(second) :],
        None if segments is None else (segments[start], segments[middle + then]),
    )
    if segments is not None and template.types(first, second) != list(segments):
        raise InputError(f"{name}: its tokenizer ({type(tokenizer).__name__}) marks the parts of a pair in its own way")
    return template


def _find(whole: Ids, part: Ids) -> int | None:
    places = range(len(whole) - len(part) + 1)
    return next((place for place in places if whole[place : place + len(part)] == part), None)
