"""How much a score owes to the examples that happen to be in the test set."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_sum

from seqtasks.errors import UsageError


class Interval(NamedTuple):
    """A range of values of a score, or of a difference of scores."""

    low: float
    high: float


class Sums:
    """What each part of a data set adds to the state of a metric, which is sums."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.types = {name: value.dtype for name, value in self.state().items()}
        self.rows: list[dict[str, Tensor]] = []

    @staticmethod
    def fits(metric: Metric) -> bool:
        """Whether the state of a metric is sums over examples."""
        tensors = all(isinstance(value, Tensor) for value in metric.metric_state.values())
        return tensors and all(how is dim_zero_sum for how in metric._reductions.values())

    def __len__(self) -> int:
        return len(self.rows)

    def take(self) -> None:
        """Keep what the metric has been updated with since its last reset."""
        self.rows.append({name: v.detach().cpu().double() for name, v in self.state().items()})

    def state(self) -> dict[str, Tensor]:
        """The metric's state now."""
        found: dict[str, Any] = dict(self.metric.metric_state)
        return found

    def resampled(self, counts: Tensor) -> Tensor:
        """The score of samples of the parts, (samples,) float64.

        Args:
            counts: (samples, parts) float64, how often each part is in a sample.
        """
        totals = {}
        for name in self.types:
            parts = torch.stack([row[name] for row in self.rows])  # (parts, …)
            totals[name] = (counts @ parts.reshape(len(parts), -1)).view(
                len(counts), *parts.shape[1:]
            )
        places = range(len(counts))
        return torch.stack([self.score({n: t[i] for n, t in totals.items()}) for i in places])

    def score(self, states: dict[str, Tensor]) -> Tensor:
        """The metric of a state, float64."""
        self.metric.reset()
        for name, value in states.items():
            setattr(self.metric, name, value.to(self.metric.device).to(self.types[name]))
        self.metric._update_count = 1  # which spares the warning that nothing was added
        found: Tensor = self.metric.compute().detach().cpu().double()
        self.metric.reset()
        return found


def draws(parts: int, samples: int, seed: int) -> Tensor:
    """How often each part is drawn in each sample, with replacement: (samples, parts) float64.

    >>> draws(4, 3, seed=0).sum(dim=1).tolist()
    [4.0, 4.0, 4.0]
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(parts, (samples, parts), generator=generator)
    counts = torch.zeros(samples, parts, dtype=torch.float64)
    return counts.scatter_add_(1, drawn, torch.ones_like(counts))


def interval(sums: Sums, *, samples: int, confidence: float, seed: int) -> Interval:
    """The range in which most scores of resampled data lie: Efron's percentile interval.

    Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3.

    Args:
        sums: of the score.
        samples: how many samples to draw, each as large as the data.
        confidence: the share of the samples that the interval holds, between 0 and 1.
        seed: of the draws.
    """
    check(samples, confidence)
    values = sums.resampled(draws(len(sums), samples, seed))
    return ends(values, confidence)


class Comparison(NamedTuple):
    """One model's score less another's.

    Attributes:
        difference: on all examples.
        interval: of the difference, over samples that are the same for both.
        p_value: how often a difference as large arises where there is none.
    """

    difference: float
    interval: Interval
    p_value: float


def compare(ours: Sums, theirs: Sums, *, samples: int, confidence: float, seed: int) -> Comparison:
    """Whether a difference between two models is more than chance: the paired bootstrap.

    Koehn 2004, "Statistical significance tests for machine translation evaluation": both models
    are scored on the same samples of the test set. The p-value is two-sided: the differences of
    the samples, moved so that their mean is 0, are what no difference would look like (Riezler
    and Maxwell 2005), and it is the share of them that are at least as large as the one found,
    (1 + number) / (1 + samples), so that it is never 0.

    Args:
        ours: of the one model.
        theirs: of the other, on the same parts in the same order.
        samples: as in `interval`, like the arguments after it.
        confidence: the share of the samples that the interval holds.
        seed: of the draws.
    """
    check(samples, confidence)
    if len(ours) != len(theirs):
        raise UsageError(
            f"the models were scored on {len(ours):,} and {len(theirs):,} parts; compare them on "
            "the same examples"
        )
    counts = torch.cat([torch.ones(1, len(ours)).double(), draws(len(ours), samples, seed)])
    differences = ours.resampled(counts) - theirs.resampled(counts)
    found, drawn = differences[0], differences[1:]
    moved = (drawn - drawn.mean()).abs()
    p_value = (1 + int((moved >= found.abs()).sum())) / (1 + samples)
    return Comparison(float(found), ends(drawn, confidence), p_value)


def ends(values: Tensor, confidence: float) -> Interval:
    """The quantiles between which a share of some values lies."""
    tail = (1 - confidence) / 2
    low, high = values.quantile(torch.tensor([tail, 1 - tail], dtype=values.dtype)).tolist()
    return Interval(low, high)


def check(samples: int, confidence: float) -> None:
    """Refuse numbers that no interval comes from."""
    if samples < 1:
        raise UsageError(f"it is at least 1, not {samples}", option="samples")
    if not 0 < confidence < 1:
        raise UsageError(f"it is between 0 and 1, not {confidence}", option="confidence")
