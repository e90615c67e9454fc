"""Beam search over a batch, with an exact stop for every member."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import torch
from torch import Tensor

from seqtasks.decoding.coverage import Coverage, coverage_score
from seqtasks.decoding.hypotheses import Beam, Candidate, Hypothesis
from seqtasks.decoding.rules import Prefix, Rules, check_prefix
from seqtasks.decoding.steps import (
    DecodingStep,
    State,
    check_start,
    expect,
    row_limits,
    select_rows,
)
from seqtasks.decoding.top import top

WIDEST = 10_000
"""The largest beam; every member of it is a row of a batch."""


@torch.no_grad()
def beam_search(
    step: DecodingStep,
    state: State,
    first: Tensor,
    *,
    beam_size: int,
    max_length: int | Sequence[int],
    eos_id: int | None,
    n_best: int | None = None,
    min_length: int = 0,
    length_penalty: float = 0.0,
    length_offset: float = 5.0,
    coverage: Coverage | None = None,
    coverage_penalty: float = 0.0,
    no_repeat_ngram: int = 0,
    prefix: Prefix | None = None,
    forbidden: Collection[int] = (),
    shared: Collection[int] = (),
) -> list[list[Hypothesis]]:
    """Finds the sequences with the highest scores that a beam reaches.

    The score is ``log_prob / ((5 + length) / 6) ** length_penalty`` and the coverage of the source
    (Wu et al. 2016, "Google's Neural Machine Translation System", equation 14), the length counting
    the end token. A member stops when none of its live sequences can still beat the worst
    hypothesis it keeps; it then leaves the batch. Sequences that reach `max_length` compete as they
    are. A member's result does not depend on the batch's size and order, nor on its mates. Sums
    are in float64, and of equal candidates the one from the better parent, then of the lower id,
    goes first.

    The model is given as in `SearchInput`: ``step``, ``state``, ``first``, ``eos_id``,
    ``forbidden``, ``prefix``, ``shared`` and ``coverage``, which the coverage penalty needs; the
    first tokens are (batch,) int64, and each state tensor is (batch, …). The probabilities of a
    prefix, which no other rule touches, count in the score; those of other tokens than the
    forbidden ones stay as they are. The beam follows ``beam_size`` sequences, which may exceed the
    vocabulary. ``max_length`` counts the end token, as one number or one a member; ``min_length``
    tokens stand before the end token at least, a prefix included; and ``no_repeat_ngram`` tokens in
    a row do not stand in a sequence twice, 0 for no such rule. ``n_best`` hypotheses are returned
    at most, by default ``beam_size``; fewer are the first of more, and found sooner. A
    ``length_penalty`` of 0 ranks by log-probability, a larger one prefers longer sequences;
    ``length_offset`` stands for the 5, and for the 6 less 1, in the score, so that 0 gives
    ``log_prob / length ** length_penalty``; ``coverage_penalty`` is what it costs to leave out
    parts of the source (`coverage_score`).

    Returns:
        For each member its hypotheses, best first: `n_best` of them, or fewer if there are no more.

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
    check_start(first, state)
    check_beam(beam_size, n_best, length_penalty, length_offset, coverage_penalty)
    told = coverage is not None or not coverage_penalty
    wanted = "0, as this model does not tell its coverage"
    expect("coverage_penalty", coverage_penalty, told, wanted)
    limits = row_limits(max_length, min_length, len(first))
    prefix = check_prefix(prefix, limits, eos_id)
    rules = Rules(eos_id, forbidden, min_length, no_repeat_ngram)
    beams = [
        Beam(beam_size, limit, eos_id, length_penalty, length_offset, n_best, tokens)
        for limit, tokens in zip(limits, prefix, strict=True)
    ]
    searching, tokens = beams, first
    while searching:
        logits, state = step(tokens, state)
        added: list[float] | None = None
        if coverage is not None and coverage_penalty:
            added = coverage_score(*coverage(state), coverage_penalty)
        texts = [live.tokens for beam in searching for live in beam.live]
        forced = [beam.forced for beam in searching for _ in beam.live]
        # One row can send at most `beam_size` live sequences and one ended one.
        ranked = rules.most_probable(beam_size + 1, logits, searching[0].length, texts, forced)
        before = [len(beam.live) for beam in searching]
        rows, chosen, start = list[int](), list[int](), 0
        for beam, candidates in zip(searching, _rank(*ranked, searching), strict=True):
            end = start + len(beam.live)
            grown = beam.advance(candidates, None if added is None else added[start:end])
            if not beam.done:
                rows += [start + item.parent for item in grown]
                chosen += [item.token for item in grown]
            start = end
        searching = [beam for beam in searching if not beam.done]
        # With as many rows as before, each is of the member that it was of.
        same = before == [len(beam.live) for beam in searching]
        index = torch.tensor(rows, dtype=torch.int64)
        state = select_rows(state, index, shared if same else ())
        tokens = torch.tensor(chosen, dtype=torch.int64, device=first.device)
    return [beam.kept for beam in beams]


def check_beam(
    beam_size: int,
    n_best: int | None = None,
    length_penalty: float = 0.0,
    length_offset: float = 5.0,
    coverage_penalty: float = 0.0,
) -> None:
    """Refuses, by a UsageError, settings of `beam_search` that can find nothing."""
    expect("beam_size", beam_size, 1 <= beam_size <= WIDEST, f"1 to {WIDEST:,}")
    kept = n_best is None or 1 <= n_best <= beam_size
    expect("n_best", n_best, kept, f"1 to {beam_size}, the `beam_size`; widen it for more")
    expect("length_penalty", length_penalty, -50 <= length_penalty <= 50, "a number from -50 to 50")
    for name, value in (("length_offset", length_offset), ("coverage_penalty", coverage_penalty)):
        expect(name, value, 0 <= value < math.inf, "a finite number from 0 up")


def _rank(log_probs: Tensor, ids: Tensor, beams: Sequence[Beam]) -> list[list[Candidate]]:
    """The best candidates of each member, best first, at most twice as many as its beam.

    Each live sequence of the first beam, then of the second, and so on, has a row of its best next
    tokens: their log-probabilities in nats, (rows, width) float64, and their ids.
    """
    past = [item.log_prob for beam in beams for item in beam.live]
    totals, ids = log_probs.cpu() + torch.tensor(past, dtype=torch.float64)[:, None], ids.cpu()
    counts, width = [len(beam.live) for beam in beams], ids.size(1)
    most = max(counts)
    if min(counts) < most:
        places = [most * n + place for n, count in enumerate(counts) for place in range(count)]
        index, size = torch.tensor(places), (most * len(beams), width)
        totals = totals.new_full(size, -torch.inf).index_copy_(0, index, totals)
        ids = ids.new_zeros(size).index_copy_(0, index, ids)
    totals = totals.reshape(len(beams), -1)
    order = top(totals, 2 * beams[0].size)
    best = totals.gather(1, order)
    tokens = ids.reshape(len(beams), -1).gather(1, order)
    return [
        [
            Candidate(log_prob, position // width, token)
            for log_prob, position, token in zip(*columns, strict=False)
            if log_prob > -math.inf
        ]
        for columns in zip(best.tolist(), order.tolist(), tokens.tolist(), strict=True)
    ]
