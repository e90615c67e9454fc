"""The values of a field in many records, of which some may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from seqtasks.data.record import Record
from seqtasks.errors import LISTED, DataError, RecordError, enumerated

_T = TypeVar("_T")


def values_of(read: Callable[[Record], _T], records: Iterable[Record]) -> Iterator[_T]:
    """Yield what is read of each record.

    Records that give no example are passed over: encoding leaves them out, or refuses them.

    Args:
        read: takes a value from a record.
        records: of the training data.

    Raises:
        DataError: when all records are gone through, that some cannot be used, all of which the
            message lists up to a number; or that none gives an example.
    """
    problems: list[str] = []
    count, given = 0, False
    passed: RecordError | None = None
    for record in records:
        try:
            value = read(record)
        except RecordError as error:  # noqa: PERF203
            passed = passed or error
        except DataError as error:
            if error.where is None:
                raise
            count += 1
            if len(problems) < LISTED:
                problems.append(f"{error.where}: {error.message}")
        else:
            given = True
            yield value
    if problems:
        raise DataError(enumerated(problems, count, "records cannot be used"))
    if passed and not given:
        raise passed
