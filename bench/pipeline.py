"""The whole flow of a run as one readable function: read, summarize, score, aggregate, write."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from pathlib import Path
from typing import Any

from bench import provenance, record
from bench.aggregate import aggregate, count_claims, count_statuses
from bench.errors import InputError
from bench.files import told, write_atomically
from bench.journal import Journal, cell_key, refuse_foreign
from bench.leftovers import clean_example, clean_pair, recipe, tell
from bench.notices import gather_warnings
from bench.record import RunRecord, ScorerRecord
from bench.runs import point_to
from bench.scorer import Scorer
from bench.scoring import score_pairs
from bench.types import Candidate, Dataset, Example, Pair, Role, Score, System

_CHUNK = 64
"""Pairs scored between two writes of the journal; all systems of an example stay together."""


Progress = Callable[[int, int], None]
"""Called with the number of finished cells and the number of all."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a run needs, as plain Python values."""

    dataset: Dataset
    systems: Sequence[System]
    metrics: Sequence[Scorer]
    checks: Sequence[Scorer]
    run_dir: Path | None = None
    """Where the run's files go; ``None``: a new folder under ``results_dir/runs``."""
    results_dir: Path = Path("results")
    limit: int | None = None
    """Only the first so many examples."""
    seed: int = 0
    confidence: float = 0.95
    resamples: int = 10_000
    store_texts: bool = True
    clean: bool = False
    """Whether leftovers of generation are taken out of all texts first."""
    config: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()


class Interrupted(KeyboardInterrupt):
    """The user stopped the run; what was computed is in the folder."""

    def __init__(self, folder: Path, done: int, total: int) -> None:
        super().__init__(f"stopped after {done} of {total} cells")
        self.folder, self.done, self.total = folder, done, total


def silent(done: int, total: int) -> None:
    """No progress shown."""


def run(job: Job, progress: Progress = silent) -> Path:
    """Run a job to its end and return the folder that holds its files.

    A folder that holds the journal of an unfinished run is taken up where it stopped: cells with
    the same recipe and texts are not computed again. From the first file to the last no other
    process writes there. Raises InputError for bad input and for what the disk refuses, and
    Interrupted when the user stops it; what was computed is kept in both cases.
    """
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    clock = provenance.Stopwatch()
    scorers = [*job.metrics, *job.checks]
    _refuse_duplicates(scorers)
    ordered = in_order(scorers)
    if job.run_dir:  # asked again when the folder is taken; here nobody has waited for models yet
        with told(f"run_dir={job.run_dir}: can't write there"):
            refuse_foreign(job.run_dir)
    with clock.stage("read"):
        given = read_examples(job.dataset, job.limit)
        examples = [clean_example(example) for example in given] if job.clean else given
    with clock.stage("summarize"):
        pairs, missing, roles = summarize(examples, job.systems)
        told_leftovers = tuple(tell(given, pairs, cleaned=job.clean))
        pairs = [clean_pair(pair) for pair in pairs] if job.clean else pairs
    with clock.stage("prepare"):
        for scorer in scorers:
            scorer.prepare(pairs)
        named = {scorer.name: scorer for scorer in scorers}
        for scorer in scorers:
            scorer.attach({name: named[name] for name in scorer.needs if name in named})
        signatures = {scorer.name: recipe(scorer.signature(), job.clean) for scorer in scorers}
    folder = job.run_dir or job.results_dir / "runs" / run_id
    with Journal(folder) as journal, _stoppable(folder, progress) as counted:
        write(
            folder, {record.CONFIG_FILE: [record.page(job.config)], record.OVERRIDES_FILE: [record.page(job.overrides)]}
        )
        with clock.stage("score"):
            scores = score_all(pairs, ordered, signatures, journal, counted)
        scores += [_no_candidate(*cell, scorer.name) for cell in missing for scorer in scorers]
        scores.sort(key=lambda score: (score.example_id, score.system, score.scorer))
        systems = sorted(roles, key=lambda system: (_ROLE_ORDER[roles[system]], system))
        readers = _how_to_read(job)
        with clock.stage("aggregate"):
            aggregates = aggregate(
                scores,
                systems=systems,
                scorers=readers,
                # Sorted: the intervals must not depend on the order of the dataset.
                documents={e.id: e.document for e in sorted(examples, key=lambda example: example.id)},
                resamples=job.resamples,
                confidence=job.confidence,
                seed=job.seed,
            )
            checks, combined = (
                [name for name, reader in readers.items() if reader.kind == kind] for kind in ("check", "combination")
            )
            claims = count_claims(scores, systems, checks, combined)
        with clock.stage("write"):
            files = write(
                folder,
                {
                    record.INPUTS_FILE: _input_lines(examples, pairs, texts=job.store_texts),
                    record.SCORES_FILE: (record.line(score) + "\n" for score in scores),
                },
            )
        finished = RunRecord(
            run_id=run_id,
            status="finished",
            examples=len(examples),
            config=job.config,
            overrides=job.overrides,
            provenance=record.to_json(
                provenance.Provenance(
                    **provenance.git_state(Path.cwd()),
                    packages=provenance.package_versions(),
                    machine=provenance.machine(),
                    data_hash=data_hash(pairs),
                    scorers={scorer.name: dict(scorer.details()) for scorer in scorers},
                    seed=job.seed,
                    started=started.isoformat(timespec="microseconds"),
                    finished=datetime.now(UTC).isoformat(timespec="seconds"),
                    seconds=clock.seconds,
                    cells_resumed=journal.reused,
                )
            ),
            signatures=signatures,
            scorers=readers,
            systems={system: roles[system] for system in systems},
            counts=count_statuses(scores, signatures),
            aggregates=aggregates,
            claims=claims,
            warnings=(
                *journal.warnings(),
                *told_leftovers,
                *gather_warnings(
                    job.limit, (job.dataset, *job.systems), scores, job.metrics, job.checks, pairs, missing
                ),
                *_leave_pointer(folder, run_id, job.results_dir),
            ),
            files=files,
        )
        # The record comes last: a folder with a run.json is a finished run.
        write(folder, {record.RUN_FILE: [record.page(finished)]})
        journal.remove()
    return folder


