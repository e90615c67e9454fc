"""``latest``, which names the newest of the finished runs beside it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from seqtasks.files.replacing import write_text


def name_latest(folder: Path) -> None:
    """Let ``latest`` name a finished run: a link, or a file where there are no links.

    At every moment it names one run or another, whichever runs end at the same time. A folder of
    that name is somebody else's, and stays.

    Raises:
        OSError: nothing can be written beside the folder.
    """
    latest = folder.parent / "latest"
    if latest.is_dir() and not latest.is_symlink():
        return
    try:
        link(latest, folder.name)
    except OSError:
        write_text(latest, folder.name)


def link(path: Path, target: str) -> None:
    """Replace a link in one step."""
    with tempfile.TemporaryDirectory(".part", f".{path.name}.", path.parent) as beside:
        made = Path(beside, path.name)
        made.symlink_to(target, target_is_directory=True)
        os.replace(made, path)
