"""A decoder that copies words of its source."""

from __future__ import annotations

import math
import random

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks import bundle
from seqtasks.errors import UsageError
from seqtasks.heads.copying import CopyGate
from seqtasks.heads.scheduled_sampling import sampled
from seqtasks.prediction.predictor import Predictor
from seqtasks.run import run

COPYING = "task/decoder=copying"
FED = "task.decoder.input_feeding=true"


def test_probabilities_by_hand():
    gate = CopyGate(1).double()
    gate.gate.weight.data.fill_(1.0)
    gate.gate.bias.data.fill_(0.0)
    features = torch.tensor([[[math.log(3)]]]).double()  # g = 3/4
    logits = torch.tensor([[[0.5, 0.25, 0.25]]]).double().log()
    weights = torch.tensor([[[0.2, 0.3, 0.5]]]).double()
    copies = torch.tensor([[4, 1, 4]])
    found = gate(features, logits, weights, copies).exp()
    expected = [0.375, 0.1875 + 0.25 * 0.3, 0.1875, 0.0, 0.25 * 0.7]
    torch.testing.assert_close(found, torch.tensor([[expected]]).double())
    one = torch.tensor([1])
    for word in (0, 1, 2, 4):
        loss = gate.loss(features, logits, weights, copies, torch.tensor([[word]]), one)
        assert loss.total.item() == pytest.approx(-math.log(expected[word]))
    smooth = gate.loss(
        features, logits, weights, copies, torch.tensor([[4]]), one, label_smoothing=0.5
    )
    even = -sum(math.log(0.75 * p) for p in (0.5, 0.25, 0.25)) / 3
    assert smooth.objective.item() == pytest.approx(0.5 * -math.log(0.175) + 0.5 * even)


def test_a_word_that_is_nowhere_attended_to_costs_much_and_spoils_no_gradient():
    gate = CopyGate(2)
    features = torch.randn(1, 1, 2, requires_grad=True)
    weights = torch.tensor([[[1.0, 0.0]]], requires_grad=True)
    targets, one = torch.tensor([[5]]), torch.tensor([1])
    loss = gate.loss(features, torch.zeros(1, 1, 4), weights, torch.tensor([[4, 5]]), targets, one)
    loss.total.backward()
    assert 80 < loss.total.item() < 120
    assert features.grad.isfinite().all()
    assert weights.grad.isfinite().all()


def words(seed, count):
    """Pairs whose names are met once, so that no vocabulary has them."""
    draw = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    for _ in range(count):
        first, second = ("".join(draw.choices(letters, k=6)) for _ in "12")
        if draw.random() < 0.5:
            yield f"please call {first} and {second}", f"{second} and {first} are called"
        else:
            yield f"do not call {first} , call {second}", f"{second} is called"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copying")
    for name, seed, count in (("train", 1, 600), ("val", 2, 40), ("test", 3, 40)):
        lines = [f"{source}\t{target}\n" for source, target in words(seed, count)]
        (folder / f"{name}.tsv").write_text("source\ttarget\n" + "".join(lines))
    return folder


def options(folder, *more):
    files = [f"data.{split}={folder}/{split}.tsv" for split in ("train", "val", "test")]
    return [
        "task=translation",
        "data=table",
        *files,
        "data.source.min_count=2",
        "data.target.min_count=2",
        "encoder.hidden_size=32",
        "encoder.dropout=0",
        "task.embedding.embedding_dim=32",
        "task.embedding.dropout=0",
        "task.decoder.embedding.dropout=0",
        "task.decoder.dropout=0",
        "optimizer.lr=0.01",
        "task.scores=[exact_match]",
        "task.monitor=exact_match",
        "logger=none",
        *more,
    ]


def test_names_that_were_never_seen_are_copied_and_a_saved_model_copies_them(
    composed, trained, tmp_path
):
    results = run(
        composed(*options(trained, COPYING, "trainer.max_epochs=8")), tmp_path / "a", "translation"
    )
    assert results["test"]["exact_match"] == 1
    model = bundle.load(tmp_path / "a" / "bundle")
    lines = ["please call Zoë and x", "do not call y , call Zoë", "please call q7 and r"]
    expected = ["x and Zoë are called", "Zoë is called", "r and q7 are called"]
    assert model.predict(lines) == expected
    assert [model.predict([line])[0] for line in lines] == expected
    both = Predictor([model, model])(model.records(lines))
    assert [one.value for one in both] == expected


def test_without_copying_they_are_out_of_reach(composed, trained, tmp_path):
    results = run(
        composed(*options(trained, "trainer.max_epochs=1")), tmp_path / "a", "translation"
    )
    assert results["test"]["exact_match"] == 0


@pytest.mark.parametrize("more", [(), (FED,), ("task/decoder/attention=multi_head",)])
def test_steps_equal_the_parallel_pass_and_the_loss_is_theirs(composed, trained, more):
    config = composed(*options(trained, COPYING, *more))
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies).double().eval()
    batch = data.datasets["test"][list(range(8))]
    state, reading = task.start(batch), task(batch)
    whole = task.decoder.scores(reading.features, reading.weights, state)
    torch.testing.assert_close(whole.exp().sum(dim=-1), torch.ones(whole.shape[:2]).double())
    targets = batch.copies_target
    nats = 0.0
    for place in range(batch.target.size(1) - 1):
        logits, state = task.decoder.step(batch.target[:, place], state)
        torch.testing.assert_close(logits, whole[:, place])
        for row in range(8):
            target = batch.target[row, place + 1].item()
            if target == 1 and place < targets.size(1):
                target = targets[row, place].item()
            if place + 1 < batch.target_lengths[row]:
                nats -= logits[row, target].item()
    assert task.loss(reading, batch).total.item() == pytest.approx(nats)


@pytest.mark.parametrize("more", [(), (FED,)])
def test_its_own_tokens_are_drawn_from_all_it_can_write(composed, trained, more):
    config = composed(*options(trained, COPYING, *more))
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies)
    batch = data.datasets["train"][list(range(64))]
    tokens = batch.target[:, :-1]
    drawn = sampled(task.decoder, tokens, task.start(batch), 1.0)
    assert drawn.max() >= len(task.vocabulary)
    task.decoder(drawn, task.start(batch))  # which reads them as <unk>


def test_halves_of_a_copying_decoder_are_refused(composed):
    for option in ("task.decoder.copying=true", "+field@data.copies=copies"):
        config = composed("task=translation", *SMALL, option)
        data = instantiate(config.data)
        data.setup()
        with pytest.raises(UsageError, match="decoder=copying sets both"):
            instantiate(config.task)(data.vocabularies)
    for option in ("task/decoder/attention=none", "+task.decoder.output.alpha=1"):
        config = composed("task=translation", *SMALL, COPYING, option)
        data = instantiate(config.data)
        data.setup()
        with pytest.raises(UsageError, match="copies words that are attended to"):
            instantiate(config.task)(data.vocabularies)


def test_models_that_copy_in_another_way_write_nothing_together(composed, trained, tmp_path):
    few = "trainer.max_epochs=1"
    run(composed(*options(trained, COPYING, few)), tmp_path / "a", "translation")
    run(composed(*options(trained, few)), tmp_path / "b", "translation")
    models = [bundle.load(tmp_path / name / "bundle") for name in "ab"]
    with pytest.raises(UsageError, match="model 2 copies other words of the source"):
        Predictor(models)
