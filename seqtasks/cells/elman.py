"""Elman's simple recurrent network: h_t = φ(W x_t + U h_{t-1} + b).

Elman, "Finding structure in time", Cognitive Science 14 (1990), section 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import Step, unroll
from seqtasks.kernels.unrolled import UnrolledRecurrence


class _TanhStep(Step):
    """State h."""

    kept = ()

    @staticmethod
    def forward(
        inputs: Tensor,
        recurrent: Tensor,
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The equation at the top of this file."""
        torch.add(inputs, recurrent, out=after[0]).tanh_()

    @staticmethod
    def factors(states: Sequence[Tensor], kept: Sequence[Tensor]) -> Sequence[Tensor]:
        """tanh′ = 1 - h²."""
        h = states[0][1:]
        return (torch.addcmul(h.new_ones(()), h, h, value=-1),)

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
        torch.mul(grads[0], kept[0], out=gradient)


class _ReluStep(_TanhStep):
    """State h."""

    @staticmethod
    def forward(
        inputs: Tensor,
        recurrent: Tensor,
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        kept: Sequence[Tensor],
        *weights: Tensor,
    ) -> None:
        """The equation at the top of this file."""
        torch.add(inputs, recurrent, out=after[0]).relu_()

    @staticmethod
    def factors(states: Sequence[Tensor], kept: Sequence[Tensor]) -> Sequence[Tensor]:
        """relu′ is 1 where h is positive, else 0."""
        h = states[0][1:]
        return ((h > 0).to(h.dtype),)


STEPS: dict[str, type[Step]] = {"tanh": _TanhStep, "relu": _ReluStep}


class Elman(UnrolledRecurrence):
    """A plain hidden state with tanh or relu.

    State: (h,) of shape (batch, hidden_size).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        nonlinearity: ``tanh`` or ``relu``.

    Raises:
        UsageError: another nonlinearity is named.
    """

    def __init__(self, input_size: int, hidden_size: int, *, nonlinearity: str = "tanh") -> None:
        if nonlinearity not in STEPS:
            raise UsageError(f"elman: nonlinearity is tanh or relu, not '{nonlinearity}'")
        rnn = nn.RNN(input_size, hidden_size, nonlinearity=nonlinearity, batch_first=True)
        super().__init__(rnn, gates=1)
        self.step = STEPS[nonlinearity]

    def steps(self, inputs: Tensor, state: State, weights: list[Tensor]) -> State:
        """The hidden state after every step, (batch, time, hidden_size)."""
        _, recurrent, _, bias = weights
        return unroll(self.step, inputs, recurrent.t().unsqueeze(0), state, bias=bias)
