"""The files of a comparison."""

from __future__ import annotations

from pathlib import Path

from seqtasks.errors import SeqtasksError
from seqtasks.files.replacing import write_text


def write(path: Path, text: str, option: str) -> None:
    """Write a file that an option names.

    Raises:
        SeqtasksError: it cannot be written.
    """
    try:
        write_text(path, text, parents=False)
    except OSError as error:
        raise SeqtasksError(f"{path}: {error.strerror}; choose another", option=option) from error
