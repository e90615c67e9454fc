"""Configurations shrunk to seconds."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
OUTSIDE = ROOT / "tests" / "outside"
TASKS = sorted(path.stem for path in (ROOT / "conf" / "task").glob("*.yaml"))
SMALL = [
    "data.train.sentences=80",
    "data.val.sentences=20",
    "data.test.sentences=20",
    "encoder.hidden_size=12",
    "trainer.max_epochs=1",
    "logger=none",
    "report=false",
]
