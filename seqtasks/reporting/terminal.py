"""The console that a command or a notebook prints its tables and lines on."""

from __future__ import annotations

import os
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from seqtasks.cli.printable import encodable, printable

_WIDE = 1000
"""Columns of an output that is no terminal: whoever reads it has no lines that end."""


class Terminal(Console):
    """Rich's console, whose texts move no cursor and hold what its stream can print alone.

    Cells are as wide as what is shown in them. No word of a table is broken, however few columns
    the terminal has, and a table that goes to a file or a pipe is as wide as its lines, unless
    ``COLUMNS`` says how wide it may be.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(soft_wrap=False, emoji=False, **options)  # :heart: is a label
        if not self.is_terminal and not self.is_jupyter and "COLUMNS" not in os.environ:
            self.width = _WIDE

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as `rich.console.Console.print` does."""
        for table in objects:
            if isinstance(table, Table):
                room = self.options.update(max_width=_WIDE)
                least = self.measure(table, options=room).minimum
                if least > self.width:
                    table.width, options["crop"] = least, False
        super().print(*objects, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """The text of a cell or a line, as the console can show it."""
        return super().render_str(encodable(printable(text), self.encoding), **options)
