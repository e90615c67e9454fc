"""``python -m seqtasks.evaluate BUNDLE data.test=FILE``: the scores of a saved model."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.streams import prepare_streams, standard_output

NAMES = ("changes", "samples", "confidence", "seed", "device", "tune")
"""The options that `seqtasks.evaluation.results` takes by the same name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Test a model as training did, on its own test data or on any file of the same form."""
    parser = Parser(
        "evaluate", "The scores of a saved model, with intervals by bootstrap; beside another's."
    )
    add = parser.add_argument
    add("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    changes = "changes of the data: data.test=FILE; without, the model's own test data"
    add("changes", nargs="*", metavar="data.NAME=VALUE", help=changes)
    add("--compare", metavar="OTHER", help="a bundle to set beside it")
    add("--json", action="store_true", help="one JSON object instead of tables")
    add("--samples", type=int, default=1000, metavar="N", help="of the bootstrap; 0 for none")
    add("--confidence", type=float, default=0.95, metavar="SHARE", help="of intervals: 0.95")
    add("--seed", type=int, default=1, help="of the samples")
    parser.add_adaptation()
    tune = "choose the numbers of --cache and --dynamic on validation text, from those given on"
    add("--tune", action="store_true", help=tune)
    parser.add_device()
    parser.add_trust()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        from seqtasks.bundle.json_text import json_text
        from seqtasks.evaluation import asked, results
        from seqtasks.reporting.comparison import show_results

        found = results(
            options.bundle,
            options.compare,
            trusted=options.trust,
            adaptation=asked(vars(options)),
            say=warn,
            **{name: getattr(options, name) for name in NAMES},
        )
        if options.json:
            text = json_text(found) + "\n"
            standard_output().write(text.encode(errors="backslashreplace"))
        else:
            show_results(found, options.confidence)


if __name__ == "__main__":
    prepare_streams()
    main()
