"""Heads for whole sequences: what they learn, decide, say of themselves and refuse."""

from __future__ import annotations

import io
import itertools
import json
import math
import random
from collections import Counter

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from rich.console import Console
from safetensors.torch import load_model, save_file

from seqtasks import bundle, predict
from seqtasks.data.batching.buckets import Buckets
from seqtasks.data.fields import LabelField, LabelSetField, NumberField, TokenField
from seqtasks.data.record import Record
from seqtasks.data.store.dataset import SequenceDataset
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.calibration import (
    LIMIT,
    fit_temperature,
    temperature_derivatives,
    tune_thresholds,
)
from seqtasks.heads.classification import BINS, PooledClassification
from seqtasks.heads.multi_label import MultiLabelClassification
from seqtasks.heads.ordinal import OrdinalClassification
from seqtasks.heads.regression import PooledRegression
from seqtasks.metrics.variance import ExplainedShare
from seqtasks.reporting import console as summary
from seqtasks.run import run

HEADS = {
    "single_label": [],
    "multi_label": ["field@data.label=labels", "data.label.column=topics", "data.label.none=-"],
    "regression": ["field@data.label=number", "data.label.column=price"],
    "ordinal": ["data.label.order=[low,middle,high]"],
}
over_heads = pytest.mark.parametrize("head", list(HEADS))


def corpus(path, seed, count=60):
    """Texts whose words tell a label, topics and a price."""
    draw = random.Random(seed)
    rows = ["tokens,label,topics,price"]
    for number in range(count):
        level = 0 if number % 5 else draw.randint(1, 2)
        topics = [name for name in ("sea", "sun", "ice") if draw.random() < 0.4]
        words = [("cheap", "fair", "dear")[level], *topics, *draw.choices("abcd", k=3)]
        draw.shuffle(words)
        label = ("low", "middle", "high")[level]
        price = 5000 + 100 * level + 10 * len(topics)
        rows.append(f"{' '.join(words)},{label},{'|'.join(topics) or '-'},{price}")
    path.write_text("\n".join(rows).replace("|", ";"))
    return str(path)


def overrides(folder, head, *more):
    files = [f"data.{n}={corpus(folder / f'{n}.csv', n)}" for n in ("train", "val", "test")]
    small = ["encoder.hidden_size=12", "logger=none", "trainer.max_epochs=2"]
    small += ["data.batching.batch_size=8", "optimizer.lr=0.01"]
    if head == "multi_label":
        small.append("data.label.separator=';'")
    chosen = f"head@task.head={head}"
    return ["task=classification", "data=table", *files, chosen, *HEADS[head], *small, *more]


def build(composed, folder, head, *more):
    config = composed(*overrides(folder, head, *more))
    data = instantiate(config.data)
    data.setup()
    torch.manual_seed(0)
    task = instantiate(config.task)(data.vocabularies)
    task.fit_to_training_data(data)
    task.setup("fit")
    return data, task


def encoder():
    return RecurrentEncoder(3, 4)


def records(field, values):
    field.name = "label"
    return [Record({"label": value}, "f.csv", line) for line, value in enumerate(values, 1)]


