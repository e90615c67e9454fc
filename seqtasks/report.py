"""``python -m seqtasks.report RUN``: a run as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the report of a run, and say where it is."""
    parser = Parser(
        "report", "One self-contained HTML page about a run: curves, scores, errors, pictures."
    )
    add = parser.add_argument
    add("run", type=Path, help="the folder of the run: runs/<task>/latest")
    add("--output", type=Path, metavar="FILE", help="RUN/report.html if not given")
    add("--examples", type=int, default=500, metavar="N", help="looked at one by one, at most")
    parser.add_trust()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        from seqtasks.reporting.page import write_report

        print(write_report(options.run, options.output, options.trust, options.examples))


if __name__ == "__main__":
    prepare_streams()
    main()
