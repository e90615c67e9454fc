"""From an exception to one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from seqtasks.errors import SeqtasksError, first_line


@contextmanager
def exit_on_error(
    arguments: Sequence[str] = (), spell: Callable[[str], str] = str
) -> Iterator[None]:
    """Print an error that a user can act on as one line, and exit with its code.

    Codes: 1 for what a user can put right, 2 for bad usage. An unforeseen error keeps its
    traceback.

    Args:
        arguments: of the command line.
        spell: from an option's name to what a user types; by default the name itself, as in the
            configuration: ``task.search.n_best``.
    """
    try:
        yield
    except KeyboardInterrupt:
        warn("interrupted")
        sys.exit(1)
    except BrokenPipeError:  # whoever reads the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        known = explain(error, arguments)
        if known is None:
            raise
        warn(known.spelled(spell))
        sys.exit(known.exit_code)


def report_failed_job(error: Exception, arguments: Sequence[str] = ()) -> str:
    """Print why one run of several failed, as `exit_on_error` would; the reason in one line."""
    known = explain(error, arguments)
    if known is None:
        traceback.print_exception(error)
        return f"{type(error).__name__}: {first_line(error)}"
    warn(str(known))
    return str(known)


def explain(error: BaseException, arguments: Sequence[str]) -> SeqtasksError | None:
    """The error as one that a user can act on, or None if it is a defect of the program."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, SeqtasksError):
            return cause
        cause = cause.__cause__ or cause.__context__
    if "hydra" in sys.modules:  # it takes its time, and not every command needs it
        from seqtasks.cli.hydra_errors import as_usage_error

        if (known := as_usage_error(error, arguments)) is not None:
            return known
    if isinstance(error, OSError) and error.filename:
        return SeqtasksError(
            f"{os.fsdecode(error.filename)}: {error.strerror}; if it is the run folder, choose "
            "another: hydra.run.dir=PATH"
        )
    return None


def warn(message: str) -> None:
    """Print what a user should know on the error stream."""
    print(f"seqtasks: {message}", file=sys.stderr)
