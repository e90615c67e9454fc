"""How the time that is left is divided among training, validation and what follows."""

from __future__ import annotations

import math
from typing import NamedTuple

OFTEN, SELDOM = 40, 8
"""Validations come at most so often in a budget at ends of epochs, and within an epoch."""

COST = 9
"""Training between two validations takes at least so many times as long as one of them."""

LOOKS, LONGEST = 20, 30.0
"""Looks at the clock in the time that is left, and the most seconds between two of them."""


class Costs(NamedTuple):
    """Seconds.

    Attributes:
        step: of a step of the optimizer.
        validation: of one, checkpoints included.
        after: from the end of training to the end of the command.
    """

    step: float
    validation: float
    after: float


class Plan(NamedTuple):
    """Steps of the optimizer.

    Attributes:
        left: until training ends.
        every: at least, between two validations of which the later ends an epoch.
        within: at least, between two validations of which the later lies within an epoch.
        look: until the clock is looked at again.
    """

    left: int
    every: int
    within: int
    look: int

    def validates(self, left: float, since: int, missing: float) -> bool:
        """Whether a validation is due before the last one.

        Args:
            left: steps until that, as training has gone on since the plan.
            since: steps since the one before.
            missing: steps until the epoch ends; 0 where it just has.
        """
        if left <= self.every // 2:
            return False
        if not missing:
            return since >= self.every
        return since >= self.within and missing > self.every // 2


def planned(budget: float, left: float, costs: Costs, done: int, most: float = math.inf) -> Plan:
    """What to do in the seconds that are left.

    Args:
        budget: seconds of the whole command.
        left: those that are left of it.
        costs: of each part.
        done: steps that were measured.
        most: steps that may follow at all.

    >>> planned(600, 500, Costs(step=0.1, validation=1.0, after=19.0), done=1000)
    Plan(left=4500, every=150, within=750, look=225)
    """
    every, within = (max(budget / n, COST * costs.validation) for n in (OFTEN, SELDOM))
    training = left - costs.after - costs.validation
    if training > every:  # some validations come before the last one
        training /= 1 + costs.validation / every
    steps = int(min(max(0, round(training / costs.step)), most))
    look = min(max(1, done), max(1, steps // LOOKS), max(1, int(LONGEST / costs.step)))
    every_steps, within_steps = (max(1, round(each / costs.step)) for each in (every, within))
    return Plan(steps, every_steps, within_steps, look)


class Speed:
    """The seconds that a step takes, of which the last looks at the clock count most.

    >>> speed = Speed()
    >>> speed.add(steps=10, seconds=2.0)
    >>> speed.seconds_of_a_step
    0.2
    """

    KEPT = 0.8
    """What earlier looks count at each later one."""

    def __init__(self, steps: float = 0.0, seconds: float = 0.0) -> None:
        self.steps, self.seconds = steps, seconds

    def add(self, steps: int, seconds: float) -> None:
        """Add what was measured between two looks at the clock."""
        self.steps = self.KEPT * self.steps + steps
        self.seconds = self.KEPT * self.seconds + seconds

    @property
    def seconds_of_a_step(self) -> float:
        """The seconds of one step, above 0."""
        return max(self.seconds / max(self.steps, 1e-9), 1e-6)
