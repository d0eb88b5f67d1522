"""What all tests share: a tiny run without models, no network, and a look at every record that was written.

At the end of the session all JSON below pytest's temporary folder that a command writes (records, scores, inputs,
baselines, ledgers, comparisons, …) is checked against the JSON Schemas that ship with sumbench; folders and files
called ``broken…`` are left out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import random
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest
from hypothesis import settings

from bench import pipeline
from bench.pipeline import Job
from bench.report.progress import ProgressBar
from bench.scorer import Scorer, Undefined, signature
from bench.text import sentence_spans, word_spans, words
from bench.types import Candidate, Dataset, Example, Pair, Score, Seen, System, Verdict

# The same examples at each run of the tests; --hypothesis-profile=search looks for new ones.
settings.register_profile("sumbench", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("sumbench")

SCHEMAS = Path(__file__).parents[1] / "bench" / "data"
PROBLEMS = pytest.StashKey[list[str]]()

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


class Words(Scorer):
    """Number of words, and the share of them that the first reference holds."""

    name = "words"
    higher_is_better: ClassVar[Mapping[str, bool | None]] = {"count": None, "share": True}
    headline = ("share", "count")

    def __init__(self, name: str = "words", version: int = 1) -> None:
        self.name, self.version = name, version
        self.asked: list[tuple[str, str]] = []

    def signature(self) -> str:
        return signature("words", version=self.version)

    def details(self) -> Mapping[str, str]:
        return {"backend": "none"}

    def score_pair(self, pair: Pair) -> Score:
        self.asked.append((pair.example.id, pair.candidate.system))
        found = words(pair.candidate.text)
        if not found:
            raise Undefined("the candidate has no words")
        known = set(words(pair.example.references[0]))
        share = sum(word in known for word in found) / len(found)
        return self.ok(pair, {"count": len(found), "share": share}, seen=Seen(candidate=1.0, reference=1.0))


class Found(Scorer):
    """A sentence with a word that the document lacks is unsupported; with "not" it is contradicted."""

    name = "found"
    higher_is_better: ClassVar[Mapping[str, bool | None]] = {"unsupported": False}

    def signature(self) -> str:
        return signature("found", version=1)

    def score_pair(self, pair: Pair) -> Score:
        text, document = pair.candidate.text, pair.example.document
        where = {document[span.slice]: span for span in reversed(word_spans(document))}
        verdicts = []
        for claim in sentence_spans(text):
            mine = [text[claim.slice][span.slice] for span in word_spans(text[claim.slice])]
            evidence = tuple(where[word] for word in mine if word in where)
            share = len(evidence) / len(mine) if mine else None
            label = "contradicted" if "not" in mine else "supported" if share == 1.0 else "unsupported"
            verdicts.append(Verdict(claim, label, share, f"{len(evidence)} of {len(mine)} words", evidence[:3]))
        if not verdicts:
            raise Undefined("the candidate is empty")
        bad = sum(verdict.label != "supported" for verdict in verdicts)
        return self.ok(pair, {"unsupported": bad}, verdicts, Seen(candidate=1.0, document=1.0))


class Listed(Dataset):
    """Examples that a test has made."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._examples = examples

    def __iter__(self) -> Iterator[Example]:
        return iter(self._examples)


class Given(System):
    """The candidates that the dataset carries."""

    role = "candidate"

    def summarize(self, example: Example) -> Iterator[Candidate]:
        yield from example.candidates


class First(System):
    """A floor: the document's first sentence."""

    role = "floor"

    def summarize(self, example: Example) -> Iterator[Candidate]:
        spans = sentence_spans(example.document)
        yield Candidate(example.id, "first", example.document[spans[0].slice] if spans else "")


VOCABULARY = "talks ended on friday in the old town after leaders signed nine plans for trade and peace".split()


def make_examples(count: int = 4, systems: Sequence[str] = ("alpha", "beta"), seed: int = 1) -> list[Example]:
    """Documents of random words, each with one candidate a system that takes from it and adds to it."""
    rng = random.Random(seed)
    examples = []
    for index in range(count):
        document = " ".join(" ".join(rng.choices(VOCABULARY, k=8)).capitalize() + "." for _ in range(3))
        candidates = []
        for number, system in enumerate(systems):
            # The later the system, the more it adds.
            taken, added = rng.choice(document.split(". ")).rstrip("."), rng.choices(VOCABULARY, k=2 + 3 * number)
            candidates.append(Candidate(f"e{index}", system, f"{taken}. {' '.join(added).capitalize()}."))
        examples.append(Example(f"e{index}", document, (document,), tuple(candidates)))
    return examples


def make_job(run_dir: Path | None, **changes: Any) -> Job:
    """A job that takes milliseconds: four examples, two candidates and a floor, a metric and a check."""
    parts: dict[str, Any] = {
        "dataset": make_examples(),
        "systems": [Given(), First()],
        "metrics": [Words()],
        "checks": [Found()],
        "resamples": 200,
        "run_dir": run_dir,
        "results_dir": run_dir.parent / "results" if run_dir else Path("results"),
    }
    parts |= changes
    if not isinstance(parts["dataset"], Dataset):
        parts["dataset"] = Listed(parts["dataset"])
    return Job(**parts)


def unseal(folder: Path) -> None:
    """Take the sums of the other files out of a record, as in those of older versions: a test means to change them."""
    path = folder / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "files": {}}), encoding="utf-8")


