"""The progress of preparing data: a bar with its speed, if it takes more than a moment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_PATIENCE = 2.0
"""Seconds before a bar is shown."""


class Step:
    """How far one step of preparing data has come.

    Where it takes longer than a moment a terminal shows a bar, and a log file gets a line.

    Args:
        name: what is done, such as ``Reading``.
        total: the bytes to go through; 0 where they are unknown.
        console: shows the bar; None shows nothing.
    """

    def __init__(self, name: str, total: float, console: Console | None = None) -> None:
        self.name, self.total, self.console = name, total, console
        self.done = 0.0
        self.began = time.monotonic()
        self.bar: Progress | None = None

    def advance(self, count: float) -> None:
        """Count some bytes as done."""
        self.done += count
        if self.console is not None and time.monotonic() - self.began > _PATIENCE:
            self._show(self.console)

    def share_of(self, total: float) -> Callable[[float], None]:
        """The function that counts a share of some bytes as done."""
        return lambda share: self.advance(share * total)

    def _show(self, console: Console) -> None:
        if self.bar is None:
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self.bar.add_task(self.name, total=self.total or None)
            if console.is_terminal:
                self.bar.start()
            else:
                size = f"{self.total / 1e6:.3g} MB of " if self.total else ""
                console.print(f"{self.name} {size}data")
        total = self.total or self.done
        self.bar.update(self.bar.task_ids[0], completed=min(self.done, total))

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None and self.bar.live.is_started:
            self.bar.stop()


def is_first_process() -> bool:
    """Whether this process speaks for those of its machine, as Lightning, torchrun, SLURM count."""
    ranks = (os.environ.get(name) for name in ("LOCAL_RANK", "SLURM_LOCALID"))
    return int(next((rank for rank in ranks if rank), "0")) == 0


@contextmanager
def progress(name: str, total: float) -> Iterator[Step]:
    """The progress of a step, shown by the first process of a machine on its error output."""
    step = Step(name, total, Console(stderr=True) if is_first_process() else None)
    try:
        yield step
    finally:
        step.close()
