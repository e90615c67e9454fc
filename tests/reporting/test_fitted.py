"""Tables that fit a terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len

from seqtasks.reporting.fitted import Row, show_fitted
from seqtasks.reporting.terminal import Terminal

ROWS = [
    Row("encoder.cell=gru optimizer.lr=0.001", ["1 %", "2 %\n1 to 3", "[3]"], style="bold"),
    Row("data.train=/home/somebody/with/a/very/long/路径/reviews.csv", ["4", "5", "6"], indent=2),
]
HEADINGS = ["accuracy", "f1", "uncalibrated error"]


def printed(width: int) -> str:
    file = io.StringIO()
    console = Terminal(file=file, width=width, force_terminal=True, no_color=True)
    show_fitted(console, "Scores", HEADINGS, ROWS, "run")
    return re.sub("\x1b.*?m", "", file.getvalue())


@pytest.mark.parametrize("width", range(60, 140, 9))
def test_no_line_is_wider_than_the_console_and_no_cell_is_broken(width):
    text = printed(width)
    assert max(map(cell_len, text.splitlines())) <= width
    for cell in ("1 %", "2 %", "1 to 3", "[3]", " 4 ", " 5 ", " 6 "):
        assert text.count(cell) == 1, text


def test_a_wide_console_has_one_table_with_whole_labels():
    text = printed(200)
    assert text.count("┏") == 1
    assert all(row.label in text for row in ROWS)
    assert "Scores" in text.splitlines()[0]


def test_a_label_too_long_is_shortened_in_every_table():
    text = printed(60)
    assert text.count("┏") == text.count("encoder.cell=gru") == 2
    assert "train=" in text
    assert "…" in text
