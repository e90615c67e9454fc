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

What the cell remembers is exp(m) C and exp(m) n, and h does not depend on m: any start value will
do, and it is 0. No gate sees h, so that a chunk of steps is a few matrix products. With b_t the sum
of log σ(f̃) up to t, a_j = ĩ_j - b_j, and M_t = m_t - b_t = max(m_0, a_1, …, a_t), unrolling gives

    C_t q_t   = exp(m_0 - M_t) C_0 q_t   + Σ_{j ≤ t} exp(a_j - M_t) (k_j · q_t) v_j
    n_t · q_t = exp(m_0 - M_t) n_0 · q_t + Σ_{j ≤ t} exp(a_j - M_t) (k_j · q_t)

and the state goes on from chunk to chunk. The sums of logarithms are in double precision: they grow
with the chunk, and only their differences count.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from seqtasks.cells.contract import Recurrence
from seqtasks.cells.slstm import head_size
from seqtasks.errors import UsageError
from seqtasks.kernels.lengths import State, mask, zero_padding

BOUND = 80.0
"""Where the exponent -m ends, so that exp is finite in float32; outputs are near 1e-35 there."""


class MLSTM(Recurrence):
    """A matrix memory, written and read by keys.

    State: (C, n, m), of shapes (batch, heads, d, d), (batch, heads, d) and (batch, heads), with
    d = hidden_size / heads; C is values by keys.

    Args:
        input_size: features of each input step.
        hidden_size: features of each output step.
        heads: memories, each of its own share of the features; divides ``hidden_size``.
        chunk_size: steps that are computed at once; the results do not depend on it.

    Raises:
        UsageError: ``heads`` does not divide ``hidden_size``, or ``chunk_size`` is less than 1.
    """

    def __init__(
        self, input_size: int, hidden_size: int, *, heads: int = 1, chunk_size: int = 64
    ) -> None:
        super().__init__()
        size = head_size(hidden_size, heads)
        if chunk_size < 1:
            raise UsageError(f"encoder.cell_options.chunk_size is at least 1, not {chunk_size}")
        self.input_size, self.output_size = input_size, hidden_size
        self.heads, self.chunk_size = heads, chunk_size
        self.state_shapes = ((heads, size, size), (heads, size), (heads,))
        self.sizes = [hidden_size] * 4 + [heads] * 2
        self.inputs = nn.Linear(input_size, sum(self.sizes))  # rows: q, k √d, v, õ, ĩ, f̃
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Xavier blocks; input and forget gates start without weights, f between σ(3) and σ(6)."""
        with torch.no_grad():
            *blocks, write, keep = self.inputs.weight.split(self.sizes)
            for block in blocks:
                nn.init.xavier_uniform_(block)
            nn.init.zeros_(write)
            nn.init.zeros_(keep)
            nn.init.zeros_(self.inputs.bias)
            self.inputs.bias[-self.heads :] = torch.linspace(3, 6, self.heads)

    def advance(self, inputs: Tensor, lengths: Tensor | None, state: State) -> tuple[Tensor, State]:
        """Run over time, chunk by chunk; shapes as in the contract.

        At padding the input gate is 0 and the forget gate 1, which leaves the state as it was.
        """
        time = inputs.size(1)
        if lengths is not None:
            inputs = zero_padding(inputs, lengths)
        *features, gate, write, keep = self.inputs(inputs).split(self.sizes, dim=-1)
        q, k, v = (f.unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in features)
        k = k / k.size(-1) ** 0.5
        write, keep = write.mT, functional.logsigmoid(keep).mT  # ĩ, log σ(f̃): (batch, heads, time)
        if lengths is not None:
            padding = ~mask(lengths, time).unsqueeze(1)
            write = write.masked_fill(padding, -torch.inf)
            keep = keep.masked_fill(padding, 0.0)
        if time == 1:
            read, state = step(state, q, k, v, write, keep)
        else:
            reads = []
            parts = (part.split(self.chunk_size, dim=2) for part in (q, k, v, write, keep))
            for chunk_parts in zip(*parts, strict=True):
                read, state = chunk(state, *chunk_parts)
                reads.append(read)
            read = torch.cat(reads, dim=2) if len(reads) > 1 else reads[0]
        outputs = gate.sigmoid() * read.transpose(1, 2).flatten(2)
        return outputs if lengths is None else zero_padding(outputs, lengths), state


def step(
    state: State, q: Tensor, k: Tensor, v: Tensor, write: Tensor, keep: Tensor
) -> tuple[Tensor, State]:
    """One step by the recurrence.

    Args:
        state: C, n and m.
        q: queries, (batch, heads, 1, d).
        k: keys, likewise, over √d.
        v: values, likewise.
        write: ĩ, (batch, heads, 1).
        keep: log σ(f̃), likewise.

    Returns:
        C_t q / max(|n_t · q|, exp(-m_t)), (batch, heads, 1, d), and the state.
    """
    memory, normaliser, m = state
    m_t = torch.maximum(keep.squeeze(2) + m, write.squeeze(2))
    old = (keep + (m - m_t).unsqueeze(2)).exp()  # exact for m_t as it is rounded
    new = (write - m_t.unsqueeze(2)).exp()
    memory = old.unsqueeze(3) * memory + v.mT @ (new.unsqueeze(3) * k)
    normaliser = old * normaliser + (new.unsqueeze(3) * k).squeeze(2)
    weight = (q * normaliser.unsqueeze(2)).sum(-1, keepdim=True)
    bound = (-m_t).clamp(max=BOUND).exp()[..., None, None]
    return q @ memory.mT / torch.maximum(weight.abs(), bound), (memory, normaliser, m_t)


def chunk(
    state: State, q: Tensor, k: Tensor, v: Tensor, write: Tensor, keep: Tensor
) -> tuple[Tensor, State]:
    """Several steps at once: shapes as for `step`, with the chunk's length for 1.

    The outputs do not depend on m, so that M is a constant in their derivative.
    """
    memory, normaliser, m = state
    dtype, length = q.dtype, q.size(2)
    wide = torch.float32 if q.device.type == "mps" else torch.float64
    decay = keep.to(wide).cumsum(-1)  # b
    source = write.to(wide) - decay  # a
    largest = torch.maximum(m.unsqueeze(2), source.detach().cummax(-1).values).detach()  # M
    exponents = source.unsqueeze(2) - largest.unsqueeze(3)  # (batch, heads, t, j)
    later = torch.ones(length, length, dtype=torch.bool, device=q.device).triu(1)
    scores = q @ k.mT * exponents.to(dtype).masked_fill(later, -torch.inf).exp()
    before = (m.unsqueeze(2) - largest).to(dtype).exp().unsqueeze(3)
    weight = scores.sum(-1, keepdim=True) + before * (q @ normaliser.unsqueeze(3))
    bound = (-(decay + largest)).clamp(max=BOUND).to(dtype).exp().unsqueeze(3)
    read = (scores @ v + before * (q @ memory.mT)) / torch.maximum(weight.abs(), bound)

    m_t = (decay[..., -1] + torch.maximum(m, source.amax(-1))).to(m.dtype)
    end = (m_t - decay[..., -1]).unsqueeze(2)  # M at the end, for m_t as it is rounded
    old = (m.unsqueeze(2) - end).to(dtype).exp()
    new = (source - end).to(dtype).exp().unsqueeze(3)
    memory = old.unsqueeze(3) * memory + v.mT @ (new * k)
    normaliser = old * normaliser + (new * k).sum(2)
    return read, (memory, normaliser, m_t)
