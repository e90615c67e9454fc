"""Translation edit rate of a whole corpus, exact whatever its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sacrebleu.metrics.ter import TER
from torch import Tensor

from seqtasks.metrics.checks import scalar
from seqtasks.metrics.text import TextMetric, streams


class CorpusTER(TextMetric):
    """TER (Snover et al. 2006), equal to sacreBLEU's: the lower the better, from 0.

    It adds up sacreBLEU's own counts: of each text the edits, shifts of phrases among them, from
    the reference that needs the fewest, and the mean length of its references.

    Args:
        lowercase: Whether case is ignored.
        options: what torchmetrics' `Metric` takes.

    >>> metric = CorpusTER()
    >>> metric.update(["a man rides a bike ."], ["A man rides a red bike ."])
    >>> metric.update(["in snow two dogs play"], ["two dogs play in snow"])
    >>> round(metric.compute().item(), 2)
    16.67
    """

    higher_is_better = False
    edits: Tensor
    length: Tensor

    def __init__(self, lowercase: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self._ter = TER(case_sensitive=not lowercase)
        self.add_state("edits", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("length", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds sacreBLEU's counts."""
        found = self._ter.corpus_score(hypotheses, streams(references))
        self.count("edits", found.num_edits)
        self.count("length", found.ref_length)

    def compute(self) -> Tensor:
        """The score, shape (), float64: 100 edits by words; 100 where all references are empty."""
        edits, length = self.edits.item(), self.length.item()
        return scalar(100 * (edits / length if length else float(edits > 0)), self.device)

    @property
    def signature(self) -> str:
        """SacreBLEU's signature, which names the settings and the version to report.

        >>> CorpusTER().signature.partition("|version")[0]
        'nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no'
        """
        return self.signed(self._ter)
