"""An LSTM with layer normalisation inside.

Ba, Kiros and Hinton, "Layer normalization" (2016), equations 20 to 22 of the supplement:

    (f, i, o, g) = LN(U h_{t-1}; α₁) + LN(W x_t; α₂, b)
    c_t          = σ(f) ⊙ c_{t-1} + σ(i) ⊙ tanh(g)
    h_t          = σ(o) ⊙ tanh(LN(c_t; α₃, β₃))

LN(a; α, β) = α ⊙ (a - mean(a)) / √(var(a) + ε) + β over the features of each step. Each of the
first two norms covers all four gates. The paper adds three biases to the gates; b is their sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.cells.orthogonal import orthogonal_
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Step, SteppedRecurrence, unroll

EPSILON = 1e-5


def _norm(inputs: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """LN(inputs; weight, bias) over the last axis."""
    return torch.layer_norm(inputs, weight.shape, weight, bias, EPSILON)


def _norm_backward(
    grad: Tensor, inputs: Tensor, weight: Tensor, bias: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of a norm's inputs, weight and bias from that of its result."""
    shape = list(weight.shape)
    _, mean, scale = torch.native_layer_norm(inputs, shape, weight, bias, EPSILON)
    wanted = [True, True, bias is not None]
    return torch.ops.aten.native_layer_norm_backward(
        grad, inputs, shape, mean, scale, weight, bias, wanted
    )


class _LayerNormLSTMStep(Step):
    """States h, c; kept are U h_{t-1}, the gates after their functions, and tanh(LN(c_t))."""

    kept = (4, 4, 1)
    blocks, of_inputs, of_products = 8, slice(4), slice(4, 8)

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
        (_, c), (h_t, c_t), (product, gates, read) = before, after, kept
        gain, cell_gain, cell_bias = weights
        product.copy_(recurrent)
        torch.add(inputs, _norm(product, gain), out=gates)
        f, i, o, g = gates.chunk(4, dim=-1)
        gates[..., : -g.size(-1)].sigmoid_()
        g.tanh_()
        torch.mul(f, c, out=c_t).addcmul_(i, g)
        torch.tanh(_norm(c_t, cell_gain, cell_bias), out=read)
        torch.mul(o, read, out=h_t)

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
        """The chain rule."""
        (_, c), (_, c_t), (product, gates, read) = before, after, kept
        gain, cell_gain, cell_bias = weights
        (dh, dc), (f, i, o, g) = grads, gates.chunk(4, dim=-1)
        grad_inputs, grad_product = gradient.chunk(2, dim=-1)
        df, di, do, dg = grad_inputs.chunk(4, dim=-1)
        d_norm = dh.mul(o).mul_(1 - read * read)
        d_cell, *d_cell_weights = _norm_backward(d_norm, c_t, cell_gain, cell_bias)
        dc.add_(d_cell)
        torch.mul(dc, c, out=df)
        torch.mul(dc, g, out=di)
        torch.mul(dh, read, out=do)
        torch.mul(dc, i, out=dg).mul_(1 - g * g)
        dc.mul_(f)
        opened = gates[..., : -g.size(-1)]
        grad_inputs[..., : -g.size(-1)].mul_(opened).mul_(1 - opened)
        d_product, d_gain, _ = _norm_backward(grad_inputs, product, gain)
        grad_product.copy_(d_product)
        for total, part in zip(grad_weights, (d_gain, *d_cell_weights), strict=True):
            total += part


class LayerNormLSTM(SteppedRecurrence):
    """Three gates, two states, three norms.

    State: (h, c), each of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        forget_bias: start value of the forget gate's bias.
    """

    def __init__(self, input_size: int, hidden_size: int, *, forget_bias: float = 1.0) -> None:
        super().__init__()
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,), (hidden_size,))
        self.forget_bias = forget_bias
        self.inputs = nn.Linear(input_size, 4 * hidden_size, bias=False)  # rows: f, i, o, g
        self.recurrent = nn.Parameter(torch.empty(1, hidden_size, 4 * hidden_size))
        self.input_norm = nn.LayerNorm(4 * hidden_size, EPSILON)
        self.recurrent_gain = nn.Parameter(torch.empty(4 * hidden_size))
        self.cell_norm = nn.LayerNorm(hidden_size, EPSILON)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Orthogonal recurrent and Xavier input blocks, gains 1, biases 0 but the forget gate's."""
        size = self.output_size
        with torch.no_grad():
            for block in self.inputs.weight.split(size):
                nn.init.xavier_uniform_(block)
            for block in self.recurrent[0].split(size, dim=1):
                block.copy_(orthogonal_(torch.empty_like(block)))
            nn.init.ones_(self.recurrent_gain)
            self.input_norm.reset_parameters()
            self.cell_norm.reset_parameters()
            self.input_norm.bias[:size] = self.forget_bias

    def states(self, inputs: Tensor, state: State) -> State:
        """Every input product and its norm at once, then step by step."""
        gates = self.input_norm(self.inputs(inputs))
        cell = self.cell_norm
        weights = (self.recurrent_gain, cell.weight, cell.bias)
        return unroll(_LayerNormLSTMStep, gates, self.recurrent, state, *weights)
