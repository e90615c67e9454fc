"""Several models that choose every token together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, islice

import torch
from torch import Tensor

from seqtasks.decoding.coverage import Coverage
from seqtasks.decoding.search_input import SearchInput
from seqtasks.decoding.steps import DecodingStep, State, log_softmax
from seqtasks.errors import UsageError


def together(search_inputs: Sequence[SearchInput]) -> SearchInput:
    """One model made of several: the mean of their probabilities at every step.

    The models' states stand side by side in one tuple. Limits of length that depend on the source
    take the longest of a member's sources, and the coverage penalty is the mean of the models'. The
    order of the models changes only the last digits of the result.

    Each model has one search input, for the same targets; the models may cut their sources into
    tokens in other ways.

    Raises:
        UsageError: There is no model, or their batches differ in size.
    """
    if not search_inputs:
        raise UsageError("no model is given; expected at least one")
    lead = search_inputs[0]
    if any(len(one.first) != len(lead.first) for one in search_inputs):
        raise UsageError(
            "the models of an ensemble have to begin the same sequences; give each the same batch"
        )
    sizes = [len(one.state) for one in search_inputs]
    coverages = [one.coverage for one in search_inputs if one.coverage is not None]
    return lead._replace(
        step=mean_step([one.step for one in search_inputs], sizes),
        state=tuple(part for one in search_inputs for part in one.state),
        shared=[
            place + start
            for one, start in zip(search_inputs, accumulate(sizes, initial=0), strict=False)
            for place in one.shared
        ],
        lengths=[max(some) for some in zip(*(o.lengths for o in search_inputs), strict=True)],
        coverage=mean_coverage(coverages, sizes) if len(coverages) == len(search_inputs) else None,
    )


def mean_step(steps: Sequence[DecodingStep], sizes: Sequence[int]) -> DecodingStep:
    """A step whose probabilities are the mean of several steps' (log-mean-exp of log-softmax).

    All have one vocabulary; ``sizes`` says how many tensors of the joint state belong to each.

    >>> def sure(tokens, state):
    ...     return torch.tensor([[0.0, -torch.inf]]), state
    >>> def even(tokens, state):
    ...     return torch.tensor([[0.0, 0.0]]), state
    >>> logits, _ = mean_step([sure, even], [0, 0])(torch.tensor([0]), ())
    >>> logits.exp().tolist()
    [[0.75, 0.25]]
    """

    def step(tokens: Tensor, state: State) -> tuple[Tensor, State]:
        values: list[Tensor] = []
        after: list[Tensor] = []
        for one, part in zip(steps, _parts(state, sizes), strict=True):
            logits, part = one(tokens, part)
            values.append(log_softmax(logits))
            after += part
        return torch.stack(values).logsumexp(dim=0) - math.log(len(steps)), tuple(after)

    return step


def mean_coverage(coverages: Sequence[Coverage], sizes: Sequence[int]) -> Coverage:
    """The coverages side by side, each step of a source weighted by 1 / number of models."""

    def coverage(state: State) -> tuple[Tensor, Tensor]:
        parts = _parts(state, sizes)
        found = [one(part) for one, part in zip(coverages, parts, strict=True)]
        attended, real = (torch.cat(some, dim=1) for some in zip(*found, strict=True))
        return attended, real / len(coverages)

    return coverage


def _parts(state: State, sizes: Sequence[int]) -> list[State]:
    """A joint state cut into those of the models."""
    left = iter(state)
    return [tuple(islice(left, size)) for size in sizes]
