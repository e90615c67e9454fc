"""The simple recurrent unit: gates that see the last state element by element, and a highway.

Lei et al., "Simple recurrent units for highly parallelizable recurrence", EMNLP 2018, section 3,
equations 1 to 4, initialised and scaled as in its section 3.2:

    f_t = σ(W_f x_t + v_f ⊙ c_{t-1} + b_f)
    c_t = f_t ⊙ c_{t-1} + (1 - f_t) ⊙ W x_t
    r_t = σ(W_r x_t + v_r ⊙ c_{t-1} + b_r)
    h_t = r_t ⊙ c_t + (1 - r_t) ⊙ α x_t         α = √(1 + 2 exp(b)), b the first value of b_r

Where the sizes differ, W_s x_t stands for x_t in the last line.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.kernels.affine import affine
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import before, nonlinear_scan


class SRU(ParallelRecurrence):
    """Two gates, one state.

    State: (c,) of shape (batch, hidden_size).

    Args:
        highway_bias: start value b of b_r; the lower, the more of its input a layer passes on.
    """

    def __init__(self, input_size: int, hidden_size: int, *, highway_bias: float = 0.0) -> None:
        super().__init__(input_size, hidden_size)
        self.scale = math.sqrt(1 + 2 * math.exp(highway_bias))
        self.count = 3 if input_size == hidden_size else 4
        self.linear = nn.Linear(input_size, self.count * hidden_size, bias=False)
        self.forget_weight, self.highway_weight, self.forget_bias, self.highway_bias = (
            nn.Parameter(torch.empty(hidden_size)) for _ in range(4)
        )
        self.reset_parameters(highway_bias)

    def reset_parameters(self, highway_bias: float) -> None:
        """Unit variance of the candidate and of each gate, in equal parts from input and state."""
        bound = math.sqrt(3 / self.input_size)
        nn.init.uniform_(self.linear.weight, -bound, bound)
        with torch.no_grad():
            self.linear.weight[self.output_size : 3 * self.output_size] *= math.sqrt(0.5)
        for weight in (self.forget_weight, self.highway_weight):
            nn.init.uniform_(weight, -math.sqrt(1.5), math.sqrt(1.5))
        nn.init.zeros_(self.forget_bias)
        nn.init.constant_(self.highway_bias, highway_bias)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        [c], [candidate, f, r, x] = state, self.gates(x)
        f = (f + self.forget_weight * c).sigmoid()
        r = (r + self.highway_weight * c).sigmoid()
        c = f * c + (1 - f) * candidate
        return r * c + (1 - r) * x, (c,)

    def scan(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """A scan of the cell state; then every output at once."""
        candidate, f, r, x = self.gates(inputs)
        c = nonlinear_scan(pool, state[0], (candidate, f), self.forget_weight)
        r = torch.addcmul(r, self.highway_weight, before(c, state[0])).sigmoid()
        return r * c + (1 - r) * x, (c,)

    def gates(self, x: Tensor) -> list[Tensor]:
        """W x, W_f x + b_f, W_r x + b_r, and α x; x is (…, input_size)."""
        size = self.output_size
        bias = torch.cat([self.forget_bias, self.highway_bias])
        bias = pad(bias, (size, (self.count - 3) * size))
        candidate, f, r, *skip = affine(x, self.linear.weight, bias, self.count)
        return [candidate, f, r, self.scale * (skip[0] if skip else x)]


def pool(c: Tensor, candidate: Tensor, f: Tensor, weight: Tensor) -> Tensor:
    """The second equation by way of the first, in three calls.

    c, the candidate, f and the result are (…, hidden_size); the weight is (hidden_size,).
    """
    return torch.lerp(candidate, c, torch.addcmul(f, weight, c).sigmoid())