@over_heads
def test_a_head_trains_is_tested_and_predicts_the_same_from_its_bundle(
    composed, tmp_path, head, capsys
):
    config = composed(*overrides(tmp_path, head, "trainer.max_epochs=6"))
    results = run(config, tmp_path / "run", "classification")
    assert all(math.isfinite(value) for value in results["test"].values())
    [baseline] = results["baselines"].values()
    names = {
        "single_label": {"accuracy", "f1", "calibration_error", "uncalibrated_error"},
        "multi_label": {"f1_micro", "f1_macro", "exact_match"},
        "regression": {"mae", "rmse", "r2"},
        "ordinal": {"accuracy", "mae"},
    }[head]
    assert set(results["test"]) == {"loss", *names}
    better = {"single_label": "accuracy", "multi_label": "f1_micro", "regression": "r2"}
    score = better.get(head, "accuracy")
    assert results["test"][score] > baseline[score] + 0.02
    saved = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert saved["test"] == results["test"]
    loaded = bundle.load(tmp_path / "run" / "bundle")
    lines = ["cheap sea a b", "", "dear ice sun", "unseen"]
    predicted = loaded.predict(lines)
    assert predicted == [loaded.predict([line])[0] for line in lines]
    assert predicted[1] == ""
    data = instantiate(config.data)
    data.setup()
    batch = data.datasets["test"][list(range(60))]
    with torch.no_grad():
        logits = loaded.task(batch)
        metrics = {**loaded.task.metrics(), **loaded.task.head.test_metrics()}
        loaded.task.score(metrics, logits, batch)
    for name in names:
        assert float(metrics[name].compute()) == pytest.approx(results["test"][name], abs=1e-5)
    printed = capsys.readouterr().out
    if head == "regression":
        assert "report" not in saved
        assert float(predicted[0]) == pytest.approx(5010, abs=150)
        with pytest.raises(UsageError, match="no probabilities"):
            loaded.task.probabilities(batch)
        return
    assert "precision" in printed
    report = saved["report"]
    assert report["labels"] == loaded.task.labels.symbols
    answers = loaded.task.predict(batch)
    rows = loaded.task.probabilities(batch)
    assert [list(row) for row in rows] == [report["labels"]] * 60
    texts = ["cheap sea a b", "dear ice sun", "unseen"]
    raw = [Record({"tokens": text}, "texts", line) for line, text in enumerate(texts, 1)]
    dataset = SequenceDataset({"tokens": loaded.fields["tokens"]}, raw)
    for row, answer in zip(
        loaded.task.probabilities(dataset[[0, 1, 2]]),
        [predicted[0], *predicted[2:]],
        strict=True,
    ):
        assert head != "single_label" or max(row, key=row.get) == answer
    expected = [r.values["label"] for r in data.datasets["test"].records]
    for label, scores in report["classes"].items():
        if head == "multi_label":
            right = [label in value.split(";") for value in expected]
            given = [label in answer for answer in answers]
            assert [row[label] >= report["thresholds"][label] for row in rows] == given
        else:
            right, given = [v == label for v in expected], [a == label for a in answers]
        hits = sum(one and two for one, two in zip(right, given, strict=True))
        assert scores["examples"] == sum(right)
        assert scores["recall"] == pytest.approx(hits / max(sum(right), 1))
        assert scores["precision"] == pytest.approx(hits / max(sum(given), 1))
    if head != "multi_label":
        pairs = Counter(zip(expected, answers, strict=True))
        for (row, right), (column, given) in itertools.product(
            enumerate(report["labels"]), enumerate(report["labels"])
        ):
            assert report["confusion"][row][column] == pairs[right, given]
        for row in rows:
            assert sum(row.values()) == pytest.approx(1, abs=1e-5)
            assert min(row.values()) >= 0


@over_heads
def test_every_parameter_learns_and_a_batch_equals_its_members(composed, tmp_path, head):
    data, task = build(composed, tmp_path, head)
    batch = data.datasets["train"][list(range(40))]
    task.train()
    task.loss(task(batch), batch).mean.backward()
    for name, parameter in task.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    task.double().eval()
    some = [3, 0, 7, 5]
    with torch.no_grad():
        batch = data.datasets["train"][some]
        whole, total = task.loss(task(batch), batch), 0.0
        for row, index in enumerate(some):
            one = data.datasets["train"][[index]]
            torch.testing.assert_close(task(batch)[row], task(one)[0])
            total += task.loss(task(one), one).total
    torch.testing.assert_close(whole.total, total)
    assert whole.count == 4


@over_heads
def test_a_head_overfits_one_batch(composed, tmp_path, head):
    data, task = build(composed, tmp_path, head)
    batch = data.datasets["train"][list(range(6))]
    task.eval()
    optimizer = torch.optim.Adam(task.parameters(), lr=3e-2)
    for _ in range(300):
        optimizer.zero_grad()
        loss = task.loss(task(batch), batch)
        loss.mean.backward()
        optimizer.step()
    assert loss.mean.item() < 0.05


