"""The schemes: the marks at the places of a span.

A label is ``O`` outside of all spans, else a mark alone (``B``) or before a type (``B-PER``).

======  =====  ======  ====  =====  =====================================================
scheme  first  inside  last  alone  source
======  =====  ======  ====  =====  =====================================================
BIO     B      I       I     B      IOB2 of Tjong Kim Sang and Veenstra 1999
IOB1    I      I       I     I      Ramshaw and Marcus 1995; B first after its own type
BIOES   B      I       E     S      IOBES; marks of Uchimoto et al. 2000
BMES    B      M       E     S      places of characters in words, Xue 2003
BILOU   B      I       L     U      Ratinov and Roth 2009
======  =====  ======  ====  =====  =====================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from seqtasks.errors import check_choice

Span = tuple[str, int, int]
"""The type of a span (empty where labels have none), its first token and its last, from 0."""


class TagPart(NamedTuple):
    """A label's mark and its type."""

    mark: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.mark}-{self.kind}" if self.kind else self.mark


OUTSIDE = TagPart("O")
"""The label outside of all spans, and before and after every sequence."""


@dataclass(frozen=True)
class Scheme:
    """The marks that are allowed at each place of a span, the usual one first."""

    name: str
    first: str
    inside: str
    last: str
    alone: str

    @property
    def marks(self) -> str:
        """Every mark once."""
        return "".join(dict.fromkeys(self.first + self.inside + self.last + self.alone))

    def parts(self, label: str) -> TagPart:
        """A label's mark and type; `OUTSIDE` for every label that the scheme does not have.

        >>> SCHEMES["BIO"].parts("B-LOC"), SCHEMES["BIO"].parts("NN")
        (TagPart(mark='B', kind='LOC'), TagPart(mark='O', kind=''))
        """
        if label[:1] and label[0] in self.marks and label[1:2] in ("", "-"):
            return TagPart(label[0], label[2:])
        return OUTSIDE

    def own(self, label: str) -> TagPart:
        """A label's mark and type; `OUTSIDE` for one that is not spelled as the scheme's are."""
        parts = self.parts(label)
        return parts if str(parts) == label else OUTSIDE

    def __contains__(self, label: str) -> bool:
        return str(self.parts(label)) == label

    def unlike(self, label: str) -> str:
        """A message on a label that the scheme does not have."""
        marks = ", ".join(self.marks)
        return f"{label!r} is no label of {self.name}, which has O and {marks}, alone or as B-TYPE"

    def order(self, label: str) -> tuple[int, str, int]:
        """Sorts labels: O, then type by type the marks in their order, last what is no label of it.

        >>> sorted(["E-X", "NN", "O", "B-Y", "B-X"], key=SCHEMES["BIOES"].order)
        ['O', 'B-X', 'E-X', 'B-Y', 'NN']
        """
        if label not in self:
            return 2, label, 0
        mark, kind = self.parts(label)
        return (1, kind, self.marks.index(mark)) if mark != OUTSIDE.mark else (0, "", 0)

    def goes_on(self, before: TagPart, after: TagPart) -> bool:
        """Whether a label continues the span of the label before it."""
        return (
            before.kind == after.kind
            and before.mark in self.first + self.inside
            and after.mark in self.inside + self.last
        )

    def opens(self, before: TagPart, after: TagPart) -> bool:
        """Whether a span may begin with the second label, or that label is outside of spans."""
        if self.name == "IOB1" and after.mark == "B":
            return before != OUTSIDE and before.kind == after.kind
        return after.mark in self.first + self.alone + OUTSIDE.mark

    def closes(self, before: TagPart) -> bool:
        """Whether a span may end with a label, or the label is outside of spans."""
        return before.mark in self.last + self.alone + OUTSIDE.mark

    def follows(self, before: TagPart, after: TagPart) -> bool:
        """Whether a label may follow another directly."""
        return self.goes_on(before, after) or (self.closes(before) and self.opens(before, after))

    def read(self, parts: Iterable[TagPart], *, strict: bool = False) -> list[Span]:
        """The spans of any sequence, well-formed or not, in order.

        A label continues the span before it where marks and types allow that; every other label
        but O begins a span, even an I after O. ``conlleval`` (Tjong Kim Sang and Buchholz 2000,
        the CoNLL-2000 shared task) and seqeval's default mode read labels in the same way.

        Args:
            parts: the mark and type of each label.
            strict: keep only spans with a proper beginning and end (seqeval's strict mode).
        """
        return [span for span, proper in self.judged(parts) if proper or not strict]

    def judged(self, parts: Iterable[TagPart]) -> list[tuple[Span, bool]]:
        """The spans that `read` finds, each with whether its beginning and end are proper."""
        found: list[tuple[Span, bool]] = []
        before, start, opened = OUTSIDE, 0, True
        for place, after in enumerate([*parts, OUTSIDE]):
            if not self.goes_on(before, after):
                if before != OUTSIDE:
                    span = (before.kind, start, place - 1)
                    found.append((span, opened and self.closes(before)))
                start, opened = place, self.opens(before, after)
            before = after
        return found


_BIO = Scheme("BIO", "B", "I", "I", "B")
SCHEMES = {
    "BIO": _BIO,
    "IOB2": _BIO,
    "IOB1": Scheme("IOB1", "IB", "I", "I", "IB"),
    "BIOES": Scheme("BIOES", "B", "I", "E", "S"),
    "BMES": Scheme("BMES", "B", "M", "E", "S"),
    "BILOU": Scheme("BILOU", "B", "I", "L", "U"),
}
"""Name → scheme."""


def find_scheme(name: str, option: str = "scheme") -> Scheme:
    """The scheme of a name (UsageError: `SCHEMES` has no such name; it speaks of the option)."""
    return SCHEMES[check_choice(option, name, SCHEMES)]
