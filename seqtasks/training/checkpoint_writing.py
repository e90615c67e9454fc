"""How checkpoints get to the disk: beside the one before, which goes when the new one is there."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins.io.checkpoint_io import CheckpointIO
from lightning_fabric.plugins.io.torch_io import TorchCheckpointIO

from seqtasks.files.replacing import replacing
from seqtasks.files.space import FullDisk, saved_elsewhere, told_space


class WholeCheckpoints(TorchCheckpointIO):
    """Writes a checkpoint so that the one before stays until the new one is whole.

    Lightning's own writes it to the folder of temporary files and moves it, which copies over the
    checkpoint before where the two are on different file systems. One that its disk does not take
    is saved where there is room, and the error (`FullDisk`) says where. Addresses such as
    ``s3://…`` are left to Lightning.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None
    ) -> None:
        if "://" in str(path):
            super().save_checkpoint(checkpoint, path, storage_options)
            return
        content = io.BytesIO()
        torch.save(checkpoint, content)
        target = Path(path)
        try:
            with told_space(target.parent), replacing(target) as part:
                part.write_bytes(content.getbuffer())
        except FullDisk as full:
            full.saved = saved_elsewhere(target, content.getbuffer())
            raise


def with_whole_checkpoints(plugins: Any) -> list[Any]:
    """The plugins of a trainer, with `WholeCheckpoints` unless one of them writes checkpoints."""
    given = [] if plugins is None else plugins if isinstance(plugins, Iterable) else [plugins]
    if any(isinstance(plugin, CheckpointIO) for plugin in given):
        return [*given]
    return [*given, WholeCheckpoints()]
