"""How a law breaks: which number, where, by how much."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from seqtasks.laws.case import Case

EXACT, ROUGH = 1e-8, 1e-5
"""Largest difference, relative and absolute, in float64 and in float32."""

_FOREIGN = (str(Path(torch.__file__).parent), str(Path(__file__).parents[1]), "<frozen")


class Broken(Exception):
    """A cell breaks a law.

    Attributes:
        message: what is wrong, in one line.
        tensor: ``output``, ``state 0``, ``gradient of inputs``, …; empty after a crash.
        difference: the largest difference; nan after a crash or where a number is not finite.
        case: the batch and the encoder on which the law breaks, once known.
    """

    def __init__(self, message: str, tensor: str = "", difference: float = float("nan")) -> None:
        super().__init__(message)
        self.message, self.tensor, self.difference = message, tensor, difference
        self.case: Case | None = None


def compare(
    tensor: str,
    ours: Tensor,
    theirs: Tensor,
    when: str,
    axes: Sequence[str] = (),
    tolerance: float = EXACT,
) -> None:
    """Raise `Broken` where two tensors differ or a number is not finite.

    Args:
        tensor: the name of what they hold.
        ours: the tensor under test, of any shape.
        theirs: the tensor that it should equal.
        when: what was done; ends the message.
        axes: names of the leading axes.
        tolerance: largest difference, absolute and relative.

    >>> compare("output", torch.ones(1, 2), torch.tensor([[1.0, 3.0]]), "alone", ["sequence"])
    Traceback (most recent call last):
    seqtasks.laws.broken.Broken: output is off by 2 (sequence 0, entry 1: 1, not 3) alone
    """
    if ours.shape != theirs.shape:
        shapes = f"{tuple(ours.shape)}, not {tuple(theirs.shape)}"
        raise Broken(f"{tensor} has shape {shapes} {when}", tensor)
    ours, theirs = ours.detach(), theirs.detach()
    difference = (ours - theirs).abs()
    if bool((difference <= tolerance + tolerance * theirs.abs()).all()):  # false for nan
        return
    flat = int(difference.nan_to_num(nan=float("inf")).argmax())
    mine, other = ours.flatten()[flat].item(), theirs.flatten()[flat].item()
    largest = float(difference.flatten()[flat])
    place = _place([int(n) for n in torch.unravel_index(torch.tensor(flat), ours.shape)], axes)
    if not torch.isfinite(difference.flatten()[flat]):
        wrong = other if torch.isfinite(ours.flatten()[flat]) else mine
        raise Broken(f"{tensor} is {wrong} ({place}) {when}", tensor)
    numbers = f"{mine:.4g}, not {other:.4g}"
    message = f"{tensor} is off by {largest:.2g} ({place}: {numbers}) {when}"
    raise Broken(message, tensor, largest)


def crash(error: Exception) -> Broken:
    """An exception inside a cell as a break: its type, its first line, the user's own line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_FOREIGN)]
    if own:
        message += f" ({Path(own[-1].filename).name}, line {own[-1].lineno})"
    return Broken(message)


def _place(index: Sequence[int], axes: Sequence[str]) -> str:
    named = [f"{name} {number}" for name, number in zip(axes, index, strict=False)]
    rest = index[len(named) :]
    if rest:
        named.append(f"entry {rest[0] if len(rest) == 1 else tuple(rest)}")
    return ", ".join(named) or "a single number"
