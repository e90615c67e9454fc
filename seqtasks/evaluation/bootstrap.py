"""Bootstrap: how much a score varies over resampled test sets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_sum

from seqtasks.errors import UsageError, check_least

NUMBERS_AT_ONCE = 2**23
"""Of the counts of samples."""


class Interval(NamedTuple):
    """A range of values of a score, or of a difference of scores."""

    low: float
    high: float


class Sums:
    """The sums that each part of a data set adds to the state of a metric.

    Args:
        metric: a metric whose state is sums; `take` reads the state, the caller resets it.
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.types = {name: value.dtype for name, value in self.state().items()}
        self.count = 0
        self.kept = {  # with room for more parts
            name: torch.zeros(1, *value.shape, dtype=torch.float64)
            for name, value in self.state().items()
        }

    @classmethod
    def of(cls, metric: Metric, states: Mapping[str, Tensor]) -> Sums:
        """The sums (parts, …) that `parts` has given for each state of a metric."""
        sums = cls(metric)
        sums.kept = dict(states)
        sums.count = min(map(len, states.values()))
        return sums

    @staticmethod
    def fits(metric: Metric) -> bool:
        """Whether a metric's state is sums over examples."""
        tensors = all(isinstance(value, Tensor) for value in metric.metric_state.values())
        return tensors and all(how is dim_zero_sum for how in metric._reductions.values())

    def __len__(self) -> int:
        return self.count

    def take(self) -> None:
        """Keep the sums of the metric since its last reset, as those of one part."""
        for name, value in self.state().items():
            kept = self.kept[name]
            if self.count == len(kept):
                self.kept[name] = kept = torch.cat([kept, torch.zeros_like(kept)])
            kept[self.count] = value.detach()
        self.count += 1

    def parts(self, name: str) -> Tensor:
        """(parts, …) float64, what each part adds to one of the metric's sums."""
        return self.kept[name][: self.count]

    def state(self) -> dict[str, Tensor]:
        """The metric's state now: name → sum, of any shape."""
        found: dict[str, Any] = dict(self.metric.metric_state)
        return found

    @property
    def whole(self) -> float:
        """The score of all parts together."""
        return float(self.resampled(torch.ones(1, len(self), dtype=torch.float64))[0])

    def resampled(self, counts: Tensor) -> Tensor:
        """The scores of samples of the parts.

        Args:
            counts: (samples, parts) float64, how often each part is in a sample.

        Returns:
            (samples,) float64.
        """
        totals = {
            name: torch.tensordot(counts, self.parts(name), dims=1) for name in self.types
        }  # (samples, …)
        places = range(len(counts))
        return torch.stack([self.score({n: t[i] for n, t in totals.items()}) for i in places])

    def score(self, states: dict[str, Tensor]) -> Tensor:
        """The metric's value, a scalar, float64, for a state: name → sum, of any shape."""
        self.metric.reset()
        for name, value in states.items():
            setattr(self.metric, name, value.to(self.metric.device).to(self.types[name]))
        self.metric._update_count = 1  # prevents torchmetrics' warning that nothing was added
        found: Tensor = self.metric.compute().detach().cpu().double()
        self.metric.reset()
        return found


