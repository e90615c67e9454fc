"""Lightning's table of scores, which a training that is resumed in its own folder goes on with."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from pytorch_lightning.loggers import CSVLogger
from pytorch_lightning.loggers.csv_logs import ExperimentWriter
from pytorch_lightning.loggers.logger import rank_zero_experiment

from seqtasks.files.replacing import replacing

Row = dict[str, Any]


class CSVLog(CSVLogger):
    """Logs to ``metrics.csv``, in place of an older one.

    A training that goes on in its own folder keeps the rows that are there, up to its checkpoint;
    it repeats the steps after that, and their rows with them.

    Args:
        save_dir: the folder of the run.
        checkpoint: that training goes on from; None for one that begins.
        options: of Lightning's `CSVLogger`.
    """

    def __init__(self, save_dir: str, checkpoint: str | None = None, **options: Any) -> None:
        super().__init__(save_dir, **options)
        here = Path(save_dir).resolve()
        self.goes_on = checkpoint and Path(checkpoint).resolve().is_relative_to(here)

    @property
    @rank_zero_experiment
    def experiment(self) -> Any:
        if self._experiment is None:
            self._experiment = Rows(self.log_dir)
            self._experiment.goes_on = bool(self.goes_on)
        return self._experiment

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Write the rows so far, which a training that goes on from there does not repeat."""
        self.save()


class Rows(ExperimentWriter):
    """Writes the rows of a log after those that an earlier part of its run has written."""

    begun = goes_on = False

    def log_metrics(self, metrics_dict: Row, step: int | None = None) -> None:
        """Take a row of scores; the first one says from which step on the earlier rows go."""
        if not self.begun and step is not None:
            self.begun = True
            path = Path(self.metrics_file_path)
            if path.is_file():
                earlier = rows_before(path, step) if self.goes_on else []
                self.metrics_keys = sorted({name for row in earlier for name in row})
                write_rows(path, self.metrics_keys, earlier)
        super().log_metrics(metrics_dict, step)

    def _check_log_dir_exists(self) -> None:
        """Let a log that is there be; Lightning would remove it."""


def rows_before(path: Path, step: int) -> list[Row]:
    """The whole rows of a log that are about earlier steps."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if None not in row.values()]
    return [row for row in rows if row.get("step", "").isdigit() and int(row["step"]) < step]


def write_rows(path: Path, names: list[str], rows: list[Row]) -> None:
    """Replace a log."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=names)
        writer.writeheader()
        writer.writerows(rows)
