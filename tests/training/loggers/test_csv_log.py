"""The table of scores goes on where a run is resumed in its folder."""

from __future__ import annotations

import csv
from pathlib import Path

from seqtasks.training.loggers.csv_log import CSVLog


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "csv" / "metrics.csv").open() as lines:
        return [
            {name: value for name, value in row.items() if value} for row in csv.DictReader(lines)
        ]


def log(folder: Path, checkpoint: Path | None = None) -> CSVLog:
    path = None if checkpoint is None else str(checkpoint)
    return CSVLog(str(folder), name="csv", version="", checkpoint=path)


def test_rows_of_steps_that_are_repeated_are_replaced(tmp_path):
    first = log(tmp_path)
    for step in range(4):
        first.log_metrics({"loss": step}, step)
    first.save()
    with (tmp_path / "csv" / "metrics.csv").open("a") as file:
        file.write("4")  # by a process that was killed
    second = log(tmp_path, tmp_path / "checkpoints" / "last.ckpt")
    second.log_hyperparams({})
    assert len(rows(tmp_path)) == 5
    second.log_metrics({"loss": 20, "accuracy": 0.5}, 2)
    assert [row["step"] for row in rows(tmp_path)] == ["0", "1"]
    second.log_metrics({"loss": 30}, 3)
    second.after_save_checkpoint(None)
    assert rows(tmp_path) == [
        {"step": "0", "loss": "0"},
        {"step": "1", "loss": "1"},
        {"step": "2", "loss": "20", "accuracy": "0.5"},
        {"step": "3", "loss": "30"},
    ]


def test_a_new_log(tmp_path):
    older = log(tmp_path)
    for step in range(3):
        older.log_metrics({"old": 1}, step)
    older.save()
    fresh = log(tmp_path, tmp_path.parent / "other" / "last.ckpt")
    fresh.log_metrics({"loss": 1}, 2)
    fresh.finalize("success")
    assert rows(tmp_path) == [{"step": "2", "loss": "1"}]
