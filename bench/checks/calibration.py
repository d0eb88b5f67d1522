"""From what the checks say of a claim to the probability that people call it supported: weights in a JSON file.

``benchmarks/calibration.py`` writes the one that ships, ``sumbench calibrate`` one for a user's own labels.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from bench.errors import InputError
from bench.types import Label, Verdict

CALIBRATION = Path(__file__).parents[1] / "data" / "calibration.json"
FLAGS: tuple[Label, ...] = ("contradicted", "unsupported")
"""The labels that count against a claim, the graver one first."""
RULED: tuple[Label, ...] = (*FLAGS, "supported")
"""What rules say, the gravest first: features of a claim, each 1 where it is the gravest label of the rules."""
_EDGE = 0.005
"""Grades are taken for no nearer to 0 and to 1: a model's certainty has an end."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over a claim's features."""

    intercept: float
    features: Mapping[str, float]
    """Feature → weight: of ``RULED``, or the name of a check that grades, whose feature is its score's log-odds."""

    @property
    def graders(self) -> tuple[str, ...]:
        """The checks whose scores are read."""
        return tuple(name for name in self.features if name not in RULED)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights for the graders that a run has, with the threshold and on what they were fitted."""

    weights: Weights
    threshold: float
    """Less probable claims are flagged."""
    recipes: Mapping[str, str]
    """Grader → its signature at the fit."""
    about: Mapping[str, str]
    """For a reader: to what it was fitted, and how well it agrees with people."""

    def probability(self, scores: Mapping[str, float], label: Label) -> float:
        """Probability (0 to 1) that people call a claim with these grades, and this label, supported.

        >>> even = Calibration(Weights(0.0, {"support": 2.0, "contradicted": -1.0}), 0.5, {}, {})
        >>> [round(even.probability({"support": 0.5}, label), 3) for label in ("supported", "contradicted")]
        [0.5, 0.269]
        """
        found = features(scores, label)
        odds = self.weights.intercept + sum(found[name] * weight for name, weight in self.weights.features.items())
        return 1 / (1 + math.exp(-odds))


def features(scores: Mapping[str, float], label: Label) -> Mapping[str, float]:
    """The features of a claim: each grade's log-odds, and a 1 for the rules' label."""
    odds = {name: log_odds(score) for name, score in scores.items()}
    return {**odds, **{name: float(label == name) for name in RULED}}


def log_odds(score: float) -> float:
    """The log-odds of a score from 0 to 1, its ends cut off."""
    inside = min(max(score, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def grades(said: Mapping[str, Verdict], graders: Sequence[str]) -> Mapping[str, float] | None:
    """The graders' scores of a claim; ``None`` where one of them has none."""
    found = {name: said[name].score for name in graders if name in said}
    known = {name: score for name, score in found.items() if score is not None}
    return known if len(known) == len(graders) else None


def read_calibrations(path: Path) -> tuple[list[Calibration], str]:
    """The calibrations of a file, those with most graders first, and the file's hash; InputError for a wrong one."""
    try:
        text = path.read_bytes()
        found = [
            Calibration(
                Weights(
                    float(one["weights"]["intercept"]), {k: float(v) for k, v in one["weights"]["features"].items()}
                ),
                float(one["threshold"]),
                {str(name): str(recipe) for name, recipe in one["recipes"].items()},
                {str(name): str(said) for name, said in one["about"].items()},
            )
            for one in json.loads(text)["calibrations"]
        ]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}: no calibration to read") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path} is no calibration ({type(error).__name__}: {error}): sumbench calibrate writes them"
        ) from None
    numbers = [n for one in found for n in (one.threshold, one.weights.intercept, *one.weights.features.values())]
    if not found or not all(map(math.isfinite, numbers)):
        raise InputError(f"{path} has no calibration, or a weight that is no finite number")
    return sorted(found, key=lambda one: -len(one.weights.graders)), sha256(text).hexdigest()[:12]


def calibrations_json(found: Sequence[Calibration]) -> str:
    """What a file of calibrations holds."""
    return json.dumps({"calibrations": [asdict(one) for one in found]}, indent=2, ensure_ascii=False) + "\n"
