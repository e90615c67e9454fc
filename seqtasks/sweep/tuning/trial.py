"""One run of a search, as the process that trains it knows it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from seqtasks.training.watching import TrainedAlready, Watch

VARIABLE = "SEQTASKS_TRIAL"
"""The variable of the environment that tells a process of its trial, and those that it starts."""


@dataclass(frozen=True)
class Trial:
    """A run of a search: it trains and neither tests nor saves, or is trained and does just that.

    Attributes:
        folder: of the search.
        number: of the trial, from 0.
        until: when it has to end, in seconds since 1970; None: whenever it does.
        pruned: whether its validations may end it.
        checkpoint: of a trial that has trained, to be tested and saved; None for one that trains.
        trained: what its training came to: ``epochs``, ``seconds``.
    """

    folder: str
    number: int
    until: float | None = None
    pruned: bool = True
    checkpoint: str | None = None
    trained: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Trial | None:
        """The trial of this process; None for a run that belongs to no search."""
        text = os.environ.get(VARIABLE)
        return None if text is None else cls(**json.loads(text))

    def text(self) -> str:
        """The trial, as the variable holds it."""
        return json.dumps(asdict(self))

    def claims(self) -> dict[str, Any]:
        """What it claims its folder with: a trial that was interrupted has left things there."""
        return {"overwrite": self.checkpoint is None, "checkpoint": self.checkpoint}

    def callback(self, monitor: str) -> TrainedAlready | Watch:
        """What ends its training, by a score."""
        if self.checkpoint is not None:
            return TrainedAlready()
        until = math.inf if self.until is None else self.until
        return Watch(monitor, self.judge() if self.pruned else lambda *_: False, until)

    def judge(self) -> Callable[[int, float], bool]:
        """What is told the scores of the validations, and says when they promise too little."""
        from seqtasks.sweep.tuning.study import judge  # late: a run of no search needs no Optuna

        return judge(Path(self.folder), self.number)