MISFITS = [
    ("single_label", "multi_label", "does not learn from label sets"),
    ("single_label", "regression", "data.label has none"),
    ("multi_label", "single_label", "does not learn from labels"),
    ("multi_label", "regression", "data.label has none"),
    ("regression", "single_label", "does not learn labels"),
    ("ordinal", "single_label", r"data.label.order=\[low,middle,high\]"),
    ("ordinal", "multi_label", "does not learn from label sets"),
    ("ordinal", "regression", "data.label has none"),
]


@pytest.mark.parametrize(("head", "field", "said"), MISFITS)
def test_a_head_refuses_targets_of_another_kind(composed, tmp_path, head, field, said):
    options = overrides(tmp_path, field)
    options[options.index(f"head@task.head={field}")] = f"head@task.head={head}"
    config = composed(*options)
    data = instantiate(config.data)
    data.setup()
    with pytest.raises(UsageError, match=said):
        instantiate(config.task)(data.vocabularies).fit_to_training_data(data)


# Calibration


def temperature(logits, targets):
    return fit_temperature(lambda by: temperature_derivatives(logits, targets, by))


@pytest.mark.parametrize("labels", [10, 10_000, 50_000])
@pytest.mark.parametrize("peak", [2.0, 6.5, 7.6])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_the_temperature_is_found_beside_many_labels(labels, peak, noise):
    """Between all labels alike and one label alone there is little to tell where the minimum is."""
    generator = torch.Generator().manual_seed(0)
    logits = noise * torch.randn(20, labels, generator=generator)
    logits[:, 0] = peak
    targets = torch.arange(20) % 2
    at = temperature(logits, targets)
    [slope, curvature] = temperature_derivatives(logits, targets, 1 / at).tolist()
    assert abs(slope) <= 1e-6 * max(1.0, curvature)


@pytest.mark.parametrize("truth", [0.4, 1.0, 3.0])
def test_the_temperature_makes_the_targets_most_probable(truth):
    torch.manual_seed(0)
    logits = torch.randn(400, 5) * 2
    targets = torch.distributions.Categorical(logits=logits / truth).sample()
    fitted = temperature(logits, targets)
    assert fitted == pytest.approx(truth, rel=0.2)

    def nats(by):
        return torch.nn.functional.cross_entropy(logits.double() / by, targets).item()

    grid = np.geomspace(1 / LIMIT, LIMIT, 999)
    assert nats(fitted) <= min(map(nats, grid)) + 1e-12
    assert nats(fitted) < min(nats(fitted * 0.999), nats(fitted * 1.001))


def test_the_temperature_is_bounded_where_no_error_or_no_success_bounds_it():
    logits = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert temperature(logits, torch.tensor([0, 1])) == pytest.approx(1 / LIMIT)
    assert temperature(logits, torch.tensor([1, 0])) == pytest.approx(LIMIT)
    assert temperature(logits[:0], torch.zeros(0).long()) == 1


def error_by_bins(probabilities, targets):
    """The expected calibration error, bin by bin (Guo et al. 2017, equation 3)."""
    error = 0.0
    confidences, guesses = probabilities.max(dim=1)
    for bin_ in range(BINS):
        inside = (confidences > bin_ / BINS) & (confidences <= (bin_ + 1) / BINS)
        if inside.any():
            right = (guesses == targets)[inside].double().mean()
            error += float(inside.double().mean() * (right - confidences[inside].mean()).abs())
    return error


