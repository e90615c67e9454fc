"""Synchronous many-to-many: one label for each step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from seqtasks import metrics
from seqtasks.baselines.most_frequent import MostFrequentTag
from seqtasks.baselines.parts import COUNTED, SCORED, parts, tagged
from seqtasks.baselines.scores import computed, unshared
from seqtasks.data.batch import Batch
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import InputEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.calibration import PENALTIES, best_penalty
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.loss import Loss
from seqtasks.heads.tagging import TaggingHead
from seqtasks.kernels.lengths import mask
from seqtasks.prediction.answer import Answer, Prediction
from seqtasks.schemes import find_scheme, resolve_scheme
from seqtasks.task import Scores, Task

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.dataset import SequenceDataset
    from seqtasks.data.module import SequenceData


MOST_CONFUSED = 1000
"""Labels of which it is counted which is taken for which."""


class SequenceTagger(Task):
    """Parts of speech, entities, slots.

    The best checkpoint is chosen by accuracy, or by span F1 where the labels spell spans.

    Args:
        vocabularies: ``tags``, and what the embedding reads: ``tokens`` or ``series``, and
            ``characters`` and ``case`` where they are read.
        embedding: makes the `InputEmbedding` from the vocabularies.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        head: makes the tagging head from ``input_size`` and ``labels``.
        strict_spans: span F1 counts only the spans that the tag scheme allows (seqeval's strict
            mode), instead of reading ill-formed ones as ``conlleval`` does.
        training: ``optimizer`` and ``scheduler``, as in `Task`.

    Raises:
        UsageError: the head chooses a penalty by the F1 of spans, which the labels do not spell.
    """

    target = "tags"
    pipeline: str | None = "token-classification"
    monitor, mode = "val/accuracy", "max"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Mapping[str, Vocabulary]], InputEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        head: Callable[..., TaggingHead],
        strict_spans: bool = False,
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.labels = vocabularies["tags"]
        learnt = getattr(self.labels, "learnt", None)
        self.scheme = resolve_scheme("auto", self.labels.symbols, learnt)
        self.strict_spans = strict_spans
        if self.scheme is not None:
            self.monitor = "val/f1"
        self.embedding = embedding(vocabularies)
        self.inputs = self.embedding.inputs
        if "tokens" not in self.inputs:
            self.pipeline = None
        self.encoder = encoder(input_size=self.embedding.output_size)
        self.head = head(input_size=self.encoder.output_size, labels=self.labels)
        if self.head.calibrates and self.scheme is None:
            raise UsageError(
                "auto goes by the F1 of spans, which these labels do not spell; set a number",
                option="head.outside_penalty",
            )

    def forward(self, batch: Batch) -> Tensor:
        """Logits (batch, time, labels)."""
        features = self.embedding(batch)  # (batch, time, embedding)
        outputs, _ = self.encoder(features, batch.lengths)  # (batch, time, hidden)
        return self.head(outputs)

    def loss(self, logits: Tensor, batch: Batch) -> Loss:
        """The head's loss of logits (batch, time, labels)."""
        return self.head.loss(logits, batch.tags, batch.lengths)

    def predict(self, batch: Batch) -> list[list[str]]:
        """One label for each token."""
        return [self.shown(row) for row in self.head.decode(self(batch), batch.lengths)]

    def shown(self, row: list[int]) -> list[str]:
        """What predictions give of a sequence: its labels by name."""
        return [self.labels.symbols[number] for number in row]

    def with_probabilities(self, batch: Batch) -> list[Prediction]:
        """The label of each token and how probable it is there, whatever the others are."""
        logits = self(batch)
        rows = self.head.decode(logits, batch.lengths)
        marginals = self.head.marginals(logits, batch.lengths).tolist()  # (batch, time, labels)
        found = []
        for names, row, shares in zip(self.names(rows), rows, marginals, strict=True):
            confidences = [at[number] for at, number in zip(shares, row, strict=False)]
            scores = {"labels": names, "confidences": confidences}
            found.append(Prediction([Answer(self.shown(row))], scores))
        return found

    def best(self, batch: Batch, count: int = 1) -> list[list[Answer]]:
        """The most probable sequences of labels, best first, of a head that scores them whole."""
        if not isinstance(self.head, CRFTagging):
            raise UsageError(
                "this tagger decides on each label by itself; several sequences come from one with "
                "task/head=crf",
                option="n_best",
            )
        found = self.head.best(self(batch), batch.lengths, count)
        return [[Answer.of(self.shown(one.tokens), one) for one in row] for row in found]

    def names(self, rows: list[list[int]], unseen: Sequence[str] = ()) -> list[list[str]]:
        """Labels by name; those that training never shows have the numbers behind the others."""
        symbols = [*self.labels.symbols, *unseen]
        return [[symbols[number] for number in row] for row in rows]

    def metrics(self) -> dict[str, Metric]:
        """Accuracy over all tokens, and span F1 where the labels spell spans."""
        found: dict[str, Metric] = {"accuracy": metrics.LabelAccuracy()}
        if self.scheme is not None:
            found["f1"] = metrics.SpanF1(self.reading, strict=self.strict_spans)
        return found

    @property
    def reading(self) -> str:
        """The scheme by which spans are read; BIOES reads BIO, and the E and S of other labels."""
        assert self.scheme is not None
        loose = self.scheme in ("BIO", "IOB1") and not self.strict_spans
        return "BIOES" if loose else self.scheme

    @property
    def types(self) -> list[str]:
        """The types of the spans in the data, those of labels that training never shows too."""
        return metrics.span_types(
            [*self.labels.symbols, *self.unseen.get("tags", ())], self.reading
        )

    def test_metrics(self) -> dict[str, Metric]:
        """Spans by type, the confusion matrix if labels are not too many, the worst sentences."""
        found: dict[str, Metric] = {"worst": metrics.WorstTags()}
        if self.scheme is not None:
            strict = self.strict_spans
            found["spans"] = metrics.SpanCounts(self.types, self.reading, strict=strict)
        count = len(self.labels) + len(self.unseen.get("tags", ()))
        if count <= MOST_CONFUSED:
            found["confusion"] = metrics.MulticlassConfusionMatrix(count)
        return found

    def report(self) -> dict[str, Any]:
        """Spans by type; the scores of each tag, and which is taken for which; worst sentences.

        Where the penalty of ``O`` is chosen on the validation data, that one too.
        """
        found: dict[str, Any] = {}
        if self.head.calibrates:
            found["outside_penalty"] = round(self.head.penalty.item(), 4)
        if "spans" in self.tables:
            found["spans"] = metrics.span_report(self.types, self.tables["spans"])
        if "confusion" in self.tables:
            order = find_scheme(self.scheme).order if self.scheme else None
            unseen, table = self.unseen.get("tags", ()), self.tables["confusion"]
            found |= metrics.confusion_report(self.labels.symbols, table, unseen, order)
        if "worst" in self.tables:
            found["sentences"] = metrics.rows(self.tables["worst"])
        return found

    def score(self, metrics: Mapping[str, Any], logits: Tensor, batch: Batch) -> None:
        """Update the metrics by the labels that the head decodes from (batch, time, labels)."""
        self.score_tags(metrics, self.head.decode(logits, batch.lengths), batch)

    def score_tags(
        self, metrics: Mapping[str, Any], predicted: list[list[int]], batch: Batch
    ) -> None:
        """Update the metrics with the decoded labels of a batch, by number."""
        tags = batch.tags[mask(batch.lengths, batch.tags.size(1))]
        guesses = torch.tensor(list(itertools.chain(*predicted)), dtype=torch.int64)
        metrics["accuracy"].update(guesses.to(tags.device), tags)
        if "confusion" in metrics:
            metrics["confusion"].update(guesses.to(tags.device), tags)
        if "f1" not in metrics and "worst" not in metrics:
            return
        given, wanted = self.names(predicted), self.expected(batch)
        for name in {"f1", "spans"}.intersection(metrics):
            metrics[name].update(given, wanted)
        if "worst" in metrics and "index" in batch:
            metrics["worst"].update(batch.index, given, wanted)

    def expected(self, batch: Batch) -> list[list[str]]:
        """The right labels by name, also those that training never shows."""
        tags = batch.tags[mask(batch.lengths, batch.tags.size(1))]
        rows = [row.tolist() for row in tags.split(batch.lengths.tolist())]
        return self.names(rows, batch.get("tags_unseen", []))

    @property
    def calibration_passes(self) -> int:
        return len(PENALTIES) if self.head.calibrates else 0

    @torch.no_grad()
    def calibrate(self, data: SequenceData) -> None:
        """Give the label ``O`` the penalty that is best for the F1 of the validation split.

        It is 0 where none is worth it (`best_penalty`).
        """
        if not self.head.calibrates:
            return
        self.eval()
        found = [
            {name: metric.to(self.device) for name, metric in self.metrics().items()}
            for _ in PENALTIES
        ]
        for batch in data.loader("val"):
            if not batch.is_counted:
                continue
            batch = batch.to(self.device)
            logits = self(batch)
            for penalty, scores in zip(PENALTIES, found, strict=True):
                self.head.penalty.fill_(penalty)
                self.score_tags(scores, self.head.decode(logits, batch.lengths), batch)
        shares = [
            [scores[name].compute().item() for scores in found] for name in ("f1", "accuracy")
        ]
        self.head.penalty.fill_(best_penalty(*shares))

    def fit_to_training_data(self, data: SequenceData) -> None:
        """Refuse, by a DataError, training tags that the scheme of a CRF does not allow."""
        if isinstance(self.head, CRFTagging):
            train = data.datasets["train"]
            self.head.fit_to_training_data(train.encoded["tags"], train.places)

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """Each word's most frequent tag in training; of vectors, the most frequent tag."""
        train, test = data.datasets["train"], data.datasets[data.test_split]
        name = "most frequent tag" + " of each word" * ("tokens" in self.inputs)
        scores: dict[str, Scores] = {}
        with budget.of(name):
            examples = (tagged(train, "tags", part) for part in parts(len(train), COUNTED))
            tagger = MostFrequentTag(budget.over(examples))
            scores[name] = self.guess_scores(tagger, test, budget)
        return scores

    def guess_scores(
        self, tagger: MostFrequentTag, test: SequenceDataset, budget: Budget
    ) -> Scores:
        """The scores of the most frequent tags."""
        others = {name: one for name, one in self.metrics().items() if name != "accuracy"}
        metrics = unshared(others)
        offsets = test.encoded["tags"].offsets
        right = count = 0
        for part in budget.over(parts(len(test), SCORED)):
            tokens, expected = tagged(test, "tags", part)
            guesses = tagger.tag(tokens)
            right += int((guesses == expected).sum())
            count += len(expected)
            if metrics:
                cuts = offsets[part.start + 1 : part.stop] - offsets[part.start]
                rows = [[row.tolist() for row in np.split(t, cuts)] for t in (guesses, expected)]
                self.score_guesses(metrics, rows[0], rows[1], test, part)
        return {"accuracy": right / count, **computed(metrics)}

    def score_guesses(
        self,
        metrics: Mapping[str, Any],
        guesses: list[list[int]],
        expected: list[list[int]],
        test: SequenceDataset,
        part: range,
    ) -> None:
        """Update all metrics but the accuracy with labels that are guessed, by number."""
        if "f1" in metrics:
            unseen = test.fields["tags"].unseen.labels
            metrics["f1"].update(self.names(guesses), self.names(expected, unseen))


