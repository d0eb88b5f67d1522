"""Configuration files of others: plain YAML of an ordinary size, or one clear message.

Hydra hands them to PyYAML, which builds what a tag asks for, unfolds aliases without limit (a file of ten lines
can become billions of nodes) and fails with errors of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from hydra._internal.core_plugins import file_config_source
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult

from bench.errors import InputError
from bench.reading import read_text

MOST_BYTES, MOST_NODES, MOST_LEVELS = 1 << 20, 20_000, 100
"""Of a file, its nodes once its aliases are unfolded. Our own largest has fewer than 100."""
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map")} | {"!", None}


class FileConfigSource(file_config_source.FileConfigSource):
    """Hydra's own, with a look at each file before it is loaded."""

    def load_config(self, config_path: str) -> ConfigResult:
        """One file as Hydra wants it; InputError where it isn't plain YAML."""
        path = Path(self.path) / self._normalize_file_name(config_path)
        check_yaml(read_text(path, MOST_BYTES), path)
        try:
            return super().load_config(config_path)
        except (yaml.YAMLError, OSError, ValueError) as error:
            raise InputError(told(error, path)) from None


@contextmanager
def plain_files() -> Iterator[None]:
    """Let Hydra read files through FileConfigSource meanwhile."""
    Plugins.instance()  # registers Hydra's own, which would otherwise come later
    sources = SourcesRegistry.instance().types
    before = sources["file"]
    sources["file"] = FileConfigSource
    try:
        yield
    finally:
        sources["file"] = before


def _refuse_size(place: str, levels: int, nodes: int) -> None:
    """InputError for what is nested too deeply, or too large."""
    if levels > MOST_LEVELS:
        raise InputError(f"{place}: nested too deeply: more than {MOST_LEVELS} levels")
    if nodes > MOST_NODES:
        raise InputError(f"{place}: too large: more than {MOST_NODES} values once its aliases are unfolded")


def check_yaml(text: str, path: Path) -> None:
    """InputError unless the text is YAML without tags of its own, not too deep, not too large when unfolded."""
    sizes: dict[Any, int] = {}
    """Nodes of each anchor, unfolded."""
    open_: list[tuple[str | None, int]] = []
    """The anchors of the collections we are in, each with the number of nodes before it."""
    total = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            place = f"{path}, line {event.start_mark.line + 1}"
            if getattr(event, "tag", None) not in _TAGS:
                raise InputError(f"{place}: the tag {event.tag!r} is refused; configurations are plain YAML")
            anchor = getattr(event, "anchor", None)
            if isinstance(event, yaml.AliasEvent):
                if anchor not in sizes:
                    raise InputError(f"{place}: *{anchor} stands for nothing, or for what it stands in")
                total += sizes[anchor]
            elif isinstance(event, yaml.ScalarEvent):
                total += 1
                sizes |= {anchor: 1} if anchor else {}
            elif isinstance(event, yaml.CollectionStartEvent):
                open_.append((anchor, total))
                total += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                name, before = open_.pop()
                sizes |= {name: total - before} if name else {}
            _refuse_size(place, len(open_), total)
    except yaml.YAMLError as error:
        raise InputError(told(error, path)) from None


def told(error: Exception, path: Path) -> str:
    """What is wrong with a file, and in which line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = f", line {mark.line + 1}" if mark else ""
    return f"{path}{line}: not a configuration: {getattr(error, 'problem', None) or error}"
