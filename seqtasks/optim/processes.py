"""The processes of one training: what they tell each other, and that they end together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress

import pytorch_lightning as pl
import torch
from pytorch_lightning.strategies.launchers import _SubprocessScriptLauncher
from torch import Tensor, distributed


def several() -> bool:
    """Whether this process trains together with others."""
    return distributed.is_available() and distributed.is_initialized()


def summed(tensor: Tensor) -> Tensor:
    """The sum over all processes of a tensor that has no gradient.

    >>> summed(torch.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    if several():
        distributed.all_reduce(tensor)
    return tensor


def gathered(tensor: Tensor, device: torch.device) -> list[Tensor]:
    """The tensors of all processes in their order, the same list in each; on the CPU.

    Args:
        tensor: of this process; the sizes of the axes may differ between processes, not their
            number.
        device: the one that this process computes on, where processes exchange tensors.

    >>> gathered(torch.tensor([1.0]), torch.device("cpu"))
    [tensor([1.])]
    """
    if not several():
        return [tensor.cpu()]
    from torchmetrics.utilities.distributed import gather_all_tensors

    return [part.cpu() for part in gather_all_tensors(tensor.to(device))]


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


def end_with_parent() -> None:
    """Let this process end when the one that started it is gone, however that ended."""
    parent = os.getppid()

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=follow, name="end-with-parent", daemon=True).start()
