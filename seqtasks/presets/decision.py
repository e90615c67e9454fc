"""A decision that is made for a person."""

from __future__ import annotations

from typing import Any, NamedTuple

from seqtasks.cli.options import as_value


class Decision(NamedTuple):
    """An option that is chosen where nobody typed it.

    Attributes:
        option: as the command line spells it: a value, such as ``encoder.hidden_size``, or a
            group, such as ``task/head``.
        value: plain; of a group, the name of a choice.
        reason: in a few words.

    >>> str(Decision("encoder.hidden_size", 256, "20,000 words to learn from"))
    'encoder.hidden_size=256'
    """

    option: str
    value: Any
    reason: str

    def __str__(self) -> str:
        return f"{self.option}={as_value(self.value)}"
