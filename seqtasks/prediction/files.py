"""Predictions on a file of any size: a record in, a record out, bad ones marked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seqtasks.data.record import Record
from seqtasks.errors import DataError, UsageError
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.forms import InputForm, OutputForm
from seqtasks.prediction.predictor import Predictor
from seqtasks.prediction.source_lines import SourceLines, decoded

RECORDS_AT_ONCE = 1000
"""Lines read before the first prediction; they are batched by length and written in order."""


@dataclass
class FilePredictor:
    """Predicts on the records of a file.

    Attributes:
        predictor: predicts for some of the records.
        given: the form of the input.
        form: the form of the output.
        prefixes: what the outputs begin with, one after another; None for nothing.
        look: is given the record and the prediction of each line that has both.
        encoding: of the file.
        cut: the outputs so far that end at their greatest length.
        bad: the records so far that could not be used.
    """

    predictor: Predictor
    given: InputForm
    form: OutputForm
    prefixes: Iterator[str] | None = None
    look: Callable[[Record, Prediction], None] | None = None
    encoding: str = "utf-8"
    cut: int = 0
    bad: int = 0

    def __call__(self, source: Iterable[bytes]) -> Iterator[str]:
        """The lines of the output: a header if the form has one, and one for each record."""
        lines = self.given.read(SourceLines(source, encoding=self.encoding))
        begun = False
        while chunk := list(itertools.islice(lines, RECORDS_AT_ONCE)):
            if not begun:
                yield from self.form.head()
            begun = True
            for line in chunk:
                line.record = self.cut_up(line.record)
            found = self.predictor([line.record for line in chunk], self.taken(len(chunk)))
            for line, one in zip(chunk, found, strict=True):
                error = one if isinstance(one, DataError) else None
                prediction = Prediction() if isinstance(one, DataError) else one
                error = error or self.form.refusal(line, prediction)
                self.bad += error is not None
                self.cut += sum(not answer.ended for answer in prediction.answers)
                if self.look is not None and isinstance(line.record, Record) and prediction.value:
                    self.look(line.record, prediction)
                yield self.form.write(line, prediction, error)
        if not begun and self.given.names is not None:
            yield from self.form.head()

    def cut_up(self, record: Record | DataError) -> Record | DataError:
        """The record with its tokens, or why it has none."""
        try:
            return self.predictor.models[0].cut(record) if isinstance(record, Record) else record
        except DataError as error:
            return error

    def taken(self, count: int) -> list[str] | None:
        """The prefixes of the next records."""
        if self.prefixes is None:
            return None
        found = list(itertools.islice(self.prefixes, count))
        if len(found) < count:
            raise DataError(
                "the file has fewer lines than the input; give one for each", option="prefixes"
            )
        return found


def prefix_lines(path: Path) -> Iterator[str]:
    """The lines of a file of prefixes."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file; correct the path", option="prefixes")
    with path.open("rb") as file:
        yield from decoded(file, str(path))
