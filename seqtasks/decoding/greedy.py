"""The most probable token every time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from torch import Tensor

from seqtasks.decoding.sampling import generate
from seqtasks.decoding.steps import State, Step


def greedy(
    step: Step,
    state: State,
    first: Tensor,
    max_length: int | Sequence[int],
    eos_id: int | None = None,
    forbidden: Collection[int] = (),
    **rules: Any,
) -> list[list[int]]:
    """Continues each row with its most probable token, the lower id among equals.

    This is `generate` at temperature 0, and `beam_search` with a beam of 1 and no length penalty.

    Args:
        step: From tokens (batch,) and a state to logits (batch, vocabulary) and the next state.
        state: The state before the first tokens, tensors of shape (batch, ...).
        first: The token each row starts from, shape (batch,), int64.
        max_length: The most tokens a row gets, the end token included; one number, or one a row.
        eos_id: The id that ends a row, or none if every row runs to `max_length`.
        forbidden: Ids that are never produced.
        rules: ``min_length``, ``no_repeat_ngram`` and ``prefix``, as in `beam_search`.

    Returns:
        The tokens of each row, without the first and without the end token.

    Raises:
        UsageError: An argument is out of its range.
        SeqtasksError: The model's logits are NaN or leave no token that may follow.

    >>> import torch
    >>> def count_up(tokens, state):
    ...     return torch.nn.functional.one_hot((tokens + 1) % 5, 5), state
    >>> greedy(count_up, (), torch.tensor([0, 2]), max_length=6, eos_id=4)
    [[1, 2, 3], [3]]
    """
    return generate(
        step,
        state,
        first,
        max_length,
        eos_id=eos_id,
        forbidden=forbidden,
        temperature=0.0,
        **rules,
    )
