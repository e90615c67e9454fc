"""Many-to-one: one label for a whole sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from seqtasks.baselines import most_frequent
from seqtasks.data.batch import Batch
from seqtasks.data.module import SequenceData
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import InputEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.heads.classification import PooledClassification
from seqtasks.heads.loss import Loss
from seqtasks.task import Scores, Task


class SequenceClassifier(Task):
    """Sentiment, topic, language, kind of question.

    Args:
        vocabularies: ``tokens``, ``label``, and ``characters`` where spelling is read.
        embedding: makes the `InputEmbedding` from the vocabularies.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        head: makes the classification head from ``encoder`` and ``labels``.
        training: ``optimizer`` and ``scheduler``, as in `Task`.
    """

    target = "label"
    monitor, mode = "val/accuracy", "max"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Mapping[str, Vocabulary]], InputEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        head: Callable[..., PooledClassification],
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.labels = vocabularies["label"]
        self.embedding = embedding(vocabularies)
        self.encoder = encoder(input_size=self.embedding.output_size)
        self.head = head(encoder=self.encoder, labels=self.labels)

    def forward(self, batch: Batch) -> Tensor:
        """Logits (batch, labels)."""
        features = self.embedding(batch)  # (batch, time, embedding)
        outputs, _ = self.encoder(features, batch.lengths)  # (batch, time, hidden)
        return self.head(outputs, batch.lengths)

    def loss(self, logits: Tensor, batch: Batch) -> Loss:
        """Nats over all examples."""
        return self.head.loss(logits, batch.label)

    def predict(self, batch: Batch) -> list[str]:
        """One label for each example."""
        return [self.labels.symbols[number] for number in self.head.decode(self(batch))]

    def metrics(self) -> dict[str, Metric]:
        """Accuracy, and F1 averaged over the labels."""
        count = len(self.labels)
        return {
            "accuracy": MulticlassAccuracy(count, average="micro"),
            "f1": MulticlassF1Score(count, average="macro"),
        }

    def score(self, metrics: Mapping[str, Any], logits: Tensor, batch: Batch) -> None:
        """Compare the most probable label with the right one."""
        for name in ("accuracy", "f1"):
            metrics[name].update(logits.argmax(dim=-1), batch.label)

    def baselines(self, data: SequenceData) -> dict[str, Scores]:
        """The most frequent label of the training data, for everything."""
        guess = most_frequent(data.datasets["train"].encoded["label"].tolist())
        expected = torch.from_numpy(data.datasets[data.test_split].encoded["label"]).long()
        metrics = self.metrics()
        for metric in metrics.values():
            metric.update(torch.full_like(expected, guess), expected)
        scores = {name: float(metric.compute()) for name, metric in metrics.items()}
        return {f"always '{self.labels.symbols[guess]}'": scores}
