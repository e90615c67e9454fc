"""Targets that training never shows: no loss, and wrong in every score, as scikit-learn counts."""

from __future__ import annotations

import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)
from sklearn.preprocessing import MultiLabelBinarizer

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.classification import PooledClassification
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.loss import cross_entropy
from seqtasks.heads.multi_label import MultiLabelClassification
from seqtasks.heads.ordinal import OrdinalClassification
from seqtasks.heads.tagging import SoftmaxTagging
from seqtasks.metrics import LabelAccuracy

LABELS = ["a", "b", "c", "d"]
UNSEEN = ["x", "y", "z"]
NAMES = [*LABELS, *UNSEEN]


def made(kind, **options):
    torch.manual_seed(0)
    head = kind(RecurrentEncoder(3, 4), Vocabulary(LABELS), **options)
    head.unseen = UNSEEN
    return head


def scored(head, logits, targets):
    """All scores and the report, the batch in two parts."""
    metrics = {**head.metrics(), **head.test_metrics()}
    for some, right in zip(logits.split(13), targets.split(13), strict=True):
        head.score(metrics, some, right)
    values = {name: metric.compute() for name, metric in metrics.items()}
    tables = {name: value for name, value in values.items() if value.dim()}
    return {n: float(v) for n, v in values.items() if not v.dim()}, head.report(tables)


@pytest.mark.parametrize("kind", [PooledClassification, OrdinalClassification])
def test_scores_of_labels_are_those_of_scikit_learn_on_the_names(kind):
    head = made(kind)
    logits = torch.randn(40, 4 if kind is PooledClassification else 3)
    targets = torch.randint(4, (40,))
    targets[:5], targets[7] = 4, 6  # z occurs once, y never
    answers, right = head.answers(logits), [NAMES[n] for n in targets]
    scores, report = scored(head, logits, targets)
    assert scores["accuracy"] == pytest.approx(accuracy_score(right, answers))
    if "f1" in scores:
        macro = f1_score(right, answers, average="macro", zero_division=0)
        assert scores["f1"] == pytest.approx(macro)
    labels = [*LABELS, "x", "z"]
    assert report["labels"] == labels
    assert report["confusion"] == confusion_matrix(right, answers, labels=labels).tolist()
    expected = precision_recall_fscore_support(right, answers, labels=labels, zero_division=0)
    names = ("precision", "recall", "f1", "examples")
    for label, *row in zip(labels, *expected, strict=True):
        assert report["classes"][label] == pytest.approx(dict(zip(names, row, strict=True)))
    if "mae" in scores:
        known = targets < 4
        errors = (head.predicted(logits) - targets)[known].abs().sum() + 3 * (~known).sum()
        assert scores["mae"] == pytest.approx(errors.item() / 40)
    if "calibration_error" in scores:
        assert all(0 < scores[name] < 1 for name in ("calibration_error", "uncalibrated_error"))


