"""Sequences of vectors: ``.ts``, ``.npz``, and tables with one row a step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from seqtasks.data.decimals import decimal
from seqtasks.data.readers.arrays import array_examples
from seqtasks.data.readers.columns import locate_all, no_column
from seqtasks.data.readers.delimited import Row, open_delimited
from seqtasks.data.readers.files import at_least_one, find_files, in_turn
from seqtasks.data.readers.options import column_names, known_encoding
from seqtasks.data.readers.paths import FilePath, format_suffix
from seqtasks.data.readers.uea import uea_examples
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError, UsageError

_FORMS = {".csv": "csv", ".tsv": "tsv"}
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
        yield from in_turn(find_files(source), lambda path: self._records(path, columns))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        missing = f"{path}: no sequence; give a file that holds some"
        return at_least_one(self._examples(path, columns), missing)

    def _examples(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        suffix = format_suffix(path)
        if suffix in _FORMS:
            yield from self._table(path, columns, _FORMS[suffix])
        elif suffix == ".npz":
            wanted = {field: field if c is None else str(c) for field, c in columns.items()}
            for number, strings in array_examples(path, wanted):
                yield Record({**strings}, str(path), number)
        elif suffix == ".ts":
            for number, strings, fault in uea_examples(path, self.encoding):
                if fault:
                    yield Record({}, str(path), number, fault=fault)
                    continue
                names = list(strings)
                located = locate_all(f"{path}:{number}", columns, names)
                chosen = {field: strings[names[at]] for field, at in located.items()}
                yield Record({**chosen}, str(path), number)
        else:
            raise DataError(
                f"{path}: the suffix {suffix!r} names no format of sequences of vectors; give a "
                f"file .ts, .npz, {' or '.join(_FORMS)}"
            )

    def _table(self, path: FilePath, columns: Columns, form: str) -> Iterator[Record]:
        if self.sequence is None:
            raise DataError(
                f"{path}: a row is a step, so one column has to name its sequence; say which with "
                "`reader.sequence`=COLUMN"
            )
        others = {field: column for field, column in columns.items() if field != "series"}
        sought = {"sequence": self.sequence, **{name: name for name in self.channels}, **others}
        table = open_delimited(path, form, None, self.encoding, True, sought)
        if table is None:
            return
        wanted = self._resolve(table.place, columns, table.names)
        by = table.names.index(self.sequence)
        comma = table.dialect.delimiter != ","
        seen: set[str] = set()
        for sequence, steps in groupby(_whole(path, table.rows), lambda row: row[1][by]):
            lines, cells, faults = zip(*steps, strict=True)
            if sequence in seen:
                raise DataError(
                    f"{path}:{lines[0]}: more of the sequence {sequence!r}, whose rows ended "
                    "before; sort the rows by sequence and time"
                )
            seen.add(sequence)
            at = next((at for at, fault in enumerate(faults) if fault), None)
            if at is not None:
                yield Record({}, str(path), lines[at], fault=faults[at])
                continue
            try:
                values = self._values(table.names, wanted, lines, cells, comma)
            except _Unusable as error:
                yield Record({}, str(path), error.line, fault=error.reason)
            else:
                yield Record(values, str(path), lines[0])

    def _values(
        self,
        names: Sequence[str],
        wanted: Mapping[str, Sequence[int]],
        lines: Sequence[int],
        rows: Sequence[Sequence[str]],
        comma: bool,
    ) -> dict[str, Value]:
        """The values of a sequence (_Unusable: a cell is no number, or the label changes)."""
        values: dict[str, Value] = {}
        for field, places in wanted.items():
            if field == "series":
                series = [
                    [_number(at, names[place], row[place], comma) for place in places]
                    for at, row in zip(lines, rows, strict=True)
                ]
                values[field] = json.dumps(series)
                continue
            listed = [row[places[0]] for row in rows]
            values[field] = listed if field in _STEPWISE else listed[0]
            if field not in _STEPWISE and len(set(listed)) > 1:
                raise _Unusable(
                    lines[0],
                    f"several values of '{field}' in one sequence; give all its rows the same",
                )
        return values

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


class _Unusable(Exception):
    """What is wrong with a sequence, and on which line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def _whole(path: FilePath, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of which at least the cells can be told apart, as each is a step."""
    for row in rows:
        if not row[1]:
            raise DataError(f"{path}:{row[0]}: {row[2]}")
        yield row


def _number(line: int, column: str, cell: str, comma: bool) -> float:
    try:
        return decimal(cell, comma) if cell.strip() else float("nan")
    except ValueError:
        raise _Unusable(
            line,
            f"the column {column!r} holds {cell.strip()[:30]!r} where a number is expected; "
            "correct it, or name the columns of numbers with `reader.channels`=[...]",
        ) from None
