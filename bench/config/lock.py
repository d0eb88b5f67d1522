"""What a configuration may not change of Hydra itself.

Hydra builds objects of its own (callbacks, launchers, sweepers) and hands its logging to Python,
which builds what it finds there, all before ``bench.config`` has seen a single ``_target_``.
A configuration file that somebody shares could run anything that way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hydra.conf import HydraConf, JobConf
from hydra.core.config_store import ConfigStore

from bench.errors import InputError


@dataclass
class Nothing:
    """A node without keys: whatever is put there is refused."""


@dataclass
class NoLogging:
    """Logging as Hydra's option ``none`` has it."""

    version: int = 1
    root: Nothing | None = None
    disable_existing_loggers: bool = False


@dataclass
class Launcher:
    """Hydra's own, which runs one job of a sweep after the other."""

    _target_: str = "hydra._internal.core_plugins.basic_launcher.BasicLauncher"


@dataclass
class Sweeper:
    """Hydra's own. What is swept is typed: a file's ``params`` would pass for the command line."""

    _target_: str = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
    max_batch_size: int | None = None
    params: Nothing | None = None


@dataclass
class LockedJob(JobConf):
    """No environment variables: they steer the programs that a run calls (git)."""

    env_set: Nothing = field(default_factory=Nothing)  # type: ignore[assignment]


def _defaults() -> list[Any]:
    # Itself first: only what is merged into these types is held to them.
    kept = [option for option in HydraConf().defaults if not {"launcher", "sweeper", "env"} & option.keys()]
    quiet = [{key: "none"} if (key := next(iter(option))).endswith("_logging") else option for option in kept]
    return ["_self_", *quiet]


@dataclass
class LockedHydra(HydraConf):
    """Hydra's own part with nothing in it that a file could have built."""

    defaults: list[Any] = field(default_factory=_defaults)
    callbacks: Nothing = field(default_factory=Nothing)  # type: ignore[assignment]
    hydra_logging: NoLogging = field(default_factory=NoLogging)  # type: ignore[assignment]
    job_logging: NoLogging = field(default_factory=NoLogging)  # type: ignore[assignment]
    launcher: Launcher = field(default_factory=Launcher)
    sweeper: Sweeper = field(default_factory=Sweeper)
    job: LockedJob = field(default_factory=LockedJob)


def instead_of(word: str) -> str:
    """What to type in the place of one of Hydra's own settings.

    >>> instead_of("hydra.run.dir=out")
    'use run_dir=FOLDER for where the files go (of a sweep: results_dir=FOLDER)'
    """
    if re.search(r"\b(?:dir|subdir|output_subdir|chdir)\b", word):
        return "use run_dir=FOLDER for where the files go (of a sweep: results_dir=FOLDER)"
    return "use run -m for a sweep" if "mode" in word else "nothing of Hydra's own can be set here"


def lock_hydra(arguments: Sequence[str]) -> None:
    """Hold Hydra's own part to these types, for the rest of this process; InputError for a way around them.

    For our command line only: another Hydra application in the same process would feel it.
    """
    for word in arguments:
        if word.startswith("--e"):
            raise InputError("--experimental-rerun: refused, it would unpickle a file; to go on with a run: run_dir=…")
        if re.match(r"[+~]*hydra\b", word) and not word.startswith("hydra.searchpath="):
            raise InputError(f"{word}: refused, {instead_of(word)}")
    ConfigStore.instance().store(group="hydra", name="config", node=LockedHydra(), provider="sumbench")