def test_calibration_is_fitted_on_validation_and_mends_the_error(composed, tmp_path):
    data, task = build(composed, tmp_path, "single_label", "task.head.label_smoothing=0.1")
    torch.manual_seed(1)
    head = task.head
    logits = torch.randn(900, 3) * 2
    targets = torch.distributions.Categorical(logits=logits).sample()
    logits = logits * 4  # far too sure
    before = head.predicted(logits)
    plain = head.loss(logits, targets).total
    metrics = head.test_metrics()
    head.calibrate(logits, targets)
    head.score(metrics, logits, targets)
    assert torch.equal(head.predicted(logits), before)
    assert torch.equal(head.loss(logits, targets).total, plain)
    after, uncalibrated = (
        float(metrics[name].compute()) for name in ("calibration_error", "uncalibrated_error")
    )
    assert uncalibrated == pytest.approx(error_by_bins(logits.softmax(1), targets), abs=1e-5)
    scaled = (logits / float(head.temperature)).softmax(1)
    assert after == pytest.approx(error_by_bins(scaled, targets), abs=1e-5)
    assert after < uncalibrated / 3
    # The task gathers the logits of the whole validation split, in whatever batches.
    task.eval()
    task.calibrate(data)
    batch = data.datasets["val"][list(range(60))]
    with torch.no_grad():
        expected = temperature(task(batch), batch.label)
    assert float(head.temperature) == pytest.approx(expected, rel=1e-4)
    assert expected != 1


def test_without_calibration_there_is_no_temperature_and_one_error(composed, tmp_path):
    data, task = build(composed, tmp_path, "single_label", "task.head.calibrate=false")
    task.calibrate(data)
    assert task.head.temperature == 1
    assert set(task.head.test_metrics()) == {"calibration_error", "confusion"}


def test_weights_from_before_there_was_a_temperature_are_read(tmp_path):
    head = PooledClassification(encoder(), Vocabulary(["a", "b"]))
    state = {name: value for name, value in head.state_dict().items() if name != "temperature"}
    save_file(state, tmp_path / "model.safetensors")
    head.temperature.fill_(3)
    load_model(head, tmp_path / "model.safetensors", strict=True)
    assert head.temperature == 1
    (tmp_path / "model.safetensors").unlink()
    save_file({"linear.bias": state["linear.bias"]}, tmp_path / "model.safetensors")
    with pytest.raises(RuntimeError, match=r"linear\.weight"):
        load_model(head, tmp_path / "model.safetensors", strict=True)


def test_thresholds_have_the_best_f1_among_all():
    torch.manual_seed(0)
    probabilities = (torch.rand(40, 6) * 12).round() / 12  # with ties
    targets = (torch.rand(40, 6) < probabilities).long()
    targets[:, 5] = 0

    def f1(threshold, label):
        taken = probabilities[:, label].double() >= threshold
        right = targets[:, label].bool()
        return float(2 * (taken & right).sum() / (taken.sum() + right.sum()))

    thresholds = tune_thresholds(probabilities, targets)
    for label in range(5):
        best = max(f1(step / 48, label) for step in range(1, 49))
        assert f1(float(thresholds[label]), label) == pytest.approx(best)
    assert thresholds[5] == 0.5


def test_a_given_threshold_stays(composed, tmp_path):
    data, task = build(composed, tmp_path, "multi_label", "task.head.threshold=0.3")
    task.calibrate(data)
    assert torch.equal(task.head.thresholds, torch.full((3,), 0.3))
    with pytest.raises(UsageError, match=r"not 1\.5"):
        MultiLabelClassification(encoder(), Vocabulary(["a", "b"]), threshold=1.5)


# Class weights and balanced sampling


def test_a_weight_counts_as_copies_of_its_examples():
    torch.manual_seed(0)
    labels = Vocabulary(["a", "b", "c"])
    logits, targets = torch.randn(8, 3), torch.tensor([0, 0, 1, 2, 0, 2, 1, 0])
    for smoothing in (0.0, 0.2):
        weighted = PooledClassification(
            encoder(), labels, label_smoothing=smoothing, class_weights={"b": 3, "c": 2}
        )
        plain = PooledClassification(encoder(), labels, label_smoothing=smoothing)
        copies = torch.tensor([1, 3, 2])[targets]
        many = plain.loss(logits.repeat_interleave(copies, 0), targets.repeat_interleave(copies))
        loss = weighted.loss(logits, targets)
        torch.testing.assert_close(loss.mean * 8, many.mean * copies.sum())
        torch.testing.assert_close(loss.total, plain.loss(logits, targets).total)


