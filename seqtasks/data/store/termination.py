"""A process that is asked to end while it writes takes away what is half written first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from seqtasks.errors import Interrupted


@contextmanager
def termination_raised() -> Iterator[None]:
    """Meanwhile SIGTERM raises `Interrupted` here, in place of ending the process at once.

    A process that has a handler of its own keeps it, and so do threads beside the main one.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _raise(number: int, frame: Any) -> None:
    raise Interrupted("ended by a signal while the data was prepared; begin again")
