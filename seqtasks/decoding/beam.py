"""Beam search over a batch, with an exact stop for every member."""

from __future__ import annotations

import math
from collections.abc import Collection

import torch
from torch import Tensor

from seqtasks.decoding.hypotheses import Beam, Candidate, Hypothesis
from seqtasks.decoding.steps import State, Step, check_start, log_probs, select
from seqtasks.decoding.top import top
from seqtasks.errors import UsageError


@torch.no_grad()
def beam_search(
    step: Step,
    state: State,
    first: Tensor,
    *,
    beam_size: int,
    max_length: int,
    eos_id: int | None,
    min_length: int = 0,
    length_penalty: float = 0.0,
    forbidden: Collection[int] = (),
) -> list[list[Hypothesis]]:
    """Finds the sequences of highest score that a beam reaches.

    The score is ``log_prob / ((5 + length) / 6) ** length_penalty`` (Wu et al. 2016, "Google's
    Neural Machine Translation System", equation 14), the length counting the end token. A member
    stops when none of its live sequences can still beat the worst hypothesis it keeps; it then
    leaves the batch. Sequences that reach `max_length` compete as they are. The result of a
    member depends on neither the batch's size and order nor its mates. Sums are in float64, and
    of equal candidates the one from the better parent, then of the lower id, goes first.

    Args:
        step: From tokens (rows,) and a state to logits (rows, vocabulary) and the next state.
        state: The state before the first tokens, tensors of shape (batch, ...).
        first: The token each member starts from, shape (batch,), int64.
        beam_size: How many sequences to follow and how many to return at most; may exceed the
            vocabulary.
        max_length: The most tokens a sequence gets, the end token included.
        eos_id: The id that ends a sequence, or none if every one runs to `max_length`.
        min_length: How many tokens stand before the end token at least.
        length_penalty: 0 ranks by log-probability; larger prefers longer sequences.
        forbidden: Ids that are never produced. The model's probabilities of the others stay as
            they are.

    Returns:
        For each member its hypotheses, best first: `beam_size` of them, or fewer if there are no
        more.

    Raises:
        UsageError: An argument is out of its range.
        SeqtasksError: The model's logits are NaN or leave no token that may follow.

    >>> def step(tokens, state):  # 0 ends; 1 and 2 follow each other or end
    ...     table = torch.tensor([[1.0, 0.0, 0.0], [0.4, 0.0, 0.6], [0.5, 0.5, 0.0]])
    ...     return table[tokens].log(), state
    >>> [best] = beam_search(step, (), torch.tensor([1]), beam_size=2, max_length=9, eos_id=0)
    >>> [(found.tokens, round(math.exp(found.log_prob), 2)) for found in best]
    [([], 0.4), ([2], 0.3)]
    """
    check_start(first, state, max_length)
    if beam_size < 1:
        raise UsageError(f"beam_size is {beam_size}; expected at least 1")
    if not 0 <= min_length <= max_length:
        raise UsageError(f"min_length is {min_length}; expected 0 to {max_length}, the max_length")
    if not math.isfinite(length_penalty):
        raise UsageError(f"length_penalty is {length_penalty}; expected a finite number")
    beams = [Beam(beam_size, max_length, eos_id, length_penalty) for _ in range(len(first))]
    searching, tokens = beams, first
    while searching:
        logits, state = step(tokens, state)
        early = [] if eos_id is None or searching[0].length >= min_length else [eos_id]
        ranked = _rank(log_probs(logits, [*forbidden, *early], eos_id), searching)
        rows: list[int] = []
        chosen: list[int] = []
        start = 0
        for beam, candidates in zip(searching, ranked, strict=True):
            width = len(beam.live)
            grown = beam.advance(candidates)
            if not beam.done:
                rows += [start + item.parent for item in grown]
                chosen += [item.token for item in grown]
            start += width
        searching = [beam for beam in searching if not beam.done]
        state = select(state, torch.tensor(rows, dtype=torch.int64))
        tokens = torch.tensor(chosen, dtype=torch.int64, device=first.device)
    return [beam.kept for beam in beams]


def _rank(values: Tensor, beams: list[Beam]) -> list[list[Candidate]]:
    """The best candidates of each member, best first, at most twice as many as its beam.

    Args:
        values: Log-probabilities of the next token in nats, shape (rows, vocabulary), float64;
            the rows are the live sequences of the first beam, then of the second, and so on.
        beams: The members that are still searching.
    """
    size = beams[0].size
    # One row can send at most `size` live sequences and one ended one.
    index = top(values, size + 1)
    counts = [len(beam.live) for beam in beams]
    past = torch.tensor(
        [item.log_prob for beam in beams for item in beam.live], dtype=torch.float64
    )
    totals = values.gather(1, index).cpu() + past[:, None]
    width = index.shape[1]
    table = torch.full((len(beams), max(counts), width), -torch.inf, dtype=torch.float64)
    member = torch.arange(len(beams)).repeat_interleave(torch.tensor(counts))
    place = torch.cat([torch.arange(count) for count in counts])
    table[member, place] = totals
    best, order = table.flatten(1).sort(dim=1, descending=True, stable=True)
    names = torch.zeros(table.shape, dtype=torch.int64)
    names[member, place] = index.cpu()
    tokens = names.flatten(1).gather(1, order)
    return [
        [
            Candidate(log_prob, position // width, token)
            for log_prob, position, token in zip(*columns, strict=True)
            if log_prob > -math.inf
        ]
        for columns in zip(
            best[:, : 2 * size].tolist(),
            order[:, : 2 * size].tolist(),
            tokens[:, : 2 * size].tolist(),
            strict=True,
        )
    ]
