"""The norm of the gradient over a training run, read from its log."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from seqtasks.errors import DataError, SeqtasksError
from seqtasks.training.gradient_norm import AFTER, BEFORE


@dataclass(frozen=True)
class TrainingNorms:
    """The gradient's norm at the logged steps of a run.

    Attributes:
        steps: counted from 0.
        before: the norms as computed.
        after: the norms after clipping, as the optimizer used them.
        limit: the limit of clipping by norm; None without such clipping.
    """

    steps: list[int]
    before: list[float]
    after: list[float]
    limit: float | None

    @property
    def clipped(self) -> float:
        """The share of the logged steps at which clipping changed the norm."""
        pairs = zip(self.before, self.after, strict=True)
        return sum(not math.isclose(b, a, rel_tol=1e-4) for b, a in pairs) / len(self.steps)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a file, with null for a norm that is not finite."""
        before, after = map(finite_or_none, (self.before, self.after))
        return {**asdict(self), "before": before, "after": after, "clipped": self.clipped}


def finite_or_none(values: Sequence[float]) -> list[float | None]:
    """The values for JSON, which has no infinity and no NaN."""
    return [value if math.isfinite(value) else None for value in values]


def read_norms(folder: Path) -> TrainingNorms:
    """Read the norms that `seqtasks.training.gradient_norm.GradientNorm` logged.

    Args:
        folder: the folder of the run, or of the bundle in it.

    Raises:
        SeqtasksError: there is no log, or the log has no norm.
        DataError: the log or the run's configuration cannot be read.
    """
    if folder.name == "latest" and folder.is_file():  # on a file system without links
        folder = folder.parent / folder.read_text(encoding="utf-8").strip()
    if not (folder / "csv").is_dir() and (folder.parent / "csv").is_dir():
        folder = folder.parent
    path = folder / "csv" / "metrics.csv"
    if not path.is_file():
        raise SeqtasksError(
            f"{folder}: there is no csv/metrics.csv; give the folder of a run, runs/<task>/latest, "
            "that was trained with logger=default"
        )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get(BEFORE) and row.get(AFTER)]
        steps = [int(row["step"]) for row in rows]
        before, after = ([float(row[name]) for row in rows] for name in (BEFORE, AFTER))
    except (KeyError, ValueError, csv.Error) as error:
        raise DataError(f"{path} is damaged: {error}; correct it, or train again") from error
    if not steps:
        raise SeqtasksError(
            f"{path} has no {BEFORE}: set the callback gradient_norm, and let the run "
            "be longer than trainer.log_every_n_steps"
        )
    return TrainingNorms(steps, before, after, _limit(folder / "config.yaml"))


def _limit(path: Path) -> float | None:
    """The limit of clipping by norm in a run's configuration."""
    try:
        trainer = yaml.safe_load(path.read_text(encoding="utf-8"))["trainer"]
        value, algorithm = trainer["gradient_clip_val"], trainer["gradient_clip_algorithm"]
        return float(value) if value and algorithm in (None, "norm") else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        line = " ".join(str(error).split())
        raise DataError(
            f"{path}: the trainer's options cannot be read: {line}; "
            "give the folder as the run left it"
        ) from error
