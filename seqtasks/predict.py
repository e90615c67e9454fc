"""``python -m seqtasks.predict BUNDLE < lines > results``: one prediction for each record."""

from __future__ import annotations

import itertools
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from seqtasks.cli.arguments import BUNDLE, Parser, repeated, utf8
from seqtasks.cli.exit_on_error import exit_on_error, warn
from seqtasks.cli.importing import importing
from seqtasks.cli.options import search_options
from seqtasks.cli.streams import prepare_streams, standard_input, standard_output
from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.remarks import told_once
from seqtasks.errors import DataError, SeqtasksError, UsageError
from seqtasks.files.replacing import replacing
from seqtasks.files.space import told_space
from seqtasks.prediction.source_lines import pieces_of

if TYPE_CHECKING:
    from seqtasks.prediction.files import FilePredictor


def main(arguments: Sequence[str] | None = None) -> None:
    """Read records, write predictions: a label, labels separated by spaces, or a text."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    with exit_on_error(spell=parser.spell):
        check_files(options.input, options.output)
        with told_once(), ExitStack() as files:
            source = files.enter_context(open_binary(options.input)) if options.input else None
            target = files.enter_context(whole_file(options.output)) if options.output else None
            predict = make_predictor(options, files)
            output = target or standard_output()
            for line in predict(pieces_of(source or standard_input())):
                output.write(line.encode(errors="backslashreplace") + b"\n")
                output.flush()
        if said := str(predict.predictor.unknown):
            warn(said)
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


def make_predictor(options: Namespace, files: ExitStack) -> FilePredictor:
    """What predicts, from the options of the command line, and the files that it writes besides."""
    with importing():
        from seqtasks.lightning import leave_out_lightning

        if not options.trust:  # a class of yours may want all of Lightning
            leave_out_lightning()
        from seqtasks.bundle import load
        from seqtasks.data.readers.options import known_encoding
        from seqtasks.prediction.files import FilePredictor, prefix_lines
        from seqtasks.prediction.forms import by_suffix, find_columns, make_input, make_output
        from seqtasks.prediction.layout import Layout
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

        look = files.enter_context(AlignmentFile(options.attention, bundles[0]))
    name = options.format or by_suffix(options.input) or "text"
    columns = find_columns(bundles[0], options.column)
    given = make_input(name, bundles[0], columns, not options.no_header)
    written = options.output_format or by_suffix(options.output) or name
    layout = Layout.of(bundles[0], options.name, options.scores, options.n_best is not None)
    return FilePredictor(
        Predictor(bundles, options.scores, options.n_best, search, options.batch_size),
        given,
        make_output(written, layout, given, bundles[0]),
        prefixes,
        look,
        known_encoding(options.encoding),
    )


def make_parser() -> Parser:
    """The options of the command line."""
    parser = Parser(
        "predict",
        "BUNDLE [OPTIONS] < INPUT > OUTPUT",
        "Predict on text or on a file with a trained model: a record in, a record out.",
        [
            "echo 'the dogs watch' | python -m seqtasks.predict runs/tagging/latest",
            "python -m seqtasks.predict runs/tagging/latest < sentences.txt > tags.txt",
            "python -m seqtasks.predict runs/classification/latest \\\n"
            "    --input reviews.csv --output rated.csv --scores",
            "python -m seqtasks.predict runs/translation/latest --n-best 3 < lines.txt",
        ],
    )
    add = parser.add_argument_group("what is read and written").add_argument
    add("bundle", metavar="BUNDLE", help=BUNDLE)
    add("--input", type=Path, metavar="FILE", help="the file to read (default: standard input)")
    add("--output", type=Path, metavar="FILE", help="the file to write (default: standard output)")
    forms = "text, tsv, csv, jsonl or conll (default: by the name of the input, else text)"
    add("--format", metavar="FORM", help=forms)
    written = "… of the output (default: by its name, else that of the input)"
    add("--output-format", metavar="FORM", help=written)
    encoding = "of the input, such as cp1252 (default utf-8); the output is UTF-8"
    add("--encoding", default="utf-8", metavar="NAME", help=encoding)
    column = "the column of a table, or the member of an object, that holds an input"
    add("--column", **repeated("INPUT=NAME", column))
    first = "the first row of a table is data; columns are numbered from 0"
    add("--no-header", action="store_true", help=first)
    name = "the column, or the member, to write predictions to (default: prediction)"
    add("--name", default="prediction", metavar="NAME", help=name)
    add = parser.add_argument_group("what is predicted").add_argument
    add("--scores", action="store_true", help="add the probabilities of the labels")
    several = "the N best outputs with their scores, as JSON"
    add("--n-best", type=int, metavar="N", help=several)
    seen = "write what outputs attend to: .json, a line each; .png or .svg, one output"
    add("--attention", type=Path, metavar="FILE", help=seen)
    group = parser.add_argument_group("how a written output is searched for")
    search = "an option of task.search, such as beam_size=1"
    group.add_argument("--search", **repeated("NAME=VALUE", search))
    prefix = group.add_mutually_exclusive_group()
    prefix.add_argument("--prefix", type=utf8, metavar="TEXT", help="what every output begins with")
    each = "… one line for each line of the input"
    prefix.add_argument("--prefixes", type=Path, metavar="FILE", help=each)
    member = "another model, which chooses each token together with the first"
    group.add_argument("--ensemble", **repeated("BUNDLE", member))
    add = parser.add_argument_group("speed").add_argument
    add("--batch-size", type=int, default=32, metavar="N", help="texts at once (default 32)")
    parser.add_general()
    return parser


def check_files(given: Path | None, output: Path | None) -> None:
    """Refuse, by a `UsageError`, to write into the file that is read."""
    if given and output and output.exists() and given.exists() and output.samefile(given):
        raise UsageError(f"{output} is the input too; name another file", option="output")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that is there under its name once it is whole; pipes are written at once."""
    with told_space(path.parent), ExitStack() as stack:
        try:
            part = stack.enter_context(replacing(path, parents=False))
            file = stack.enter_context(part.open("wb"))
        except OSError as error:
            raise SeqtasksError(f"{path}: {error.strerror}; choose another file") from error
        yield file


if __name__ == "__main__":
    prepare_streams()
    main()
