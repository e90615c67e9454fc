"""Tables: what shows that a file is one, and the options by which it is read."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.data.readers.arrow_tables import arrow_beginning
from seqtasks.data.readers.lines import FAST_TEXT
from seqtasks.data.readers.paths import format_suffix
from seqtasks.data.readers.table import SUFFIXES
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.columns import Column
from seqtasks.presets.guessing.delimited import delimited_table, delimiter_of
from seqtasks.presets.guessing.fields import column_decisions
from seqtasks.presets.guessing.first_rows import begins_with_names, names_in
from seqtasks.presets.guessing.given import Given
from seqtasks.presets.guessing.objects import column_of, first_objects

_ROWS = 1000
_LOOKED_AT = 100  # lines, of a file whose name tells nothing


def is_table(given: Given) -> str | None:
    """What shows that a file is a table, None if nothing does."""
    suffix = format_suffix(given.path)
    form = SUFFIXES.get(suffix)
    if form in ("parquet", "arrow") or (form and not given.first.filled[0].startswith(FAST_TEXT)):
        return f"the file ends in {suffix}"
    lines = given.first.filled[:_LOOKED_AT]
    if first_objects(lines, 1):
        return "it begins with a JSON object"
    delimiter, width = delimiter_of(lines, "\t")
    rows = [line.split(delimiter) for line in lines]
    if width > 1 and (named := names_in(rows[0])) and begins_with_names(rows):
        return f"its first line names columns, such as {named[0]}"
    if width > 2 and delimiter == "\t":
        return f"tabs part every line into {width} columns"
    return None


def table_options(given: Given) -> list[Decision]:
    """The options by which a table is read.

    Raises:
        DataError: it is in doubt which column feeds a field.
    """
    suffix = format_suffix(given.path)
    form = given.typed.get("data.reader.format") or SUFFIXES.get(suffix)
    decisions: list[Decision] = []
    if form is None:
        form = _form_of(given.first.filled)
        said = f"the suffix {suffix!r} tells none" if suffix else "there is no suffix to tell it"
        decisions.append(Decision("data.reader.format", form, said))
    columns: Sequence[Column]
    if form in ("parquet", "arrow"):
        cells = arrow_beginning(given.path, form, _ROWS)
        columns = [column_of(name, column) for name, column in cells.items()]
    elif form == "jsonl":
        rows = first_objects(given.first.filled, _ROWS)
        names = dict.fromkeys(name for row in rows for name in row)
        columns = [column_of(name, [row.get(name) for row in rows]) for name in names]
    else:
        columns, told = delimited_table(given, given.first.filled, form)
        decisions += told
    return decisions + (column_decisions(given, given.path, columns) if columns else [])


def _form_of(lines: Sequence[str]) -> str:
    """The format of a table whose name does not tell it."""
    if first_objects(lines, 1):
        return "jsonl"
    return "tsv" if delimiter_of(lines, "\t")[0] == "\t" else "csv"
