"""``python -m seqtasks.evaluate BUNDLE data.test=FILE``: the scores of a saved model."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.cli.arguments import BUNDLE, Parser
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.streams import prepare_streams, standard_output

NAMES = ("changes", "samples", "confidence", "seed", "device", "tune")
"""The options that `seqtasks.evaluation.results` takes by the same name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Test a model as training did, on its own test data or on any file of the same form."""
    parser = make_parser()
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


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "evaluate",
        "BUNDLE [data.NAME=VALUE ...] [OPTIONS]",
        "Score a trained model on its own test data or on another file, with intervals by "
        "bootstrap; or set it beside another model.",
        [
            "python -m seqtasks.evaluate runs/tagging/latest",
            "python -m seqtasks.evaluate runs/tagging/latest data.test=mine.conll",
            "python -m seqtasks.evaluate runs/tagging/A --compare runs/tagging/B",
            "python -m seqtasks.evaluate runs/generation/latest --cache --tune",
        ],
    )
    add = parser.add_argument_group("what is scored").add_argument
    add("bundle", metavar="BUNDLE", help=BUNDLE)
    changes = "changes of the data, such as data.test=FILE (default: the model's own test data)"
    add("changes", nargs="*", metavar="data.NAME=VALUE", help=changes)
    add("--compare", metavar="BUNDLE", help="another model, to set beside the first")
    add("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_bootstrap("0: no intervals")
    group = parser.add_adaptation()
    tune = "choose the numbers of --cache and --dynamic on validation text, from those given on"
    group.add_argument("--tune", action="store_true", help=tune)
    parser.add_general()
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
