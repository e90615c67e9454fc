"""Batches of rows from Parquet and Arrow files, each of some megabytes at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

_MAGIC = b"ARROW1"  # begins Arrow's file format, and not its stream format
_ROWS = 10_000
_BYTES = 4 * 2**20  # of a batch, about
_BUFFER = 2**20

Batches = Iterator[pa.RecordBatch]
Select = Callable[[list[str]], Batches]


def parquet_table(source: pa.NativeFile) -> tuple[list[str], Select]:
    """Return the names of a Parquet file's columns, and a function from names to batches."""
    # Without these a whole group of rows would be held.
    buffered: dict[str, Any] = {"buffer_size": _BUFFER, "pre_buffer": False}
    file = parquet.ParquetFile(source, page_checksum_verification=True, **buffered)

    def select(wanted: list[str]) -> Batches:
        for group in range(file.num_row_groups):
            rows = _rows_at_once(file, group, wanted)
            yield from file.iter_batches(rows, row_groups=[group], columns=wanted)

    return file.schema_arrow.names, select


def _rows_at_once(file: parquet.ParquetFile, number: int, wanted: list[str]) -> int:
    """How many rows of a group make some megabytes of the wanted columns."""
    group = file.metadata.row_group(number)
    if group.total_byte_size <= _BYTES:
        return _ROWS
    # Where a column is damaged, reading it raises an error; asking for its size ends the process.
    next(file.iter_batches(1, row_groups=[number], columns=wanted), None)
    columns = [
        at for at in range(len(file.schema)) if _belongs(file.schema.column(at).path, wanted)
    ]
    size = sum(group.column(at).total_uncompressed_size for at in columns)
    return max(1, min(_ROWS, group.num_rows * _BYTES // max(size, 1)))


def _belongs(path: str, wanted: list[str]) -> bool:
    """Whether a path, such as ``tokens.list.element``, is a wanted column or a part of one."""
    return any(path == name or path.startswith(f"{name}.") for name in wanted)


def arrow_table(source: pa.NativeFile) -> tuple[list[str], Select]:
    """Return what `parquet_table` does for Arrow's file or stream format."""
    whole = source.read(len(_MAGIC)) == _MAGIC
    source.seek(0)
    opened = ipc.open_file if whole else ipc.open_stream
    names: list[str] = opened(source).schema.names

    def select(wanted: list[str]) -> Batches:
        source.seek(0)
        # Of a mapped file, columns that are not touched are not read; a choice would copy the rest.
        mapped = isinstance(source, pa.MemoryMappedFile)
        included = [] if mapped else [names.index(name) for name in wanted]
        reader: Any = opened(source, options=ipc.IpcReadOptions(included_fields=included))
        for batch in map(reader.get_batch, range(reader.num_record_batches)) if whole else reader:
            chosen = batch.select(wanted)
            chosen.validate()
            yield from bounded(chosen)

    return names, select


def bounded(batch: pa.RecordBatch) -> Batches:
    """Cut a batch, without a copy, into batches of some megabytes."""
    rows = max(1, min(_ROWS, len(batch) * _BYTES // max(batch.get_total_buffer_size(), 1)))
    for start in range(0, len(batch), rows):
        yield batch.slice(start, rows)
