"""What was decided for a person, in one short block."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from rich.console import Console

WIDTH = 96
"""Columns of a line."""


def told_choices(preset: Mapping[str, Any]) -> Iterator[str]:
    """Lines that say how files are read and what the preset chose, as it can be typed.

    Args:
        preset: the part of the configuration: ``name`` and the lists ``read`` and ``chosen``, each
            of which may be empty.

    >>> chosen = ["task.y=2", "data.x=1", "task.z=3"]
    >>> list(told_choices({"name": "good", "read": [], "chosen": chosen}))[1:]
    ['  data.x=1', '  task.y=2  task.z=3']
    """
    if preset["read"]:
        yield "How the files are read; type an option to change it:"
        yield from (f"  {one}" for one in preset["read"])
    if not preset["chosen"]:
        return
    yield f"What preset={preset['name']} chooses; an option that you type wins:"
    chosen = sorted(preset["chosen"], key=lambda one: one.replace("/", ".").partition(".")[0])
    for _, options in groupby(chosen, key=lambda one: one.replace("/", ".").partition(".")[0]):
        # A blank within an option is kept from the wrapping.
        line = "  ".join(option.replace(" ", "\0") for option in options)
        for part in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False):
            yield f"  {part}".replace("\0", " ")


def show_choices(console: Console, preset: Mapping[str, Any]) -> None:
    """Print the lines of `told_choices`."""
    for line in told_choices(preset):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
