"""What the scores of texts have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torchmetrics import Metric

from seqtasks.metrics.checks import References, check_pairs


class TextMetric(Metric):
    """A score of a whole corpus, each text against one reference or several.

    A subclass adds its counts as states of type int64 or float64, `add`s to them, and computes.

    Args:
        options: what torchmetrics' `Metric` takes.

    Attributes:
        graded: whether single texts score anything between wholly wrong and wholly right.
        for_one_text: the options by which a single text is scored.
        numbers: how many references texts have had, also before a reset.
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better: bool | None = True
    graded: ClassVar[bool] = True
    for_one_text: ClassVar[dict[str, Any]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.numbers: set[int] = set()

    def update(self, hypotheses: Sequence[str], references: References) -> None:
        """Adds a batch of texts, with one reference or a list of them for each.

        Raises:
            UsageError: The lists differ in length, or a text has no reference.
        """
        rows = check_pairs(hypotheses, references)
        if rows:
            self.numbers |= {len(row) for row in rows}
            self.add(hypotheses, rows)

    def add(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        """Adds the counts of some texts, at least one, each with its references."""
        raise NotImplementedError

    def compute(self) -> Tensor:
        """The score of all texts so far, shape (), float64."""
        raise NotImplementedError

    def count(self, name: str, values: Any) -> None:
        """Adds to a state that holds counts."""
        state = getattr(self, name)
        added = torch.tensor(values, dtype=state.dtype, device=state.device)
        setattr(self, name, state + added)

    def signed(self, scorer: Any) -> str:
        """The signature of one of sacreBLEU's metrics for as many references as there were."""
        scorer.num_refs = next(iter(self.numbers), 1) if len(self.numbers) < 2 else -1
        return str(scorer.get_signature().format())


def streams(references: Sequence[Sequence[str]]) -> Any:
    """References by their place, as sacreBLEU takes them; None where a text has fewer.

    >>> streams([["a", "A"], ["b"]])
    [['a', 'b'], ['A', None]]
    """
    most = max(map(len, references))
    return [[row[n] if n < len(row) else None for row in references] for n in range(most)]
