"""What the outputs of an entailment model mean: read from its config, or as the user states it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.errors import InputError

Meaning = Literal["entailment", "neutral", "contradiction", "unsupported"]

# Without word breaks: NOT ENOUGH INFO, not_entailment, Entailed.
_WORDS: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    ("unsupported", re.compile(r"(?:not?|non|un|in)(?:entail|support|consistent|grounded)")),
    ("neutral", re.compile(r"neutral|notenoughinfo|nei$|unverifiable|unrelated")),
    ("contradiction", re.compile(r"contradict|refut")),
    ("entailment", re.compile(r"entail|support|consistent|grounded")),
)


@dataclass(frozen=True, slots=True)
class Labels:
    """Which output of a model says what: three of them, or two (supported or not)."""

    order: tuple[Meaning, ...]

    @property
    def entailment(self) -> int:
        """The output that says that the premise entails the claim."""
        return self.order.index("entailment")

    @property
    def contradiction(self) -> int | None:
        """The output that says that the premise contradicts the claim; ``None`` where the model has none."""
        return self.order.index("contradiction") if "contradiction" in self.order else None

    def __str__(self) -> str:
        return "+".join(self.order)


def meaning(label: str) -> Meaning | None:
    """What a label says, whatever its spelling; ``None`` where that isn't plain.

    >>> [meaning(label) for label in ("ENTAILMENT", "Contradict", "NOT ENOUGH INFO", "not_entailment", "LABEL_0")]
    ['entailment', 'contradiction', 'neutral', 'unsupported', None]
    """
    folded = re.sub(r"[\W_]+", "", label.lower())
    return next((name for name, words in _WORDS if words.match(folded)), None)


def read_labels(
    id2label: Mapping[int, str], stated: Sequence[str] | None, *, option: str = "labels", model: str = "the model"
) -> Labels:
    """The meaning of a model's outputs; what is ``stated`` wins over the config.

    Raises InputError when the labels aren't plain (LABEL_0 …), with the labels and how to state them.

    >>> read_labels({0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}, None).entailment
    2
    """
    shown = [str(id2label[key]) for key in sorted(id2label)]
    given = [str(label) for label in stated] if stated is not None else shown
    how = (
        f"state what they mean, in the order of the model's outputs: {option}=[contradiction,neutral,entailment] (in "
        f"the right order), or for two {option}=[unsupported,entailment]"
    )
    if len(given) != len(shown):
        raise InputError(f"{option}={given}: {model} has {len(shown)} outputs ({', '.join(shown)}); {how}")
    order = tuple(name for label in given if (name := meaning(label)) is not None)
    if len(given) == 2:
        # Of two outputs, the one that isn't entailment holds all the rest.
        order = tuple(name if name == "entailment" else "unsupported" for name in order)
    complete = (["contradiction", "entailment", "neutral"], ["entailment", "unsupported"])
    if len(order) < len(given) or sorted(order) not in complete:
        whose = f"{option}={given}" if stated is not None else f"the labels of {model} are {', '.join(shown)}"
        raise InputError(f"{whose}: not plainly entailment, neutral and contradiction, or two of them; {how}")
    return Labels(order)
