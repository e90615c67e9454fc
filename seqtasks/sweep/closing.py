"""What a sweep ends with: its table, on the console and in its folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from seqtasks.bundle.json_text import json_text
from seqtasks.files.replacing import write_text
from seqtasks.reporting.console import show
from seqtasks.reporting.terminal import Terminal
from seqtasks.sweep.group import group_runs
from seqtasks.sweep.plan import Plan
from seqtasks.sweep.run import read_runs
from seqtasks.sweep.table import failures, markdown, print_table, summary_json


def close(folder: Path) -> bool:
    """Print and keep the table of a sweep, and the runs that have failed or are not done.

    Where the disk is full the table is printed alone.

    Returns:
        Whether all runs of the sweep are done.
    """
    runs, labels = read_runs(folder), Plan(folder).labels()
    ended = {run.number for run in runs}
    found = group_runs(runs)
    console = Terminal()
    console.print()
    if any(group.runs for group in found):
        print_table(console, found)
    lines = [f"Failed: {line}" for line in failures(found)]
    lines += [f"Not done: {label}" for number, label in labels.items() if number not in ended]
    for line in lines:
        show(console, line)
    if runs:
        with suppress(OSError):
            write_text(folder / "summary.json", json_text(summary_json(found)))
            write_text(folder / "summary.md", markdown(found))
            show(console, f"Saved: {folder / 'summary.json'}, summary.md beside it")
    return not lines
