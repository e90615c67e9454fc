"""Fields that are fed by several columns of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seqtasks.data.record import Columns, Record, Value

Column = str | int | list[str | int] | None
"""The place of a field in a file: a column, several columns, or None for the reader's choice."""


def distinct(column: list[str | int]) -> list[str | int]:
    """Several columns in order, each once.

    >>> distinct(["question", "story", "question"])
    ['question', 'story']
    """
    return list(dict.fromkeys(column))


def in_reading_order(texts: Sequence[str], column: list[str | int]) -> list[str]:
    """The texts of distinct columns, each where its column is named.

    >>> in_reading_order(["where ?", "a story"], ["question", "story", "question"])
    ['where ?', 'a story', 'where ?']
    """
    texts_by_column = dict(zip(distinct(column), texts, strict=True))
    return [texts_by_column[one] for one in column]


def split_columns(columns: Mapping[str, Column]) -> Columns:
    """The columns that a reader is asked for: each of several as a field of its own.

    >>> split_columns({"source": ["question", "story"], "target": None})
    {'source[0]': 'question', 'source[1]': 'story', 'target': None}
    """
    asked: dict[str, str | int | None] = {}
    for field, column in columns.items():
        if isinstance(column, list):
            asked.update({f"{field}[{place}]": one for place, one in enumerate(distinct(column))})
        else:
            asked[field] = column
    return asked


def join_columns(record: Record, columns: Mapping[str, Column]) -> Record:
    r"""Join the values of several columns into one text with tabs between them.

    Args:
        record: read by the columns of `split_columns`.
        columns: the fields' own columns.

    >>> record = Record({"source[0]": "who ?", "source[1]": "a\tstory"})
    >>> join_columns(record, {"source": ["question", "story"]}).values
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
    return Record(values, record.path, record.line, record.begins, record.ends)
