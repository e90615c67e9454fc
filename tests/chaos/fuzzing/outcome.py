"""What may come of a damaged file or a wrong option: a result, or an error in words."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from seqtasks.cli.exit_on_error import explain, warn

SECONDS, GIGABYTES = 20, 3
LONGEST = 4000
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\ud800-\udfff]")


class TooLong(BaseException):
    """The time is over; nothing that catches an error catches this."""


def outcome(call: Callable[[], object], folder: Path) -> str:
    """Nothing if the call succeeds or ends in an error in words; else what went wrong.

    Args:
        call: what is tried, with the folder as the working folder.
        folder: for what it writes.
    """
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    error = io.StringIO()
    code: object = 0
    with limited(), working_in(folder), quiet():
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
                call()
        except SystemExit as stop:
            code = stop.code
        except TooLong as late:
            return f"more than {SECONDS} s, at {place(late)}"
        except MemoryError as full:
            return f"more than {GIGABYTES} GB, at {place(full)}"
        except KeyboardInterrupt:
            raise
        except BaseException as failed:
            known = explain(failed, ()) if isinstance(failed, Exception) else None
            if known is None:
                said = (str(failed).splitlines() or [""])[0][:200]
                return f"{type(failed).__name__} at {place(failed)}: {said}"
            with contextlib.redirect_stderr(error):
                warn(str(known))
            code = known.exit_code
    if code in (0, None):
        return ""
    return unsaid(error.getvalue())


def unsaid(message: str) -> str:
    """What is wrong with a message; nothing if it is one that a person can read."""
    if not message.strip():
        return "no message"
    if "Traceback" in message:
        return f"a traceback: {message[-300:]}"
    if found := _ACTING.search(message):
        return f"{found[0]!r} in the message: {message[:200]!r}"
    if len(message) > LONGEST:
        return f"a message of {len(message)} characters: {message[:200]!r}"
    return ""


def place(error: BaseException) -> str:
    """The innermost line of ours that an error came through, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if re.search(r"/(seqtasks|tasks)/", f.filename)]
    shown = [*ours[-1:], *frames[-1:]] if ours[-1:] != frames[-1:] else ours[-1:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(shown))


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Time and memory within which a call has to end."""

    def late(signal_number: int, frame: FrameType | None) -> None:
        raise TooLong

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = {number: signal.signal(number, late) for number in (signal.SIGALRM, signal.SIGPROF)}
    resource.setrlimit(resource.RLIMIT_AS, (used + GIGABYTES * 2**30, hard))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of work: other processes may slow this one
    signal.alarm(6 * SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what is logged."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """With another working folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
