"""The labels that occur in some records; each distinct value is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.records import Records, Rows


def rows_of(records: Records) -> Rows:
    """The rows of some records in their file."""
    return np.arange(len(records)) if records.rows is None else records.rows


def classes_of(records: Records, field: Field) -> Iterator[str]:
    """Yield the labels of some records, each a few times at most, while they are read."""
    for texts, items in records.file.distinct(field.name, np.sort(rows_of(records))):
        yield from _classes(texts, field)
        yield from _classes(([item] for item in items), field)


def without(labels: Iterable[str], records: Records, field: Field) -> set[str]:
    """The labels among some that no record has; reading stops once none is left."""
    left = set(labels)
    for label in classes_of(records, field):
        left.discard(label)
        if not left:
            break
    return left


def _classes(values: Iterable[str | list[str]], field: Field) -> Iterator[str]:
    for value in values:
        yield from field.classes(Record({field.name: value}))