def test_balanced_weights_give_every_label_the_same_share(composed, tmp_path):
    data, task = build(composed, tmp_path, "single_label", "task.head.class_weights=balanced")
    labels = torch.from_numpy(np.array(data.datasets["train"].encoded["label"])).long()
    weights = task.head.weights
    shares = [float(weights[labels[labels == n]].sum()) for n in range(3)]
    assert shares == pytest.approx([20.0] * 3)
    assert weights.max() > 3 * weights.min()
    assert not any(name.endswith("weights") for name in task.head.state_dict())


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("balnced", "Did you mean 'balanced'"),
        ({"z": 2.0}, "no label 'z'"),
        ({7: 2.0}, "no label '7'"),
        ({"a": -1.0}, "expected 0 or more"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights, said):
    with pytest.raises(UsageError, match=said):
        PooledClassification(encoder(), Vocabulary(["a", "b"]), class_weights=weights)


def unbalanced():
    """Of 100 examples, 80 of one label, 17 of another, 3 of a third."""
    draw = random.Random(0)
    fields = {"tokens": TokenField(), "label": LabelField()}
    labels = ["x"] * 80 + ["y"] * 17 + ["z"] * 3
    rows = [
        Record({"tokens": "a b " * draw.randint(1, 9), "label": label}, "f", line)
        for line, label in enumerate(labels, 1)
    ]
    for name, field in fields.items():
        field.name = name
        field.fit(rows)
    return SequenceDataset(fields, rows)


def test_balanced_epochs_hold_every_label_equally_often_and_are_as_long_as_ever():
    data = unbalanced()
    sampler = Buckets(8, balance="label").loader(data, training=True, seed=5).sampler
    totals, seen = Counter(), set()
    for epoch in range(30):
        sampler.set_epoch(epoch)
        assert len(sampler) == 13
        drawn = list(itertools.chain(*sampler.batches))
        assert len(drawn) == 100
        counts = Counter("xyz"[data.encoded["label"][index]] for index in drawn)
        assert set(counts.values()) <= {33, 34}
        copies = Counter(drawn)
        for first, last in ((0, 80), (80, 97), (97, 100)):  # none again before all the others
            of_one = [copies[index] for index in range(first, last)]
            assert max(of_one) - min(of_one) <= 1
        totals += counts
        seen |= set(drawn)
    assert seen == set(range(100))
    assert max(totals.values()) - min(totals.values()) < 20
    whole = Buckets(8, balance="label").loader(data, training=False).sampler
    assert sorted(itertools.chain(*whole.batches)) == list(range(100))


def test_balanced_epochs_follow_from_seed_and_epoch_and_are_shared_by_processes():
    data = unbalanced()

    def epoch(number, seed=5, **place):
        loader = Buckets(8, balance="label").loader(data, training=True, seed=seed, **place)
        loader.sampler.set_epoch(number)
        return loader.sampler.batches

    assert epoch(2) == epoch(2)
    assert epoch(2) != epoch(3)
    assert epoch(2) != epoch(2, seed=6)
    parts = [epoch(2, rank=rank, world_size=2) for rank in (0, 1)]
    assert [batch for pair in zip(*parts, strict=True) for batch in pair] == epoch(2)[:12]


def test_balanced_sampling_says_what_it_needs():
    with pytest.raises(UsageError, match="Did you mean 'label'"):
        Buckets(8, balance="lable").loader(unbalanced(), training=True)
    with pytest.raises(UsageError, match=r"no field tokens has one label.*have: label"):
        Buckets(8, balance="tokens").loader(unbalanced(), training=True)
    with pytest.raises(UsageError, match="batch_tokens=null"):
        Buckets(8, 100, balance="label")


