"""The table of a search."""

from __future__ import annotations

import csv

from rich.console import Console

from seqtasks.sweep.tuning.study import Outcome
from seqtasks.sweep.tuning.table import as_csv, print_table, summary

OPTIONS = {
    "optimizer.lr": "0.00123",
    "optimizer.weight_decay": "1.23e-05",
    "data.batching.batch_size": "128",
    "encoder.hidden_size": "256",
    "encoder.num_layers": "2",
    "task.dropout_scale": "0.456",
    "task.embedding.tokens.token_dropout": "0.123",
    "task.head.label_smoothing": "0.0123",
}
RUNS = [
    Outcome(7, OPTIONS, 0.8765, "", 12, 345.6),
    Outcome(0, OPTIONS, 0.5, "pruned", 3, 12.0),
    Outcome(11, OPTIONS, None, "failed", 0, 1.0, "the loss is nan, alas"),
]


def test_all_that_is_searched_fits_in_80_columns(capsys):
    print_table(Console(width=80), RUNS, "val/accuracy")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 runs by val/accuracy, the best first (*)"
    assert all(len(line) <= 80 for line in lines)
    [best] = [line for line in lines if line.startswith("7 *")]
    assert best.split() == ["7", "*", "87.65", "%", "12", "346", *OPTIONS.values()]
    assert "failed" in lines[-1]


def test_headings_stay_whole_where_there_is_room(capsys):
    runs = [Outcome(0, {"optimizer.lr": "0.1", "encoder.hidden_size": "64"}, 0.5, "", 1, 1.0)]
    print_table(Console(width=80), runs, "val/accuracy")
    assert capsys.readouterr().out.splitlines()[2].split() == [
        *("run", "accuracy", "epochs", "s", "lr", "size")
    ]


def test_the_files_hold_everything():
    rows = [*csv.DictReader(as_csv(RUNS, "val/accuracy").splitlines())]
    assert [row["run"] for row in rows] == ["7", "0", "11"]
    assert (rows[0]["val/accuracy"], rows[0]["optimizer.lr"]) == ("0.8765", "0.00123")
    assert (rows[2]["val/accuracy"], rows[2]["error"]) == ("", "the loss is nan, alas")
    found = summary(RUNS, "val/accuracy", "python -m seqtasks")
    assert (found["best"], found["command"]) == (7, "python -m seqtasks")
    assert found["runs"][1]["options"] == OPTIONS
