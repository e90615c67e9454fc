"""How far a training has come whose length follows from a clock."""

from __future__ import annotations

import math
from typing import Any


class Pace:
    """The share of a training that is done, where the steps that are left are counted anew.

    Each step adds to the share what is missing of 1, divided by the steps that are left: however
    the count changes on the way, the share never jumps or falls. A step that is known to be the
    last one makes it 1.

    Attributes:
        share: of the training that is done, from 0 to 1.
        left: steps of the optimizer that are left; infinite before anything is known.

    >>> pace = Pace()
    >>> pace.left = 4
    >>> pace.step()
    >>> pace.left = 2  # it became slower
    >>> pace.step()
    >>> pace.share
    0.625
    """

    STEPS = 10_000
    """Those of a learning-rate schedule that is stretched over the training."""

    def __init__(self, share: float = 0.0, left: float = math.inf) -> None:
        self.share, self.left = share, left

    def step(self) -> None:
        """Count a step of the optimizer."""
        self.share = 1.0 if self.left <= 1 else self.share + (1 - self.share) / self.left
        self.left = max(self.left - 1, 0)

    def advance(self, schedule: Any) -> None:
        """Advance a schedule of `STEPS` steps to the share that is done."""
        while schedule.last_epoch < math.floor(self.share * self.STEPS):
            schedule.step()
