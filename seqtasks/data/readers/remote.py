"""Files on other machines, through `fsspec`."""

from __future__ import annotations

from typing import Any, BinaryIO

from seqtasks.data.readers.paths import RemotePath, is_web
from seqtasks.errors import DataError, SeqtasksError, UsageError, first_line, nearest


def file_system(url: str) -> tuple[Any, str]:
    """Find the `fsspec` file system of a URL, and the URL's path in it.

    Raises:
        UsageError: a package is missing that the protocol needs.
        DataError: there is no such protocol, or the file system cannot be reached.
    """
    try:
        import fsspec
    except ImportError as error:
        raise UsageError(
            f"{url}: a remote path needs the package fsspec ({error}): pip install "
            "'seqtasks[remote]'"
        ) from None
    protocol = url.rpartition("::")[2].partition("://")[0]
    if protocol not in fsspec.available_protocols():
        near = nearest(protocol, fsspec.available_protocols())
        raise DataError(f"{url}: there is no protocol {protocol!r}; correct the URL.{near}")
    try:
        system, path = fsspec.url_to_fs(url)
    except ImportError as error:
        raise UsageError(
            f"{url}: the protocol {protocol!r} needs another package ({first_line(error)}): "
            "pip install it, or 'seqtasks[remote]' for web addresses"
        ) from None
    except Exception as error:  # every file system raises kinds of its own
        raise unreadable_remote(RemotePath(url), error) from error
    return system, path


def open_remote(path: RemotePath, seekable: bool) -> BinaryIO:
    """Open a remote file; a web address is read as one stream unless it is to be seekable.

    Raises:
        UsageError: as of `file_system`.
        DataError: the file does not exist or cannot be read.
    """
    system, name = file_system(path.url)
    streamed = {"block_size": 0} if is_web(path.url) and not seekable else {}
    try:
        return system.open(name, "rb", **streamed)
    except Exception as error:
        raise unreadable_remote(path, error) from error


def remote_files(pattern: str) -> list[RemotePath]:
    """List the files that a glob in a URL matches, in sorted order; none if none matches.

    Raises:
        UsageError: as of `file_system`.
        DataError: the place cannot be listed.
    """
    system, path = file_system(pattern)
    try:
        found = system.glob(path, detail=True)
    except FileNotFoundError:
        return []
    except Exception as error:
        raise unreadable_remote(RemotePath(pattern), error) from error
    files = [name for name, info in found.items() if info.get("type") != "directory"]
    return sorted(RemotePath(system.unstrip_protocol(name)) for name in files)


def unreadable_remote(path: RemotePath, error: Exception) -> SeqtasksError:
    """The error for a remote file that cannot be opened or read on."""
    if isinstance(error, FileNotFoundError) and isinstance(error.__cause__, OSError):
        error = error.__cause__  # a web address to which there is no connection
    if isinstance(error, FileNotFoundError):
        return DataError(f"{path}: no such file; correct the URL")
    return DataError(
        f"{path}: cannot be read ({first_line(error)}); correct the URL, or check the connection "
        "and your right to read it"
    )