def test_a_balanced_training_resumes_to_the_same_weights(composed, tmp_path):
    options = overrides(tmp_path, "single_label", "data.batching.balance=label")
    options += ["task.head.class_weights=balanced", "callbacks.checkpoint.save_top_k=-1"]
    options += ["callbacks.checkpoint.filename='{epoch}'", "trainer.max_epochs=3"]
    run(composed(*options), tmp_path / "whole", "classification")
    first = tmp_path / "whole" / "checkpoints" / "epoch=0.ckpt"
    run(composed(*options, f"ckpt_path='{first}'"), tmp_path / "resumed", "classification")
    whole, resumed = (
        torch.load(tmp_path / name / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
        for name in ("whole", "resumed")
    )
    for key, value in whole.items():
        assert torch.equal(value, resumed[key]), key


# Regression and ordered labels


def test_a_regression_learns_the_same_in_other_units():
    torch.manual_seed(0)
    head = PooledRegression(encoder(), Vocabulary([]))
    logits, targets = torch.randn(50), torch.rand(50) * 9
    head.fit_to_training_data(targets)
    loss, guesses = head.loss(logits, targets), head.predicted(logits)
    head.fit_to_training_data(targets * 1000 - 400)
    other = head.loss(logits, targets * 1000 - 400)
    torch.testing.assert_close(other.total, loss.total, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(head.predicted(logits), guesses * 1000 - 400, rtol=1e-4, atol=1e-2)
    always = head.loss(torch.zeros(50), targets * 1000 - 400)
    assert always.mean.item() == pytest.approx(1, abs=1e-4)
    with pytest.raises(DataError, match="the same number"):
        head.fit_to_training_data(torch.full((4,), 3.0))


def test_the_explained_share_keeps_its_digits_far_from_zero():
    torch.manual_seed(0)
    targets = (torch.randn(40) + 4096).round(decimals=2)
    guesses = targets + torch.randn(40) / 4
    metric = ExplainedShare(4096.0)
    for part in (slice(0, 7), slice(7, 40)):
        metric.update(guesses[part], targets[part])
    one, two = targets.double().numpy(), guesses.double().numpy()
    expected = 1 - ((one - two) ** 2).sum() / ((one - one.mean()) ** 2).sum()
    assert metric.compute().item() == pytest.approx(expected, abs=1e-9)
    constant = ExplainedShare()
    constant.update(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 3.0]))
    assert math.isnan(constant.compute())


@pytest.mark.parametrize("count", [2, 5])
def test_an_ordinal_head_gives_probabilities_in_the_order_of_its_labels(count):
    torch.manual_seed(0)
    head = OrdinalClassification(encoder(), Vocabulary([str(n) for n in range(count)])).double()
    torch.nn.init.normal_(head.steps, std=3)
    outputs, lengths = torch.randn(30, 4, 4).double() * 8, torch.full((30,), 4)
    logits = head(outputs, lengths)
    assert logits.shape == (30, count - 1)
    table = head.probabilities(logits)
    assert (table >= 0).all()
    torch.testing.assert_close(table.sum(1), torch.ones(30).double())
    # A decision is the median label of the distribution.
    cumulative = table.cumsum(1)
    medians = [next(n for n in range(count) if row[n] >= 0.5) for row in cumulative.tolist()]
    assert head.predicted(logits).tolist() == medians
    targets = torch.randint(count, (30,))
    nats = 0.0
    for row, target in zip(table.tolist(), targets.tolist(), strict=True):
        for cut in range(1, count):
            above = sum(row[cut:])
            nats -= math.log(above if target >= cut else 1 - above)
    assert head.loss(logits, targets).total.item() == pytest.approx(nats, rel=1e-6)


def test_the_constant_answers_are_the_best_ones():
    labels = Vocabulary(["low", "middle", "high"])
    ranks = torch.tensor([0, 2, 2, 1, 0, 1, 0])
    name, guess = OrdinalClassification(encoder(), labels).constant(ranks)
    errors = [float((ranks - other).abs().sum()) for other in range(3)]
    assert errors[int(guess)] == min(errors)
    assert name == "always 'middle'"
    assert PooledClassification(encoder(), labels).constant(ranks)[0] == "always 'low'"
    sets = torch.tensor([[0, 1, 0], [1, 1, 0], [0, 1, 1]])
    assert MultiLabelClassification(encoder(), labels).constant(sets)[1].tolist() == [0, 1, 0]
    numbers = torch.tensor([1.0, 2.0, 6.0])
    assert PooledRegression(encoder(), Vocabulary([])).constant(numbers)[1] == 3


