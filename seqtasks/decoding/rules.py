"""What may follow in a sequence, whoever chooses the tokens."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from seqtasks.decoding.repetition import marks
from seqtasks.decoding.steps import (
    check_possible,
    double,
    expect,
    log_softmax,
    normaliser,
)
from seqtasks.decoding.top import top
from seqtasks.errors import UsageError

Prefix = Sequence[Sequence[int]]
"""For each member of a batch the tokens that its sequence begins with."""


@dataclass(frozen=True)
class Rules:
    """Which tokens are ruled out where; the probabilities of the others stay as they are.

    Attributes:
        eos_id: The id that ends a sequence, or none.
        forbidden: Ids that are never produced.
        min_length: How many tokens stand before the end token at least.
        no_repeat_ngram: No sequence of so many tokens stands in a text twice (Paulus et al. 2018,
            "A Deep Reinforced Model for Abstractive Summarization", section 2.5); 0 for no such
            rule. It gives way where it would leave no token at all.

    Raises:
        UsageError: A number is negative.
    """

    eos_id: int | None = None
    forbidden: Collection[int] = ()
    min_length: int = 0
    no_repeat_ngram: int = 0

    def __post_init__(self) -> None:
        expect("min_length", self.min_length, self.min_length >= 0, "0 or more")
        expect("no_repeat_ngram", self.no_repeat_ngram, self.no_repeat_ngram >= 0, "0 or more")

    def log_probs(
        self,
        logits: Tensor,
        length: int,
        texts: Sequence[Sequence[int]],
        forced: Sequence[int | None] = (),
    ) -> Tensor:
        """The log-probabilities of the next token, minus infinity for what is ruled out.

        They are those of `log_softmax`, from logits (rows, vocabulary). Every row has ``length``
        tokens so far, its text, which only the rule on n-grams asks for. ``forced`` has for each
        row the one token that may follow, whatever the rules say, or none.

        Raises:
            UsageError: An id lies outside the vocabulary.
            SeqtasksError: A row has NaN, or no token that may follow.

        >>> Rules(forbidden=[0]).log_probs(torch.zeros(1, 4), 0, [[]]).exp().tolist()
        [[0.0, 0.25, 0.25, 0.25]]
        """
        return check_possible(self.allowed(log_softmax(logits), length, texts, forced))

    def most_probable(
        self,
        count: int,
        logits: Tensor,
        length: int,
        texts: Sequence[Sequence[int]],
        forced: Sequence[int | None] = (),
    ) -> tuple[Tensor, Tensor]:
        """The tokens that are most probable among those that may follow, best first.

        Of equal ones that of the lower id goes first. Arguments and errors are those of
        `log_probs`.

        Returns:
            Log-probabilities (rows, count) float64, minus infinity where fewer may follow, and ids
            (rows, count) int64; as many as the vocabulary where it is smaller.

        >>> values, ids = Rules(forbidden=[0]).most_probable(2, torch.zeros(1, 4), 0, [[]])
        >>> values.exp().tolist(), ids.tolist()
        ([[0.25, 0.25]], [[1, 2]])
        """
        allowed = self.allowed(logits, length, texts, forced)
        ids = top(allowed, count)
        return check_possible(double(allowed.gather(1, ids)) - normaliser(logits)), ids

    def allowed(
        self,
        values: Tensor,
        length: int,
        texts: Sequence[Sequence[int]],
        forced: Sequence[int | None] = (),
    ) -> Tensor:
        """Values of the tokens (rows, vocabulary), minus infinity for what is ruled out.

        The other arguments and errors are those of `log_probs`.
        """
        banned = tuple(self.forbidden)
        if self.eos_id is not None and length < self.min_length:
            banned = (*banned, self.eos_id)
        wanted = [(row, token) for row, token in enumerate(forced) if token is not None]
        end = [] if self.eos_id is None else [self.eos_id]
        size = values.shape[-1]
        for token in (*banned, *end, *(token for _, token in wanted)):
            if not 0 <= token < size:
                raise UsageError(
                    f"token id {token} is given; expected 0 to {size - 1}, the vocabulary"
                )
        allowed = values
        if banned:
            allowed = values.index_fill(1, index_of(banned, values.device), -torch.inf)
        if self.no_repeat_ngram:
            seen = marks([repeated(text, self.no_repeat_ngram) for text in texts], values)
            kept = allowed.masked_fill(seen, -torch.inf)
            stuck = kept.amax(dim=-1, keepdim=True) == -torch.inf
            allowed = torch.where(stuck, allowed, kept)
        if wanted:
            rows, tokens = torch.tensor(wanted, device=values.device).unbind(1)
            allowed = allowed.index_fill(0, rows, -torch.inf)
            allowed[rows, tokens] = values[rows, tokens]
        return allowed


@functools.lru_cache(maxsize=16)
def index_of(ids: tuple[int, ...], device: torch.device) -> Tensor:
    """Ids as a tensor (ids,) int64, made once for all steps of a search."""
    return torch.tensor(ids, dtype=torch.int64, device=device)


def repeated(text: Sequence[int], size: int) -> set[int]:
    """The tokens that would make an n-gram of a size of at least 1 stand in a text twice.

    >>> sorted(repeated([1, 2, 3, 1, 2], 3)), sorted(repeated([1, 2], 1)), repeated([1], 2)
    ([3], [1, 2], set())
    """
    last = list(text[len(text) - size + 1 :]) if size > 1 else []
    places = range(len(text) - size + 1)
    return {text[at + size - 1] for at in places if list(text[at : at + size - 1]) == last}


def check_prefix(
    prefix: Prefix | None, limits: Sequence[int], eos_id: int | None
) -> Sequence[Sequence[int]]:
    """A prefix for each member, whose sequence has a limit; an empty one where none is given.

    Raises:
        UsageError: There are not as many as members, one is too long, or holds the end.
    """
    if prefix is None:
        return [()] * len(limits)
    if len(prefix) != len(limits):
        raise UsageError(
            f"{len(prefix)} are given; expected {len(limits)}, the batch", option="prefix"
        )
    for row, (tokens, limit) in enumerate(zip(prefix, limits, strict=True)):
        if len(tokens) >= limit:
            raise UsageError(
                f"number {row} has {len(tokens)} tokens; expected fewer than {limit}, the "
                "`max_length` of its sequence",
                option="prefix",
            )
        if eos_id in tokens:
            raise UsageError(
                f"number {row} holds {eos_id}, the end token; leave it out", option="prefix"
            )
    return prefix
