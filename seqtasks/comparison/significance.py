"""Which differences between settings are more than chance, on the same test examples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from seqtasks.comparison.drawn import Drawn

BY_SYMBOL = ("loss", "perplexity")
"""Scores that are per symbol of the target, and no measure where the symbols differ."""


def mean_score(runs: Sequence[Drawn], name: str) -> Tensor:
    """(1 + samples,) a score of several runs, on all examples and on samples of them.

    It is the mean over the runs of one test set, and then over the test sets, as of folds.
    """
    by_set: dict[str, list[Tensor]] = {}
    for run in runs:
        by_set.setdefault(run.examples, []).append(run.scores[name])
    return torch.stack([torch.stack(each).mean(dim=0) for each in by_set.values()]).mean(dim=0)


def shared(runs: Sequence[Drawn]) -> list[str]:
    """The scores that all of some runs have."""
    return [name for name in runs[0].scores if all(name in run.scores for run in runs)]


def comparable(ours: Sequence[Drawn], theirs: Sequence[Drawn]) -> list[str]:
    """The scores by which two settings can be compared that are tested on the same examples."""
    every = [*ours, *theirs]
    alike = len({run.symbols for run in every}) == 1
    return [name for name in shared(every) if alike or name not in BY_SYMBOL]


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """P-values of several tests, so that one below α anywhere is chance in a share α of such lots.

    Holm 1979, "A simple sequentially rejective multiple test procedure".

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'b': 0.06, 'c': 0.06}
    """
    found: dict[str, float] = {}
    least = 0.0
    known = sorted((p, name) for name, p in p_values.items() if not math.isnan(p))
    for at, (p, name) in enumerate(known):
        least = max(least, min(1.0, p * (len(known) - at)))
        found[name] = least
    return {name: found.get(name, math.nan) for name in p_values}
