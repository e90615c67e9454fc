"""How much a server takes at once: each limit is an option with a default.

uvicorn's own limits stand beside these as they are: the size of a request's head, and how long a
connection is kept after an answer. Its limit of connections would refuse in plain text, also
``/health``.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from typing import Any

from seqtasks.errors import check_least


def limit(default: float, least: float, unit: str, text: str) -> Any:
    """A field of `Limits`."""
    told = {"least": least, "unit": unit, "help": text}
    return dataclasses.field(default=default, metadata=told)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a server refuses, waits for and gives up.

    Raises:
        UsageError: a limit is below its least value.

    >>> Limits(queue=0)
    Traceback (most recent call last):
        ...
    seqtasks.errors.UsageError: queue: it is at least 1, not 0
    """

    batch_size: int = limit(32, 1, "N", "texts at once")
    wait_ms: float = limit(4.0, 0, "MS", "milliseconds that a text waits for others to run with")
    queue: int = limit(1000, 1, "N", "texts and prompts that wait; more are refused with 503")
    timeout: float = limit(
        30.0, 0.001, "SECONDS", "for a request, from its head to its answer; then 408 or 504"
    )
    head_timeout: float = limit(
        10.0, 0.001, "SECONDS", "until a connection on which no whole head has come is closed"
    )
    connections: int = limit(
        1000, 1, "N", "open at once; then those without a whole request make room, the oldest first"
    )
    max_body: int = limit(
        1_000_000, 1, "BYTES", "in a request's body; longer ones are refused with 413"
    )
    max_texts: int = limit(100, 1, "N", "texts in one request; more are refused with 422")
    max_characters: int = limit(
        10_000, 1, "N", "characters in a text; longer ones are refused with 422"
    )
    max_length: int = limit(1000, 1, "N", "tokens that a request may ask to be written")
    max_beam: int = limit(20, 1, "N", "the widest beam and the most outputs that it may ask for")
    max_streams: int = limit(8, 1, "N", "prompts that are continued at once; others wait")
    grace: int = limit(10, 0, "SECONDS", "for open requests after a signal to stop")

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            check_least(field.name, getattr(self, field.name), field.metadata["least"])


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add an option for each limit."""
    group = parser.add_argument_group("limits")
    for field in dataclasses.fields(Limits):
        group.add_argument(
            "--" + field.name.replace("_", "-"),
            type=type(field.default),
            default=field.default,
            metavar=field.metadata["unit"],
            help=f"{field.metadata['help']} (default {_plainly(field.default)})",
        )


def _plainly(value: Any) -> str:
    """A number as the help shows it: 4.0 as 4."""
    return f"{value:,}".removesuffix(".0")


def limits_of(options: argparse.Namespace) -> Limits:
    """The limits that a command line gives (UsageError: a limit is below its least value)."""
    return Limits(**{one.name: getattr(options, one.name) for one in dataclasses.fields(Limits)})
