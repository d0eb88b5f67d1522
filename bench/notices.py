"""What a reader should be told before trusting the numbers: of the run, and of each scorer's cells."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from bench.language.article import article
from bench.scorer import Scorer
from bench.types import Dataset, Pair, Score, System

_WORTH_TELLING = 0.99
"""Shares of a text seen below this are worth a line; every one is in its Score."""
_VARYING = re.compile(r"""^[^:]*(?:[/\\]|\.\w+)[^:]*:|'[^']*'|"[^"]*"|“[^”]*”|\d+""")
"""What differs between two warnings of a kind: the place in front, names in quotes, numbers."""


def gather_warnings(
    limit: int | None,
    sources: Iterable[Dataset | System],
    scores: Sequence[Score],
    metrics: Sequence[Scorer],
    checks: Sequence[Scorer],
    pairs: Sequence[Pair],
    missing: Collection[tuple[str, str]],
) -> Iterator[str]:
    """All that is to be told of a run: one line a kind, however many examples it concerns.

    ``sources``: the dataset and the systems; ``missing``: the (example, system)
    cells without a candidate.
    """
    examples = {pair.example.id for pair in pairs} | {example_id for example_id, _ in missing}
    if len(examples) == limit:  # with fewer, nothing was left out
        yield f"limit={limit}: the first examples only; the dataset may hold more"
    if missing:
        yield f"{len(missing)} (example, system) cells have no candidate; they count as undefined"
    empty = [(pair.example.id, pair.candidate.system) for pair in pairs if not pair.candidate.text.strip()]
    if empty:
        shown = ", ".join(f"{example_id}/{system}" for example_id, system in empty[:3])
        more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
        yield f"{len(empty)} of {len(pairs)} candidates are empty: {shown}{more}"
    yield from foreign_texts(pairs, [scorer.name for scorer in (*metrics, *checks) if scorer.language == "English"])
    for source in sources:
        yield from gathered(source.warnings())
    known = {*empty, *missing}
    for scorer in (*metrics, *checks):
        mine = [score for score in scores if score.scorer == scorer.name]
        # A check that found nothing to judge in a text isn't worth a warning: its table says so.
        yield from (f"{scorer.name}: {line}" for line in gathered(scorer.warnings()))
        yield from (f"{scorer.name}: {line}" for line in notices(mine, notes=scorer in metrics, told=known))


def notices(scores: Sequence[Score], *, notes: bool, told: Collection[tuple[str, str]] = frozenset()) -> Iterator[str]:
    """Failed and undefined cells, and texts seen in part, a line each.

    ``notes``: also cells that are ok and say why a value is absent or a reference was left out.
    ``told``: the (example, system) cells of which the reader knows that nothing can be scored.
    """
    for status in ("error", "undefined"):
        bad = [score for score in scores if score.status == status]
        if status == "undefined":
            bad = [score for score in bad if (score.example_id, score.system) not in told]
        if bad:
            yield f"{len(bad)} of {len(scores)} cells {status}; {_first_reasons(bad)}"
    noted = [score for score in scores if score.status == "ok" and score.error]
    if notes and noted:
        yield f"{len(noted)} of {len(scores)} cells have a note; {_first_reasons(noted)}"
    for part in ("candidate", "reference", "document"):
        shares = [share for score in scores if (share := getattr(score.seen, part)) is not None]
        less = [share for share in shares if share < _WORTH_TELLING]
        if less:
            # Rounded down: a part that was left out never shows as 100 %.
            least = math.floor(1000 * min(less)) / 10
            yield f"{len(less)} of {len(scores)} cells saw only a part of the {part} (the least: {least:g}%)"


def foreign_texts(pairs: Sequence[Pair], readers: Sequence[str]) -> Iterator[str]:
    """One line on the documents and candidates that are not in English, for the scorers that read only English."""
    documents = {pair.example.id: pair.example.document for pair in pairs}
    candidates = {f"{pair.example.id}/{pair.candidate.system}": pair.candidate.text for pair in pairs}
    found = {}
    for which, texts in (("document", documents), ("candidate", candidates)):
        written = [(place, how) for place, text in texts.items() if (how := article(text).not_english)]
        if written:
            found[f"{len(written)} of {len(texts)} {which}s"] = f"{which} {written[0][0]} is {written[0][1]}"
    if found and readers:
        first = next(iter(found.values()))
        counts, names = " and ".join(found), ", ".join(readers)
        yield f"{counts} are not in English, all that {names} can read: left unchecked there (the first: {first})"


def _first_reasons(scores: Sequence[Score], most: int = 3) -> str:
    """The first few different reasons, each with where it first occurs, and in how many cells if they are several.

    >>> cells = [Score(id, "a", "x", "undefined", error=f"it is {why}") for id, why in zip("123", ["empty"] * 3)]
    >>> _first_reasons(cells)
    '1/a: it is empty'
    >>> _first_reasons([*cells, Score("4", "a", "x", "undefined", error="it is blank")])
    '1/a: it is empty (3 cells); 4/a: it is blank (1 cell)'
    """
    first: dict[str, Score] = {}
    for score in scores:
        first.setdefault(score.error or "", score)
    count = Counter(score.error or "" for score in scores)
    shown = [
        f"{score.example_id}/{score.system}: {reason}"
        + (f" ({count[reason]} cell{'s' * (count[reason] > 1)})" if len(first) > 1 else "")
        for reason, score in list(first.items())[:most]
    ]
    more = len(first) - len(shown)
    return "; ".join(shown) + (f"; and {more} more reasons" if more > 0 else "")


def gathered(lines: Iterable[str]) -> Iterator[str]:
    """Warnings of one source, those that differ only in their place, names and numbers told once, in the first's words.

    >>> list(gathered(["a.jsonl, line 3: no date 'x'.", "a.jsonl, line 8: no date 'y'.", "a limit"]))
    ["a.jsonl, line 3: no date 'x'. (and 1 more like it)", 'a limit']
    """
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kinds.setdefault(_VARYING.sub("…", line), []).append(line)
    for same in kinds.values():
        yield same[0] + (f" (and {len(same) - 1} more like it)" if len(same) > 1 else "")
