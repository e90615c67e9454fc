"""How files are read, added to the words of a command line that does not say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from seqtasks.cli.options import as_value
from seqtasks.cli.quoting import in_quotes
from seqtasks.cli.typed import typed_values
from seqtasks.errors import located
from seqtasks.presets.decision import Decision
from seqtasks.presets.guessing import guesses

AUTO = "auto"
"""The choice of ``data`` that stands for none."""

_PLAIN = re.compile(r"(?!(?:null|true|false|nan|inf)$)[A-Za-z_][\w.]*", re.ASCII | re.IGNORECASE)


def reading(task: str, words: Sequence[str]) -> list[Decision]:
    """Say how the files that some words name are read; nothing where a recipe says it.

    Args:
        task: the choice of the group ``task``.
        words: of the command line.

    Raises:
        DataError: a file cannot be read, or leaves a doubt.
    """
    typed = typed_values(words)
    if typed.get("data") == AUTO:
        del typed["data"]
    sources = {split: typed.get(f"data.{split}") for split in ("train", "val", "test")}
    if typed.get("experiment") or any("${" in str(source) for source in sources.values()):
        return []
    plain = {split: source for split, source in sources.items() if _names_files(source)}
    if "train" not in plain:
        return []
    with located("data"):
        return guesses(task, plain, typed)


def as_word(decision: Decision) -> str:
    r"""A decision as Hydra reads it from a command line.

    >>> as_word(Decision("data.reader.delimiter", ";", "")), as_word(Decision("data", "table", ""))
    ("data.reader.delimiter=';'", 'data=table')
    """
    return f"{decision.option}={_quoted(decision.value)}"


def _quoted(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(map(_quoted, value)) + "]"
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        return in_quotes(value.replace("${", "\\${"))
    return as_value(value)


def _names_files(source: Any) -> bool:
    return (isinstance(source, str) and source != "") or (
        isinstance(source, list) and len(source) > 0 and all(isinstance(one, str) for one in source)
    )
