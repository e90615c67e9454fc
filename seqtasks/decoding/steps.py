"""What decoders ask of a model: a step from a token to the next token's logits."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.kernels.lengths import State

if TYPE_CHECKING:
    from seqtasks.data.vocabulary import Vocabulary

DecodingStep = Callable[[Tensor, State], tuple[Tensor, State]]
"""``logits, state = step(tokens, state)``: tokens (batch,) int64, logits (batch, vocabulary)."""


class TextModel(Protocol):
    """What text is made with, or scored by: a language model.

    Attributes:
        vocabulary: Its tokens.
        head: From features (..., size) to logits (..., vocabulary).
        step: As `DecodingStep`.
    """

    vocabulary: Vocabulary
    head: Any

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """Logits (batch, vocab) and the next state after one token a row, (batch,) int64."""
        ...

    def read(
        self, tokens: Tensor, lengths: Tensor | None, state: State | None
    ) -> tuple[Tensor, State]:
        """Many tokens (batch, time) at once, of which ``lengths`` are real, or all for None.

        Returns:
            Features, shape (batch, time, size), and the state after each row's last real token.
        """
        ...


def skim(model: TextModel, tokens: Tensor, lengths: Tensor | None, state: State | None) -> State:
    """The state after each row's last real token; arguments and shapes as in `TextModel.read`.

    A model that need not compute what it would score has a method of this name.
    """
    if hasattr(model, "skim"):
        after: State = model.skim(tokens, lengths, state)
        return after
    return model.read(tokens, lengths, state)[1]


def select_rows(state: State, index: Tensor, kept: Collection[int] = ()) -> State:
    """Picks rows of a state by an index (rows,) int64, in its order and as often as it names them.

    The parts in the places ``kept`` stay as they are.

    >>> kept = select_rows((torch.tensor([10, 20, 30]), torch.eye(3)), torch.tensor([2, 0]))
    >>> [part.tolist() for part in kept]
    [[30, 10], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]
    """
    return tuple(
        part if place in kept else part.index_select(0, index.to(part.device))
        for place, part in enumerate(state)
    )


def check_start(first: Tensor, state: State) -> None:
    """Refuses all but first tokens (batch,) int64 and a state of tensors (batch, …)."""
    if first.dim() != 1 or first.dtype != torch.int64:
        raise UsageError(
            f"the first tokens have shape {tuple(first.shape)} and type {first.dtype}; "
            "expected (batch,) and torch.int64"
        )
    for place, part in enumerate(state):
        if part.dim() == 0 or len(part) != len(first):
            raise UsageError(
                f"part {place} of the state has shape {tuple(part.shape)}; "
                f"expected ({len(first)}, ...), the batch on the first axis"
            )


def row_limits(max_length: int | Sequence[int], min_length: int, size: int) -> list[int]:
    """The most tokens that each of ``size`` rows gets, from one number for all or one a row.

    Raises:
        UsageError: A number is out of its range, or there are not as many as rows.

    >>> row_limits(7, 0, 2), row_limits([3, 5], 2, 2)
    ([7, 7], [3, 5])
    """
    if isinstance(max_length, int):
        check_lengths(max_length, min_length)
        return [max_length] * size
    if len(max_length) != size:
        raise UsageError(
            f"{len(max_length)} are given; expected {size}, the batch", option="max_length"
        )
    check_lengths(min(max_length, default=1), min_length)
    return list(max_length)


def check_lengths(max_length: int, min_length: int = 0) -> None:
    """Refuses a least and a greatest length that no sequence has, by a UsageError."""
    expect("max_length", max_length, max_length >= 1, "at least 1")
    within = 0 <= min_length <= max_length
    expect("min_length", min_length, within, f"0 to {max_length}, the `max_length`")


def expect(option: str, value: Any, fits: bool, expected: str) -> None:
    """Refuses, by a UsageError, the value of an option that does not fit what is expected.

    >>> expect("top_k", 0, 0 >= 1, "at least 1")
    Traceback (most recent call last):
    seqtasks.errors.UsageError: top_k: 0 is given; expected at least 1
    """
    if not fits:
        raise UsageError(f"{value} is given; expected {expected}", option=option)


def log_softmax(logits: Tensor) -> Tensor:
    """The model's log-probabilities in nats, from logits (rows, vocabulary): float64.

    They are on the device of the logits, or on the CPU where the device has no float64 (MPS).
    """
    return torch.log_softmax(double(logits), dim=-1)


def double(values: Tensor) -> Tensor:
    """Values of any shape as float64, on the CPU where their device has none."""
    return (values.cpu() if values.device.type == "mps" else values).to(torch.float64)


def normaliser(logits: Tensor) -> Tensor:
    """The logarithm of Σ exp of logits (rows, vocabulary), for each row: (rows, 1) float64.

    `log_softmax` is the logits less this, computed in the logits' own type but for the last steps.
    """
    exact = logits.to(torch.promote_types(logits.dtype, torch.float32))
    # The largest probability is never so small that its logarithm is lost.
    shares = exact.softmax(dim=-1).amax(dim=-1, keepdim=True)
    return double(exact.amax(dim=-1, keepdim=True)) - double(shares).log()


class Impossible(SeqtasksError):
    """What a model gives is NaN, or leaves no token that may follow."""


def check_possible(values: Tensor) -> Tensor:
    """Log-probabilities (rows, vocabulary); `Impossible` if a row has NaN or no token."""
    best = values.amax(dim=-1).tolist()
    if not all(largest > -math.inf for largest in best):  # that of a row with NaN is NaN
        raise Impossible("the model's logits are NaN or leave no token that may follow")
    return values
