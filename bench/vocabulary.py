"""Every setting that can be typed, read from the YAML files as they are: for hints and for completion.

Nothing is composed, imported or built, so that it takes a tenth of a second and a mistake in one file hides no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from bench.catalogue import options_of

ROOTS: Mapping[str, tuple[str, ...]] = {
    "run": ("run",),
    "gate": ("run", "compare"),
    "compare": ("compare",),
    "baseline": ("compare",),
    "meta": ("meta", "run"),
    "selfcheck": ("selfcheck", "run"),
}
"""The commands that take settings, with the files in ``conf/`` that these are of."""
EXPERIMENT = "experiment"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST = 1000
"""Settings read below one key: aliases can make a small file endless."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the settings of a command are called."""

    groups: Mapping[str, tuple[str, ...]]
    """Each config group with its options."""
    many: frozenset[str]
    """Groups of which a list is chosen: ``metrics=[rouge,bertscore]``."""
    keys: Mapping[str, Any]
    """Settings outside of groups, by their whole name, with their default."""
    members: Mapping[str, Mapping[str, Any]]
    """Settings of each option (``group/option``), by their whole name, with their default."""

    def names(self) -> list[str]:
        """Everything that may stand before ``=``, each once."""
        nodes = (owner.replace("/", ".") for owner in self.members if owner.split("/")[0] in self.many)
        inside = (name for names in self.members.values() for name in names)
        return list(dict.fromkeys([*self.groups, *self.keys, *nodes, *inside]))

    def default(self, name: str) -> Any:
        """The default of a setting; ``None`` for one without."""
        return next((each[name] for each in (self.keys, *self.members.values()) if name in each), None)

    def owners(self, name: str) -> list[tuple[str, str]]:
        """The (group, option) pairs that have a setting of this name."""
        return [(owner.split("/")[0], owner.split("/")[1]) for owner, names in self.members.items() if name in names]

    def like(self, word: str) -> list[str]:
        """Settings that a word may mean, the likeliest first: in any case, by their last part, or misspelt.

        >>> vocabulary("run").like("LIMIT"), vocabulary("run").like("path"), vocabulary("run").like("metric")
        (['limit'], ['dataset.path'], ['metrics'])
        """
        low = word.lower()
        names = self.names()
        for fits in (str.__eq__, lambda name, low: name.endswith(f".{low}")):
            if low and (found := [name for name in names if fits(name.lower(), low)]):
                return found
        if close := self.close(low, names):
            return [close]
        last = self.close(low, [name.rpartition(".")[2] for name in names], cutoff=0.75)
        return [name for name in names if last and name.endswith(f".{last}")]

    @staticmethod
    def close(word: str, known: Sequence[str], cutoff: float = 0.6) -> str:
        """The known name that is most like a word; empty where none is."""
        return next(iter(get_close_matches(word.lower(), known, n=1, cutoff=cutoff)), "") if len(word) > 1 else ""

    def hint(self, key: str) -> str:
        """What to type in the place of a key that the configuration lacks.

        >>> vocabulary("run").hint("limti"), vocabulary("run").hint("dataset.path")[:36]
        ("; did you mean 'limit'?", '; it goes with dataset=frank, datase')
        """
        if owners := self.owners(key):
            return f"; it goes with {', '.join(self.value(group, [option]) for group, option in owners[:4])}"
        if found := self.like(key):
            return f"; did you mean {found[0]!r}?"
        return "; it is a setting of a run, not of a comparison" if self.lacks_run(key) else ""

    def lacks_run(self, key: str) -> bool:
        """Whether a key is a run's setting, and these are no settings of a run."""
        return "dataset" not in self.groups and bool(vocabulary("run").like(key))

    def value(self, group: str, options: Sequence[str]) -> str:
        """How a choice is typed.

        >>> vocabulary("run").value("metrics", ["rouge"]), vocabulary("run").value("dataset", ["sample"])
        ("'metrics=[rouge]'", 'dataset=sample')
        """
        return f"'{group}=[{','.join(options)}]'" if group in self.many else f"{group}={options[0]}"


def vocabulary(command: str, config_dirs: Sequence[Path] = ()) -> Vocabulary:
    """The settings of a command (of ``ROOTS``), with those of further config folders."""
    groups: dict[str, tuple[str, ...]] = {}
    many: set[str] = set()
    keys: dict[str, Any] = {}
    members: dict[str, dict[str, Any]] = {}
    for root in ROOTS[command]:
        plain = _read_yaml(Path(str(files("bench.conf"))) / f"{root}.yaml")
        for entry in plain.pop("defaults", ()):
            if not isinstance(entry, dict) or "/" in (group := str(next(iter(entry)))):
                continue
            many |= {group} if isinstance(entry[group], list) else set()
            groups[group] = tuple(dict.fromkeys(option.name for option in options_of(group, config_dirs)))
        plain.pop("hydra", None)
        keys |= dict(flat(plain))
    if command == "selfcheck":
        # It makes its systems itself.
        groups.pop("systems")
    for group, names in groups.items():
        for name in names if group != EXPERIMENT else ():
            where = f"{group}.{name}" if group in many else group
            members[f"{group}/{name}"] = dict(flat(_option_yaml(group, name, config_dirs), where))
    return Vocabulary(groups, frozenset(many), keys, members)


def _option_yaml(group: str, name: str, config_dirs: Sequence[Path]) -> dict[str, Any]:
    """The first file of an option."""
    roots = (*config_dirs, Path(str(files("bench.conf"))))
    return next((_read_yaml(path) for root in roots if (path := root / group / f"{name}.yaml").is_file()), {})


def _read_yaml(path: Path) -> dict[str, Any]:
    """A file's mapping; empty for one that can't be read: who composes it says why."""
    try:
        read = _LOADER(path.read_text(encoding="utf-8")).get_single_data()
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    return read if isinstance(read, dict) else {}


def flat(node: Mapping[Any, Any], where: str = "") -> Iterator[tuple[str, Any]]:
    """Whole names of the leaves below a mapping.

    >>> list(flat({"a": {"b": 1}, "_target_": "x"}, "g"))
    [('g.a.b', 1)]
    """
    for key, value in node.items():
        name = f"{where}.{key}" if where else str(key)
        if isinstance(value, Mapping) and value:
            yield from islice(flat(value, name), _MOST)
        elif not str(key).startswith("_"):
            yield name, value
