"""A signal that comes in a long call into C, which Python's handlers wait for."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

PATIENCE = 3.0
"""Seconds that such a call may take once a signal has come."""


def watch(unanswered: Callable[[int], object]) -> None:
    """Call a function, in a thread, with each signal that comes.

    The thread sees signals at once, where a handler waits until the main thread runs Python again:
    not before a process has met the others of its training, or a tokenizer is trained. Only the
    main thread may call this.
    """
    here, there = socket.socketpair()
    there.setblocking(False)
    signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=_leave_alone)

    def follow() -> None:
        with here, there:
            while came := here.recv(1):
                unanswered(came[0])

    threading.Thread(target=follow, name="signals", daemon=True).start()


def _leave_alone() -> None:
    """Let a copy of the process not write its signals to the thread of the first one."""
    with suppress(ValueError):  # from another thread, which no signal comes to
        signal.set_wakeup_fd(-1)
