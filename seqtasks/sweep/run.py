"""A run of a sweep, and the record of the runs that have ended."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
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
    """Add a run that has ended to the record of its sweep.

    Raises:
        OSError: the disk is full, say.
    """
    line = json_text(asdict(run), indent=None).encode("utf-8", "backslashreplace") + b"\n"
    with (folder / RECORD).open("ab+", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line  # after one half written
        file.write(line)  # one write, also of many processes
        os.fsync(file.fileno())


def read_runs(folder: Path) -> list[SweepRun]:
    """The runs of a sweep that have ended, in the order of the sweep.

    What came last of a run counts. A line that is no JSON is of a process that was killed while it
    wrote, or of a full disk.
    """
    path = folder / RECORD
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    runs: dict[int, SweepRun] = {}
    for line in lines:
        with suppress(ValueError):
            run = _run(json.loads(line))
            runs[run.number] = run
    return [runs[number] for number in sorted(runs)]


def _run(row: dict[str, Any]) -> SweepRun:
    """A run of the record, where a score without a finite value is null."""
    scores = {name: math.nan if x is None else x for name, x in row["scores"].items()}
    return SweepRun(**{**row, "scores": scores})
