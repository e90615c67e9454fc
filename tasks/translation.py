"""Asynchronous many-to-many: a sequence in, another out, when all of the first has been read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor
from torchmetrics import Metric

from seqtasks import text_scores
from seqtasks.cells.contract import State
from seqtasks.data.batch import Batch
from seqtasks.data.module import SequenceData
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding import beam_search, greedy
from seqtasks.embedding import TokenEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.guesses import find_guess
from seqtasks.heads.decoder import AttentionDecoder
from seqtasks.heads.loss import Loss
from seqtasks.metrics.worst import rows
from seqtasks.task import Scores, Task
from seqtasks.text_scores import TextScores


class EncoderDecoder(Task):
    """Translation, transduction, answers to questions: one sequence rewritten as another.

    Args:
        vocabularies: ``source`` and ``target``.
        embedding: makes the source's `TokenEmbedding` from a vocabulary.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        decoder: makes the `AttentionDecoder` from the target's vocabulary and ``memory_size``.
        search: ``beam_size``, ``length_penalty`` and ``max_length`` of the search in tests and
            predictions; validation during training searches greedily.
        scores: which scores of the written texts are shown, names in `SCORES`.
        monitor: which of them picks the best checkpoint, or ``loss``.
        baseline: what stands beside them in the table, a name in `GUESSES`.
        training: ``optimizer`` and ``scheduler``, as in `Task`.
    """

    inputs = ("source",)
    target = "target"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        decoder: Callable[..., AttentionDecoder],
        search: Mapping[str, Any],
        scores: Sequence[str] = ("bleu", "chrf", "exact_match"),
        monitor: str = "bleu",
        baseline: str = "copy",
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.vocabulary = vocabularies["target"]
        self.embedding = embedding(vocabularies["source"])
        self.encoder = encoder(input_size=self.embedding.output_size)
        self.decoder = decoder(self.vocabulary, memory_size=self.encoder.output_size)
        self.search = dict(search)
        self.text_scores = TextScores(scores, monitor, self.vocabulary.units)
        self.monitor, self.mode = self.text_scores.monitor, self.text_scores.mode
        self.baseline, self.guess = find_guess(baseline)

    def start(self, batch: Batch) -> State:
        """Read the source: the decoder's state before its first token."""
        features = self.embedding(batch.source)  # (batch, source time, embedding)
        memory, _ = self.encoder(features, batch.source_lengths)  # (batch, source time, hidden)
        summary = self.encoder.summary(memory, batch.source_lengths)  # (batch, hidden)
        return self.decoder.start(memory, batch.source_lengths, summary)

    def forward(self, batch: Batch) -> Tensor:
        """What scores every target token after ``<bos>``, (batch, target time - 1, size)."""
        features, _ = self.decoder(batch.target[:, :-1], self.start(batch))
        return features

    def loss(self, features: Tensor, batch: Batch) -> Loss:
        """Nats of every target token after ``<bos>``, ``<eos>`` included."""
        return self.decoder.output.loss(features, batch.target[:, 1:], batch.target_lengths - 1)

    def predict(self, batch: Batch) -> list[str]:
        """The best translation that the beam finds."""
        state = self.start(batch)
        found = beam_search(self.decoder.step, state, self.first(batch), **self.limits(self.search))
        return [self.vocabulary.decode(hypotheses[0].tokens) for hypotheses in found]

    def predict_greedily(self, batch: Batch) -> list[str]:
        """The translation that takes the most probable token every time."""
        limits = self.limits({"max_length": self.search["max_length"]})
        found = greedy(self.decoder.step, self.start(batch), self.first(batch), **limits)
        return [self.vocabulary.decode(tokens) for tokens in found]

    def first(self, batch: Batch) -> Tensor:
        """``<bos>`` for each example, (batch,)."""
        return batch.source_lengths.new_full((len(batch.source),), self.vocabulary.bos_id or 0)

    def limits(self, search: Mapping[str, Any]) -> dict[str, Any]:
        """A search's keyword arguments, with the vocabulary's own."""
        vocabulary = self.vocabulary
        return {**search, "eos_id": vocabulary.eos_id, "forbidden": vocabulary.special_ids}

    def metrics(self) -> dict[str, Metric]:
        """The scores that are asked for."""
        return self.text_scores.metrics()

    def test_metrics(self) -> dict[str, Metric]:
        """The worst texts."""
        return {"worst": self.text_scores.worst()}

    def score(self, metrics: Mapping[str, Any], features: Tensor, batch: Batch) -> None:
        """Write a text for each source, and compare it with the right ones."""
        testing = self._trainer is None or self.trainer.testing
        texts = self.predict(batch) if testing else self.predict_greedily(batch)
        sources = [source for [source] in batch.source_text]
        text_scores.update(metrics, sources, texts, batch.target_text)

    def report(self) -> dict[str, Any]:
        """The signatures of the scores, and the worst texts."""
        signatures = text_scores.signatures(self.split_scores("test"))
        return {"signatures": signatures, "worst": rows(self.tables["worst"])}

    def baselines(self, data: SequenceData) -> dict[str, Scores]:
        """What can be answered without a network."""
        fields: Any = data.fields
        train, test = (
            [[fields[name].written(r) for name in ("source", "target")] for r in dataset.records]
            for dataset in (data.datasets["train"], data.datasets[data.test_split])
        )
        pairs = [(source, target[0]) for [source], target in train]
        guesses = self.guess(pairs, [source for [source], _ in test])
        metrics = self.metrics()
        for metric in metrics.values():
            metric.update(guesses, [target for _, target in test])
        return {self.baseline: {n: float(m.compute()) for n, m in metrics.items()}}
