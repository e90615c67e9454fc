"""Scores that know where the decoder has looked before."""

from __future__ import annotations

from torch import Tensor, nn

from seqtasks.errors import UsageError, check_choice, check_least
from seqtasks.heads.attention.additive import AdditiveAttention

PASTS = ("alignment", "coverage")


class LocationAwareAttention(AdditiveAttention):
    """score(q, m, f) = vᵀ tanh(W q + U m + P f), with f = F * past, a convolution.

    With the step before's weights as ``past``: Chorowski et al. 2015, "Attention-based models for
    speech recognition", equations 8 and 9. With the sum of all weights so far, one channel and a
    width of 1: the coverage of See, Liu and Manning 2017, "Get to the point", equation 11, and the
    linguistic coverage of Tu et al. 2016 without fertilities.

    Args:
        query_size: features of a query step.
        memory_size: features of a memory step.
        past: ``alignment``, the weights of the step before, or ``coverage``, the sum of all.
        channels: features that the convolution makes of it for each source step.
        width: source steps that the convolution spans, an odd number.

    Raises:
        UsageError: there is no such past, or a size is out of range.
    """

    looks_back = True

    def __init__(
        self,
        query_size: int,
        memory_size: int,
        *,
        past: str = "alignment",
        channels: int = 10,
        width: int = 5,
    ) -> None:
        super().__init__(query_size, memory_size)
        self.past = check_choice("past", past, PASTS)
        check_least("channels", channels, 1)
        if width < 1 or width % 2 == 0:
            raise UsageError(f"it is an odd number, at least 1, not {width}", option="width")
        self.convolution = nn.Conv1d(1, channels, width, padding=width // 2, bias=False)
        self.location = nn.Linear(channels, query_size, bias=False)

    def recall(self, keys: Tensor, coverage: Tensor, alignment: Tensor) -> Tensor:
        """U m + b + P f."""
        past = coverage if self.past == "coverage" else alignment
        features = self.convolution(past.unsqueeze(1))  # (batch, channels, steps)
        return keys + self.location(features.transpose(1, 2))
