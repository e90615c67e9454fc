"""A linear chain of labels: exact sums over all paths, in logarithms, linear in time.

A path y of labels over T steps with emissions e scores

    s(y) = start[y_1] + Σ_t e_t[y_t] + Σ_{t>1} transitions[y_{t-1}, y_t] + end[y_T]

and has probability exp s(y) / Z, where Z sums over all paths (Lafferty, McCallum and Pereira 2001).
What can still follow label i at step t sums up to exp β_t[i], with β_T = end and

    β_{t-1}[i] = log Σ_j exp(transitions[i, j] + e_t[j] + β_t[j]),

so that the chain goes from step to step by a softmax over labels:

    p(y_1) = softmax(start + e_1 + β_1),
    p(y_t | y_{t-1} = i) = softmax(transitions[i] + e_t + β_t).

A path's nats are the sum of its steps' nats, and since each β_t may be shifted to a maximum of 0,
each of them is as exact in float32 at the ten thousandth step as at the first. A score of -inf
forbids a label or a transition; no gradient flows there.

Throughout, emissions are (batch, time, labels), a path's tags (batch, time) int64, lengths (batch,)
int64, and what comes back for each step is 0 past each length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqtasks.kernels.lengths import mask

NUMBERS_AT_ONCE = 2**20
"""Numbers held at once of the transitions' probabilities at all steps."""


class Chain(NamedTuple):
    """Scores that do not depend on the step.

    Attributes:
        start: (labels,), of a label as the first.
        transitions: (labels, labels), of the second right after the first.
        end: (labels,), of a label as the last.
    """

    start: Tensor
    transitions: Tensor
    end: Tensor


def path_nats(emissions: Tensor, chain: Chain, tags: Tensor, lengths: Tensor) -> Tensor:
    """Nats of each label of a path, given the labels before it: -log p(y_t | y_{t-1}).

    The path has to score more than -inf; the nats are (batch, time).

    >>> free = Chain(torch.zeros(2), torch.zeros(2, 2), torch.zeros(2))
    >>> path_nats(torch.zeros(1, 3, 2), free, torch.zeros(1, 3).long(), torch.tensor([2]))
    tensor([[0.6931, 0.6931, 0.0000]])
    """
    if tags.numel() == 0:
        return emissions.sum(2)
    real = mask(lengths, tags.size(1))
    tags = tags.masked_fill(~real, 0)
    ahead, shifts, to_come = _sums(emissions, chain, real)
    first = (chain.start + to_come[:, 0]).logsumexp(1)
    before, after = tags[:, :-1], tags[:, 1:]
    given = ahead[:, :-1].gather(2, before.unsqueeze(2)).squeeze(2) + shifts[:, 1:]
    totals = torch.cat([first.unsqueeze(1), given], dim=1)
    links = torch.cat([chain.start[tags[:, :1]], chain.transitions[before, after]], dim=1)
    chosen = to_come.gather(2, tags.unsqueeze(2)).squeeze(2)
    return (totals - links - chosen).masked_fill(~real, 0.0)


