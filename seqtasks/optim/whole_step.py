"""The loss of a step of the optimizer: a mean over all its batches and all processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqtasks.heads.loss import Loss
from seqtasks.optim.processes import summed


@dataclass(frozen=True)
class WholeStep:
    """What a step has come to with the batches so far, over all processes.

    Attributes:
        objective: what is minimised, a scalar.
        loss: nats for each real step, a scalar.
        padding: the share of padding among the places for tokens, a scalar.
        rescale: what the gradient has to be multiplied by once it is whole; None for nothing.
        sums: of all batches, as `sums_of` gives them; None for one batch of one process.
        divisors: (terms,) what the terms of each batch's objective are divided by; None likewise.
    """

    objective: Tensor
    loss: Tensor
    padding: Tensor
    rescale: Tensor | None = None
    sums: Tensor | None = None
    divisors: Tensor | None = None


def of_one_batch(loss: Loss, real: Tensor, places: int) -> tuple[Tensor, WholeStep]:
    """What to minimise in a step of one batch in one process, and what the step comes to.

    The first is a scalar; so is ``real``, how many of the places for tokens are real.
    """
    nats = (loss.total / loss.count.clamp(min=1)).detach()
    padding = 1 - real.float() / places if places else torch.zeros((), device=real.device)
    mean = loss.mean
    return mean, WholeStep(mean.detach(), nats, padding)


def of_several(
    loss: Loss,
    real: Tensor,
    places: int,
    *,
    before: WholeStep | None,
    batches: int,
    processes: int,
    ahead: Tensor | None = None,
) -> tuple[Tensor, WholeStep]:
    """What to minimise in one of several batches, or in one process of several.

    The trainer divides each batch's gradient by the number of batches and adds them up, and takes
    the mean over processes. The objective of the step is a sum over N real steps divided by N.
    Where N is not known before the last batch, each batch's sum is divided by the number of the
    first one's, and ``rescale`` puts the gradient right in the end. With several terms, each with
    its own N, no single factor can: their numbers are known ``ahead``.

    Args:
        loss: of this process's part of the batch.
        real: how many tokens the part has, a scalar.
        places: how many it has room for.
        before: the step with the batches before this one; None where it begins.
        batches: whose gradients are accumulated in a step.
        processes: whose gradients are averaged.
        ahead: (terms,) the counts of the batches that follow in the step, of this process alone;
            needed where a step of several batches begins whose objective has several terms.

    Returns:
        The scalar to differentiate, and the step with this batch.
    """
    sums = summed(sums_of(loss, real, places))
    if before is not None and before.sums is not None and before.divisors is not None:
        sums, divisors = before.sums + sums, before.divisors
    else:
        counts = sums[2:, 1] if ahead is None else (sums[2:, 1] + summed(ahead.to(sums))) / batches
        divisors = torch.where(counts > 0, counts, 1.0)
    totals, counts = sums.unbind(dim=1)
    _, nats, *means = (totals / counts.clamp(min=1)).unbind()
    padding = (counts[0] - totals[0]) / counts[0].clamp(min=1)
    minimised = [
        weight * term.minimised * (processes / divisor).to(term.minimised.dtype)
        for (weight, term), divisor in zip(loss.terms, divisors, strict=True)
    ]
    objective = [weight * mean for (weight, _), mean in zip(loss.terms, means, strict=True)]
    known = batches == 1 or len(loss.terms) > 1
    factor = None if known else batches * divisors[0] / counts[2].clamp(min=1)
    step = WholeStep(torch.stack(objective).sum(), nats, padding, factor, sums, divisors)
    return torch.stack(minimised).sum(), step


def sums_of(loss: Loss, real: Tensor, places: int) -> Tensor:
    """(2 + terms, 2) of a batch: real tokens of all places, nats and each term of its steps."""
    pairs: list[tuple[Any, Any]] = [(real, places), (loss.total, loss.count)]
    pairs += [(term.minimised, term.count) for _, term in loss.terms]
    device = loss.total.device
    # Counts are exact in float64; not every device has it (MPS).
    wide = torch.float32 if device.type == "mps" else torch.float64
    zero = torch.zeros((), dtype=wide, device=device)
    rows = [torch.stack([zero + total, zero + count]) for total, count in pairs]
    return torch.stack(rows).detach()


def rescale(module: nn.Module, factor: Tensor) -> None:
    """Multiply the gradients of a module's weights by a factor, a scalar."""
    for weight in module.parameters():
        if weight.grad is not None:
            weight.grad.mul_(factor.to(weight.grad.dtype))
