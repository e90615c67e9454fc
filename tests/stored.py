"""Records in files, as a run has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seqtasks.data.record import Record
from seqtasks.data.store.record_file import RecordFile, write_records
from seqtasks.data.store.records import Records


def stored(folder: Path, records: Iterable[Record]) -> Records:
    """Records that are written into a new folder below the given one."""
    listed = list(records)
    place = folder / f"records{len([*folder.iterdir()])}"
    place.mkdir()
    write_records(place, list(listed[0].values), listed)
    return Records(RecordFile(place))
