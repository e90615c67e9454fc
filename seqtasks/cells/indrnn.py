"""The independently recurrent network: a recurrence without a matrix.

Li et al., "Independently recurrent neural network (IndRNN): building a longer and deeper RNN",
CVPR 2018, section 3:

    h_t = φ(W x_t + u ⊙ h_{t-1} + b)

A gradient that goes back k steps is multiplied by u^k. Each unit starts with the u at which half of
it is left after its own number of steps, spread evenly over the octaves from 1 to ``horizon``; and
as in section 3.1, |u| is held below 2^(1/horizon), where it at most doubles within the horizon.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.errors import UsageError
from seqtasks.kernels.affine import blocks, stacked
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import ScanRecurrence, nonlinear_scan


class IndRNN(ScanRecurrence):
    """One hidden state whose units do not see each other.

    State: (h,) of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        nonlinearity: ``relu`` or ``tanh``.
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
        super().__init__()
        if nonlinearity not in ("relu", "tanh"):
            raise UsageError(f"indrnn: nonlinearity is relu or tanh, not '{nonlinearity}'")
        if horizon < 1:
            raise UsageError(f"indrnn: horizon is at least 1, not {horizon}")
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,),)
        self.step = relu_step if nonlinearity == "relu" else tanh_step
        self.bound = 2 ** (1 / horizon)
        self.linear = stacked(input_size, hidden_size, 1)
        self.recurrent = nn.Parameter(0.5 ** (horizon ** -torch.rand(hidden_size)))

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """All steps; shapes as in `ScanRecurrence`."""
        [steps] = blocks(self.linear, inputs, 1)
        states = nonlinear_scan(self.step, state[0], (steps,), self.bounded())
        return states, (states,)

    def bounded(self) -> Tensor:
        """The u in use, held within its bound; the gradient passes, so that it can come back."""
        excess = self.recurrent - self.recurrent.clamp(-self.bound, self.bound)
        return self.recurrent - excess.detach()


def relu_step(hidden: Tensor, step: Tensor, recurrent: Tensor) -> Tensor:
    """relu(W x_t + b + u ⊙ h_{t-1})."""
    return torch.addcmul(step, recurrent, hidden).relu()


def tanh_step(hidden: Tensor, step: Tensor, recurrent: Tensor) -> Tensor:
    """tanh(W x_t + b + u ⊙ h_{t-1})."""
    return torch.addcmul(step, recurrent, hidden).tanh()
