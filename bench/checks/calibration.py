"""From what the checks say of a claim to the probability that people call it supported: weights in a JSON file.

``benchmarks/calibration.py`` writes the one that ships, ``sumbench calibrate`` one for a user's own labels.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from bench.errors import InputError
from bench.typed_json import from_line
from bench.types import Label, Share, Verdict

CALIBRATION = Path(__file__).parents[1] / "data" / "calibration.json"
FLAGS: tuple[Label, ...] = ("contradicted", "unsupported")
"""The labels that count against a claim, the graver one first."""
RULED: tuple[Label, ...] = (*FLAGS, "supported")
"""What rules say, the gravest first: features of a claim, each 1 where it is the gravest label of the rules."""
_EDGE = 0.005
"""Grades are taken for no nearer to 0 and to 1: a model's certainty has an end."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over a claim's features, with the threshold and on what both were fitted."""

    intercept: float
    weights: Mapping[str, float]
    """Feature → weight: of ``RULED``, or the name of a check that grades, whose feature is its score's log-odds."""
    threshold: Share
    """Less probable claims are flagged."""
    recipes: Mapping[str, str]
    """Grader → its signature at the fit."""
    rules: tuple[str, ...]
    """The other checks whose labels it was fitted with."""
    about: Mapping[str, str]
    """For a reader: to what it was fitted."""

    @property
    def graders(self) -> tuple[str, ...]:
        """The checks whose scores are read."""
        return tuple(name for name in self.weights if name not in RULED)

    def probability(self, scores: Mapping[str, float], label: Label) -> float:
        """Probability (0 to 1) that people call a claim with these grades, and this label of the rules, supported.

        >>> even = Calibration(0.0, {"support": 2.0, "contradicted": -1.0}, 0.5, {}, (), {})
        >>> [round(even.probability({"support": 0.5}, label), 3) for label in ("supported", "contradicted")]
        [0.5, 0.269]
        """
        found = features(scores, label)
        odds = self.intercept + sum(found[name] * weight for name, weight in self.weights.items())
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


def rulings(said: Mapping[str, Verdict], graders: Sequence[str]) -> list[Verdict]:
    """What the rules say of a claim; a grader rules on boilerplate alone, the rest it says by its score."""
    return [verdict for check, verdict in said.items() if check not in graders or verdict.kind == "boilerplate"]


def gravest(labels: Iterable[Label]) -> Label:
    """The gravest of several labels.

    >>> gravest(["supported", "unsupported", "unchecked"]), gravest([])
    ('unsupported', 'unchecked')
    """
    return min(labels, key=(*RULED, "unchecked").index, default="unchecked")


def read_calibration(path: Path) -> tuple[Calibration, str]:
    """The calibration of a file, and the file's hash; InputError for a wrong one."""
    try:
        text = path.read_bytes()
        found = from_line(text, Calibration)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}: no calibration to read") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no calibration ({error}): sumbench calibrate writes them") from None
    return found, sha256(text).hexdigest()[:12]


def calibration_json(found: Calibration) -> str:
    """What the file of a calibration holds."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n"
