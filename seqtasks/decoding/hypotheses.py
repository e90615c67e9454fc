"""The hypotheses of one batch member in a beam search, and when to stop looking for better ones."""

from __future__ import annotations

from bisect import insort
from typing import NamedTuple


class Hypothesis(NamedTuple):
    """A sequence that a search found.

    Attributes:
        tokens: Its tokens, without the first and without the end token. As many as the search's
            `max_length` means that the sequence did not end.
        score: What the search ranks by, `log_prob` over the length penalty.
        log_prob: The sum of its tokens' log-probabilities in nats, the end token's included.
    """

    tokens: list[int]
    score: float
    log_prob: float


class Live(NamedTuple):
    """A sequence that has not ended: its tokens and the sum of their log-probabilities in nats."""

    tokens: list[int]
    log_prob: float


class Candidate(NamedTuple):
    """A live sequence made one token longer: its log-probability, its parent's place, the token."""

    log_prob: float
    parent: int
    token: int


def normalised(log_prob: float, length: int, penalty: float) -> float:
    """A log-probability over the length penalty ((5 + length) / 6) ** penalty.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14, with no coverage.

    Args:
        log_prob: Nats.
        length: How many tokens it sums over, the end token included.
        penalty: The exponent, alpha in the paper; 0 leaves the log-probability as it is.

    >>> normalised(-3.0, 7, 1.0)
    -1.5
    """
    return log_prob / ((5 + length) / 6) ** penalty


class Beam:
    """One batch member's search: `live` sequences, best first, and the best `kept` so far.

    Args:
        size: How many live sequences to follow and how many hypotheses to keep.
        max_length: The most tokens a sequence gets, the end token included.
        eos_id: The id that ends a sequence, or none.
        penalty: The exponent of the length penalty.
    """

    def __init__(self, size: int, max_length: int, eos_id: int | None, penalty: float) -> None:
        self.size = size
        self.max_length = max_length
        self.eos_id = eos_id
        self.penalty = penalty
        self.length = 0
        self.live = [Live([], 0.0)]
        self.kept: list[Hypothesis] = []

    def advance(self, ranked: list[Candidate]) -> list[Candidate]:
        """Takes one step: ends some sequences, follows others, forgets the rest.

        A sequence ends only where the end token is among the `size` best candidates, so that a
        beam of 1 is the greedy search; the `size` best others live on. At the last length they
        are kept as they are.

        Args:
            ranked: The best candidates, best first: all `2 * size` best, or all there are.

        Returns:
            The candidates that are now `live`, in its order.
        """
        self.length += 1
        grown = []
        for rank, candidate in enumerate(ranked):
            if candidate.token != self.eos_id:
                grown.append(candidate)
            elif rank < self.size:
                self._keep(self.live[candidate.parent].tokens, candidate.log_prob)
        grown = grown[: self.size]
        self.live = [
            Live([*self.live[item.parent].tokens, item.token], item.log_prob) for item in grown
        ]
        if self.length == self.max_length:
            for tokens, log_prob in self.live:
                self._keep(tokens, log_prob)
        return grown

    @property
    def done(self) -> bool:
        """Whether nothing that is still live can enter the kept hypotheses.

        A log-probability only falls, and at a fixed one the score is monotone in the length, so
        the best a live sequence can reach is what it would score at the next length or the last.
        """
        if not self.live or self.length == self.max_length:
            return True
        if len(self.kept) < self.size:
            return False
        ends = (self.length + 1, self.max_length)
        bound = max(normalised(self.live[0].log_prob, end, self.penalty) for end in ends)
        return bound <= self.kept[-1].score

    def _keep(self, tokens: list[int], log_prob: float) -> None:
        """Enters a hypothesis among the best; of equal scores the earlier one stays ahead."""
        score = normalised(log_prob, self.length, self.penalty)
        insort(self.kept, Hypothesis(tokens, score, log_prob), key=lambda item: -item.score)
        del self.kept[self.size :]
