"""The minimal gated recurrent unit: gates that read the input alone.

Feng et al., "Were RNNs all we needed?", arXiv:2410.01201 (2024), section 3.1; g from appendix B:

    z_t = σ(W_z x_t + b_z)
    v_t = W_v x_t + b_v                     or g of it: g(x) = x + 1/2 for x ≥ 0, σ(x) below
    h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ v_t

The paper needs g where it takes logarithms of candidates. The scan here takes none, and so leaves
them free to be negative unless asked.
"""

from __future__ import annotations

from torch import Tensor

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import stacked
from seqtasks.kernels.affine import blocks
from seqtasks.kernels.lengths import State
from seqtasks.kernels.scan import gated_scan


class MinGRU(ParallelRecurrence):
    """One gate, one state.

    State: (h,) of shape (batch, hidden_size).

    Args:
        positive: pass candidates through g.
    """

    def __init__(self, input_size: int, hidden_size: int, *, positive: bool = False) -> None:
        super().__init__(input_size, hidden_size)
        self.positive = positive
        self.linear = stacked(input_size, hidden_size, 2)

    def step(self, x: Tensor, state: State) -> State:
        [h], [z, v] = state, self.gates(x)
        z = z.sigmoid()
        h = (1 - z) * h + z * v
        return (h,)

    def scan(self, inputs: Tensor, state: State) -> State:
        return (gated_scan(*self.gates(inputs), *state),)

    def gates(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The gate before its function, and the candidate; x is (…, input_size)."""
        z, v = blocks(self.linear, x, 2)
        return z, positive_part(v) if self.positive else v


def positive_part(x: Tensor) -> Tensor:
    """g(x) = x + 1/2 for x ≥ 0 and σ(x) below: positive, increasing, and smooth but at 0.

    x may have any shape.

    >>> import torch
    >>> positive_part(torch.tensor([-200.0, 0.0, 2.0]))
    tensor([0.0000, 0.5000, 2.5000])
    """
    above = x.relu()
    return above + (x - above).sigmoid()
