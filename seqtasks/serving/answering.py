"""What a model says of a batch of texts, each answer as JSON takes it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from seqtasks.bundle import Bundle
from seqtasks.data.fields import TokenField
from seqtasks.data.raw_inputs import as_text
from seqtasks.data.record import Record
from seqtasks.decoding import Sampling, Search
from seqtasks.errors import DataError, SeqtasksError, UsageError
from seqtasks.inspection.alignment import align, attends
from seqtasks.prediction.abilities import Generates, Searches
from seqtasks.prediction.answer import Prediction
from seqtasks.prediction.predictor import Predictor
from seqtasks.prediction.symbols import symbols_of, tag_field
from seqtasks.schemes import find_spans, resolve_scheme
from seqtasks.serving.failure import is_lasting
from seqtasks.serving.job import Job, Wanted

_log = logging.getLogger(__name__)


class Answering:
    """A model's answers; `answer` is for the thread that owns the model.

    What the model can be asked is tried on the example, if there is one.
    """

    def __init__(self, bundle: Bundle, example: str | None = None) -> None:
        self.bundle, task = bundle, bundle.task
        self.search: Search | None = task.search if isinstance(task, Searches) else None
        self.tagged = tag_field(bundle)
        self.scheme: str | None = None
        if self.tagged is not None:
            labels = self.tagged.vocabulary
            learnt = getattr(labels, "learnt", None)
            self.scheme = resolve_scheme("auto", labels.symbols, learnt)
        records = bundle.records([example] if example else [])
        self.has_scores = self.can(records, scores=True)
        self.has_best = self.can(records, n_best=1)
        self.has_attention = attends(bundle)

    def can(self, records: Sequence[Record], **options: Any) -> bool:
        """Whether the model takes some options."""
        try:
            Predictor([self.bundle], **options)(records)
        except UsageError:
            return False
        return True

    def check(self, wanted: Wanted) -> bool:
        """Whether outputs are drawn at random, if the model can do what is asked."""
        first, *_ = self.predictors(wanted)
        if wanted.attention and not self.has_attention:
            name = type(self.bundle.task).__name__
            said = f"this {name} has no attention to look at; leave it out"
            raise UsageError(said, option="attention")
        return isinstance(first.searching, Sampling) or isinstance(self.bundle.task, Generates)

    def predictors(self, wanted: Wanted, size: int = 1) -> list[Predictor]:
        """What predicts for so many texts: the outputs, and where wanted the probabilities."""
        models, search = [self.bundle], dict(wanted.search)
        found = []
        if wanted.n_best or search or not wanted.scores:
            found = [Predictor(models, n_best=wanted.n_best, search=search, batch_size=size)]
        if wanted.scores:
            found.append(Predictor(models, scores=True, batch_size=size))
        return found

    def answer(self, jobs: Sequence[Job]) -> list[dict[str, Any] | Exception]:
        """An answer or an error for each text of a batch.

        A text that fails does so alone: the others are run again without it, by halves.

        Raises:
            Exception: the model can answer no other text either.
        """
        if not jobs:
            return []
        try:
            return [*self.run(jobs)]
        except Exception as error:
            if is_lasting(error):
                raise
            if len(jobs) == 1:
                if not isinstance(error, SeqtasksError):
                    _log.exception("a text could not be answered")
                return [error]
            half = len(jobs) // 2
            return [*self.answer(jobs[:half]), *self.answer(jobs[half:])]

    def run(self, jobs: Sequence[Job]) -> list[dict[str, Any] | DataError]:
        """The answers of a batch, with an error in the place of a text that cannot be read."""
        records = [job.record for job in jobs]
        found = [predict(records) for predict in self.predictors(jobs[0].wanted, len(jobs))]
        return [
            one if isinstance(one, DataError) else self.reply(job, one, scored)
            for job, one, scored in zip(jobs, found[0], found[-1], strict=True)
        ]

    def reply(self, job: Job, found: Prediction, scored: Any) -> dict[str, Any]:
        """One answer, from the outputs and the prediction that holds the probabilities."""
        values, wanted, label = job.record.values, job.wanted, found.value
        reply: dict[str, Any] = {"prediction": label}
        if found.answers and (self.search is not None or wanted.n_best):
            reply["ended"] = found.answers[0].ended
        if wanted.n_best:
            reply["best"] = [answer.as_dict() for answer in found.answers]
        if wanted.scores:
            shares = scored.probabilities or {}
            if self.tagged is None:
                reply["scores"] = shares
            else:
                reply["confidences"] = shares.get("confidences", [])
        if self.tagged is not None and isinstance(label, list):
            reply["tokens"] = self.tokens(values[str(self.tagged.along)], len(label))
            if self.scheme is not None:
                reply["spans"] = [
                    {"label": name, "first": start, "last": end}
                    for name, start, end in find_spans(label, self.scheme, invalid="repair")
                ]
        if wanted.attention:
            reply["attention"] = self.attention(job.record, as_text(label))
            for one in reply.get("best", []):
                one["attention"] = self.attention(job.record, one["text"])
        return reply

    def tokens(self, text: str | list[str], count: int) -> list[str]:
        """The tokens of a text that its labels belong to."""
        assert self.tagged is not None
        field = self.bundle.fields[str(self.tagged.along)]
        assert isinstance(field, TokenField)
        symbols = symbols_of(field, text, count + field.bos + field.eos)
        return symbols[field.bos : len(symbols) - field.eos]

    def attention(self, record: Record, target: str) -> dict[str, Any] | None:
        """Attention while a target is written; None where there is nothing to read or to write."""
        if not record.values or not target.strip():
            return None
        return align(self.bundle, record.values, target).to_json()
