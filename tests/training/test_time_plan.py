"""A training of which nobody knows beforehand how fast it is ends on time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import pytest

from seqtasks.optim.pace import Pace
from seqtasks.training.time_plan import COST, OFTEN, Costs, Plan, Speed, planned


def simulated(
    budget: float,
    step: Callable[[float], float],
    validation: float,
    epoch: int,
    after: float = 5.0,
) -> tuple[float, list[float], list[float]]:
    """When training with its last validation ends, when validations begin, and the shares done.

    The seconds of a step follow from the time.
    """
    now, steps, since, looked = 0.0, 0, 0, (0, 0.0)
    pace, speed, look = Pace(), Speed(), 2
    plan: Plan | None = None
    validations, shares = [], [0.0]
    while True:
        now, steps, since = now + step(now), steps + 1, since + 1
        pace.step()
        shares.append(pace.share)
        if steps >= look:
            speed.add(steps - looked[0], now - looked[1])
            costs = Costs(speed.seconds_of_a_step, validation, after)
            plan = planned(budget, budget - now, costs, steps)
            looked, pace.left, look = (steps, now), plan.left, steps + plan.look
        if plan is None:
            continue
        if pace.left <= 0:
            return now + validation, validations, shares
        if plan.validates(pace.left, since, -steps % epoch):
            validations.append(now)
            now, since = now + validation, 0
            looked, look = (looked[0], looked[1] + validation), steps + 1


@pytest.mark.parametrize(
    ("budget", "step", "validation", "epoch"),
    [
        (300, lambda now: 0.1, 2.0, 200),
        (300, lambda now: 0.001, 0.05, 100),  # epochs of a tenth of a second
        (300, lambda now: 0.5, 10.0, 10**5),  # one that takes longer than the budget
        (300, lambda now: 0.1, 60.0, 300),  # a validation of a fifth of the budget
        (300, lambda now: 0.05 if now < 100 else 0.2, 2.0, 500),  # others come to the machine
        (300, lambda now: 0.3 if now < 30 else 0.05, 2.0, 500),
        (20, lambda now: 1.0, 0.5, 7),
    ],
)
def test_it_ends_on_time(budget, step, validation, epoch):
    noise = random.Random(1)
    end, validations, shares = simulated(
        budget, lambda now: step(now) * noise.uniform(0.5, 1.5), validation, epoch
    )
    assert end == pytest.approx(budget - 5, abs=max(0.02 * budget, 1.0))
    assert shares == sorted(shares)
    assert max(b - a for a, b in itertools.pairwise(shares)) < 0.12
    assert len(validations) <= OFTEN
    assert len(validations) * validation <= budget / COST


def test_validations_end_epochs_where_these_are_short():
    _, validations, _ = simulated(300, lambda now: 0.1, 0.5, 250)
    assert validations[:3] == pytest.approx([25, 50.5, 76])


def test_an_epoch_that_is_long_is_validated_within():
    _, validations, _ = simulated(300, lambda now: 0.1, 0.5, 10**6)
    assert 5 <= len(validations) <= 8


def test_there_is_no_time_at_all():
    plan = planned(60, 3, Costs(step=0.1, validation=1.0, after=5.0), done=10)
    assert plan.left == 0


def test_no_more_steps_than_may_follow():
    assert planned(600, 500, Costs(0.1, 1.0, 5.0), done=10, most=7).left == 7
