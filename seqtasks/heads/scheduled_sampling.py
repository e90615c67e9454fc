"""Training in which a decoder sometimes reads its own tokens, as it does when it translates."""

from __future__ import annotations

import torch
from torch import Tensor

from seqtasks.errors import UsageError, check_choice
from seqtasks.heads.decoder import AttentionDecoder
from seqtasks.kernels.lengths import State

SCHEDULES = ("linear", "constant")

STEPS_AT_ONCE = 16
"""Steps whose logits are held at once."""


class ScheduledSampling:
    """Replaces some tokens that a decoder reads in training by its own draws.

    Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural networks".
    A first pass without gradient draws the tokens, the training pass then reads them. With input
    feeding the first pass goes step by step: each draw follows what was read before it, other
    draws included. Without, it reads the target as it is, all steps at once, and each draw follows
    the true tokens (the two passes of Mihaylova and Martins 2019, "Scheduled sampling for
    Transformers", with draws in place of their mixed embeddings).

    Args:
        rate: share of the tokens after ``<bos>`` that are drawn, at the end of training.
        schedule: ``linear``, from 0 at the beginning, or ``constant``.

    Raises:
        UsageError: the rate is not in [0, 1], or there is no such schedule.

    >>> ScheduledSampling(0.5).at(0.2), ScheduledSampling(0.5, "constant").at(0.2)
    (0.1, 0.5)
    """

    def __init__(self, rate: float, schedule: str = "linear") -> None:
        if not 0 <= rate <= 1:
            raise UsageError(f"it is from 0 to 1, not {rate:g}", option="rate")
        self.rate, self.schedule = rate, check_choice("schedule", schedule, SCHEDULES)

    def at(self, progress: float | None) -> float:
        """The share of tokens that are drawn when some share of training is done.

        Raises:
            UsageError: the progress is None, not known, and the schedule depends on it.
        """
        if self.schedule == "constant":
            return self.rate
        if progress is None:
            raise UsageError(
                "linear has to know when training ends: set trainer.max_epochs or "
                "trainer.max_steps, or choose constant",
                option="scheduled_sampling.schedule",
            )
        return self.rate * progress


def checked_schedule(sampling: ScheduledSampling | None) -> ScheduledSampling | None:
    """The sampling, if it is one (UsageError: it is a name, or something else)."""
    if sampling is not None and not isinstance(sampling, ScheduledSampling):
        raise UsageError(
            f"{sampling!r} is no schedule with its rate; write "
            "task/scheduled_sampling=linear, or null for none",
            option="scheduled_sampling",
        )
    return sampling


@torch.no_grad()
def sampled(decoder: AttentionDecoder, tokens: Tensor, state: State, rate: float) -> Tensor:
    """A target in which some tokens are the decoder's own, as in `ScheduledSampling`.

    The decoder draws them, in training under its dropout, each with the probability ``rate``. The
    tokens are (batch, time) int64 and begin with ``<bos>``, which stays; the state is from `start`.
    """
    if rate == 0 or tokens.size(1) < 2:
        return tokens
    own = torch.rand(tokens.shape, device=tokens.device) < rate
    if not decoder.fed_size:
        features, weights, _ = decoder(tokens[:, :-1], state)
        chunks = zip(
            features.split(STEPS_AT_ONCE, dim=1), weights.split(STEPS_AT_ONCE, dim=1), strict=True
        )
        parts = [draw(decoder.scores(*chunk, state)) for chunk in chunks]
        drawn = torch.cat([tokens[:, :1], *parts], dim=1)  # <bos> is its own draw
        return torch.where(own, drawn, tokens)
    columns = [tokens[:, 0]]
    for place in range(1, tokens.size(1)):
        logits, state = decoder.step(columns[-1], state)
        columns.append(torch.where(own[:, place], draw(logits), tokens[:, place]))
    return torch.stack(columns, dim=1)


def draw(logits: Tensor) -> Tensor:
    """One token from each softmax, by the Gumbel trick: (…, vocab) → (…) int64.

    Where logits are NaN it takes one of those; the loss then shows that they are.
    """
    values = logits.float()
    return (values - torch.empty_like(values).exponential_().log()).argmax(dim=-1)
