"""The scores of a saved model, and the contribution of each example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch

from seqtasks.baselines.scores import unshared
from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch
from seqtasks.data.batching.rows import usual_rows
from seqtasks.data.batching.streams import Streams
from seqtasks.data.fields.unseen import unseen_labels
from seqtasks.encoder.threads import ThreadLimit
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.sentences import with_words
from seqtasks.evaluation.split import Split
from seqtasks.task import Scores


class Evaluation(NamedTuple):
    """The result of a test.

    Attributes:
        scores: by name, the same as those of the test after training.
        report: the task's further findings.
    """

    scores: Scores
    report: dict[str, Any]


@torch.inference_mode()
def evaluate(bundle: Bundle, split: Split) -> Evaluation:
    """Test a model in the same batches as after training.

    Args:
        bundle: the model.
        split: the examples.
    """
    task: Any = bundle.task
    metrics = fresh_metrics(task, split)
    threads, rows = ThreadLimit(task), usual_rows(split.batching, split.dataset)
    for batch in batches(bundle, split):
        with threads.of(rows):
            task.evaluate(batch, metrics)
    scores = {name: float(value) for name, value in task.compute_and_reset("test").items()}
    return Evaluation(scores, with_words(task.report(), split.dataset))


@torch.inference_mode()
def contributions(bundle: Bundle, split: Split) -> dict[str, Sums]:
    """The contribution of each example, run alone, to each score; in running text of each window.

    Scores that are no function of sums over examples are left out.

    Args:
        bundle: the model.
        split: the examples.
    """
    task: Any = bundle.task
    metrics = fresh_metrics(task, split)
    names = ("loss", *task.metrics())
    found = {name: Sums(metrics[name]) for name in names if Sums.fits(metrics[name])}
    threads = ThreadLimit(task)
    for batch in batches(bundle, split, alone=True):
        with threads.of(1):
            task.evaluate(batch, metrics)
        for sums in found.values():
            sums.take()
        for metric in metrics.values():
            metric.reset()
    return found


def fresh_metrics(task: Any, split: Split) -> Mapping[str, Any]:
    """The metrics of a test, on the model's device, with room for all labels of the examples.

    They are this process's own: after a training on several, the first one alone goes on.
    """
    task.setup("test")
    task.expect(unseen_labels(split.dataset.fields))
    task.scores.to(task.device)
    return unshared(task.split_scores("test"))


def batches(bundle: Bundle, split: Split, alone: bool = False) -> Iterator[Batch]:
    """The examples on the model's device, in the batches of a test, or each alone.

    In running text, which has no examples, each window is alone.
    """
    task: Any = bundle.task
    task.on_test_start()
    batching = split.batching
    if alone and isinstance(batching, Streams):
        batching = Streams(1, batching.window)
    elif alone:
        yield from (split.dataset[index].to(task.device) for index in range(len(split.dataset)))
        return
    for batch in batching.loader(split.dataset, training=False):
        yield batch.to(task.device)
