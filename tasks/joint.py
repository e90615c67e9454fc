"""Several outputs of one encoder at once: tags, labels and the next token, trained together."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from seqtasks import metrics
from seqtasks.baselines.most_frequent import MostFrequentTag
from seqtasks.baselines.parts import COUNTED, SCORED, parts, tagged
from seqtasks.data.batch import Batch
from seqtasks.data.targets import targets
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.embedding import InputEmbedding
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError, check_least, located
from seqtasks.graphs.graph import Graph, Run, attach_batch, batch_graph
from seqtasks.heads.crf import CRFTagging
from seqtasks.heads.language import NextToken
from seqtasks.heads.loss import Loss
from seqtasks.heads.pooled import PooledHead
from seqtasks.heads.tagging import TaggingHead
from seqtasks.kernels.lengths import mask
from seqtasks.task import Scores, Task

if TYPE_CHECKING:
    from torchmetrics import Metric

    from seqtasks.baselines.budget import Budget
    from seqtasks.data.dataset import SequenceDataset
    from seqtasks.data.module import SequenceData


class JointTask(Task):
    """One shared encoder under a head for each field of tags or labels and a language model.

    Training minimises the weighted sum of the heads' mean losses (Caruana 1997, "Multitask
    learning"). An encoder that reads from both ends is trained as two language models: its forward
    half says the next token and its backward half the one before (Rei 2017, "Semi-supervised
    multitask learning for sequence labeling").

    Args:
        vocabularies: those of the fields in ``tags`` and ``labels``, and what the embedding reads.
        embedding: makes the `InputEmbedding` from the vocabularies.
        encoder: makes the `RecurrentEncoder` from ``input_size``.
        tagging: makes a tagging head from ``input_size`` and ``labels``.
        classification: makes a `PooledHead` of labels from ``encoder`` and ``labels``.
        language: makes a `NextToken` head from ``input_size`` and ``embedding``.
        tags: field → weight, for each field with one label a token; a null leaves it out.
        labels: field → weight, for each field with one label a sequence.
        language_weight: of the language model; 0 for none.
        target: the field that predictions give and by whose accuracy the best model is chosen.
        training: ``optimizer``, ``scheduler`` and ``dropout_scale``, as in `Task`.

    Raises:
        UsageError: a weight is not positive, there is no such field, ``target`` is none of the
            fields, or the encoder shows the language model the tokens that it is to say.
    """

    target: str
    monitor, mode = "val/accuracy", "max"

    def __init__(
        self,
        vocabularies: Mapping[str, Vocabulary],
        *,
        embedding: Callable[[Mapping[str, Vocabulary]], InputEmbedding],
        encoder: Callable[..., RecurrentEncoder],
        tagging: Callable[..., TaggingHead],
        classification: Callable[..., PooledHead],
        language: Callable[..., NextToken],
        tags: Mapping[str, float | None],
        labels: Mapping[str, float | None],
        language_weight: float,
        target: str,
        **training: Any,
    ) -> None:
        super().__init__(vocabularies, **training)
        self.tag_weights = weights("tags", tags, vocabularies)
        self.label_weights = weights("labels", labels, vocabularies)
        names = [*self.tag_weights, *self.label_weights]
        if target not in names:
            raise UsageError(
                f"'{target}' is no field of `tags` or `labels`; "
                f"choose from {', '.join(names) or 'none'}",
                option="target",
            )
        self.target = target
        self.language_weight = check_least("language_weight", language_weight)
        self.embedding = embedding(vocabularies)
        self.inputs = self.embedding.inputs
        self.encoder = encoder(input_size=self.embedding.output_size)
        size = self.encoder.output_size
        self.taggers: Any = nn.ModuleDict(
            {n: tagging(input_size=size, labels=vocabularies[n]) for n in self.tag_weights}
        )
        make = functools.partial(classification, encoder=self.encoder)
        self.classifiers: Any = nn.ModuleDict(
            {n: make(labels=vocabularies[n]) for n in self.label_weights}
        )
        if self.embedding.tokens is None:
            raise UsageError(
                "a joint task reads data.tokens, and this data has none; choose another task",
                option="",
            )
        directions = 1 + self.encoder.bidirectional if language_weight else 0
        if directions:
            check_directions(self.encoder)
        self.language: Any = nn.ModuleList(
            language(input_size=size // directions, embedding=self.embedding.tokens)
            for _ in range(directions)
        )
        others = [f"taggers.{name}." for name in self.taggers if name != target]
        others += [f"classifiers.{name}." for name in self.classifiers if name != target]
        self.unused = ("language.", *others)
        fitted = {
            "tagging.outside_penalty": any(head.calibrates for head in self.taggers.values()),
            "classification.calibrate": any(head.calibrates for head in self.classifiers.values()),
            "language.calibrate": any(head.temperature is not None for head in self.language),
        }
        for option, calibrates in fitted.items():
            if calibrates:
                message = "a joint task fits nothing to validation data; set it to "
                number = option.endswith("penalty")
                raise UsageError(message + ("a number" if number else "false"), option=option)

    def forward(self, batch: Batch) -> Tensor:
        """What all heads read, (batch, time, hidden)."""
        outputs, _ = self.encoder(self.embedding(batch), batch.lengths)
        return outputs

    def losses(self, outputs: Tensor, batch: Batch) -> list[tuple[float, Loss]]:
        """Each head's weight and loss, from outputs (batch, time, hidden)."""
        found: list[tuple[float, Loss]] = []
        for name, weight in self.tag_weights.items():
            head = self.taggers[name]
            found.append((weight, head.loss(head(outputs), batch[name], batch.lengths)))
        for name, weight in self.label_weights.items():
            head = self.classifiers[name]
            found.append((weight, head.loss(head(outputs, batch.lengths), batch[name])))
        spoken = self.language_losses(outputs, batch)
        return found + [(self.language_weight / len(spoken), loss) for loss in spoken]

    def language_losses(self, outputs: Tensor, batch: Batch) -> list[Loss]:
        """The language model's loss in each direction, over all tokens but the first it reads.

        Outputs are (batch, time, hidden), those of both directions side by side.
        """
        lengths = (batch.lengths - 1).clamp(min=0)
        size = outputs.size(2) // max(len(self.language), 1)
        shifted = [
            (outputs[:, :-1, :size], batch.tokens[:, 1:]),
            (outputs[:, 1:, size:], batch.tokens[:, :-1]),
        ]
        heads = zip(self.language, shifted, strict=False)
        return [head.loss(features, tokens, lengths) for head, (features, tokens) in heads]

    def loss(self, outputs: Tensor, batch: Batch) -> Loss:
        """The weighted nats of all heads, over all tokens; training weights each head's mean.

        Outputs are (batch, time, hidden).
        """
        parts = self.losses(outputs, batch)
        count = batch.lengths.sum()
        total = torch.stack([weight * loss.total for weight, loss in parts]).sum()
        means = torch.stack([weight * loss.mean for weight, loss in parts]).sum()
        return Loss(total, count, means * count, parts)

    def logits(self, batch: Batch) -> Tensor:
        """What the target's head decides from, (batch, time, labels) or (batch, labels)."""
        outputs = self(batch)
        if self.target in self.classifiers:
            return self.classifiers[self.target](outputs, batch.lengths)
        return self.taggers[self.target](outputs)

    def predict(self, batch: Batch) -> list[str] | list[list[str]]:
        """One label for each token or each example, those of the target."""
        logits = self.logits(batch)
        if self.target in self.classifiers:
            return self.classifiers[self.target].answers(logits)
        symbols = self.vocabularies[self.target].symbols
        rows = self.taggers[self.target].decode(logits, batch.lengths)
        return [[symbols[number] for number in row] for row in rows]

    def graphs(self, batch: Batch) -> list[Graph]:
        """From tokens to what the target's head decides from; the other heads are left out."""
        return [batch_graph(batch, "logits", self.logits)]

    def attach(self, runs: Mapping[str, Run]) -> None:
        attach_batch(self, "logits", "logits", runs)

    def metrics(self) -> dict[str, Metric]:
        """The accuracy of every field, and the perplexity of the language model."""
        found: dict[str, Metric] = {}
        for name in (*self.tag_weights, *self.label_weights):
            found[self.score_name(name)] = metrics.LabelAccuracy()
        if self.language_weight:
            found["perplexity"] = metrics.Perplexity()
        return found

    def score_name(self, field: str) -> str:
        """The name of a field's accuracy among the scores."""
        return "accuracy" if field == self.target else f"{field}_accuracy"

    def score(self, metrics: Mapping[str, Any], outputs: Tensor, batch: Batch) -> None:
        """Update the metrics of each head, from outputs (batch, time, hidden)."""
        real = mask(batch.lengths, outputs.size(1))
        for name, tagger in self.taggers.items():
            rows = tagger.decode(tagger(outputs), batch.lengths)
            guesses = torch.tensor(list(itertools.chain(*rows)), dtype=torch.int64)
            expected = batch[name][real]
            metrics[self.score_name(name)].update(guesses.to(expected.device), expected)
        for name, classifier in self.classifiers.items():
            guesses = classifier.predicted(classifier(outputs, batch.lengths))
            guesses = classifier.matched(guesses, batch[name])
            metrics[self.score_name(name)].update(guesses, batch[name])
        for loss in self.language_losses(outputs, batch):
            metrics["perplexity"].update(loss.total, loss.count)

    def fit_to_training_data(self, data: SequenceData) -> None:
        """Tell the classifiers their labels; refuse tags that a CRF's scheme does not allow."""
        train = data.datasets["train"]
        for name, tagger in self.taggers.items():
            if isinstance(tagger, CRFTagging):
                tagger.fit_to_training_data(train.encoded[name], train.places)
        for name, classifier in self.classifiers.items():
            with located("task.classification"):
                classifier.check(getattr(data.fields[name], "kind", "vector"))
            classifier.fit_to_training_data(targets(data.datasets["train"], name))

    def baselines(self, data: SequenceData, budget: Budget) -> dict[str, Scores]:
        """Each word's most frequent tag in training, and the most frequent label."""
        train, test = data.datasets["train"], data.datasets[data.test_split]
        name = "most frequent of each word or of all"
        scores: dict[str, Scores] = {}
        with budget.of(name):
            tags = {n: self.tag_accuracy(n, train, test, budget) for n in self.taggers}
            labels = {n: self.label_accuracy(n, train, test, budget) for n in self.classifiers}
            scores[name] = {self.score_name(n): right for n, right in {**tags, **labels}.items()}
        return scores

    def tag_accuracy(
        self, name: str, train: SequenceDataset, test: SequenceDataset, budget: Budget
    ) -> float:
        """The accuracy of each word's most frequent tag."""
        examples = (tagged(train, name, part) for part in parts(len(train), COUNTED))
        tagger = MostFrequentTag(budget.over(examples))
        right = 0
        for part in budget.over(parts(len(test), SCORED)):
            tokens, tags = tagged(test, name, part)
            right += int((tagger.tag(tokens) == tags).sum())
        return right / len(test.encoded[name].values)

    def label_accuracy(
        self, name: str, train: SequenceDataset, test: SequenceDataset, budget: Budget
    ) -> float:
        """The accuracy of the most frequent label."""
        head = self.classifiers[name]
        _, guess = head.constant(budget.over(targets(train, name)))
        right = [some == head.matched(guess, some) for some in budget.over(targets(test, name))]
        return float(torch.cat(right).float().mean())


def weights(
    option: str, given: Mapping[str, float | None], vocabularies: Mapping[str, Vocabulary]
) -> dict[str, float]:
    """The fields of the data that are given a weight above 0, with the weight."""
    chosen = {name: weight for name, weight in given.items() if weight is not None}
    for name, weight in chosen.items():
        if name not in vocabularies:
            raise UsageError(
                f"the data has no field '{name}', only {', '.join(vocabularies)}; set it to null, "
                "or add the field",
                option=f"{option}.{name}",
            )
        if not weight > 0:
            message = f"it is above 0, or null for no such head, not {weight}"
            raise UsageError(message, option=f"{option}.{name}")
    return chosen


def check_directions(encoder: RecurrentEncoder) -> None:
    """Refuse an encoder in which one direction reads what the other has read."""
    mixed = len(encoder.layers) > 1 or isinstance(encoder.norm, nn.LayerNorm)
    if encoder.bidirectional and mixed:
        raise UsageError(
            "above the first layer, or in a last norm, each direction sees what the other has "
            "read; set it to 0, or `encoder.bidirectional`=false, or `encoder.num_layers`=1 "
            "without residual and layer_norm together",
            option="language_weight",
        )
