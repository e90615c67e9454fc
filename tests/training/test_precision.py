"""Training and scoring in mixed precision, bfloat16 beside float32."""

from __future__ import annotations

import pytest
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from small import SMALL, TASKS

from seqtasks import bundle
from seqtasks.cells import CELLS
from seqtasks.encoder import RecurrentEncoder
from seqtasks.run import run

MORE = {
    "generation": ["data.batching.batch_size=4", "task.sampling.max_length=8"],
    "translation": ["task.search.max_length=12"],
    "tagging": ["task/head=crf"],
}


STATELESS = ("none", "unshared_elman")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_trains_and_scores_nearly_as_in_full_precision(composed, name, tmp_path):
    options = [f"task={name}", *SMALL, *MORE.get(name, []), "examples=1"]
    results = run(composed(*options, "trainer.precision=bf16-mixed"), tmp_path / "run", name)
    data = instantiate(composed(*options).data)
    data.setup()
    task = bundle.load(tmp_path / "run" / "bundle").task
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    found = []
    for precision in ("32-true", "bf16-mixed"):
        trainer = pl.Trainer(
            accelerator="cpu", default_root_dir=tmp_path, precision=precision, **quiet
        )
        [validated] = trainer.validate(task, datamodule=data, verbose=False)
        [tested] = trainer.test(task, datamodule=data, verbose=False)
        found.append(validated)
        scores = {key.removeprefix("test/"): value for key, value in tested.items()}
        assert scores == pytest.approx(results["test"], abs=1e-6, nan_ok=True)
    exact, narrow = found
    assert narrow["val/loss"] != exact["val/loss"]
    assert narrow["val/loss"] == pytest.approx(exact["val/loss"], rel=0.01)


@pytest.mark.parametrize("cell", CELLS)
def test_an_encoder_keeps_its_state_and_its_padding_under_autocast(cell):
    torch.manual_seed(0)
    length = {"cell_options": {"max_length": 12}} if cell == "unshared_elman" else {}
    encoder = RecurrentEncoder(16, hidden_size=16, cell=cell, num_layers=2, **length)
    inputs, lengths = torch.randn(3, 12, 16, requires_grad=True), torch.tensor([12, 0, 5])

    def outputs():
        found, state = encoder(inputs, lengths)
        return found, encoder(inputs, lengths, state)[0] if cell not in STATELESS else found

    exact = outputs()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        narrow = outputs()
    for one, other in zip(exact, narrow, strict=True):
        torch.testing.assert_close(other.float(), one, rtol=0.1, atol=0.05 * one.abs().max().item())
        assert not other[1].any()
        assert not other[2, 5:].any()
    narrow[1].float().square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters() if p.grad is not None)
    assert inputs.grad.isfinite().all()
