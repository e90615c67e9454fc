"""The scores of a saved model, whole and part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from seqtasks.bundle import Bundle
from seqtasks.data.batch import Batch
from seqtasks.data.streams import Streams
from seqtasks.evaluation.bootstrap import Sums
from seqtasks.evaluation.split import Split
from seqtasks.task import Scores


@dataclass
class Evaluation:
    """What a test says.

    Attributes:
        scores: by name, as training's own test gives them.
        report: what the task says beside its scores.
        sums: by score, what each part of the data adds to it; of scores that are no function of
            such sums there are none. Empty unless asked for.
    """

    scores: Scores
    report: dict[str, Any]
    sums: dict[str, Sums] = field(default_factory=dict)


@torch.inference_mode()
def evaluate(bundle: Bundle, split: Split, parts: bool = False) -> Evaluation:
    """Test a model in the batches in which training tests it.

    Args:
        bundle: the model.
        split: the examples.
        parts: also find what each part adds: each example, run alone, or each batch of windows
            where the data is running text.
    """
    task: Any = bundle.task
    task.setup("test")
    metrics = task.split_scores("test")
    for batch in batches(bundle, split):
        task.evaluate(batch, metrics)
    scores = {name: float(value) for name, value in task.computed("test").items()}
    found = Evaluation(scores, task.report())
    if parts:
        found.sums = {name: Sums(metrics[name]) for name in scores if Sums.fits(metrics[name])}
        for batch in batches(bundle, split, alone=True):
            task.evaluate(batch, metrics)
            for sums in found.sums.values():
                sums.take()
            for metric in metrics.values():
                metric.reset()
    return found


def batches(bundle: Bundle, split: Split, alone: bool = False) -> Iterator[Batch]:
    """The examples where the model is, in the batches of a test, or each alone.

    Running text has no examples, and comes in its windows in either case.
    """
    task: Any = bundle.task
    if hasattr(task, "carried"):
        task.carried.pop("evaluate", None)
    loader = split.batching.loader(split.dataset, training=False)
    whole = not alone or isinstance(split.batching, Streams)
    found = loader if whole else (split.dataset[index] for index in range(len(split.dataset)))
    for batch in found:
        yield task.transfer_batch_to_device(batch, task.device, 0)
