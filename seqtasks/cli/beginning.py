"""When the run began that this process does, as a person counts who waits for it."""

from __future__ import annotations

import time

_commands: list[float] = []


def command_begins() -> None:
    """Say that this process is a command, which begins now."""
    _commands[:] = [time.perf_counter()]


def begun() -> float:
    """When the run to be done now began, by `time.perf_counter`.

    The first run of a command began with the command; a later one, as of a sweep, begins now.
    """
    return _commands.pop() if _commands else time.perf_counter()
