"""Scores that one process computes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchmetrics import Metric


def unshared(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """The same metrics, which no longer add up what other processes have seen."""
    for metric in metrics.values():
        metric.distributed_available_fn = _never
    return dict(metrics)


def _never() -> bool:
    return False


def computed(metrics: Mapping[str, Metric]) -> dict[str, float]:
    """The scores by name."""
    return {name: float(metric.compute()) for name, metric in metrics.items()}
