"""The page of a search."""

from __future__ import annotations

import re

from seqtasks.sweep.tuning.report import page
from seqtasks.sweep.tuning.study import Outcome

RUNS = [
    Outcome(2, {"optimizer.lr": "0.002", "encoder.cell": "gru"}, 0.9, "", 3, 5.0),
    Outcome(0, {"optimizer.lr": "0.001", "encoder.cell": "lstm"}, 0.8, "", 3, 5.0),
    Outcome(3, {"optimizer.lr": "0.01"}, 0.5, "pruned", 1, 2.0),
    Outcome(1, {"optimizer.lr": "1", "encoder.cell": "gru"}, None, "failed", 0, 1.0, "<nan>"),
]


def test_a_page_shows_all_runs_and_loads_nothing():
    text = page(
        "made", "python -m seqtasks a=<b>", "val/accuracy", RUNS, lambda n: [(1, n), (2, n)]
    )
    assert "a=&lt;b&gt;" in text
    assert "&lt;nan&gt;" in text
    assert not re.search(r"<(script|link|img)|https?://", text)
    assert re.findall(r"<title>(run \d: [\d.]+ %)</title>", text) == [
        *("run 0: 80.00 %", "run 2: 90.00 %", "run 3: 50.00 %"),
        *("run 2: 90.00 %", "run 0: 80.00 %", "run 3: 50.00 %"),
    ]
    for said in ("optimizer.lr", "best so far", "options as given", "13 s"):
        assert said in text
    assert text.count("<polyline") == 1 + 4  # the best so far, and the validations of each


def test_a_search_of_one_run_has_a_page():
    text = page("made", "python", "val/loss", RUNS[1:2], lambda n: [(1, 0.5)])
    assert text.count("<circle") == 2
