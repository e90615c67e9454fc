"""From a reader and its source to records in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqtasks.data.fields.columns import Column, join_columns, split_columns
from seqtasks.data.preparation.faults import Faults
from seqtasks.data.preparation.file_digests import Stamp, file_digests, stamp
from seqtasks.data.preparation.identity import Unknown, key_of
from seqtasks.data.preparation.notes import repeat, taken_notes
from seqtasks.data.progress import progress
from seqtasks.data.readers.files import find_files
from seqtasks.data.readers.opening import counting_bytes
from seqtasks.data.readers.paths import FilePath
from seqtasks.data.readers.remarks import told_once
from seqtasks.data.record import Reader, Record
from seqtasks.data.store.cache import Cache
from seqtasks.data.store.record_file import RecordFile, write_records
from seqtasks.errors import DataError


class Stored(NamedTuple):
    """The records of a source in the cache.

    Attributes:
        key: names the store; None where nothing tells whether the source has changed.
        file: the records.
    """

    key: str | None
    file: RecordFile


class Wanted(NamedTuple):
    """What is wanted of each record.

    Attributes:
        columns: field → its columns.
        required: the fields that have to have a value.
        missing: what becomes of records without one, as in `Faults`.
    """

    columns: Mapping[str, Column]
    required: Sequence[str]
    missing: str


def stored_records(cache: Cache, reader: Reader, source: Any, wanted: Wanted) -> Stored:
    """The records of a source, read if they are not in the cache.

    Args:
        cache: keeps them.
        reader: turns the source into records.
        source: what the reader is given.
        wanted: of each record.

    Raises:
        DataError: a file cannot be used, gives no record, or changes while it is read; or some
            records give no example and are not to be left out.
    """
    stamps = _stamps(source)
    key = _key(cache, reader, source, wanted, [*stamps])
    size = sum(found.size for found in stamps.values())
    fresh = []

    def build(folder: Path) -> dict[str, Any]:
        fresh.append(folder)
        with taken_notes() as notes:
            return {**_build(reader, source, wanted, stamps, folder), "notes": notes}

    def load(folder: Path, content: Mapping[str, Any]) -> RecordFile:
        if not fresh:
            repeat(content["notes"])
        return RecordFile(folder)

    return Stored(key, cache.get(key, build, load, 2 * size))


def _stamps(source: Any) -> dict[FilePath, Stamp]:
    """The files of a source with what changes with them; none where it names no files."""
    if isinstance(source, (list, tuple)) and any(isinstance(one, (list, tuple)) for one in source):
        parts = [_stamps(one) for one in source]
        return {path: found for part in parts for path, found in part.items()} if all(parts) else {}
    try:
        return {path: stamp(path) for path in find_files(source)}
    except DataError:  # the reader knows what is wrong, or what else its source is
        return {}


def _key(
    cache: Cache, reader: Reader, source: Any, wanted: Wanted, files: list[FilePath]
) -> str | None:
    """The name of the store of a source; None where nothing tells whether it has changed."""
    identity = getattr(reader, "identity", None)
    try:
        if identity is not None:
            content = identity(source)
        else:
            content = list(zip(map(str, files), file_digests(files, cache.memory), strict=True))
        return (
            key_of("records", reader, source, content, wanted._asdict())
            if content not in (None, [])
            else None
        )
    except Unknown:
        return None


def _build(
    reader: Reader,
    source: Any,
    wanted: Wanted,
    stamps: Mapping[FilePath, Stamp],
    folder: Path,
) -> dict[str, Any]:
    """Write the records of a source into a folder."""
    size = sum(found.size for found in stamps.values())
    with progress("Reading", size) as step, counting_bytes(step.advance), told_once():
        faults = Faults(wanted.required, wanted.missing)
        records = faults.leave_out(_joined(reader, source, wanted.columns))
        count = write_records(folder, list(wanted.columns), records)
    after = _stamps(source)
    for path in {**stamps, **after}:
        if stamps.get(path) != after.get(path):
            raise DataError(
                f"{path}: it has changed while it was read; begin again when it is whole"
            )
    if not count:
        raise DataError(f"no examples in {source}; give a file that holds some", option="source")
    return {"kind": "records", "source": str(source), "records": count, "bytes": size}


def _joined(reader: Reader, source: Any, columns: Mapping[str, Column]) -> Iterator[Record]:
    for record in reader.read(source, split_columns(columns)):
        yield record if record.fault else join_columns(record, columns)
