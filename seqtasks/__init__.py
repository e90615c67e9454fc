"""Recurrent networks on sequences: one encoder, every topology."""

from __future__ import annotations

from pathlib import Path

_root = Path(__file__).resolve().parent
if _root.name == "seqtasks" and not (_root / "tasks").exists():
    # A checkout keeps `tasks/` and `conf/` beside the package; a wheel holds them inside.
    __path__.append(str(_root.parent))
