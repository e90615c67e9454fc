"""Mean and standard deviation of a score over several runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from seqtasks.reporting.console import PERCENT, number


@dataclass(frozen=True)
class Spread:
    """The mean and sample standard deviation (divided by n - 1) of some values.

    Attributes:
        mean: the mean of all values.
        deviation: None for a single value.
    """

    mean: float
    deviation: float | None

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Describe one value or more.

        >>> Spread.of([1.0, 2.0, 3.0])
        Spread(mean=2.0, deviation=1.0)
        """
        found = [float(value) for value in values]
        with np.errstate(invalid="ignore"):  # a perplexity may be infinite
            deviation = float(np.std(found, ddof=1)) if len(found) > 1 else None
            return cls(float(np.mean(found)), deviation)

    def shown(self, name: str) -> str:
        """The text for a score of this name.

        >>> Spread(0.95123, 0.01234).shown("accuracy"), Spread(1.23456, 0.0123).shown("loss")
        ('95.12 ± 1.23 %', '1.235 ± 0.012')
        """
        if self.deviation is None:
            return number(name, self.mean)
        if name in PERCENT:
            return f"{100 * self.mean:.2f} ± {100 * self.deviation:.2f} %"
        return f"{self.mean:.4g} ± {self.deviation:.2g}"
