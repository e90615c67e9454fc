"""The report of a run as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqtasks.errors import SeqtasksError
from seqtasks.reporting.page import page


def write_report(
    run: Path, out: Path | None = None, trusted: Sequence[str] = (), count: int = 500
) -> Path:
    """Write the report of a run and return where it lies.

    Args:
        run: the folder of the run.
        out: the file to write; ``report.html`` in the run's folder if None.
        trusted: modules of your own whose classes the bundle may name.
        count: how many test examples are looked at one by one, at most.

    Raises:
        SeqtasksError: the run cannot be read, or the file cannot be written.
    """
    path = out or run / "report.html"
    text = page(run, trusted, count)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another: --out FILE") from error
    return path
