"""What decoders ask of a model: a step from a token to the next token's logits."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from seqtasks.errors import SeqtasksError, UsageError

if TYPE_CHECKING:
    from seqtasks.data.vocabulary import Vocabulary

State = tuple[Tensor, ...]
"""What a model remembers between steps; axis 0 of every tensor is the batch."""

Step = Callable[[Tensor, State], tuple[Tensor, State]]
"""``logits, state = step(tokens, state)``: tokens (batch,) int64, logits (batch, vocabulary)."""


class TextModel(Protocol):
    """What text is made with, or scored by: a language model.

    Attributes:
        vocabulary: Its tokens.
        head: From features (..., size) to logits (..., vocabulary).
        step: As `Step`.
    """

    vocabulary: Vocabulary
    head: Any

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token a row."""
        ...

    def read(
        self, tokens: Tensor, lengths: Tensor | None, state: State | None
    ) -> tuple[Tensor, State]:
        """Many tokens at once, before the logits.

        Args:
            tokens: Shape (batch, time), int64.
            lengths: How many of each row are real, shape (batch,), int64, or None for all.
            state: None at the beginning.

        Returns:
            Features, shape (batch, time, size), and the state after each row's last real token.
        """
        ...


def select(state: State, index: Tensor) -> State:
    """Picks rows of a state, in the order of the index and as often as it names them.

    Args:
        state: Tensors of shape (batch, ...).
        index: Rows to keep, shape (rows,), int64, on any device.

    Returns:
        Tensors of shape (rows, ...).

    >>> kept = select((torch.tensor([10, 20, 30]), torch.eye(3)), torch.tensor([2, 0]))
    >>> [part.tolist() for part in kept]
    [[30, 10], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]
    """
    return tuple(part.index_select(0, index.to(part.device)) for part in state)


def check_start(first: Tensor, state: State, max_length: int) -> None:
    """Refuses a start that no decoder can go on from.

    Args:
        first: The token each sequence starts from, shape (batch,), int64.
        state: The state before that token, tensors of shape (batch, ...).
        max_length: The most tokens a sequence may get, at least 1.

    Raises:
        UsageError: A shape, type or length does not fit.
    """
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
    if max_length < 1:
        raise UsageError(f"max_length is {max_length}; expected at least 1")


def log_probs(logits: Tensor, forbidden: Collection[int] = (), eos_id: int | None = None) -> Tensor:
    """The model's log-probabilities in float64, minus infinity for what is forbidden.

    The rest is not normalised again: a token's value is what the model itself gives it.

    Args:
        logits: Shape (batch, vocabulary), any floating type.
        forbidden: Ids that are never produced.
        eos_id: The id that ends a sequence, checked against the vocabulary's size only.

    Returns:
        Nats, shape (batch, vocabulary), float64, on the device of the logits, or on the CPU where
        the device has no float64 (MPS).

    Raises:
        UsageError: An id lies outside the vocabulary.
        SeqtasksError: A row has NaN, or no token that may follow.

    >>> log_probs(torch.zeros(1, 4), forbidden=[0]).exp().tolist()
    [[0.0, 0.25, 0.25, 0.25]]
    """
    size = logits.shape[-1]
    for token in forbidden if eos_id is None else (*forbidden, eos_id):
        if not 0 <= token < size:
            raise UsageError(f"token id {token} is given; expected 0 to {size - 1}, the vocabulary")
    exact = logits.cpu() if logits.device.type == "mps" else logits
    values = torch.log_softmax(exact.to(torch.float64), dim=-1)
    if forbidden:
        banned = torch.tensor(list(forbidden), dtype=torch.int64, device=values.device)
        values = values.index_fill(1, banned, -torch.inf)
    if not bool((values.amax(dim=-1) > -torch.inf).all()):  # the largest of a row with NaN is NaN
        raise SeqtasksError("the model's logits are NaN or leave no token that may follow")
    return values
