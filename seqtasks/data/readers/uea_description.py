"""What a ``.ts`` file says of itself, and lines that are otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.data.decimals import plain

_WHOLE = {
    "@dimensions": "@dimensions",
    "@dimension": "@dimensions",
    "@serieslength": "@seriesLength",
}
"""Keys whose value is a whole number, and how the archive spells them."""


class Description:
    """The description of a file: a line for each property, before its examples.

    Attributes:
        labelled: whether each example ends with a label or a number.
        labels: those that there may be; empty where the file lists none.
        channels: how many each example has, and where that is said; None where it is not.
        steps: likewise, where all examples are of one length.
    """

    def __init__(self) -> None:
        self.labelled = False
        self.labels: dict[str, None] = {}
        self.channels: tuple[int, str] | None = None
        self.steps: tuple[int, str] | None = None
        self.equal = False

    def learn(self, key: str, value: str, line: int) -> None:
        """Take a property in (ValueError: it cannot be).

        Args:
            key: in small letters, with its sign.
            value: what stands behind it.
            line: its number.
        """
        first, *rest = value.split() or [""]
        holds = first.lower() == "true"
        if key == "@timestamps" and holds:
            raise ValueError(
                "values with time stamps are not read; write the values alone, with "
                "@timeStamps false"
            )
        if key in ("@classlabel", "@targetlabel") and holds:
            self.labelled = True
            if key == "@classlabel":
                self.labels = dict.fromkeys(rest)
        elif key == "@equallength":
            self.equal = holds
        elif key == "@univariate" and holds:
            self.channels = self.channels or (1, f"@univariate on line {line}")
        elif key in _WHOLE and value:
            spelled = _WHOLE[key]
            if not (first.isascii() and first.isdecimal() and 0 < len(first) < 10 and int(first)):
                raise ValueError(
                    f"{spelled} is {value[:30]!r}; write a whole number from 1, or leave it out"
                )
            told = int(first), f"{spelled} on line {line}"
            if key == "@serieslength":
                self.steps = told
            else:
                self.channels = told

    def label(self, text: str) -> str:
        """The label of an example (ValueError: it is none of those that the file lists).

        Where labels are numbers, ``1.0`` is that listed as ``1``.
        """
        if not self.labels or not text or text in self.labels:
            return text
        for listed in self.labels:
            try:
                if plain(listed) == plain(text):
                    return listed
            except ValueError:  # noqa: PERF203
                continue
        shown = ", ".join(self.labels)
        raise ValueError(f"the label {text[:30]!r} is none of @classLabel ({shown[:60]})")

    def check_channels(self, count: int, line: int) -> None:
        """Refuse, by a ValueError, another number of channels than the file or its first has."""
        if self.channels is None:
            self.channels = max(count, 1), f"line {line}"
        expected, where = self.channels
        if count != expected:
            raise ValueError(f"{count} channel(s) found, {expected} expected as on {where}")

    def check_steps(self, counts: Sequence[int], line: int) -> None:
        """Refuse, by a ValueError, channels of unequal length, or of another than all have."""
        for at, count in enumerate(counts):
            if count != counts[0]:
                raise ValueError(
                    f"channels of unequal length; channel {at} has {count} values where "
                    f"channel 0 has {counts[0]}"
                )
        if not self.equal:
            return
        self.steps = self.steps or (counts[0], f"line {line}")
        expected, where = self.steps
        if counts[0] != expected:
            raise ValueError(f"{counts[0]} steps found, {expected} expected as by {where}")
