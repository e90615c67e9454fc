"""The cache of stores: folders that are made once, under a lock, and shared by all runs."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from seqtasks.data.progress import is_first_process
from seqtasks.data.store.eviction import clear, make_room
from seqtasks.data.store.manifest import NAME, seal, whole
from seqtasks.data.store.termination import termination_raised
from seqtasks.errors import DataError, UsageError

_T = TypeVar("_T")

Content = dict[str, Any]
"""What a manifest says."""

Build = Callable[[Path], Content]
"""Fills a new folder."""

_log = logging.getLogger(__name__)

AUTO = "auto"
VARIABLE = "SEQTASKS_CACHE"

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _Elsewhere(Exception):
    """An OSError of what is read, which is no fault of the cache."""


def cache_folder(given: str | os.PathLike[str] | None) -> Path | None:
    """The folder that an option means.

    Args:
        given: a folder; ``auto`` is that of the environment variable ``SEQTASKS_CACHE``, else the
            user's cache folder; None is none.
    """
    if given is None:
        return None
    if given == AUTO:
        named = os.environ.get(VARIABLE)
        return Path(named).expanduser() if named else user_cache_path("seqtasks")
    return Path(given).expanduser().absolute()


class Cache:
    """Stores by their keys, each a folder that is whole.

    A store is made by one process, under a lock, in a folder of its own, and renamed into its
    place when it is finished; other processes wait for it. A damaged store is made again. Where
    the folder cannot be written to, the stores that it holds are used, and others are made in a
    temporary folder.

    Args:
        folder: keeps the stores; None for a temporary folder.
        gigabytes: the stores that were not used for the longest time go when all of them
            together take more.

    Attributes:
        used: the stores of the folder that were asked for here.
        made: those of them that were made here.
    """

    def __init__(self, folder: Path | None, gigabytes: float = 50.0) -> None:
        if not gigabytes > 0:
            raise UsageError(f"it is above 0, not {gigabytes}", option="cache_gigabytes")
        self.folder, self.limit = folder, int(gigabytes * 1e9)
        self.used: set[Path] = set()
        self.made: set[Path] = set()
        self._told: set[str] = set()
        self._temporary: Path | None = None

    @property
    def memory(self) -> Path | None:
        """The folder that remembers the digests of files; None for none."""
        return None if self.folder is None else self.folder / "digests"

    @property
    def temporary(self) -> Path:
        """A folder that goes with this cache."""
        if self._temporary is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="seqtasks-"))
            weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
        return self._temporary

    def get(
        self,
        key: str | None,
        build: Build,
        load: Callable[[Path, Content], _T],
        size: int = 0,
    ) -> _T:
        """The store of a key, made if it is not there.

        Args:
            key: names the store, a digest in 32 hexadecimal digits; None for one that nobody may
                use again.
            build: fills a new folder; returns what its manifest says.
            load: makes something of a finished folder and its manifest.
            size: about so many bytes will be written.

        Raises:
            DataError: there is no space left for it.
        """
        try:
            if key is not None and self.folder is not None:
                try:
                    return self._shared(self.folder, key, build, load, size)
                except OSError as error:
                    place = self.folder / key
                    if (content := whole(place)) is not None:  # of a folder that is only read
                        self.used.add(place)
                        return load(place, content)
                    self._refuse(self.folder, error)
            return self._alone(build, load, size)
        except _Elsewhere as error:
            raise error.args[0] from None

    def _refuse(self, folder: Path, error: OSError) -> None:
        """Say why the folder is of no use."""
        self._tell(
            "The cache %s cannot be used (%s); the data is prepared in a temporary folder, for "
            f"this run alone. Name another folder with data.cache or {VARIABLE}",
            folder,
            _reason(error),
        )

    def _tell(self, message: str, *values: object) -> None:
        """Log a message with its values once, for all stores and all processes of a machine."""
        if message not in self._told and is_first_process():
            _log.warning(message, *values)
        self._told.add(message)

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        """Hold a lock; wait, and say so, while another process holds it."""
        lock = FileLock(path)
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                self._tell("Another run is preparing this data; waiting until it has finished")
                lock.acquire()
        except NotImplementedError:  # whoever renames first is taken
            self._tell("Files in %s cannot be locked; processes may prepare twice", path.parent)
        try:
            yield
        finally:
            lock.release()

    def _shared(
        self, folder: Path, key: str, build: Build, load: Callable[[Path, Content], _T], size: int
    ) -> _T:
        place, made = folder / key, False
        folder.mkdir(parents=True, exist_ok=True)
        with self._locked(folder / f"{key}.lock"):
            content = whole(place)
            if content is None:
                make_room(folder, self.limit, self.used, size)
                _check_space(folder, size)
                if place.exists():
                    _log.warning("The prepared data in %s is damaged; it is prepared anew", place)
                content, made = _made(folder / f"{key}.part", place, build), True
            else:
                with contextlib.suppress(OSError):  # of another user's store
                    os.utime(place / NAME)
            self.used.add(place)
            loaded = load(place, content)
        if made:
            self.made.add(place)
            make_room(folder, self.limit, self.used)
        return loaded

    def _alone(self, build: Build, load: Callable[[Path, Content], _T], size: int) -> _T:
        try:
            place = Path(tempfile.mkdtemp(dir=self.temporary))
            _check_space(place, size)
            return load(place / "store", _made(place / "part", place / "store", build))
        except OSError as error:
            where = tempfile.gettempdir() if self._temporary is None else self._temporary.parent
            needed = max(size, 1_000_000) / 1e9
            raise DataError(
                f"the prepared data takes about {needed:.3g} GB, and the folder of temporary files "
                f"cannot take it: {where} ({_reason(error)}); free some space, or name a folder on "
                "another disk",
                option="cache",
            ) from error


def _made(part: Path, place: Path, build: Build) -> Content:
    """Build a store in one folder and rename it into its place."""
    clear(part, place)
    part.mkdir()
    try:
        with termination_raised():
            seal(part, _built(part, build))
        part.rename(place)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    content = whole(place)
    if content is None:
        raise DataError(f"{place}: another process has changed it; prepare the data again")
    return content


def _built(part: Path, build: Build) -> Content:
    try:
        return build(part)
    except OSError as error:
        if error.errno in _FULL or str(part) in f"{error.filename} {error.filename2} {error}":
            raise
        raise _Elsewhere(error) from None


def _check_space(folder: Path, size: int) -> None:
    """Refuse to begin what will not fit (OSError)."""
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, f"no space left for about {size / 1e9:.3g} GB")


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return reason[:1].lower() + reason[1:]
