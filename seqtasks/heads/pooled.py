"""What the heads for whole sequences share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.comparison import PARTS, joined
from seqtasks.heads.loss import Loss
from seqtasks.heads.pooling import Pooling
from seqtasks.kernels.affine import Linear

if TYPE_CHECKING:
    from torchmetrics import Metric

POOLED_HEADS = {
    "label": "one label an example: field@data.label=label",
    "ordered label": "one label an example, in an order: data.label.order=[low,middle,high]",
    "label set": "several labels an example: field@data.label=labels",
    "number": "one number an example: field@data.label=number",
}
"""Kinds of targets, and the option that makes each."""


class PooledHead(nn.Module):
    """Pool the outputs of all steps, then a linear map; subclass it and say what that means.

    Args:
        encoder: whose outputs are read.
        labels: the labels; a number that is predicted has none.
        outputs: how many numbers the linear map gives.
        pooling: ``last``, ``mean``, ``max`` or ``attention`` (`Pooling`).
        dropout: rate on the pooled vector.
        texts: how many texts an example has; the vectors of 2 are joined
            (`seqtasks.heads.comparison`).

    Attributes:
        takes: the kinds of targets that it learns from, names in `POOLED_HEADS`.
        monitor: the score by which the best checkpoint is chosen.
        mode: ``min`` or ``max``, whichever is better.
        calibrates: whether `calibrate` has something to fit.
        unseen: labels that training never shows and that are scored. Their numbers are those behind
            the head's own labels; they have no loss, and whatever is predicted for them is wrong.
    """

    takes: tuple[str, ...] = ()
    monitor, mode = "val/loss", "min"
    calibrates = False
    unseen: Sequence[str] = ()

    def __init__(
        self,
        encoder: RecurrentEncoder,
        labels: Vocabulary,
        *,
        outputs: int,
        pooling: str = "last",
        dropout: float = 0.0,
        texts: int = 1,
    ) -> None:
        super().__init__()
        if outputs < 1:
            raise UsageError(f"this head needs labels and data.label has none; {self.wanted}")
        self.labels = labels.symbols
        self.pooling = Pooling(encoder, pooling)
        self.dropout = nn.Dropout(dropout)
        self.texts = texts
        self.linear = Linear(PARTS[texts] * encoder.output_size, outputs)

    @property
    def wanted(self) -> str:
        """What the targets have to be, as a clause."""
        return "it learns from " + ", or from ".join(POOLED_HEADS[kind] for kind in self.takes)

    def check(self, kind: str) -> None:
        """Refuse, by a UsageError, targets of another kind."""
        if kind not in self.takes:
            raise UsageError(
                f"a {type(self).__name__} does not learn from {kind}s; {self.wanted}", option=""
            )

    def forward(self, outputs: Tensor, lengths: Tensor) -> Tensor:
        """What the head decides from, (batch, numbers of the linear map).

        Outputs are (texts · batch, time, size), all first texts before all second ones.
        """
        pooled = self.pooling(outputs, lengths)
        return self.linear(self.dropout(joined(pooled, self.texts)))

    def loss(self, logits: Tensor, targets: Tensor) -> Loss:
        """The loss summed over the examples, and how many have one.

        Args:
            logits: (batch, numbers of the linear map), as `forward` gives them.
            targets: (batch,); label sets are (batch, labels), 0 or 1.
        """
        raise NotImplementedError

    def predicted(self, logits: Tensor) -> Tensor:
        """What the head decides for each example, (batch, …), in the form of the targets."""
        raise NotImplementedError

    def answers(self, logits: Tensor) -> list[str] | list[list[str]]:
        """What the head decides for each example, in words; logits are (batch, numbers)."""
        return [self.labels[number] for number in self.predicted(logits).tolist()]

    def probabilities(self, logits: Tensor) -> Tensor:
        """The probability of each label, (batch, labels)."""
        raise UsageError(
            f"{type(self).__name__} gives no probabilities of labels; leave scores out"
        )

    def fit_to_training_data(self, targets: Iterable[Tensor]) -> None:
        """Learn from the targets of the training data what does not take a network.

        The targets come in parts, each (examples,) or, of label sets, (examples, labels).
        """

    def calibrate(self, logits: Tensor, targets: Tensor) -> None:
        """Fit to the validation data what the trained network leaves open.

        Logits and targets are those of all its examples, (examples, …). Targets that training never
        shows tell nothing of that.
        """

    def constant(self, targets: Iterable[Tensor]) -> tuple[str, Tensor]:
        """The best answer that is the same for every example: its name, and one guess.

        The targets are those of the training data, in parts, each (examples, …). The guess has the
        shape of a single target: a scalar, or (labels,) of a label set.
        """
        raise NotImplementedError

    def metrics(self) -> dict[str, Metric]:
        """Fresh metrics by name; they compare guesses with targets, or see what `views` says."""
        raise NotImplementedError

    def test_metrics(self) -> dict[str, Metric]:
        """Fresh metrics of the test alone; what is not one number goes to `report`."""
        return {}

    def matched(self, guesses: Tensor, targets: Tensor) -> Tensor:
        """Guesses in the form of targets, which may name labels that training never shows.

        Both are (batch,) or, of label sets, (batch, labels).
        """
        return guesses

    def views(self, logits: Tensor) -> dict[str, Tensor]:
        """Metric → what it sees in place of the guesses, (batch, …)."""
        return {}

    def score(self, metrics: Mapping[str, Any], logits: Tensor, targets: Tensor) -> None:
        """Update the metrics with a batch: logits (batch, numbers) and targets (batch, …)."""
        guesses, views = self.matched(self.predicted(logits), targets), self.views(logits)
        for name, metric in metrics.items():
            if name != "loss":
                metric.update(views.get(name, guesses), targets)

    def report(self, tables: Mapping[str, Tensor]) -> dict[str, Any]:
        """What a test says beside its scores, as JSON.

        The tables are the values, of any shape, of the metrics that are not one number.
        """
        return {}
