"""Options of the trainer that Lightning takes and then fails on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from seqtasks.errors import UsageError

COUNTS = (
    "val_check_interval",
    "check_val_every_n_epoch",
    "accumulate_grad_batches",
    "log_every_n_steps",
    "num_nodes",
)
"""How many steps, epochs, batches or machines there are of something."""

MOST_DEVICES = max(16, os.cpu_count() or 1)
"""Of one machine: graphics processors, or processes of which each has a processor."""


def check_trainer_options(options: Mapping[str, Any]) -> None:
    """Refuse numbers that make no training.

    Args:
        options: of Lightning's trainer, each of the right type.

    Raises:
        UsageError: a count is no number or not above 0, or there are more devices than any machine
            has.
    """
    for name in COUNTS:
        value = options.get(name)
        if value is not None and not isinstance(value, (int, float)):
            raise UsageError(
                "it counts steps or epochs, not time; give a number", option=f"trainer.{name}"
            )
        if value is not None and not value > 0:
            raise UsageError(f"it is above 0, or null, not {value:g}", option=f"trainer.{name}")
    devices = options.get("devices")
    if isinstance(devices, int) and devices > MOST_DEVICES:
        raise UsageError(
            f"it is at most {MOST_DEVICES:,}, not {devices:,}", option="trainer.devices"
        )
