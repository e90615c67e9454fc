"""What a model says of a batch of texts, each answer as JSON takes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from seqtasks.bundle import Bundle
from seqtasks.data.fields import SynchronousField, TagField, TokenField
from seqtasks.decoding import Sampling, Search, change_search
from seqtasks.errors import SeqtasksError, UsageError
from seqtasks.inspection.alignment import align, attends
from seqtasks.inspection.reading import symbols_of
from seqtasks.prediction.n_best import Answer, answers, searches
from seqtasks.schemes import find_spans, scheme_of
from seqtasks.serving.job import Job, Wanted

_log = logging.getLogger(__name__)


class Answering:
    """A model's answers; `answer` is for the thread that owns the model.

    Args:
        bundle: the model.
        example: a text to find out with what the model can be asked; None to ask without.
    """

    def __init__(self, bundle: Bundle, example: str | None = None) -> None:
        self.bundle = bundle
        task: Any = bundle.task
        self.name = type(task).__name__
        self.search: Search | None = task.search if searches(bundle) else None
        self.tagged = tag_field(bundle)
        self.scheme = None if self.tagged is None else scheme_of(self.tagged.vocabulary.symbols)
        texts = [example] if example else []
        self.has_scores = hasattr(task, "probabilities") and answered(
            lambda: bundle.predict(texts, scores=True)
        )
        self.has_best = hasattr(task, "best") and answered(lambda: answers([bundle], texts))
        self.has_attention = attends(bundle)

    def check(self, wanted: Wanted) -> bool:
        """Whether outputs are drawn at random, after a look at what is asked.

        Raises:
            UsageError: the model has no such thing, or an option of the search is out of its range.
        """
        asked: list[tuple[str, object, bool, str]] = [
            ("scores", wanted.scores, self.has_scores, "gives no probabilities of labels"),
            ("n_best", wanted.n_best, self.has_best, "has one output for each text"),
            ("search", wanted.search, self.search is not None, "does not search for its output"),
            ("attention", wanted.attention, self.has_attention, "has no attention to look at"),
        ]
        for option, value, able, lack in asked:
            if value and not able:
                raise UsageError(f"{option}: this {self.name} {lack}; leave it out")
        if self.search is None:
            return hasattr(self.bundle.task, "sampling")
        return isinstance(change_search(self.search, dict(wanted.search)), Sampling)

    def answer(self, jobs: Sequence[Job]) -> list[dict[str, Any] | Exception]:
        """An answer or an error for each of some texts that go together.

        One that fails does so alone: the others are run again without it, by halves.
        """
        if not jobs:
            return []
        try:
            return [*self.run(jobs)]
        except Exception as error:
            if len(jobs) == 1:
                if not isinstance(error, SeqtasksError):
                    _log.exception("a text could not be answered")
                return [error]
            half = len(jobs) // 2
            return [*self.answer(jobs[:half]), *self.answer(jobs[half:])]

    def run(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """The answers of a batch.

        Raises:
            SeqtasksError: one of the texts or the options cannot be used.
        """
        bundle, size, first = self.bundle, len(jobs), jobs[0].number
        texts, wanted = [job.text for job in jobs], jobs[0].wanted
        with searching(bundle, wanted):
            if self.search is not None or wanted.n_best:
                best = answers(
                    [bundle], texts, count=wanted.n_best or 1, batch_size=size, first=first
                )
                found = [outputs(some, wanted.n_best) for some in best]
            else:
                found = [{"prediction": one} for one in bundle.predict(texts, size, first)]
        if wanted.scores:
            scores = bundle.predict(texts, size, first, scores=True)
            for one, row in zip(found, scores, strict=True):
                if self.tagged is None:
                    one["scores"] = row or {}
                else:
                    one["confidences"] = row["confidences"] if row else []
        for text, one in zip(texts, found, strict=True):
            self.complete(one, text, wanted)
        return found

    def complete(self, answer: dict[str, Any], text: str, wanted: Wanted) -> None:
        """Add the words that labels belong to, the spans that they spell, and attention."""
        labels = answer["prediction"]
        if self.tagged is not None and isinstance(labels, list):
            assert self.tagged.along is not None
            field = self.bundle.fields[self.tagged.along]
            assert isinstance(field, TokenField)
            special = field.bos + field.eos
            symbols = symbols_of(field, text, len(labels) + special)
            answer["tokens"] = symbols[field.bos : len(symbols) - field.eos]
            if self.scheme is not None:
                answer["spans"] = [
                    {"label": label, "first": start, "last": end}
                    for label, start, end in find_spans(labels, self.scheme, invalid="repair")
                ]
        if wanted.attention:
            answer["attention"] = self.attention(text, labels)
            for one in answer.get("best", []):
                one["attention"] = self.attention(text, one["text"])

    def attention(self, text: str, target: str) -> dict[str, Any] | None:
        """Attention while a target is written; None where there is nothing to read or to write."""
        if not text.strip() or not target.strip():
            return None
        return align(self.bundle, text, target).to_json()


def outputs(best: Sequence[Answer], n_best: int | None) -> dict[str, Any]:
    """The outputs of one text, best first; of an empty one none."""
    if not best:
        return {"prediction": "", **({"best": []} if n_best else {})}
    answer: dict[str, Any] = {"prediction": best[0].value, "ended": best[0].ended}
    if n_best:
        answer["best"] = [one.as_dict() for one in best]
    return answer


@contextmanager
def searching(bundle: Bundle, wanted: Wanted) -> Iterator[None]:
    """Within the context a model searches as is wanted, behind it as before."""
    task: Any = bundle.task
    if not wanted.search:
        yield
        return
    saved = task.search
    task.search = change_search(saved, dict(wanted.search))
    try:
        yield
    finally:
        task.search = saved


def tag_field(bundle: Bundle) -> TagField | None:
    """The field of labels that stand one beside each token of the only input, if there is one."""
    field = bundle.fields.get(str(bundle.task.target))
    if not isinstance(field, TagField) or isinstance(field, SynchronousField):
        return None
    beside = [*bundle.task.inputs] == [field.along]
    return field if beside and isinstance(bundle.fields[str(field.along)], TokenField) else None


def answered(ask: Any) -> bool:
    """Whether a model takes a question."""
    try:
        ask()
    except UsageError:
        return False
    return True
