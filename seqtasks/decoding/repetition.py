"""Fewer repetitions: the penalty on tokens that a text already holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from seqtasks.decoding.steps import expect


def check_penalty(penalty: float) -> None:
    """Refuses a penalty that is not a finite number above 0, by a UsageError."""
    fits = 0 < penalty < math.inf
    expect("repetition_penalty", penalty, fits, "a finite number above 0, 1 for none")


def penalise(logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """Lowers the logits of tokens that already stand in a text.

    Keskar et al. 2019, "CTRL: A Conditional Transformer Language Model for Controllable
    Generation", section 4.1: the logit of such a token is divided by the penalty. A negative logit
    is multiplied by it instead, since division would raise it. The effect depends on the level of
    the logits, so these are the model's own, before any softmax; 1.2 is the paper's value.

    Logits are (batch, vocabulary), and ``seen`` says where a token already stands in its row's
    text. A penalty above 1 discourages repetition, one below 1 encourages it.

    >>> penalise(torch.tensor([[3.0, -3.0, 1.0]]), torch.tensor([[True, True, False]]), 1.5)
    tensor([[ 2.0000, -4.5000,  1.0000]])
    """
    lowered = torch.where(logits > 0, logits / penalty, logits * penalty)
    return torch.where(seen, lowered, logits)


def marks(texts: Sequence[Iterable[int]], like: Tensor) -> Tensor:
    """Where each row's text holds a token: (batch, vocabulary) bool, on the device of ``like``.

    >>> marks([[0, 2, 2], []], torch.zeros(2, 3)).tolist()
    [[True, False, True], [False, False, False]]
    """
    seen = torch.zeros(like.shape, dtype=torch.bool)
    for row, text in enumerate(texts):
        seen[row, torch.tensor(list(text), dtype=torch.int64)] = True
    return seen.to(like.device)
