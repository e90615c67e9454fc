"""One encoder under several heads: what each learns from, and what the language model may see."""

from __future__ import annotations

import pytest
import torch
from hydra.utils import instantiate
from small import SMALL

from seqtasks import bundle
from seqtasks.errors import DataError, UsageError
from seqtasks.run import run

JOINT = ["task=joint", *SMALL]


def built(composed, *options):
    config = composed(*JOINT, *options)
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    return data, task


def gradients(task, batch):
    """The gradient of each parameter's loss, by name."""
    task.zero_grad()
    task.loss(task(batch), batch).mean.backward()
    return {n: p.grad.clone() for n, p in task.named_parameters() if p.grad is not None}


def test_every_head_trains_the_shared_encoder(composed):
    """The gradient of the whole is the weighted sum of each head's alone."""
    data, task = built(composed, "task.language_weight=0.3", "task.tags.tags=0.5")
    task.double().eval()
    batch = data.datasets["train"][[2, 0, 5, 1]]
    whole = gradients(task, batch)
    parts = {"tags": (0.5, task.tag_weights), "label": (1.0, task.label_weights), "": (0.3, None)}
    added: dict[str, torch.Tensor] = {}
    for kept, (weight, table) in parts.items():
        task.tag_weights, task.label_weights, task.language_weight = {}, {}, 0.0
        if table is None:
            task.language_weight = 1.0
        elif kept == "tags":
            task.tag_weights = {kept: 1.0}
        else:
            task.label_weights = {kept: 1.0}
        alone = gradients(task, batch)
        assert alone["encoder.layers.0.cells.0.rnn.weight_hh_l0"].abs().sum() > 0
        for name, gradient in alone.items():
            added[name] = added.get(name, 0) + weight * gradient
    assert whole.keys() == added.keys()
    for name, gradient in whole.items():
        torch.testing.assert_close(gradient, added[name], msg=name)


@pytest.mark.parametrize("bidirectional", ["true", "false"])
def test_the_language_model_sees_no_token_that_it_says(composed, bidirectional):
    """Nats of each token by itself, from sentences cut off there, add up to the loss."""
    options = [f"encoder.bidirectional={bidirectional}", "encoder.residual=true"]
    data, task = built(composed, *options)
    task.double().eval()
    sentence = data.datasets["train"][[4]]
    tokens = sentence.tokens[0]
    [*losses] = task.language_losses(task(sentence), sentence)
    assert len(losses) == (2 if bidirectional == "true" else 1)
    vectors = task.embedding(sentence)[0]

    def nats(head, features, token):
        return -torch.log_softmax(head(features), dim=-1)[token]

    forward, backward = 0.0, 0.0
    for step in range(1, len(tokens)):
        outputs, _ = task.encoder(vectors[None, :step], torch.tensor([step]))
        forward += nats(task.language[0], outputs[0, -1, :12], tokens[step])
        outputs, _ = task.encoder(vectors[None, step:], torch.tensor([len(tokens) - step]))
        if bidirectional == "true":
            backward += nats(task.language[1], outputs[0, 0, 12:], tokens[step - 1])
    torch.testing.assert_close(losses[0].total, forward)
    assert losses[0].count == len(tokens) - 1
    if bidirectional == "true":
        torch.testing.assert_close(losses[1].total, backward)


@pytest.mark.parametrize(
    "options",
    [["encoder.num_layers=2"], ["encoder.residual=true", "encoder.layer_norm=true"]],
)
def test_directions_that_mix_are_refused(composed, options):
    with pytest.raises(UsageError, match=r"or encoder.bidirectional=false"):
        built(composed, *options)
    built(composed, *options, "encoder.bidirectional=false")
    built(composed, *options, "task.language_weight=0")


