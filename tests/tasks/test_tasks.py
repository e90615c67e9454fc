"""The contract of a task, over every configuration and over one from outside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL, TASKS

from seqtasks import bundle
from seqtasks.run import run

CASES = [*TASKS, "mean"]
REWRITING = ("translation", "transduction", "question_answering")
over_tasks = pytest.mark.parametrize("name", CASES)


def overrides(name: str) -> list[str]:
    options = [f"task={name}", *SMALL]
    if name == "generation":
        options += ["data.batching.batch_size=4", "task.sampling.max_length=8"]
    if name in REWRITING:
        options += ["task.search.max_length=12"]
    return options


def separate(name: str) -> list[str]:
    """Overrides by which a task on streams reads separate sequences."""
    return ["data=sample"] if name == "generation" else []


def build(composed, name, *more):
    config = composed(*overrides(name), *more)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    task.setup("fit")
    return config, data, task


def take(data, indices):
    """A batch of separate sequences, also where the task trains on streams."""
    return data.datasets["train"][indices]


def rows(task, outputs):
    """One tensor of logits for each example."""
    return outputs[0] if isinstance(outputs, tuple) else outputs


@over_tasks
def test_trains_saves_loads_and_predicts_the_same(composed, name, tmp_path, capsys):
    config = composed(*overrides(name))
    results = run(config, tmp_path / "run", name)
    printed = capsys.readouterr().out
    assert "this model" in printed
    assert "python -m seqtasks.predict" in printed
    assert all(value == value for value in results["test"].values())
    trusted = ["mean_task"] if name == "mean" else []
    loaded = bundle.load(tmp_path / "run" / "bundle", trusted=trusted)
    again = bundle.load(tmp_path / "run" / "bundle", trusted=trusted)
    for key, value in loaded.task.state_dict().items():
        assert torch.equal(value, again.task.state_dict()[key])
    lines = ["the dogs see the cat .", "she walks .", "", "does the teacher watch him ?"]
    if name == "question_answering":
        lines = [f"{line}\t{line}" if line else "" for line in lines]
    together = loaded.predict(lines)
    assert len(together) == 4
    assert together == [again.predict([""] * n + [line])[n] for n, line in enumerate(lines)]
    assert not together[2]
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"bundle", "checkpoints", "metrics.json", "config.yaml"} <= names
    assert (tmp_path / "latest").resolve() == tmp_path / "run"
    pickled = [p for p in (tmp_path / "run" / "bundle").iterdir() if p.suffix in (".pt", ".pkl")]
    assert not pickled


@over_tasks
def test_every_parameter_gets_a_gradient(composed, name):
    _, data, task = build(composed, name)
    batch = take(data, list(range(min(16, len(data.datasets["train"])))))
    task.train()
    task.loss(task(batch), batch).mean.backward()
    for key, parameter in task.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().sum() > 0, key


@over_tasks
def test_a_batch_equals_its_members_one_by_one(composed, name):
    _, data, task = build(composed, name, *separate(name))
    task.double().eval()
    indices = [3, 0, 7, 5, 1]
    batch = take(data, indices)
    with torch.no_grad():
        together = rows(task, task(batch))
        whole = task.loss(task(batch), batch)
        total, count = 0.0, 0
        for row, index in enumerate(indices):
            one = take(data, [index])
            alone = rows(task, task(one))
            if alone.dim() == 3:
                torch.testing.assert_close(together[row, : alone.size(1)], alone[0])
            else:
                torch.testing.assert_close(together[row], alone[0])
            loss = task.loss(task(one), one)
            total, count = total + loss.total, count + loss.count
    torch.testing.assert_close(whole.total, total)
    assert whole.count == count


@over_tasks
def test_overfits_one_batch(composed, name):
    options = ["encoder.hidden_size=48", *separate(name)]
    if name in REWRITING:
        options += ["task.decoder.output.label_smoothing=0"]
    _, data, task = build(composed, name, *options)
    # What a text begins with cannot be known, so of texts to generate there is one alone.
    batch = take(data, list(range(1 if name in ("generation", "joint") else 4)))
    task.eval()  # without dropout
    optimizer = torch.optim.Adam(task.parameters(), lr=1e-2)
    for _ in range(120):
        optimizer.zero_grad()
        loss = task.loss(task(batch), batch)
        loss.mean.backward()
        optimizer.step()
    assert (loss.total / loss.count).item() < 0.05


@over_tasks
def test_resumes_to_the_same_weights(composed, name, tmp_path):
    options = [*overrides(name), "callbacks.checkpoint.save_top_k=-1", "scheduler=plateau"]
    options += ["callbacks.checkpoint.filename='{epoch}'"]
    config = composed(*options, "trainer.max_epochs=3")
    run(config, tmp_path / "whole", name)
    first = tmp_path / "whole" / "checkpoints" / "epoch=0.ckpt"
    assert first.is_file()
    config = composed(*options, "trainer.max_epochs=3", f"ckpt_path='{first}'")
    run(config, tmp_path / "resumed", name)

    def last(folder: Path) -> dict[str, torch.Tensor]:
        path = folder / "checkpoints" / "epoch=2.ckpt"
        return torch.load(path, weights_only=True)["state_dict"]

    whole, resumed = last(tmp_path / "whole"), last(tmp_path / "resumed")
    assert whole.keys() == resumed.keys()
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


def test_resumes_exactly_with_the_default_schedule_and_a_worker(composed, tmp_path):
    options = [*overrides("classification"), "data.num_workers=1", "trainer.max_epochs=3"]
    options += ["callbacks.checkpoint.save_top_k=-1", "callbacks.checkpoint.filename='{epoch}'"]
    run(composed(*options), tmp_path / "whole", "classification")
    first = tmp_path / "whole" / "checkpoints" / "epoch=0.ckpt"
    run(composed(*options, f"ckpt_path='{first}'"), tmp_path / "resumed", "classification")
    whole, resumed = (
        torch.load(tmp_path / name / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        for name in ("whole", "resumed")
    )
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


@over_tasks
def test_an_unknown_option_of_a_task_is_refused(composed, name):
    with pytest.raises(Exception, match="nonsense"):
        composed(*overrides(name), "task.nonsense=1")
