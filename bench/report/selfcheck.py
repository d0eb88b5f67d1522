"""A self-check as tables: terminal, Markdown, CSV, JSON, all made from the one SelfCheck record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from bench.record import page, to_json
from bench.report.content import plural
from bench.report.csv_table import csv_table
from bench.report.markdown import escape
from bench.report.tables import BOLD, Entry, Line, Sheet, as_markdown, show_sheet

if TYPE_CHECKING:
    from rich.console import Console

    from bench.selfcheck.records import Response, SelfCheck, Share

SCHEMA_VERSION = 1
ABSENT = Entry("–")
FEW = "°"
"""Mark of shares that rest on fewer than half of the damaged documents."""


class Renderer(Protocol):
    """SelfCheck to text."""

    def __call__(self, found: SelfCheck, *, headline: bool = True) -> str:
        """``headline``: only the values that tables show first."""
        ...


def sheets(found: SelfCheck, *, headline: bool, intervals: bool) -> Iterator[Sheet]:
    """The tables in the order of reading; what has no rows has no table."""
    for plants, title in ((True, "errors of fact: how often each value got worse"),
                          (False, "errors of form: how often each value got worse")):  # fmt: skip
        kinds = [kind for kind in found.kinds if kind.plants == plants]
        rows = _rows(found, headline)
        if kinds and rows:
            applied = Line("documents damaged", tuple(Entry(str(kind.applied)) for kind in kinds))
            lines = tuple(
                Line(name, tuple(_response(by_kind[kind.kind], kind.applied, intervals) for kind in kinds))
                for name, by_kind in rows.items()
            )
            yield Sheet(title, "value", tuple(kind.kind for kind in kinds), (applied, *lines), _caption(found))
    if rows := _rows(found, headline):
        lines = tuple(
            Line(name, tuple(Entry(change(by_kind[kind.kind].mean_change)) for kind in found.kinds))
            for name, by_kind in rows.items()
        )
        caption = "Mean of damaged minus base, in the value's own unit. A value may get worse often, and hardly at all."
        yield Sheet("by how much, on average", "value", tuple(kind.kind for kind in found.kinds), lines, caption)
    yield from _claim_sheets(found, intervals)


def change(value: float | None) -> str:
    """A signed number with three decimals; a dash where there is none.

    >>> change(-0.0234), change(-0.0), change(None)
    ('-0.023', '0', '–')
    """
    if value is None:
        return ABSENT.text
    return f"{value:+.3f}" if abs(value) >= 0.0005 else "0" if value == 0 else "±0.000"


def _rows(found: SelfCheck, headline: bool) -> dict[str, dict[str, Response]]:
    rows: dict[str, dict[str, Response]] = {}
    for response in found.responses:
        if response.headline or not headline:
            rows.setdefault(f"{response.scorer}.{response.value}", {})[response.kind] = response
    return rows


def _response(response: Response, applied: int, intervals: bool) -> Entry:
    return _share(response.worse, intervals, few=response.worse.of < applied / 2)


def _share(share: Share, intervals: bool, *, few: bool = False) -> Entry:
    if share.share is None:
        return ABSENT
    text = percent(share.share)
    if intervals and share.low is not None and share.high is not None:
        text += f" [{round(100 * share.low)}, {round(100 * share.high)}]"
    return Entry(text, best=share.low is not None and share.low > 0.5, mark=FEW if few else "")


def percent(share: float) -> str:
    """A share in whole per cent, without the sign; 100 and 0 only where it is all and none.

    >>> percent(0.997), percent(1.0), percent(0.004), percent(0.0)
    ('99', '100', '1', '0')
    """
    rounded = round(100 * share)
    return str(min(99, max(1, rounded)) if 0.0 < share < 1.0 else rounded)


def _caption(found: SelfCheck) -> str:
    return (
        "Per cent of the damaged documents in which the value got strictly worse in its own direction. "
        f"{BOLD} more than half, by the {percent(found.confidence)} % interval (Wilson). "
        f"{FEW}: fewer than half of the damaged documents have the value both before and after. –: none has it."
    )


def _claim_sheets(found: SelfCheck, intervals: bool) -> Iterator[Sheet]:
    kinds = [kind for kind in found.kinds if kind.plants]
    of = {(turned.check, turned.kind): turned for turned in found.turned}
    checks = list(dict.fromkeys(turned.check for turned in found.turned))
    if kinds and checks:
        lines = tuple(
            Line(
                check,
                tuple(
                    _share(
                        of[check, kind.kind].turned, intervals, few=of[check, kind.kind].turned.of < kind.applied / 2
                    )
                    for kind in kinds
                ),
            )
            for check in checks
        )
        yield Sheet(
            "damaged claims: how often the verdict turned to unsupported or contradicted",
            "check",
            tuple(kind.kind for kind in kinds),
            lines,
            "Per cent of the documents whose damaged claim was not flagged before; any: at least one check flags it. "
            f"{FEW}: in more than half of the documents the claim had been flagged already.",
        )
    if found.untouched:
        yield Sheet(
            "untouched claims: how many are flagged, though the summary is taken to be true",
            "check",
            (
                "claims",
                "nothing to judge",
                "flagged",
                "per cent",
                "extractive",
                "extractive flagged",
                "extractive per cent",
            ),
            tuple(_untouched_lines(found, checks)),
            f"Intervals: {percent(found.confidence)} %, over documents. Extractive: at least half of the "
            "claim's word trigrams stand in the document.",
        )


def _untouched_lines(found: SelfCheck, checks: list[str]) -> Iterator[Line]:
    for check in checks:
        every, copied = (
            next(row for row in found.untouched if row.check == check and row.extractive == extractive)
            for extractive in (False, True)
        )
        cells = [str(every.flagged.of), str(every.unchecked), str(every.flagged.count)]
        shares = [Entry(_share(row.flagged, True).text) for row in (every, copied)]
        more = [Entry(str(copied.flagged.of)), Entry(str(copied.flagged.count))]
        yield Line(check, (*map(Entry, cells), shares[0], *more, shares[1]))


def facts(found: SelfCheck) -> Iterator[str]:
    """What was damaged and how, a line each."""
    yield f"{plural(found.examples, 'document')}; base: {found.base}; seed {found.seed}; run {found.run_id}"
    for kind in found.kinds:
        skipped = "; ".join(f"{n} × {why}" for why, n in kind.skipped.items())
        yield f"{kind.kind}: {kind.about}; {kind.applied} of {kind.tried}" + (f" ({skipped})" if skipped else "")
    if found.undirected:
        yield "no direction, so nothing is worse: " + ", ".join(found.undirected)


def show(found: SelfCheck, console: Console, *, headline: bool = True) -> None:
    """Print a self-check."""
    from rich.text import Text

    from bench.printable import printable
    from bench.report.width import say

    console.print(Text("self-check", "bold"))
    for fact in facts(found):
        say(Text(printable(fact), "dim"), console, lead="  ", soft=True)
    console.print()
    for sheet in sheets(found, headline=headline, intervals=False):
        show_sheet(sheet, console)
    for note in found.notes:
        say(Text(printable(note)), console, lead="  • ", soft=True)


def markdown(found: SelfCheck, *, headline: bool = True) -> str:
    """The whole self-check as one Markdown document; shares with their intervals."""
    lines = ["# sumbench self-check", "", *(f"- {escape(fact)}" for fact in facts(found))]
    for sheet in sheets(found, headline=headline, intervals=True):
        lines += ["", *as_markdown(sheet)]
    if found.notes:
        lines += ["", f"## {plural(len(found.notes), 'note').capitalize()}", ""]
        lines += [f"- {escape(note)}" for note in found.notes]
    return "\n".join(lines) + "\n"


COLUMNS = (
    "table", "scorer", "value", "kind", "tried", "applied", "counted", "hits", "share", "low", "high",
    "same", "better", "mean_change", "contradicted", "unchecked", "already", "missing",
)  # fmt: skip
"""Of the CSV. ``table``: ``values`` (hits: got worse), ``claims`` (hits: turned), ``untouched`` (hits: flagged;
value: all or extractive). ``counted`` is what the share is of. Empty: doesn't apply."""


