"""sumbench: a summarization benchmark harness.

>>> import bench
>>> bench.pair("A summary.", document="A document.").candidate.text
'A summary.'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bench.api import Run, load, pair, run

__all__ = ["Run", "__version__", "load", "pair", "run"]


def __getattr__(name: str) -> Any:
    # Looked up when asked for, so that `import bench.types` and `sumbench --help` load nothing else.
    if name in __all__:
        from bench import api

        return getattr(api, name)
    raise AttributeError(f"module 'bench' has no attribute {name!r}")
