"""Recurrent networks on sequences: one encoder, every topology."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqtasks.api import compose, train
    from seqtasks.bundle import Bundle, load

_root = Path(__file__).resolve().parent
if _root.name == "seqtasks" and not (_root / "tasks").exists():
    # A checkout keeps `tasks/` and `conf/` beside the package; a wheel holds them inside.
    __path__.append(str(_root.parent))

if sys.argv[:1] == ["-m"] and sys.orig_argv[-len(sys.argv)].startswith("seqtasks"):
    # This process is a command, python -m seqtasks…, whose imports are interrupted in a line too.
    # Threads of torch that wait leave the processor to others; torch reads this when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from seqtasks.cli.beginning import command_begins
    from seqtasks.cli.signals import take_signals

    command_begins()
    take_signals()

__all__ = ["Bundle", "compose", "load", "train"]

_PLACES = {
    "Bundle": "seqtasks.bundle",
    "compose": "seqtasks.api",
    "load": "seqtasks.bundle",
    "train": "seqtasks.api",
}


def __getattr__(name: str) -> Any:
    """The public names, each imported when it is first used: torch takes its time."""
    if name not in _PLACES:
        raise AttributeError(f"module 'seqtasks' has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
