"""Where a batch of sequences begins, as a search takes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqtasks.decoding.coverage import Coverage
from seqtasks.decoding.rules import Prefix
from seqtasks.decoding.steps import DecodingStep, State, select_rows


class SearchInput(NamedTuple):
    """A model that has read its sources and is about to write.

    Attributes:
        step: From tokens (rows,) and a state to logits (rows, vocabulary) and the next state.
        state: Before the first tokens, tensors of shape (batch, ...).
        first: The token each sequence starts from, shape (batch,), int64.
        eos_id: The id that ends a sequence, or none.
        forbidden: Ids that are never produced.
        lengths: How many tokens each source has.
        numbers: Of the examples, to name their random streams; none for 0, 1, ….
        prefix: The tokens that each sequence begins with, or none.
        coverage: Tells how much of its source a row has attended to, or none.
        shared: Places in the state of what all rows of a sequence have in common, at every step.
    """

    step: DecodingStep
    state: State
    first: Tensor
    eos_id: int | None
    lengths: Sequence[int]
    forbidden: Collection[int] = ()
    numbers: Sequence[int] | None = None
    prefix: Prefix | None = None
    coverage: Coverage | None = None
    shared: Collection[int] = ()

    def repeated(self, times: int) -> SearchInput:
        """Every row so many times, one after another.

        >>> start = SearchInput(lambda token, state: None, (), torch.tensor([1, 2]), 0, [5, 6])
        >>> start.repeated(2).first.tolist(), start.repeated(2).lengths
        ([1, 1, 2, 2], [5, 5, 6, 6])
        """
        places = [row for row in range(len(self.first)) for _ in range(times)]
        index = torch.tensor(places, dtype=torch.int64)
        [first] = select_rows((self.first,), index)
        return self._replace(
            state=select_rows(self.state, index),
            first=first,
            lengths=[self.lengths[row] for row in places],
            numbers=None if self.numbers is None else [self.numbers[row] for row in places],
            prefix=None if self.prefix is None else [self.prefix[row] for row in places],
        )
