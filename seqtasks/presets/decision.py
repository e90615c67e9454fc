"""A decision that is made for a person."""

from __future__ import annotations

from typing import Any, NamedTuple

from seqtasks.cli.options import as_value


class Decision(NamedTuple):
    """An option that is chosen where nobody typed it.

    Attributes:
        option: as the command line spells it: a value, such as ``encoder.hidden_size``, or a
            group, such as ``task/head``.
        value: plain; of a group, the name of a choice, or None for none.
        reason: in a few words.
        along: other options and groups with which it goes: where one of them is typed, nothing is
            decided here either.

    >>> str(Decision("encoder.hidden_size", 256, "20,000 words to learn from"))
    'encoder.hidden_size=256'
    >>> str(Decision("task/embedding/spelling", None, "the tokens are characters"))
    '~task/embedding/spelling'
    """

    option: str
    value: Any
    reason: str
    along: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.is_group and self.value is None:
            return f"~{self.option}"
        return f"{self.option}={as_value(self.value)}"

    @property
    def is_group(self) -> bool:
        """Whether it is the choice of a group, whose names have no dots."""
        return "." not in self.option
