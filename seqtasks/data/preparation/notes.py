"""Warnings about data, which are remembered with what was prepared from it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from seqtasks.data.progress import is_first_process

Note = tuple[str, str]
"""The name of a logger and a message."""


class _Taker(logging.Handler):
    """Remembers warnings, and shows them where no other handler would, as without this one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.notes: list[Note] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.notes.append((record.name, record.getMessage()))
        logger = logging.getLogger("seqtasks")
        first = next(one for one in logger.handlers if isinstance(one, _Taker)) is self
        shown = first and logger.propagate  # it does not where it was said before
        if shown and logging.lastResort is not None and not logging.getLogger().hasHandlers():
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


@contextmanager
def said_before() -> Iterator[None]:
    """Keep warnings from being shown, where data is read once more that they were said of."""
    logger, silent = logging.getLogger("seqtasks"), logging.NullHandler()
    usual, logger.propagate = logger.propagate, False
    logger.addHandler(silent)  # without any handler logging would show them
    try:
        yield
    finally:
        logger.removeHandler(silent)
        logger.propagate = usual


@contextmanager
def one_process_speaks() -> Iterator[None]:
    """Keep warnings from being shown by any process of a machine but the first."""
    with nullcontext() if is_first_process() else said_before():
        yield


def repeat(notes: Sequence[Sequence[str]]) -> None:
    """Log warnings again."""
    for name, message in notes:
        logging.getLogger(name).warning("%s", message)
