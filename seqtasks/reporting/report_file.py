"""The report of a run as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.reporting.page import page


def write_report(
    run: Path, output: Path | None = None, trusted: Sequence[str] = (), examples: int = 500
) -> Path:
    """Write a report, and return its path.

    Args:
        run: the folder of the run, or of its bundle.
        output: the file; None for ``report.html`` in the folder.
        trusted: modules of your own whose classes the run's bundle may name.
        examples: how many test examples are looked at one by one, at most.

    Raises:
        UsageError: there are fewer than one example.
        SeqtasksError: the run cannot be read, or the file not be written.
    """
    if examples < 1:
        raise UsageError(f"it is at least 1, not {examples}", option="examples")
    path = output or run / "report.html"
    text = page(run, trusted, examples)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another", option="output") from error
    return path
