"""``sumbench explain``: each claim of a run's summaries, whether the document supports it, and by what words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.common import OK, Parser, as_flags, make_console, path_argument
from bench.commands.history import positive

if TYPE_CHECKING:
    from bench.report.explain_records import Explained

FORMATS = {"terminal": 10, "html": 200, "markdown": 20}
"""Each format with the number of summaries it shows without --limit."""
_BY_SUFFIX = {".html": "html", ".htm": "html", ".md": "markdown"}
EXAMPLES = """\
examples:
  sumbench explain LATEST
      the newest run's candidates, claim by claim
  sumbench explain LATEST --system bart --example e7
      one summary
  sumbench explain LATEST --output out/claims.html
      a page: click a claim, its evidence lights up
  sumbench explain LATEST --format markdown
      for a pull request
"""


def main(arguments: Sequence[str]) -> int:
    """Explain a run's verdicts; returns the exit code."""
    parser = Parser(
        prog="sumbench explain",
        description="Each claim of a run's summaries: is it in the document, and where?",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN", help="a run's folder, a run id or its beginning, or LATEST")
    parser.add_argument(
        "--system", action="append", default=[], metavar="S", help="default: the candidates; repeatable"
    )
    parser.add_argument("--example", action="append", default=[], metavar="E", help="default: all; repeatable")
    parser.add_argument("--format", choices=tuple(FORMATS), help="default: by --output's ending, else terminal")
    parser.add_argument("--output", type=path_argument, metavar="FILE", help="write it to a file")
    parser.add_argument("--limit", type=positive, metavar="N", help=f"summaries shown at most; default: {limits()}")
    parser.add_argument("--results_dir", type=path_argument, default=Path("results"))
    options = parser.parse_args(as_flags(arguments))
    suffix = options.output.suffix.lower() if options.output else ""
    wanted = options.format or _BY_SUFFIX.get(suffix, "terminal")

    from bench.report.explain_content import explain_run
    from bench.runs import find_run

    explained = explain_run(
        find_run(options.run, options.results_dir),
        systems=options.system,
        examples=options.example,
        limit=options.limit or FORMATS[wanted],
    )
    if options.output:
        from bench.commands.compare import write

        write(options.output, as_text(explained, wanted))
        print(f"explained: {options.output}")
    elif wanted == "terminal":
        from bench.report.explain_terminal import show

        show(explained, make_console())
    else:
        print(as_text(explained, wanted), end="")
    return OK


def as_text(explained: Explained, wanted: str) -> str:
    """The whole output as a text."""
    if wanted == "html":
        from bench.report.explain_html import page

        return page(explained)
    if wanted == "markdown":
        from bench.report.explain_markdown import markdown

        return markdown(explained)
    import io

    from bench.report.explain_terminal import show

    file = io.StringIO()
    show(explained, make_console(file=file))
    return file.getvalue()


def limits() -> str:
    """The limits of the formats, for the help."""
    return ", ".join(f"{limit} for {name}" for name, limit in FORMATS.items())
