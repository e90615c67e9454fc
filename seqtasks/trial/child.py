"""A process with limits that tries something before this one does it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from seqtasks.errors import BundleError, first_line

REFUSED = 3
"""The exit code of a trial that refuses what it tries, and says why."""

MEMORY = 1 << 30
"""Bytes that a trial may take beside what the program itself has, where the system limits them."""

SECONDS = 12.0
"""How long a trial may take, from its start to its end."""

_START = """
import importlib, json, sys
path, calls, arguments = map(json.loads, sys.argv[1:])
sys.path[:] = path
for call in calls:
    module, function = call.split(":")
    getattr(importlib.import_module(module), function)(*arguments.pop(0))
"""


def run(
    calls: Mapping[str, Sequence[Any]],
    what: str,
    *,
    given: bytes = b"",
    seconds: float = SECONDS,
) -> None:
    """Let some functions try something in a new process.

    Args:
        calls: ``module:function`` → its arguments, as JSON takes them, for each that is called, in
            this order. The last one imports what it needs, and calls `limit` before it begins.
        what: is tried, as an error names it.
        given: what stands on the process's standard input.
        seconds: the time that it may take.

    Raises:
        BundleError: it was refused, took too long, too much memory, or ended in another way.
    """
    told = (sys.path, list(calls), list(calls.values()))
    command = [sys.executable, "-c", _START, *map(json.dumps, told)]
    # Threads of their own take addresses, which are limited, and a trial is too short for them.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=seconds, env=environment
        )
    except subprocess.TimeoutExpired:
        raise BundleError(
            f"{what} takes more than {seconds:.0f} seconds to open and try, as no small input "
            "does; use another bundle"
        ) from None
    except OSError as error:
        raise BundleError(
            f"{what} cannot be tried in a process of its own ({error}); make room for one"
        ) from error
    if done.returncode == REFUSED:
        raise BundleError(done.stdout.decode(errors="replace").strip())
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"its process ended with {done.returncode}"
        raise BundleError(
            f"{what} cannot be opened within {MEMORY >> 20:,} MB and {seconds:.0f} seconds: "
            f"{reason}; use another bundle"
        )


def limit(more: int = MEMORY, seconds: float = SECONDS) -> None:
    """Let this process take so many bytes more than now, and so many seconds of a processor.

    Where the system has no such limits, as on Windows, the time alone is limited, by `run`.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        bound = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def refuse(error: BaseException) -> None:
    """End this process, and let the one that began it say why."""
    said = first_line(error)
    sys.stdout.buffer.write(said.encode(errors="backslashreplace"))
    sys.stdout.flush()
    os._exit(REFUSED)
