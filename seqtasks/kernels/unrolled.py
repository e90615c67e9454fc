"""Recurrences that torch computes in one call, unrolled here where that is faster."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.kernels.affine import affine
from seqtasks.kernels.fused import FusedRecurrence
from seqtasks.kernels.lengths import State

WORTHWHILE = 2**20
"""Multiplications in a step's recurrent product from which reading, too, is faster unrolled."""


class UnrolledRecurrence(FusedRecurrence):
    """A fused recurrence of one state whose steps are also written down as a `Step`.

    On a CPU torch's own kernel takes the gradient of the weights step by step. Walking over time
    ourselves takes it in one product, and every product by the faster library.
    """

    def steps(self, inputs: Tensor, state: State, weights: list[Tensor]) -> State:
        """The hidden state after every step, (batch, time, hidden_size), by `unroll`.

        Args:
            inputs: (batch, time, gates · hidden_size), W x + b.
            state: before the first step.
            weights: as torch orders them: of inputs, recurrent, their biases.
        """
        raise NotImplementedError

    def call(self, inputs: Tensor, state: State, weights: list[Tensor]) -> tuple[Tensor, State]:
        """Every step of a padded batch; shapes as in the contract."""
        small = inputs.size(0) * weights[1].numel() < WORTHWHILE and not torch.is_grad_enabled()
        if not inputs.is_cpu or inputs.size(1) == 1 or small:
            return super().call(inputs, state, weights)
        [gates] = affine(inputs, weights[0], weights[2])
        [outputs] = self.steps(gates, state, weights)
        return outputs, (outputs[:, -1],)
