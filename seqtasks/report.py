"""``python -m seqtasks.report RUN``: a run as one HTML page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import SeqtasksError, UsageError


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
        print(write(options.run, options.output, options.trust, options.examples))


def write(
    run: Path, out: Path | None = None, trusted: Sequence[str] = (), count: int = 500
) -> Path:
    """Write a report, and say where it is.

    Raises:
        SeqtasksError: the run cannot be read, or the file not be written.
    """
    from seqtasks.reporting.page import page

    path = out or run / "report.html"
    text = page(run, trusted, count)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another: --output FILE") from error
    return path


if __name__ == "__main__":
    main()
