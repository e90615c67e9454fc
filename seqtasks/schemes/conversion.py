"""Conversion of many sequences of labels from one scheme to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from seqtasks.errors import check_choice
from seqtasks.schemes.spelling import convert, respell, violation

_BROKEN: dict[str, Callable[[Sequence[str], str, str], list[str]]] = {
    "refuse": convert,
    "repair": partial(convert, invalid="repair"),
    "keep": respell,
}
"""The conversions of sequences that break the scheme of their labels."""


class Conversion:
    """`convert` for the sequences of a file.

    In every scheme the new label follows from a label and the two beside it, so each such three
    are converted once. A sequence with a mistake holds three that no right sequence has.

    Args:
        source: the scheme of the labels.
        target: the scheme that they are turned into.
        invalid: what becomes of a sequence that breaks the source scheme: ``refuse`` raises,
            ``repair`` spells the spans that ``conlleval`` reads, ``keep`` is `respell`.

    Raises:
        UsageError: there is no such choice of ``invalid``.

    >>> conversion = Conversion("BIO", "BIOES")
    >>> conversion.convert(["B-X", "I-X", "O"]), conversion.convert(["B-X", "O"])
    (['B-X', 'E-X', 'O'], ['S-X', 'O'])
    """

    def __init__(self, source: str, target: str, *, invalid: str = "refuse") -> None:
        self.source, self.target = source, target
        self.broken = _BROKEN[check_choice("invalid", invalid, _BROKEN)]
        self.known: dict[tuple[str | None, str, str | None], str] = {}

    def convert(self, labels: Sequence[str]) -> list[str]:
        """The same spans in the target scheme.

        Raises:
            DataError: broken sequences are refused, and this is one.
        """
        threes = list(zip([None, *labels], labels, [*labels[1:], None], strict=False))
        try:
            return [self.known[three] for three in threes]
        except KeyError:
            if violation(labels, self.source) is not None:
                return self.broken(labels, self.source, self.target)
            found = convert(labels, self.source, self.target)
            self.known.update(zip(threes, found, strict=True))
            return found
