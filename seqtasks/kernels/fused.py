"""Recurrences that torch computes in one call, given lengths without packing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.orthogonal import orthogonal_
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State, last_step, zero_padding

KERNELS: dict[str, Callable[..., Any]] = {
    "RNN_TANH": torch.rnn_tanh,
    "RNN_RELU": torch.rnn_relu,
    "GRU": torch.gru,
    "LSTM": torch.lstm,
}


class FusedRecurrence(Recurrence):
    """A one-layer ``torch.nn`` recurrence on the contract.

    On a CPU a padded batch runs in one fused call, and the state at each sequence's own end is
    read from the outputs; on a GPU ragged batches are packed, which cuDNN does at full speed.
    Both give the same numbers.

    Args:
        rnn: ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM`` with one layer, one direction, batch first.
        gates: gate blocks stacked in its weights.
        weight_drop: in training, the share of recurrent weights set to zero, one mask for all
            steps and sequences of a call (DropConnect: Wan et al. 2013; Merity et al. 2018,
            section 2).

    Raises:
        UsageError: ``weight_drop`` is not in [0, 1).
    """

    def __init__(self, rnn: nn.RNNBase, gates: int, weight_drop: float = 0.0) -> None:
        super().__init__()
        if not 0 <= weight_drop < 1:
            raise UsageError(f"weight_drop is at least 0 and below 1, not {weight_drop}")
        self.rnn = rnn
        self.gates = gates
        self.weight_drop = weight_drop
        self.input_size, self.output_size = rnn.input_size, rnn.hidden_size
        self.state_shapes = ((rnn.hidden_size,),)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Orthogonal recurrent blocks (Saxe et al. 2014), Xavier input blocks, zero biases."""
        weight_ih, weight_hh, bias_ih, bias_hh = self.rnn.all_weights[0]
        with torch.no_grad():
            for block in weight_hh.chunk(self.gates):
                orthogonal_(block)
            for block in weight_ih.chunk(self.gates):
                nn.init.xavier_uniform_(block)
            nn.init.zeros_(bias_ih)
            nn.init.zeros_(bias_hh)

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Run over time; shapes as in the contract."""
        if lengths is None:
            return self.call(inputs, state, self.weights())
        if inputs.is_cuda:
            return self.run_packed(inputs, lengths, state)
        return self.run_padded(inputs, lengths, state)

    def weights(self) -> list[Tensor]:
        """Input and recurrent weights and their biases; some recurrent ones dropped in training."""
        weight_ih, weight_hh, *biases = self.rnn.all_weights[0]
        if self.training and self.weight_drop:
            return [weight_ih, functional.dropout(weight_hh, self.weight_drop), *biases]
        return [weight_ih, weight_hh, *biases]

    def call(self, inputs: Tensor, state: State, weights: list[Tensor]) -> tuple[Tensor, State]:
        """Torch's kernel over every step of a padded batch."""
        options = (True, 1, 0.0, self.training, False, True)  # biases, layers, …, batch first
        outputs, *final = KERNELS[self.rnn.mode](inputs, self.join(state), weights, *options)
        return outputs, tuple(tensor.squeeze(0) for tensor in final)

    def run_padded(self, inputs: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """Run through the padding, then read each state where its sequence ends.

        Sufficient where the output is the whole state, as in Elman and GRU cells.
        """
        outputs, _ = self.call(inputs, state, self.weights())
        return zero_padding(outputs, lengths), (last_step(outputs, lengths, state[0]),)

    def run_packed(self, inputs: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """Pack, run, unpack; a sequence of length zero runs one step that is then discarded."""
        packed = pack_padded_sequence(
            inputs, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
        )
        order, back = packed.sorted_indices, packed.unsorted_indices
        assert order is not None
        assert back is not None
        ordered = self.join(tuple(tensor.index_select(0, order) for tensor in state))
        options = (True, 1, 0.0, self.training, False)  # biases, layers, …, directions
        outputs, *final = KERNELS[self.rnn.mode](
            packed.data, packed.batch_sizes, ordered, self.weights(), *options
        )
        unpacked, _ = pad_packed_sequence(
            PackedSequence(outputs, packed.batch_sizes, order, back),
            batch_first=True,
            total_length=inputs.size(1),
        )
        real = (lengths > 0).unsqueeze(1)
        ends = [tensor.squeeze(0).index_select(0, back) for tensor in final]
        kept = [torch.where(real, end, start) for end, start in zip(ends, state, strict=True)]
        return zero_padding(unpacked, lengths), tuple(kept)

    def join(self, state: State) -> Tensor | State:
        """The state as torch takes it: a layer axis in front."""
        return state[0].unsqueeze(0).contiguous()
