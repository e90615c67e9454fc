"""Losses as sums, so that a mean never depends on how examples were batched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from seqtasks.kernels.lengths import mask
from seqtasks.kernels.scan import in_widest_type

IGNORED = -100
"""The number of targets that have no loss."""


@dataclass(frozen=True)
class Loss:
    """A sum over real steps, and how many there are.

    Attributes:
        total: nats, a scalar.
        count: real steps or examples, a scalar.
        objective: what training minimises, summed likewise; None where it is ``total``.
        parts: with a weight each, the losses whose means training adds up; none where the loss is
            a mean itself.
    """

    total: Tensor
    count: Tensor
    objective: Tensor | None = None
    parts: Sequence[tuple[float, Loss]] = ()

    @property
    def minimised(self) -> Tensor:
        """What training minimises, a scalar, summed over real steps."""
        return self.total if self.objective is None else self.objective

    @property
    def mean(self) -> Tensor:
        """The objective for each real step, a scalar; 0 where there is none."""
        return self.minimised / self.count.clamp(min=1)

    @property
    def terms(self) -> Sequence[tuple[float, Loss]]:
        """The losses whose means training adds up, each with its weight."""
        return self.parts or [(1.0, self)]

    @property
    def uncounted(self) -> Loss:
        """The same of examples that do not count: no nats, no steps and no gradient."""
        return Loss(
            0 * self.total,
            0 * self.count,
            None if self.objective is None else 0 * self.objective,
            [(weight, loss.uncounted) for weight, loss in self.parts],
        )


def binary_cross_entropy(logits: Tensor, decisions: Tensor, learnt: Tensor | None = None) -> Loss:
    """Nats of decisions 0 or 1, summed over all of an example; both (batch, decisions).

    Only examples that are ``learnt`` (batch,) count; None takes all.
    """
    [wide] = in_widest_type(logits)
    weights = None if learnt is None else learnt.unsqueeze(1).to(wide.dtype)
    nats = functional.binary_cross_entropy_with_logits(
        wide, decisions.to(wide.dtype), weights, reduction="sum"
    )
    every = torch.tensor(len(logits), device=logits.device)
    return Loss(nats, every if learnt is None else learnt.sum())


def cross_entropy(
    logits: Tensor, targets: Tensor, lengths: Tensor | None = None, label_smoothing: float = 0.0
) -> Loss:
    """Nats of the targets, over real steps only; over all where no lengths are given.

    Logits are (batch, time, classes) or (batch, classes), targets accordingly. Targets behind the
    classes, which training never shows, are left out. The share
    ``label_smoothing`` of the objective is spread evenly over all classes (Szegedy et al. 2016,
    section 7); the total stays the plain cross-entropy.

    >>> loss = cross_entropy(torch.zeros(1, 3, 8), torch.zeros(1, 3).long(), torch.tensor([2]))
    >>> round(loss.total.exp().item()), loss.count.item()
    (64, 2)
    """
    if lengths is not None:
        real = mask(lengths, targets.size(1))
        logits, targets = logits[real], targets[real]
    else:
        logits, targets = logits.flatten(0, -2), targets.flatten()
    [wide] = in_widest_type(logits)
    log_probs = functional.log_softmax(wide, dim=-1)
    learnt = targets < logits.size(-1)
    targets = targets.masked_fill(~learnt, IGNORED)
    total = functional.nll_loss(log_probs, targets, ignore_index=IGNORED, reduction="sum")
    return Loss(total, learnt.sum(), smoothed(total, log_probs, label_smoothing, learnt))


def smoothed(
    total: Tensor, log_probs: Tensor, share: float, learnt: Tensor | None = None
) -> Tensor | None:
    """The objective of which a share is spread evenly over all classes; None for no share.

    The log-probabilities are (rows, classes), and the total the nats of the rows' targets. Only
    rows that are ``learnt`` (rows,) count; None takes all.
    """
    if not share:
        return None
    means = log_probs.mean(dim=-1)
    if learnt is not None:
        means = means.masked_fill(~learnt, 0.0)
    return (1 - share) * total - share * means.sum()