@pytest.fixture(scope="session")
def benchmark() -> Callable[[str], ModuleType]:
    """Loads a script of ``benchmarks/`` by its name, a folder before it where it lies in one."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"benchmarks_{name}".replace("/", "_"), BENCHMARKS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        # Dataclasses look their module up.
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        # As where the script is called: what it shares with others lies beside it.
        sys.path.insert(0, str(BENCHMARKS))
        try:
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(BENCHMARKS))
        return module

    return load


@pytest.fixture(scope="session")
def linear() -> Callable[[Callable[[int], object], int, int], None]:
    """``linear(work, small, large)``: fails where the time of ``work(size)`` grows much faster than its size.

    Processor time, the best of three, as a ratio: on a busy machine seconds alone say nothing.
    """

    def seconds(work: Callable[[int], object], size: int) -> float:
        start = time.process_time()
        work(size)
        return time.process_time() - start

    def check(work: Callable[[int], object], small: int, large: int) -> None:
        work(small)  # loads what has to be loaded
        tries = [[seconds(work, size) for size in (small, large)]]
        while tries[-1][1] > 3 * large / small * max(tries[-1][0], 0.02):
            assert len(tries) < 3, f"{small}, {large}: {tries} seconds"
            tries.append([seconds(work, size) for size in (small, large)])

    return check


@pytest.fixture(scope="session")
def tiny() -> SimpleNamespace:
    """The pieces of a tiny run: ``job``, ``examples``, ``Words``, ``Found``, ``Given``, ``First``; and ``unseal``."""
    return SimpleNamespace(
        job=make_job, examples=make_examples, Words=Words, Found=Found, Given=Given, First=First, Listed=Listed,
        schemas=SCHEMAS, unseal=unseal,
    )  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def no_pointers_here() -> Iterator[None]:
    """Runs in temporary folders leave no pointer in this checkout's ``results/``."""
    point_to, ours = pipeline.point_to, Path(__file__).parents[1] / "results"

    def elsewhere(folder: Path, run_id: str, results_dir: Path) -> None:
        if results_dir.resolve() != ours:
            point_to(folder, run_id, results_dir)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "point_to", elsewhere)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_lines_of_progress() -> Iterator[None]:
    """What a command says doesn't depend on how busy the machine is: half a minute may pass anywhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ProgressBar.__init__.__kwdefaults__, "every", 3600.0)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Any connection to another machine fails the test that tries it."""

    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a test tried to connect to {address}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setattr(socket.socket, "connect", refuse)
        yield


def refuse_constant(name: str) -> None:
    """Strict JSON knows no NaN and no Infinity."""
    raise ValueError(f"{name} is not JSON")


KINDS = {
    "baseline": {"cells", "examples", "signatures"},
    "comparison": {"baseline", "differences", "gate"},
    "ranking": {"rankings"},
    "meta": {"correlations", "humans"},
    "selfcheck": {"responses", "untouched"},
    "calibration": {"calibrations"},
}
"""Names of schemas to fields that only such a document has: it may lie under any name."""
NAMED = {"run.json": "run", "scores.jsonl": "score", "inputs.jsonl": "input", "ledger.json": "ledger"}


def documents(path: Path) -> Iterator[tuple[str, int, bytes]]:
    """What a file holds of what a command writes: the schema's name, the line and the JSON text."""
    data = path.read_bytes()
    if path.name == "inputs.jsonl" and not (path.parent / "run.json").exists():
        return  # somebody's data
    if path.suffix == ".jsonl":
        yield from ((NAMED[path.name], number, raw) for number, raw in enumerate(data.split(b"\n")[:-1], start=1))
    elif path.name in NAMED:
        yield NAMED[path.name], 1, data
    else:
        with contextlib.suppress(ValueError, RecursionError):
            fields = json.loads(data)
            found = [name for name, known in KINDS.items() if isinstance(fields, dict) and known <= fields.keys()]
            yield from ((name, 1, data) for name in found)


def read_schema(name: str) -> Any:
    """The validator of one of the JSON Schemas that ship with sumbench."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def validator() -> Callable[[str], Any]:
    """Makes the validator of a schema by its name, as ``run``."""
    return read_schema


def schema_problems(folder: Path) -> Iterator[str]:
    """What the documents below a folder have that their JSON Schemas don't allow."""
    validators = {name: read_schema(name) for name in (*NAMED.values(), *KINDS)}
    seen: set[bytes] = set()
    for path in sorted(path for pattern in ("*.json", *NAMED) for path in folder.rglob(pattern) if path.is_file()):
        if any(part.startswith("broken") for part in path.relative_to(folder).parts):
            continue
        for name, number, raw in documents(path):
            if raw in seen:
                continue
            seen.add(raw)
            try:
                error = next(validators[name].iter_errors(json.loads(raw, parse_constant=refuse_constant)), None)
            except ValueError as problem:
                yield f"{path}, line {number}: {problem}"
            else:
                if error:
                    yield f"{path}, line {number}: no {name}: {error.json_path}: {error.message[:300]}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A record that its schema doesn't allow fails the session."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is None or factory._basetemp is None or hasattr(session.config, "workerinput"):
        return
    session.config.stash[PROBLEMS] = problems = list(schema_problems(factory.getbasetemp()))
    if problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which records don't fit their schemas."""
    problems = config.stash.get(PROBLEMS, [])
    if problems:
        terminalreporter.section("records that their JSON Schemas don't allow", sep="=", red=True, bold=True)
        for problem in problems:
            terminalreporter.line(problem, red=True)
