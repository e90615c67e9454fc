"""A model that predicts from raw inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqtasks.data.batch import Batch
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import Field
from seqtasks.data.fields.unseen import refuse_unseen
from seqtasks.data.raw_inputs import as_inputs
from seqtasks.data.record import Record, Value
from seqtasks.task import Task

Inputs = str | Mapping[str, Value]
"""What a person gives of one record: a text, or the inputs by name."""


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
            given: a text or a mapping for each record, as `as_inputs` takes them.
            source: what errors call the records: ``source:number``.

        Raises:
            DataError: a text or a mapping does not hold the task's inputs.
        """
        names = self.task.inputs
        return [
            Record(as_inputs(one, names, f"{source}:{number}"), source, number)
            for number, one in enumerate(given, 1)
        ]

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
        dataset = SequenceDataset.of(fields, records)
        for field in fields.values():
            refuse_unseen(field)
        return dataset

    def batch(self, dataset: SequenceDataset, indices: Sequence[int]) -> Batch:
        """Some of the records on the device of the task."""
        return dataset[indices].to(self.task.device)
