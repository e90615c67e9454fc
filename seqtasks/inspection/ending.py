"""The loss of the last steps of a text, and its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch, lengths_of
from seqtasks.data.fields import TagField
from seqtasks.errors import UsageError
from seqtasks.heads.loss import Loss
from seqtasks.task import Task

_ROUNDING = 1e-10
"""The share of a gradient in float64 that rounding may leave where all of it should cancel."""


@dataclass(frozen=True)
class Ending:
    """The loss of a text less that of its beginning, which leaves the loss of the last steps.

    Attributes:
        whole: the loss of the whole text.
        earlier: the loss of the text's beginning; None where the loss cannot be divided.
        of: a name of the difference, in words.
    """

    whole: Loss
    earlier: Loss | None
    of: str

    @property
    def nats(self) -> float:
        """The loss itself, without label smoothing."""
        return self.whole.total.item() - (self.earlier.total.item() if self.earlier else 0.0)

    def gradients(self, ends: Sequence[Tensor]) -> list[Tensor]:
        """The gradient of the objective by the encoder's outputs (1, time, size) and its state.

        Where steps are scored one by one, both losses have the same gradient at the earlier steps.
        Rounding leaves a rest of the difference there, which is set to zero so that it does not
        hide a vanishing gradient.
        """
        whole = _gradients(self.whole, ends)
        if self.earlier is None:
            return whole
        pairs = zip(whole, _gradients(self.earlier, ends), strict=True)
        return [_without_rounding(gradient - common, gradient) for gradient, common in pairs]


def end_of_loss(bundle: Bundle, task: Task, outputs: Any, batch: Batch, last: int | None) -> Ending:
    """The loss of the last steps of one text; the whole loss where the text has one target.

    Args:
        bundle: its fields tell whether each step has a target.
        task: the bundle's model, or a copy, which gave the outputs for the batch.
        outputs: of the task.
        batch: one text.
        last: the number of steps; 1 if None.

    Raises:
        UsageError: ``last`` is out of range, or there is no loss at every step.
    """
    main, target = task.inputs[0], task.target
    whole = task.loss(outputs, batch)
    if target != main and not isinstance(bundle.fields.get(target or ""), TagField):
        if last is not None:
            raise UsageError(
                f"it goes with a loss at every step; {type(task).__name__} has one for the whole "
                "text",
                option="last",
            )
        return Ending(whole, None, f"loss of the {target}" if target else "loss")
    name = lengths_of(main)
    predicted = int(batch[name]) - (target == main)
    if last is not None and not 1 <= last <= predicted:
        raise UsageError(
            f"it is from 1 to {predicted}, the steps of this text, not {last}", option="last"
        )
    count = last or 1
    earlier = task.loss(outputs, Batch({**batch, name: batch[name] - count}))
    return Ending(
        whole, earlier, "loss of the last step" if count == 1 else f"loss of the last {count} steps"
    )


def _gradients(loss: Loss, ends: Sequence[Tensor]) -> list[Tensor]:
    objective = loss.total if loss.objective is None else loss.objective
    if not objective.requires_grad:
        return [torch.zeros_like(end) for end in ends]
    found = torch.autograd.grad(
        objective, ends, retain_graph=True, materialize_grads=True, allow_unused=True
    )
    return list(found)


def _without_rounding(difference: Tensor, gradient: Tensor) -> Tensor:
    """The difference, zero at each step where it is no more than the gradient's rounding."""
    left, whole = (tensor.norm(dim=-1, keepdim=True) for tensor in (difference, gradient))
    return difference.where(left > _ROUNDING * whole, torch.zeros_like(difference))