def resample_counts(parts: int, samples: int, seed: int) -> Iterator[Tensor]:
    """Yield how often each part is drawn in each sample, with replacement, some samples at once.

    Yields:
        (samples, parts) float64, of some of the samples.

    >>> torch.cat([*resample_counts(4, 3, seed=0)]).sum(dim=1).tolist()
    [4.0, 4.0, 4.0]
    """
    generator = torch.Generator().manual_seed(seed)
    for number in torch.arange(samples).split(max(NUMBERS_AT_ONCE // parts, 1)):
        drawn = torch.randint(parts, (len(number), parts), generator=generator)
        counts = torch.zeros(len(number), parts, dtype=torch.float64)
        yield counts.scatter_add_(1, drawn, torch.ones_like(counts))


def drawn_scores(sums: Sums, *, samples: int, seed: int) -> Tensor:
    """A score of all parts, and of samples of them.

    Args:
        sums: the sums of the score.
        samples: the number of samples to draw, each as large as the data. They are the same for
            all scores of equally many parts.
        seed: sets the draws.

    Returns:
        (1 + samples,) float64; that of all parts is the first.
    """
    check_least("samples", samples, 1)
    whole = torch.ones(1, len(sums), dtype=torch.float64)
    every = itertools.chain([whole], resample_counts(len(sums), samples, seed))
    return torch.cat([sums.resampled(counts) for counts in every])


def interval(sums: Sums, *, samples: int, confidence: float, seed: int) -> Interval:
    """The range in which most scores of resampled data lie: Efron's percentile interval.

    Efron and Tibshirani 1993, "An introduction to the bootstrap", section 13.3.

    Args:
        sums: the sums of the score.
        samples: the number of samples to draw, each as large as the data.
        confidence: the share of the samples that the interval holds, between 0 and 1.
        seed: sets the draws.
    """
    check_confidence(confidence)
    return interval_of(drawn_scores(sums, samples=samples, seed=seed), confidence)


def interval_of(drawn: Tensor, confidence: float) -> Interval:
    """The `interval` of drawn scores (1 + samples,), as `drawn_scores` gives them."""
    return _ends(drawn[1:], confidence)


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


def compare_scores(
    ours: Sums, theirs: Sums, *, samples: int, confidence: float, seed: int
) -> Comparison:
    """Whether a difference between two models is more than chance: the paired bootstrap.

    Koehn 2004, "Statistical significance tests for machine translation evaluation": both models
    are scored on the same samples of the test set. The p-value is two-sided: the differences of
    the samples, moved so that their mean is 0, show how no difference would vary (Riezler and
    Maxwell 2005), and the p-value is the share of them that are at least as large as the
    difference found, (1 + number) / (1 + samples), so that it is never 0.

    Args:
        ours: the sums of the one model.
        theirs: the sums of the other model, on the same parts in the same order.
        samples: the number of samples to draw.
        confidence: the share of the samples that the interval holds, between 0 and 1.
        seed: sets the draws.

    Raises:
        UsageError: the models were scored on different numbers of parts.
    """
    check_confidence(confidence)  # before it takes its time
    if len(ours) != len(theirs):
        raise UsageError(
            f"the models were scored on {len(ours):,} and {len(theirs):,} parts; compare them on "
            "the same examples"
        )
    one, other = (drawn_scores(sums, samples=samples, seed=seed) for sums in (ours, theirs))
    return compare_drawn(one - other, confidence)


def compare_drawn(differences: Tensor, confidence: float) -> Comparison:
    """What `compare_scores` says of the differences of two scores.

    They are (1 + samples,), as `drawn_scores` gives the scores.
    """
    found, drawn = differences[0], differences[1:]
    drawn = drawn[~drawn.isnan()]
    moved = (drawn - drawn.mean()).abs()
    p_value = (1 + int((moved >= found.abs()).sum())) / (1 + len(drawn))
    return Comparison(float(found), _ends(drawn, confidence), p_value)


def _ends(values: Tensor, confidence: float) -> Interval:
    """The quantiles between which the given share of the values lies.

    Samples without any example that has the score, whose value is NaN, are left out.
    """
    values = values[~values.isnan()]
    if not len(values):
        return Interval(math.nan, math.nan)
    tail = (1 - confidence) / 2
    low, high = values.quantile(torch.tensor([tail, 1 - tail], dtype=values.dtype)).tolist()
    return Interval(low, high)


def check_confidence(confidence: float) -> None:
    """Refuse a share that gives no interval."""
    if not 0 < confidence < 1:
        raise UsageError(f"it is between 0 and 1, not {confidence}", option="confidence")
