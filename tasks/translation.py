"""Asynchronous many-to-many: a sequence in, another out, when all of the first has been read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from seqtasks import metrics
from seqtasks.baselines.parts import parts
from seqtasks.baselines.rewriting import LEARNT_FROM, find_guess
from seqtasks.baselines.scores import computed, unshared
from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.decoding import Hypothesis, SearchInput, change_search, make_search
from seqtasks.embedding import TokenEmbedding
from seqtasks.embedding.tying import tie_source
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError, located
from seqtasks.graphs.decoder import attach_step, by_name, step_graph, unnamed
from seqtasks.graphs.graph import Graph, Named, Run, axes_of, replace, tensors
from seqtasks.heads.copying import copied_targets
from seqtasks.heads.decoder import AttentionDecoder, DecoderOutput
from seqtasks.heads.loss import Loss
from seqtasks.heads.scheduled_sampling import ScheduledSampling, checked_schedule, sampled
from seqtasks.kernels.lengths import State
from seqtasks.metrics import text_scores
from seqtasks.metrics.text_scores import TextScores
from seqtasks.prediction.answer import Answer
from seqtasks.task import Scores, Task

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.fields import TokenField
    from seqtasks.data.module import SequenceData


class EncoderDecoder(Task):
    """Translation, transduction, answers to questions: one sequence rewritten as another.

    Args:
        vocabularies: ``source`` and ``target``.
        embedding: makes the source's `TokenEmbedding` from a vocabulary.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        decoder: makes the `AttentionDecoder` from the target's vocabulary and the encoder.
        search: ``method`` and options of the search in tests and predictions (`make_search`);
            validation during training searches greedily within the same limits.
        tied_source: read the source by the target's vectors; for one vocabulary on both sides.
        scheduled_sampling: how often training reads the decoder's own tokens; None for never.
        scores: which scores of the written texts are shown, names in `SCORES`.
        score_names: for some of these scores the words that tables show in place of the name:
            ``{"sequence_error_rate": "word error rate"}`` where a sequence is a word's
            pronunciation.
        monitor: which of them picks the best checkpoint, or ``loss``.
        baseline: what stands beside them in the table, a name in `GUESSES`.
        training: ``optimizer`` and ``scheduler``, as in `Task`.
    """

    inputs = ("source",)
    target = "target"
    pipeline = "text2text-generation"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Vocabulary], TokenEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        decoder: Callable[..., AttentionDecoder],
        search: Mapping[str, Any],
        tied_source: bool = False,
        scheduled_sampling: ScheduledSampling | None = None,
        scores: Sequence[str] = ("bleu", "chrf", "exact_match"),
        score_names: Mapping[str, str] | None = None,
        monitor: str = "bleu",
        baseline: str = "copy",
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.vocabulary = vocabularies["target"]
        self.embedding = embedding(vocabularies["source"])
        self.encoder = encoder(input_size=self.embedding.output_size)
        self.decoder = decoder(self.vocabulary, self.encoder)
        self.copies = self.decoder.copier is not None
        if self.copies != ("copies" in vocabularies):
            raise UsageError(
                "it goes with the field data.copies; task/decoder=copying sets both",
                option="decoder.copying",
            )
        if tied_source:
            tie_source(self.embedding, self.decoder.embedding)
        with located("search"):
            self.search = make_search(search)
        if getattr(self.search, "coverage_penalty", 0) and not self.decoder.attends:
            raise UsageError(
                "it weighs attention, and this decoder has none; set it to 0",
                option="search.coverage_penalty",
            )
        self.scheduled_sampling = checked_schedule(scheduled_sampling)
        self.text_scores = TextScores(scores, monitor, self.vocabulary.units, score_names)
        self.monitor, self.mode = self.text_scores.monitor, self.text_scores.mode
        self.baseline = find_guess(baseline)

    def start(self, batch: Batch) -> State:
        """Read the source: the decoder's state before its first token, (batch, …) each."""
        features = self.embedding(batch.source)  # (batch, source time, embedding)
        memory, final = self.encoder(features, batch.source_lengths)  # (batch, time, hidden)
        summary = self.encoder.summary(memory, batch.source_lengths)  # (batch, hidden)
        copies = batch.copies if self.copies else None  # (batch, source time)
        return self.decoder.start(memory, batch.source_lengths, summary, final, copies)

    def forward(self, batch: Batch) -> DecoderOutput:
        state, tokens = self.start(batch), batch.target[:, :-1]
        if self.training and self.scheduled_sampling is not None:
            with located("task"):
                rate = self.scheduled_sampling.at(self.progress())
            tokens = sampled(self.decoder, tokens, state, rate)
        return self.decoder(tokens, state)

    def loss(self, reading: DecoderOutput, batch: Batch) -> Loss:
        """Nats of every target token after ``<bos>``, ``<eos>`` included."""
        targets = batch.target[:, 1:]
        if self.copies:
            targets = copied_targets(targets, batch.copies_target, self.decoder.unk_id)
        return self.decoder.loss(reading, targets, batch.target_lengths - 1)

    def search_input(self, batch: Batch) -> SearchInput:
        """Where the search begins; a batch may have a ``prefix`` of tokens for each example."""
        return SearchInput(
            step=self.decoder.step,
            state=self.start(batch),
            first=self.first(batch),
            eos_id=self.vocabulary.eos_id,
            forbidden=self.vocabulary.special_ids,
            lengths=batch.source_lengths.tolist(),
            numbers=batch.example,
            prefix=batch.get("prefix"),
            coverage=self.decoder.attended if self.decoder.attends else None,
            shared=self.decoder.shared,
        )

    def answers(self, found: list[list[Hypothesis]], batch: Batch) -> list[list[Answer]]:
        """The hypotheses of a search as texts, for each example of a batch."""
        decode = self.vocabulary.decode
        copied = batch.copies_words if self.copies else [[]] * len(found)
        return [
            [Answer.of(decode(one.tokens, words), one) for one in row]
            for row, words in zip(found, copied, strict=True)
        ]

    def predict(self, batch: Batch) -> list[str]:
        """The best translation of each example that the search finds."""
        found = self.search(self.search_input(batch))
        return [str(answer.value) for [answer] in self.answers(found, batch)]

    def first(self, batch: Batch) -> Tensor:
        """``<bos>`` for each example, (batch,)."""
        return batch.source_lengths.new_full((len(batch.source),), self.vocabulary.bos_id or 0)

    def graphs(self, batch: Batch) -> list[Graph]:
        """The encoder, which gives the decoder's first state, and one step of the decoder."""

        def encode(inputs: Mapping[str, Tensor]) -> Named:
            found = by_name(self.decoder.parts(self.start(Batch(inputs))))
            return {name: tensor for name, tensor in found.items() if name != "copies"}

        names = ["source", "source_lengths"] + ["copies"] * self.copies
        inputs = {name: batch[name] for name in names}
        return [
            Graph("encoder", encode, inputs, axes_of(inputs)),
            step_graph(self.decoder, self.first(batch), self.start(batch)),
        ]

    def attach(self, runs: Mapping[str, Run]) -> None:

        def start(batch: Batch) -> State:
            copies = {"copies": batch.copies} if self.copies else {}
            return unnamed({**runs["encoder"](tensors(batch)), **copies}).joined()

        replace(self, "start", start)
        attach_step(self.decoder, runs["decoder"])

    def metrics(self) -> dict[str, Metric]:
        """The scores that are asked for, and the share of outputs cut at a limit."""
        return {**self.text_scores.metrics(), "cut": metrics.MeanMetric()}

    def test_metrics(self) -> dict[str, Metric]:
        return {"worst": self.text_scores.worst()}

    def score(self, metrics: Mapping[str, Any], reading: DecoderOutput, batch: Batch) -> None:
        """Write a text for each source, and compare it with the right ones."""
        testing = self._trainer is None or self.trainer.testing
        search = self.search if testing else change_search(self.search, {"method": "greedy"})
        found = [answer for [answer] in self.answers(search(self.search_input(batch)), batch)]
        texts = [str(answer.value) for answer in found]
        sources = [source for [source] in batch.source_text]
        text_scores.update(metrics, sources, texts, batch.target_text)
        cut = [float(not answer.ended) for answer in found]
        metrics["cut"].update(torch.tensor(cut, device=self.device))

    def report(self) -> dict[str, Any]:
        """The scores' signatures and shown names, and the worst texts."""
        return {
            "signatures": text_scores.signatures(self.split_scores("test")),
            "score_names": self.text_scores.shown_as,
            "worst": metrics.rows(self.tables["worst"]),
        }

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """What answers without a network, from some training pairs where there are many."""
        source, target = (cast("TokenField", data.fields[name]) for name in ("source", "target"))
        train, test = data.datasets["train"].records, data.datasets[data.test_split].records
        most = min(len(train), LEARNT_FROM)
        some = (train[number * len(train) // most] for number in range(most))
        pairs = ((source.written(r)[0], target.written(r)[0]) for r in budget.over(some))
        name = self.baseline.title
        if self.baseline.learns and most < len(train):
            name += f" (of {most:,} pairs)"
        scores: dict[str, Scores] = {}
        with budget.of(name):
            answer = self.baseline.learn(pairs)
            metrics = unshared(self.text_scores.metrics())
            for part in budget.over(parts(len(test), 100)):
                records = [test[number] for number in part]
                guesses = [answer(source.written(record)[0]) for record in records]
                for metric in metrics.values():
                    metric.update(guesses, [target.written(record) for record in records])
            scores[name] = computed(metrics)
        return scores
