"""The independently recurrent network: a recurrence without a matrix.

Li et al., "Independently recurrent neural network (IndRNN): building a longer and deeper RNN",
CVPR 2018, section 3:

    h_t = φ(W x_t + u ⊙ h_{t-1} + b)

A gradient that goes back k steps is multiplied by u^k. Each unit starts with the u at which half of
the gradient is left after the unit's own number of steps, spread evenly over the octaves from 1 to
``horizon``; and as in section 3.1, |u| is held below 2^(1/horizon), where the gradient at most
doubles within the horizon.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import stacked
from seqtasks.errors import UsageError
from seqtasks.kernels.affine import blocks
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import nonlinear_scan

_FUNCTIONS = {"relu": torch.relu, "tanh": torch.tanh}


class IndRNN(ParallelRecurrence):
    """One hidden state whose units do not see each other.

    State: (h,) of shape (batch, hidden_size).

    Args:
        nonlinearity: φ, ``relu`` or ``tanh``.
        horizon: steps over which gradients are to survive.

    Raises:
        UsageError: another nonlinearity is named, or the horizon is less than 1.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        nonlinearity: str = "relu",
        horizon: int = 1000,
    ) -> None:
        super().__init__(input_size, hidden_size)
        if nonlinearity not in _FUNCTIONS:
            raise UsageError(f"it is relu or tanh, not '{nonlinearity}'", option="nonlinearity")
        if horizon < 1:
            raise UsageError(f"it is at least 1, not {horizon}", option="horizon")
        self.phi = _FUNCTIONS[nonlinearity]
        self.bound = 2 ** (1 / horizon)
        self.linear = stacked(input_size, hidden_size, 1)
        self.recurrent = nn.Parameter(0.5 ** (horizon ** -torch.rand(hidden_size)))

    def step(self, x: Tensor, state: State) -> State:
        h = self.update(state[0], self.linear(x), self.bounded())
        return (h,)

    def update(self, h: Tensor, x: Tensor, u: Tensor) -> Tensor:
        """φ(x + u ⊙ h). h, x and the result are (…, hidden_size); u is (hidden_size,)."""
        return self.phi(torch.addcmul(x, u, h))

    def scan(self, inputs: Tensor, state: State) -> State:
        steps = blocks(self.linear, inputs, 1)
        return (nonlinear_scan(self.update, state[0], steps, self.bounded()),)

    def bounded(self) -> Tensor:
        """The u in use, (hidden_size,), held within its bound.

        The gradient passes, so that u can come back.
        """
        excess = self.recurrent - self.recurrent.clamp(-self.bound, self.bound)
        return self.recurrent - excess.detach()
