"""The share of a training that is done rises smoothly, however often its end is planned anew."""

from __future__ import annotations

import pytest
import torch

from seqtasks.optim.pace import Pace
from seqtasks.optim.schedules import warmup_cosine


def test_without_a_plan_nothing_is_done():
    pace = Pace()
    pace.step()
    assert pace.share == 0


@pytest.mark.parametrize("counts", [[100], [100, 20, 400, 5], [3, 1000, 2]])
def test_the_share_rises_and_ends_at_one(counts):
    pace, shares = Pace(), [0.0]
    for count in counts:
        pace.left = count
        for _ in range(count // 2 if count != counts[-1] else count):
            pace.step()
            shares.append(pace.share)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert pace.left == 0


def test_a_schedule_is_stretched_over_the_steps_there_are():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = warmup_cosine(optimizer, total_steps=Pace.STEPS, warmup=0.1)
    pace, rates = Pace(left=40), []
    for _ in range(40):
        optimizer.step()
        pace.step()
        pace.advance(schedule)
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates[:4] == sorted(rates[:4])
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert max(rates) == pytest.approx(1.0, abs=0.01)
    assert rates[-1] == pytest.approx(0.0, abs=1e-6)
