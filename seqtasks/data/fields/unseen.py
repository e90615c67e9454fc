"""Labels of validation and test examples that training never shows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from seqtasks.errors import DataError, nearest

_log = logging.getLogger(__name__)

ROOM = 1000
"""Labels that may be unseen, beside as many again as training has."""

SHOWN = 10
"""Labels in a message."""


class UnseenLabels:
    """Labels that no model learns, with numbers behind those of the vocabulary.

    The examples that have them stay: a model is wrong on each. They have no loss.

    Args:
        labels: in the order of their numbers.

    Attributes:
        counts: label → how often it has been met since the last report.
        first: label → the place where it was first met since then.

    >>> unseen = UnseenLabels()
    >>> unseen.meet("I-LST", "test.txt:7")
    >>> unseen.index({"O": 0, "B-LST": 1})
    {'I-LST': 2}
    """

    def __init__(self, labels: Iterable[str] = ()) -> None:
        self.labels = list(labels)
        self.counts: dict[str, int] = {}
        self.first: dict[str, str] = {}

    def meet(self, label: str, place: str) -> None:
        """Count a label at its place."""
        if label not in self.counts:
            if label not in self.labels:
                self.labels.append(label)
            self.first[label] = place
        self.counts[label] = self.counts.get(label, 0) + 1

    def copy(self) -> UnseenLabels:
        """The same labels and counts, to return to."""
        other = UnseenLabels(self.labels)
        other.counts, other.first = dict(self.counts), dict(self.first)
        return other

    def index(self, known: Mapping[str, int]) -> dict[str, int]:
        """The numbers of the labels, which follow those that are known.

        Raises:
            DataError: there is no room for so many.
        """
        if len(self.labels) > room(len(known)):
            label = self.labels[-1]
            raise DataError(
                f"'{label}' is one of more than {room(len(known)):,} labels that training never "
                f"shows, beside {len(known):,} that it shows; name the column of the labels",
                where=self.first.get(label),
                option="column",
            )
        return {label: number for number, label in enumerate(self.labels, len(known))}

    def entry(self, name: str) -> dict[str, Any]:
        """What a batch of the field says of them: nothing, or ``<name>_unseen``, their list."""
        return {f"{name}_unseen": self.labels} if self.labels else {}

    def report(self, name: str, split: str, cause: str = "") -> None:
        """Log which labels have been met in a split, and begin to count anew.

        Args:
            name: of the field.
            split: of the examples.
            cause: why training does not show them, where the reason is not the data.
        """
        if self.counts:
            listed = sorted(self.counts, key=lambda label: -self.counts[label])
            shown = [f"{x} ({self.counts[x]:,}, first at {self.first[x]})" for x in listed[:SHOWN]]
            _log.warning(
                "The field '%s' has %s in the %s examples that training never shows: %s%s; each "
                "counts as an error in the scores, and stays out of the loss%s",
                name,
                "1 label" if len(listed) == 1 else f"{len(listed):,} labels",
                {"val": "validation"}.get(split, split),
                ", ".join(shown),
                ", …" if len(listed) > SHOWN else "",
                cause and f". {cause}",
            )
        self.counts, self.first = {}, {}


def unseen_labels(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """The labels of each field that training never shows; fields without any are left out."""
    return {name: one.unseen.labels for name, one in fields.items() if one.unseen.labels}


@contextmanager
def known_labels(fields: Iterable[Any]) -> Iterator[None]:
    """Within the context, refuse labels that a model has never seen and would start from.

    Afterwards the fields forget such labels, even if another error ended the context.

    Args:
        fields: that encode.

    Raises:
        DataError: there is such a label; the message says where it stands.
    """
    found = [*fields]
    try:
        yield
        for field in found:
            refuse_unseen(field)
    finally:
        for field in found:
            field.unseen = UnseenLabels()


def refuse_unseen(field: Any) -> None:
    """Refuse, by a DataError, the first label that a field has met and training never shows."""
    met = field.unseen
    for label in met.counts:
        known = field.vocabulary.symbols
        shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        raise DataError(
            f"the model has not learnt the label '{label}' in '{field.name}'."
            f"{nearest(label, known)} It knows {shown}",
            where=met.first[label],
        )


def room(known: int) -> int:
    """The most labels that may be unseen, given the number of those that are known."""
    return known + ROOM
