"""What stands between the cells of a delimited file, and whether its first row names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from seqtasks.data.readers.dialects import Dialect, choose_dialect, excel_delimiter
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing.columns import Column
from seqtasks.presets.guessing.first_rows import begins_with_names
from seqtasks.presets.guessing.given import Given

_NAMED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "'|'"}
_REGULAR = 0.9
_ROWS = 1000


def delimiter_of(lines: Sequence[str], usual: str) -> tuple[str, int]:
    """The character that parts the lines of a table most regularly, and the number of columns.

    Args:
        lines: the first of a file.
        usual: the character that is taken where no other one is more regular.

    Returns:
        The usual one with a width of 1 where no character parts the lines regularly.

    >>> delimiter_of(["label;text", "pos;good, if long", "neg;bad"], ",")
    (';', 2)
    """
    best, found, most = usual, 1, 0.0
    for delimiter in dict.fromkeys([usual, *_NAMED]):
        rows = [row for row in _rows(lines, delimiter, usual) if any(map(str.strip, row))]
        width = len(rows[0]) if rows else 1
        share = sum(len(row) == width for row in rows) / max(1, len(rows))
        if width > 1 and share >= _REGULAR and share > most:
            best, found, most = delimiter, width, share
    return best, found


def _rows(lines: Sequence[str], delimiter: str, usual: str) -> list[list[str]]:
    """The rows on a file's first lines, as the reader takes them apart."""
    plain = Dialect(delimiter, quoted=usual != "\t" or delimiter != "\t")
    width = Counter(len(row) for row in plain.sample(lines)[0]).most_common(1)
    least = width[0][0] if width else 1
    dialect = choose_dialect(lines, plain, False, lambda row: len(row) >= least)
    return dialect.sample(lines)[0]


def delimited_table(
    given: Given, lines: Sequence[str], form: str
) -> tuple[list[Column], list[Decision]]:
    """The columns of a delimited file, and the options that tell them apart.

    Args:
        given: what the person says.
        lines: the first of the file that are not blank.
        form: ``csv`` or ``tsv``.
    """
    lines, decisions = list(lines[:_ROWS]), []
    usual = "," if form == "csv" else "\t"
    delimiter = given.typed.get("data.reader.delimiter") or excel_delimiter(lines)
    if excel_delimiter(lines):
        lines = lines[1:]
    if delimiter is None:
        delimiter, width = delimiter_of(lines, usual)
        if delimiter != usual:
            said = f"{_NAMED[delimiter]} part every line into {width} columns"
            decisions.append(Decision("data.reader.delimiter", delimiter, said))
    rows = [row for row in _rows(lines, str(delimiter), usual) if any(map(str.strip, row))]
    if not rows:  # nothing but delimiters, of which the reader says so
        return [], decisions
    named = given.typed.get("data.reader.header")
    if named is None and not (named := begins_with_names(rows)):
        decisions.append(Decision("data.reader.header", False, "the first row is data, too"))
    first, rest = rows[0], rows[1:] if named else rows
    names = [cell.strip() for cell in first] if named else [""] * len(first)
    columns = []
    for at, name in enumerate(names):
        key = name if name and names.count(name) == 1 else at
        cells = [row[at].strip() for row in rest if at < len(row)]
        columns.append(Column(key, [cell for cell in cells if cell]))
    return columns, decisions
