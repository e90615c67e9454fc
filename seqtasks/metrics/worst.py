"""The texts that a model gets most wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.text import References, TextMetric, check_pairs

WorstText = dict[str, Any]
"""``score``, ``source``, ``references`` and ``output`` of one text."""


def as_bytes(found: Sequence[WorstText]) -> Tensor:
    """Rows as JSON lines, the numbers of their bytes, shape (bytes,), float32."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    return torch.tensor(list(text.encode()), dtype=torch.float32)


def rows(lines: Tensor) -> list[WorstText]:
    """The rows that `as_bytes` was given, from its lines (bytes,).

    >>> rows(as_bytes([{"score": 0.5, "output": "é"}]))
    [{'score': 0.5, 'output': 'é'}]
    """
    text = bytes(map(int, lines.tolist())).decode()
    return [json.loads(line) for line in text.split("\n") if line]


class WorstTexts(Metric):
    """Keeps the texts of a data set that score worst; those that are right are left out.

    The state is text as numbers of bytes, so that processes can join theirs: float32, the type
    that torchmetrics gives the state of a process without examples.

    Args:
        ranking: scores single texts; made with ``sync_on_compute=False``.
        count: how many texts to keep.
        options: what torchmetrics' `Metric` takes.

    >>> from seqtasks.metrics import SymbolErrorRate
    >>> metric = WorstTexts(SymbolErrorRate(sync_on_compute=False), count=1)
    >>> metric.update(["cat", "a"], ["K AE", "AH"], ["K AE T", ["EY", "AH"]])
    >>> [(row["source"], round(row["score"], 2)) for row in rows(metric.compute())]
    [('cat', 0.33)]
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = None
    kept: list[Tensor] | Tensor

    def __init__(self, ranking: TextMetric, count: int = 10, **options: Any) -> None:
        super().__init__(**options)
        self.ranking, self.most = ranking, count
        self.add_state("kept", [], dist_reduce_fx="cat")

    def update(
        self, sources: Sequence[str], outputs: Sequence[str], references: References
    ) -> None:
        """Add a batch of texts; errors are those of `check_pairs`."""
        found = self.rows()
        pairs = zip(sources, outputs, check_pairs(outputs, references), strict=True)
        for source, output, wanted in pairs:
            if output not in wanted:
                score = self.score(output, wanted)
                row = {"score": score, "source": source, "references": wanted, "output": output}
                found.append(row)
        self.kept = [as_bytes(self.worst(found)).to(self.device)]

    def compute(self) -> Tensor:
        """The worst texts, worst first: what `rows` reads, shape (bytes,), float32."""
        return as_bytes(self.worst(self.rows()))

    def rows(self) -> list[WorstText]:
        """The rows in the state, which is one tensor once processes have joined theirs."""
        parts = [self.kept] if isinstance(self.kept, Tensor) else self.kept
        return [row for part in parts for row in rows(part)]

    def score(self, output: str, references: Sequence[str]) -> float:
        """The score of one text."""
        self.ranking.reset()
        self.ranking.update([output], [references])
        return float(self.ranking.compute())

    def worst(self, found: Sequence[WorstText]) -> list[WorstText]:
        """The worst of some rows, in order; among equals the shorter sources, by their letters.

        Which process had a row makes no difference.
        """
        sign = 1 if self.ranking.higher_is_better else -1

        def place(row: WorstText) -> tuple[float, int, str, str]:
            return sign * row["score"], len(row["source"]), row["source"], row["output"]

        return sorted(found, key=place)[: self.most]
