"""Which environment variables a configuration may read: those that a person named on the command line.

``${oc.env:NAME}`` in a file that somebody shares would copy a secret into the record, the folder's name, the
screen. The guard is in the resolver itself, so that no detour (``oc.decode``, a name put together from other
settings, a node of Hydra's own) leads around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.resolvers import oc

from bench.errors import InputError

_NAMED = re.compile(r"""oc\.env: *['"\\]*([^\s,}'"\\]+)""")
_NOTHING = object()


class Environment:
    """Stands for ``oc.env``; restricted from ``restrict`` on, and outside of that as OmegaConf has it."""

    def __init__(self) -> None:
        self.named: frozenset[str] | None = None
        """Variables that may be read; ``None``: all, for other applications of Hydra in this process."""
        self.reads = 0

    def read(self, name: str, default: Any = _NOTHING) -> str | None:
        """The variable, or the default; InputError for one that may not be read or isn't there."""
        if self.named is not None and name not in self.named:
            raise InputError(
                f"${{oc.env:{name}}}: refused, a file may not read the environment; type the setting that needs it "
                f"('setting=${{oc.env:{name}}}')"
            )
        self.reads += 1
        try:
            return oc.env(name) if default is _NOTHING else oc.env(name, default)
        except KeyError:
            raise InputError(f"${{oc.env:{name}}}: there is no such environment variable") from None

    def restrict(self, typed: Sequence[str]) -> None:
        """From now on only what is named in ``typed``, the words of the command line."""
        OmegaConf.register_new_resolver("oc.env", self.read, replace=True)
        self.named = frozenset(name for word in typed for name in _NAMED.findall(word))

    @contextmanager
    def only(self, typed: Sequence[str]) -> Iterator[None]:
        """Restricted while something is resolved."""
        before = self.named
        self.restrict(typed)
        try:
            yield
        finally:
            self.named = before


ENVIRONMENT = Environment()


def resolved(config: DictConfig, typed: Sequence[str]) -> tuple[Any, Any]:
    """A configuration as plain values, to build from; and to keep: what came from the environment stays unresolved.

    Raises OmegaConf's errors, and InputError for a variable that isn't named in ``typed``.
    """
    with ENVIRONMENT.only(typed):
        plain = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        return plain, _kept(config)


def _kept(node: Any) -> Any:
    """The node as plain values, but with the interpolation itself where resolving it reads the environment."""
    raw: Any = OmegaConf.to_container(node, resolve=False)
    keys = list(node.keys()) if isinstance(node, DictConfig) else list(range(len(node)))
    kept = {}
    for key in keys:
        before = ENVIRONMENT.reads
        value = node[key]
        if ENVIRONMENT.reads > before:
            kept[key] = raw[key]
        else:
            kept[key] = _kept(value) if isinstance(value, DictConfig | ListConfig) else value
    return kept if isinstance(node, DictConfig) else list(kept.values())
