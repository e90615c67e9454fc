"""What prepared data holds: examples, tokens, vocabularies, lengths, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seqtasks.cli.printable import on_one_line
from seqtasks.data.module import SequenceData
from seqtasks.data.store.cache import Cache
from seqtasks.data.store.eviction import size_of
from seqtasks.data.store.ragged import Ragged

_BLOCK = 1 << 22
"""Tokens that are looked at together."""

_MUCH = 100_000_000
"""Bytes on a disk of which a person may want to know."""

HEADINGS = ("examples", "tokens", "symbols", "unknown", "length")


class Holding(NamedTuple):
    """What a split holds of a field of sequences.

    Attributes:
        split: its name.
        field: its name.
        examples: their number.
        tokens: or steps, of all examples together.
        vocabulary: the number of symbols, or of the channels of vectors.
        unknown: the share of the tokens that are not in the vocabulary; None where all are known.
        mean: of the lengths.
        longest: the greatest length.
    """

    split: str
    field: str
    examples: int
    tokens: int
    vocabulary: int
    unknown: float | None
    mean: float
    longest: int


def holdings(data: SequenceData) -> Iterator[Holding]:
    """What each split holds of each field of tokens, labels or steps.

    Args:
        data: set up.
    """
    for split, dataset in data.datasets.items():
        for name, encoded in dataset.encoded.items():
            if not isinstance(encoded, Ragged):
                continue
            lengths, vocabulary = encoded.lengths, data.fields[name].vocabulary
            number = vocabulary.unk_id
            total = int(encoded.offsets[-1])
            unknown = None if number is None else count(encoded, number) / max(total, 1)
            yield Holding(
                split,
                name,
                len(encoded),
                total,
                len(vocabulary),
                unknown,
                total / max(len(encoded), 1),
                int(lengths.max(initial=0)),
            )


def count(sequences: Ragged, number: int) -> int:
    """How often a number occurs in all sequences."""
    values = sequences.values
    starts = range(0, len(values), _BLOCK)
    return sum(int((values[at : at + _BLOCK] == number).sum()) for at in starts)


def told_size(cache: Cache) -> str:
    """A line on what was written into the user's cache, if it is much; else empty."""
    size = sum(map(size_of, cache.made))
    if size < _MUCH:
        return ""
    return (
        f"The data is prepared: {size / 1e6:,.0f} MB in {cache.folder}, where the next run finds "
        "it (data.cache)"
    )


def show_holdings(console: Console, data: SequenceData, seconds: float) -> None:
    """Print what prepared data holds, where it is and what it took.

    Args:
        console: to print on.
        data: set up.
        seconds: that preparing took.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("", *HEADINGS):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for one in holdings(data):
        unknown = "" if one.unknown is None else f"{100 * one.unknown:.2f} %"
        cells = f"{one.examples:,}", f"{one.tokens:,}", f"{one.vocabulary:,}", unknown
        label = escape(on_one_line(f"{one.split} {one.field}"))
        mean = f"{one.mean:,.1f}, up to " * (one.examples > 1)
        table.add_row(label, *cells, f"{mean}{one.longest:,}")
    for split, dataset in data.datasets.items():
        if not any(isinstance(encoded, Ragged) for encoded in dataset.encoded.values()):
            table.add_row(split, f"{len(dataset):,}")
    console.print(table)
    places = sorted(data.cache.used)
    size = sum(map(size_of, places))
    where = f"in {data.cache.folder}" if places else "in a temporary folder, for this command alone"
    say: Any = console.print
    say(f"{size / 1e6:,.1f} MB {where}, {seconds:.1f} s", soft_wrap=True, highlight=False)
