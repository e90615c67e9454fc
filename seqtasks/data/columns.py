"""Fields that are fed by several columns of a file."""

from __future__ import annotations

from collections.abc import Mapping

from seqtasks.data.record import Columns, Record, Value

Column = str | int | list[str | int] | None
"""Where a reader finds a field: a name or number, several of them, or its own choice."""


def distinct(column: list[str | int]) -> list[str | int]:
    """Several columns without repetition, in order: a column named twice is given once.

    >>> distinct(["question", "story", "question"])
    ['question', 'story']
    """
    return list(dict.fromkeys(column))


def spread(columns: Mapping[str, Column]) -> Columns:
    """What a reader is asked for: each of several columns as a field of its own.

    >>> spread({"source": ["question", "story"], "target": None})
    {'source[0]': 'question', 'source[1]': 'story', 'target': None}
    """
    asked: dict[str, str | int | None] = {}
    for field, column in columns.items():
        if isinstance(column, list):
            asked.update({f"{field}[{place}]": one for place, one in enumerate(distinct(column))})
        else:
            asked[field] = column
    return asked


def gathered(record: Record, columns: Mapping[str, Column]) -> Record:
    r"""A reader's record, the values of several columns in one text with tabs between them.

    Args:
        record: as asked for by `spread`.
        columns: what was spread.

    >>> record = Record({"source[0]": "who ?", "source[1]": "a\tstory"})
    >>> gathered(record, {"source": ["question", "story"]}).values
    {'source': 'who ?\ta story'}
    """
    if not any(isinstance(column, list) for column in columns.values()):
        return record
    values: dict[str, Value] = {}
    for field, column in columns.items():
        if isinstance(column, list):
            parts = [record.values[f"{field}[{place}]"] for place in range(len(distinct(column)))]
            texts = [part if isinstance(part, str) else " ".join(part) for part in parts]
            values[field] = "\t".join(text.replace("\t", " ") for text in texts)
        else:
            values[field] = record.values[field]
    return Record(values, record.path, record.line)
