"""The mLSTM: a matrix memory of keys and values, without recurrent weights.

Beck et al., "xLSTM: Extended Long Short-Term Memory", NeurIPS 2024, section 2.3, equations 19 to
27, with the logistic forget gate and the stabiliser of equation 15, for each head of size d:

    q, k √d, v, õ, ĩ, f̃ = W x_t + b         ĩ and f̃ one number a head
    m_t = max(log σ(f̃) + m_{t-1}, ĩ)        stabiliser
    i   = exp(ĩ - m_t)
    f   = exp(log σ(f̃) + m_{t-1} - m_t)
    C_t = f C_{t-1} + i v kᵀ
    n_t = f n_{t-1} + i k
    h_t = σ(õ) ⊙ C_t q / max(|n_t · q|, exp(-m_t))

What the cell remembers is exp(m) C and exp(m) n, and h does not depend on m: any start value of m
will do, and it is 0. No gate sees h, so that a chunk of steps is a few matrix products.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.initial import xavier_rows_
from seqtasks.cells.slstm import head_size
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State, zero_padding
from seqtasks.kernels.matrix_memory import BOUND, matrix_memory


class MLSTM(Recurrence):
    """A matrix memory, written and read by keys.

    State: (C, n, m), of shapes (batch, heads, d, d), (batch, heads, d) and (batch, heads), with
    d = hidden_size / heads; C is values by keys.

    Args:
        heads: memories, each of its own share of the features; divides ``hidden_size``.
        chunk_size: steps that are computed at once; the results do not depend on it.

    Raises:
        UsageError: ``heads`` does not divide ``hidden_size``, or ``chunk_size`` is less than 1.
    """

    def __init__(
        self, input_size: int, hidden_size: int, *, heads: int = 1, chunk_size: int = 64
    ) -> None:
        size = head_size(hidden_size, heads)
        if chunk_size < 1:
            raise UsageError(f"it is at least 1, not {chunk_size}", option="chunk_size")
        super().__init__(input_size, hidden_size, ((heads, size, size), (heads, size), (heads,)))
        self.heads, self.chunk_size = heads, chunk_size
        self.sizes = [hidden_size] * 4 + [heads] * 2
        self.inputs = nn.Linear(input_size, sum(self.sizes))  # rows: q, k √d, v, õ, ĩ, f̃
        weight, bias = self.inputs.weight, self.inputs.bias
        xavier_rows_(weight[: 4 * hidden_size], 4)
        nn.init.zeros_(weight[4 * hidden_size :])  # of the gates: f starts between σ(3) and σ(6)
        nn.init.zeros_(bias)
        with torch.no_grad():
            bias[-heads:] = torch.linspace(3, 6, heads)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        (C, n, m), (q, k, v, o, i, log_f) = state, self.parts(x)
        before, m = m, torch.maximum(log_f + m, i)
        i = (i - m).exp().unsqueeze(-1)
        f = (log_f + (before - m)).exp().unsqueeze(-1)
        C = f.unsqueeze(-1) * C + v.unsqueeze(-1) * (i * k).unsqueeze(-2)
        n = f * n + i * k
        largest = torch.maximum((n * q).sum(-1).abs(), (-m).clamp(max=BOUND).exp())
        h = o * ((C @ q.unsqueeze(-1)).squeeze(-1) / largest.unsqueeze(-1)).flatten(1)
        return h, (C, n, m)

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Run over time, chunk by chunk; a single step by its equations."""
        if inputs.size(1) == 1:
            return super().advance(inputs, lengths, state)
        if lengths is not None:
            inputs = zero_padding(inputs, lengths)
        q, k, v, o, i, log_f = self.parts(inputs)
        read, state = matrix_memory(q, k, v, i, log_f, lengths, state, self.chunk_size)
        outputs = o * read.flatten(2)
        return outputs if lengths is None else zero_padding(outputs, lengths), state

    def parts(self, x: Tensor) -> tuple[Tensor, ...]:
        """q, k, v (…, heads, d), σ(õ) (…, hidden_size), ĩ and log σ(f̃) (…, heads) of inputs x."""
        q, k, v, o, i, f = self.inputs(x).split(self.sizes, dim=-1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)) for part in (q, k, v))
        return q, k / k.size(-1) ** 0.5, v, o.sigmoid(), i, logsigmoid(f)
