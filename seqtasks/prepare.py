"""``python -m seqtasks.prepare task=tagging …``: read and encode the data of a training alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from seqtasks.cli.arguments import Parser
from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.cli.streams import prepare_streams


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare the data, and say what there is of it."""
    parser = make_parser()
    given = parser.parse_args(arguments)
    with exit_on_error(given.options):
        from seqtasks.api import compose, prepare
        from seqtasks.reporting.choices import show_choices
        from seqtasks.reporting.holdings import show_holdings
        from seqtasks.reporting.terminal import Terminal

        began = time.perf_counter()
        config, console = compose(*given.options, config_dir=given.config_dir), Terminal()
        show_choices(console, config.preset)
        show_holdings(console, prepare(config), time.perf_counter() - began)


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "prepare",
        "NAME=VALUE [NAME=VALUE ...] [OPTIONS]",
        "Read and encode the data of a training into the cache, without training, and say what "
        "there is of it.",
        [
            "python -m seqtasks.prepare task=tagging data.train=train.conll",
            "python -m seqtasks.prepare task=translation 'data.train=[big.de,big.en]'",
        ],
    )
    add = parser.add_argument_group("what is prepared").add_argument
    options = "the options of the training, as for python -m seqtasks"
    add("options", nargs="*", metavar="NAME=VALUE", help=options)
    own = "a folder with choices of your own, as for python -m seqtasks"
    add("--config-dir", type=Path, metavar="FOLDER", help=own)
    parser.add_general(device=False, trust=False)
    return parser


if __name__ == "__main__":
    prepare_streams()
    main()