class SynchronousTranslator(SequenceTagger):
    """A translation as it is read: a word, or none yet, for each word (`SynchronousField`).

    The best checkpoint is chosen by BLEU; arguments are those of `SequenceTagger`.
    """

    def __init__(self, vocabularies: Mapping[str, Vocabulary], **options: Any) -> None:
        super().__init__(vocabularies, **options)
        self.monitor = "val/bleu"

    def shown(self, row: list[int]) -> list[str]:
        specials = self.labels.specials.values()
        return super().shown([number for number in row if number not in specials])

    def texts(self, rows: list[list[int]]) -> list[str]:
        """The translations that the labels write: neither waiting nor unknown words."""
        return [" ".join(self.shown(row)) for row in rows]

    def metrics(self) -> dict[str, Metric]:
        return {**super().metrics(), "bleu": metrics.CorpusBLEU()}

    def test_metrics(self) -> dict[str, Metric]:
        """None: the labels are words of a translation."""
        return {}

    def score_tags(
        self, metrics: Mapping[str, Any], predicted: list[list[int]], batch: Batch
    ) -> None:
        super().score_tags(metrics, predicted, batch)
        metrics["bleu"].update(self.texts(predicted), batch.tags_text)

    def score_guesses(
        self,
        metrics: Mapping[str, Any],
        guesses: list[list[int]],
        expected: list[list[int]],
        test: SequenceDataset,
        part: range,
    ) -> None:
        super().score_guesses(metrics, guesses, expected, test, part)
        field: Any = test.fields["tags"]
        references = [field.written(test.records[number]) for number in part]
        metrics["bleu"].update(self.texts(guesses), references)
