"""Any number of labels for a whole sequence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from seqtasks import metrics
from seqtasks.data.vocabulary import Vocabulary
from seqtasks.encoder import RecurrentEncoder
from seqtasks.errors import UsageError
from seqtasks.heads.calibration import tune_thresholds
from seqtasks.heads.loss import Loss, binary_cross_entropy
from seqtasks.heads.pooled import PooledHead
from seqtasks.kernels.scan import in_widest_type

if TYPE_CHECKING:
    from torchmetrics import Metric


class MultiLabelClassification(PooledHead):
    """Pool the outputs of all steps, then a linear map and a sigmoid for each label.

    Args:
        encoder: whose outputs are read.
        labels: the labels.
        threshold: the probability from which a label is taken, above 0 and below 1; None tunes one
            for each label on the validation data after training, for the best F1.
        pooled: ``pooling``, ``dropout`` and ``texts``, as in `PooledHead`.

    Raises:
        UsageError: the threshold is out of range.
    """

    takes = ("label set",)
    monitor, mode = "val/f1_micro", "max"
    thresholds: Tensor

    def __init__(
        self,
        encoder: RecurrentEncoder,
        labels: Vocabulary,
        *,
        threshold: float | None = None,
        **pooled: Any,
    ) -> None:
        super().__init__(encoder, labels, outputs=len(labels), **pooled)
        if threshold is not None and not 0 < threshold < 1:
            raise UsageError(
                f"it is above 0 and below 1, not {threshold}; null tunes one for each label",
                option="threshold",
            )
        self.calibrates = threshold is None
        start = 0.5 if threshold is None else threshold
        self.register_buffer("thresholds", torch.full((len(labels),), start))

    def loss(self, logits: Tensor, targets: Tensor) -> Loss:
        """Binary cross-entropy, summed over the labels; targets (batch, labels), 0 or 1.

        Labels that training never shows stand behind the others; no decision is made on them, and
        the loss of an example is that of the others.
        """
        return binary_cross_entropy(logits, targets[:, : len(self.labels)])

    def probabilities(self, logits: Tensor) -> Tensor:
        """(batch, labels), each label by itself."""
        [wide] = in_widest_type(logits)
        return wide.sigmoid()

    def predicted(self, logits: Tensor) -> Tensor:
        """(batch, labels) int64, 1 where a label's probability reaches its threshold."""
        return (self.probabilities(logits) >= self.thresholds).long()

    def answers(self, logits: Tensor) -> list[str] | list[list[str]]:
        """The labels of each example, the most frequent in training first."""
        rows = self.predicted(logits).tolist()
        return [[label for label, yes in zip(self.labels, row, strict=True) if yes] for row in rows]

    def calibrate(self, logits: Tensor, targets: Tensor) -> None:
        known = targets[:, : len(self.labels)]
        self.thresholds.copy_(tune_thresholds(self.probabilities(logits), known))

    def matched(self, guesses: Tensor, targets: Tensor) -> Tensor:
        return functional.pad(guesses, (0, targets.size(-1) - guesses.size(-1)))

    def constant(self, targets: Iterable[Tensor]) -> tuple[str, Tensor]:
        guess = int(torch.stack([some.sum(dim=0) for some in targets]).sum(dim=0).argmax())
        one_hot = functional.one_hot(torch.tensor(guess), len(self.labels))
        return f"always '{self.labels[guess]}'", one_hot

    def metrics(self) -> dict[str, Metric]:
        """F1 over all decisions and averaged over the labels; the share of examples all right."""
        known, unseen = len(self.labels), len(self.unseen)
        return {
            "f1_micro": metrics.MultilabelF1Score(known + unseen, average="micro"),
            "f1_macro": metrics.LabelSetF1(known, unseen),
            "exact_match": metrics.MultilabelExactMatch(known + unseen),
        }

    def test_metrics(self) -> dict[str, Metric]:
        count = len(self.labels) + len(self.unseen)
        return {"counts": metrics.MultilabelStatScores(count, average="none")}

    def report(self, tables: Mapping[str, Tensor]) -> dict[str, Any]:
        expected = tables["counts"][:, 4]
        labels, kept = metrics.occurring(self.labels, self.unseen, expected)
        hits, false, _, _, expected = tables["counts"][kept].unbind(dim=1)
        scores = metrics.class_scores(labels, hits, hits + false, expected)
        thresholds = dict(zip(self.labels, self.thresholds.tolist(), strict=True))
        return {"labels": labels, "classes": scores, "thresholds": thresholds}
