"""Text drawn token by token, the same for a seed in whatever batch it is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from seqtasks.decoding.filters import check_filter, filter_logits
from seqtasks.decoding.repetition import check_penalty, marks, penalise
from seqtasks.decoding.steps import State, Step, check_start, log_probs, select
from seqtasks.decoding.transcript import check_stop
from seqtasks.errors import UsageError


def generate(
    step: Step, state: State, first: Tensor, max_length: int, **options: Any
) -> list[list[int]]:
    """Draws one continuation a row; temperature 0 takes the most probable token every time.

    Args:
        step: From tokens (batch,) and a state to logits (batch, vocabulary) and the next state.
        state: The state before the first tokens, tensors of shape (batch, ...).
        first: The token each row starts from, shape (batch,), int64.
        max_length: The most tokens a row draws, the end token included.
        options: As `stream` takes them.

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
    texts: list[list[int]] = [[] for _ in range(len(first))]
    for drawn in stream(step, state, first, max_length, **options):
        for row, token in drawn:
            texts[row].append(token)
    return texts


@torch.inference_mode()
def stream(
    step: Step,
    state: State,
    first: Tensor,
    max_length: int,
    *,
    eos_id: int | None = None,
    forbidden: Collection[int] = (),
    min_length: int = 0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    typical_p: float | None = None,
    repetition_penalty: float = 1.0,
    seed: int = 0,
    rows: Sequence[int] | None = None,
    samples: Sequence[int] | None = None,
    seen: Sequence[Iterable[int]] | None = None,
    ends: Callable[[int], bool] | None = None,
) -> Iterator[list[tuple[int, int]]]:
    """Draws one continuation a row and gives every token as soon as it is drawn.

    Each row draws from a random stream of its own, named by the seed, the row's number and its
    sample, so its text depends on neither the batch's size nor the other rows, and a larger
    `max_length` only makes it go on. A row that ends leaves the batch: the step no longer sees it.

    Args:
        step: From tokens (batch,) and a state to logits (batch, vocabulary) and the next state.
        state: The state before the first tokens, tensors of shape (batch, ...).
        first: The token each row starts from, shape (batch,), int64.
        max_length: The most tokens a row draws, the end token included.
        eos_id: The id that ends a row, or none if every row runs to `max_length`.
        forbidden: Ids that are never drawn.
        min_length: How many tokens a row draws before the end token may be drawn.
        temperature: Divides the logits; 0 is greedy.
        top_k: How many of the most probable tokens to draw from, or none.
        top_p: The mass of the most probable tokens to draw from, in (0, 1], or none.
        typical_p: The mass of the most typical tokens to draw from, in (0, 1], or none.
        repetition_penalty: Divides the logits of tokens that the row already holds, see
            `penalise`; 1 for none.
        seed: Names the random streams.
        rows: The number of each row, which names its stream; 0, 1, ... if none are given. A caller
            that works through a data set in batches gives the numbers of the examples.
        samples: Which sample of its number each row is; all are sample 0 if none are given.
        seen: Tokens that stand before each row's first one, in any order; only the repetition
            penalty asks for them.
        ends: Asked about each row after its token is given out; true ends the row.

    Yields:
        For every step the rows that drew a token other than the end, in order, each with its
        token.

    Raises:
        UsageError: An argument is out of its range; raised with the first step, like all errors.
        SeqtasksError: The model's logits are NaN or leave no token that may follow.

    >>> def count_up(tokens, state):
    ...     return torch.nn.functional.one_hot((tokens + 1) % 5, 5) * 100.0, state
    >>> list(stream(count_up, (), torch.tensor([0, 2]), 6, eos_id=4))
    [[(0, 1), (1, 3)], [(0, 2)], [(0, 3)], []]
    """
    check_start(first, state, max_length)
    check_sampling(max_length, min_length, temperature, top_k, top_p, typical_p, repetition_penalty)
    size = len(first)
    numbers = range(size) if rows is None else rows
    takes = [0] * size if samples is None else samples
    before: Sequence[Iterable[int]] = [()] * size if seen is None else seen
    for name, given in (("row numbers", numbers), ("samples", takes), ("texts", before)):
        if len(given) != size:
            raise UsageError(f"{len(given)} {name} are given; expected {size}, the batch")
    streams = [_stream(seed, *name) for name in zip(numbers, takes, strict=True)]
    live, tokens = list(range(size)), first
    held: Tensor | None = None
    for place in range(max_length):
        if not live:
            return
        logits, state = step(tokens, state)
        if repetition_penalty != 1:
            held = marks(before, logits) if held is None else held
            held.scatter_(1, tokens.unsqueeze(1), True)
            logits = penalise(logits, held, repetition_penalty)
        early = [] if eos_id is None or place >= min_length else [eos_id]
        values = log_probs(logits, [*forbidden, *early], eos_id)
        if temperature == 0:
            picked = values.argmax(dim=-1).tolist()
        else:
            kept = filter_logits(values, temperature, top_k, top_p, typical_p)
            picked = _draw(kept, [streams[row] for row in live])
        going = [spot for spot, token in enumerate(picked) if token != eos_id]
        yield [(live[spot], picked[spot]) for spot in going]
        if ends is not None:
            going = [spot for spot in going if not ends(live[spot])]
        if len(going) < len(live):
            index = torch.tensor(going, dtype=torch.int64)
            state = select(state, index)
            held = None if held is None else select((held,), index)[0]
            live, picked = [live[spot] for spot in going], [picked[spot] for spot in going]
        tokens = torch.tensor(picked, dtype=torch.int64, device=first.device)


def check_sampling(
    max_length: int,
    min_length: int = 0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    typical_p: float | None = None,
    repetition_penalty: float = 1.0,
    seed: int = 0,
    stop: Collection[str] = (),
) -> None:
    """Refuses settings of `stream` and of `stream_text` that nothing can be drawn by.

    Raises:
        UsageError: One is out of its range.

    >>> check_sampling(100, top_p=7)
    Traceback (most recent call last):
        ...
    seqtasks.errors.UsageError: top_p is 7; expected more than 0 and at most 1, or none
    """
    check_stop(stop)
    check_filter(temperature, top_k, top_p, typical_p)
    check_penalty(repetition_penalty)
    if max_length < 1:
        raise UsageError(f"max_length is {max_length}; expected at least 1")
    if not 0 <= min_length <= max_length:
        raise UsageError(f"min_length is {min_length}; expected 0 to {max_length}, the max_length")


def _stream(seed: int, number: int, sample: int) -> torch.Generator:
    """A random stream for a row; a hash keeps the streams of neighbouring numbers apart."""
    name = f"{seed} {number} {sample}" if sample else f"{seed} {number}"
    digest = hashlib.blake2b(name.encode(), digest_size=7).digest()
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
