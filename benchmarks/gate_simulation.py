"""How often the gate is wrong: false alarms between equal systems, drops that it shows, and SummEval's systems;
where the true drop is the margin, for differences of many shapes; and how often a run's intervals hold the mean.

Prints the Markdown tables of ``docs/gate.md``. ``--quick`` takes seconds and is for the tests.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import bench
from bench.aggregate import intervals
from bench.comparing.compare import compare
from bench.comparing.comparison import Gate, Margin, Outcome, worst
from bench.comparing.judge import Inference, by_inference, infer, worst_gains
from bench.comparing.snapshot import Snapshot, from_run
from bench.config.gate import compare_settings
from bench.statistics.significance import ResampledMeans, holm, resample_means

SUMMEVAL = Path(__file__).parents[1] / ".." / "shared" / "judgements" / "summeval.jsonl"
SIZES = (20, 100, 1000)
DROPS = (0.01, 0.02, 0.05)
BATCH = 20
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
) -> Iterator[list[tuple[ResampledMeans, NDArray[np.float64]]]]:
    """The gains of a second copy of a system over the first, resampled as the gate does, and the worst gains.

    Batch by batch.
    """
    rng = np.random.default_rng([seed, examples])
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        level = rng.standard_normal((examples, size, 1))
        claims = rng.integers(3, 7, (examples, size, 1))
        before, now = (noisy_copy(rng, level, claims) for _ in range(2))
        before, now = (copy[..., :values].reshape(examples, size * values) for copy in (before, now))
        gains, lost = now - before, worst_gains(before, now, np.ones(size * values))
        means = resample_means(gains, resamples=gate.resamples, seed=gate.seed)
        columns = [slice(first, first + values) for first in range(0, size * values, values)]
        yield [(part(means, mine), lost[mine]) for mine in columns]


def part(means: ResampledMeans, columns: slice) -> ResampledMeans:
    """Some of the columns."""
    parts = {name: getattr(means, name) for name in ("mean", "standard_error", "clusters", "least", "most")}
    kept = {name: array[columns] for name, array in parts.items()}
    return ResampledMeans(**kept, resampled=means.resampled[:, columns], unseen=means.unseen[:, columns],
                          beyond=means.beyond)  # fmt: skip


def overall(found: Inference, margins: NDArray[np.float64], gate: Gate) -> Outcome:
    """The gate's outcome over all values."""
    parts = zip(found.low, found.high, margins, found.p_regressed, found.p_improved, found.p_lost, strict=True)
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
        for gains, lost in batch:
            for name, margins in (("default", MARGINS), ("0", np.zeros(VALUES))):
                found = infer(gains, margins, lost, gate)
                tally.outcomes[name, overall(found, margins, gate)] += 1
                tally.detectable[name].append(float(found.detectable[0]))
                tally.plain[name] += bool((gains.mean < -margins).any())
                for drop in DROPS:
                    tally.drops[name, drop, "one"] += shown(gains, margins, drop * one, gate)
                    tally.drops[name, drop, "all"] += shown(gains, margins, drop * all_of_them, gate)
    return tally


def inject_detectable(count: int, examples: int, gate: Gate, reported: Mapping[str, float]) -> dict[str, float]:
    """Share of fresh simulations in which the drop that was reported as detectable, put into one value, is shown.

    Shown among all values: at the level of Holm's first step, which the largest drop has to meet.
    """
    found: Counter[str] = Counter()
    for batch in simulations(count, examples, gate, seed=2, values=1):
        for gains, _ in batch:
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


Draw = Callable[[np.random.Generator, int, int], NDArray[np.float64]]
"""Differences of shape (documents × examples, simulations); for so many documents and simulations."""


@dataclass(frozen=True)
class Shape:
    """Differences whose true mean is minus the margin."""

    name: str
    margin: float
    draw: Draw
    examples: int = 1
    """Examples a document."""


def clustered(rng: np.random.Generator, documents: int, count: int) -> NDArray[np.float64]:
    """Five examples a document, which share most of their skewed loss."""
    shared = np.repeat(0.05 - rng.exponential(0.05, (documents, count)), 5, axis=0)
    return np.asarray(shared + 0.03 * rng.standard_normal(shared.shape) - 0.01)


def losing(share: float, loss: float) -> Draw:
    """Most summaries stay as they are, a share of them loses so much."""
    return lambda rng, n, count: np.where(rng.random((n, count)) < share, -loss, 0.0)


SHAPES = (
    Shape("normal", 0.01, lambda rng, n, count: rng.normal(-0.01, 0.1, (n, count))),
    Shape("exponential losses", 0.01, lambda rng, n, count: 0.09 - rng.exponential(0.1, (n, count))),
    Shape("exponential gains", 0.01, lambda rng, n, count: rng.exponential(0.1, (n, count)) - 0.11),
    Shape("binary", 0.03, lambda rng, n, count: rng.choice([-1.0, 0.0, 1.0], (n, count), p=[0.05, 0.93, 0.02])),
    Shape("one in ten changed", 0.01,
          lambda rng, n, count: np.where(rng.random((n, count)) < 0.1, rng.normal(-0.1, 0.1, (n, count)), 0.0)),
    Shape("2 % lose 0.5", 0.01, losing(0.02, 0.5)),
    Shape("5 % lose 0.5", 0.025, losing(0.05, 0.5)),
    Shape("5 examples a document", 0.01, clustered, examples=5),
)  # fmt: skip
_COLUMNS = 240
"""Simulations that share one set of weights there; a multiple of the values."""
EDGES = (10, 20, 50, 100, 200, 500)
"""Documents of the tables at the margin."""


