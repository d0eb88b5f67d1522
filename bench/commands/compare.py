"""``sumbench compare``: two runs or baselines, a verdict a value, and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.commands.common import Parser, make_console
from bench.commands.output import print_commands
from bench.commands.typed import parse_settings

if TYPE_CHECKING:
    from pathlib import Path

    from bench.comparing.comparison import Comparison
    from bench.config.gate import CompareSettings

EXIT_CODES = """\
exit codes: 0 pass or improved, 1 regressed or missing, 2 bad input,
3 not comparable, 4 inconclusive (with gates.fail_on_inconclusive=true;
otherwise 0), 70 a crash, which is no verdict
"""
EXAMPLES = """
examples:
  sumbench compare main LATEST
      the newest run against the baseline called main
  sumbench compare LATEST --systems
      all pairs of systems in one run (--systems --help)
  sumbench compare out/a out/b format=markdown
      two runs, as Markdown
  sumbench compare main LATEST --common
      only the examples that both have
  sumbench compare main LATEST gates.margins.rouge.rouge1_f1.absolute=0.02
  sumbench compare main LATEST +gates.margins.mine.value.absolute=0.05
      a margin changed; another one added
  sumbench compare main LATEST --config-dir conf gates=mine
      rules of yours: conf/gates/mine.yaml
  sumbench compare main LATEST outputs.markdown=gate.md outputs.junit=gate.xml
      files besides; outputs.json too

"""


def main(arguments: Sequence[str]) -> int:
    """Compare two runs; returns 0 pass or improved, 1 regressed or missing, 3 not comparable, 4 inconclusive."""
    if "--systems" in arguments:
        from bench.commands import systems

        return systems.main(arguments)
    parser = make_parser("compare", "Is RUN worse than BASELINE? A verdict a value, as a test.", EXAMPLES)
    parser.add_argument("baseline", metavar="BASELINE", help="a baseline's name or file, a run's id or folder, LATEST")
    parser.add_argument("run", metavar="RUN", help="likewise")
    add_options(parser)
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="of conf/compare.yaml, as gates.alpha=0.01")
    options = parse_settings(parser, arguments, "compare", 2)

    from bench.comparing.baseline import find_snapshot
    from bench.comparing.compare import compare
    from bench.comparing.snapshot import no_garbage

    settings = read_settings(options, options.overrides)
    with no_garbage():
        baseline = find_snapshot(options.baseline, settings.results_dir)
        run = find_snapshot(options.run, settings.results_dir)
        comparison = compare(baseline, run, settings.gate, common_only=settings.common)
        publish(comparison, settings)
    return comparison.exit_code


def make_parser(command: str, about: str, examples: str) -> argparse.ArgumentParser:
    """A parser whose help ends with examples and the exit codes."""
    return Parser(
        prog=f"sumbench {command}",
        description=about,
        epilog=examples.lstrip() + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that are a flag as well as an override, and the folders of further configuration files."""
    parser.add_argument("--common", action="store_true", help="compare only the examples that both have")
    parser.add_argument("--format", help="what is printed: terminal, markdown, junit, json")
    parser.add_argument(
        "--config-dir", "-cd", action="append", default=[], metavar="DIR", help="a config folder of yours (DIR/gates/…)"
    )


def read_settings(options: argparse.Namespace, overrides: Sequence[str]) -> CompareSettings:
    """The rules and outputs that flags and overrides ask for; InputError for what can't be."""
    from bench.config.gate import compare_settings
    from bench.config.lock import lock_hydra

    lock_hydra(options.overrides)
    flags = ["common=true"] * options.common + ([f"format={options.format}"] if options.format else [])
    return compare_settings([*flags, *overrides], options.config_dir)


def publish(comparison: Comparison, settings: CompareSettings) -> None:
    """Print a comparison and write its files; annotations too where GitHub runs it."""
    from bench.comparing.baseline import baseline_path
    from bench.report.comparison import RENDERERS, show
    from bench.report.github import annotate, silence

    for name, path in settings.outputs.items():
        write(path, RENDERERS[name](comparison))
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    if on_github:
        file = baseline_path(comparison.baseline, settings.results_dir)
        # Before what is printed, whose reader may leave (head); GitHub reads commands from both streams.
        annotations = annotate(comparison, file.as_posix() if file.is_file() else None)
        print_commands(annotations, sys.stderr)
    before, after = silence(comparison) if on_github and settings.format == "terminal" else ("", "")
    print_commands(before, sys.stdout)
    if settings.format == "terminal":
        show(comparison, make_console())
    else:
        print(RENDERERS[settings.format](comparison), end="")
    print_commands(after, sys.stdout)


def write(path: Path, text: str) -> None:
    """Write one output file; InputError when it can't be."""
    from bench.errors import InputError
    from bench.files import make_folder, told, write_atomically
    from bench.printable import no_commands, printable
    from bench.runs import is_run_file

    try:
        if is_run_file(path):
            raise InputError(f"{path}: is a file of a run, which is not replaced; name another")
        with told(f"{path}: can't be written"):
            make_folder(path.parent)
            # Of a link, what it points to.
            write_atomically(path.resolve(), [no_commands(printable(text))])
    except ValueError as error:
        # A name that no file can have, or a text that no file can hold.
        raise error if isinstance(error, InputError) else InputError(f"{path}: can't be written: {error}") from None
