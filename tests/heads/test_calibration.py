"""The temperature of a language model: fitted on validation text, in force wherever it speaks."""

from __future__ import annotations

import io
import json
import math

import pytest
import pytorch_lightning as pl
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks import bundle, generate
from seqtasks.errors import UsageError
from seqtasks.run import run

BASE = ["task=generation", *SMALL, "task.head.calibrate=true"]


def sure(composed, *options, calibrate=True):
    """Data and a model that is far too sure of itself, in float64."""
    config = composed(*BASE, *options, f"task.head.calibrate={str(calibrate).lower()}")
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies).double().eval()
    for parameter in task.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    text = torch.tensor(data.datasets["train"].encoded["tokens"].values.tolist())
    counts = text.bincount(minlength=len(task.vocabulary)) + 1
    task.head.output.bias.data = 3 * (counts / counts.sum()).log().double()
    return data, task


def scores(data, task, split="val"):
    task.setup("fit")
    task.on_validation_start()
    metrics = task.split_scores("test")
    with torch.no_grad():
        for batch in data.batching.loader(data.datasets[split], training=False):
            task.evaluate(batch, metrics)
    return {name: float(value) for name, value in task.compute_and_reset("test").items()}


@pytest.mark.parametrize("tied", [True, False])
def test_the_temperature_is_the_best_for_the_validation_text(composed, tied):
    data, task = sure(composed, f"task.head.tied={str(tied).lower()}")
    before = scores(data, task)
    assert before["uncalibrated_perplexity"] == before["perplexity"]
    task.calibrate(data)
    fitted = float(task.head.temperature)
    assert 1.5 < fitted < 10
    after = scores(data, task)
    assert after["loss"] < before["loss"] - 0.1
    assert after["perplexity"] == pytest.approx(math.exp(after["loss"]))
    assert after["uncalibrated_perplexity"] == pytest.approx(before["perplexity"])
    assert task.report() == {"temperature": pytest.approx(fitted, abs=1e-4)}
    for factor in (0.99, 1.01):
        task.head.temperature.fill_(fitted * factor)
        assert scores(data, task)["loss"] > after["loss"]
    task.calibrate(data)  # once more, from the network's own logits
    assert float(task.head.temperature) == pytest.approx(fitted, rel=1e-9)


def test_neither_batches_nor_windows_matter(composed):
    found = []
    for size, window in ((3, 5), (1, 1000), (64, 2)):
        options = [f"data.batching.batch_size={size}", f"data.batching.window={window}"]
        data, task = sure(composed, *options)
        task.calibrate(data)
        found.append(float(task.head.temperature))
    assert found[1:] == pytest.approx(found[:1] * 2, rel=1e-9)


def test_the_logits_of_a_step_are_divided(composed):
    _, cold = sure(composed, calibrate=False)
    _, task = sure(composed)
    task.head.temperature.fill_(2.5)
    tokens, state = torch.tensor([5, 6]), cold.encoder(cold.embedding(torch.ones(2, 0).long()))[1]
    torch.testing.assert_close(task.step(tokens, state)[0] * 2.5, cold.step(tokens, state)[0])
    with task.head.uncalibrated():
        torch.testing.assert_close(task.step(tokens, state)[0], cold.step(tokens, state)[0])
    assert float(task.head.temperature) == 2.5


def test_without_the_option_nothing_is_fitted(composed):
    data, task = sure(composed, calibrate=False)
    task.calibrate(data)
    assert task.head.temperature is None
    assert task.report() == {}
    assert "uncalibrated_perplexity" not in scores(data, task)
    assert not [name for name in task.state_dict() if "temperature" in name]


def test_a_saved_model_keeps_its_temperature(composed, tmp_path, capsys, monkeypatch):
    config = composed(*BASE, "examples=1", "trainer.max_epochs=3", "optimizer.lr=0.05")
    results = run(config, tmp_path / "run", "generation")
    task = bundle.load(tmp_path / "run" / "bundle").task
    fitted = results["report"]["temperature"]
    assert fitted != 1
    assert float(task.head.temperature) == pytest.approx(fitted, abs=1e-4)
    data = instantiate(config.data)
    data.setup()
    trainer = pl.Trainer(accelerator="cpu", logger=False, enable_progress_bar=False)
    [tested] = trainer.test(task, datamodule=data, verbose=False)
    assert tested["test/perplexity"] == pytest.approx(results["test"]["perplexity"], rel=1e-5)
    # The command scores a text by the probabilities of that temperature.
    text = data.datasets["test"].records[0].values["tokens"]
    expected = {}
    for temperature in (fitted, 1.0):
        task.head.temperature.fill_(temperature)
        batch = data.datasets["test"][[0]]
        with torch.no_grad():
            expected[temperature] = float(task.loss(task(batch), batch).total)
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{text}\n".encode())))
    generate.main([str(tmp_path / "run" / "bundle"), "--score", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["nats"]
    assert found == pytest.approx(expected[fitted], rel=1e-4)
    assert found != pytest.approx(expected[1.0], rel=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        ["task=joint", "task.language.calibrate=true"],
        ["task=translation", "+task.decoder.output.calibrate=true"],
    ],
    ids=lambda options: options[0],
)
def test_what_fits_no_temperature_refuses_it(composed, options):
    config = composed(*options, *SMALL)
    data = instantiate(config.data)
    data.setup()
    with pytest.raises(
        UsageError, match=r"calibrate: a .* fits no(thing to validation data| temperature)"
    ):
        instantiate(config.task)(data.vocabularies)
