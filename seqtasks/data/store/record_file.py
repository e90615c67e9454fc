"""The records of one source in a folder: their values in an Arrow file, their places beside it."""

from __future__ import annotations

import bisect
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.record import Record, Value
from seqtasks.data.store.flat_file import FlatFile, check_there, map_flat, write_flat
from seqtasks.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
else:
    from seqtasks.data.store import arrow as pa

VALUES, LAYOUT = "values.arrow", "records.json"

CHUNK = 8192
"""The most records that are written, read or encoded at once."""

CHARACTERS = 4_000_000
"""About so many characters of records are written, read or encoded at once."""


class RecordWriter:
    """Writes records into a folder as they come.

    Args:
        folder: exists.
        fields: the names of the records' values.
        file: takes the values.
    """

    def __init__(self, folder: Path, fields: Sequence[str], file: pa.NativeFile) -> None:
        self.folder, self.fields = folder, list(fields)
        self.schema = pa.schema(
            [
                pa.field(f"{number}.{kind}", kind_type)
                for number in range(len(self.fields))
                for kind, kind_type in (("text", pa.string()), ("list", pa.list_(pa.string())))
            ]
        )
        self.values = pa.ipc.new_file(file, self.schema)
        self.arrays = {
            name: FlatFile(folder / name) for name in ("lines", "files", "begins", "ends", "sizes")
        }
        self.files: dict[str, int] = {}
        self.starts = [0]  # of the batches in the Arrow file
        self.held: list[Record] = []
        self.characters = 0
        self.unended: Record | None = None  # the last record, if its text goes on

    def add(self, record: Record) -> None:
        """Write a record behind the others.

        Raises:
            DataError: it lacks a field, holds something else than texts, or goes on with a text
                that has ended, or begins one where another has not.
        """
        if record.begins != (self.unended is None):
            raise _torn(record)
        self.unended = None if record.ends else record
        for name in self.fields:
            if name not in record.values:
                raise DataError(
                    f"the reader gives no value for the field '{name}'; correct the reader",
                    where=record.place,
                )
        for value in record.values.values():
            if not isinstance(value, (str, list, tuple)):
                raise _no_text(record, f"not {value!r}")
            self.characters += len(value)
        self.held.append(record)
        if len(self.held) == CHUNK or self.characters >= CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Write the records that are held."""
        if not self.held:
            return
        columns = []
        for name in self.fields:
            values = [record.values[name] for record in self.held]
            columns += _columns(values, self.held)
        self.values.write_batch(pa.record_batch(columns, schema=self.schema))
        numbers = self.files
        self.arrays["lines"].append(np.array([r.line for r in self.held], np.int64))
        files = [numbers.setdefault(r.path, len(numbers)) for r in self.held]
        self.arrays["files"].append(np.array(files, np.uint32))
        self.arrays["begins"].append(np.array([r.begins for r in self.held], np.bool_))
        self.arrays["ends"].append(np.array([r.ends for r in self.held], np.bool_))
        sizes = [[len(r.values[name]) for name in self.fields] for r in self.held]
        shape = (len(self.held), len(self.fields))
        self.arrays["sizes"].append(np.array(sizes, np.uint32).reshape(shape))
        self.starts.append(self.starts[-1] + len(self.held))
        self.held, self.characters = [], 0

    def close(self) -> None:
        """Write what is left and the layout of the folder."""
        if self.unended is not None:
            raise _torn(self.unended)
        self.flush()
        self.values.close()
        layouts = {name: file.layout for name, file in self.arrays.items()}
        layouts["starts"] = write_flat(self.folder / "starts", np.array(self.starts, np.int64))
        content = {"fields": self.fields, "files": list(self.files), "arrays": layouts}
        (self.folder / LAYOUT).write_text(json.dumps(content), encoding="utf-8")


def write_records(folder: Path, fields: Sequence[str], records: Iterable[Record]) -> int:
    """Write records into a folder and return how many they are."""
    with pa.OSFile(str(folder / VALUES), "wb") as file:
        writer = RecordWriter(folder, fields, file)
        for record in records:
            writer.add(record)
        writer.close()
    return writer.starts[-1]


class RecordFile:
    """The records in a folder, read on demand.

    Args:
        folder: written by `RecordWriter`; it may go once it is open.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        content = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
        self.fields: list[str] = content["fields"]
        self.files: list[str] = content["files"]
        arrays = {name: map_flat(folder / name, at) for name, at in content["arrays"].items()}
        self.lines, self.numbers = arrays["lines"], arrays["files"]
        self.begins, self.ends, self.sizes = arrays["begins"], arrays["ends"], arrays["sizes"]
        self.starts: list[int] = arrays["starts"].tolist()
        values = pa.memory_map(str(folder / VALUES))
        self.bytes: int = values.size()
        self.reader = pa.ipc.open_file(values)
        self.opened: dict[int, list[pa.Array]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        check_there(self.folder / LAYOUT)
        return RecordFile, (self.folder,)

    def __len__(self) -> int:
        return self.starts[-1]

    def batch(self, at: int) -> list[pa.Array]:
        """The columns of records that were written together, by their number; mapped."""
        if at not in self.opened:
            self.opened[at] = self.reader.get_batch(at).columns
        return self.opened[at]

    def values(self, row: int) -> dict[str, Value]:
        """The values of one record."""
        at = bisect.bisect_right(self.starts, row) - 1
        batch = self.batch(at)
        place = row - self.starts[at]
        found: dict[str, Value] = {}
        for name, texts, lists in zip(self.fields, batch[::2], batch[1::2], strict=True):
            text = texts[place].as_py()
            found[name] = lists[place].as_py() if text is None else text
        return found

    def column(self, name: str) -> Iterator[list[Value]]:
        """Yield the values of one field in all records, some thousand at a time."""
        at = 2 * self.fields.index(name)
        for number in range(len(self.starts) - 1):
            yield _values(self.batch(number)[at : at + 2])[0]

    def distinct(self, name: str, rows: NDArray[np.integer]) -> Iterator[tuple[list[str], ...]]:
        """Yield the distinct values of one field in some records, some thousand at a time.

        Args:
            name: the field.
            rows: the records, in rising order.

        Yields:
            Of the records that were written together, the distinct texts, and the distinct items
            of all lists.
        """
        at = 2 * self.fields.index(name)
        borders = np.searchsorted(rows, self.starts)
        for number, (first, last) in enumerate(itertools.pairwise(borders.tolist())):
            if first < last:
                within = pa.array(rows[first:last].astype(np.int64) - self.starts[number])
                texts, lists = (one.take(within) for one in self.batch(number)[at : at + 2])
                yield texts.drop_null().unique().to_pylist(), lists.flatten().unique().to_pylist()

    def parts(
        self, rows: NDArray[np.integer] | None = None
    ) -> Iterator[tuple[NDArray[np.integer], list[list[Value]]]]:
        """Yield records in parts that were written together, or of some thousand in another order.

        Args:
            rows: which records, in any order; None for all.

        Yields:
            The rows of the part, and for each field the values.
        """
        if rows is None:
            for at, (start, end) in enumerate(itertools.pairwise(self.starts)):
                yield np.arange(start, end), _values(self.batch(at))
            return
        if (rows[1:] < rows[:-1]).any():
            yield from self.scattered(rows)
            return
        batches = np.searchsorted(self.starts, rows, side="right") - 1
        borders = np.flatnonzero(np.diff(batches)) + 1
        for part in np.split(np.arange(len(rows)), borders):
            if not len(part):
                continue
            at, some = int(batches[part[0]]), rows[part]
            batch, within = self.batch(at), some.astype(np.int64) - self.starts[at]
            if len(within) != len(batch[0]) or not (np.diff(within) == 1).all():
                batch = [column.take(pa.array(within)) for column in batch]
            yield some, _values(batch)

    def scattered(
        self, rows: NDArray[np.integer]
    ) -> Iterator[tuple[NDArray[np.integer], list[list[Value]]]]:
        """Yield what `parts` does, of rows in another order than that of the file.

        Some thousand are read in the file's order, and then put into that of the rows.
        """
        for first in range(0, len(rows), CHUNK // 2):
            block = rows[first : first + CHUNK // 2]
            passed = self.sizes[block].sum(axis=1).cumsum() // CHARACTERS
            for some in np.split(block, np.flatnonzero(np.diff(passed)) + 1):
                order = np.argsort(some, kind="stable")
                found = [columns for _, columns in self.parts(some[order])]
                columns = [list(itertools.chain(*parts)) for parts in zip(*found, strict=True)]
                places = np.argsort(order).tolist()
                yield some, [[column[at] for at in places] for column in columns]


def _values(batch: Sequence[pa.Array]) -> list[list[Value]]:
    """The values of each field from its columns of texts and of lists."""
    columns = []
    for texts, lists in zip(batch[::2], batch[1::2], strict=True):
        if not texts.null_count:
            columns.append(texts.to_pylist())
        elif not lists.null_count:
            columns.append(_lists(lists))
        else:
            mixed = zip(texts.to_pylist(), lists.to_pylist(), strict=True)
            columns.append([items if text is None else text for text, items in mixed])
    return columns


def _columns(values: Sequence[Value], records: Sequence[Record]) -> list[pa.Array]:
    """The column of texts and the column of lists, of which each record has one."""
    try:
        if all(isinstance(value, str) for value in values):
            return [pa.array(values, pa.string()), pa.nulls(len(values), pa.list_(pa.string()))]
        texts = [value if isinstance(value, str) else None for value in values]
        lists = [None if isinstance(value, str) else value for value in values]
        return [pa.array(texts, pa.string()), pa.array(lists, pa.list_(pa.string()))]
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, UnicodeEncodeError) as error:
        raise _no_text(records[0], str(error)) from None


def _torn(record: Record) -> DataError:
    return DataError(
        "the records of one text follow each other, each but the first with begins=False and each "
        "but the last with ends=False, and these do not; correct the reader",
        where=record.place,
    )


def _no_text(record: Record, reason: str) -> DataError:
    return DataError(
        f"here or further on is a value that is no text and no list of texts: {reason}; correct "
        "the reader",
        where=record.place,
    )


def _lists(column: pa.ListArray) -> list[Value]:
    items, offsets = column.flatten().to_pylist(), column.offsets.to_numpy()
    ends = (offsets - offsets[0]).tolist()
    return [items[start:end] for start, end in itertools.pairwise(ends)]
