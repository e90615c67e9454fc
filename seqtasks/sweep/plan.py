"""The runs of a sweep by their options: the numbers that they have, whichever command asks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from seqtasks.files.replacing import write_text
from seqtasks.sweep.job import options_of

PLAN = "plan.json"
"""The file in the folder of a sweep that numbers its runs."""

Words = Sequence[str]
"""The options of a run, as they are typed."""


class Plan:
    """Numbers for the runs of a sweep, of which each keeps its own.

    A run is known by its options, in whatever order they are typed.

    Args:
        folder: of the sweep; one that holds a plan goes on with it.

    >>> plan = Plan(Path("none"))
    >>> plan.number(["seed=1", "cell=gru"]), plan.number(["seed=2"])
    (0, 1)
    >>> plan.number(["cell=gru", "seed=1"])
    0
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / PLAN
        self.options: list[dict[str, str]] = []
        if self.path.is_file():
            self.options = json.loads(self.path.read_text(encoding="utf-8"))

    def __len__(self) -> int:
        return len(self.options)

    def number(self, words: Words) -> int:
        """The number of a run, the next one if it is new here."""
        options = options_of(words)
        if options not in self.options:
            self.options.append(options)
        return self.options.index(options)

    def labels(self) -> Mapping[int, str]:
        """The options of each run in words."""
        return {
            number: " ".join(f"{name}={value}" for name, value in options.items())
            for number, options in enumerate(self.options)
        }

    def write(self) -> None:
        """Keep the plan in its folder."""
        write_text(self.path, json.dumps(self.options, indent=1))
