"""How many connections the system's limit on open files leaves room for."""

from __future__ import annotations

from contextlib import suppress

RESERVE = 64
"""Files that a server opens at most beside its connections: libraries, pages, those it refuses."""


def connections_within_limit(wanted: int) -> int:
    """So many connections, or fewer where the process may not open as many files.

    The limit on open files is raised first, as far as it is needed and the system allows.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    enough = wanted + RESERVE
    most = enough if hard == resource.RLIM_INFINITY else min(enough, hard)
    if soft < most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return min(wanted, soft - min(RESERVE, soft // 2))
