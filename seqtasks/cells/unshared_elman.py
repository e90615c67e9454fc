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

from seqtasks.cells.orthogonal import orthogonal_
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State
from seqtasks.kernels.loop import SteppedRecurrence


class UnsharedElman(SteppedRecurrence):
    """A tanh layer of its own for each step.

    State: (h, steps), of shapes (batch, hidden_size) and (batch, 1): h, and how many steps each
    sequence has taken, held as a float (its fraction and sign are ignored where it is given).

    Args:
        input_size: features of each input step.
        hidden_size: units of the hidden state.
        max_length: steps that have weights, the most that a sequence can take.

    Raises:
        UsageError: ``max_length`` is less than 1.
    """

    def __init__(self, input_size: int, hidden_size: int, *, max_length: int = 64) -> None:
        super().__init__()
        if max_length < 1:
            raise UsageError(f"encoder.cell_options.max_length is at least 1, not {max_length}")
        self.input_size, self.output_size = input_size, hidden_size
        self.state_shapes = ((hidden_size,), (1,))
        self.max_length = max_length
        self.weight_ih = nn.Parameter(torch.empty(max_length, input_size, hidden_size))
        self.weight_hh = nn.Parameter(torch.empty(max_length, hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(max_length, hidden_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Orthogonal recurrent and Xavier input weights, step by step; zero biases."""
        for weight_ih, weight_hh in zip(self.weight_ih, self.weight_hh, strict=True):
            nn.init.xavier_uniform_(weight_ih)
            orthogonal_(weight_hh)
        nn.init.zeros_(self.bias)

    def forward(
        self, inputs: Tensor, lengths: Tensor | None = None, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Run over time; shapes as in the contract.

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
                    f"{int(end.max())}: shorten it, or set encoder.cell_options.max_length"
                )
        return super().forward(inputs, lengths, state)

    def taken(self, state: State) -> Tensor:
        """Whole steps behind each sequence, (batch,) int64, at most ``max_length``."""
        return state[1].squeeze(1).long().clamp(0, self.max_length)

    def states(self, inputs: Tensor, state: State) -> State:
        """Lay each sequence at its own place among the steps that have weights, and run over them.

        Step t is row t - 1 of the weights; what lies past the last row is padding.
        """
        hidden, taken = state[0], self.taken(state)
        rows = taken.unsqueeze(1) + torch.arange(inputs.size(1), device=inputs.device)
        first, last = int(rows.min()), min(int(rows.max()), self.max_length - 1)
        first = min(first, last)
        span = torch.arange(first, last + 1, device=inputs.device)
        places = span - taken.unsqueeze(1)  # (batch, span): steps of the input
        inside = (places >= 0) & (places < inputs.size(1))
        laid = _gather(inputs, places.clamp(0, inputs.size(1) - 1))
        weight_ih, weight_hh, bias = (
            weight[first : last + 1] for weight in (self.weight_ih, self.weight_hh, self.bias)
        )
        gates = torch.einsum("bti,tih->tbh", laid, weight_ih) + bias.unsqueeze(1)
        outputs = []
        steps = (gates.unbind(), weight_hh.unbind(), inside.unsqueeze(2).unbind(1))
        for gate, weight, active in zip(*steps, strict=True):
            hidden = torch.where(active, torch.addmm(gate, hidden, weight).tanh(), hidden)
            outputs.append(hidden)
        count = (rows + 1).to(torch.promote_types(inputs.dtype, torch.float32))
        index = (rows - first).clamp(max=last - first)
        return _gather(torch.stack(outputs, dim=1), index), count.unsqueeze(2)

    def extra_repr(self) -> str:
        """Sizes, for printing."""
        return f"{self.input_size}, {self.output_size}, max_length={self.max_length}"


def _gather(sequences: Tensor, steps: Tensor) -> Tensor:
    """The given steps (batch, n) of sequences (batch, time, size)."""
    return sequences.gather(1, steps.unsqueeze(2).expand(-1, -1, sequences.size(2)))
