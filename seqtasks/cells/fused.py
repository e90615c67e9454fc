"""Recurrences that torch computes in one call, given lengths without packing."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqtasks.cells.contract import Recurrence, State, last_step, ragged, zero_padding


class FusedRecurrence(Recurrence):
    """A one-layer ``torch.nn`` recurrence on the contract.

    On a CPU a padded batch runs in one fused call, and the state at each sequence's own end is
    read from the outputs; on a GPU ragged batches are packed, which cuDNN does at full speed.
    Both give the same numbers.

    Args:
        rnn: ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM`` with one layer, one direction, batch first.
        gates: gate blocks stacked in its weights.
    """

    def __init__(self, rnn: nn.RNNBase, gates: int) -> None:
        super().__init__()
        self.rnn = rnn
        self.gates = gates
        self.input_size, self.output_size = rnn.input_size, rnn.hidden_size
        self.state_shapes = ((rnn.hidden_size,),)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Orthogonal recurrent blocks (Saxe et al. 2014), Xavier input blocks, zero biases."""
        weight_ih, weight_hh, bias_ih, bias_hh = self.weights
        with torch.no_grad():
            for block in weight_hh.chunk(self.gates):
                nn.init.orthogonal_(block)
            for block in weight_ih.chunk(self.gates):
                nn.init.xavier_uniform_(block)
            nn.init.zeros_(bias_ih)
            nn.init.zeros_(bias_hh)

    @property
    def weights(self) -> list[nn.Parameter]:
        """Input weights, recurrent weights, and the bias of each; gate blocks stacked in rows."""
        return self.rnn.all_weights[0]

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over time; shapes as in the contract."""
        batch, time, _ = inputs.shape
        if state is None:
            state = self.initial_state(batch, inputs)
        if batch == 0 or time == 0:
            return inputs.new_zeros(batch, time, self.output_size), state
        if lengths is None or not ragged(lengths, time):
            return self.run(inputs, state)
        if inputs.is_cuda:
            return self.run_packed(inputs, lengths, state)
        return self.run_padded(inputs, lengths, state)

    def run(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Every sequence as long as the batch."""
        outputs, final = self.rnn(inputs, self.join(state))
        return outputs, self.split(final)

    def run_padded(self, inputs: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """Run through the padding, then read each state where its sequence ends.

        Sufficient where the output is the whole state, as in Elman and GRU cells.
        """
        outputs, _ = self.rnn(inputs, self.join(state))
        return zero_padding(outputs, lengths), (last_step(outputs, lengths, state[0]),)

    def run_packed(self, inputs: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """Pack, run, unpack; a sequence of length zero runs one step that is then discarded."""
        packed = pack_padded_sequence(
            inputs, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
        )
        packed_outputs, final = self.rnn(packed, self.join(state))
        outputs, _ = pad_packed_sequence(
            packed_outputs, batch_first=True, total_length=inputs.size(1)
        )
        real = (lengths > 0).unsqueeze(1)
        ends = zip(self.split(final), state, strict=True)
        return zero_padding(outputs, lengths), tuple(torch.where(real, f, s) for f, s in ends)

    def join(self, state: State) -> Tensor | State:
        """The state as torch takes it: a layer axis in front."""
        return state[0].unsqueeze(0).contiguous()

    def split(self, final: Tensor | State) -> State:
        """Torch's state without its layer axis, as a tuple."""
        tensors = (final,) if isinstance(final, Tensor) else final
        return tuple(tensor.squeeze(0) for tensor in tensors)
