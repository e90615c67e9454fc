"""Text drawn token by token, the same for a seed in whatever batch it is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from seqtasks.decoding.filters import check_filter, filter_logits
from seqtasks.decoding.steps import State, Step, check_start, log_probs, select
from seqtasks.errors import UsageError


@torch.no_grad()
def generate(
    step: Step,
    state: State,
    first: Tensor,
    max_length: int,
    *,
    eos_id: int | None = None,
    forbidden: Collection[int] = (),
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
    rows: Sequence[int] | None = None,
) -> list[list[int]]:
    """Draws one continuation a row; temperature 0 takes the most probable token every time.

    Each row draws from a random stream of its own, named by the seed and the row's number, so its
    text depends on neither the batch's size nor the other rows, and a larger `max_length` only
    makes it go on. A row that ends leaves the batch: the step no longer sees it.

    Args:
        step: From tokens (batch,) and a state to logits (batch, vocabulary) and the next state.
        state: The state before the first tokens, tensors of shape (batch, ...).
        first: The token each row starts from, shape (batch,), int64.
        max_length: The most tokens a row draws, the end token included.
        eos_id: The id that ends a row, or none if every row runs to `max_length`.
        forbidden: Ids that are never drawn.
        temperature: Divides the logits; 0 is greedy.
        top_k: How many of the most probable tokens to draw from, or none.
        top_p: The mass of the most probable tokens to draw from, in (0, 1], or none.
        seed: Names the random streams.
        rows: The number of each row, which names its stream; 0, 1, ... if none are given. A caller
            that works through a data set in batches gives the numbers of the examples.

    Returns:
        The tokens of each row, without the first and without the end token.

    Raises:
        UsageError: An argument is out of its range.
        SeqtasksError: The model's logits are NaN or leave no token that may follow.

    >>> def count_up(tokens, state):
    ...     return torch.nn.functional.one_hot((tokens + 1) % 5, 5) * 100.0, state
    >>> generate(count_up, (), torch.tensor([0, 2]), 6, eos_id=4)
    [[1, 2, 3], [3]]
    """
    check_start(first, state, max_length)
    check_filter(temperature, top_k, top_p)
    numbers = range(len(first)) if rows is None else rows
    if len(numbers) != len(first):
        raise UsageError(f"{len(numbers)} row numbers are given; expected {len(first)}, the batch")
    streams = [] if temperature == 0 else [_stream(seed, number) for number in numbers]
    texts: list[list[int]] = [[] for _ in range(len(first))]
    live = list(range(len(first)))
    tokens = first
    for _ in range(max_length):
        if not live:
            break
        logits, state = step(tokens, state)
        values = log_probs(logits, forbidden, eos_id)
        if temperature == 0:
            picked = values.argmax(dim=-1).tolist()
        else:
            kept = filter_logits(values, temperature, top_k, top_p)
            picked = _draw(kept, [streams[row] for row in live])
        going = [place for place, token in enumerate(picked) if token != eos_id]
        if len(going) < len(live):
            state = select(state, torch.tensor(going, dtype=torch.int64))
        live = [live[place] for place in going]
        alive = [picked[place] for place in going]
        for row, token in zip(live, alive, strict=True):
            texts[row].append(token)
        tokens = torch.tensor(alive, dtype=torch.int64, device=first.device)
    return texts


def _stream(seed: int, number: int) -> torch.Generator:
    """A random stream for a row; a hash keeps the streams of neighbouring numbers apart."""
    digest = hashlib.blake2b(f"{seed} {number}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))


def _draw(logits: Tensor, streams: list[torch.Generator]) -> list[int]:
    """Draws a token a row by inverting the cumulative distribution at one uniform number.

    The sums run on the CPU, one after another, so a token of probability 0 adds exactly nothing
    and cannot be drawn, and the text is the same on every device.
    """
    sums = torch.softmax(logits, dim=-1).cpu().cumsum(dim=-1)
    uniform = [torch.rand(1, generator=stream, dtype=torch.float64) for stream in streams]
    # The sum of all need not be 1 to the last bit; the product stays below it.
    points = torch.stack(uniform) * sums[:, -1:]
    return torch.searchsorted(sums, points, right=True).squeeze(1).tolist()
