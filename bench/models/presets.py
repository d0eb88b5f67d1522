"""Well-known public entailment models by a short name: what has to be known of them to use them as published.

Facts were taken from the models' pages and configs on the Hugging Face hub and from their authors' code, in
November 2026; where a model's config says otherwise, the config's labels are used and a warning is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.models.labels import Meaning
from bench.models.weights import short_name

Recipe = Literal["summac", "minicheck"]
Layout = Literal["pair", "joined"]

_NEUTRAL_SECOND: tuple[Meaning, ...] = ("entailment", "neutral", "contradiction")


@dataclass(frozen=True, slots=True)
class Preset:
    """One public model."""

    repository: str
    """Name on the Hugging Face hub."""
    licence: str
    """As its page states it."""
    labels: tuple[Meaning, ...]
    """What its outputs mean, in their order."""
    recipe: Recipe = "summac"
    """The recipe that it was published with, or that suits it."""
    layout: Layout = "pair"
    """``pair``: premise and claim as the tokenizer's pair; ``joined``: one text, an end-of-text token between them."""
    labels_in_config: bool = True
    """Whether its config names the labels; if not, ours are used."""
    calibrated: bool = False
    """Whether its authors use a probability of 0.5 as the threshold."""


PRESETS: Mapping[str, Preset] = {
    # The three that SummaC's code calls so.
    "vitc": Preset("tals/albert-xlarge-vitaminc-mnli", "none stated", ("entailment", "contradiction", "neutral")),
    "mnli": Preset("FacebookAI/roberta-large-mnli", "MIT", ("contradiction", "neutral", "entailment")),
    "anli": Preset("ynie/roberta-large-snli_mnli_fever_anli_R1_R2_R3-nli", "MIT", _NEUTRAL_SECOND),
    "deberta-base": Preset("MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli", "MIT", _NEUTRAL_SECOND),
    "deberta-large": Preset("MoritzLaurer/DeBERTa-v3-large-mnli-fever-anli-ling-wanli", "MIT", _NEUTRAL_SECOND),
    "cross-encoder": Preset(
        "cross-encoder/nli-deberta-v3-base", "Apache-2.0", ("contradiction", "entailment", "neutral")
    ),
    "minicheck-roberta": Preset(
        "lytang/MiniCheck-RoBERTa-Large", "MIT", ("unsupported", "entailment"), "minicheck", "joined", False, True
    ),
    "minicheck-deberta": Preset(
        "lytang/MiniCheck-DeBERTa-v3-Large", "MIT", ("unsupported", "entailment"), "minicheck", "joined", False, True
    ),
}
"""Short name → model."""


def find_preset(name: str) -> Preset | None:
    """The preset for a short name, a hub name, or a folder whose last part is that of the hub name.

    >>> find_preset("~/models/MiniCheck-RoBERTa-Large").layout
    'joined'
    """
    by_last_part = {short_name(preset.repository): preset for preset in PRESETS.values()}
    return PRESETS.get(name) or by_last_part.get(short_name(name))
