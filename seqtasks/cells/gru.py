"""The gated recurrent unit.

Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014, section 2.3,
with the reset gate applied after the recurrent product, as in cuDNN:

    r_t = σ(W_r x_t + U_r h_{t-1} + b_r)
    z_t = σ(W_z x_t + U_z h_{t-1} + b_z)
    n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + c_n))
    h_t = (1 - z_t) ⊙ n_t + z_t ⊙ h_{t-1}
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Step, unroll
from seqtasks.kernels.unrolled import UnrolledRecurrence


class _GRUStep(Step):
    """State h; kept are r and z, n, and U_n h_{t-1} + c_n.

    The product's blocks are n, r, z, the input's r, z, n, so that their gradients overlap.
    """

    kept = (2, 1, 1)
    blocks, of_products, of_inputs = 4, slice(0, 3), slice(1, 4)
    direct = True

    @staticmethod
    def forward(
        inputs: Tensor,
        recurrent: Tensor,
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The equations at the top of this file."""
        (h,), (h_t,), (gates, n, candidate) = before, after, kept
        size = n.size(-1)
        candidate.copy_(recurrent[..., :size])
        torch.add(inputs[..., : 2 * size], recurrent[..., size:], out=gates).sigmoid_()
        r, z = gates.chunk(2, dim=-1)
        torch.addcmul(inputs[..., 2 * size :], r, candidate, out=n).tanh_()
        torch.lerp(n, h, z, out=h_t)

    @staticmethod
    def factors(states: Sequence[Tensor], kept: Sequence[Tensor]) -> Sequence[Tensor]:
        """By what ∂h_t (for z and n), then ∂n (for the product's n and r) is multiplied; and z."""
        gates, n, candidate = kept
        r, z = gates.chunk(2, dim=-1)
        shut = 1 - z
        of_z = (states[0][:-1] - n).mul_(z).mul_(shut)
        of_n = torch.addcmul(n.new_ones(()), n, n, value=-1).mul_(shut)
        of_r = (1 - r).mul_(r).mul_(candidate)
        return torch.stack([of_z, of_n], dim=3), torch.stack([r, of_r], dim=3), z

    @staticmethod
    def backward(
        grads: Sequence[Tensor],
        gradient: Tensor,
        grad_weights: Sequence[Tensor],
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The chain rule; the gradient's blocks are the product's n, then r, z, n."""
        [dh], (by_state, by_candidate, z) = grads, kept
        blocks = gradient.unflatten(-1, (4, -1))
        torch.mul(dh.unsqueeze(-2), by_state, out=blocks[..., 2:, :])
        torch.mul(blocks[..., 3:, :], by_candidate, out=blocks[..., :2, :])
        dh.mul_(z)


class GRU(UnrolledRecurrence):
    """Two gates, one state.

    State: (h,) of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        weight_drop: share of recurrent weights dropped in training, as in `FusedRecurrence`.
    """

    def __init__(self, input_size: int, hidden_size: int, *, weight_drop: float = 0.0) -> None:
        super().__init__(nn.GRU(input_size, hidden_size, batch_first=True), 3, weight_drop)

    def steps(self, inputs: Tensor, state: State, weights: list[Tensor]) -> State:
        """The hidden state after every step, (batch, time, hidden_size)."""
        _, weight_hh, _, bias_hh = weights
        size = self.output_size
        recurrent = weight_hh.roll(size, 0).t().unsqueeze(0)
        return unroll(_GRUStep, inputs, recurrent, state, bias=bias_hh.roll(size))
