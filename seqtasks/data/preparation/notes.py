"""Warnings about data, which are remembered with what was prepared from it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Note = tuple[str, str]
"""The name of a logger and a message."""


class _Taker(logging.Handler):
    """Remembers warnings, and shows them where no other handler would, as without this one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.notes: list[Note] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.notes.append((record.name, record.getMessage()))
        if logging.lastResort is not None and not logging.getLogger().hasHandlers():
            logging.lastResort.handle(record)


@contextmanager
def taken_notes() -> Iterator[list[Note]]:
    """The warnings that are logged meanwhile."""
    taker, logger = _Taker(), logging.getLogger("seqtasks")
    logger.addHandler(taker)
    try:
        yield taker.notes
    finally:
        logger.removeHandler(taker)


def repeat(notes: Sequence[Sequence[str]]) -> None:
    """Log warnings again."""
    for name, message in notes:
        logging.getLogger(name).warning("%s", message)
