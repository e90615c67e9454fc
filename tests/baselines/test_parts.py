"""Baselines that look at a split in parts score as those that look at it whole."""

from __future__ import annotations

import pytest
from hydra.utils import instantiate
from small import SMALL

from seqtasks.baselines.budget import Budget
from seqtasks.baselines.parts import parts


@pytest.mark.parametrize("task", ["tagging", "synchronous", "joint"])
def test_parts_of_a_split_give_the_scores_of_the_whole(composed, task, monkeypatch):
    config = composed(f"task={task}", *SMALL)
    data = instantiate(config.data)
    data.setup()
    made = instantiate(config.task)(data.vocabularies)
    whole = made.baselines(data, Budget())
    monkeypatch.setattr(f"{made.__module__}.SCORED", 3)
    monkeypatch.setattr(f"{made.__module__}.COUNTED", 7)
    assert made.baselines(data, Budget()) == whole
    assert len(list(parts(20, 3))) == 7
