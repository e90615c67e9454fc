"""How many threads of the processor pay for the work on a batch.

A step of a recurrence is a few small products, which all threads share and whose end all wait for.
Where threads sleep while they wait (``OMP_WAIT_POLICY=passive``, so that they leave the processor
to other programs), waking them takes longer than a small product does by one thread. Where they
spin, as torch's do if nobody says else, more are hardly ever slower, and torch's number holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from seqtasks.cells.contract import Recurrence

EACH = 10_000_000
"""Multiplications in a time step of a layer for which a thread is worth being woken."""

AVAILABLE = torch.get_num_threads()
"""The threads that torch has from the start."""

SLEEPING = os.environ.get("OMP_WAIT_POLICY", "").lower() == "passive"
"""Whether threads of this process sleep while they wait."""


def threads_worth(size: int, sequences: int, most: int = AVAILABLE) -> int:
    """How many threads a batch of so many sequences is worth to a model, from 1 to ``most``.

    The ``size`` is the model's `step_size`. The answer depends on sizes alone, so that the same
    command computes the same numbers.
    """
    return max(1, min(most, sequences * size // EACH)) if SLEEPING else most


def step_size(model: nn.Module) -> int:
    """The weights that a sequence is multiplied by in a time step, for each recurrence."""
    recurrences = sum(isinstance(layer, Recurrence) for layer in model.modules())
    return weights_multiplied(model) // max(1, recurrences)


def weights_multiplied(model: nn.Module) -> int:
    """The weights that a sequence is multiplied by in a time step.

    The tables of embeddings multiply nothing, unless the output layer has the same weights.
    """
    layers = [*model.modules()]
    tables = {layer.weight for layer in layers if isinstance(layer, nn.Embedding)}
    tables -= {layer.weight for layer in layers if isinstance(layer, nn.Linear)}
    matrices = {weight for weight in model.parameters() if weight.dim() > 1} - tables
    return sum(weight.numel() for weight in matrices)


class ThreadLimit:
    """Keeps the work on some models' batches to as many threads as it is worth.

    Args:
        models: they are asked for the same batches.
        alone: each call runs one time step, of which small parts beside the products are a larger
            share, so that a thread is worth less.
    """

    def __init__(self, *models: nn.Module, alone: bool = False) -> None:
        self.size = max(map(step_size, models)) // (4 if alone else 1)

    @contextmanager
    def of(self, sequences: int) -> Iterator[None]:
        """Run a batch of so many sequences with the threads that it is worth."""
        before = torch.get_num_threads()
        torch.set_num_threads(threads_worth(self.size, sequences, before))
        try:
            yield
        finally:
            torch.set_num_threads(before)