def log_partition(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """Log Z of each sequence, (batch,); 0 for one of no steps, which has one path.

    >>> free = Chain(torch.zeros(2), torch.zeros(2, 2), torch.zeros(2))
    >>> log_partition(torch.zeros(1, 3, 2), free, torch.tensor([2])).exp()
    tensor([4.])
    """
    if emissions.size(1) == 0:
        return emissions.sum((1, 2))
    _, shifts, to_come = _sums(emissions, chain, mask(lengths, emissions.size(1)))
    first = (chain.start + to_come[:, 0]).logsumexp(1)
    return (first + shifts.sum(1)).masked_fill(lengths == 0, 0.0)


@torch.no_grad()
def marginals(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """The probability of each label at each step over all paths, (batch, time, labels)."""
    if emissions.numel() == 0:
        return torch.zeros_like(emissions)
    real = mask(lengths, emissions.size(1))
    ahead, _, to_come = _sums(emissions, chain, real)
    outside = torch.zeros_like(ahead)
    outside[:, 0] = (chain.start + to_come[:, 0]).softmax(1)
    reached, _ = spread(outside, to_come, chain.transitions, ahead, real)
    reached[:, 0] = outside[:, 0]
    return reached.masked_fill(~real.unsqueeze(2), 0.0)


def _sums(emissions: Tensor, chain: Chain, real: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What the probabilities are made of, with emissions of 0 at padding.

    Returns:
        β, shifted, (batch, time, labels); what was taken off the β before each step, (batch,
        time); and e + β, (batch, time, labels).
    """
    emissions = emissions.masked_fill(~real.unsqueeze(2), 0.0)
    ahead, shifts = Ahead.apply(emissions, chain.transitions, chain.end, real)
    return ahead, shifts, emissions + ahead


class Ahead(torch.autograd.Function):
    """β at all steps as one node: its gradient is a chain of probabilities from first to last.

    With g_t the gradient that reaches β_t from outside and a_t the whole of it,

        a_1 = g_1,    a_t[j] = g_t[j] + Σ_i a_{t-1}[i] p(y_t = j | y_{t-1} = i).

    The shifts are constants: in every sum in which a β stands with its shift they cancel.
    """

    @staticmethod
    def forward(
        ctx: Any, emissions: Tensor, transitions: Tensor, end: Tensor, real: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Shifted β (batch, time, labels), and shifts (batch, time)."""
        batch, time, labels = emissions.shape
        ahead = emissions.new_empty(time, batch, labels)
        shifts = emissions.new_zeros(time, batch, 1)
        ahead[-1] = message = end.expand(batch, -1)
        here = real.t().unsqueeze(2)
        for t in range(time - 1, 0, -1):
            scores = transitions + (emissions[:, t] + message).unsqueeze(1)
            total = scores.logsumexp(2)
            shift = total.amax(1, keepdim=True)
            message = torch.where(here[t], total - shift, end, out=ahead[t - 1])
            torch.where(here[t], shift, shifts[t], out=shifts[t])
        ahead, shifts = ahead.transpose(0, 1), shifts.squeeze(2).t()
        ctx.save_for_backward(emissions, transitions, ahead, real)
        ctx.mark_non_differentiable(shifts)
        return ahead, shifts

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        emissions, transitions, ahead, real = ctx.saved_tensors
        reached, pairs = spread(gradient, emissions + ahead, transitions, ahead, real)
        last = ~torch.cat([real[:, 1:], torch.zeros_like(real[:, :1])], dim=1)
        for_end = (gradient + reached).mul(last.unsqueeze(2)).sum((0, 1))
        return reached, pairs, for_end, None


def spread(
    outside: Tensor, to_come: Tensor, transitions: Tensor, ahead: Tensor, real: Tensor
) -> tuple[Tensor, Tensor]:
    """Carry weights on labels from step to step by the probabilities of the transitions.

    Each step adds the weights ``outside`` (batch, time, labels); ``to_come`` is e + β and ``ahead``
    β, -inf for a label that nothing can follow.

    Returns:
        The weights that reach each step from the one before, (batch, time, labels), 0 at the
        first; and those that pass each transition, summed over all steps, (labels, labels).
    """
    batch, time, labels = outside.shape
    nowhere = ~real[:, 1:].unsqueeze(2) | (ahead[:, :-1] == -torch.inf)
    nowhere = nowhere.transpose(0, 1).unsqueeze(3)
    to_come, outside = (part.transpose(0, 1).contiguous() for part in (to_come, outside))
    reached = to_come.new_zeros(time, batch, labels)
    pairs = torch.zeros_like(transitions)
    weights = outside[0]
    steps = max(1, NUMBERS_AT_ONCE // (batch * labels * labels))
    for first in range(1, time, steps):
        last = min(first + steps, time)
        flows = (transitions + to_come[first:last].unsqueeze(2)).softmax(3)
        flows.masked_fill_(nowhere[first - 1 : last - 1], 0.0)
        for t in range(first, last):
            torch.sum(flows[t - first].mul_(weights.unsqueeze(2)), 1, out=reached[t])
            weights = outside[t] + reached[t]
        pairs += flows.sum((0, 1))
    return reached.transpose(0, 1), pairs
