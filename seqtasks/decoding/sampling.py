"""Text drawn token by token; for a seed it is the same in any batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from torch import Tensor

from seqtasks.decoding.draws import draws
from seqtasks.decoding.filters import check_filter
from seqtasks.decoding.hypotheses import Hypothesis
from seqtasks.decoding.repetition import check_penalty
from seqtasks.decoding.rules import Rules
from seqtasks.decoding.steps import DecodingStep, State, check_lengths
from seqtasks.decoding.streaming_detokenizer import check_stop


def sample(
    step: DecodingStep,
    state: State,
    first: Tensor,
    max_length: int | Sequence[int],
    *,
    eos_id: int | None = None,
    **options: Any,
) -> list[Hypothesis]:
    """Draws one continuation a row; arguments and errors are those of `draws`.

    The first tokens are (batch,) int64 and the state tensors (batch, …).

    The score of each is the log-probability. Temperature 0 gives the greedy search, which is
    `beam_search` with a beam of 1 and no length penalty.

    >>> import torch
    >>> def even(tokens, state):
    ...     return torch.zeros(len(tokens), 2), state
    >>> [found] = sample(even, (), torch.tensor([0]), 3, forbidden=[0])
    >>> found.tokens, round(found.log_prob, 3), found.ended
    ([1, 1, 1], -2.079, False)
    """
    texts: list[list[int]] = [[] for _ in range(len(first))]
    sums, ended = [0.0] * len(texts), [False] * len(texts)
    for drawn in draws(step, state, first, max_length, eos_id=eos_id, **options):
        for row, token, log_prob in drawn:
            sums[row] += log_prob
            if token == eos_id:
                ended[row] = True
            else:
                texts[row].append(token)
    return [Hypothesis(*found) for found in zip(texts, sums, sums, ended, strict=True)]


def check_sampling(
    max_length: int,
    min_length: int = 0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    typical_p: float | None = None,
    repetition_penalty: float = 1.0,
    seed: int = 0,
    no_repeat_ngram: int = 0,
    stop: Collection[str] = (),
) -> None:
    """Refuses settings of `draws` and of `stream_text` that can draw nothing.

    >>> check_sampling(100, top_p=7)
    Traceback (most recent call last):
        ...
    seqtasks.errors.UsageError: top_p: 7 is given; expected more than 0 and at most 1, or none
    """
    check_stop(stop)
    check_filter(temperature, top_k, top_p, typical_p)
    check_penalty(repetition_penalty)
    check_lengths(max_length, min_length)
    Rules(no_repeat_ngram=no_repeat_ngram)
