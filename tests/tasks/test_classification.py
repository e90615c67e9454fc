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

from seqtasks import bundle, predict
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError
from seqtasks.heads.calibration import (
    fit_temperature,
    temperature_derivatives,
)
from seqtasks.heads.classification import BINS
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
    chosen = f"task/head={head}"
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
    assert predicted[1] is None
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
            loaded.task.with_probabilities(batch)
        with pytest.raises(UsageError, match=r"scores: .* predicts numbers"):
            loaded.predict(lines, scores=True)
        return
    assert "precision" in printed
    report = saved["report"]
    assert report["labels"] == loaded.task.labels.symbols
    answers = loaded.task.predict(batch)
    rows = [one.probabilities for one in loaded.task.with_probabilities(batch)]
    assert [one.value for one in loaded.task.with_probabilities(batch)] == answers
    assert [list(row) for row in rows] == [report["labels"]] * 60
    texts = ["cheap sea a b", "dear ice sun", "unseen"]
    raw = [Record({"tokens": text}, "texts", line) for line, text in enumerate(texts, 1)]
    dataset = SequenceDataset.of({"tokens": loaded.fields["tokens"]}, raw)
    for one, answer in zip(
        loaded.task.with_probabilities(dataset[[0, 1, 2]]),
        [predicted[0], *predicted[2:]],
        strict=True,
    ):
        row = one.probabilities
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
    options[options.index(f"task/head={field}")] = f"task/head={head}"
    config = composed(*options)
    data = instantiate(config.data)
    data.setup()
    with pytest.raises(UsageError, match=said):
        instantiate(config.task)(data.vocabularies).fit_to_training_data(data)


# Calibration


def temperature(logits, targets):
    return fit_temperature(lambda by: temperature_derivatives(logits, targets, by))


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


def test_a_given_threshold_stays(composed, tmp_path):
    data, task = build(composed, tmp_path, "multi_label", "task.head.threshold=0.3")
    task.calibrate(data)
    assert torch.equal(task.head.thresholds, torch.full((3,), 0.3))


# Class weights and balanced sampling


def test_balanced_weights_give_every_label_the_same_share(composed, tmp_path):
    data, task = build(composed, tmp_path, "single_label", "task.head.class_weights=balanced")
    labels = torch.from_numpy(np.array(data.datasets["train"].encoded["label"])).long()
    weights = task.head.weights
    shares = [float(weights[labels[labels == n]].sum()) for n in range(3)]
    assert shares == pytest.approx([20.0] * 3)
    assert weights.max() > 3 * weights.min()
    assert not any(name.endswith("weights") for name in task.head.state_dict())


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


# Fields


@over_heads
def test_a_missing_column_is_refused_by_name(composed, tmp_path, head):
    data = instantiate(composed(*overrides(tmp_path, head, "data.label.column=lable")).data)
    with pytest.raises(DataError, match="no column 'lable' for the field 'label'"):
        data.setup()


def test_the_scores_of_up_to_twenty_classes_are_printed():
    def shown(count, width=80):
        labels = [f"label{number}" for number in range(count)]
        scores = {"precision": 0.5, "recall": 0.25, "f1": 1 / 3, "examples": 7}
        confusion = [[7 * (row == column) for column in range(count)] for row in range(count)]
        confused = [{"right": "label0", "predicted": "label1", "count": 1234}]
        console = Console(file=io.StringIO(), width=width)
        report = {"classes": dict.fromkeys(labels, scores), "confusion": confusion}
        summary.show_report(console, {**report, "confused": confused})
        return console.file.getvalue()

    text = shown(21)
    assert "label19" in text
    assert "label20" not in text
    assert "and 1 more, in metrics.json" in text
    assert text.count("50.0 %") == 20
    assert "│ label0      │ label1          │ 1,234 │" in text
    small = shown(4)
    assert "│ label3 │      . │      . │      . │      7 │" in small
    assert "1,234" not in small
    assert "1,234" in shown(4, width=40)  # the table is too wide
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
    labels = saved.predict(lines)
    assert printed == [
        {"prediction": label, "scores": row} for label, row in zip(labels, rows, strict=True)
    ]
