"""``python -m seqtasks.predict BUNDLE < lines > results``: one prediction for each line."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from seqtasks.cli.exit_on_error import exit_on_error
from seqtasks.errors import DataError, SeqtasksError, UsageError
from seqtasks.prediction.line import decoded

if TYPE_CHECKING:
    from seqtasks.bundle import Bundle
    from seqtasks.data.fields.columns import Column

CHUNK = 1000
"""Lines read before the first answer; they are batched by length and answered in order."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read lines, write predictions: a label, labels separated by spaces, or a text."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.predict",
        description="Predict on raw lines with a saved model: one line in, one line out.",
    )
    parser.add_argument("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    parser.add_argument("--input", type=Path, metavar="FILE", help="instead of standard input")
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of standard output")
    parser.add_argument(
        "--format",
        default="text",
        help="text, a line for each input; tsv, a table with a header; jsonl, an object a line",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="INPUT=NAME",
        help="the column of a tsv or jsonl file that holds an input; may be given again",
    )
    parser.add_argument(
        "--name", default="prediction", help="of the column that a tsv or jsonl file is given"
    )
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="lines at once")
    parser.add_argument(
        "--scores", action="store_true", help="probabilities of labels, one JSON object a line"
    )
    parser.add_argument(
        "--n-best", type=int, metavar="N", help="the N best with their scores, a JSON object a line"
    )
    parser.add_argument(
        "--search",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of task.search, such as beam_size=1; may be given again",
    )
    prefix = parser.add_mutually_exclusive_group()
    prefix.add_argument("--prefix", metavar="TEXT", help="what every output begins with")
    prefix.add_argument(
        "--prefixes", type=Path, metavar="FILE", help="… one line for each line of the input"
    )
    parser.add_argument(
        "--ensemble",
        action="append",
        default=[],
        metavar="BUNDLE",
        help="a model that chooses each token together with the first; may be given again",
    )
    parser.add_argument(
        "--attention",
        type=Path,
        metavar="FILE",
        help="what outputs attend to: .json, an object for each not empty; .png or .svg, of one",
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, …")
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module of your own that holds the task's class; may be given again",
    )
    options = parser.parse_args(arguments)
    with exit_on_error(), ExitStack() as files:
        if options.batch_size < 1:
            raise UsageError(f"--batch-size is at least 1, not {options.batch_size}")
        if options.n_best is not None and options.n_best < 1:
            raise UsageError(f"--n-best is at least 1, not {options.n_best}")
        source = files.enter_context(opened(options.input, "rb")) if options.input else None
        target = files.enter_context(opened(options.output, "wb")) if options.output else None
        write(
            predict(source or sys.stdin.buffer, options),
            target or sys.stdout.buffer,
        )


def opened(path: Path, mode: str) -> BinaryIO:
    """A file.

    Raises:
        SeqtasksError: it cannot be opened.
    """
    try:
        return path.open(mode)  # type: ignore[return-value]
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}") from error


def write(lines: Iterator[str], target: BinaryIO) -> None:
    """Write lines as they come."""
    for line in lines:
        target.write(line.encode() + b"\n")
        target.flush()


def predict(source: BinaryIO, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the output: one for each record, and what stands before them.

    Outputs that were cut at their greatest length, and records that could not be used, are counted
    on the error stream; of the latter there being any, the exit code is 1.
    """
    from seqtasks.lightning import leave_out_lightning

    if not options.trust:  # a class of yours may want all of Lightning
        leave_out_lightning()
    from seqtasks.bundle import load
    from seqtasks.prediction.forms import make_form
    from seqtasks.prediction.n_best import set_search
    from seqtasks.prediction.predictor import Predictor

    folders = [options.bundle, *options.ensemble]
    bundles = [load(folder, options.device, options.trust) for folder in folders]
    set_search(bundles[0], options.search)
    forced = prefixes(options)
    if options.scores and (
        options.n_best or options.ensemble or forced is not None or options.search
    ):
        raise UsageError("--scores: probabilities of labels take no option of a search; leave one")
    if options.attention is not None and (options.n_best or options.ensemble):
        raise UsageError("--attention: it is of one output and one model; leave the others out")
    predictor = Predictor(bundles, options.scores, options.n_best, options.batch_size)
    form = make_form(options.format, columns(bundles[0], options.column), options.name)
    aligned = None if options.attention is None else alignments(bundles[0], options.attention)
    lines, cut, bad, begun = form.read(source), 0, 0, False
    while chunk := list(itertools.islice(lines, CHUNK)):
        head = None if begun else form.head()
        begun = True
        if head is not None:
            yield head
        taken_prefixes = None if forced is None else taken(forced, len(chunk))
        outputs = predictor(chunk, taken_prefixes)
        for line, output in zip(chunk, outputs, strict=True):
            bad += line.error is not None
            cut += output.cut
            if aligned is not None and line.value and str(output.value).strip():
                aligned(line.value, str(output.value))
            yield form.write(line, output.value)
    if cut:
        print(
            f"seqtasks: {cut} of the outputs were cut at max_length, without an end of their own; "
            "--search max_length=N changes it",
            file=sys.stderr,
        )
    if bad:
        raise DataError(
            f"{bad:,} record(s) could not be used; the output has an error in place of each"
        )


def alignments(bundle: Bundle, path: Path) -> Callable[[Any, str], None]:
    """What writes into a file the attention of one output after another."""
    from seqtasks.data.raw_inputs import spelled
    from seqtasks.inspection.alignment import align
    from seqtasks.inspection.alignment_file import AlignmentFile

    file = AlignmentFile(path)

    def add(value: Any, output: str) -> None:
        text = value if isinstance(value, str) else spelled(value, bundle.task.inputs)
        file.add(align(bundle, text, output))

    return add


def columns(bundle: Bundle, options: Sequence[str]) -> Mapping[str, Column]:
    """Where each input of a task is found: where it is asked to be, or as in training.

    Raises:
        UsageError: an option names no input.
    """
    inputs = bundle.task.inputs
    found: dict[str, Any] = {}
    for name in inputs:
        column = bundle.fields[name].column
        found[name] = name if column is None or isinstance(column, int) else column
    for option in options:
        name, equals, column = option.partition("=")
        if name not in inputs or not equals:
            raise UsageError(
                f"--column {option}: it is written INPUT=NAME; this model's inputs are "
                f"{', '.join(inputs)}"
            )
        found[name] = column
    return found


def prefixes(options: argparse.Namespace) -> Iterator[str] | None:
    """What the outputs begin with, one after another, or none."""
    if options.prefixes is not None:
        return lines_of(options.prefixes)
    return None if options.prefix is None else itertools.repeat(options.prefix)


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file.

    Raises:
        UsageError: there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"--prefixes {path}: there is no such file")
    with path.open("rb") as file:
        yield from decoded(file, str(path))


def taken(items: Iterator[str], count: int) -> list[str]:
    """So many prefixes.

    Raises:
        DataError: there are fewer.
    """
    found = list(itertools.islice(items, count))
    if len(found) < count:
        raise DataError("--prefixes: the file has fewer lines than the input; give one for each")
    return found


if __name__ == "__main__":
    main()
