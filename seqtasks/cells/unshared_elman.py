"""An Elman cell that shares nothing over time: what a recurrence would be without sharing.

    h_t = tanh(W_t x_t + U_t h_{t-1} + b_t),    t = 1 … max_length

Elman, "Finding structure in time", Cognitive Science 14 (1990), has one W, U and b for every t.
Goodfellow, Bengio and Courville, "Deep Learning" (2016), chapter 10, say what that buys: with
parameters for each step, nothing learned at one position is known at another, and no sequence
longer than those of training can be read.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from seqtasks.cells.contract import ParallelRecurrence
from seqtasks.cells.initial import orthogonal_
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State
from seqtasks.kernels.unshared import unshared


class UnsharedElman(ParallelRecurrence):
    """A tanh layer of its own for each step.

    State: (h, steps), of shapes (batch, hidden_size) and (batch, 1): h, and how many steps each
    sequence has taken, held as a float (its fraction and sign are ignored where it is given).

    Args:
        max_length: steps that have weights, the most that a sequence can take.

    Raises:
        UsageError: ``max_length`` is less than 1.
    """

    def __init__(self, input_size: int, hidden_size: int, *, max_length: int = 64) -> None:
        super().__init__(input_size, hidden_size, ((hidden_size,), (1,)))
        if max_length < 1:
            raise UsageError(f"it is at least 1, not {max_length}", option="max_length")
        self.max_length = max_length
        self.weight_ih = nn.Parameter(torch.empty(max_length, input_size, hidden_size))
        self.weight_hh = nn.Parameter(torch.empty(max_length, hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.zeros(max_length, hidden_size))
        for weight_ih, weight_hh in zip(self.weight_ih, self.weight_hh, strict=True):
            nn.init.xavier_uniform_(weight_ih)
            orthogonal_(weight_hh)

    def step(self, x: Tensor, state: State) -> State:
        """The equation at the top of this file.

        The first step that has no weights gives nan, because it may be padding; the next one fails.
        """
        h, steps = state
        taken = steps.long().clamp(min=0)  # (batch, 1)
        full = taken == self.max_length
        t = taken.masked_fill(full, 0).squeeze(1)
        pairs = (x, self.weight_ih[t]), (h, self.weight_hh[t])
        W_x, U_h = ((vector.unsqueeze(1) @ matrix).squeeze(1) for vector, matrix in pairs)
        h = (W_x + U_h + self.bias[t]).tanh().masked_fill(full, torch.nan)
        return h, (taken + 1).to(h.dtype)

    def scan(self, inputs: Tensor, state: State) -> State:
        """A loop in which the weights of each step are read once."""
        taken = self.taken(state)
        weights = (self.weight_ih, self.weight_hh, self.bias)
        steps = torch.arange(1, inputs.size(1) + 1, device=inputs.device)
        count = (taken.unsqueeze(1) + steps).to(torch.promote_types(inputs.dtype, torch.float32))
        return unshared(inputs, state[0], taken, *weights), count.unsqueeze(2)

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over time; shapes as in `seqtasks.cells.contract`.

        Raises:
            UsageError: a sequence takes more steps than there are weights.
        """
        batch, time, _ = inputs.shape
        if batch > 0:
            end = inputs.new_full((batch,), time, dtype=torch.int64) if lengths is None else lengths
            end = end if state is None else end + self.taken(state)
            if int(end.max()) > self.max_length:
                raise UsageError(
                    f"unshared_elman has weights for {self.max_length} steps and a sequence takes "
                    f"{int(end.max())}: shorten it, or raise cell_options.max_length"
                )
        return super().forward(inputs, lengths, state)

    def taken(self, state: State) -> Tensor:
        """Whole steps behind each sequence, (batch,) int64, at most ``max_length``."""
        return state[1].squeeze(1).long().clamp(0, self.max_length)

    def extra_repr(self) -> str:
        """Sizes, for printing."""
        return f"{self.input_size}, {self.output_size}, max_length={self.max_length}"
