"""The encoded examples of a split in a folder: flat columns, and the rows of the records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.dataset import Encoder, SequenceDataset, encode, sizes_of, text_lengths
from seqtasks.data.fields import Field
from seqtasks.data.length_filter import LengthFilter
from seqtasks.data.preparation.faults import Faults
from seqtasks.data.record import Record
from seqtasks.data.store.columns import Flat, columns_of
from seqtasks.data.store.flat_file import FlatFile, Layout, map_flat, write_flat
from seqtasks.data.store.ragged import Ragged
from seqtasks.data.store.record_file import RecordFile
from seqtasks.data.store.records import Cuts, Records
from seqtasks.errors import DataError, RecordError, UsageError

LAYOUT = "examples.json"


def write_examples(
    folder: Path,
    fields: Mapping[str, Field],
    records: Records,
    filter: LengthFilter | None,
    missing: str = "skip",
    training: bool = False,
) -> None:
    """Encode the examples of a split into a new folder.

    Args:
        folder: does not exist.
        fields: name → fitted field.
        records: the examples.
        filter: leaves examples out for their length; None keeps all.
        missing: what becomes of records that give no example, as in `Faults`.
        training: whether it is the training split.

    Raises:
        DataError: values cannot be encoded, all of which the message lists, or no example is left.
        UsageError: the examples are running texts in pieces, whose length no filter sees.
    """
    begins, at = records.begins, 0
    if filter is not None and not begins.all():
        raise UsageError(
            "it leaves out separate examples, and the training data is running text that is read "
            "in pieces; set it to null",
            option="filter",
        )
    folder.mkdir()
    encoders = {name: field.encoder(records, training) for name, field in fields.items()}
    columns = {name: Columns(folder, name) for name in fields}
    lengths = FlatFile(folder / "text_lengths")
    left_out: dict[str, int] = {}
    kept: list[NDArray[np.integer]] = []
    usable = UsableRecords(fields, encoders, missing)
    for chunk in records.chunks():
        places = np.arange(at, at + len(chunk))
        at += len(chunk)
        encoded, able = usable.encode(chunk)
        if able is not None:
            places, chunk = places[able], [chunk[place] for place in np.flatnonzero(able)]
        if filter is not None and chunk:
            inside = filter.within(sizes_of(fields, encoded), left_out)
            if not inside.all():
                places = places[inside]
                chunk = [record for record, ok in zip(chunk, inside, strict=True) if ok]
                encoded = encode(fields, encoders, chunk) if chunk else {}
        kept.append(places)
        for name, values in encoded.items():
            columns[name].append(values, begins[places])
        lengths.append(text_lengths(fields, chunk))
    usable.close()
    if filter is not None:
        filter.report(left_out, len(records))
    if sum(map(len, kept)) < len(records):
        records = records.select(np.concatenate(kept))
    layout = {
        "columns": {name: column.close() for name, column in columns.items()},
        "text_lengths": _whole_texts(folder / "text_lengths", lengths.layout, records.begins),
        "records": _write_records(folder, records),
        "in_pieces": not bool(records.begins.all()),
    }
    (folder / LAYOUT).write_text(json.dumps(layout), encoding="utf-8")


def map_examples(folder: Path, fields: Mapping[str, Field], file: RecordFile) -> SequenceDataset:
    """The examples in a folder, read on demand.

    Args:
        folder: written by `write_examples`.
        fields: the fields that they were encoded by.
        file: the records that they were made of.
    """
    layout = json.loads((folder / LAYOUT).read_text(encoding="utf-8"))
    encoded = {
        name: field.view(map_columns(folder, name, layout["columns"][name]))
        for name, field in fields.items()
    }
    kept = {name: map_flat(folder / name, at) for name, at in layout["records"].items()}
    rows = kept.pop("rows", None)
    records = Records(file, rows, Cuts(**kept) if kept else None)
    if layout["in_pieces"]:  # of a text in several records the first stands for it
        records = records.select(np.flatnonzero(records.begins))
    return SequenceDataset(
        fields, records, encoded, map_flat(folder / "text_lengths", layout["text_lengths"])
    )


class UsableRecords:
    """Encodes the records that give an example, and remembers what is wrong with the others.

    Args:
        fields: name → field.
        encoders: name → what gives the field's numbers.
        missing: what becomes of records that give no example, as in `Faults`.
    """

    def __init__(
        self, fields: Mapping[str, Field], encoders: Mapping[str, Encoder], missing: str
    ) -> None:
        self.fields, self.encoders = fields, encoders
        self.left_out, self.refused = Faults((), missing), Faults((), "error")

    def encode(self, records: list[Record]) -> tuple[dict[str, Any], NDArray[np.bool_] | None]:
        """The numbers of some records.

        Returns:
            The numbers by field, and (records,) which records give an example; None if all do.
        """
        before = {name: field.unseen.copy() for name, field in self.fields.items()}
        try:
            encoded = encode(self.fields, self.encoders, records)
        except DataError as error:
            if error.where is None:
                raise
        else:
            self.left_out.kept += len(records)
            return encoded, None
        able = np.array([self.check(record) for record in records])
        for name, field in self.fields.items():  # what was met so far is met again
            field.unseen = before[name]
        kept = [record for record, usable in zip(records, able, strict=True) if usable]
        self.left_out.kept += len(kept)
        return encode(self.fields, self.encoders, kept) if kept else {}, able

    def check(self, record: Record) -> bool:
        """Whether a record gives an example."""
        try:
            encode(self.fields, self.encoders, [record])
        except DataError as error:
            (self.left_out if isinstance(error, RecordError) else self.refused).count(
                record, error.message
            )
            return False
        return True

    def close(self) -> None:
        """Refuse what cannot be used (DataError), and log what was left out."""
        self.refused.close()
        self.left_out.close()


class Columns:
    """The columns of a field, which grow in files.

    Args:
        folder: exists.
        name: of the field.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.files: dict[str, FlatFile] = {}
        self.ends: dict[str, int] = {}  # of the sequences of unequal length

    def append(self, encoded: Any, begins: NDArray[np.bool_]) -> None:
        """Write the values of some records.

        Args:
            encoded: the values.
            begins: (records,) whether each begins an example; another one goes on with the
                sequences of the one before it.

        Raises:
            UsageError: the field does not give what `Field.encode` is to return.
        """
        try:
            self.append_columns(columns_of(encoded), begins)
        except (TypeError, ValueError) as error:
            raise UsageError(
                "what a field encodes is an array with a row for each record, a Ragged, or has "
                f"columns(), each time of one type of numbers; this one gives {error}",
                option=self.name,
            ) from error

    def append_columns(self, columns: Mapping[str, Flat], begins: NDArray[np.bool_]) -> None:
        """Write columns, each with as many rows as there are records."""
        for name, column in columns.items():
            if len(column) != len(begins):
                raise ValueError(f"{len(column):,} rows for {len(begins):,} records")
            if not isinstance(column, Ragged):
                self.write(f"{name}.rows", column[begins])
                continue
            end = self.ends.get(name, 0)
            self.write(f"{name}.values", column.values)
            self.write(f"{name}.offsets", column.offsets[:-1][begins] + end)
            self.ends[name] = end + int(column.offsets[-1])

    def write(self, name: str, rows: NDArray[Any]) -> None:
        """Write rows of one file."""
        if name not in self.files:
            self.files[name] = FlatFile(self.folder / f"{self.name}.{name}")
        self.files[name].append(rows)

    def close(self) -> dict[str, Layout]:
        """End the sequences and tell the layouts of the files."""
        for name, end in self.ends.items():
            self.write(f"{name}.offsets", np.array([end], np.int64))
        return {name: file.layout for name, file in self.files.items()}


def map_columns(folder: Path, name: str, layouts: Mapping[str, Layout]) -> dict[str, Flat]:
    """The columns of a field, read on demand."""
    arrays = {part: map_flat(folder / f"{name}.{part}", at) for part, at in layouts.items()}
    columns: dict[str, Flat] = {}
    for part, array in arrays.items():
        column, _, kind = part.rpartition(".")
        if kind == "values":
            columns[column] = Ragged(array, arrays[f"{column}.offsets"])
        elif kind == "rows":
            columns[column] = array
    return columns


def _whole_texts(path: Path, layout: Layout, begins: NDArray[np.bool_]) -> Layout:
    """Add up the lengths of the pieces of each text."""
    if begins.all():
        return layout
    whole = np.add.reduceat(map_flat(path, layout), np.flatnonzero(begins))
    path.unlink()
    return write_flat(path, whole)


def _write_records(folder: Path, records: Records) -> dict[str, Layout]:
    """Write the rows of some records, and the parts that are taken of them."""
    parts = {} if records.cuts is None else records.cuts._asdict()
    if records.rows is not None:
        parts["rows"] = records.rows
    return {name: write_flat(folder / name, array) for name, array in parts.items()}
