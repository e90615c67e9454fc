"""The processes that a training starts end with it."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress

import pytorch_lightning as pl
from pytorch_lightning.strategies.launchers import _SubprocessScriptLauncher


def end_others(trainer: pl.Trainer) -> None:
    """End the processes that Lightning started from this one, which cannot go on alone."""
    launcher = trainer.strategy.launcher
    if isinstance(launcher, _SubprocessScriptLauncher):
        for process in launcher.procs:
            process.kill()
            process.wait()
        launcher.procs.clear()  # else Lightning ends this one too


def others_failed(trainer: pl.Trainer, error: BaseException) -> bool:
    """Whether an error of this process comes from another one, which has failed on its own."""
    launcher = trainer.strategy.launcher
    if not isinstance(error, RuntimeError) or not isinstance(launcher, _SubprocessScriptLauncher):
        return False
    codes = set()
    for process in launcher.procs:
        with suppress(subprocess.TimeoutExpired):
            codes.add(process.wait(timeout=2))
    return bool(codes - {0})


def end_with_parent(parent: int) -> None:
    """Let this process end when the one that started it is gone, however and whenever it ended.

    Args:
        parent: its number.
    """

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=follow, name="end-with-parent", daemon=True).start()
