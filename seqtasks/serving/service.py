"""From a request to its answer: jobs made, waited for and gathered again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.types import Receive

from seqtasks.bundle import Bundle
from seqtasks.data.raw_inputs import as_inputs
from seqtasks.data.record import Record
from seqtasks.errors import DataError, SeqtasksError
from seqtasks.prediction.model import Inputs
from seqtasks.serving.answering import Answering
from seqtasks.serving.description import described, examples_of
from seqtasks.serving.events import EventStream, as_event
from seqtasks.serving.job import Job, Wanted
from seqtasks.serving.limits import Limits
from seqtasks.serving.mailbox import Mailbox
from seqtasks.serving.refusal import UNUSABLE, Refusal, unusable
from seqtasks.serving.stream import Stream
from seqtasks.serving.while_connected import while_connected
from seqtasks.serving.worker import Worker


class Service:
    """A model with the thread that runs it.

    The examples are texts to try the model with; by default those that the bundle keeps.
    """

    def __init__(self, bundle: Bundle, limits: Limits, examples: Sequence[str] = ()) -> None:
        self.bundle, self.limits = bundle, limits
        texts = examples_of(bundle, examples)
        self.answering = Answering(bundle, texts[0] if texts else None)
        self.worker = Worker(self.answering, self.limits)
        self.info = {**described(bundle, self.answering, self.limits), "examples": texts}

    async def predict(
        self, given: Mapping[str, Any], receive: Receive, deadline: float
    ) -> dict[str, Any]:
        """The predictions of a request, one for each ``text`` that is given, before a deadline."""
        text = given["text"]
        texts = text if isinstance(text, list) else [text]
        wanted = Wanted.of({name: value for name, value in given.items() if name != "text"})
        if wanted.attention and len(texts) > 1:
            raise Refusal(
                UNUSABLE, f"attention: it is of one text, and {len(texts)} are given; give one"
            )
        try:
            request = object() if self.answering.check(wanted) else None
        except SeqtasksError as error:
            raise unusable(error) from error
        found = [self.record(one, number) for number, one in enumerate(texts, 1)]
        records = [one for one in found if isinstance(one, Record)]
        jobs = [Job(record=one, wanted=wanted, request=request) for one in records]
        self.worker.queue.enter(jobs)
        try:
            futures = [asyncio.wrap_future(job.answer) for job in jobs]
            waiting = asyncio.gather(*futures, return_exceptions=True)
            answers = iter(await while_connected(waiting, receive, deadline))
        finally:
            self.worker.queue.leave(jobs)
        replies = [next(answers) if isinstance(one, Record) else one for one in found]
        several = len(texts) > 1
        return {"predictions": [answered(one, at, several) for at, one in enumerate(replies, 1)]}

    def record(self, text: Inputs, number: int) -> Record | DataError:
        """A text, by its number in the request, as inputs of the model; or why it does not fit."""
        names, most = self.bundle.task.inputs, self.limits.max_characters
        if isinstance(text, Mapping):
            for name, value in text.items():
                if (length := sum(map(len, value))) > most:
                    raise Refusal(
                        UNUSABLE,
                        f"text.{name}: {length:,} characters are too many; give {most:,} at most",
                    )
        try:
            return self.bundle.cut(Record(as_inputs(text, names, f"text {number}"), "text", number))
        except DataError as error:
            return error

    async def generate(
        self, given: Mapping[str, Any], receive: Receive, deadline: float
    ) -> EventStream:
        """What follows a prompt, as events; refused before the first of them if need be."""
        mailbox = Mailbox(self.worker.wake)
        settings = {n: v for n, v in given.items() if n not in ("prompt", "condition")}
        stream = Stream(given.get("prompt", ""), settings, given.get("condition"), mailbox)
        self.worker.queue.enter(streams=[stream])
        try:
            first = await while_connected(mailbox.take(), receive, deadline)
            if isinstance(first, SeqtasksError):
                raise unusable(first)
            if isinstance(first, BaseException):
                raise first
        except BaseException:
            self.worker.drop(stream)
            raise
        return EventStream(as_event(first), mailbox, deadline, lambda: self.worker.drop(stream))

    def health(self) -> dict[str, Any]:
        """Whether the model's thread works, and what it has to do."""
        if not self.worker.thread.is_alive():
            raise Refusal(503, "the model's thread has ended; start the server again")
        waiting, running = len(self.worker.queue), len(self.worker.running)
        return {"status": "ok", "waiting": waiting, "running": running}


def answered(found: dict[str, Any] | BaseException, number: int, several: bool) -> dict[str, Any]:
    """The answer to one text; of ``several`` texts one that fails says so in its place."""
    if isinstance(found, DataError):
        found.where = f"text {number}"
    if isinstance(found, SeqtasksError):
        if several:
            return {"error": str(found)}
        raise unusable(found)
    if isinstance(found, BaseException):
        raise found
    return found
