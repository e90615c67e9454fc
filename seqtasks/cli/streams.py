"""The standard streams of a command: a terminal that cannot show a text never ends it."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import traceback
import warnings
from types import TracebackType
from typing import Any, BinaryIO, Protocol

from seqtasks.cli.printable import PLAINLY, printable
from seqtasks.errors import UsageError

_GONE = {errno.EIO, errno.EPIPE, errno.ENOSPC, errno.EBADF, errno.ENXIO}
"""Errors of writing to a terminal, a pipe or a file that takes no more."""


class Output(Protocol):
    """What takes bytes."""

    def write(self, content: bytes, /) -> int:
        """Write some of the bytes, and return how many."""

    def flush(self) -> None:
        """Write what is still held back."""


def prepare_streams(lasting: bool = False) -> None:
    """Let the standard streams of this process print any text.

    What their encoding lacks is written in characters that it has (`encodable`), a stream that is
    closed takes what is printed and drops it, and what is logged or raised shows control characters
    as escapes. This is for commands alone: in Python the streams are the user's.

    Args:
        lasting: whether the process goes on when nobody reads the output any more, as a training
            does, whose result lies in files; the error stream never ends a process.
    """
    _occupy_closed()
    sys.stderr = _lasting(sys.stderr)
    if lasting:
        sys.stdout = _lasting(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAINLY)
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(PrintableFormatter())
    logging.raiseExceptions = False  # of a log whose disk is full
    sys.excepthook = _print_exception
    sys.unraisablehook = _print_unraisable
    warnings.formatwarning = _format_warning


def standard_input() -> BinaryIO:
    """The bytes of the standard input (UsageError: it is closed)."""
    if "stdin" in _closed or sys.stdin is None:
        raise UsageError("the standard input is closed; send the command a file: < FILE")
    return sys.stdin.buffer


def standard_output() -> Output:
    """What takes the bytes of a result, in UTF-8 whatever the locale (UsageError: it is closed).

    Where it is a terminal, control characters are shown as escapes.
    """
    if "stdout" in _closed or sys.stdout is None:
        raise UsageError("the standard output is closed; send it to a file: > FILE")
    return _Screen(sys.stdout.buffer) if sys.stdout.isatty() else sys.stdout.buffer


class PrintableFormatter(logging.Formatter):
    """Shows control characters in what is logged as escapes."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


class _Lasting(io.FileIO):
    """A file that drops what it cannot write any more."""

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        try:
            return super().write(content)
        except OSError as error:
            if error.errno not in _GONE:
                raise
            return len(content)


def _lasting(stream: Any) -> Any:
    """A stream that drops what it cannot write; one that is no file of the system stays."""
    buffer: Any = getattr(stream, "buffer", None)
    if type(getattr(buffer, "raw", buffer)) is not io.FileIO:
        return stream
    stream.flush()
    file: Any = _Lasting(stream.fileno(), "w", closefd=False)
    if not stream.write_through:  # as it is without python -u
        file = io.BufferedWriter(file)
    return io.TextIOWrapper(
        file,
        stream.encoding,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Screen:
    """A terminal's bytes, of UTF-8 texts that are shown without their control characters."""

    def __init__(self, buffer: Output) -> None:
        self.buffer = buffer

    def write(self, content: bytes, /) -> int:
        self.buffer.write(printable(content.decode()).encode())
        return len(content)

    def flush(self) -> None:
        self.buffer.flush()


_closed: set[str] = set()
"""The names of the streams that were closed when the command began."""


def _occupy_closed() -> None:
    """Open the null device in place of closed streams, before a file takes their number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        if getattr(sys, name) is None:
            _closed.add(name)
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


_plain_warning = warnings.formatwarning


def _format_warning(*arguments: Any, **options: Any) -> str:
    return printable(_plain_warning(*arguments, **options))


_plain_unraisable = sys.unraisablehook


def _print_unraisable(told: Any) -> None:
    """Tell of an error where nobody can act on it, but for a file that is closed on a full disk."""
    if getattr(told.exc_value, "errno", None) not in _GONE:
        _plain_unraisable(told)


def _print_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(printable("".join(traceback.format_exception(kind, error, trace))))
