"""The hypotheses of one batch member in a beam search, and when to stop looking for better ones."""

from __future__ import annotations

import functools
from bisect import insort
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple


class Hypothesis(NamedTuple):
    """A sequence that a search found.

    Attributes:
        tokens: Its tokens, without the first and without the end token.
        score: What the search ranks by: `log_prob` over the length penalty, and the coverage.
        log_prob: The sum of its tokens' log-probabilities in nats, the end token's included.
        ended: Whether it came to its end; if not, it was cut at the search's `max_length`.
    """

    tokens: list[int]
    score: float
    log_prob: float
    ended: bool = True


class Live(NamedTuple):
    """A sequence that has not ended: its tokens and the sum of their log-probabilities in nats."""

    tokens: list[int]
    log_prob: float


class Candidate(NamedTuple):
    """A live sequence made one token longer: its log-probability, its parent's place, the token."""

    log_prob: float
    parent: int
    token: int


def normalised(log_prob: float, length: int, penalty: float, offset: float = 5.0) -> float:
    """A log-probability over the length penalty ((offset + length) / (offset + 1)) ** penalty.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14, has the offset 5; an
    offset of 0 divides by length ** penalty, and a penalty of 1 then gives the mean per token.

    The length counts the tokens that the log-probability sums over, the end token included.

    >>> normalised(-3.0, 7, 1.0), normalised(-3.0, 6, 1.0, offset=0)
    (-1.5, -0.5)
    """
    return log_prob / ((offset + length) / (offset + 1)) ** penalty


class Beam:
    """One batch member's search: `live` sequences, best first, and the best `kept` so far.

    It follows ``size`` live sequences and keeps ``count`` hypotheses, by default as many; the other
    arguments are those of `beam_search` for one member.
    """

    def __init__(
        self,
        size: int,
        max_length: int,
        eos_id: int | None,
        penalty: float,
        offset: float = 5.0,
        count: int | None = None,
        prefix: Sequence[int] = (),
    ) -> None:
        self.size, self.max_length, self.eos_id = size, max_length, eos_id
        self.count, self.prefix = size if count is None else count, prefix
        self.normalised = functools.partial(normalised, penalty=penalty, offset=offset)
        self.length = 0
        self.live = [Live([], 0.0)]
        self.kept: list[Hypothesis] = []

    @property
    def forced(self) -> int | None:
        """The token that has to follow now, or none."""
        return self.prefix[self.length] if self.length < len(self.prefix) else None

    def advance(
        self, ranked: list[Candidate], coverage: Sequence[float] | None = None
    ) -> list[Candidate]:
        """Takes one step: ends some sequences, follows others, forgets the rest.

        A sequence ends only where the end token is among the `size` best candidates, so that a
        beam of 1 is the greedy search; the `size` best others live on. At the last length they
        are kept as they are.

        The candidates are ranked, best first: the `2 * size` best, or all there are. Coverage is
        added to the score of each live sequence if it stops now, and is at most 0. The result is
        the candidates that are now `live`, in its order; once enough is kept, only those that may
        still enter it.
        """
        self.length += 1
        added = [0.0] * len(self.live) if coverage is None else coverage
        grown = []
        for rank, candidate in enumerate(ranked):
            if candidate.token != self.eos_id:
                grown.append(candidate)
            elif rank < self.size:
                tokens = self.live[candidate.parent].tokens
                self._keep(tokens, candidate.log_prob, added[candidate.parent], ended=True)
        grown = grown[: self.size]
        self.live = [
            Live([*self.live[item.parent].tokens, item.token], item.log_prob) for item in grown
        ]
        if self.length == self.max_length:
            for item, (tokens, log_prob) in zip(grown, self.live, strict=True):
                self._keep(tokens, log_prob, added[item.parent], ended=False)
        if len(self.kept) == self.count:
            self.live = [*takewhile(lambda one: self.may_enter(one.log_prob), self.live)]
        return grown[: len(self.live)]

    @property
    def done(self) -> bool:
        """Whether no live sequence can still enter the kept hypotheses."""
        return not self.live or self.length == self.max_length

    def may_enter(self, log_prob: float) -> bool:
        """Whether a live sequence can still enter the kept hypotheses, of which there are enough.

        A log-probability only falls, coverage adds at most 0, and at a fixed log-probability the
        score is monotone in the length, so the best a live sequence can reach is what it would
        score at the next length or the last. What ranks behind a sequence that cannot enter cannot
        either, so that its place in the beam need not be filled.
        """
        ends = (self.length + 1, self.max_length)
        return max(self.normalised(log_prob, end) for end in ends) > self.kept[-1].score

    def _keep(self, tokens: list[int], log_prob: float, added: float, ended: bool) -> None:
        """Enters a hypothesis among the best; of equal scores the earlier one stays ahead."""
        score = self.normalised(log_prob, self.length) + added
        found = Hypothesis(tokens, score, log_prob, ended)
        insort(self.kept, found, key=lambda item: -item.score)
        del self.kept[self.count :]
