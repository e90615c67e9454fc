"""A step of torch's recurrences by weights that are laid out for few rows."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from seqtasks.kernels.lengths import State
from seqtasks.kernels.packing import laid_out, product

PHI = {"RNN_TANH": torch.tanh, "RNN_RELU": torch.relu}


class PackedStep:
    """A step without gradients; the equations are those of `seqtasks.cells`.

    Args:
        mode: of torch, ``LSTM``, ``GRU``, ``RNN_TANH`` or ``RNN_RELU``.
        weights: W, U and their biases, (gates · hidden_size, …) each, as torch orders the gates.
    """

    def __init__(self, mode: str, weights: Sequence[Tensor]) -> None:
        W, U, b, c = (weight.detach() for weight in weights)
        self.mode = mode
        if mode == "GRU":  # whose reset gate scales a part of U h alone
            self.W, self.U, self.b, self.c = laid_out(W), laid_out(U), b, c
        else:
            self.W, self.b = laid_out(torch.cat([W, U], dim=1)), b + c

    def __call__(self, x: Tensor, state: State) -> State:
        """The state after a step, from x (batch, input_size) and tensors (batch, hidden_size)."""
        if self.mode == "GRU":
            return self.gru(x, *state)
        gates = product(torch.cat([x, state[0]], dim=1), self.W, self.b)
        if self.mode == "LSTM":
            return self.lstm(gates, state[1])
        return (PHI[self.mode](gates),)

    def gru(self, x: Tensor, h: Tensor) -> State:
        """The new h (batch, hidden_size), from x (batch, input_size) and the old one."""
        x_r, x_z, x_n = product(x, self.W, self.b).chunk(3, dim=1)
        h_r, h_z, h_n = product(h, self.U, self.c).chunk(3, dim=1)
        r, z = (x_r + h_r).sigmoid_(), (x_z + h_z).sigmoid_()
        n = torch.addcmul(x_n, r, h_n).tanh_()
        return (torch.lerp(n, h, z),)

    def lstm(self, gates: Tensor, c: Tensor) -> State:
        """The new h and c, from gates (batch, 4 · hidden_size) and c (batch, hidden_size)."""
        i, f, g, o = gates.chunk(4, dim=1)
        c = (f.sigmoid() * c).addcmul_(i.sigmoid(), g.tanh())
        return o.sigmoid() * c.tanh(), c
