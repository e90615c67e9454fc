"""Readers: from a person's own files to records, one file format each.

Each is imported when it is first asked for: what only predicts needs none of them, nor Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqtasks.data.readers.babi import BabiReader
    from seqtasks.data.readers.conll import ConllReader
    from seqtasks.data.readers.hub import HubReader
    from seqtasks.data.readers.labelled_files import LabelledFileReader
    from seqtasks.data.readers.lines import LineReader
    from seqtasks.data.readers.parallel import ParallelReader
    from seqtasks.data.readers.pattern import PatternReader
    from seqtasks.data.readers.table import TableReader
    from seqtasks.data.readers.text import TextReader
    from seqtasks.data.readers.time_series import TimeSeriesReader

MODULES = {
    "BabiReader": "babi",
    "ConllReader": "conll",
    "HubReader": "hub",
    "LabelledFileReader": "labelled_files",
    "LineReader": "lines",
    "ParallelReader": "parallel",
    "PatternReader": "pattern",
    "TableReader": "table",
    "TextReader": "text",
    "TimeSeriesReader": "time_series",
}

__all__ = [
    "BabiReader",
    "ConllReader",
    "HubReader",
    "LabelledFileReader",
    "LineReader",
    "ParallelReader",
    "PatternReader",
    "TableReader",
    "TextReader",
    "TimeSeriesReader",
]


def __getattr__(name: str) -> Any:
    """Import a reader."""
    if name not in MODULES:
        raise AttributeError(f"module '{__name__}' has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
