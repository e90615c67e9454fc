"""A bundle that takes the place of another is never half the one and half the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqtasks.bundle.files import MANIFEST, read_manifest
from seqtasks.errors import BundleError
from seqtasks.files.replacing import replacing_folder


@contextmanager
def renewed(folder: Path) -> Iterator[Path]:
    """Where to write a bundle, which stands in a folder as soon as it is whole.

    In a folder that holds other files too, the manifest of the older bundle goes first and that of
    the new one comes last: what is there in between is no bundle.

    Args:
        folder: made where it is missing.

    Yields:
        A folder to write to, the manifest last.
    """
    older = files_of(folder)
    if not folder.exists() or (older and {path.name for path in folder.iterdir()} <= {*older}):
        with replacing_folder(folder) as part:
            yield part
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in older:
        (folder / name).unlink(missing_ok=True)
    yield folder


def files_of(folder: Path) -> list[str]:
    """The names of the files of a bundle, the manifest first; none where there is no bundle."""
    try:
        return [MANIFEST, *(name for name in read_manifest(folder) if Path(name).name == name)]
    except BundleError:
        return [MANIFEST] if (folder / MANIFEST).is_file() else []