# Fields


def test_label_sets_are_read_from_texts_and_lists():
    field = LabelSetField(separator="|", none="-")
    rows = records(field, ["b | a", ["a"], "-", "a|c", "b"])
    field.fit(rows)
    assert field.vocabulary.symbols == ["a", "b", "c"]
    table = field.collate(list(field.encode(rows)))["label"]
    assert table.tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a,,b", "f.csv:1: a label is empty"),
        ("a,b,a", "'a' is there twice"),
        ("a,d", "'d' in 'label' never occurs"),
    ],
)
def test_label_sets_that_cannot_be_used_are_refused(value, said):
    field = LabelSetField()
    field.fit(records(field, ["a,b", "b", "a"]))
    with pytest.raises(DataError, match=said):
        field.encode(records(field, [value]))


@pytest.mark.parametrize("value", ["3,5", "nan", "inf", "1e40", "much"])
def test_what_is_no_number_is_refused(value):
    field = NumberField()
    assert field.encode(records(field, ["-2.5", " 3 "])).tolist() == [-2.5, 3]
    with pytest.raises(DataError, match=f"f.csv:1: '{value}' in 'label' is not a number"):
        field.encode(records(field, [value]))


def test_ordered_labels_keep_their_order_and_refuse_others():
    field = LabelField(order=[1, 2, "many"])
    rows = records(field, ["many", "1", "many", "1"])
    field.fit(rows)
    assert field.vocabulary.symbols == ["1", "2", "many"]
    assert field.encode(rows).tolist() == [2, 0, 2, 0]
    with pytest.raises(DataError, match=r"f.csv:1: .*'mani'.*not in f.order=.*'many'"):
        field.encode(records(field, ["mani"]))
    for order in (["a"], ["a", "a"]):
        with pytest.raises(UsageError, match="each once"):
            LabelField(order=order)


def test_notices_name_rare_labels_and_labels_that_are_numbers(caplog):
    field = LabelField()
    field.fit(records(field, ["a", "a", "b", "c", "c"]))
    assert "1 label with one training example: b;" in caplog.text
    caplog.clear()
    field.fit(records(field, [str(n / 2) for n in range(20)] * 2))
    assert not caplog.text
    field.fit(records(field, [str(n / 2) for n in range(21)] * 2))
    assert "21 labels that are all numbers" in caplog.text
    assert "a number field and a regression head" in caplog.text
    caplog.clear()
    field.fit(records(field, [*map(str, range(20)), "x"] * 2))
    assert not caplog.text


@over_heads
def test_a_missing_column_is_refused_by_name(composed, tmp_path, head):
    data = instantiate(composed(*overrides(tmp_path, head, "data.label.column=lable")).data)
    with pytest.raises(DataError, match="no column 'lable' for the field 'label'"):
        data.setup()


def test_the_scores_of_up_to_twenty_classes_are_printed():
    def shown(count):
        labels = [f"label{number}" for number in range(count)]
        scores = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "examples": 7}
        confusion = [[7 * (row == column) for column in range(count)] for row in range(count)]
        console = Console(file=io.StringIO(), width=80)
        report = {"classes": dict.fromkeys(labels, scores), "confusion": confusion}
        summary.show_report(console, report)
        return console.file.getvalue()

    assert not shown(21)
    text = shown(20)
    assert "50.0 %" in text
    assert text.rstrip().endswith("0  7 | label19")
    assert not summary.show_report(Console(), {})


def test_probabilities_of_raw_lines(composed, tmp_path, monkeypatch, capsysbinary):
    run(composed(*overrides(tmp_path, "single_label")), tmp_path / "run", "classification")
    lines = ["cheap sea", "dear sun"]
    saved = bundle.load(tmp_path / "run")
    rows = saved.predict(lines, scores=True)
    assert [sum(row.values()) for row in rows] == pytest.approx([1, 1])
    assert [max(row, key=row.get) for row in rows] == saved.predict(lines)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode())))
    predict.main([str(tmp_path / "run"), "--scores"])
    printed = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()[-2:]]
    assert printed == rows