def test_two_columns_of_tags_at_once(composed, tmp_path):
    """Tags, and the words' first letters as a second column, from one CoNLL file."""
    lines = []
    for number in range(60):
        words = ("the", "dog", "sees", "a", "cat")[number % 3 :]
        lines += [f"{word}\t{'D' if len(word) < 4 else 'X'}\t{word[0]}" for word in words] + [""]
    path = tmp_path / "data.tsv"
    path.write_text("\n".join(lines) + "\n")
    options = ["task=joint", "data=conll", f"data.train={path}", "+field@data.letter=tags"]
    options += ["data.reader.names=[form,tags,letter]", "data.label=null", "task.labels.label=null"]
    options += ["+task.tags.letter=0.5", "encoder.hidden_size=12", "trainer.max_epochs=12"]
    options += ["logger=none", "optimizer.lr=0.02", "callbacks.early_stopping=null"]
    options += ["callbacks.checkpoint=null", "data.batching.batch_size=8"]
    results = run(composed(*options), tmp_path / "run", "joint")
    assert results["test"]["accuracy"] == results["test"]["letter_accuracy"] == 1
    assert results["baselines"]["most frequent of each word or of all"]["letter_accuracy"] == 1
    assert "perplexity" in results["test"]
    loaded = bundle.load(tmp_path / "run" / "bundle")
    assert loaded.predict(["the cat sees"]) == [["D", "D", "X"]]
    chosen = run(composed(*options, "task.target=letter"), tmp_path / "other", "joint")
    assert set(chosen["test"]) == {"loss", "accuracy", "tags_accuracy", "perplexity"}
    loaded = bundle.load(tmp_path / "other" / "bundle")
    assert loaded.predict(["the cat sees"]) == [["t", "c", "s"]]


def test_a_label_as_the_target(composed, tmp_path):
    run(composed(*JOINT, "task.target=label"), tmp_path / "run", "joint")
    loaded = bundle.load(tmp_path / "run" / "bundle")
    answers = loaded.predict(["the dogs see the cat .", "she walks ."])
    assert set(answers) <= set(loaded.fields["label"].vocabulary.symbols)


def test_scores_are_those_of_a_count_by_hand(composed):
    data, task = built(composed)
    task.setup("fit")
    task.eval()
    batch = data.datasets["train"][[0, 3, 6]]
    metrics = {"loss": task.scores["val"]["loss"], **task.metrics()}
    with torch.no_grad():
        task.evaluate(batch, metrics)
        tags = task.predict(batch)
    names = task.vocabularies["tags"].symbols
    right = [
        tag == names[number]
        for row, numbers in zip(tags, batch.tags.tolist(), strict=True)
        for tag, number in zip(row, numbers, strict=False)
    ]
    assert len(right) == batch.lengths.sum()
    assert metrics["accuracy"].compute() == pytest.approx(sum(right) / len(right))
    outputs = task(batch)
    language_losses = task.language_losses(outputs, batch)
    nats = sum(loss.total for loss in language_losses) / sum(loss.count for loss in language_losses)
    assert metrics["perplexity"].compute() == pytest.approx(nats.exp().item(), rel=1e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["task.target=nonsense"], r"'nonsense' is no field of .* tags, label"),
        (["+task.tags.xpos=1"], r"tags.xpos: the data has no field 'xpos'"),
        (["task.labels.label=0"], r"labels.label: it is above 0, or null"),
        (["task.language_weight=-1"], r"language_weight: it is at least 0, not -1"),
        (["task.classification.calibrate=true"], r"classification.calibrate: "),
    ],
)
def test_options_that_do_not_fit_are_refused(composed, options, said):
    with pytest.raises(UsageError, match=said):
        built(composed, *options)


def test_a_head_of_another_kind_of_target_is_refused(composed):
    data, task = built(composed, "+field@data.kind=tags", "data.kind.column=tags")
    task.classifiers["kind"] = task.classifiers["label"]
    with pytest.raises(UsageError, match="does not learn from"):
        task.fit_to_training_data(data)


def test_tags_that_a_scheme_does_not_allow_are_named_before_training(composed, tmp_path):
    path = tmp_path / "train.conll"
    path.write_text("Kim B-PER\nsings O\n\nit O\nrains O\n\nin O\nRome I-LOC\n\n" * 4)
    config = composed(
        "task=joint",
        "data=conll",
        f"data.train={path}",
        "data.label=null",
        "data.tags.scheme=null",
        "task.labels.label=null",
        "task/head@task.tagging=crf",
        "task.tagging.scheme=BIO",
        "encoder.hidden_size=8",
    )
    data = instantiate(config.data)
    data.setup()
    task = instantiate(config.task)(data.vocabularies)
    with pytest.raises(DataError, match=r"train\.conll:\d+: the tags 'O I-LOC' are not BIO"):
        task.fit_to_training_data(data)
