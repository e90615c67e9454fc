"""Two processes, or several batches a step, train what one does alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from small import SMALL
from training import equivalence
from training.equivalence import ALIKE, Training, apart, differences, train

from seqtasks.heads.loss import Loss
from seqtasks.optim.whole_step import of_one_batch, of_several
from seqtasks.run import run

pytestmark = pytest.mark.filterwarnings("ignore:You're resuming from a checkpoint:UserWarning")


@pytest.mark.parametrize("task", ["generation of streams", "classification", "joint"])
def test_batches_whose_gradients_are_accumulated_are_one_large_batch(task, tmp_path):
    folders = []
    for parts in (1, 3):
        folders.append(tmp_path / f"{parts}")
        folders[-1].mkdir()
        train(Training(task, "adam", parts), folders[-1], 1)
    weights, losses = apart(*folders)
    assert weights < ALIKE
    assert losses < ALIKE


@pytest.mark.parametrize("limit", [1, 4, 5])
def test_an_accumulation_that_is_cut_short_is_the_mean_of_what_it_has(limit, tmp_path, monkeypatch):
    """Of a step of three batches the first one or two: the mean over those alone."""
    found = {}
    for parts in (1, 3):
        options = [*equivalence.SAMPLE, f"trainer.limit_train_batches={limit}"]
        monkeypatch.setattr(equivalence, "SAMPLE", options)
        folder = tmp_path / f"{parts}"
        folder.mkdir()
        train(Training("classification", "sgd", parts), folder, 1)
        found[parts] = torch.load(folder / "end.pt")["history"]
    assert [row["step"] for row in found[3]] == [-(-limit // 3), 2 * -(-limit // 3)]
    assert all(0 < row["train/loss"] < 3 for row in found[3])


def loss(total: float, count: int) -> Loss:
    return Loss(torch.tensor(total, requires_grad=True), torch.tensor(count))


def test_a_step_is_the_mean_over_all_that_its_batches_count():
    real = torch.tensor(3)
    first, step = of_several(loss(6.0, 3), real, 4, before=None, batches=2, processes=1)
    second, step = of_several(loss(2.0, 1), real, 6, before=step, batches=2, processes=1)
    gradient = (first / 2 + second / 2).detach() * step.rescale  # as the trainer divides them
    assert float(gradient) == pytest.approx(8 / 4)
    assert float(step.objective) == float(step.loss) == 8 / 4
    assert float(step.padding) == pytest.approx(4 / 10)
    alone, step = of_one_batch(loss(6.0, 3), real, 4)
    assert float(alone.detach()) == float(step.objective) == 2
    assert step.rescale is None


def test_each_of_several_losses_has_its_own_count():
    def joint(*pairs: tuple[float, int]) -> Loss:
        parts = [(weight, loss(*pair)) for weight, pair in zip((1.0, 0.5), pairs, strict=True)]
        return Loss(parts[0][1].total, parts[0][1].count, parts=parts)

    options = {"batches": 2, "processes": 1}
    real, ahead = torch.tensor(1), torch.tensor([1, 5])
    first, step = of_several(
        joint((6.0, 3), (4.0, 5)), real, 1, before=None, ahead=ahead, **options
    )
    second, step = of_several(joint((2.0, 1), (1.0, 5)), real, 1, before=step, **options)
    assert step.rescale is None
    assert float((first / 2 + second / 2).detach()) == pytest.approx(8 / 4 + 0.5 * 5 / 10)
    assert float(step.objective) == pytest.approx(8 / 4 + 0.5 * 5 / 10)


def test_examples_that_do_not_count_have_neither_nats_nor_gradient():
    weight = torch.tensor(2.0, requires_grad=True)
    one = Loss(3 * weight, torch.tensor(1), 4 * weight)
    empty = Loss(one.total, one.count, one.objective, [(1.0, one)]).uncounted
    assert not any([empty.total, empty.count, empty.minimised, empty.parts[0][1].count])
    empty.mean.backward()
    assert weight.grad == 0


def history(folder: Path) -> list[dict[str, float]]:
    """The rows of a run, without the seconds."""
    rows = json.loads((folder / "metrics.json").read_text())["history"]
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def test_the_history_of_a_resumed_epoch_covers_it_whole(composed, tmp_path):
    options = ["task=classification", *SMALL, "data.batching.batch_size=8", "trainer.max_epochs=2"]
    options += ["callbacks.last.every_n_train_steps=3", "callbacks.last.filename='{step}'"]
    options += ["+callbacks.last.save_top_k=-1", "trainer.val_check_interval=4"]
    run(composed(*options), tmp_path / "whole", "classification")
    for step in (6, 15, 18):
        within = tmp_path / "whole" / "checkpoints" / f"step={step}.ckpt"
        run(composed(*options, f"ckpt_path='{within}'"), tmp_path / f"{step}", "classification")
        assert history(tmp_path / f"{step}") == history(tmp_path / "whole")
    assert [row["epoch"] for row in history(tmp_path / "whole")] == [1, 1, 2, 2]


def test_two_processes_train_what_one_does_and_go_on_with_what_it_left(composed, tmp_path):
    options = ["task=classification", *SMALL, "data.batching.batch_size=12", "optimizer=sgd"]
    options += ["trainer.precision=64-true", "task.dropout_scale=0", "trainer.max_epochs=2"]
    options += ["callbacks.last.every_n_train_steps=5", "callbacks.last.filename='{step}'"]
    options += ["+callbacks.last.save_top_k=-1", "data.val.sentences=5", "threads=1"]
    run(composed(*options), tmp_path / "one", "classification")
    two = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2", "hydra.run.dir=two"]
    within = tmp_path / "one" / "checkpoints" / "step=10.ckpt"
    command = [sys.executable, "-m", "seqtasks", *options, *two, f"ckpt_path='{within}'"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    one, other = (
        torch.load(tmp_path / name / "checkpoints" / "step=14.ckpt", weights_only=True)
        for name in ("one", "two")
    )
    for name, weight in one["state_dict"].items():
        torch.testing.assert_close(other["state_dict"][name], weight, atol=ALIKE, rtol=0)
    for row, same in zip(history(tmp_path / "one"), history(tmp_path / "two"), strict=True):
        assert row.pop("train/padding") >= same.pop("train/padding")
        assert row == pytest.approx(same, rel=1e-6)


@pytest.mark.slow
def test_all_tasks_in_any_number_of_processes_and_parts(tmp_path):
    tasks = ["generation of varied windows", "tagging with a CRF", "translation", "joint"]
    far = {n: w for n, *both in differences(tmp_path, tasks, (1, 4), (1, 3)) if (w := max(both))}
    assert max(far.values()) < ALIKE, far
