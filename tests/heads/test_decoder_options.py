"""Every choice of decoder, from its configuration to a saved model."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import open_dict
from safetensors.torch import load_model, save_model
from small import ROOT, SMALL

from seqtasks import bundle
from seqtasks.data.vocabulary import SPECIALS, Vocabulary
from seqtasks.errors import UsageError
from seqtasks.run import run

BASE = ["task=translation", *SMALL, "task.search.max_length=8"]
FED = "task.decoder.input_feeding=true"
ATTENTIONS = sorted(path.stem for path in (ROOT / "conf/task/decoder/attention").glob("*.yaml"))
assert ATTENTIONS
NEEDED = {
    "dot": ["task.decoder.recurrence.hidden_size=24"],
    "location": [FED],
    "coverage": [FED, "task.decoder.coverage_loss=1"],
}
SAMPLED = "task/scheduled_sampling=linear"
OPTIONS = {
    **{name: [f"task/decoder/attention={name}", *NEEDED.get(name, [])] for name in ATTENTIONS},
    "feeding": [FED],
    "by name": ["task.decoder.attention=additive"],
    "last": ["task.decoder.bridge=last"],
    "zero": ["task.decoder.bridge=zero"],
    "copying": ["task/decoder=copying"],
    "sampling": [SAMPLED],
    "sampling, feeding": [SAMPLED, FED],
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
def test_every_choice_trains_every_parameter_and_knows_no_mates(composed, options):
    config = composed(*BASE, *options)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    batch = data.datasets["train"][list(range(12))]
    task.train()
    task.loss(task(batch), batch).mean.backward()
    for name, parameter in task.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    task.double().eval()
    with torch.no_grad():
        whole = task.loss(task(batch), batch).total
        members = [data.datasets["train"][[index]] for index in range(12)]
        torch.testing.assert_close(whole, sum(task.loss(task(one), one).total for one in members))


def test_a_model_of_many_options_is_saved_and_loaded(composed, tmp_path):
    options = ["task/decoder/attention=coverage", FED, SAMPLED]
    options += ["task.decoder.bridge=last", "task.decoder.coverage_loss=1"]
    options += ["task.decoder.recurrence.num_layers=2", "encoder.num_layers=2"]
    options += ["task.decoder.recurrence.residual=true"]
    config = composed(*BASE, *options)
    run(config, tmp_path / "run", "translation")
    loaded, again = (bundle.load(tmp_path / "run" / "bundle") for _ in range(2))
    assert loaded.task.scheduled_sampling.rate == 0.25
    lines = ["the dogs see the cat .", "she walks ."]
    assert loaded.predict(lines) == [again.predict([line])[0] for line in lines]


def test_three_tables_are_one_where_source_and_target_share_a_vocabulary(composed, tmp_path):
    config = composed(*BASE, "task.tied_source=true")
    data = instantiate(config.data)
    data.setup()
    vocabulary = data.vocabularies["target"]
    made = instantiate(config.task)
    task = made({"source": vocabulary, "target": vocabulary})
    weight = task.embedding.table.weight
    assert weight is task.decoder.embedding.table.weight is task.decoder.output.output.weight
    save_model(task, str(tmp_path / "model.safetensors"))
    other = made({"source": vocabulary, "target": vocabulary})
    load_model(other, str(tmp_path / "model.safetensors"))
    assert torch.equal(other.embedding.table.weight, weight)
    with pytest.raises(UsageError, match=r"data\.source\.share_vocabulary_with=target"):
        made(data.vocabularies)
    shared = {"source": vocabulary, "target": vocabulary}
    for option, message in {
        "task.embedding.embedding_dim=100": r"set embedding\.embedding_dim=128",
        "task.embedding.vectors=glove.txt": "set vectors and tuning of embedding to those",
    }.items():
        with pytest.raises(UsageError, match=message):
            instantiate(composed(*BASE, "task.tied_source=true", option).task)(shared)


def test_training_alone_samples_and_pays_for_coverage(composed):
    more = ["task.dropout_scale=0", "task.decoder.output.label_smoothing=0"]
    more += ["task.scheduled_sampling.schedule=constant", "task.scheduled_sampling.rate=1"]
    config = composed(*BASE, SAMPLED, "task.decoder.coverage_loss=1", *more)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    task.setup("fit")
    batch = data.datasets["train"][list(range(12))]
    trained, tested = task.train()(batch), task.eval()(batch)
    torch.testing.assert_close(trained.features[:, 0], tested.features[:, 0])
    assert not torch.allclose(trained.features[:, 1:], tested.features[:, 1:])
    plain = task.loss(tested, batch)
    assert plain.mean == plain.total / plain.count
    assert task.train().loss(tested, batch).objective > task.loss(tested, batch).total


def test_progress_is_the_share_of_all_steps(composed):
    task = instantiate(composed(*BASE).task)
    task = task({"source": Vocabulary([*SPECIALS, "a"]), "target": Vocabulary([*SPECIALS, "b"])})
    assert task.progress() == 1.0
    task._trainer = SimpleNamespace(estimated_stepping_batches=8, global_step=2)
    assert task.progress() == 0.25
    task._trainer = SimpleNamespace(estimated_stepping_batches=float("inf"), global_step=2)
    assert task.progress() is None


def test_sampling_has_to_know_when_training_ends(composed, tmp_path):
    config = composed(*BASE, SAMPLED, "scheduler=constant", "trainer.max_epochs=-1")
    with pytest.raises(
        UsageError, match=r"task\.scheduled_sampling\.schedule: linear has to know when"
    ):
        run(config, tmp_path / "run", "translation")


def test_a_bundle_from_before_names_its_attention_and_knows_no_newer_option(composed):
    config = composed(*BASE, "task.decoder.attention=multiplicative")
    task = config.task
    with open_dict(task):
        del task.scheduled_sampling, task.tied_source
        for name in ("bridge", "input_feeding", "coverage_loss"):
            del task.decoder[name]
    data = instantiate(config.data)
    data.setup()
    names = set(instantiate(task)(data.vocabularies).state_dict())
    assert {"decoder.bridge.linear.weight", "decoder.attention.key.weight"} < names
    assert {"decoder.combine.weight", "decoder.combine.bias"} < names


def test_a_coverage_penalty_needs_attention(composed):
    none = ["task/decoder/attention=none", "task.search.coverage_penalty=0.2"]
    config = composed(*BASE, *none)
    data = instantiate(config.data)
    data.setup()
    with pytest.raises(UsageError, match=r"search.coverage_penalty: it weighs attention"):
        instantiate(config.task)(data.vocabularies)
