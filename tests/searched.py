"""Searches whose runs are pretended: an outcome for each set of options, in no time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler

from seqtasks.sweep.tuning.search import Search
from seqtasks.sweep.tuning.space import Space
from seqtasks.sweep.tuning.study import Study
from seqtasks.sweep.tuning.trial import Trial

OWN = {"optimizer.lr": 0.003, "encoder.hidden_size": 64}
DISTRIBUTIONS: dict[str, BaseDistribution] = {
    "optimizer.lr": FloatDistribution(0.001, 0.01, log=True),
    "encoder.hidden_size": IntDistribution(32, 128, step=16),
}


def accuracy(options: Mapping[str, str]) -> float:
    """The best is a rate of 0.006 and 96 units."""
    rate = float(options.get("optimizer.lr", OWN["optimizer.lr"]))
    size = int(options.get("encoder.hidden_size", OWN["encoder.hidden_size"]))
    return 0.9 - 0.1 * abs(math.log(rate / 0.006)) - abs(size - 96) / 1000


def result(scores: list[float], ended: str = "") -> dict[str, Any]:
    """What a trial returns that was validated with some scores, of which the last is kept."""
    return {
        "scores": scores,
        "score": scores[-1] if scores else None,
        "ended": ended,
        "monitor": "val/accuracy",
        "mode": "max",
        "trained": {"epochs": len(scores), "seconds": 0.5},
    }


def trained(trial: Trial, options: Mapping[str, str]) -> dict[str, Any]:
    """A trial of three validations."""
    top = accuracy(options)
    return result([top - 0.2, top - 0.1, top])


def search(
    folder: Path,
    launch: Callable[[Trial, Mapping[str, str]], dict[str, Any]] = trained,
    seed: int = 1,
    about: Mapping[str, str] | None = None,
    **limits: Any,
) -> Search:
    """A search in a folder, which says nothing."""

    def sampler(seed: int) -> TPESampler:
        return TPESampler(seed=seed, n_startup_trials=6)

    space = Space(DISTRIBUTIONS, OWN, {})
    options = {"about": about or {"options": "task=tagging"}, "say": lambda text: None, **limits}
    return Search(Study(folder, sampler, seed), launch, lambda _: space, **options)
