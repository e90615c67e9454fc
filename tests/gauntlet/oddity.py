"""The shape of a row: a known oddity of the world, and what must happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Files = Mapping[str, str | bytes]
"""A file's name → what it holds; text is written as UTF-8, line ends as they are."""


@dataclass(frozen=True)
class Read:
    """Files that a reader reads, through all that stands between the files and the fields.

    Attributes:
        reader: a choice of ``data=``.
        files: the files, the first of which is the source.
        values: the values of each record, in the order of ``columns``, exactly.
        columns: field → its column.
        options: of the reader.
        source: the names of the source's files, where the first file is not all of it.
        says: for each warning the parts that it has; none may be said beside these.
    """

    reader: str
    files: Files
    values: Sequence[tuple[Any, ...]]
    columns: Mapping[str, Any] = field(default_factory=lambda: {"tokens": None, "label": None})
    options: Mapping[str, Any] = field(default_factory=dict)
    source: Any = None
    says: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Refused:
    """Files that a reader refuses.

    Attributes:
        reader: a choice of ``data=``.
        files: the files, the first of which is the source.
        parts: what the message has.
        columns: field → its column.
        options: of the reader.
        source: the names of the source's files, where the first file is not all of it.
    """

    reader: str
    files: Files
    parts: Sequence[str]
    columns: Mapping[str, Any] = field(default_factory=lambda: {"tokens": None, "label": None})
    options: Mapping[str, Any] = field(default_factory=dict)
    source: Any = None


@dataclass(frozen=True)
class Prepared:
    """Files that are read, split, fitted and encoded, as a training does before it trains.

    Attributes:
        options: of the command line.
        files: what they name.
        says: for each warning the parts that it has; none may be said beside these.
        counts: split → its number of examples.
        vocabulary: field → symbols that it must know, in any order.
        only: whether the vocabulary knows no others, those of the product left aside.
        lacks: field → symbols that it must not know.
        refused: the parts of the error that the files must raise; None where they are used.
    """

    options: Sequence[str]
    files: Files
    says: Sequence[Sequence[str]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    vocabulary: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Sequence[str] | None = None


@dataclass(frozen=True)
class Vectors:
    """A file of word vectors.

    Attributes:
        content: of the file.
        found: each word of it → its vector, in the order of the file.
        refused: the parts of the error that the file must raise; None where it is read.
    """

    content: str | bytes
    found: Mapping[str, Sequence[float]] = field(default_factory=dict)
    refused: Sequence[str] | None = None


@dataclass(frozen=True)
class Predicted:
    """A file that ``predict`` reads with a model that was never trained.

    Attributes:
        model: a name in `gauntlet.models.MODELS`.
        given: the bytes of the input.
        like: the bytes of a file without the oddity; the output must be the same.
        parts: what the output has, a line for each line of it; None for any line.
        arguments: of the command line.
        code: its exit code.
        error: what the error stream has.
    """

    model: str
    given: bytes
    like: bytes | None = None
    parts: Sequence[str | None] | None = None
    arguments: Sequence[str] = ()
    code: int = 0
    error: Sequence[str] = ()


@dataclass(frozen=True)
class Trained:
    """Files that a model is trained and tested on, and then predicts from.

    Attributes:
        options: of the command line.
        files: what they name.
        says: for each warning the parts that it has, said once in the whole run.
        shows: what the terminal's output has.
        given: a text for the model to predict on, a line for each prediction.
        lines: the number of predictions.
        answers: what a prediction may be; None for anything.
        evaluated: whether ``evaluate`` then tests the saved model on the same data.
        environment: of the command, which then runs as a process of its own.
        never: what neither output has.
    """

    options: Sequence[str]
    files: Files
    says: Sequence[Sequence[str]] = ()
    shows: Sequence[str] = ()
    given: bytes = b""
    lines: int = 0
    answers: Sequence[str] | None = None
    evaluated: bool = False
    environment: Mapping[str, str] | None = None
    never: Sequence[str] = ()


Check = Read | Refused | Prepared | Vectors | Predicted | Trained


@dataclass(frozen=True)
class Oddity:
    """A known oddity of the world.

    Attributes:
        name: what it is.
        met: where it is met.
        happens: what must happen, as docs/guides/oddities.md says it.
        checks: readers and verbs that it concerns, each with its files and the right outcome.
    """

    name: str
    met: str
    happens: str
    checks: Sequence[Check]
