"""The real-gated linear recurrent unit of Griffin and Hawk.

De et al., "Griffin: mixing gated linear recurrences with local attention for efficient language
models", arXiv:2402.19427 (2024), section 2.4, equations 1 to 4, and appendix A, equation 6:

    r_t   = σ(W_a x_t + b_a)
    i_t   = σ(W_x x_t + b_x)
    a_t   = a^(c r_t)                           a = σ(Λ), c = 8
    h_t   = a_t ⊙ h_{t-1} + √(1 - a_t²) ⊙ (i_t ⊙ x_t)

Λ starts where a^c is uniform in [0.9, 0.999]. Where the sizes differ, W x_t + b stands for x_t.
Everything about a_t follows from its logarithm, log a_t = -c r_t ⊙ log(1 + exp(-Λ)): near a_t = 1,
1 - a_t² = -expm1(2 log a_t) keeps all its digits.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import stacked
from seqtasks.kernels.affine import blocks
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import linear_scan, widest

SHARPNESS = 8.0
"""c."""


class RGLRU(ParallelRecurrence):
    """Two gates, one state.

    State: (h,) of shape (batch, hidden_size).
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        same = input_size == hidden_size
        self.resize = None if same else stacked(input_size, hidden_size, 1)
        self.gates = stacked(hidden_size, hidden_size, 2)
        decay = torch.empty(hidden_size).uniform_(0.9, 0.999) ** (1 / SHARPNESS)
        self.decay = nn.Parameter(decay.logit())

    def step(self, x: Tensor, state: State) -> State:
        [h], [a, x] = state, self.gated(x)
        h = a * h + x
        return (h,)

    def scan(self, inputs: Tensor, state: State) -> State:
        return (linear_scan(*self.gated(inputs), *state),)

    def gated(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """a_t and √(1 - a_t²) ⊙ (i_t ⊙ x_t); x is (…, input_size)."""
        if self.resize is not None:
            [x] = blocks(self.resize, x, 1)
        r, i = (gate.sigmoid() for gate in blocks(self.gates, x, 2))
        log_a = -SHARPNESS * r.to(widest(r)) * softplus(-self.decay)
        return log_a.exp(), gain(log_a) * (i * x)


def gain(log_a: Tensor) -> Tensor:
    """√(1 - a²) of log a ≤ 0, with a finite gradient, 0, where a is exactly 1.

    log_a may have any shape.
    """
    smallest = torch.finfo(log_a.dtype).tiny
    return (-(2 * log_a).expm1()).clamp(min=smallest).sqrt()
