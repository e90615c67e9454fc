"""Arrow, imported when it is first asked for: what only predicts need not wait for it."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    """What the package pyarrow has of this name."""
    return getattr(import_module("pyarrow"), name)
