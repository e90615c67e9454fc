"""A run of a sweep, and the record of the runs that have ended."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from seqtasks.bundle.json_text import json_text

RECORD = "jobs.jsonl"
"""The file in the folder of a sweep with a line for each run that has ended."""


@dataclass(frozen=True)
class SweepRun:
    """One run of a sweep.

    Attributes:
        number: the run's place in the sweep, from 0.
        folder: the run folder.
        options: option → value, as the sweep set them.
        scores: on the tested split, by name; empty if the run failed.
        error: the reason of the failure, or the empty string.
    """

    number: int
    folder: str
    options: dict[str, str]
    scores: dict[str, float] = field(default_factory=dict)
    error: str = ""


def record_run(folder: Path, run: SweepRun) -> None:
    """Add a run that has ended to the record of its sweep."""
    with (folder / RECORD).open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(json_text(asdict(run), indent=None) + "\n")  # one write, also of many processes
        file.flush()
        os.fsync(file.fileno())


def read_runs(folder: Path) -> list[SweepRun]:
    """The runs of a sweep that have ended, in the order of the sweep.

    A line without its end is of a process that was killed while it wrote.
    """
    path = folder / RECORD
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = text[: text.rfind("\n") + 1].splitlines()
    return sorted((_run(json.loads(line)) for line in lines), key=lambda run: run.number)


def _run(row: dict[str, Any]) -> SweepRun:
    """A run of the record, where a score without a finite value is null."""
    scores = {name: math.nan if x is None else x for name, x in row["scores"].items()}
    return SweepRun(**{**row, "scores": scores})
