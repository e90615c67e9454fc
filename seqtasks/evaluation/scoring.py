"""The scores of a saved model, whole and part by part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch

from seqtasks.bundle import Bundle
from seqtasks.data.batching.batch import Batch
from seqtasks.data.batching.streams import Streams
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.split import Split
from seqtasks.task import Scores


class Evaluation(NamedTuple):
    """The scores of a test by name, and what the task says beside them."""

    scores: Scores
    report: dict[str, Any]


@torch.inference_mode()
def evaluate(bundle: Bundle, split: Split) -> Evaluation:
    """Test a model in the batches in which training tests it."""
    task: Any = bundle.task
    task.setup("test")
    metrics = task.split_scores("test")
    for batch in batches(bundle, split):
        task.evaluate(batch, metrics)
    scores = {name: float(value) for name, value in task.compute_and_reset("test").items()}
    return Evaluation(scores, task.report())


@torch.inference_mode()
def contributions(bundle: Bundle, split: Split) -> dict[str, Sums]:
    """What each example, run alone, adds to each score; of running text each window of each text.

    Scores that are no function of sums over examples have none.
    """
    task: Any = bundle.task
    task.setup("test")
    metrics = task.split_scores("test")
    names = ("loss", *task.metrics())
    found = {name: Sums(metrics[name]) for name in names if Sums.fits(metrics[name])}
    for batch in batches(bundle, split, alone=True):
        task.evaluate(batch, metrics)
        for sums in found.values():
            sums.take()
        for metric in metrics.values():
            metric.reset()
    return found


def batches(bundle: Bundle, split: Split, alone: bool = False) -> Iterator[Batch]:
    """The examples where the model is, in the batches of a test, or each alone.

    Running text has no examples; alone are its windows, read one after another.
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
