"""Tables in Parquet and Arrow files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa

from seqtasks.data.readers.arrow_batches import arrow_table, parquet_table
from seqtasks.data.readers.arrow_cells import all_filled, arrow_cells
from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.json_lines import cell_value
from seqtasks.data.readers.opening import open_binary
from seqtasks.data.readers.paths import FilePath, RemotePath, packed_suffix
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, first_line

_FORMS = {"parquet": ("Parquet", parquet_table), "arrow": ("Arrow", arrow_table)}


def arrow_records(path: FilePath, form: str, columns: Columns) -> Iterator[Record]:
    """Yield one record a row, whose line is the number of the row from 1.

    Only the wanted columns are read, in batches of some megabytes.

    Args:
        path: the file, as records and errors name it.
        form: ``parquet``, or ``arrow`` for Arrow's file or stream format (Feather).
        columns: the wanted fields.

    Raises:
        DataError: the file cannot be read, has no such column, or one that holds neither text,
            numbers, times nor lists of them.
    """
    start = 1
    name = str(path)
    for wanted, cells in _batches(path, form, columns):
        if all(map(all_filled, cells.values())):
            whole = zip(*(cells[column] for column in wanted.values()), strict=True)
            for row, values in enumerate(whole, start):
                yield Record(dict(zip(wanted, values, strict=True)), name, row)
        else:
            each = zip(*(cells[column] for column in wanted.values()), strict=True)
            for row, parts in enumerate(each, start):
                yield checked_record(name, row, wanted, parts)
        start += len(next(iter(cells.values())))


def arrow_beginning(path: FilePath, form: str, rows: int) -> dict[str, list[Any]]:
    """The first cells of each column that holds what records take.

    Args:
        path: the file.
        form: of the file.
        rows: how many rows are looked at, or fewer.
    """
    kind, opened = _FORMS[form]
    cells: dict[str, list[Any]] = {}
    with _readable(path, kind), _source(path, form) as source:
        names, select = opened(source)
        once = [name for name in names if names.count(name) == 1]
        batch = next((some for some in select(once) if len(some)), None) if once else None
        if batch is not None:
            batch.validate(full=True)
            for name in once:
                with suppress(TypeError):  # a type that is refused where it is wanted
                    cells[name] = arrow_cells(batch.column(name).slice(0, rows))
    return cells


def checked_record(path: str, row: int, wanted: Mapping[str, str], cells: Iterable[Any]) -> Record:
    """The record of a row in which a cell may be missing, or hold what no field takes.

    Args:
        path: names the file.
        row: the number of the row.
        wanted: field → name of its column.
        cells: of each field.
    """
    try:
        named = zip(wanted.items(), cells, strict=True)
        return Record({f: cell_value(column, cell) for (f, column), cell in named}, path, row)
    except DataError as error:
        return Record({}, path, row, fault=error.message)


def _batches(
    path: FilePath, form: str, columns: Columns
) -> Iterator[tuple[dict[str, str], dict[str, list[Any]]]]:
    """Yield each field's column, and the cells of these columns in a batch that holds rows."""
    kind, opened = _FORMS[form]
    with _readable(path, kind), _source(path, form) as source:
        names, select = opened(source)
        located = locate_all(str(path), columns, names, len(names))
        wanted = {field: names[at] for field, at in located.items()}
        twice = [name for name in wanted.values() if names.count(name) > 1]
        if twice:
            raise DataError(f"{path}: the column {twice[0]!r} is there twice; rename one of them")
        for batch in select(sorted(set(wanted.values()))):
            batch.validate(full=True)
            if len(batch):
                yield wanted, {name: _cells(path, name, batch) for name in wanted.values()}


def _cells(path: FilePath, name: str, batch: pa.RecordBatch) -> list[Any]:
    column = batch.column(name)
    try:
        return arrow_cells(column)
    except TypeError:
        raise DataError(
            f"{path}: the column {name!r} is of the type {column.type}; name a column of texts, "
            "numbers, times, or lists of them"
        ) from None


def _source(path: FilePath, form: str) -> pa.NativeFile:
    """The file as pyarrow reads it: batches of a local Arrow file are parts of the mapped file."""
    if form != "arrow" or isinstance(path, RemotePath) or packed_suffix(path):
        return pa.PythonFile(open_binary(path, seekable=True), mode="r")
    return pa.memory_map(str(path))


@contextmanager
def _readable(path: FilePath, kind: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{path}: cannot be read as {kind} ({first_line(error)}); write the file again, or set "
            "`reader.format` if it is of another format"
        ) from None
