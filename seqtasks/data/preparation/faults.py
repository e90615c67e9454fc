"""Records that give no example: without a value, or of a line that cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from seqtasks.data.record import Record
from seqtasks.errors import LISTED, DataError, check_choice, enumerated

_log = logging.getLogger(__name__)

POLICIES = ("skip", "error")
"""What becomes of such records: they are left out and counted, or refused."""

SHOWN, KINDS = 3, 5
"""Places of each kind in a warning, and kinds, the most frequent ones."""

_OTHERS = "other faults"
"""What stands for all kinds behind the first `LISTED`: a fault may quote any value."""


@dataclass
class Faults:
    """Leaves out the records that give no example, and counts them.

    Args:
        required: the fields of which a record has to have a value.
        policy: one of `POLICIES`.
        first: kind → the places of the first such records, each with what is wrong there. A kind
            is how a reason begins, up to its semicolon.
        counts: kind → how many there are, of `LISTED` kinds and of all others together.
        kept: the number of records that are examples.
        unread: the number of those that the reader could not read.
    """

    required: Sequence[str]
    policy: str = "skip"
    first: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    kept: int = 0
    unread: int = 0

    def __post_init__(self) -> None:
        check_choice("missing", self.policy, POLICIES)

    def leave_out(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records that are examples, and log what the others lack.

        Raises:
            DataError: as `close` does, when all records are gone through.
        """
        required = tuple(self.required)
        for record in records:
            values = record.values
            if record.fault:
                self.unread += 1
                self.count(record, record.fault)
                continue
            for name in required:
                value = values.get(name, name)  # whoever writes the records misses a field
                if not value or (value.__class__ is str and value.isspace()):
                    break
            else:
                self.kept += 1
                yield record
                continue
            if record.begins and record.ends:
                self.count(record, self.lack(record))
            else:  # a piece of a long text may be blank
                self.kept += 1
                yield record
        self.close()

    def close(self) -> None:
        """Log which records were left out.

        Raises:
            DataError: there are some where the policy is ``error``, or there is no example, or
                the reader could not read most of them: the file is then of another kind. The
                message lists up to `LISTED` places.
        """
        if self.counts and (self.policy == "error" or not self.kept or self.unread > self.kept):
            raise self.refusal()
        self.report()

    def lack(self, record: Record) -> str:
        """What is wrong with a record without a value."""
        values = record.values
        named = [name for name in self.required if name in values and is_missing(values[name])]
        return f"no value of {' and '.join(map(repr, named))}; write one, or remove the line"

    def count(self, record: Record, reason: str) -> None:
        """Remember a record that is no example."""
        kind = reason.partition("; ")[0]
        if len(self.counts) >= LISTED and kind not in self.counts:
            kind = _OTHERS
        self.counts[kind] = self.counts.get(kind, 0) + 1
        first = self.first.setdefault(kind, [])
        if len(first) < LISTED:
            first.append((record.place, reason))

    def refusal(self) -> DataError:
        """The error that names what is wrong with every record, up to a number of them."""
        found = [f"{place}: {reason}" for first in self.first.values() for place, reason in first]
        total = sum(self.counts.values())
        hint = "; set `missing`=skip to go on without them" if self.kept else ""
        if self.unread > self.kept:
            hint = f", more than the {self.kept:,} that can; look at `reader` and its options"
        return DataError(enumerated(found, total, f"records cannot be used{hint}"))

    def report(self) -> None:
        """Log which records were left out, if there are any."""
        if not self.counts:
            return
        total = sum(self.counts.values())
        _log.warning(
            "%s of %s records %s left out: %s; to refuse them: data.missing=error",
            f"{total:,}",
            f"{total + self.kept:,}",
            "was" if total == 1 else "were",
            "; ".join(self.kinds()),
        )

    def kinds(self) -> list[str]:
        """How many records are of which kind, and where the first stand."""
        listed = sorted(self.counts, key=lambda kind: (kind == _OTHERS, -self.counts[kind]))
        named = [kind for kind in listed[:KINDS] if kind != _OTHERS]
        shown = []
        for kind in named:
            places = ", ".join(place for place, _ in self.first[kind][:SHOWN])
            more = ", …" if self.counts[kind] > SHOWN else ""
            shown.append(f"{self.counts[kind]:,} with {kind} ({places}{more})")
        rest = sum(self.counts[kind] for kind in listed[len(named) :])
        return [*shown, f"{rest:,} with {_OTHERS}"] if rest else shown


def is_missing(value: str | Sequence[str]) -> bool:
    """Whether a file has no value there.

    >>> [is_missing(value) for value in ("a", "", " ", [], ["a"])]
    [False, True, True, True, False]
    """
    return not value or (isinstance(value, str) and value.isspace())
