"""The part of a sequence's score that says how much of its source it has attended to."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from seqtasks.decoding.steps import State

Coverage = Callable[[State], tuple[Tensor, Tensor]]
"""``attended, real = coverage(state)``, each (rows, steps): the sum of the attention that the row
has paid to each step of its source so far, and which steps are real (bool, or weights of them)."""

LEAST = torch.finfo(torch.float32).tiny
"""The attention that a step without any is taken to have, so that its logarithm is finite."""


def coverage_score(attended: Tensor, real: Tensor, penalty: float) -> list[float]:
    """What is added to the score of a sequence: β Σᵢ log(min(Σₜ aₜᵢ, 1)), at most 0.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14: source steps that
    were never looked at cost most.

    Attended and real are (rows, steps), as a `Coverage` gives them, and the penalty is β. The
    result is in nats, one number a row.

    >>> attended = torch.tensor([[1.5, 0.5, 0.0]])
    >>> real = torch.tensor([[True, True, False]])
    >>> [round(score, 3) for score in coverage_score(attended, real, 2.0)]
    [-1.386]
    """
    exact = attended.cpu() if attended.device.type == "mps" else attended
    weights = real.to(exact.device, torch.float64)
    logs = exact.to(torch.float64).clamp(LEAST, 1.0).log().masked_fill(weights == 0, 0.0)
    return (penalty * (logs * weights).sum(dim=1)).tolist()
