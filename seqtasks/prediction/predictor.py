"""The one way from raw records to predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import torch

from seqtasks.data.batch import Batch
from seqtasks.data.batching.by_length import by_length
from seqtasks.data.dataset import SequenceDataset
from seqtasks.data.fields import NumberField, TokenField
from seqtasks.data.record import Record
from seqtasks.decoding import Search, change_search, text_tokens, together
from seqtasks.decoding.prompts import list_symbols
from seqtasks.encoder.threads import ThreadLimit
from seqtasks.errors import LISTED, DataError, UsageError, check_least, enumerated, located
from seqtasks.prediction.abilities import Generates, GivesProbabilities, Ranks, Searches
from seqtasks.prediction.answer import Answer, Prediction
from seqtasks.prediction.ensemble import check_members
from seqtasks.prediction.model import Model
from seqtasks.prediction.unknown_tokens import UnknownTokens


@dataclass
class Predictor:
    """Predicts for some records at a time; one that cannot be used does not stop the others.

    Attributes:
        models: one model, or several that choose every token together; the first says how to
            search.
        scores: give the probabilities of the labels too.
        n_best: give so many outputs with their scores; None for the best one.
        search: options of the first model's search that are to be changed, by name.
        batch_size: records that run together; it changes no output.
        strict: raise the errors of records that cannot be used.
        unknown: the tokens so far that the first model does not know.

    Raises:
        UsageError: a model cannot do what is asked, or an option is out of its range.
    """

    models: Sequence[Model]
    scores: bool = False
    n_best: int | None = None
    search: Mapping[str, Any] = field(default_factory=dict)
    batch_size: int = 32
    strict: bool = False
    unknown: UnknownTokens = field(default_factory=UnknownTokens)

    def __post_init__(self) -> None:
        task: Any = self.models[0].task
        check_least("batch_size", self.batch_size, 1)
        if self.n_best is not None:
            check_least("n_best", self.n_best, 1)
        if self.scores and not isinstance(task, GivesProbabilities):
            self.refuse("scores", "gives no probabilities of labels")
        target = self.models[0].fields.get(str(task.target))
        if self.scores and isinstance(target, NumberField):
            self.refuse("scores", "predicts numbers, which have no probabilities")
        if self.search and not isinstance(task, Searches):
            self.refuse("search", "does not search for its output")
        if self.n_best and not isinstance(task, Searches | Ranks):
            self.refuse("n_best", "has one output for each text")
        if len(self.models) > 1:
            check_members(self.models)
        self.searching: Search | None = None
        if isinstance(task, Searches):
            with located("search"):
                self.searching = change_search(task.search, self.search)
        self.threads = ThreadLimit(*(model.task for model in self.models))
        self.beam: int = getattr(self.searching, "beam_size", 1)

    def refuse(self, option: str, lack: str) -> NoReturn:
        """Refuse an option that the first model can do nothing with."""
        task = self.models[0].task
        hint = "use python -m seqtasks.generate" if isinstance(task, Generates) else "leave it out"
        raise UsageError(f"this {type(task).__name__} {lack}; {hint}", option=option)

    def __call__(
        self, records: Sequence[Record | DataError], prefixes: Sequence[str] | None = None
    ) -> list[Prediction | DataError]:
        """A prediction for each record, or in its place the error for which there is none.

        Args:
            records: each of the inputs' raw values, none of an empty record; its line is the number
                of its random stream. An error stays where it is.
            prefixes: what the output of each record begins with.

        Raises:
            UsageError: the model cannot do what is asked, or a prefix cannot be read.
            DataError: records cannot be used, if ``strict``; all are named, up to twenty.
        """
        if prefixes is not None and self.searching is None:
            self.refuse("prefix", "does not search for its output")
        try:
            datasets = self.encoded(records)
        except DataError:
            records = [self.checked(record) for record in records]
            datasets = self.encoded(records)
        if self.strict and (errors := [one for one in records if isinstance(one, DataError)]):
            raise together_as_one(errors)
        self.unknown.count(self.models[0], datasets[0])
        found = [one if isinstance(one, DataError) else Prediction() for one in records]
        places = [place for place, one in enumerate(records) if has_values(one)]
        with torch.inference_mode():
            for rows in by_length(datasets[0], self.batch_size):
                batches = [
                    model.batch(data, rows)
                    for model, data in zip(self.models, datasets, strict=True)
                ]
                if prefixes is not None:
                    texts = [prefixes[places[row]] for row in rows]
                    batches[0]["prefix"] = [prefix_tokens(self.models[0], text) for text in texts]
                with self.threads.of(len(rows) * self.beam):
                    predictions = self.run(batches)
                for row, prediction in zip(rows, predictions, strict=True):
                    found[places[row]] = prediction
        return found

    def encoded(self, records: Sequence[Record | DataError]) -> list[SequenceDataset]:
        """The records that have values, as each model reads them."""
        some: list[Any] = [record for record in records if has_values(record)]
        return [model.read(some) for model in self.models]

    def checked(self, record: Record | DataError) -> Record | DataError:
        """The record, or why a model cannot read it."""
        try:
            self.encoded([record])
        except DataError as error:
            return error
        return record

    def run(self, batches: Sequence[Batch]) -> list[Prediction]:
        """A prediction for each example of a batch, which each model reads in its own way."""
        task, batch = self.models[0].task, batches[0]
        if self.scores and isinstance(task, GivesProbabilities):
            return task.with_probabilities(batch)
        if self.searching is not None:
            tasks: list[Any] = [model.task for model in self.models]
            starts = [one.search_input(b) for one, b in zip(tasks, batches, strict=True)]
            start = starts[0] if len(starts) == 1 else together(starts)
            rows = tasks[0].answers(self.searching(start, self.n_best or 1), batch)
        elif self.n_best and isinstance(task, Ranks):
            rows = task.best(batch, self.n_best)
        else:
            rows = [[Answer(value)] for value in task.predict(batch)]
        return [Prediction(row) for row in rows]


def together_as_one(errors: Sequence[DataError]) -> DataError:
    """The error itself if it is the only one; else one that lists them, up to `LISTED`."""
    if len(errors) == 1:
        return errors[0]
    told = [str(error) for error in errors[:LISTED]]
    return DataError(enumerated(told, len(errors), "records cannot be used"))


def has_values(record: Record | DataError) -> bool:
    """Whether there is something to predict from."""
    return isinstance(record, Record) and bool(record.values)


def prefix_tokens(model: Model, prefix: str) -> list[int]:
    """The target tokens of a raw prefix."""
    field = model.fields[str(model.task.target)]
    assert isinstance(field, TokenField)
    unknown: dict[str, None] = {}
    tokens = list(text_tokens(field, prefix, unknown))
    if unknown:
        raise UsageError(
            f"the model's outputs have no {list_symbols(unknown)}; leave it out", option="prefix"
        )
    return tokens[1:] if field.bos else tokens
