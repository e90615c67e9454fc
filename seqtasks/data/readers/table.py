"""Tables: CSV, TSV, JSON lines, Parquet and Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seqtasks.data.readers.arrow_tables import arrow_records
from seqtasks.data.readers.delimited import located_columns, open_delimited
from seqtasks.data.readers.files import at_least_one, find_files, in_turn
from seqtasks.data.readers.json_lines import json_records
from seqtasks.data.readers.options import known_encoding
from seqtasks.data.readers.paths import FilePath, format_suffix
from seqtasks.data.record import Columns, Record
from seqtasks.errors import DataError, UsageError, check_choice

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
_FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
_UNDELIMITED = {"jsonl": "JSON lines", "parquet": "Parquet files", "arrow": "Arrow files"}


class TableReader:
    r"""Read one record a row, its fields from columns by name or by number.

    Numbers count from 0, negative ones from the end. By default a field is the column of its own
    name. In CSV, quotes may hold delimiters and line ends; in TSV a quote is a character like any
    other, unless the wanted columns show otherwise. JSON is one object a line, a list of objects,
    or objects over several lines, with strings, numbers or lists of strings as values. Parquet and
    Arrow files (the file and the stream format, Feather) hold texts, numbers, truth values, times,
    or lists of texts or numbers; their lines are rows, from 1.

    Args:
        format: ``csv``, ``tsv``, ``jsonl``, ``parquet`` or ``arrow``; None goes by the suffix.
        delimiter: the character between columns; None is a comma in CSV and a tab in TSV, or
            another one if that alone gives the wanted columns.
        encoding: the encoding of files of text.
        header: whether the first row names the columns; without names they go by number. CSV and
            TSV alone have such a row.

    Raises:
        UsageError: an option has no such value.
    """

    def __init__(
        self,
        format: str | None = None,
        delimiter: str | None = None,
        encoding: str = "utf-8",
        header: bool = True,
    ) -> None:
        self.format = None if format is None else check_choice("format", format, _FORMATS)
        self.delimiter = delimiter
        self.encoding = known_encoding(encoding)
        self.header = header
        if delimiter is not None and (len(str(delimiter)) != 1 or str(delimiter) in '"\r\n'):
            raise UsageError(
                "give one character other than a quote or a line end, or null for the format's "
                f"own, not {delimiter!r}",
                option="delimiter",
            )
        if delimiter is not None and format in _UNDELIMITED:
            raise _no_delimiter(format, delimiter)

    def read(self, source: Any, columns: Columns) -> Iterator[Record]:
        """Yield one record a row; see `seqtasks.data.record.Reader`."""
        yield from in_turn(find_files(source), lambda path: self._records(path, columns))

    def _records(self, path: FilePath, columns: Columns) -> Iterator[Record]:
        form = self.format or _by_suffix(path)
        if self.delimiter is not None and form in _UNDELIMITED:
            raise _no_delimiter(form, self.delimiter)
        if form == "jsonl":
            records = json_records(path, self.encoding, columns)
        elif form in ("parquet", "arrow"):
            records = arrow_records(path, form, columns)
        else:
            records = self._delimited(path, form, columns)
        return at_least_one(records, f"{path}: no rows of data; give a file that holds some")

    def _delimited(self, path: FilePath, form: str, columns: Columns) -> Iterator[Record]:
        table = open_delimited(path, form, self.delimiter, self.encoding, self.header, columns)
        if table is None:
            return
        name, wanted = str(path), list(located_columns(table, columns).items())
        for line, cells, fault in table.rows:
            if fault:
                yield Record({}, name, line, fault=fault)
            else:
                yield Record({field: cells[at] for field, at in wanted}, name, line)


def _by_suffix(path: FilePath) -> str:
    suffix = format_suffix(path)
    if suffix not in SUFFIXES:
        raise DataError(
            f"{path}: the suffix {suffix!r} names no format (known: {', '.join(SUFFIXES)}); "
            f"set `reader.format` to one of {', '.join(_FORMATS)}"
        )
    return SUFFIXES[suffix]


def _no_delimiter(form: str, delimiter: str) -> UsageError:
    return UsageError(
        f"{_UNDELIMITED[form]} have no delimiter; set it to null, not {delimiter!r}",
        option="delimiter",
    )
