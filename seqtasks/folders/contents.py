"""What runs and sweeps leave in their folders."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from seqtasks.files.holding import was_held
from seqtasks.files.replacing import clear_parts


class Contents(NamedTuple):
    """Names in a folder, patterns among them.

    Attributes:
        what: whose folder it is.
        option: what names the folder.
        kept: what the run or sweep was done for; a folder that has one of them is taken.
        besides: what else is left there.
    """

    what: str
    option: str
    kept: tuple[str, ...]
    besides: tuple[str, ...]


RUN = Contents(
    "run",
    "hydra.run.dir",
    ("bundle", "checkpoints", "metrics.json"),
    (
        *("bundle-onnx*", "config.yaml", "csv", "report.html", "seqtasks.log", "tensorboard"),
        "train_ddp_process_*.log",
    ),
)
SWEEP = Contents(
    "sweep",
    "hydra.sweep.dir",
    ("jobs.jsonl", "summary.json"),
    ("latest", "multirun.yaml", "summary.md"),
)


def held_by(folder: Path) -> Contents | None:
    """Whose a folder is: a run's, a sweep's, or None if neither has left what it was done for."""
    for contents in (RUN, SWEEP):
        if any(_has_something(folder / name) for name in contents.kept):
            return contents
    return SWEEP if any(map(held_by, runs_of_a_sweep(folder))) else None


def runs_of_a_sweep(folder: Path) -> list[Path]:
    """The numbered folders of runs in the folder of a sweep that has begun."""
    if not any((folder / name).is_file() for name in (*SWEEP.kept, "multirun.yaml")):
        return []
    return [path for path in folder.iterdir() if path.name.isdigit() and was_held(path)]


def clear(folder: Path) -> None:
    """Remove what a run or a sweep has left in a folder, and nothing else."""
    clear_parts(folder)
    for contents in (RUN, SWEEP):
        for pattern in (*contents.kept, *contents.besides):
            for path in folder.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def _has_something(path: Path) -> bool:
    if path.is_dir():
        return any(not inner.name.startswith(".") for inner in path.iterdir())
    return path.is_file()
