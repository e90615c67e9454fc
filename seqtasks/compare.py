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
    parser = Parser(
        "compare", "Runs beside each other: scores, significance, curves, options, time, memory."
    )
    add = parser.add_argument
    runs = "folders of runs, or of sweeps and whatever else holds runs"
    add("runs", nargs="+", type=Path, metavar="RUN", help=runs)
    add("--output", type=Path, metavar="FILE", help="the page; comparison.html in the first folder")
    add("--json", type=Path, metavar="FILE", help="everything, for machines")
    beside = "the setting, such as encoder.cell=gru, that the others are compared with"
    add("--beside", metavar="OPTION", help=f"{beside}; the best in validation if not given")
    samples = "of the bootstrap; 0 tests nothing anew: no intervals"
    add("--samples", type=int, default=1000, metavar="N", help=samples)
    add("--confidence", type=float, default=0.95, metavar="SHARE", help="of intervals: 0.95")
    add("--seed", type=int, default=1, help="of the samples")
    parser.add_device()
    parser.add_trust()
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


if __name__ == "__main__":
    prepare_streams()
    main()