def test_scores_of_label_sets_are_those_of_scikit_learn_on_the_names():
    head = made(MultiLabelClassification)
    logits = torch.randn(40, 4)
    targets = torch.randint(2, (40, 7))
    targets[:, 5] = 0  # y never occurs
    answers = head.answers(logits)
    right = [[NAMES[n] for n in row.nonzero().flatten()] for row in targets]
    scores, report = scored(head, logits, targets)
    labels = [*LABELS, "x", "z"]
    true, given = (MultiLabelBinarizer(classes=labels).fit_transform(r) for r in (right, answers))
    for average in ("micro", "macro"):
        expected = f1_score(true, given, average=average, zero_division=0)
        assert scores[f"f1_{average}"] == pytest.approx(expected)
    assert scores["exact_match"] == pytest.approx(accuracy_score(true, given))
    assert report["labels"] == [*report["classes"]] == labels
    recalls = precision_recall_fscore_support(true, given, zero_division=0)[1]
    assert [one["recall"] for one in report["classes"].values()] == pytest.approx(list(recalls))
    assert list(report["thresholds"]) == LABELS


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, {"b": 3}])
@pytest.mark.parametrize("kind", [PooledClassification, OrdinalClassification])
def test_the_loss_is_that_of_the_examples_whose_label_training_shows(kind, weights, smoothing):
    options = {"label_smoothing": smoothing, "class_weights": weights}
    head = made(kind, **options if kind is PooledClassification else {})
    logits, targets = torch.randn(9, 4), torch.tensor([0, 4, 1, 2, 3, 6, 1, 2, 5])
    logits = logits[:, : 4 if kind is PooledClassification else 3].requires_grad_()
    known = targets < 4
    loss, expected = head.loss(logits, targets), head.loss(logits[known], targets[known])
    for got, wanted in zip((loss.total, loss.mean), (expected.total, expected.mean), strict=True):
        torch.testing.assert_close(got, wanted)
    assert loss.count == expected.count == 6
    loss.mean.backward()
    assert not logits.grad[~known].any()
    assert head.loss(logits[~known], targets[~known]).mean == 0


def test_label_sets_lose_what_the_labels_of_the_training_lose():
    head = made(MultiLabelClassification)
    logits, targets = torch.randn(5, 4), torch.randint(2, (5, 7))
    loss, expected = head.loss(logits, targets), head.loss(logits, targets[:, :4])
    assert loss == expected


def test_temperature_and_thresholds_come_from_labels_that_training_shows():
    logits, targets = torch.randn(50, 4), torch.randint(5, (50,))
    heads = [made(PooledClassification) for _ in range(2)]
    heads[0].calibrate(logits, targets)
    heads[1].calibrate(logits[targets < 4], targets[targets < 4])
    assert heads[0].temperature == heads[1].temperature != 1
    heads[0].calibrate(logits[:1], torch.tensor([4]))  # nothing tells
    assert heads[0].temperature == 1
    sets = torch.randint(2, (50, 6))
    heads = [made(MultiLabelClassification) for _ in range(2)]
    heads[0].calibrate(logits, sets)
    heads[1].calibrate(logits, sets[:, :4])
    assert heads[0].thresholds.tolist() == heads[1].thresholds.tolist()


def test_a_tag_that_training_never_shows_has_no_loss_and_takes_its_sequence_out_of_a_crf():
    torch.manual_seed(0)
    labels = Vocabulary(["O", "B-X", "I-X"])
    logits, lengths = torch.randn(3, 4, 3), torch.tensor([4, 3, 2])
    tags = torch.tensor([[1, 2, 3, 0], [0, 1, 2, 9], [0, 0, 9, 9]])  # 3 in the first, else padding
    softmax = SoftmaxTagging(5, labels).loss(logits, tags, lengths)
    steps = torch.tensor(
        [[True, True, False, True], [True] * 3 + [False], [True, True, False, False]]
    )
    expected = cross_entropy(logits[steps], tags[steps])
    torch.testing.assert_close(softmax.total, expected.total)
    assert softmax.count == 8
    for weights in (None, {"B-X": 2.0}):
        crf = CRFTagging(5, labels, class_weights=weights)
        torch.nn.init.normal_(crf.transitions)
        loss = crf.loss(logits, tags, lengths)
        rest = crf.loss(logits[1:], tags[1:], lengths[1:])
        torch.testing.assert_close(loss.total, rest.total)
        torch.testing.assert_close(loss.mean, rest.mean)
        assert loss.count == rest.count == 5
        assert crf.loss(logits[:1], tags[:1], lengths[:1]).mean == 0


def test_accuracy_is_that_of_a_count():
    metric, none = LabelAccuracy(), torch.zeros(0).long()
    metric.update(none, none)
    assert metric.compute() == 0
    predicted, expected = torch.randint(5, (7, 11)), torch.randint(5, (7, 11))
    metric.update(predicted, expected)
    assert metric.compute() == (predicted == expected).float().mean()
