"""The quasi-recurrent network: convolutions over time, then gated pooling.

Bradbury et al., "Quasi-recurrent neural networks", ICLR 2017, section 2, with fo-pooling; ∗ is a
convolution over the last k steps, (W ∗ x)_t = W_1 x_{t-k+1} + … + W_k x_t:

    z_t = tanh((W_z ∗ x)_t + b_z)
    f_t = σ((W_f ∗ x)_t + b_f)
    o_t = σ((W_o ∗ x)_t + b_o)
    c_t = f_t ⊙ c_{t-1} + (1 - f_t) ⊙ z_t
    h_t = o_t ⊙ c_t

Zeros stand before the first step. The last k - 1 inputs are part of the state, so that a sequence
may be fed in pieces of any length.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import stacked
from seqtasks.errors import UsageError
from seqtasks.kernels.affine import blocks
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import gated_scan


class QRNN(ParallelRecurrence):
    """Two gates, a cell state, and the inputs that the window still reaches.

    State: (c, past), of shapes (batch, hidden_size) and (batch, window - 1, input_size).

    Args:
        window: k, the input steps that each gate sees, the current one included.

    Raises:
        UsageError: the window is less than 1.
    """

    def __init__(self, input_size: int, hidden_size: int, *, window: int = 2) -> None:
        if window < 1:
            raise UsageError(f"it is at least 1, not {window}", option="window")
        super().__init__(input_size, hidden_size, ((hidden_size,), (window - 1, input_size)))
        self.window = window
        self.linear = stacked(window * input_size, hidden_size, 3)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        c, past = state
        seen = torch.cat([past, x.unsqueeze(1)], dim=1)  # (batch, window, input_size)
        z, f, o = blocks(self.linear, seen.flatten(1), 3)
        f = f.sigmoid()
        c = f * c + (1 - f) * z.tanh()
        return o.sigmoid() * c, (c, seen[:, 1:])

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Every window at once, then a linear scan."""
        seen, time = torch.cat([state[1], inputs], dim=1), inputs.size(1)
        windows = torch.cat([seen[:, k : k + time] for k in range(self.window)], dim=-1)
        z, f, o = blocks(self.linear, windows, 3)
        c = gated_scan(-f, z.tanh(), state[0])
        past = windows.unflatten(-1, (self.window, self.input_size))[:, :, 1:]
        return o.sigmoid() * c, (c, past)
