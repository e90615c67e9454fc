"""A matrix memory of keys and values, chunk by chunk: each a few matrix products.

With b_t the sum of log f up to t, a_j = ĩ_j - b_j, and M_t = m_t - b_t = max(m_0, a_1, …, a_t),
unrolling the equations of the mLSTM gives

    C_t q_t   = exp(m_0 - M_t) C_0 q_t   + Σ_{j ≤ t} exp(a_j - M_t) (k_j · q_t) v_j
    n_t · q_t = exp(m_0 - M_t) n_0 · q_t + Σ_{j ≤ t} exp(a_j - M_t) (k_j · q_t)

and the state goes on from chunk to chunk. The sums of logarithms are in double precision: they grow
with the chunk, and only their differences count.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.kernels.lengths import State, mask

BOUND = 80.0
"""Where the exponent -m ends, so that exp is finite in float32; outputs are near 1e-35 there."""


def matrix_memory(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    write: Tensor,
    keep: Tensor,
    lengths: Tensor | None,
    state: State,
    size: int,
) -> tuple[Tensor, State]:
    """Write and read at every step.

    At padding the input gate is 0 and the forget gate 1, which leaves the state as it was.

    Args:
        q: queries, (batch, time, heads, d).
        k: keys over √d, likewise.
        v: values, likewise.
        write: the input gate ĩ, (batch, time, heads).
        keep: the logarithm of the forget gate, likewise.
        lengths: (batch,) int64, or None where every sequence fills the batch.
        state: C, n and m before the first step.
        size: steps of a chunk.

    Returns:
        C_t q / max(|n_t · q|, exp(-m_t)), (batch, time, heads, d), and the state at the end.
    """
    if lengths is not None:
        padding = ~mask(lengths, q.size(1)).unsqueeze(2)
        write = write.masked_fill(padding, -torch.inf)
        keep = keep.masked_fill(padding, 0.0)
    reads = []
    parts = (part.transpose(1, 2).split(size, dim=2) for part in (q, k, v, write, keep))
    for piece in zip(*parts, strict=True):
        read, state = chunk(state, *piece)
        reads.append(read)
    return torch.cat(reads, dim=2).transpose(1, 2), state


def chunk(
    state: State, q: Tensor, k: Tensor, v: Tensor, write: Tensor, keep: Tensor
) -> tuple[Tensor, State]:
    """The steps of one chunk at once.

    The outputs do not depend on m, so that M is a constant in their derivative.

    Args:
        state: C, n and m.
        q: (batch, heads, steps, d), and so are ``k`` and ``v``.
        k: keys.
        v: values.
        write: (batch, heads, steps), and so is ``keep``.
        keep: logarithms of forget gates.
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
