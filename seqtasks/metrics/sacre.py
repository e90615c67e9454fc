"""SacreBLEU's scores of a whole corpus, exact whatever its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from seqtasks.errors import check_choice
from seqtasks.metrics.text import TextMetric


class CorpusScore(TextMetric):
    """A score of sacreBLEU (Post 2018) that is a function of counts summed over texts.

    The counts are sacreBLEU's own: those of n-grams and lengths, or of edits.

    Args:
        scorer: a metric of sacreBLEU.
        dtype: of the counts.
        options: what torchmetrics' `Metric` takes.
    """

    def __init__(self, scorer: Any, dtype: torch.dtype = torch.int64, **options: Any) -> None:
        [counts] = scorer._extract_corpus_statistics([""], [[""]])
        super().__init__(len(counts), dtype, **options)
        self.scorer = scorer

    def tally(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Sequence[Sequence[float]]:
        # The first references of all texts, then the second ones, None where a text has fewer.
        most = max(map(len, references))
        streams = [[row[n] if n < len(row) else None for row in references] for n in range(most)]
        counts: list[list[float]] = self.scorer._extract_corpus_statistics(hypotheses, streams)
        return counts

    def score(self, *sums: float) -> float:
        """The score in hundredths."""
        return float(self.scorer._compute_score_from_stats([*sums]).score)

    @property
    def signature(self) -> str:
        """SacreBLEU's signature, which names the settings and the version to report.

        >>> CorpusBLEU().signature.partition("|version")[0]
        'nrefs:1|case:lc|eff:no|tok:none|smooth:exp'
        """
        self.scorer.num_refs = next(iter(self.numbers), 1) if len(self.numbers) < 2 else -1
        return str(self.scorer.get_signature().format())


class CorpusBLEU(CorpusScore):
    """BLEU (Papineni et al. 2002), equal to ``sacrebleu.corpus_bleu``, smoothed by "exp".

    Args:
        tokenize: a tokenizer of sacreBLEU; "none" splits at white space, for text that is already
            split into tokens.
        lowercase: whether case is ignored.
        effective_order: leave out orders of which nothing matches, for the score of one text.
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

    def __init__(
        self,
        tokenize: str = "none",
        lowercase: bool = True,
        effective_order: bool = False,
        **options: Any,
    ) -> None:
        check_choice("tokenize", tokenize, BLEU.TOKENIZERS)
        # `force` only silences the advice on text that looks tokenized.
        scorer = BLEU(lowercase, True, tokenize, effective_order=effective_order)
        super().__init__(scorer, **options)


class CorpusCHRF(CorpusScore):
    """chrF2 (Popović 2016), equal to ``sacrebleu.corpus_chrf``.

    Of several references the best one counts. torchmetrics' ``CHRFScore`` is another score: on
    small corpora the two differ by up to half a point of 100. Case is ignored if ``lowercase``.

    >>> metric = CorpusCHRF()
    >>> metric.update(["a man rides a bike ."], ["A man rides a red bike ."])
    >>> round(metric.compute().item(), 2)
    65.33
    """

    def __init__(self, lowercase: bool = True, **options: Any) -> None:
        super().__init__(CHRF(lowercase=lowercase), **options)


class CorpusTER(CorpusScore):
    """Translation edit rate (Snover et al. 2006), equal to sacreBLEU's: 0 at best.

    The edits of each text, shifts of phrases among them, are those from the nearest reference; they
    are divided by the mean length of the text's references, which can be a fraction. Case is
    ignored if ``lowercase``.

    >>> metric = CorpusTER()
    >>> metric.update(["a man rides a bike ."], ["A man rides a red bike ."])
    >>> metric.update(["in snow two dogs play"], ["two dogs play in snow"])
    >>> round(metric.compute().item(), 2)
    16.67
    """

    higher_is_better = False

    def __init__(self, lowercase: bool = True, **options: Any) -> None:
        super().__init__(TER(case_sensitive=not lowercase), torch.float64, **options)
