"""``python -m seqtasks.report RUN``: a run as one HTML page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import UsageError


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the report of a run."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.report",
        description="One self-contained HTML page about a run: curves, scores, errors, pictures.",
    )
    parser.add_argument("run", type=Path, help="the folder of the run: runs/<task>/latest")
    parser.add_argument("--output", type=Path, metavar="FILE", help="RUN/report.html if not given")
    parser.add_argument(
        "--examples", type=int, default=500, metavar="N", help="looked at one by one, at most"
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module of your own that holds the task's class; may be given again",
    )
    options = parser.parse_args(arguments)
    with exit_on_error():
        if options.examples < 1:
            raise UsageError(f"--examples is at least 1, not {options.examples}")
        from seqtasks.reporting.report_file import write_report

        print(write_report(options.run, options.output, options.trust, options.examples))


if __name__ == "__main__":
    main()
