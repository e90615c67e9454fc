"""What a person has given: a task, files, and the options that are typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from seqtasks.data.readers.decoding import EmptyFile
from seqtasks.data.readers.files import find_files
from seqtasks.data.readers.paths import FilePath
from seqtasks.errors import DataError
from seqtasks.presets.guessing.beginnings import Beginning, beginning_of


@dataclass(frozen=True)
class Given:
    """A task and its files, of which the beginnings are read when they are asked for.

    Attributes:
        task: the name of the task's choice.
        sources: split → the path, list or glob that is given for it.
        typed: option → value, of the options that are typed; a part that is removed is None.
    """

    task: str
    sources: Mapping[str, Any]
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        """The encoding of files of text."""
        return str(self.typed.get("data.reader.encoding") or "utf-8")

    @cached_property
    def files(self) -> Sequence[FilePath]:
        """The files of the training part, at least one."""
        return find_files(self.sources["train"])

    @property
    def found(self) -> bool:
        """Whether there are such files."""
        try:
            return bool(self.files)
        except DataError:
            return False

    @property
    def path(self) -> FilePath:
        """The first file of the training part."""
        return self.files[0]

    @cached_property
    def first(self) -> Beginning:
        """The beginning of the first file that holds anything.

        Raises:
            EmptyFile: all are empty.
            DataError: the file holds no text, or cannot be opened.
        """
        for path in self.files[:-1]:
            try:
                return beginning_of(path, self.encoding)
            except EmptyFile:  # noqa: PERF203
                continue
        return beginning_of(self.files[-1], self.encoding)

    def wants(self, name: str) -> bool:
        """Whether the task's field is there, and nobody has said where it is read from."""
        missing = object()
        return (
            f"data.{name}.column" not in self.typed
            and self.typed.get(f"data.{name}", missing) is not None
        )
