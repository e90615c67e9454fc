"""Sequences of vectors: ``.ts``, ``.npz``, and tables with one row a step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from seqtasks.data.readers.arrays import array_examples
from seqtasks.data.readers.columns import locate_all, no_column
from seqtasks.data.readers.delimited import delimited_rows
from seqtasks.data.readers.files import at_least_one, find_files
from seqtasks.data.readers.options import column_names, known_encoding
from seqtasks.data.readers.paths import FilePath, format_suffix
from seqtasks.data.readers.uea import uea_examples
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError, UsageError

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_STEPWISE = ("tags",)


class TimeSeriesReader:
    """Read sequences of vectors, by the suffix of the file.

    ``.ts`` is the format of the UEA archive: the columns are ``series`` and ``label``. In
    ``.npz`` a column is an array, see `array_examples`. In ``.csv`` and ``.tsv`` a row is a step;
    consecutive rows with the same name in the column ``sequence`` are one sequence, and ``series``
    is made of the columns ``channels``. There the field ``tags`` has a value at each step, and any
    other field one for the whole sequence.

    Args:
        sequence: of a table, the column that names a row's sequence.
        channels: of a table, the columns of numbers; None takes all that nothing else is read from.
        encoding: the files' encoding.

    Raises:
        UsageError: an option has no such value.
    """

    def __init__(
        self,
        sequence: str | None = None,
        channels: Sequence[str] | None = None,
        encoding: str = "utf-8",
    ) -> None:
        self.sequence = sequence
        self.channels = column_names("channels", channels)
        self.encoding = known_encoding(encoding)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a sequence, ``series`` as a JSON list of steps; see `Reader`."""
        if "series" not in columns and columns.get("tokens", "") is None:
            raise UsageError("the data are sequences of vectors: choose task/embedding=series")
        for path in find_files(source):
            missing = f"{path}: no sequence; give a file that holds some"
            for place, values in at_least_one(self._examples(path, columns), missing):
                yield Record(values, str(path), place)

    def _examples(self, path: FilePath, columns: Columns) -> Iterator[tuple[int, dict[str, Value]]]:
        suffix = format_suffix(path)
        if suffix in _DELIMITERS:
            yield from self._table(path, columns, _DELIMITERS[suffix])
        elif suffix == ".npz":
            wanted = {field: field if c is None else str(c) for field, c in columns.items()}
            for number, strings in array_examples(path, wanted):
                yield number, {**strings}
        elif suffix == ".ts":
            for number, strings in uea_examples(path, self.encoding):
                names = list(strings)
                located = locate_all(f"{path}:{number}", columns, names)
                yield number, {field: strings[names[at]] for field, at in located.items()}
        else:
            raise DataError(
                f"{path}: the suffix {suffix!r} tells no format of sequences of vectors; give a "
                f"file .ts, .npz, {' or '.join(_DELIMITERS)}"
            )

    def _table(
        self, path: FilePath, columns: Columns, delimiter: str
    ) -> Iterator[tuple[int, dict[str, Value]]]:
        if self.sequence is None:
            raise DataError(
                f"{path}: a row is a step, so one column has to name its sequence; say which with "
                "`reader.sequence`=COLUMN"
            )
        rows = delimited_rows(path, delimiter == ",", delimiter, self.encoding, header=True)
        if (first := next(rows, None)) is None:
            return
        line, names, _ = first
        wanted = self._resolve(f"{path}:{line}", columns, names)
        by = names.index(self.sequence)
        seen: set[str] = set()
        for sequence, steps in groupby(chain([first], rows), lambda row: row[2][by]):
            lines, _, cells = zip(*steps, strict=True)
            if sequence in seen:
                raise DataError(
                    f"{path}:{lines[0]}: more of the sequence {sequence!r}, whose rows ended "
                    "before; sort the rows by sequence and time"
                )
            seen.add(sequence)
            values: dict[str, Value] = {}
            for field, places in wanted.items():
                if field == "series":
                    series = [
                        [_number(path, at, names[place], row[place]) for place in places]
                        for at, row in zip(lines, cells, strict=True)
                    ]
                    values[field] = json.dumps(series)
                    continue
                listed = [row[places[0]] for row in cells]
                values[field] = listed if field in _STEPWISE else listed[0]
                if field not in _STEPWISE and len(set(listed)) > 1:
                    raise DataError(
                        f"{path}:{lines[0]}: the sequence {sequence!r} has several values of "
                        f"'{field}': {', '.join(sorted(set(listed))[:5])}; give all its rows the "
                        "same"
                    )
            yield lines[0], values

    def _resolve(self, place: str, columns: Columns, names: list[str]) -> dict[str, list[int]]:
        """The positions of each field's columns."""
        if self.sequence not in names:
            raise DataError(
                f"{place}: no column {self.sequence!r}; the columns are {', '.join(names)}; name "
                "the one of the sequence with `reader.sequence`=COLUMN"
            )
        others = {field: column for field, column in columns.items() if field != "series"}
        located = locate_all(place, others, names, len(names))
        wanted = {field: [position] for field, position in located.items()}
        if "series" in columns:
            if columns["series"] is not None:
                raise DataError(
                    f"{place}: `series.column` names one column, a table has one a channel; "
                    "leave it at null and set `reader.channels`=[...]"
                )
            missing = [channel for channel in self.channels if channel not in names]
            if missing:
                raise no_column(place, "series", missing[0], names, 0)
            used = {names.index(str(self.sequence)), *(p[0] for p in wanted.values())}
            free = [p for p in range(len(names)) if p not in used]
            wanted["series"] = [names.index(c) for c in self.channels] or free
        return wanted


def _number(path: FilePath, line: int, column: str, cell: str) -> float:
    try:
        return float(cell) if cell.strip() else float("nan")
    except ValueError:
        raise DataError(
            f"{path}:{line}: the column {column!r} holds {cell.strip()[:30]!r} where a number is "
            "expected; correct it, or name the columns of numbers with `reader.channels`=[...]"
        ) from None
