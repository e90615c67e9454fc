"""Conversion of many sequences of labels from one scheme to another."""

from __future__ import annotations

from collections.abc import Sequence

from seqtasks.schemes.spelling import convert


class Conversion:
    """`convert` for the sequences of a file.

    In every scheme the new label follows from a label and the two beside it, so each such three
    are converted once. A sequence with a mistake holds three that no right sequence has.

    Args:
        source: the scheme of the labels.
        target: the scheme that they are turned into.

    >>> conversion = Conversion("BIO", "BIOES")
    >>> conversion.convert(["B-X", "I-X", "O"]), conversion.convert(["B-X", "O"])
    (['B-X', 'E-X', 'O'], ['S-X', 'O'])
    """

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        self.known: dict[tuple[str | None, str, str | None], str] = {}

    def convert(self, labels: Sequence[str]) -> list[str]:
        """The same spans in the target scheme.

        Raises:
            DataError: the source scheme does not allow the labels in their order.
        """
        threes = list(zip([None, *labels], labels, [*labels[1:], None], strict=False))
        try:
            return [self.known[three] for three in threes]
        except KeyError:
            found = convert(labels, self.source, self.target)
            self.known.update(zip(threes, found, strict=True))
            return found
