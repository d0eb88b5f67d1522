"""How often the gate is wrong: false alarms between equal systems, drops that it shows, and SummEval's systems.

Prints the Markdown tables of ``docs/gate.md``. ``--quick`` takes seconds and is for the tests.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import bench
from bench.comparing.compare import compare
from bench.comparing.comparison import Gate, Margin, Outcome, worst
from bench.comparing.judge import by_inference, infer
from bench.comparing.snapshot import Snapshot, from_run
from bench.config.gate import compare_settings
from bench.statistics.significance import ResampledMeans, detectable_drop, holm, resample_means

SUMMEVAL = Path(__file__).parents[1] / ".." / "shared" / "judgements" / "summeval.jsonl"
SIZES = (20, 100, 1000)
DROPS = (0.01, 0.02, 0.05)
BATCH = 40
"""Simulations that share one set of resampling counts, as the gate's fixed seed gives them to each anyway."""

ROUGE, EMBEDDING, SHARE = 12, 8, 10
VALUES = ROUGE + EMBEDDING + SHARE
MARGINS = np.repeat([0.01, 0.005, 0.03], [ROUGE, EMBEDDING, SHARE])
"""Those of ``conf/gates/default.yaml`` for such values."""


def noisy_copy(rng: np.random.Generator, level: NDArray[np.float64], claims: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scores of one copy of a system, (examples, simulations, values): it writes each summary anew.

    ``level``: how well each example can be summarised, (examples, simulations, 1), standard normal;
    ``claims``: each summary's number of claims, (examples, simulations, 1). Within an example the
    values move together (a shared part of 70 % of the standard deviation). ROUGE: mean 0.35, standard
    deviation 0.1 between examples and 0.07 between copies; embedding similarity: a third of both;
    shares of supported claims: each claim is unsupported with a chance of 3 % on average.
    """
    examples, simulations, _ = level.shape
    luck = 0.7 * rng.standard_normal((examples, simulations, 1))
    noise = luck + np.sqrt(1 - 0.7**2) * rng.standard_normal((examples, simulations, VALUES))
    rouge = np.clip(0.35 + 0.1 * level + 0.07 * noise[..., :ROUGE], 0, 1)
    embedding = np.clip(0.85 + 0.033 * level + 0.023 * noise[..., ROUGE : ROUGE + EMBEDDING], 0, 1)
    chance = stats.norm.cdf(-2.3 - 0.7 * level - 0.5 * noise[..., ROUGE + EMBEDDING :])
    return np.concatenate([rouge, embedding, 1 - rng.binomial(claims, chance) / claims], axis=2)


def simulations(
    count: int, examples: int, gate: Gate, seed: int, values: int = VALUES
) -> Iterator[list[ResampledMeans]]:
    """The gains of a second copy of a system over the first, resampled as the gate does; batch by batch."""
    rng = np.random.default_rng([seed, examples])
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        level = rng.standard_normal((examples, size, 1))
        claims = rng.integers(3, 7, (examples, size, 1))
        before, now = (noisy_copy(rng, level, claims) for _ in range(2))
        gains = (now - before)[..., :values].reshape(examples, size * values)
        means = resample_means(gains, resamples=gate.resamples, seed=gate.seed)
        yield [part(means, slice(first, first + values)) for first in range(0, size * values, values)]


def part(means: ResampledMeans, columns: slice) -> ResampledMeans:
    """Some of the columns."""
    return ResampledMeans(
        means.mean[columns], means.standard_error[columns], means.clusters[columns], means.resampled[:, columns]
    )


def overall(gains: ResampledMeans, margins: NDArray[np.float64], gate: Gate) -> Outcome:
    """The gate's outcome over all values."""
    found = infer(gains, margins, gate)
    parts = zip(found.low, found.high, margins, found.p_regressed, found.p_improved, strict=True)
    return worst(by_inference(*map(float, numbers), gate.alpha / 2)[0] for numbers in parts)


def shown(gains: ResampledMeans, margins: NDArray[np.float64], drop: NDArray[np.float64], gate: Gate) -> bool:
    """Whether the gate shows some value as regressed after a drop of so much in each example.

    A drop moves the mean and all resamples alike, so that the threshold may be moved instead.
    """
    return bool((holm(gains.p_below(drop - margins)) <= gate.alpha / 2).any())


@dataclass
class Tally:
    """Counts over the simulations of one size."""

    outcomes: Counter[tuple[str, Outcome]]
    """(margin, overall outcome) of two equal systems."""
    plain: Counter[str]
    """By margin: alarms of the plain rule, a mean that fell by more than the margin."""
    drops: Counter[tuple[str, float, str]]
    """(margin, drop, where) to how often it was shown; where: ``one`` ROUGE value, or ``all`` of them."""
    detectable: dict[str, list[float]]
    """By margin: the smallest detectable drop of the first ROUGE value, as reported in each simulation."""


def simulate(count: int, examples: int, gate: Gate, seed: int = 1) -> Tally:
    """All simulations of one size."""
    tally = Tally(Counter(), Counter(), Counter(), {"default": [], "0": []})
    one, all_of_them = (np.arange(VALUES) < values for values in (1, ROUGE))
    for batch in simulations(count, examples, gate, seed):
        for gains in batch:
            for name, margins in (("default", MARGINS), ("0", np.zeros(VALUES))):
                tally.outcomes[name, overall(gains, margins, gate)] += 1
                tally.plain[name] += bool((gains.mean < -margins).any())
                for drop in DROPS:
                    tally.drops[name, drop, "one"] += shown(gains, margins, drop * one, gate)
                    tally.drops[name, drop, "all"] += shown(gains, margins, drop * all_of_them, gate)
                error, margin, level = float(gains.standard_error[0]), float(margins[0]), gate.alpha / 2 / VALUES
                tally.detectable[name].append(detectable_drop(error, examples, margin, level, gate.power))
    return tally


def inject_detectable(count: int, examples: int, gate: Gate, reported: Mapping[str, float]) -> dict[str, float]:
    """Share of fresh simulations in which the drop that was reported as detectable, put into one value, is shown.

    Shown among all values: at the level of Holm's first step, which the largest drop has to meet.
    """
    found: Counter[str] = Counter()
    for batch in simulations(count, examples, gate, seed=2, values=1):
        for gains in batch:
            for name, margin in (("default", MARGINS[0]), ("0", 0.0)):
                p = gains.p_below(np.array([reported[name] - margin]))[0]
                found[name] += bool(p <= gate.alpha / 2 / VALUES)
    return {name: found[name] / count for name in reported}


def percent(share: float) -> str:
    """A share as a percentage with one digit."""
    return f"{100 * share:.1f} %"


def print_simulations(count: int, sizes: tuple[int, ...], gate: Gate) -> None:
    """The tables of false alarms and of power."""
    tallies = {examples: simulate(count, examples, gate) for examples in sizes}
    print(f"Two equal systems, {VALUES} values, {count:,} simulations:\n")
    print(
        "| documents | margin | falsely regressed | plain rule: falsely regressed | pass or improved | inconclusive |"
    )
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    for examples, tally in tallies.items():
        for margin, plain in tally.plain.items():
            share = {outcome: n / count for (name, outcome), n in tally.outcomes.items() if name == margin}
            fine = share.get("pass", 0) + share.get("improved", 0)
            cells = (share.get("regressed", 0), plain / count, fine, share.get("inconclusive", 0))
            print(f"| {examples:,} | {margin} | " + " | ".join(map(percent, cells)) + " |")
    print("\nAn injected drop, share shown as regressed (in one of the values, and in all 12 ROUGE values):\n")
    print("| documents | margin | " + " | ".join(f"{100 * drop:g} points, one | all" for drop in DROPS), end="")
    print(" | detectable drop reported | it injected: shown |")
    print("| ---: | --- |" + " ---: |" * (2 * len(DROPS) + 2))
    for examples, tally in tallies.items():
        reported = {name: float(np.mean(drops)) for name, drops in tally.detectable.items()}
        agreed = inject_detectable(count, examples, gate, reported)
        for margin in tally.plain:
            cells = [percent(tally.drops[margin, drop, where] / count) for drop in DROPS for where in ("one", "all")]
            cells += [f"{100 * reported[margin]:.2f} points", percent(agreed[margin])]
            print(f"| {examples:,} | {margin} | " + " | ".join(cells) + " |")


def alone(snapshot: Snapshot, system: str) -> Snapshot:
    """Only one of the systems, under the name ``model``, so that two can be compared."""
    cells = {
        (example, "model", scorer): cell for (example, name, scorer), cell in snapshot.cells.items() if name == system
    }
    return replace(snapshot, name=system, systems={"model": "candidate"}, cells=cells)


def clear_pairs(relevance: Mapping[str, NDArray[np.float64]]) -> list[tuple[str, str]]:
    """(better, worse): pairs of systems whose human relevance differs for sure.

    By a paired t-test over the documents, Holm-corrected over all pairs, at 5 %.
    """
    pairs = list(combinations(sorted(relevance), 2))
    p_values = np.array([stats.ttest_rel(relevance[a], relevance[b]).pvalue for a, b in pairs])
    return [
        (a, b) if relevance[a].mean() > relevance[b].mean() else (b, a)
        for (a, b), p in zip(pairs, holm(p_values), strict=True)
        if p <= 0.05
    ]


def print_summeval(gate: Gate, most: int | None = None) -> None:
    """Every system of SummEval against itself, and the clear pairs against one another."""
    with tempfile.TemporaryDirectory() as folder:
        run = bench.run(
            "dataset=jsonl",
            f"dataset.path={SUMMEVAL}",
            "systems=[candidates]",
            "metrics=[rouge]",
            "metrics.rouge.references=mean",
            "checks=[]",
            f"run_dir={folder}/run",
        )
        snapshot = from_run(run.folder)
        lines = sorted(run.inputs.values(), key=lambda line: line["id"])
    relevance = {
        system: np.array([line["candidates"][system]["metadata"]["human"]["relevance"] for line in lines])
        for system in snapshot.systems
    }
    systems = {system: alone(snapshot, system) for system in list(snapshot.systems)[:most]}
    same = [compare(one, one, gate) for one in systems.values()]
    passed = sum(found.outcome == "pass" and not any(d.difference for d in found.differences) for found in same)
    print(f"\nSummEval, {len(lines)} documents: {passed} of {len(same)} systems pass against themselves.")
    pairs = [pair for pair in clear_pairs(relevance) if set(pair) <= set(systems)]
    means = {system: mean_of(one, "rougeL_f1") for system, one in systems.items()}
    agree = sum(means[better] > means[worse] for better, worse in pairs)
    print(f"Of {len(systems) * (len(systems) - 1) // 2} pairs, {len(pairs)} differ clearly in human relevance;")
    print(f"the mean of rougeL, whatever its noise, agrees in {agree}.\n")
    print("| the run is, to people | margin | regressed | improved | inconclusive | pass |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    strict = replace(gate, margins={"rouge.*_f1": Margin()})
    for name in ("worse", "better"):
        for margin, rules in (("default", gate), ("0", strict)):
            outcomes: Counter[Outcome] = Counter()
            for better, worse in pairs:
                before, now = (better, worse) if name == "worse" else (worse, better)
                outcomes[compare(systems[before], systems[now], rules).outcome] += 1
            cells = [str(outcomes[outcome]) for outcome in ("regressed", "improved", "inconclusive", "pass")]
            print(f"| {name} | {margin} | " + " | ".join(cells) + " |")


def mean_of(snapshot: Snapshot, value: str) -> float:
    """Mean of one of ROUGE's values."""
    return float(np.mean([cell.values[value] for cell in snapshot.cells.values()]))


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few simulations, small sizes: for the tests")
    options = parser.parse_args()
    gate = compare_settings(()).gate
    if options.quick:
        print_simulations(40, (20, 100), replace(gate, resamples=10_000))
    else:
        print_simulations(1000, SIZES, gate)
    if SUMMEVAL.exists():
        print_summeval(gate, most=4 if options.quick else None)
    else:
        print("\nSummEval: skipped, the judgements aren't beside the checkout.")


if __name__ == "__main__":
    main()
