"""The names of files: local paths, URLs, and what their suffixes tell."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PACKED = (".gz", ".bz2", ".xz", ".zst")
"""The suffixes of compressed files."""


@dataclass(frozen=True, order=True)
class RemotePath:
    """A file that a URL names, which a `Path` cannot hold.

    Attributes:
        url: the URL; `fsspec` knows its protocol.

    >>> RemotePath("https://example.org/texts/a.csv.gz?download=1").name
    'a.csv.gz'
    """

    url: str

    @property
    def name(self) -> str:
        """The last part, without the query of a web address."""
        first = next(part for part in self.url.split("::") if "://" in part)
        return posixpath.basename(first.partition("?")[0] if is_web(first) else first)

    @property
    def suffix(self) -> str:
        """The last suffix of the name, as of a `Path`."""
        return PurePosixPath(self.name).suffix

    @property
    def stem(self) -> str:
        """The name without its last suffix, as of a `Path`."""
        return PurePosixPath(self.name).stem

    def __str__(self) -> str:
        return self.url


FilePath = Path | RemotePath
"""A file that `find_files` has found."""


def is_remote(name: str) -> bool:
    """Tell a URL from a local path.

    >>> is_remote("s3://bucket/a.txt"), is_remote("texts/a.txt")
    (True, False)
    """
    return "://" in name


def is_web(url: str) -> bool:
    """Tell a web address, in which a question mark begins the query.

    >>> is_web("https://example.org/a.txt"), is_web("s3://bucket/a.txt")
    (True, False)
    """
    return url.startswith(("http://", "https://"))


def packed_suffix(path: FilePath) -> str:
    """The suffix of a compressed file in lower case, empty for any other file.

    >>> packed_suffix(Path("a.csv.GZ")), packed_suffix(Path("a.csv"))
    ('.gz', '')
    """
    suffix = path.suffix.lower()
    return suffix if suffix in PACKED else ""


def format_suffix(path: FilePath) -> str:
    """The suffix that tells a file's format, in lower case; of a compressed file the one before.

    >>> format_suffix(Path("a.CSV")), format_suffix(Path("a.csv.gz")), format_suffix(Path("a"))
    ('.csv', '.csv', '')
    """
    return PurePosixPath(_unpacked_name(path)).suffix.lower()


def format_stem(path: FilePath) -> str:
    """A file's name without the suffix of its format and that of its compression.

    >>> format_stem(Path("names/Greek.txt.xz")), format_stem(Path("names/Greek.txt"))
    ('Greek', 'Greek')
    """
    return PurePosixPath(_unpacked_name(path)).stem


def _unpacked_name(path: FilePath) -> str:
    return path.stem if packed_suffix(path) else path.name
