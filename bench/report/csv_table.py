"""Tables as CSV in which no cell is more than its text: spreadsheets take some for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from bench.printable import one_line

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How texts begin that spreadsheets compute; the last four are the wide signs of East Asian keyboards."""


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A header and a line a row; what a row lacks is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writerow({column: safe(column) for column in columns})
    writer.writerows({name: safe(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def safe(cell: object) -> object:
    """A cell as it may stand in a CSV file: a text that looks like a formula gets an apostrophe in front.

    Control characters, and line breaks, become visible signs. Numbers stay as they are, also as texts.

    >>> [safe(cell) for cell in ("=1+1", "-0.5", "- a", -0.5, None)]
    ["'=1+1", '-0.5', "'- a", -0.5, None]
    """
    if cell is None or isinstance(cell, int | float):
        return cell
    text = one_line(str(cell))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) and not is_number(text) else text


def is_number(text: str) -> bool:
    """Whether a text is a number as Python and spreadsheets write it.

    >>> is_number("-1.5e-07"), is_number("-1+1")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True
