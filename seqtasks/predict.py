"""``python -m seqtasks.predict BUNDLE < lines > results``: one prediction for each line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from seqtasks.cli.arguments import Parser, utf8
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.options import search_options
from seqtasks.cli.streams import prepare_streams, standard_input, standard_output
from seqtasks.errors import DataError, SeqtasksError, UsageError


def main(arguments: Sequence[str] | None = None) -> None:
    """Read lines, write predictions: a label, labels separated by spaces, or a text."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell), ExitStack() as files:
        source = files.enter_context(opened(options.input, "rb")) if options.input else None
        target = files.enter_context(opened(options.output, "wb")) if options.output else None
        from seqtasks.lightning import leave_out_lightning

        if not options.trust:  # a class of yours may want all of Lightning
            leave_out_lightning()
        from seqtasks.bundle import load
        from seqtasks.prediction.files import FilePredictor, prefix_lines
        from seqtasks.prediction.forms import find_columns, make_form
        from seqtasks.prediction.predictor import Predictor

        folders = [options.bundle, *options.ensemble]
        bundles = [load(folder, options.device, options.trust) for folder in folders]
        prefixes: Iterator[str] | None = None
        if options.prefixes is not None:
            prefixes = prefix_lines(options.prefixes)
        elif options.prefix is not None:
            prefixes = itertools.repeat(options.prefix)
        search = search_options(options.search)
        if options.scores and (options.n_best or options.ensemble or prefixes or search):
            raise UsageError(
                "probabilities of labels take no option of a search; leave one", option="scores"
            )
        if options.attention and (options.n_best or options.ensemble):
            raise UsageError(
                "it is of one output and one model; leave the others out", option="attention"
            )
        look = None
        if options.attention:
            from seqtasks.inspection.alignment_file import AlignmentFile

            look = AlignmentFile(options.attention, bundles[0])
        predict = FilePredictor(
            Predictor(bundles, options.scores, options.n_best, search, options.batch_size),
            make_form(options.format, find_columns(bundles[0], options.column), options.name),
            prefixes,
            look,
        )
        output = target or standard_output()
        for line in predict(source or standard_input()):
            output.write(line.encode() + b"\n")
            output.flush()
        if predict.cut:
            warn(
                f"{predict.cut} of the outputs were cut at max_length, without an end of their "
                "own; --search max_length=N changes it"
            )
        if predict.bad:
            raise DataError(
                f"{predict.bad:,} record(s) could not be used; the output has an error in place "
                "of each"
            )


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "predict", "Predict on raw lines with a saved model: one line in, one line out."
    )
    add = parser.add_argument
    add("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    add("--input", type=Path, metavar="FILE", help="instead of standard input")
    add("--output", type=Path, metavar="FILE", help="instead of standard output")
    forms = "text, a line for each input; tsv, a table with a header; jsonl, an object a line"
    add("--format", default="text", help=forms)
    column = "the column of a tsv or jsonl file that holds an input"
    parser.add_repeated("--column", "INPUT=NAME", column)
    add("--name", default="prediction", help="of the column that a tsv or jsonl file is given")
    add("--batch-size", type=int, default=32, metavar="N", help="lines at once")
    scores = "probabilities of labels, one JSON object a line"
    add("--scores", action="store_true", help=scores)
    several = "the N best with their scores, a JSON object a line"
    add("--n-best", type=int, metavar="N", help=several)
    search = "an option of task.search, such as beam_size=1"
    parser.add_repeated("--search", "NAME=VALUE", search)
    prefix = parser.add_mutually_exclusive_group()
    prefix.add_argument("--prefix", type=utf8, metavar="TEXT", help="what every output begins with")
    each = "… one line for each line of the input"
    prefix.add_argument("--prefixes", type=Path, metavar="FILE", help=each)
    member = "a model that chooses each token together with the first"
    parser.add_repeated("--ensemble", "BUNDLE", member)
    seen = "what outputs attend to: .json, an object for each not empty; .png or .svg, of one"
    add("--attention", type=Path, metavar="FILE", help=seen)
    parser.add_device()
    parser.add_trust()
    return parser


def opened(path: Path, mode: str) -> BinaryIO:
    """A file."""
    try:
        return path.open(mode)  # type: ignore[return-value]
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another file") from error


if __name__ == "__main__":
    prepare_streams()
    main()
