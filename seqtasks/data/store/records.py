"""Some of the records of a file as a sequence, of which a part at a time is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from seqtasks.data.record import Record, Value
from seqtasks.data.store.flat_file import by_file, from_file
from seqtasks.data.store.record_file import CHARACTERS, CHUNK, RecordFile

Rows = NDArray[np.integer]
Watch = Callable[[float], None]


class Cuts(NamedTuple):
    """The parts of a running text that are taken of some records.

    Attributes:
        starts: (records, fields), the first character that is taken of each value.
        stops: (records, fields), the character behind the last.
        begins: (records,) bool, whether the part begins its text.
        ends: (records,) bool, whether the part ends its text.
    """

    starts: NDArray[np.integer]
    stops: NDArray[np.integer]
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]


class Records(Sequence[Record]):
    """Records of a file by their rows, each read when it is asked for.

    Args:
        file: holds the records.
        rows: (records,) their rows in the file; None for all.
        cuts: the part of each that is taken, of running text; None takes records whole.
        watch: is called with the share of the records that a pass over them has just read.
        drawn_by: why other records of the file are missing, for messages; empty if none are.
    """

    def __init__(
        self,
        file: RecordFile,
        rows: Rows | None = None,
        cuts: Cuts | None = None,
        watch: Watch | None = None,
        drawn_by: str = "",
    ) -> None:
        self.file, self.rows, self.cuts, self.watch = file, rows, cuts, watch
        self.drawn_by = drawn_by

    def __getstate__(self) -> dict[str, Any]:
        """For another process: mapped arrays are their files there."""
        cuts = self.cuts and [by_file(part) for part in self.cuts]
        return {**self.__dict__, "rows": by_file(self.rows), "cuts": cuts}

    def __setstate__(self, state: dict[str, Any]) -> None:
        cuts = state["cuts"] and Cuts(*map(from_file, state["cuts"]))
        self.__dict__.update(state, rows=from_file(state["rows"]), cuts=cuts)

    def __len__(self) -> int:
        return len(self.file) if self.rows is None else len(self.rows)

    @property
    def begins(self) -> NDArray[np.bool_]:
        """(records,) whether each record begins its text."""
        if self.cuts is not None:
            return self.cuts.begins
        return self.file.begins if self.rows is None else self.file.begins[self.rows]

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Records: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self.select(np.arange(len(self))[index])
        at = range(len(self))[index]
        row = at if self.rows is None else int(self.rows[at])
        file, values = self.file, self.file.values(row)
        if self.cuts is not None:
            columns = [[value] for value in values.values()]
            return self._records(at, np.array([row]), columns)[0]
        place = file.files[file.numbers[row]], int(file.lines[row])
        return Record(values, *place, bool(file.begins[row]), bool(file.ends[row]))

    def __iter__(self) -> Iterator[Record]:
        for chunk in self.chunks():
            yield from chunk

    def place(self, index: int) -> str:
        """The place of a record, which is told without its values."""
        at = range(len(self))[index]
        row = at if self.rows is None else int(self.rows[at])
        return Record({}, self.file.files[self.file.numbers[row]], int(self.file.lines[row])).place

    def select(self, places: Rows) -> Records:
        """Some of these records by their places among them."""
        rows = places if self.rows is None else self.rows[places]
        cuts = self.cuts and Cuts(**{n: part[places] for n, part in self.cuts._asdict().items()})
        return Records(self.file, rows, cuts, self.watch, self.drawn_by)

    def watched(self, watch: Watch) -> Records:
        """The same records, of which every pass over them is watched."""
        return Records(self.file, self.rows, self.cuts, watch, self.drawn_by)

    def chunks(self) -> Iterator[list[Record]]:
        """Yield all records, some thousand at a time, or fewer where they are long."""
        at, size, held = 0, 0, list[Record]()
        for rows, columns in self.file.parts(self.rows):
            held += self._records(at, rows, columns)
            at += len(rows)
            size += int(self.file.sizes[rows].sum())
            if self.watch is not None:
                self.watch(len(rows) / len(self))
            if len(held) >= CHUNK // 2 or size >= CHARACTERS // 2:
                yield held
                size, held = 0, []
        if held:
            yield held

    def _records(self, at: int, rows: Rows, columns: Sequence[list[Value]]) -> list[Record]:
        """The records of some rows, the first of which has the place ``at`` among these."""
        file, names = self.file, self.file.fields
        values = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        begins, ends = file.begins[rows], file.ends[rows]
        if self.cuts is not None:
            starts, stops, begins, ends = (part[at : at + len(rows)] for part in self.cuts)
            pairs = zip(starts.tolist(), stops.tolist(), strict=True)
            for value, (first, last) in zip(values, pairs, strict=True):
                for name, start, stop in zip(names, first, last, strict=True):
                    value[name] = value[name][start:stop]
        paths = [file.files[number] for number in file.numbers[rows].tolist()]
        lines = file.lines[rows].tolist()
        return list(map(Record, values, paths, lines, begins.tolist(), ends.tolist()))


def unwatched(records: Iterable[Record]) -> Iterable[Record]:
    """The same records, of which no pass over them is watched."""
    if not isinstance(records, Records):
        return records
    return Records(records.file, records.rows, records.cuts)


def place_of(records: Iterable[Record], index: int) -> str:
    """The place of one of some records, of a file without its values."""
    if isinstance(records, Records):
        return records.place(index)
    return next(islice(records, index, None)).place


def lines_of(records: Sequence[Record], places: Sequence[int]) -> list[int]:
    """The lines of some records; those of a file are told without their values."""
    if not isinstance(records, Records):
        return [records[place].line for place in places]
    rows = list(places) if records.rows is None else records.rows[list(places)]
    lines: list[int] = records.file.lines[rows].tolist()
    return lines