def as_csv(found: SelfCheck, *, headline: bool = False) -> str:  # noqa: ARG001
    """All numbers, a row each; always every value."""
    return csv_table(COLUMNS, rows(found))


def rows(found: SelfCheck) -> Iterator[dict[str, Any]]:
    """The rows of the CSV."""
    count = {kind.kind: {"kind": kind.kind, "tried": kind.tried, "applied": kind.applied} for kind in found.kinds}
    for one in found.responses:
        more = {"same": one.same, "better": one.better, "mean_change": _number(one.mean_change)}
        yield {
            "table": "values",
            "scorer": one.scorer,
            "value": one.value,
            **count[one.kind],
            **_cells(one.worse),
            **more,
        }
    for turned in found.turned:
        extra = {key: getattr(turned, key) for key in ("contradicted", "unchecked", "already", "missing")}
        yield {"table": "claims", "scorer": turned.check, **count[turned.kind], **_cells(turned.turned), **extra}
    for still in found.untouched:
        which = "extractive" if still.extractive else "all"
        yield {"table": "untouched", "scorer": still.check, "value": which, **_cells(still.flagged),
               "unchecked": still.unchecked}  # fmt: skip


def _cells(share: Share) -> dict[str, Any]:
    ends = {"share": _number(share.share), "low": _number(share.low), "high": _number(share.high)}
    return {"counted": share.of, "hits": share.count, **ends}


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def as_json(found: SelfCheck, *, headline: bool = False) -> str:  # noqa: ARG001
    """The whole record as strict JSON; always every value."""
    return page({"schema_version": SCHEMA_VERSION, **to_json(found)})


RENDERERS: Mapping[str, Renderer] = {"markdown": markdown, "csv": as_csv, "json": as_json}
