"""The selectivity of units: how well a property of the symbols explains a unit's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Selectivity:
    """A unit with the property that explains it best.

    Attributes:
        unit: the unit's number.
        share: the share of the unit's variance that the property explains, 0 to 1.
        property: the property's name; empty if none explains anything.
    """

    unit: int
    share: float
    property: str


def rank(values: Tensor, properties: Mapping[str, Tensor]) -> list[Selectivity]:
    """All units, the most selective first.

    The selectivity of a unit is the largest share of its variance over the steps that one
    property explains: the squared correlation r² of the unit with the property. For a property
    that holds or not this is η², the variance between the two groups of steps over the whole
    variance (the correlation ratio: Fisher, "Statistical methods for research workers", 1925,
    chapter 8). It is 1 for a unit that has one value where the property holds and
    another where it fails, and 0 for a unit that does not vary. Ties go to the larger variance.

    Noise has a selectivity of about 2 ln(properties) / steps, as the best of many properties.

    Args:
        values: (time, units), the units' values at each step.
        properties: name → (time,), the property's values.

    >>> is_a = torch.tensor([1.0, 0.0, 1.0, 0.0])
    >>> rank(torch.stack([torch.arange(4.0), -2 * is_a], dim=1), {"'a'": is_a})
    [Selectivity(unit=1, share=1.0, property="'a'"), Selectivity(unit=0, share=0.2, property="'a'")]
    """
    values = values.to(torch.float64)
    variances = values.var(dim=0, correction=0)
    shares = torch.zeros(values.size(1), dtype=torch.float64)
    best = torch.zeros(values.size(1), dtype=torch.int64)
    names = list(properties)
    if names:
        given = torch.stack([properties[name].to(torch.float64) for name in names])
        correlations = _normalised(given.T).T @ _normalised(values)  # (properties, units)
        shares, best = correlations.square().max(dim=0)
    found = [
        Selectivity(unit, round(min(share, 1.0), 6), names[place] if share > 0 else "")
        for unit, (share, place) in enumerate(zip(shares.tolist(), best.tolist(), strict=True))
    ]
    return sorted(found, key=lambda one: (-one.share, -float(variances[one.unit]), one.unit))


def _normalised(columns: Tensor) -> Tensor:
    """Each column less its mean, scaled to length 1; zeros where only rounding varies it."""
    centred = columns - columns.mean(dim=0)
    lengths = centred.norm(dim=0)
    varies = lengths > 1e-7 * columns.norm(dim=0)
    return torch.where(varies, centred / lengths.where(varies, torch.ones_like(lengths)), 0.0)
