"""What a benchmark finds: speeds beside those of rivals, ratios first."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from timing import machine

OURS = "seqtasks"


def add_options(parser: argparse.ArgumentParser, repeats: int) -> None:
    """The options of every benchmark: repeats, threads, and where the figures go."""
    parser.add_argument("--repeats", type=int, default=repeats, help="rounds; medians are shown")
    parser.add_argument("--threads", type=int, nargs="+", metavar="N", help="of torch, in turn")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go, too")


class Figures:
    """The figures of a benchmark, printed as they come.

    Args:
        options: as parsed with `add_options`.

    Attributes:
        rows: the speeds of each thing that was timed, by the name of who did it.
        notes: other numbers by name.
    """

    def __init__(self, options: argparse.Namespace, device: str = "cpu") -> None:
        self.options, self.repeats, self.device = options, options.repeats, device
        self.rows: dict[str, dict[str, float]] = {}
        self.notes: dict[str, Any] = {}
        self.machine: dict[str, Any] | None = None

    def each_number_of_threads(self) -> Iterator[str]:
        """Set torch's threads to each number that is asked for, and give it in words."""
        for number in self.options.threads or [torch.get_num_threads()]:
            torch.set_num_threads(number)
            self.tell_machine()
            yield f"{number} thread" + "s" * (number > 1)

    def tell_machine(self) -> None:
        """Print what is measured on, once."""
        if self.machine is None:
            self.machine = machine(self.device)
            print(", ".join(f"{name}: {value}" for name, value in self.machine.items()))

    def add(self, title: str, speeds: Mapping[str, float]) -> None:
        """Take the speeds of one thing, ours and its rivals'; more is better."""
        self.rows[title] = dict(speeds)
        ours = speeds[OURS]
        ratios = [f"{ours / each:.2f} × {name}" for name, each in speeds.items() if name != OURS]
        numbers = ", ".join(f"{name} {each:,.4g}" for name, each in speeds.items())
        print(f"{title}: {'; '.join([*ratios, numbers])}", flush=True)

    def note(self, title: str, value: Any) -> None:
        """Take another number."""
        self.notes[title] = value
        print(f"{title}: {value:,.3g}" if isinstance(value, float) else f"{title}: {value}")

    def write(self) -> None:
        """Write everything as JSON, if asked."""
        self.tell_machine()
        if self.options.json:
            found = {"machine": self.machine, "speeds": self.rows, "notes": self.notes}
            self.options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
