"""``python -m seqtasks.predict BUNDLE < lines > results``: one prediction for each line."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

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
    with reported():
        if options.batch_size < 1:
            raise UsageError(f"--batch-size is at least 1, not {options.batch_size}")
        if options.n_best is not None and options.n_best < 1:
            raise UsageError(f"--n-best is at least 1, not {options.n_best}")
        for line in predict(decoded(sys.stdin.buffer), options):
            sys.stdout.buffer.write(line.encode() + b"\n")
            sys.stdout.buffer.flush()


def decoded(lines: Iterable[bytes], name: str = "input") -> Iterator[str]:
    """Lines of UTF-8 without their ends."""
    return (decode(line, f"{name}:{number}") for number, line in enumerate(lines, 1))


def decode(line: bytes, place: str) -> str:
    """One line of UTF-8 without its end.

    Raises:
        DataError: it is of another encoding.
    """
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"{place}: not valid utf-8 (byte 0x{line[error.start]:02x}); convert it to utf-8"
        ) from error


def predict(lines: Iterator[str], options: argparse.Namespace) -> Iterator[str]:
    """One line of output for each line of input; an empty line for an empty one.

    Outputs that were cut at their greatest length are counted on the error stream.
    """
    from seqtasks.answers import answers, searches, set_search
    from seqtasks.bundle import load
    from seqtasks.inputs import as_text
    from seqtasks.inspection.alignment import align
    from seqtasks.inspection.alignment_file import AlignmentFile

    folders = [options.bundle, *options.ensemble]
    bundles = [load(folder, options.device, options.trust) for folder in folders]
    set_search(bundles[0], options.search)
    forced = prefixes(options)
    asked = options.n_best or options.ensemble or forced is not None
    if options.scores and (asked or options.search):
        raise UsageError("--scores: probabilities of labels take no option of a search; leave one")
    if options.attention is not None and (options.n_best or options.ensemble):
        raise UsageError("--attention: it is of one output and one model; leave the others out")
    plain = not asked and not searches(bundles[0])
    alignments = None if options.attention is None else AlignmentFile(options.attention)
    first, cut = 1, 0
    while chunk := list(itertools.islice(lines, CHUNK)):
        if plain or options.scores:
            found = bundles[0].predict(chunk, options.batch_size, first, options.scores)
            shown = (json_line(one) if isinstance(one, dict) else as_text(one) for one in found)
        else:
            best = answers(
                bundles,
                chunk,
                count=options.n_best or 1,
                batch_size=options.batch_size,
                first=first,
                prefixes=None if forced is None else taken(forced, len(chunk)),
            )
            cut += sum(not answer.ended for some in best for answer in some)
            if options.n_best:
                shown = (json_line({"best": [a.as_dict() for a in some]}) for some in best)
            else:
                shown = (as_text(some[0].value) if some else "" for some in best)
        written = list(shown)
        if alignments is not None:
            for text, line in zip(chunk, written, strict=True):
                if text.strip() and line.strip():
                    alignments.add(align(bundles[0], text, line))
        yield from (line.replace("\n", "\\n") for line in written)
        first += len(chunk)
    if cut:
        print(
            f"seqtasks: {cut} of the outputs were cut at max_length, without an end of their own; "
            "--search max_length=N changes it",
            file=sys.stderr,
        )


def json_line(value: Any) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


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
