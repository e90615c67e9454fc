"""The learning rate that a range test finds."""

from __future__ import annotations

import re
import sys

import pytest
import pytorch_lightning as pl
import torch
import yaml
from small import SMALL

from seqtasks.errors import Interrupted, SeqtasksError, UsageError
from seqtasks.run import run
from seqtasks.training.checkpoint_writing import WholeCheckpoints
from seqtasks.training.range_test import RangeTest, settled
from seqtasks.training.resuming import resumable

FINDER = ["lr_finder=range_test", "lr_finder.lowest=1e-3", "lr_finder.highest=100"]
FINDER += ["lr_finder.steps=24"]


def weights(folder):
    return torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]


@pytest.mark.parametrize(
    ("task", "options"),
    [
        ("tagging", ["trainer.accumulate_grad_batches=2", "transfer.layer_factor=2.6"]),
        ("generation", ["data.batching.batch_size=4"]),
    ],
)
def test_a_training_with_the_rate_found_is_that_with_the_rate_given(
    composed, tmp_path, capsys, task, options
):
    options = [f"task={task}", *SMALL, *options]
    run(composed(*options, *FINDER), tmp_path / "found", task)
    [rate] = re.findall(r"as with (optimizer\.lr=\S+)", capsys.readouterr().out)
    kept = yaml.safe_load((tmp_path / "found" / "config.yaml").read_text())["optimizer"]["lr"]
    assert rate == f"optimizer.lr={kept:g}"
    assert kept != 0.003
    run(composed(*options, rate), tmp_path / "given", task)
    found, given = weights(tmp_path / "found"), weights(tmp_path / "given")
    assert all(torch.equal(value, given[name]) for name, value in found.items())


def test_the_rate_is_a_share_of_that_at_which_the_loss_is_lowest():
    curve = [3.0] * 10 + [1.0] * 21 + [2.0] * 10
    assert RangeTest(1e-4, 1.0, steps=41, share=1.0).choose(curve) == pytest.approx(2.5e-3)
    assert RangeTest(1e-4, 1.0, steps=41).choose([*curve, float("nan")]) == pytest.approx(2.5e-4)
    with pytest.raises(SeqtasksError, match=r"falls at no rate from 0.0001 to 1;"):
        RangeTest(1e-4, 1.0, steps=41).choose([1.0 + n for n in range(41)])
    with pytest.raises(SeqtasksError, match=r"still falls at the highest rate"):
        RangeTest(1e-4, 1.0, steps=41).choose([41.0 - n for n in range(41)])


@pytest.mark.parametrize(
    "options", [{"lowest": 0}, {"highest": 1e-9}, {"steps": 2}, {"share": 0}, {"share": 2}]
)
def test_an_option_out_of_range_is_refused(options):
    with pytest.raises(UsageError) as refused:
        RangeTest(**options)
    assert refused.value.option == ("lowest" if "highest" in options else next(iter(options)))


def test_a_resumed_training_looks_for_no_rate(composed, tmp_path, monkeypatch):
    config = composed("task=tagging", *SMALL, *FINDER, "ckpt_path=some.ckpt")
    with pytest.raises(UsageError, match="leave one of them out: lr_finder=none"):
        run(config, tmp_path / "run", "tagging")
    WholeCheckpoints().save_checkpoint({}, tmp_path / "checkpoints" / "last.ckpt")
    trainer = pl.Trainer(logger=False, barebones=True)
    monkeypatch.setattr(sys, "argv", ["seqtasks", "task=tagging", *FINDER, "seed=2"])
    with (
        pytest.raises(Interrupted, match=r"task=tagging seed=2 lr_finder=none optimizer\.lr=0\.02"),
        resumable(trainer, tmp_path, settled(0.02)),
    ):
        raise KeyboardInterrupt
