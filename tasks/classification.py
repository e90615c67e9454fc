"""Many-to-one: one label, several, or a number for a whole sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from seqtasks.baselines.scores import computed, unshared
from seqtasks.data.batch import Batch, stack_fields
from seqtasks.data.targets import check_some_known, targets
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import InputEmbedding
from seqtasks.encoder import RecurrentEncoder, chunks
from seqtasks.errors import UsageError, located
from seqtasks.graphs.graph import Graph, Run, attach_batch, batch_graph
from seqtasks.heads.loss import Loss
from seqtasks.heads.pooled import PooledHead
from seqtasks.optim.processes import gathered
from seqtasks.prediction.answer import Answer, Prediction
from seqtasks.task import Scores, Task

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.module import SequenceData


class SequenceClassifier(Task):
    """Sentiment, topic, language, kind of question; what is predicted follows from the head.

    Args:
        vocabularies: ``label``, and what the embedding reads: ``tokens`` or ``series``, and
            ``characters`` and ``case`` where they are read. With ``pair``, which has the vocabulary
            of ``tokens``, an example is a pair of texts, read by one encoder.
        embedding: makes the `InputEmbedding` from the vocabularies.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        head: makes the `PooledHead` from ``encoder``, ``labels`` and ``texts``.
        chunk_steps: read long texts in chunks of so many steps, with the state carried; in training
            the activations of one chunk alone are kept (`seqtasks.encoder.chunks`). None reads
            them whole.
        truncate_bptt: cut the gradient between chunks.
        training: ``optimizer`` and ``scheduler``, as in `Task`.

    Raises:
        UsageError: a pair has another vocabulary than its first text, or goes with spelling or
            case; or the encoder cannot read in chunks.
    """

    target = "label"
    pipeline = "text-classification"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Mapping[str, Vocabulary]], InputEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        head: Callable[..., PooledHead],
        chunk_steps: int | None = None,
        truncate_bptt: bool = False,
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.labels = vocabularies["label"]
        self.embedding = embedding(vocabularies)
        self.inputs = self.embedding.inputs
        if "pair" in vocabularies:
            check_pair(vocabularies)
            self.inputs = ("tokens", "pair")
        self.encoder = encoder(input_size=self.embedding.output_size)
        chunks.check_chunks(self.encoder, chunk_steps, truncate_bptt)
        self.chunk_steps, self.truncate_bptt = chunk_steps, truncate_bptt
        self.head = head(encoder=self.encoder, labels=self.labels, texts=len(self.inputs))
        self.monitor, self.mode = self.head.monitor, self.head.mode

    def forward(self, batch: Batch) -> Tensor:
        """Logits (batch, labels), or what the head gives in their place."""
        return self.read(stack_fields(batch, self.inputs), self.chunk_steps)

    def read(self, texts: Batch, chunk_steps: int | None = None) -> Tensor:
        """The same of a batch in which all texts are rows, (texts · batch, time) of tokens."""
        features = self.embedding(texts)  # (texts · batch, time, embedding)
        outputs, _ = chunks.read_in_chunks(
            self.encoder,
            features,
            texts.lengths,
            chunk_steps=chunk_steps,
            truncate_bptt=self.truncate_bptt,
        )  # (texts · batch, time, hidden)
        return self.head(outputs, texts.lengths)

    def loss(self, logits: Tensor, batch: Batch) -> Loss:
        """The head's loss of logits (batch, labels)."""
        return self.head.loss(logits, batch.label)

    def predict(self, batch: Batch) -> list[str] | list[list[str]]:
        """For each example a label, a list of labels, or a number."""
        return self.head.answers(self(batch))

    def with_probabilities(self, batch: Batch) -> list[Prediction]:
        """For each example its answer, and the probability of each label.

        Raises:
            UsageError: the head gives no probabilities.
        """
        logits = self(batch)
        answers: Sequence[Any] = self.head.answers(logits)
        rows = self.head.probabilities(logits).tolist()
        return [
            Prediction([Answer(answer)], dict(zip(self.labels.symbols, row, strict=True)))
            for answer, row in zip(answers, rows, strict=True)
        ]

    def graphs(self, batch: Batch) -> list[Graph]:
        """From texts, read whole, to logits; both texts of a pair are rows of one batch."""
        return [batch_graph(stack_fields(batch, self.inputs), "logits", self.read)]

    def attach(self, runs: Mapping[str, Run]) -> None:
        attach_batch(self, "read", "logits", runs)

    def expect(self, unseen: Mapping[str, Sequence[str]]) -> None:
        self.head.unseen = unseen.get("label", ())
        super().expect(unseen)

    def metrics(self) -> dict[str, Metric]:
        return self.head.metrics()

    def test_metrics(self) -> dict[str, Metric]:
        return self.head.test_metrics()

    def score(self, metrics: Mapping[str, Any], logits: Tensor, batch: Batch) -> None:
        """Update the metrics by what the head decides from logits (batch, labels)."""
        self.head.score(metrics, logits, batch.label)

    def fit_to_training_data(self, data: SequenceData) -> None:
        """Tell the head the targets of the training data, which have to be of its kind."""
        with located("task.head"):
            self.head.check(getattr(data.fields["label"], "kind", "vector"))
        check_some_known(data, "label")
        self.head.fit_to_training_data(targets(data.datasets["train"], "label"))

    @property
    def calibration_passes(self) -> int:
        return int(self.head.calibrates)

    @torch.no_grad()
    def calibrate(self, data: SequenceData) -> None:
        """Fit temperature or thresholds to the validation split, shared out among processes."""
        if not self.head.calibrates:
            return
        self.eval()
        rows = []
        for batch in data.loader("val"):
            batch = batch.to(self.device)
            counted = slice(None if batch.is_counted else 0)
            rows.append((self(batch).cpu()[counted], batch.label.cpu()[counted]))
        logits, expected = (
            torch.cat(gathered(torch.cat(parts), self.device)) for parts in zip(*rows, strict=True)
        )
        self.head.cpu().calibrate(logits, expected)
        self.head.to(self.device)

    def report(self) -> dict[str, Any]:
        return self.head.report(self.tables)

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """The best answer that is the same for everything, from the training data."""
        train, test = data.datasets["train"], data.datasets[data.test_split]
        scores: dict[str, Scores] = {}
        with budget.of("always the same answer"):
            name, guess = self.head.constant(budget.over(targets(train, "label")))
            metrics = unshared(self.metrics())
            for expected in budget.over(targets(test, "label")):
                for metric in metrics.values():
                    same = guess.expand(len(expected), *guess.shape)
                    metric.update(self.head.matched(same, expected), expected)
            scores[name] = computed(metrics)
        return scores


def check_pair(vocabularies: Mapping[str, Vocabulary]) -> None:
    """Refuse pairs with a vocabulary or a field that one of the two texts has alone."""
    first = vocabularies.get("tokens")
    if first is None or vocabularies["pair"].symbols != first.symbols:
        raise UsageError(
            "data.pair is read by the embedding of data.tokens, and needs its vocabulary: set "
            "data.pair.share_vocabulary_with=tokens"
        )
    parts = {"characters": "spelling", "case": "case"}
    alone = [part for field, part in parts.items() if field in vocabularies]
    if alone:
        raise UsageError(
            "data.pair: the texts of a pair are read by their tokens alone; leave "
            f"out task/embedding/{alone[0]}, or read smaller tokens: data.tokens.level=bpe"
        )
