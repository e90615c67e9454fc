"""Which version of a package is at work."""

from __future__ import annotations

from importlib import metadata


def version(name: str) -> str:
    """The version as installed, or ``source`` where the package runs from a folder of its source.

    >>> version("torch").split(".")[0], version("no-such-package")
    ('2', 'source')
    """
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "source"
