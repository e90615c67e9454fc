"""What is odd about the labels of the training data: a line for each kind, with what to do."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from seqtasks.data.decimals import plain
from seqtasks.data.fields.classes import without
from seqtasks.data.fields.field import Field
from seqtasks.data.record import Record
from seqtasks.data.store.records import Records
from seqtasks.errors import few

_log = logging.getLogger(__name__)

ABSENT = ("n/a", "na", "nan", "none", "null", "nil", "-", "--", "?")
"""Labels, in lower case, by which files often say that there is none."""


def note_rare(field: Field, counts: Mapping[str, int], records: Iterable[Record]) -> None:
    """Log which labels have a single example, and whether the limit or the split is the cause."""
    rare = sorted(label for label, count in counts.items() if count == 1)
    whole = elsewhere(field, records, rare)
    alone = [label for label in rare if label not in whole]
    if alone:
        _log.warning(
            "The field '%s' has %s with one training example: %s; add examples, or merge labels",
            field.name,
            "1 label" if len(alone) == 1 else f"{len(alone)} labels",
            few(alone),
        )
    if whole and isinstance(records, Records):
        _log.warning(
            "The field '%s' has %s with one training example because of %s: %s",
            field.name,
            "1 label" if len(whole) == 1 else f"{len(whole)} labels",
            records.drawn_by,
            few([f"{label} (of {count:,})" for label, count in whole.items()]),
        )


def elsewhere(field: Field, records: Iterable[Record], labels: Collection[str]) -> dict[str, int]:
    """How often the training file has labels of which the limit or the split leaves one example."""
    if not (labels and isinstance(records, Records) and records.drawn_by):
        return {}
    counts: Counter[str] = Counter()
    for values in records.file.column(field.name):
        raw = Counter(value if isinstance(value, str) else tuple(value) for value in values)
        for value, count in raw.items():
            given = value if isinstance(value, str) else list(value)
            found = set(field.classes(Record({field.name: given}))).intersection(labels)
            counts.update(dict.fromkeys(found, count))
    return {label: counts[label] for label in labels if counts[label] > 1}


def taken(field: Field, records: Records | None, labels: Collection[str]) -> str:
    """A sentence on the labels of which the limit or the split took all training examples.

    Args:
        field: of the labels.
        records: the training examples; None where they are not known.
        labels: that none of them has.
    """
    if not labels or records is None or not records.drawn_by:
        return ""
    foreign = without(labels, Records(records.file), field)
    found = [label for label in labels if label not in foreign]
    return f"Training lacks {few(found)} because of {records.drawn_by}" if found else ""


def note_odd(field: Field, counts: Mapping[str, int]) -> None:
    """Log labels that may mean no label, and those that may be one label in two spellings."""
    absent = [label for label in counts if label.lower() in ABSENT]
    if absent:
        _log.warning(
            "The field '%s' has labels that often stand for no label: %s; each is learnt like any "
            "other. Where they mean none, leave the cells empty: such records are left out",
            field.name,
            few(counted(absent, counts)),
        )
    note_alike(field, counts)


def note_alike(field: Field, counts: Mapping[str, int]) -> None:
    """Log labels that may be one label in two spellings."""
    for kind, key in ALIKE.items():
        groups = alike(counts, key)
        if groups:
            shown = [" beside ".join(counted(group, counts)) for group in groups]
            _log.warning(
                "The field '%s' has labels that differ only in %s: %s; each is learnt as a label "
                "of its own. Where they mean the same, write them in one way",
                field.name,
                kind,
                few(shown),
            )


def alike(labels: Iterable[str], key: Callable[[str], object]) -> list[list[str]]:
    """The labels that have a key other than None in common, in groups of two or more.

    >>> alike(["5", "a", "5.0", "A", "nan"], as_number), alike(["5", "a", "A"], folded)
    ([['5', '5.0']], [['a', 'A']])
    """
    groups: dict[object, list[str]] = {}
    for label in labels:
        groups.setdefault(key(label), []).append(label)
    groups.pop(None, None)
    return [group for group in groups.values() if len(group) > 1]


def counted(labels: Iterable[str], counts: Mapping[str, int]) -> list[str]:
    """Labels with how often each occurs, in quotes, in which white space shows."""
    return [f"'{label}' ({counts[label]:,})" for label in labels]


def as_number(label: str) -> float | None:
    """The finite number that a label spells, or None."""
    try:
        number = plain(label)
    except ValueError:
        return None
    return number if number - number == 0 else None


def folded(label: str) -> str | None:
    """A label without what case and white space tell; None for a number.

    >>> folded("New  York") == folded("new york")
    True
    """
    return None if as_number(label) is not None else " ".join(label.split()).casefold()


ALIKE: dict[str, Callable[[str], object]] = {
    "how a number is written": as_number,
    "case or white space": folded,
}
"""In what labels may differ that mean the same → what is equal then."""
