"""What is seen of the preparation of data that takes long."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from seqtasks.data import progress as progress_file
from seqtasks.data.progress import Step, is_first_process, progress


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress_file, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def shown(terminal):
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_is_shown_of_what_is_quick(clock, terminal):
    console = shown(terminal)
    step = Step("Reading", 3e6, console)
    clock[0] = 1.9
    step.advance(3e6)
    step.close()
    assert console.file.getvalue() == ""


def test_a_terminal_shows_a_bar_with_speed(clock):
    console = shown(terminal=True)
    step = Step("Reading", 4e6, console)
    clock[0] = 3.0
    step.advance(1e6)
    clock[0] = 4.0
    step.share_of(2e6)(0.5)
    step.bar.refresh()
    step.close()
    text = console.file.getvalue()
    assert "Reading" in text
    assert "2.0/4.0 MB" in text


@pytest.mark.parametrize(
    ("total", "line"), [(4e6, "Encoding 4 MB of data\n"), (0, "Encoding data\n")]
)
def test_a_log_file_has_one_line(clock, total, line):
    console = shown(terminal=False)
    step = Step("Encoding", total, console)
    for _ in range(4):
        clock[0] += 3
        step.advance(1e6)
    step.close()
    assert console.file.getvalue() == line


@pytest.mark.parametrize(("name", "rank"), [("LOCAL_RANK", "1"), ("SLURM_LOCALID", "3")])
def test_the_first_process_of_a_machine_speaks(monkeypatch, name, rank):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    with progress("Reading", 1) as step:
        assert step.console is not None
    monkeypatch.setenv(name, rank)
    assert not is_first_process()
    with progress("Reading", 1) as step:
        assert step.console is None
    monkeypatch.setenv(name, "0")
    assert is_first_process()
