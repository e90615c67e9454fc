"""Data sets of the Hugging Face hub, through `datasets`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from seqtasks.data.readers.arrow_batches import bounded
from seqtasks.data.readers.arrow_cells import all_filled, arrow_cells
from seqtasks.data.readers.arrow_tables import checked_record
from seqtasks.data.readers.columns import locate_all
from seqtasks.data.readers.file_states import file_states
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, SeqtasksError, UsageError

_ROWS = 1000  # of a batch


class HubReader:
    """Read one record a row of a data set, its fields from columns by name or by number.

    By default a field is the column of its own name. Labels that a data set numbers are given by
    name, and so are lists of them; all else is read as of `arrow_cells`.

    Args:
        path: the data set's name on the hub, a folder, or a builder: ``json``, ``csv``,
            ``parquet``, ``text``.
        name: its configuration, where it has several.
        data_files: of a builder, the files: a path or glob, a list, or one for each split.
        revision: the version on the hub: a tag, a branch or a commit.
        streaming: read the rows as they arrive, and keep no copy of the data set on the disk;
            a part of a split has no name then.

    Raises:
        UsageError: there is no ``path``, or `datasets` is not installed.
    """

    def __init__(
        self,
        path: str | None = None,
        name: str | None = None,
        data_files: str | Sequence[str] | Mapping[str, Any] | None = None,
        revision: str | None = None,
        streaming: bool = False,
    ) -> None:
        if not path:
            raise UsageError(
                "it is not set; name a data set of the Hugging Face hub, such as stanfordnlp/sst2",
                option="path",
            )
        try:
            import datasets
        except ImportError as error:
            raise UsageError(
                f"the hub's data needs the package datasets ({error}): pip install 'seqtasks[hub]'"
            ) from error
        self.datasets = datasets
        self.path = path
        self.options = {
            "name": name,
            "data_files": data_files,
            "revision": revision,
            "streaming": streaming,
        }

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a row.

        Args:
            source: a split, also a part of one: ``train``, ``train[:90%]``.
            columns: for each wanted field, its column or None for the one of its own name.

        Raises:
            DataError: there is no such data set, split or column, or a column holds no texts,
                labels or lists of those.
        """
        place = f"{self.path}:{source}"
        rows = self._rows(place, source)
        with _loading(place):
            rows = rows.with_format("arrow")
            names = rows.column_names or _first_names(rows)
            located = locate_all(place, columns, names, len(names))
            wanted = {field: names[at] for field, at in located.items()}
            features = rows.features or {}
            labels = {name: _labels(features.get(name)) for name in wanted.values()}
            start = 1
            for table in rows.select_columns(list(labels)).iter(_ROWS):
                for batch in (part for whole in table.to_batches() for part in bounded(whole)):
                    cells = [
                        _cells(place, name, batch.column(name), labels[name])
                        for name in wanted.values()
                    ]
                    filled = all(map(all_filled, cells))
                    for number, parts in enumerate(zip(*cells, strict=True), start):
                        if filled:
                            values = dict(zip(wanted, parts, strict=True))
                            yield Record(values, place, number)
                        else:
                            yield checked_record(place, number, wanted, parts)
                    start += len(batch)

    def identity(self, source: Any) -> dict[str, Any] | None:
        """What changes when the rows of a split do, as plain data.

        Args:
            source: as of `read`.

        Returns:
            None if that cannot be known: of a stream from the hub whose ``revision`` is no commit,
            or of files elsewhere.

        Raises:
            DataError: there is no such data set or split.
        """
        known = {**self.options, "path": self.path, "source": source}
        if not self.options["streaming"]:
            rows = self._rows(f"{self.path}:{source}", source)
            return {**known, "fingerprint": rows._fingerprint}
        if "/" not in self.path or os.path.isdir(self.path):
            files = file_states(self.path, self.options["data_files"])
            return {**known, "files": files} if files else None
        if "://" in str(self.options["data_files"]):
            return None
        return known if re.fullmatch("[0-9a-f]{40}", str(self.options["revision"])) else None

    def _rows(self, place: str, source: Any) -> Any:
        """The rows of a split: a `datasets.Dataset`, or an `IterableDataset` of a stream."""
        if not isinstance(source, str):
            raise DataError(
                f"give the name of a split, such as train, not {source!r}", option="source"
            )
        if self.options["streaming"] and "[" in source:
            raise DataError(
                f"{place}: a stream has no part of a split; name the whole split, or set "
                "`reader.streaming`=false"
            )
        with _loading(place):
            return self.datasets.load_dataset(self.path, split=source, **self.options)


@contextmanager
def _loading(place: str) -> Iterator[None]:
    try:
        yield
    except SeqtasksError:
        raise
    except Exception as error:  # `datasets` raises many kinds
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise DataError(
            f"{place}: cannot be loaded ({reason}); check `reader.path`, `reader.name` and "
            "the split"
        ) from error


def _first_names(rows: Any) -> list[str]:
    """The columns of a stream that does not tell them, from its first row."""
    first = next(iter(rows.iter(1)), None)
    return [] if first is None else list(first.column_names)


def _labels(feature: Any) -> list[str]:
    """The names of a column's numbered labels; empty if the column has no such labels."""
    while isinstance(feature, list) or hasattr(feature, "feature"):
        feature = feature[0] if isinstance(feature, list) else feature.feature
    return list(getattr(feature, "names", None) or [])


def _cells(place: str, column: str, array: Any, labels: list[str]) -> list[Any]:
    """A column's cells as texts or lists of texts, with the names of its labels."""
    try:
        cells = arrow_cells(array)
    except TypeError:
        raise DataError(
            f"{place}: the column {column!r} is of the type {array.type}; name a column of texts, "
            "labels, numbers, times, or lists of them"
        ) from None
    if not labels:
        return cells
    return [
        [_named(part, labels) for part in cell] if isinstance(cell, list) else _named(cell, labels)
        for cell in cells
    ]


def _named(number: str | None, labels: list[str]) -> str | None:
    """A numbered label's name; None for a number that has none, as -1 in unlabelled data."""
    return labels[int(number)] if number and 0 <= int(number) < len(labels) else None
