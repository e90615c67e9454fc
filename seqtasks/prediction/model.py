"""A model that predicts from raw inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqtasks.data.batch import Batch
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field, TagField, TokenField
from seqtasks.data.fields.unseen import known_labels
from seqtasks.data.raw_inputs import as_inputs, kind_of
from seqtasks.data.record import Record, Value
from seqtasks.data.symbols.words import words_of
from seqtasks.errors import DataError
from seqtasks.task import Task

Inputs = str | Sequence[str] | Mapping[str, Value]
"""What a person gives of one record: a text, a list of tokens, or the inputs by name."""


@dataclass
class Model:
    """A task with the fields that encode its inputs.

    Attributes:
        task: in evaluation mode.
        fields: name → fitted field, for every field of the data that the task learnt from.
        config: the plain configuration of both, ``task`` and ``fields``.
    """

    task: Task
    fields: dict[str, Field]
    config: dict[str, Any]

    def records(self, given: Iterable[Inputs], source: str = "input") -> list[Record]:
        """Records of raw inputs, numbered from 1; one without values where nothing is given.

        Args:
            given: a text, a list of tokens or a mapping for each record, as `as_inputs` takes them.
            source: what errors call the records: ``source:number``.

        Raises:
            DataError: something does not hold the task's inputs.
        """
        return [self.record(one, source, number) for number, one in enumerate(given, 1)]

    def record(self, given: Inputs, source: str, number: int) -> Record:
        """One record of raw inputs; arguments and errors as of `records`."""
        values = as_inputs(given, self.task.inputs, f"{source}:{number}")
        return self.cut(Record(values, source, number))

    def cut(self, record: Record) -> Record:
        """The record, with the tokens of raw texts where the model learnt from given tokens.

        Raises:
            DataError: a list of tokens holds something else than texts.
        """
        values: dict[str, Value] = {}
        for name, value in record.values.items():
            field = self.fields[name]
            if isinstance(field, TokenField):
                if not isinstance(value, str):
                    check_tokens(value, name, record.place)
                    self.check_whole(value, field, record.place)
                elif field.vocabulary.tokenizer is None:
                    value = field.vocabulary.cut(value)
            values[name] = value
        return replace(record, values=values)

    def check_whole(self, tokens: Sequence[str], field: TokenField, place: str) -> None:
        """Refuse, by a `DataError`, tokens that the model would cut where it labels each."""
        target = self.fields.get(str(self.task.target))
        labelled = isinstance(target, TagField) and target.along == field.name
        if not labelled or field.vocabulary.tokenizer is None or field.level != "word":
            return
        cut = [token for token in tokens if len(words_of(token)) != 1]
        if cut:
            raise DataError(
                f"the token {cut[0]!r} in '{field.name}' holds white space, at which this model "
                "cuts texts; write it without",
                where=place,
            )

    def read(self, records: Sequence[Record]) -> SequenceDataset:
        """The task's inputs of some records, encoded.

        Raises:
            DataError: a value cannot be encoded, or is a label that the model has not learnt.
        """
        names = self.task.inputs
        fields = {
            name: field
            for name, field in self.fields.items()
            if name in names or (field.derived and field.along in names)
        }
        with known_labels(fields.values()):
            return SequenceDataset.of(fields, records)

    def batch(self, dataset: SequenceDataset, indices: Sequence[int]) -> Batch:
        """Some of the records on the device of the task."""
        return dataset[indices].to(self.task.device)


def check_tokens(tokens: Sequence[Any], name: str, place: str) -> None:
    """Refuse, by a `DataError`, a list of tokens that holds something else than texts."""
    for number, token in enumerate(tokens):
        if not isinstance(token, str):
            raise DataError(
                f"'{name}' holds {kind_of(token)} at {number} (from 0); give a text, or a list of "
                "tokens, each a text",
                where=place,
            )
