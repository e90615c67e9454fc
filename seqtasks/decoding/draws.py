"""The loop behind sampling: one token a row and step, from a random stream of each row's own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqtasks.decoding.filters import check_filter, filter_logits
from seqtasks.decoding.repetition import check_penalty, marks, penalise
from seqtasks.decoding.rules import Prefix, Rules, check_prefix
from seqtasks.decoding.steps import DecodingStep, State, check_start, row_limits, select_rows
from seqtasks.errors import UsageError

BLOCK = 16
"""Uniform numbers that are taken from a random stream at a time."""


class Draw(NamedTuple):
    """A token that a row drew, the end token too, and its log-probability in nats.

    The log-probability is that of the distribution that temperature and filters are put to.
    """

    row: int
    token: int
    log_prob: float


@torch.inference_mode()
def draws(
    step: DecodingStep,
    state: State,
    first: Tensor,
    max_length: int | Sequence[int],
    *,
    eos_id: int | None = None,
    forbidden: Collection[int] = (),
    min_length: int = 0,
    no_repeat_ngram: int = 0,
    prefix: Prefix | None = None,
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
) -> Iterator[list[Draw]]:
    """Draws one continuation a row and gives every token and every end as soon as it is drawn.

    Each row draws from a random stream of its own, named by the seed, the row's number and its
    sample, so its text depends on neither the batch's size nor the other rows, and a larger
    `max_length` only makes it go on. A row that ends leaves the batch: the step no longer sees it.

    The model is given as in `SearchInput`, shapes as there: ``step``, ``state``, ``first``,
    ``eos_id``, ``forbidden`` and ``prefix``, whose tokens no other rule touches. ``max_length``
    (one number, or one a row), ``min_length`` and ``no_repeat_ngram`` are as in `beam_search`;
    ``temperature``, ``top_k``, ``top_p`` and ``typical_p`` as in `filter_logits`, the temperature 0
    being the greedy search; and ``repetition_penalty`` as in `penalise`.

    The ``seed`` names all random streams. ``rows`` has the number of each row, by default 0, 1, …;
    a caller that works through a data set in batches gives the numbers of the examples. ``samples``
    says which sample of its number each row is, by default 0. ``seen`` has the tokens that stand
    before each row's first one, in any order, for the repetition penalty. ``ends`` is asked about
    each row after its token is given out, and ends the row by True.

    Yields:
        For every step what the rows drew, in order.

    Raises:
        UsageError: An argument is out of its range; raised with the first step, like all errors.
        SeqtasksError: The model's logits are NaN or leave no token that may follow.
    """
    check_start(first, state)
    size = len(first)
    limits = row_limits(max_length, min_length, size)
    check_filter(temperature, top_k, top_p, typical_p)
    check_penalty(repetition_penalty)
    prefix = check_prefix(prefix, limits, eos_id)
    rules = Rules(eos_id, forbidden, min_length, no_repeat_ngram)
    numbers = range(size) if rows is None else rows
    takes = [0] * size if samples is None else samples
    before: Sequence[Iterable[int]] = [()] * size if seen is None else seen
    for name, given in (("rows", numbers), ("samples", takes), ("seen", before)):
        if len(given) != size:
            raise UsageError(f"{len(given)} are given; expected {size}, the batch", option=name)
    uniforms = Uniforms([stream(seed, *name) for name in zip(numbers, takes, strict=True)])
    texts: list[list[int]] = [[] for _ in range(size)]  # kept for the rule on n-grams alone
    live, tokens = list(range(size)), first
    held: Tensor | None = None
    for place in range(max(limits, default=0)):
        if not live:
            return
        logits, state = step(tokens, state)
        if repetition_penalty != 1:
            held = marks(before, logits) if held is None else held
            held.scatter_(1, tokens.unsqueeze(1), True)
            logits = penalise(logits, held, repetition_penalty)
        forced = [prefix[row][place] if place < len(prefix[row]) else None for row in live]
        asked = (logits, place, [texts[row] for row in live], forced)
        if temperature == 0:
            chances, chosen = rules.most_probable(1, *asked)
        else:
            values = rules.log_probs(*asked)
            kept = filter_logits(values, temperature, top_k, top_p, typical_p)
            chosen = _draw(kept, uniforms.next(live))
            chances = values.gather(1, chosen)
        picked = chosen.squeeze(1).tolist()
        drawn = zip(live, picked, chances.squeeze(1).tolist(), strict=True)
        yield [Draw(*one) for one in drawn]
        going = [spot for spot, token in enumerate(picked) if token != eos_id]
        if ends is not None:
            going = [spot for spot in going if not ends(live[spot])]
        going = [spot for spot in going if place + 1 < limits[live[spot]]]
        tokens = chosen.squeeze(1).to(first.device)
        if len(going) < len(live):
            index = torch.tensor(going, dtype=torch.int64)
            tokens, *rest = select_rows((tokens, *state), index)
            state = tuple(rest)
            held = None if held is None else select_rows((held,), index)[0]
            live, picked = [live[spot] for spot in going], [picked[spot] for spot in going]
        if no_repeat_ngram:
            for row, token in zip(live, picked, strict=True):
                texts[row].append(token)


def stream(seed: int, number: int, sample: int) -> torch.Generator:
    """A random stream for a row; a hash keeps the streams of neighbouring numbers apart."""
    name = f"{seed} {number} {sample}" if sample else f"{seed} {number}"
    digest = hashlib.blake2b(name.encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))


class Uniforms:
    """Uniform numbers in [0, 1) from a random stream of each row's own, taken several at a time.

    Args:
        streams: one of each row.
    """

    def __init__(self, streams: Sequence[torch.Generator]) -> None:
        self.streams, self.place = streams, 0
        self.block = torch.empty(len(streams), BLOCK, dtype=torch.float64)

    def next(self, rows: Sequence[int]) -> Tensor:
        """The next number of the rows that are still asked for: (rows, 1) float64."""
        place = self.place % BLOCK
        self.place += 1
        if place == 0:
            for row in rows:
                numbers = torch.rand(BLOCK, generator=self.streams[row], dtype=torch.float64)
                self.block[row] = numbers
        column = self.block[:, place : place + 1]
        return column if len(rows) == len(self.streams) else column[list(rows)]


def _draw(logits: Tensor, uniform: Tensor) -> Tensor:
    """Draws a token a row, (rows, 1), by inverting the cumulative distribution at a uniform number.

    The sums run on the CPU, one after another, so a token of probability 0 adds exactly nothing
    and cannot be drawn, and the text is the same on every device.
    """
    sums = torch.softmax(logits, dim=-1).cpu().cumsum(dim=-1)
    # The sum of all need not be 1 to the last bit; the product stays below it.
    return torch.searchsorted(sums, uniform * sums[:, -1:], right=True).to(logits.device)
