"""Texts of data in Markdown, where they are words and no mark-up."""

from __future__ import annotations

import re

from seqtasks.cli.printable import on_one_line


def plain(text: object) -> str:
    r"""A text as Markdown writes it, also in a cell of a table.

    >>> print(plain("a|b <i>*c*"))
    a\|b \<i\>\*c\*
    """
    return re.sub(r"([\\`*_\[\]<>|&~$#])", r"\\\1", on_one_line(str(text)))


def code(text: object) -> str:
    r"""A text as code within a line, whatever backticks it holds.

    >>> code("train.txt"), code("a`b")
    ('`train.txt`', '`` a`b ``')
    """
    shown = on_one_line(str(text))
    runs = [len(run) for run in re.findall("`+", shown)]
    if not runs:
        return f"`{shown}`"
    fence = "`" * (max(runs) + 1)
    return f"{fence} {shown} {fence}"
