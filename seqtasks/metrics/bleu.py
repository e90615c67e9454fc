"""BLEU of a whole corpus, exact whatever its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sacrebleu.metrics.bleu import BLEU
from torch import Tensor
from torchmetrics import Metric

from seqtasks.errors import UsageError, nearest
from seqtasks.metrics.checks import check_pairs, scalar


class CorpusBLEU(Metric):
    """BLEU (Papineni et al. 2002) with one reference, equal to `sacrebleu.corpus_bleu`.

    It adds up sacreBLEU's own counts (Post 2018): matching and all n-grams of orders 1 to 4 and
    the two lengths, int64. Smoothing is sacreBLEU's default, "exp".

    Args:
        tokenize: A sacreBLEU tokenizer; "none" splits at white space, for text that is split into
            tokens already.
        lowercase: Whether case is ignored.

    Raises:
        UsageError: sacreBLEU has no such tokenizer.

    >>> metric = CorpusBLEU()
    >>> metric.update(["a man rides a bike ."], ["A man rides a red bike ."])
    >>> metric.update(["two dogs play in snow"], ["two dogs play in snow"])
    >>> round(metric.compute().item(), 2)
    71.74
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    matches: Tensor
    totals: Tensor
    lengths: Tensor

    def __init__(self, tokenize: str = "none", lowercase: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if tokenize not in BLEU.TOKENIZERS:
            raise UsageError(
                f"tokenizer '{tokenize}' is not one of {', '.join(BLEU.TOKENIZERS)}."
                + nearest(tokenize, BLEU.TOKENIZERS)
            )
        # `force` only silences the advice on text that looks tokenized.
        self._bleu = BLEU(tokenize=tokenize, lowercase=lowercase, force=True)
        self._bleu.corpus_score([""], [[""]])  # tells the signature that there is one reference
        orders = self._bleu.max_ngram_order
        for name, size in (("matches", orders), ("totals", orders), ("lengths", 2)):
            self.add_state(name, torch.zeros(size, dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, hypotheses: Sequence[str], references: Sequence[str]) -> None:
        """Adds a batch of texts, one reference for each hypothesis.

        Raises:
            UsageError: The lists differ in length.
        """
        check_pairs(hypotheses, references)
        if not len(hypotheses):
            return
        found = self._bleu.corpus_score(hypotheses, [references])
        device = self.matches.device
        self.matches = self.matches + torch.tensor(found.counts, device=device)
        self.totals = self.totals + torch.tensor(found.totals, device=device)
        self.lengths = self.lengths + torch.tensor([found.sys_len, found.ref_len], device=device)

    def compute(self) -> Tensor:
        """The score, shape (), float64, from 0 to 100."""
        given, wanted = self.lengths.tolist()
        found = BLEU.compute_bleu(
            self.matches.tolist(),
            self.totals.tolist(),
            given,
            wanted,
            smooth_method=self._bleu.smooth_method,
        )
        return scalar(found.score, self.device)

    @property
    def signature(self) -> str:
        """SacreBLEU's signature, which names the settings and the version to report.

        >>> CorpusBLEU().signature.partition("|version")[0]
        'nrefs:1|case:lc|eff:no|tok:none|smooth:exp'
        """
        return self._bleu.get_signature().format()
