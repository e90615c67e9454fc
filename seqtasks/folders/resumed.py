"""The folder of an earlier sweep or search, which a command goes on with."""

from __future__ import annotations

from pathlib import Path

from seqtasks.cli.checked import check_value
from seqtasks.errors import UsageError
from seqtasks.folders.contents import SEARCH, Contents, recorded

LATEST = "latest"
"""What names the newest one beside the folder that a new one would have."""


def resumed(named: Path, resume: str | None, contents: Contents) -> Path | None:
    """The folder to go on in; None for a sweep that begins.

    Args:
        named: the folder that the options of Hydra name, such as one by the clock.
        resume: ``latest``, or a folder; None: nothing is resumed.
        contents: of a sweep, or of a search.

    Raises:
        UsageError: there is no such folder, or something else is in it.
    """
    check_value("sweep.resume", resume, str | None)
    if resume is None:
        return None
    places = [*named.parent.glob("*")] if resume == LATEST else [Path(resume)]
    found = [place for place in places if of_kind(place, contents)]
    if not found:
        where = f"beside {named}" if resume == LATEST else f"in {resume}"
        raise UsageError(
            f"there is no {contents.what} {where}; name its folder, or leave it out to begin one",
            option="sweep.resume",
        )
    return max(found, key=lambda place: (place / contents.record[0]).stat().st_mtime_ns)


def of_kind(folder: Path, contents: Contents) -> bool:
    """Whether a folder holds a sweep, or a search, that has begun; a search records more."""
    search = recorded(folder, SEARCH)
    return search if contents is SEARCH else recorded(folder, contents) and not search
