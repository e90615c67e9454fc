"""Data sets of the Hugging Face hub, through `datasets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seqtasks.data.readers.columns import locate_all
from seqtasks.data.record import Columns, Record, Value
from seqtasks.errors import DataError, UsageError


class HubReader:
    """Read one record a row of a data set, its fields from columns by name or by number.

    By default a field is the column of its own name. Labels that a data set numbers are given by
    name, and so are lists of them.

    Args:
        path: the data set's name on the hub, a folder, or a builder: ``json``, ``csv``,
            ``parquet``, ``text``.
        name: its configuration, where it has several.
        data_files: of a builder, the files: a path or glob, a list, or one for each split.
        revision: the version on the hub: a tag, a branch or a commit.

    Raises:
        UsageError: there is no ``path``, or `datasets` is not installed.
    """

    def __init__(
        self,
        path: str | None = None,
        name: str | None = None,
        data_files: str | Sequence[str] | Mapping[str, Any] | None = None,
        revision: str | None = None,
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
        self.options = {"name": name, "data_files": data_files, "revision": revision}

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a row.

        Args:
            source: a split, also a part of one: ``train``, ``train[:90%]``.
            columns: for each wanted field, its column or None for the one of its own name.

        Raises:
            DataError: there is no such data set, split or column, or a value is missing or no
                text, label or list of those.
        """
        place = f"{self.path}:{source}"
        if not isinstance(source, str):
            raise DataError(
                f"give the name of a split, such as train, not {source!r}", option="source"
            )
        try:
            rows = self.datasets.load_dataset(self.path, split=source, **self.options)
        except Exception as error:  # `datasets` raises many kinds
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            raise DataError(
                f"{place}: cannot be loaded ({reason}); check `reader.path`, `reader.name` and "
                "the split"
            ) from error
        names = list(rows.column_names)
        positions = locate_all(place, columns, names, len(names))
        wanted = {field: names[at] for field, at in positions.items()}
        labels = {column: _names(rows.features[column]) for column in wanted.values()}
        for number, row in enumerate(rows.select_columns(list(labels)), 1):
            values = {
                field: _value(f"{place}:{number}", column, row[column], labels[column])
                for field, column in wanted.items()
            }
            yield Record(values, place, number)


def _names(feature: Any) -> list[str]:
    """The names of a column's numbered labels; empty if the column has no such labels."""
    while hasattr(feature, "feature"):
        feature = feature.feature
    return list(getattr(feature, "names", None) or [])


def _value(place: str, column: str, cell: Any, names: list[str]) -> Value:
    """A cell as a text or a list of texts."""
    listed = isinstance(cell, list)
    parts = [_text(part, names) for part in (cell if listed else [cell])]
    empty = any(part is None or not part.strip() for part in parts) or not parts
    if empty:
        raise DataError(
            f"{place}: the column {column!r} holds {str(cell)[:60]!r} where a text, a label, or a "
            "list of them is expected; take another column, or a split without such rows"
        )
    texts = [part for part in parts if part is not None]
    return texts if listed else texts[0]


def _text(part: Any, names: list[str]) -> str | None:
    """A text, a number, or a label by its name; None for anything else or a missing label."""
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, int) and names:
        return names[part] if 0 <= part < len(names) else None
    return str(part) if isinstance(part, (str, int, float)) else None
