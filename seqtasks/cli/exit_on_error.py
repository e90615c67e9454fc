"""From an exception to one line and an exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from seqtasks.cli.printable import printable
from seqtasks.cli.signals import interruptible, speaks
from seqtasks.errors import SeqtasksError, causes, first_line
from seqtasks.files.space import is_full


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
        with interruptible():
            yield
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where it can still be said that it fails
    except KeyboardInterrupt:
        if speaks():
            warn("interrupted")
        sys.exit(1)
    except BrokenPipeError:  # whoever reads the output has had enough
        _drop_output()
        sys.exit(1)
    except Exception as error:
        known = explain(error, arguments)
        if known is None:
            raise
        warn(known.spelled(spell))
        if is_full(error):
            _drop_output()
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
    for cause in causes(error):
        if isinstance(cause, SeqtasksError):
            return cause
    if "hydra" in sys.modules:  # it takes its time, and not every command needs it
        from seqtasks.cli.hydra_errors import as_usage_error

        if (known := as_usage_error(error, arguments)) is not None:
            return known
    if is_lack_of_memory(error):
        return SeqtasksError(
            "there is not enough memory for it; make the sizes of the model smaller, such as "
            f"encoder.hidden_size, or those of a batch, data.batching.batch_size{_wanted(error)}"
        )
    if isinstance(error, OSError) and error.filename:
        return SeqtasksError(
            f"{os.fsdecode(error.filename)}: {error.strerror}; if it is the run folder, choose "
            "another: hydra.run.dir=PATH"
        )
    if is_full(error):
        said = getattr(error, "strerror", None) or first_line(error)
        return SeqtasksError(f"{said}; make room where the command writes, and repeat it")
    return None


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether the memory of the machine, or of a GPU, does not suffice, by the words of torch."""
    words = "can't allocate memory|Storage size calculation overflowed|integer multiplication over"
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and re.search(words, str(error)) is not None)
    )


def _wanted(error: BaseException) -> str:
    found = re.search(r"allocate (\d+) bytes", str(error))
    return f" ({int(found[1]) / 2**30:,.1f} GB were asked for at once)" if found else ""


def _drop_output() -> None:
    """Let nothing more be written to the standard output, which would fail again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn(message: str) -> None:
    """Print what a user should know on the error stream.

    The lines of a message after its first are indented by two spaces; any other end of a line
    comes from data, and is shown as an escape like every control character. Of a line that is very
    long, as with a value of thousands of characters in it, the beginning and the end are shown.
    """
    text = re.sub(r"\n(?!  )", r"\\n", printable(message))
    shown = re.sub(rf"(.{{{_BEGIN}}}).+(.{{{_END}}})", r"\1 … \2", text)
    print(f"seqtasks: {shown}", file=sys.stderr)


_BEGIN, _END = 700, 300
"""The characters of a long line that are shown of its beginning and its end."""
