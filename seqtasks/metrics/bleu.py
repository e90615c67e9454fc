"""BLEU of a whole corpus, exact whatever its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from sacrebleu.metrics.bleu import BLEU
from torch import Tensor

from seqtasks.errors import UsageError, nearest
from seqtasks.metrics.checks import scalar
from seqtasks.metrics.text import TextMetric, streams


class CorpusBLEU(TextMetric):
    """BLEU (Papineni et al. 2002), equal to `sacrebleu.corpus_bleu`.

    It adds up sacreBLEU's own counts (Post 2018): matching and all n-grams of orders 1 to 4 and
    the two lengths, int64. Smoothing is sacreBLEU's default, "exp".

    Args:
        tokenize: A sacreBLEU tokenizer; "none" splits at white space, for text that is split into
            tokens already.
        lowercase: Whether case is ignored.
        effective_order: Leave out orders of which nothing matches, for the score of one text.
        options: what torchmetrics' `Metric` takes.

    Raises:
        UsageError: sacreBLEU has no such tokenizer.

    >>> metric = CorpusBLEU()
    >>> metric.update(["a man rides a bike ."], ["A man rides a red bike ."])
    >>> metric.update(["two dogs play in snow"], ["two dogs play in snow"])
    >>> round(metric.compute().item(), 2)
    71.74
    """

    for_one_text: ClassVar[dict[str, Any]] = {"effective_order": True}
    matches: Tensor
    totals: Tensor
    lengths: Tensor

    def __init__(
        self,
        tokenize: str = "none",
        lowercase: bool = True,
        effective_order: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if tokenize not in BLEU.TOKENIZERS:
            raise UsageError(
                f"tokenizer '{tokenize}' is not one of {', '.join(BLEU.TOKENIZERS)}."
                + nearest(tokenize, BLEU.TOKENIZERS)
            )
        # `force` only silences the advice on text that looks tokenized.
        self._bleu = BLEU(
            tokenize=tokenize, lowercase=lowercase, effective_order=effective_order, force=True
        )
        orders = self._bleu.max_ngram_order
        for name, size in (("matches", orders), ("totals", orders), ("lengths", 2)):
            self.add_state(name, torch.zeros(size, dtype=torch.int64), dist_reduce_fx="sum")

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds sacreBLEU's counts."""
        found = self._bleu.corpus_score(hypotheses, streams(references))
        self.count("matches", found.counts)
        self.count("totals", found.totals)
        self.count("lengths", [found.sys_len, found.ref_len])

    def compute(self) -> Tensor:
        """The score, shape (), float64, from 0 to 100."""
        given, wanted = self.lengths.tolist()
        found = BLEU.compute_bleu(
            self.matches.tolist(),
            self.totals.tolist(),
            given,
            wanted,
            smooth_method=self._bleu.smooth_method,
            effective_order=self._bleu.effective_order,
        )
        return scalar(found.score, self.device)

    @property
    def signature(self) -> str:
        """SacreBLEU's signature, which names the settings and the version to report.

        >>> CorpusBLEU().signature.partition("|version")[0]
        'nrefs:1|case:lc|eff:no|tok:none|smooth:exp'
        """
        return self.signed(self._bleu)
