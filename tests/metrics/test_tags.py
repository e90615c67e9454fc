"""What a tagger's test says beside its scores, against seqeval and scikit-learn."""

from __future__ import annotations

import random

import pytest
import torch
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support
from sklearn.metrics import confusion_matrix

from seqtasks.metrics import SpanCounts, WorstTags, rows, span_report, span_types
from seqtasks.metrics.classes import PAIRS, WHOLE, confusion_report
from seqtasks.schemes import SCHEMES

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "I-NEW"]


def drawn(seed, count=80):
    draw = random.Random(seed)
    lengths = [draw.randint(0, 7) for _ in range(count)]
    return [[draw.choices(LABELS, k=length) for length in lengths] for _ in range(2)]


def test_scores_by_type_are_those_of_seqeval_however_examples_are_batched():
    predicted, expected = drawn(0)
    predicted = [["O" if label == "I-NEW" else label for label in row] for row in predicted]
    types = span_types(LABELS, "BIO")
    assert types == ["LOC", "NEW", "PER"]
    metrics = [SpanCounts(types, "BIO") for _ in range(2)]
    for at in range(0, 80, 16):
        metrics[at // 16 % 2].update(predicted[at : at + 16], expected[at : at + 16])
    counts = sum(metric.compute() for metric in metrics)
    found = span_report(types, counts)
    wanted = precision_recall_fscore_support(expected, predicted, average=None, zero_division=0)
    for at, kind in enumerate(types):
        one = found["types"][kind]
        given = [one["precision"], one["recall"], one["f1"], one["support"]]
        assert given == pytest.approx([column[at] for column in wanted])
    every = precision_recall_fscore_support(expected, predicted, average="micro", zero_division=0)
    shares = [found["all"][name] for name in ("precision", "recall", "f1")]
    assert shares == pytest.approx(every[:3])
    assert found["all"]["support"] == sum(one["support"] for one in found["types"].values())


def test_types_without_spans_are_left_out():
    metric = SpanCounts(["_", "X"], "BMES")
    metric.update([["B", "E", "S"]], [["B", "E", "S"]])
    assert list(span_report(["_", "X"], metric.compute())["types"]) == ["_"]
    assert span_types(["B", "E", "NN", "O"], "BMES") == ["_"]
    strict = SpanCounts(["X"], "BIO", strict=True)
    strict.update([["O", "I-X"]], [["O", "I-X"]])
    assert strict.compute().tolist() == [[0, 0, 0]]


def test_confusions_stand_in_the_order_of_the_scheme():
    labels, unseen = ["O", "B-Y", "I-Y", "B-X"], ["NN", "I-X", "B-Z"]
    names = [*labels, *unseen]
    draw = random.Random(1)
    right = draw.choices(names[:-1], k=200)
    given = draw.choices(labels, k=200)
    table = torch.tensor(confusion_matrix(right, given, labels=names))
    found = confusion_report(labels, table, unseen, SCHEMES["BIO"].order)
    order = ["O", "B-X", "I-X", "B-Y", "I-Y", "NN"]
    assert found["labels"] == list(found["classes"]) == order
    assert found["confusion"] == confusion_matrix(right, given, labels=order).tolist()
    pairs = [(a, b) for a, b in zip(right, given, strict=True) if a != b]
    counts = [one["count"] for one in found["confused"]]
    assert counts == sorted((pairs.count(pair) for pair in {*pairs}), reverse=True)[:PAIRS]
    assert all(
        one["count"] == pairs.count((one["right"], one["predicted"])) for one in found["confused"]
    )
    assert confusion_report(labels, table, unseen)["labels"] == [*labels, "NN", "I-X"]
    many = torch.eye(WHOLE + 1, dtype=torch.int64)
    assert "confusion" not in confusion_report([str(n) for n in range(WHOLE + 1)], many)


def test_the_worst_sentences_are_kept_across_batches_and_processes():
    predicted, expected = drawn(2)
    wrong = [sum(map(str.__ne__, *pair)) for pair in zip(predicted, expected, strict=True)]
    order = sorted(range(80), key=lambda at: (-wrong[at], len(expected[at]), at))[:7]
    metrics = [WorstTags(count=7) for _ in range(2)]
    for at in range(0, 80, 10):
        places = slice(at, at + 10)
        metrics[at // 10 % 2].update(range(at, at + 10), predicted[places], expected[places])
    joined = WorstTags(count=7)
    joined.kept = torch.cat([part for metric in metrics for part in metric.kept])
    joined._update_count = 1
    found = rows(joined.compute())
    assert [row["index"] for row in found] == order
    assert [row["wrong"] for row in found] == [wrong[at] for at in order]
    assert found[0]["expected"] == expected[order[0]]
    none = WorstTags()
    none.update([0], [["O"]], [["O"]])
    assert rows(none.compute()) == []
