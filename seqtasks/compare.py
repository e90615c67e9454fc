"""``python -m seqtasks.compare SWEEP RUN …``: runs beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.streams import prepare_streams

NAMES = ("beside", "samples", "confidence", "seed", "device")
"""The options that `seqtasks.comparison.results.compare` takes by the same name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print tables that set runs beside each other, and write a page with their curves."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        from seqtasks.bundle.json_text import json_text
        from seqtasks.comparison.page import page
        from seqtasks.comparison.results import compare
        from seqtasks.comparison.table import show_comparison
        from seqtasks.comparison.writing import write
        from seqtasks.reporting.terminal import Terminal

        given = {name: getattr(options, name) for name in NAMES}
        found = compare(options.runs, trusted=options.trust, say=warn, **given)
        console = Terminal()
        show_comparison(console, found)
        output = options.output or options.runs[0] / "comparison.html"
        write(output, page(found), option="output")
        if options.json is not None:
            write(options.json, json_text(found) + "\n", option="json")
        console.print(f"Page: {output}", markup=False, highlight=False, soft_wrap=True)


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "compare",
        "RUN [RUN ...] [OPTIONS]",
        "Set runs beside each other: scores, significance, curves, options, time, memory. Prints "
        "tables and writes a page.",
        [
            "python -m seqtasks.compare runs/tagging",
            "python -m seqtasks.compare runs/tagging/A runs/tagging/B --output both.html",
            "python -m seqtasks.compare runs/tagging --beside encoder.cell=lstm",
        ],
    )
    add = parser.add_argument_group("what is compared").add_argument
    runs = "folders of runs, or of sweeps and whatever else holds runs"
    add("runs", nargs="+", type=Path, metavar="RUN", help=runs)
    beside = "the setting that the others are compared with, such as encoder.cell=gru"
    add("--beside", metavar="OPTION", help=f"{beside} (default: the best in validation)")
    add = parser.add_argument_group("what is written").add_argument
    page = "the page to write (default: comparison.html in the first folder)"
    add("--output", type=Path, metavar="FILE", help=page)
    add("--json", type=Path, metavar="FILE", help="write everything there, for programs")
    parser.add_bootstrap("0: only the intervals that the runs hold")
    parser.add_general()
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