def at_the_margin(shape: Shape, documents: int, count: int, gate: Gate, values: int = 1) -> dict[str, float]:
    """Shares of simulations that are wrong where the true drop is the margin: by the gate, and by Student's t.

    With several ``values``, independent ones: how often any of them is falsely regressed.
    """
    rng = np.random.default_rng([3, documents])
    names = [str(row // shape.examples) for row in range(documents * shape.examples)]
    wrong: Counter[str] = Counter()
    for start in range(0, count * values, _COLUMNS):
        size = min(_COLUMNS, count * values - start)
        gains = resample_means(shape.draw(rng, documents, size), names, resamples=gate.resamples, seed=gate.seed)
        margins, level = np.full(size, shape.margin), gate.alpha / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.nan_to_num((gains.mean + margins) / gains.standard_error)
        student = stats.t.sf(t, documents - 1), stats.t.cdf(t, documents - 1)
        low, _ = gains.interval(1 - gate.alpha)
        lost = gains.p_above_lost(-margins - 1e-12, np.full(size, -1.0))
        regressed = gains.p_below(-margins - 1e-12)
        wrong["pass"] += int(((low >= -margins - 1e-12) & (lost <= level)).sum())
        wrong["regressed"] += sum(bool((holm(part) <= level).any()) for part in regressed.reshape(-1, values))
        wrong["t: pass"] += int((student[0] <= level).sum())
        wrong["t: regressed"] += sum(bool((holm(part) <= level).any()) for part in student[1].reshape(-1, values))
    return {name: n / (count * (values if "pass" in name else 1)) for name, n in wrong.items()}


def print_margins(count: int, sizes: tuple[int, ...], gate: Gate) -> None:
    """The tables of what is wrong where the true drop is the margin."""
    found = {(shape.name, n): at_the_margin(shape, n, count, gate) for shape in SHAPES for n in sizes}
    thirty = {n: at_the_margin(SHAPES[2], n, max(10, count // 4), gate, VALUES) for n in sizes}
    for outcome, names in (("pass", [shape.name for shape in SHAPES]), ("regressed", [s.name for s in SHAPES])):
        print(f"\nThe true drop is the margin, {count:,} simulations: falsely {outcome} (by Student's t alone):\n")
        print("| differences | " + " | ".join(f"{n} documents" for n in sizes) + " |")
        print("| --- |" + " ---: |" * len(sizes))
        rows = [(name, [found[name, n] for n in sizes]) for name in names]
        rows += [(f"{VALUES} values, exponential gains", list(thirty.values()))] if outcome == "regressed" else []
        for name, cells in rows:
            shares = [f"{percent(cell[outcome])} ({percent(cell['t: ' + outcome])})" for cell in cells]
            print(f"| {name} | " + " | ".join(shares) + " |")


SCORES: Mapping[str, tuple[float, Draw, int]] = {
    "ROUGE": (0.35, lambda rng, n, count: rng.normal(0.35, 0.1, (n, count)), 1),
    "share of 4 claims": (0.9, lambda rng, n, count: rng.binomial(4, 0.9, (n, count)) / 4, 1),
    "count": (2.0, lambda rng, n, count: rng.poisson(2.0, (n, count)).astype(np.float64), 1),
    "ROUGE, 10 examples a document": (
        0.35,
        lambda rng, n, count: (
            np.repeat(rng.normal(0.35, 0.1, (n, count)), 10, axis=0) + rng.normal(0, 0.05, (10 * n, count))
        ),
        10,
    ),
}
"""Scores of one system by name: the true mean, how they are drawn, examples a document."""


def coverage(name: str, documents: int, count: int, resamples: int) -> float:
    """How often a run's 95 % interval holds the true mean."""
    mean, draw, examples = SCORES[name]
    rng = np.random.default_rng([4, documents])
    names = [str(row // examples) for row in range(documents * examples)]
    held = 0
    for start in range(0, count, 100):
        table = draw(rng, documents, min(100, count - start))
        low, high = intervals(table, names, resamples=resamples, confidence=0.95, seed=0)
        held += int(((low <= mean) & (mean <= high)).sum())
    return held / count


def print_coverage(count: int, resamples: int) -> None:
    """The table of a run's intervals."""
    sizes = (2, 3, 5, 10, 20, 50, 100)
    print(f"\nHow often the 95 % interval of a run's table holds the true mean, {count:,} simulations:\n")
    print("| scores | " + " | ".join(f"{n} documents" for n in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for name in SCORES:
        print(f"| {name} | " + " | ".join(percent(coverage(name, n, count, resamples)) for n in sizes) + " |")


def alone(snapshot: Snapshot, system: str) -> Snapshot:
    """Only one of the systems, under the name ``model``, so that two can be compared."""
    cells = {
        (example, "model", scorer): cell for (example, name, scorer), cell in snapshot.cells.items() if name == system
    }
    texts = {(example, "model"): text for (example, name), text in snapshot.texts.items() if name == system}
    return replace(snapshot, name=system, systems={"model": "candidate"}, cells=cells, texts=texts)


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
        gate = replace(gate, resamples=10_000)
        print_simulations(40, (20, 100), gate)
        print_margins(60, (10, 20), gate)
        print_coverage(100, 1000)
    else:
        print_simulations(1000, SIZES, gate)
        print_margins(1000, EDGES, gate)
        print_coverage(2000, 10_000)
    if SUMMEVAL.exists():
        print_summeval(gate, most=4 if options.quick else None)
    else:
        print("\nSummEval: skipped, the judgements aren't beside the checkout.")


if __name__ == "__main__":
    main()
