"""The frame of the recurrences that torch has kernels for: Elman, GRU and LSTM."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import orthogonal_, xavier_rows_
from seqtasks.errors import check_rate
from seqtasks.kernels.affine import WIDE, suits
from seqtasks.kernels.fused import fused
from seqtasks.kernels.lengths import State
from seqtasks.kernels.packed_step import PackedStep
from seqtasks.kernels.packing import Packable

FEW_SEQUENCES = 16
"""In a batch; from here on torch's kernels of Elman and GRU are as fast on any CPU."""


class FusedRecurrence(Packable, ParallelRecurrence):
    """A recurrence with the weights of a one-layer ``torch.nn`` module, run by torch's kernel.

    A subclass that writes `scan` has a walk of its own, which is faster on a CPU: in training, and
    where the products of a step are large.

    Args:
        rnn: ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM`` with one layer, one direction, batch first.
        weight_drop: in training, the share of recurrent weights set to zero, one mask for all
            steps and sequences of a call (DropConnect: Wan et al. 2013; Merity et al. 2018,
            section 2).

    Raises:
        UsageError: ``weight_drop`` is not in [0, 1).
    """

    def __init__(self, rnn: nn.RNNBase, weight_drop: float = 0.0) -> None:
        shape = (rnn.hidden_size,)
        super().__init__(rnn.input_size, rnn.hidden_size, (shape,) * (1 + (rnn.mode == "LSTM")))
        self.rnn, self.weight_drop = rnn, check_rate("weight_drop", weight_drop)
        weight_ih, weight_hh, bias_ih, bias_hh = rnn.all_weights[0]
        gates = len(weight_hh) // rnn.hidden_size
        with torch.no_grad():
            for block in weight_hh.chunk(gates):
                orthogonal_(block)
        xavier_rows_(weight_ih, gates)
        nn.init.zeros_(bias_ih)
        nn.init.zeros_(bias_hh)

    def weights(self) -> list[Tensor]:
        """W, U and the biases of both products; in training without the dropped weights of U.

        They are (gates · hidden_size, input_size), (gates · hidden_size, hidden_size), and
        (gates · hidden_size,) each.
        """
        weights: list[Tensor] = [*self.rnn.all_weights[0]]
        if self.training and self.weight_drop:
            weights[1] = dropout(weights[1], self.weight_drop)
        return weights

    def to_lay_out(self) -> list[Tensor]:
        """W (gates · hidden_size, input_size), U, and the biases of both."""
        return [*self.rnn.all_weights[0]]

    def lay_out(self) -> PackedStep:
        return PackedStep(self.rnn.mode, self.rnn.all_weights[0])

    def walk_pays(self, inputs: Tensor) -> bool:
        """Whether the walk is faster than torch's kernel, for inputs (batch, time, input_size).

        On a CPU of wide vectors it is in training, and where the products of a step are large; on
        another one in training with few sequences, whose steps torch prepares at length.
        """
        if not inputs.is_cpu:
            return False
        if torch.is_grad_enabled():
            return WIDE or inputs.size(0) < FEW_SEQUENCES
        return WIDE and suits(inputs[:, :1], self.rnn.all_weights[0][0])

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Run over time by torch's kernel, or by what is faster: the walk, or a laid out step."""
        if inputs.size(1) == 1 and lengths is None and self.reads_packed(inputs):
            state = self.packed(inputs[:, 0], state)
            return state[0].unsqueeze(1), state
        if type(self).scan is not ParallelRecurrence.scan and self.walk_pays(inputs):
            return super().advance(inputs, lengths, state)
        return fused(self.rnn.mode, inputs, lengths, state, self.weights())
