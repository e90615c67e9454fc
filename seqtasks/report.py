"""``python -m seqtasks.report RUN``: a run as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the report of a run, and say where it is."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        from seqtasks.reporting.page import write_report

        print(write_report(options.run, options.output, options.trust, options.examples))


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "report",
        "RUN [OPTIONS]",
        "Write one HTML page about a run that loads nothing else: curves, scores, errors, "
        "pictures.",
        [
            "python -m seqtasks.report runs/tagging/latest",
            "python -m seqtasks.report runs/tagging/latest --output tagger.html",
        ],
    )
    add = parser.add_argument_group("what is written").add_argument
    add("run", type=Path, metavar="RUN", help="the folder of a run, runs/TASK/latest")
    add("--output", type=Path, metavar="FILE", help="the page to write (default: RUN/report.html)")
    most = "test examples looked at one by one, at most (default 500)"
    add("--examples", type=int, default=500, metavar="N", help=most)
    parser.add_general(device=False)
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
