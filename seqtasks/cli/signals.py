"""Signals that end a command: it says so in a line, and leaves nothing half written."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from seqtasks.cli.long_calls import PATIENCE, watch

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C, what ``kill`` and batch systems send, and what a terminal sends that is closed."""

PARENT = "SEQTASKS_PARENT"
"""The variable that tells the processes that Lightning starts the number of the one they follow."""

_USUAL = (signal.SIG_DFL, signal.default_int_handler)


def take_signals() -> None:
    """Let this process, a command, end in a line at each of the signals that end it.

    While modules are imported, before and after `interruptible`, and where a call into C takes too
    long, it ends at once. Signals that are ignored, as ``nohup`` has it, and those that have a
    handler stay so.
    """
    taken = [number for number in ENDING if signal.getsignal(number) in _USUAL]
    for number in taken:
        signal.signal(number, _end)
    if taken:
        watch(_insist)


@contextmanager
def interruptible() -> Iterator[None]:
    """Meanwhile a signal raises KeyboardInterrupt, so that what is half written is taken away.

    A second signal ends the process at once.
    """
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


_depth = 0

_process = os.getpid()

_answered = threading.Event()
"""Whether the main thread has seen a signal."""


def _end(number: int, frame: FrameType | None) -> None:
    """End this process, or let it end itself."""
    if os.getpid() != _process:  # a copy that works for it, and ends as any process does
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    _answered.set()
    if not _depth or _imports(frame) or _follows():
        _leave(number, frame)
    for other in ENDING:
        if signal.getsignal(other) is _end:
            signal.signal(other, _leave)
    raise KeyboardInterrupt


def _insist(number: int) -> None:
    """End this process if its main thread does not answer a signal that is to end it."""
    if signal.getsignal(number) is _end and not _answered.wait(PATIENCE):
        _leave(number, None)


def _leave(number: int, frame: FrameType | None) -> None:
    """End at once, whatever else is going on; the process that speaks for this one goes first."""
    if speaks():
        os.write(2, b"seqtasks: interrupted\n")
    end = time.monotonic() + 2 * PATIENCE
    while _follows() and time.monotonic() < end:
        time.sleep(0.1)
    os._exit(1)


def _follows() -> bool:
    """Whether another process of the training has started this one, and is there."""
    return not speaks() and os.environ.get(PARENT) == str(os.getppid())


def speaks() -> bool:
    """Whether this process is the first, or only, one of a training, which speaks for all."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported, which may take an exception for something else."""
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
