"""``python -m seqtasks.predict BUNDLE < lines > results``: one prediction for each line."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence

from seqtasks.errors import DataError, UsageError
from seqtasks.usage import reported

CHUNK = 1000
"""Lines read before the first answer; they are batched by length and answered in order."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read lines, write predictions: a label, labels separated by spaces, or a text."""
    parser = argparse.ArgumentParser(
        prog="python -m seqtasks.predict",
        description="Predict on raw lines with a saved model: one line in, one line out.",
    )
    parser.add_argument("bundle", help="the folder that training saved: runs/<task>/latest/bundle")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="lines at once")
    parser.add_argument(
        "--scores", action="store_true", help="probabilities of labels, one JSON object a line"
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
    with reported():
        if options.batch_size < 1:
            raise UsageError(f"--batch-size is at least 1, not {options.batch_size}")
        for line in predict(decoded(sys.stdin.buffer), options):
            sys.stdout.buffer.write(line.encode() + b"\n")
            sys.stdout.buffer.flush()


def decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """Lines of UTF-8 without their ends."""
    return (decode(line, number) for number, line in enumerate(lines, 1))


def decode(line: bytes, number: int) -> str:
    """One line of UTF-8 without its end.

    Raises:
        DataError: it is of another encoding.
    """
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"input:{number}: not valid utf-8 (byte 0x{line[error.start]:02x}); convert the input "
            "to utf-8"
        ) from error


def predict(lines: Iterator[str], options: argparse.Namespace) -> Iterator[str]:
    """One line of output for each line of input; an empty line for an empty one."""
    from seqtasks.bundle import load
    from seqtasks.inputs import as_text

    bundle = load(options.bundle, options.device, options.trust)
    first = 1
    while chunk := list(itertools.islice(lines, CHUNK)):
        for prediction in bundle.predict(chunk, options.batch_size, first, options.scores):
            if isinstance(prediction, dict):
                yield json.dumps(prediction, ensure_ascii=False)
            else:
                yield as_text(prediction).replace("\n", "\\n")
        first += len(chunk)


if __name__ == "__main__":
    main()