@contextmanager
def _stoppable(folder: Path, progress: Progress) -> Iterator[Progress]:
    """Interrupted, with the number of cells done, when the user stops what happens inside."""
    last = (0, 0)

    def counted(done: int, total: int) -> None:
        nonlocal last
        last = done, total
        progress(done, total)

    try:
        yield counted
    except KeyboardInterrupt:
        raise Interrupted(folder, *last) from None


def write(folder: Path, contents: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Write files of a run, each in one step; returns the SHA-256 of each."""
    with told(f"run_dir={folder}: can't write there"):
        return {name: write_atomically(folder / name, lines) for name, lines in contents.items()}


def _leave_pointer(folder: Path, run_id: str, results_dir: Path) -> Iterator[str]:
    """Let ``LATEST`` and ``history`` find a run with a ``run_dir``; where that can't be, a warning is enough."""
    try:
        point_to(folder, run_id, results_dir)
    except OSError as error:
        yield f"{results_dir / 'runs'}: can't write there: {error.strerror}; LATEST and history won't know this run"


_ROLE_ORDER: Mapping[Role, int] = {"candidate": 0, "floor": 1, "ceiling": 2}


def read_examples(dataset: Dataset, limit: int | None) -> list[Example]:
    """The dataset's first ``limit`` examples (all with ``None``); InputError for none or a repeated id."""
    if limit is not None and limit < 1:
        raise InputError(f"limit={limit}: it must be 1 or more, or null for all examples")
    examples = list(islice(dataset, limit))
    if not examples:
        raise InputError("the dataset holds no examples")
    seen: set[str] = set()
    for example in examples:
        if example.id in seen:
            raise InputError(f"the dataset holds two examples with the id {example.id!r}")
        seen.add(example.id)
    return examples


def summarize(
    examples: Sequence[Example], systems: Iterable[System]
) -> tuple[list[Pair], list[tuple[str, str]], dict[str, Role]]:
    """All candidates beside their examples, the (example, system) cells that lack one, and each system's role."""
    roles: dict[str, Role] = {}
    owners: dict[str, System] = {}
    pairs: list[Pair] = []
    present: set[tuple[str, str]] = set()
    summarizers = list(systems)
    for system in summarizers:
        system.check(examples)
    for example in examples:
        for system in summarizers:
            for candidate in system.summarize(example):
                name = candidate.system
                if owners.setdefault(name, system) is not system or (example.id, name) in present:
                    raise InputError(f"two summaries by a system called {name!r} for example {example.id!r}")
                roles[name] = system.role
                present.add((example.id, name))
                pairs.append(Pair(example, candidate))
    if not pairs:
        raise InputError("there is no candidate to score: the dataset carries none and no system writes one")
    missing = [(example.id, name) for example in examples for name in roles if (example.id, name) not in present]
    return pairs, missing, roles


def _how_to_read(job: Job) -> dict[str, ScorerRecord]:
    """What a reader of the record has to know of each scorer."""
    return {
        scorer.name: ScorerRecord(
            kind="metric" if scorer in job.metrics else "combination" if scorer.needs else "check",
            headline=tuple(scorer.headline) or tuple(scorer.higher_is_better),
            higher_is_better=dict(scorer.higher_is_better),
        )
        for scorer in (*job.metrics, *job.checks)
    }


def data_hash(pairs: Sequence[Pair]) -> str:
    """Hash of all documents, references and candidates, in whatever order they came."""
    return record.text_hash(
        *sorted(record.example_hash(pair.example) + record.text_hash(pair.candidate.text) for pair in pairs)
    )


def _input_lines(examples: Sequence[Example], pairs: Sequence[Pair], *, texts: bool) -> Iterator[str]:
    """The lines of ``inputs.jsonl``: what the spans of the scores point into."""
    candidates: dict[str, list[Candidate]] = {example.id: [] for example in examples}
    for pair in pairs:
        candidates[pair.example.id].append(pair.candidate)
    for example in sorted(examples, key=lambda example: example.id):
        yield record.line(record.input_to_json(example, candidates[example.id], texts=texts)) + "\n"


def score_all(
    pairs: Sequence[Pair],
    scorers: Sequence[Scorer],
    signatures: Mapping[str, str],
    journal: Journal,
    progress: Progress,
) -> list[Score]:
    """Every (pair, scorer) cell, from the journal or computed now; the scorers come after those that they need."""
    total, scores = len(pairs) * len(scorers), []
    progress(0, total)
    for chunk in chunks(pairs):
        known: list[dict[str, Score]] = [{} for _ in chunk]
        for scorer in scorers:
            failures: list[str] = []
            if scorer.needs:
                # Not for the journal: it costs nothing, and rests on scores that may be tried again.
                found = score_pairs(scorer, chunk, failures.append, known)
                journal.log(failures)
                scores += _noted(found, scorer, known)
                progress(len(scores), total)
                continue
            keys = [cell_key(scorer, signatures[scorer.name], pair) for pair in chunk]
            kept = [journal.find(key, scorer, pair) for key, pair in zip(keys, chunk, strict=True)]
            new = [(key, pair) for key, pair, old in zip(keys, chunk, kept, strict=True) if old is None]
            journal.reused += len(chunk) - len(new)
            fresh = score_pairs(scorer, [pair for _, pair in new], failures.append)
            journal.log(failures)
            journal.append(zip((key for key, _ in new), fresh, strict=True))
            scores += _noted([journal.cells[key] for key in keys], scorer, known)
            progress(len(scores), total)
    return scores


def _noted(found: list[Score], scorer: Scorer, known: Sequence[dict[str, Score]]) -> list[Score]:
    """The Scores, taken down for those that rest on them."""
    for mine, score in zip(known, found, strict=True):
        mine[scorer.name] = score
    return found


def in_order(scorers: Sequence[Scorer]) -> list[Scorer]:
    """The scorers, each after those that it needs; InputError for one that isn't there, or a circle of needs."""
    named = {scorer.name: scorer for scorer in scorers}
    for scorer in scorers:
        if scorer.needs_all and (gone := [name for name in scorer.needs if name not in named]):
            raise InputError(f"{scorer.name} needs {', '.join(gone)}, which this run doesn't have")
    graph = {scorer.name: [name for name in scorer.needs if name in named] for scorer in scorers}
    try:
        return [named[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise InputError(f"scorers that need one another: {' → '.join(error.args[1])}") from None


def chunks(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Runs of pairs that are scored together; the pairs of one example are never torn apart."""
    chunk: list[Pair] = []
    for pair in pairs:
        if len(chunk) >= _CHUNK and pair.example.id != chunk[-1].example.id:
            yield chunk
            chunk = []
        chunk.append(pair)
    if chunk:
        yield chunk


def _refuse_duplicates(scorers: Sequence[Scorer]) -> None:
    names = [scorer.name for scorer in scorers]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two metrics or checks are called {name!r}; give one of them another name=…")


def _no_candidate(example_id: str, system: str, scorer: str) -> Score:
    return Score(
        example_id=example_id,
        system=system,
        scorer=scorer,
        status="undefined",
        error=f"{system} has no candidate for this example",
    )
