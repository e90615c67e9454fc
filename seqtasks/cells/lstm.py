"""Long short-term memory with a forget gate.

Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997); forget gate by
Gers et al. (2000), its bias started at 1 as Jozefowicz et al. (2015), section 2.2, advise:

    i, f, o = σ(W x_t + U h_{t-1} + b)      one block each
    g       = tanh(W_g x_t + U_g h_{t-1} + b_g)
    c_t     = f ⊙ c_{t-1} + i ⊙ g
    h_t     = o ⊙ tanh(c_t)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.kernels.fused import FusedRecurrence
from seqtasks.kernels.lengths import State, last_step, mask, zero_padding

SATURATED = 1e4
"""A gate input at which the logistic function is exactly 0 or 1 in every float type."""


class LSTM(FusedRecurrence):
    """Three gates, two states.

    State: (h, c), each of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        forget_bias: start value of the forget gate's bias.
        weight_drop: share of recurrent weights dropped in training, as in `FusedRecurrence`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        forget_bias: float = 1.0,
        weight_drop: float = 0.0,
    ) -> None:
        self.forget_bias = forget_bias
        super().__init__(nn.LSTM(input_size, hidden_size, batch_first=True), 4, weight_drop)
        self.state_shapes = ((hidden_size,), (hidden_size,))

    def reset_parameters(self) -> None:
        """As in every fused recurrence, then the forget gate's bias (the second block)."""
        super().reset_parameters()
        with torch.no_grad():
            self.rnn.all_weights[0][2].chunk(4)[1].fill_(self.forget_bias)

    def call(self, inputs: Tensor, state: State, weights: list[Tensor]) -> tuple[Tensor, State]:
        """Every step of a padded batch; a single step on a CPU without oneDNN's preparations."""
        if inputs.size(1) == 1 and inputs.is_cpu and not torch.is_grad_enabled():
            hidden, cell = torch.lstm_cell(inputs[:, 0], state, *weights)
            return hidden.unsqueeze(1), (hidden, cell)
        return super().call(inputs, state, weights)

    def run_padded(self, inputs: Tensor, lengths: Tensor, state: State) -> tuple[Tensor, State]:
        """One fused call in which padding leaves the cell state untouched.

        The cell state cannot be read from the outputs. So each step gets one more input feature,
        1 at padding, whose weights shut the input gate and open the forget gate to the last bit:
        c stays as it was at the last real step, and so does its gradient.
        """
        weight_ih, *others = self.weights()
        gate = weight_ih.new_zeros(4, self.output_size)
        gate[0], gate[1] = -SATURATED, SATURATED
        padding = (~mask(lengths, inputs.size(1))).to(inputs.dtype).unsqueeze(-1)
        outputs, (_, cell) = self.call(
            torch.cat([inputs, padding], dim=-1),
            state,
            [torch.cat([weight_ih, gate.reshape(-1, 1)], dim=1), *others],
        )
        hidden = last_step(outputs, lengths, state[0])
        return zero_padding(outputs, lengths), (hidden, cell)

    def join(self, state: State) -> State:
        """Both states with a layer axis in front."""
        return tuple(tensor.unsqueeze(0).contiguous() for tensor in state)
