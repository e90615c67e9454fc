"""The libraries of loggers, none of which comes with the package."""

from __future__ import annotations

import importlib.util

from seqtasks.errors import UsageError


def check_library(name: str) -> None:
    """Refuse a logger whose library is not installed (UsageError).

    The library, the choice of the group ``logger`` and the package's extra are of one name.
    """
    if importlib.util.find_spec(name) is None:
        raise UsageError(f"logger={name} needs {name}: pip install 'seqtasks[{name}]'")
